"""``fr-lint check`` and what people answer for: suppressions with reasons, activities that no code carries out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fr_lint.cli import main

CALL = """\
import face_recognition


def enrol(photo):
    # fr-lint: ignore[FRL101] reason="consent on paper, filed by reception" until=2099-12-31
    return face_recognition.face_encodings(photo)


def again(photo):
    return face_recognition.face_locations(photo)  # noqa: FRL101
"""
POLICY = """\
[[processing]]
id = "gate"
code = ["app/gate.py"]
purpose = "let staff in"

[[processing]]
id = "ghost"
code = ["app/ghost.py"]
setting = "changing room"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "gate.py").write_text(CALL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str]:
    status = main(["check", *argv])
    return status, capsys.readouterr().out


def test_what_is_suppressed_is_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys) == (0, "no findings, 2 suppressed; 1 file read\n")


def test_the_reasons_can_be_listed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(capsys, "--show-suppressed")
    assert status == 0
    reason = "consent on paper, filed by reception (until 2099-12-31)"
    assert f"app/gate.py:6 FRL101 suppressed: {reason}\n" in said
    assert "app/gate.py:10 FRL101 suppressed: noqa, no reason\n" in said


def test_json_has_reason_and_date(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = json.loads(run(capsys, "--format", "json")[1])["suppressed"]
    assert [(each["line"], each["by"], each["reason"], each["until"]) for each in entries] == [
        (6, "fr-lint", "consent on paper, filed by reception", "2099-12-31"),
        (10, "noqa", "", ""),
    ]


def test_sarif_has_justifications(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(run(capsys, "--format", "sarif")[1])
    sarif = pytest.importorskip("sarif_pydantic")
    sarif.Sarif.model_validate(document)
    (first, second) = document["runs"][0]["results"]
    assert first["suppressions"] == [
        {
            "kind": "inSource",
            "status": "accepted",
            "justification": "consent on paper, filed by reception",
            "properties": {"until": "2099-12-31"},
        }
    ]
    assert second["suppressions"] == [{"kind": "inSource"}]


def test_a_suppression_past_its_day_has_no_effect(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(capsys, "--as-of", "2100-01-01", "--format", "flake8")
    assert status == 1
    assert "gate.py:6:12: FRL101" in said
    assert "FRL902" in said


def test_an_activity_without_a_face_call_is_reported_at_the_policy(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "fr-lint.toml").write_text(POLICY)
    status, said = run(capsys, "--format", "flake8", "--select", "FRL404,FRL5")
    assert status == 1
    text = "activity 'ghost' covers no face call (app/ghost.py); correct its code, or remove the activity"
    assert said.splitlines()[0] == f"fr-lint.toml:6:1: FRL404 {text}"
    assert len(said.splitlines()) == 2
    assert "fr-lint.toml:6:1: FRL501 activity 'ghost'" in said
    assert run(capsys, "app", "--select", "FRL404")[0] == 0, "only part of the project was looked at"


def test_it_can_stand_in_a_baseline(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "fr-lint.toml").write_text(POLICY)
    run(capsys, "--baseline", "known", "--update-baseline")
    (project / "fr-lint.toml").write_text("# a line\n" + POLICY)
    status, said = run(capsys, "--baseline", "known")
    assert status == 0, said
