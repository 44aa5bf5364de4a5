"""A project with a full declaration is silent, and each of these single changes to it gives exactly one finding."""

# ruff: noqa: E501

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from fr_lint.options import Options
from fr_lint.screen import Screen

APP = Path(__file__).resolve().parents[1] / "fixtures" / "declared_app"
POLICY = "fr-lint.toml"
DOOR = "office/door.py"
LOBBY = "office/lobby.py"

# what is changed -> (file, old text, new text, file of the finding, code, what it says)
CHANGES = {
    "purpose is a placeholder": (POLICY, "let employees in who have no hand free", "TBD", DOOR, "FRL402", "purpose"),
    "necessity is missing": (POLICY, 'necessity = "the exhibit', '# "the exhibit', LOBBY, "FRL402", "less intrusive"),
    "notice is missing": (POLICY, 'notice = "docs/face-notice.md"\n', "", DOOR, "FRL104", "names no notice"),
    "notice is elsewhere": (POLICY, "docs/face-notice.md", "docs/notice.md", DOOR, "FRL104", "docs/notice.md"),
    "notice call is gone": (LOBBY, "    explain(visitor)\n", "", LOBBY, "FRL104", "nobody is told in lookalike()"),
    "review is due": (POLICY, "review-by = 2036", "review-by = 2026", DOOR, "FRL403", "its review was due by 2026-03-01"),
    "assessment is missing": (POLICY, "docs/assessment.md", "docs/dpia.md", DOOR, "FRL403", "no file docs/dpia.md"),
    "retention is missing": (POLICY, 'retention = { days = 30, deletion = "office.purge.purge" }\n', "", DOOR, "FRL303", ""),
    "retention has no end": (POLICY, "days = 1,", 'until = "permanent",', LOBBY, "FRL303", "'permanent'"),
    "deletion is renamed": (POLICY, '30, deletion = "office.purge.purge"', '30, deletion = "office.purge.all"', DOOR, "FRL404", "office.purge.all"),
    "withdrawal does nothing": (POLICY, "office.consent.withdraw", "office.screen.text", DOOR, "FRL404", "withdrawal"),
    "fallback is renamed": (POLICY, "open_with_card", "open_with_pin", DOOR, "FRL404", "office.door.open_with_pin"),
    "setting is barred": (POLICY, "office entrance", "changing room of the paint shop", DOOR, "FRL501", "changing room"),
    "no signs": (POLICY, 'signage = "at the camera, 1.5 m above the floor"\n', "", LOBBY, "FRL502", "no signage"),
    "no public safety": (POLICY, "public-safety = true\n", "", LOBBY, "FRL502", "no public-safety"),
    "guardian is not asked": (LOBBY, " and not visitor.guardian_consent", " and visitor.is_alone", LOBBY, "FRL105", "under 14"),
    "age is not asked": (POLICY, 'minors = "excluded"', 'minors = "possible"', DOOR, "FRL105", "minors = 'possible'"),
    "code is not covered": (POLICY, '["office/door.py"]', '["office/doors.py"]', DOOR, "FRL401", "belongs to no"),
    "guard is gone": (DOOR, "    require_face_consent(number)\n", "", DOOR, "FRL101", "no consent check"),
    "consent is presumed": (LOBBY, "not visitor.face_consent", 'not getattr(visitor, "face_consent", True)', LOBBY, "FRL102", ""),
    "consent to terms": (LOBBY, "visitor.face_consent", "visitor.terms_accepted", LOBBY, "FRL103", "general terms"),
    "a needless suppression": (DOOR, "compare_faces([known], probes[0])[0]:", 'compare_faces([known], probes[0])[0]:  # fr-lint: ignore[FRL101] reason="none is needed"', DOOR, "FRL903", "FRL101"),
    "a suppression without a reason": (DOOR, "        door.unlock()\n\n", "        door.unlock()  # fr-lint: ignore[FRL101]\n\n", DOOR, "FRL902", "reason"),
}  # fmt: skip


def lint(folder: Path) -> list[tuple[str, str, str]]:
    screen = Screen(Options(cwd=str(folder), as_of=date(2026, 11, 25)))
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    found = [
        each for path in paths for each in screen.findings(path, (folder / path).read_text(encoding="utf-8"), None)
    ]
    return [(each.path, each.code, each.message) for each in found]


def test_the_full_declaration_is_silent() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=FRL", "--frl-as-of=2026-11-25", "."],
        cwd=APP, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize("change", CHANGES)
def test_one_change_gives_one_finding(tmp_path: Path, change: str) -> None:
    file, old, new, where, code, said = CHANGES[change]
    copy = tmp_path / "app"
    shutil.copytree(APP, copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text, "the change fits the application"
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = lint(copy)
    assert [(path, each) for path, each, _ in found] == [(where, code)]
    assert said in found[0][2]
    if code[3] in "345":
        assert re.search(rf"{POLICY} line \d+", found[0][2]) or code == "FRL401", "it names the manifest's line"


def test_there_are_at_least_twelve() -> None:
    assert len(CHANGES) >= 12
    assert len({code for *_, code, _ in CHANGES.values()}) >= 12
