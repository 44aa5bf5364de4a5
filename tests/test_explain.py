"""``fr-lint explain``: a code's page, and why a line is reported or silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from fr_lint.cli import main
from fr_lint.options import CODES

VIEWS = """\
from service import encode, gate


def enrol(person):
    gate(person)
    return encode(person.photo)


def retake(person):
    if not person.face_consent:
        return None
    return encode(person.photo)
"""
SERVICE = """\
import face_recognition


def gate(person):
    if not person.face_consent:
        raise PermissionError


def encode(photo):
    return face_recognition.face_encodings(photo)


def anybody(photo):
    return face_recognition.face_locations(photo)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "views.py").write_text(VIEWS)
    (tmp_path / "service.py").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def explain(capsys: pytest.CaptureFixture[str], what: str) -> tuple[int, str]:
    status = main(["explain", what])
    said = capsys.readouterr()
    return status, said.out + said.err


def test_a_silent_line_names_its_guards_in_other_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = explain(capsys, "service.py:10")
    assert status == 0
    assert "face_recognition.face_encodings() is a face call of the role 'encode', in encode" in said
    assert "consent: found" in said
    assert "views.py:5" in said
    assert "gate(person)" in said
    assert "views.py:10" in said
    assert "if not person.face_consent:" in said


def test_a_reported_line_shows_the_way(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = explain(capsys, "service.py:14")
    assert status == 0
    assert "FRL101" in said
    assert "consent: missing: as reported above" in said


def test_another_line_names_the_calls_around(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "line 10: face_recognition.face_encodings() (encode)" in explain(capsys, "service.py:2")[1]


@pytest.mark.parametrize("what", ["nonsense", "none.py:3", "FRL999"])
def test_wrong_arguments(project: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    status, said = explain(capsys, what)
    assert status == 2
    assert said.startswith("fr-lint: ")


def test_a_file_that_cannot_be_analysed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "service.py").write_text(SERVICE + "def (:\n")
    status, said = explain(capsys, "service.py:10")
    assert status == 3
    assert "syntax error in line 15" in said


@pytest.mark.parametrize("code", CODES)
def test_each_code_is_explained(project: Path, capsys: pytest.CaptureFixture[str], code: str) -> None:
    status, said = explain(capsys, code.lower())
    assert status == 0
    assert said.startswith(f"# {code}: ")


def test_the_other_way_and_the_deletion_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = Path(__file__).resolve().parents[1] / "fixtures" / "sample_app"
    monkeypatch.chdir(app)
    _, said = explain(capsys, "office/recognition.py:24")
    assert "fallback: found: there is another way to what it opens" in said
    assert "without the face (pin)" in said
    _, said = explain(capsys, "office/recognition.py:12")
    assert "retention: found: what is stored of it is deleted, or expires" in said
    assert "office/enrolment.py:31  removed or bounded by" in said
    _, said = explain(capsys, "office/enrolment.py:16")
    assert "session.add() stores face data, in enrol" in said
    assert "office/enrolment.py:31  removed or bounded by" in said
    _, said = explain(capsys, "office/door.py:12")
    assert "unlock() is opened by a face, in" in said
    assert "office/recognition.py:24  by face_recognition.compare_faces()" in said
    _, said = explain(capsys, "office/enrolment.py:29")
    assert "no face data is stored and nothing is opened by a face" in said
    assert "line 25: session.commit() (store)" in said
    _, said = explain(capsys, "office/canteen.py:15")
    assert "fallback: missing: as reported above" in said
    assert "retention: not due" in said
