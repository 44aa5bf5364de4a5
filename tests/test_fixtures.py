"""Every fixture against the marks at the ends of its lines; then all of them at once through the real flake8.

A fixture is a file or a folder in ``fixtures/FRL###``, or the sample application.  A line that must be reported ends in
``# FRL101`` (several codes: ``# FRL101 FRL301``; ``# FRL101?``: may be reported).  The linter never sees the marks.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from fr_lint.analysis import analyse, check_sources
from fr_lint.options import CODES, Options
from fr_lint.project.disk import decode

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
MARK = re.compile(r"[ \t]*#[ \t]*((?:FRL\d{3}\??[ \t]*)+)$", re.MULTILINE)
REPORT = re.compile(r"(?:\./)?(.*?):(\d+):\d+: (FRL\d{3}) .*")

Place = tuple[str, int, str]


@dataclass(frozen=True)
class Case:
    """One fixture: a file, or a folder that is a project of its own."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(FIXTURES).as_posix()

    @property
    def base(self) -> Path:
        """What the paths of its files are relative to."""
        return self.path if self.path.is_dir() else self.path.parent

    @property
    def files(self) -> list[Path]:
        every = sorted(self.path.rglob("*")) if self.path.is_dir() else [self.path]
        return [path for path in every if path.is_file() and "__pycache__" not in path.parts]

    @property
    def marked(self) -> dict[str, str]:
        """Its Python files with their marks."""
        return {
            path.relative_to(self.base).as_posix(): decode(path.read_bytes())
            for path in self.files
            if path.suffix == ".py"
        }

    @property
    def sources(self) -> dict[str, str]:
        """The same without marks."""
        return {path: MARK.sub("", text) for path, text in self.marked.items()}

    @property
    def memory(self) -> bool:
        """Is there nothing but Python, so that no disk is needed?"""
        return all(path.suffix == ".py" for path in self.files)

    def expected(self) -> tuple[set[Place], set[Place]]:
        """What must and what may be reported."""
        must: set[Place] = set()
        may: set[Place] = set()
        for path, text in self.marked.items():
            for line, content in enumerate(text.split("\n"), 1):
                for mark in MARK.findall(content):
                    for code in mark.split():
                        (may if code.endswith("?") else must).add((path, line, code.rstrip("?")))
        return must, may

    def copy(self, target: Path) -> None:
        """Its files without marks, below ``target``."""
        for path in self.files:
            copy = target / path.relative_to(self.base)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".py" and MARK.search(decode(path.read_bytes())):
                copy.write_text(MARK.sub("", decode(path.read_bytes())), encoding="utf-8")
            else:
                shutil.copyfile(path, copy)  # with its own encoding and line ends


@cache
def cases() -> list[Case]:
    folders = sorted(path for path in FIXTURES.glob("FRL*") if path.is_dir())
    inside = [path for folder in folders for path in sorted(folder.iterdir()) if not path.name.startswith((".", "_"))]
    return [
        Case(path)
        for path in (*inside, FIXTURES / "declared_app", FIXTURES / "sample_app")
        if path.is_dir() or path.suffix == ".py"
    ]


def compare(found: set[Place], must: set[Place], may: set[Place]) -> None:
    assert {"missed": sorted(must - found), "false": sorted(found - must - may)} == {"missed": [], "false": []}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_fixture(case: Case, tmp_path: Path) -> None:
    if case.memory:
        found = {(each.path, each.line, each.code) for each in check_sources(case.sources)}
    else:
        root = tmp_path.resolve() / "project"
        case.copy(root)
        (root / "setup.cfg").touch()
        found = {
            (path, each.line, each.code)
            for path, text in case.sources.items()
            for each in analyse(str(root / path), text, ast.parse(text), Options(cwd=str(root)))
        }
    compare(found, *case.expected())


def test_all_fixtures_through_flake8(tmp_path: Path) -> None:
    must: set[Place] = set()
    may: set[Place] = set()
    for number, case in enumerate(cases()):
        folder = f"{number:04}_{case.path.stem}"  # each in a project of its own
        case.copy(tmp_path / folder)
        (tmp_path / folder / "setup.cfg").touch()
        for total, part in zip((must, may), case.expected(), strict=True):
            total.update((f"{folder}/{path}", line, code) for path, line, code in part)
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=FRL", "--jobs=2", "."],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    hits = [REPORT.fullmatch(line) for line in done.stdout.splitlines()]
    assert all(hits), done.stdout
    compare({(hit[1], int(hit[2]), hit[3]) for hit in hits if hit}, must, may)
    assert len(hits) == len({hit[0] for hit in hits if hit}), "nothing is reported twice"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_fixture_says_what_it_shows(case: Case) -> None:
    firsts = [text for path, text in case.marked.items() if text.strip() and "/" not in path] or [
        text for text in case.marked.values() if text.strip()
    ]
    assert firsts, "a fixture has a Python file"
    lines = [text.lstrip("\ufeff").split("\n")[0] for text in case.marked.values() if text.strip()]
    sentence = re.compile(r'(?:#|r?"""|r?\'\'\')\s*\S+ \S+')
    assert any(sentence.match(line) for line in lines), f"no file of {case.name} begins with a sentence: {lines!r}"
    codes = {code for place in case.expected() for _, _, code in place}
    assert codes <= set(CODES)


@pytest.mark.parametrize("folder", sorted(path.name for path in FIXTURES.glob("FRL*")))
def test_a_folder_shows_both_sides(folder: str) -> None:
    assert folder in CODES
    inside = [case for case in cases() if case.path.parent.name == folder]
    fires = [case for case in inside if any(code == folder for _, _, code in case.expected()[0])]
    assert fires, f"no fixture of {folder} shows it"
    assert len(fires) < len(inside), f"every fixture of {folder} shows it, none what satisfies it"


def test_marks_are_read_and_removed() -> None:
    text = "a()  # FRL101 FRL301?\nb  # see FRL101\nc # FRL102\n"
    assert MARK.sub("", text) == "a()\nb  # see FRL101\nc\n"
