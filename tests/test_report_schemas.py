"""What is written for other tools is what these tools say that they read, in what we need of their schemas.

The published schemas themselves are asked by ``nox -s reports``, which fetches them.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import xmlschema
from pydantic import ValidationError
from sarif_pydantic import Sarif

from fr_lint.cli import main

# GitLab, Code Quality: the keys that a report has to have, and the severities that are shown
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 8},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/).+"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
# JUnit as build servers read it: suites of cases, each with what failed
JUNIT = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:complexType name="trouble"><xs:simpleContent><xs:extension base="xs:string">
  <xs:attribute name="type" type="xs:string"/><xs:attribute name="message" type="xs:string"/>
</xs:extension></xs:simpleContent></xs:complexType>
<xs:element name="testsuites"><xs:complexType><xs:sequence>
  <xs:element name="testsuite" maxOccurs="unbounded"><xs:complexType><xs:sequence>
    <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
      <xs:choice minOccurs="0" maxOccurs="unbounded">
        <xs:element name="failure" type="trouble"/><xs:element name="error" type="trouble"/>
        <xs:element name="skipped" type="trouble"/><xs:element name="system-out" type="xs:string"/>
      </xs:choice>
      <xs:attribute name="name" type="xs:string" use="required"/>
      <xs:attribute name="classname" type="xs:string"/><xs:attribute name="time" type="xs:decimal"/>
    </xs:complexType></xs:element>
  </xs:sequence>
  <xs:attribute name="name" type="xs:string" use="required"/>
  <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
  <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
  <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
  <xs:attribute name="skipped" type="xs:nonNegativeInteger"/><xs:attribute name="time" type="xs:decimal"/>
  </xs:complexType></xs:element>
</xs:sequence><xs:attribute name="name" type="xs:string"/></xs:complexType></xs:element></xs:schema>"""
OPEN = "import face_recognition\n\n\ndef look(picture):\n    return face_recognition.face_encodings(picture)"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finding, a suppressed one with what has to be escaped, and a file that cannot be read."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "o pen.py").write_text(OPEN + "\n")
    reason = 'reason="a <tag> & 同意"'
    (tmp_path / "quiet.py").write_text(f"{OPEN}  # fr-lint: ignore[FRL101] {reason}\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("import face_recognition\ndef (:\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(capsys: pytest.CaptureFixture[str], form: str) -> str:
    assert main(["check", "--format", form]) == 3, "a file could not be analysed"
    return capsys.readouterr().out


@pytest.mark.usefixtures("project")
def test_gitlab(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(report(capsys, "gitlab"))
    jsonschema.validate(document, GITLAB)
    assert {each["location"]["path"] for each in document} == {"o pen.py", "broken.py"}
    del document[0]["fingerprint"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, GITLAB)


@pytest.mark.usefixtures("project")
def test_junit(capsys: pytest.CaptureFixture[str]) -> None:
    text = report(capsys, "junit")
    schema = xmlschema.XMLSchema(JUNIT)
    schema.validate(text)
    assert text.count("<testcase ") >= 2
    assert not schema.is_valid(text.replace("<testcase ", "<case ").replace("</testcase>", "</case>"))


@pytest.mark.usefixtures("project")
def test_sarif(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(report(capsys, "sarif"))
    Sarif.model_validate(document)
    assert len(document["runs"][0]["results"]) == 2
    del document["runs"][0]["results"][0]["message"]
    with pytest.raises(ValidationError):
        Sarif.model_validate(document)
