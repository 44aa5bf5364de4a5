"""The hooks through the real pre-commit, in a project and a hook repository made for the purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pre_commit")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
GUARDED = """\
import face_recognition


def enrol(person):
    if not person.face_consent:
        return None
    return face_recognition.face_encodings(person.photo)
"""
SERVICE = """\
import face_recognition


def template(photo):
    return face_recognition.face_encodings(photo)
"""
CAREFUL = """\
from service import template


def enrol(person):
    if not person.face_consent:
        return None
    return template(person.photo)
"""
CARELESS = """\
from service import template


def enrol(person):
    return template(person.photo)
"""
CONFIG = """\
repos:
  - repo: {repo}
    rev: {rev}
    hooks:
      - id: {hook}
"""


class Project:
    """A git repository with the hooks' home."""

    def __init__(self, root: Path, home: Path, rev: str, source: Path) -> None:
        self.root, self.home, self.rev, self.source = root, home, rev, source

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        who = {
            f"GIT_{role}_{part}": "tests@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
        }
        path = os.pathsep.join((str(Path(sys.executable).parent), env.get("PATH", "")))
        env |= who | {"PRE_COMMIT_HOME": str(self.home), "PATH": path, "NO_COLOR": "1"}
        return subprocess.run(argv, cwd=self.root, env=env, capture_output=True, text=True, timeout=300)

    def git(self, *argv: str) -> str:
        done = self.run("git", *argv)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def use(self, hook: str) -> None:
        config = CONFIG.format(repo=self.source, rev=self.rev, hook=hook)
        (self.root / ".pre-commit-config.yaml").write_text(config)
        self.git("add", "--all")

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.root / f"{name}.py").write_text(text)

    def commit(self) -> subprocess.CompletedProcess[str]:
        return self.run("git", "commit", "-m", "a change")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A repository with what pre-commit needs of this one, and a home for the environments."""
    offline = subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", tmp_path_factory.mktemp("pip"), "rich"],
        capture_output=True,
    )
    if offline.returncode:
        pytest.skip("pre-commit installs hooks from a package index, and there is none")
    source = tmp_path_factory.mktemp("hooks") / "fr-lint"
    source.mkdir()
    for name in ("fr_lint", "docs"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, source / name)
    home = tmp_path_factory.mktemp("home")
    project = Project(source, home, "", source)
    project.git("init", "-q")
    project.git("add", "--all")
    project.git("commit", "-qm", "as it is")
    return source, home, project.git("rev-parse", "HEAD").strip()


@pytest.fixture
def project(hooks: tuple[Path, Path, str], tmp_path: Path) -> Project:
    source, home, rev = hooks
    project = Project(tmp_path, home, rev, source)
    project.git("init", "-q")
    return project


def installed(project: Project, hook: str) -> None:
    project.use(hook)
    done = project.run(sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_commit_is_stopped_by_what_is_staged(project: Project) -> None:
    installed(project, "fr-lint")
    project.write(service=SERVICE)
    project.git("add", "--all")
    stopped = project.commit()
    said = stopped.stdout + stopped.stderr
    assert stopped.returncode != 0
    assert "service.py:5:12 FRL101" in said
    project.write(service=GUARDED)
    project.git("add", "--all")
    project.write(service=SERVICE)  # not staged: pre-commit puts it aside
    passed = project.commit()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert (project.root / "service.py").read_text() == SERVICE


def test_files_that_are_not_staged_give_context_and_no_findings(project: Project) -> None:
    installed(project, "fr-lint")
    project.write(service=SERVICE, views=CAREFUL)
    project.git("add", "--all")
    assert project.commit().returncode == 0, "the guard stands in another file"
    project.write(views=CARELESS)
    project.git("add", "--all")
    passed = project.commit()
    assert passed.returncode == 0, "the finding is in service.py, which is not of this commit"


def test_the_whole_project_shows_what_a_change_opens_elsewhere(project: Project) -> None:
    installed(project, "fr-lint-project")
    project.write(service=SERVICE, views=CAREFUL)
    project.git("add", "--all")
    passed = project.commit()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    project.write(views=CARELESS)
    project.git("add", "--all")
    stopped = project.commit()
    said = stopped.stdout + stopped.stderr
    assert stopped.returncode != 0
    assert "service.py:5:12 FRL101" in said
    assert "views.py:4" in said, "the way to it is shown"


def test_a_wrong_policy_stops_a_commit(project: Project) -> None:
    installed(project, "fr-lint")
    (project.root / "fr-lint.toml").write_text("pack = []\n")
    project.write(service=GUARDED)
    project.git("add", "--all")
    stopped = project.commit()
    assert stopped.returncode != 0
    assert "fr-lint.toml" in stopped.stdout + stopped.stderr
    assert "packs" in stopped.stdout + stopped.stderr


def test_it_names_no_dependencies_of_its_own() -> None:
    """A hook that pretends to be flake8's would need them; these run the command."""
    text = (ROOT / ".pre-commit-hooks.yaml").read_text()
    assert text.count("- id: ") == 2
    assert text.count("entry: fr-lint check") == 2
    assert "additional_dependencies" not in text
