"""Wheel and sdist as somebody gets them: built, checked, and the wheel tried without the sources beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("build")
pytest.importorskip("twine")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]


def run(folder: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, **env}
    return subprocess.run(command, cwd=folder, env=whole, capture_output=True, text=True, timeout=400)


def test_it_can_be_built_and_used(tmp_path: Path) -> None:
    built = run(tmp_path, sys.executable, "-m", "build", "--outdir", str(tmp_path / "dist"), str(ROOT))
    if built.returncode and "No matching distribution" in built.stdout + built.stderr:
        pytest.skip("a build needs a package index, and there is none")
    assert built.returncode == 0, built.stdout + built.stderr
    wheel, sdist = sorted((tmp_path / "dist").iterdir(), key=lambda path: path.suffix, reverse=True)
    checked = run(tmp_path, sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(sdist))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    for name in ("py.typed", "pages/FRL101.md", "report/record.html.jinja", "catalogue/data/consent.toml"):
        assert f"fr_lint/{name}" in names
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text("")
    (project / "gate.py").write_text("import face_recognition\n\n\ndef f(x):\n    face_recognition.face_encodings(x)\n")
    site = {"PYTHONPATH": str(tmp_path / "site")}
    where = run(project, sys.executable, "-c", "import fr_lint; print(fr_lint.__file__)", **site)
    assert where.stdout.startswith(str(tmp_path / "site"))
    page = run(project, sys.executable, "-m", "fr_lint", "explain", "FRL101", **site)
    assert page.stdout.startswith("# FRL101: ")
    assert "FRL101" in run(project, sys.executable, "-m", "fr_lint", "check", "gate.py", **site).stdout
    assert run(project, sys.executable, "-m", "fr_lint", "report", "--html", "r.html", **site).returncode == 0
    assert "fr-lint: " in run(project, sys.executable, "-m", "flake8", "--version", **site).stdout
