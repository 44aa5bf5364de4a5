"""Findings for build servers: GitLab's Code Quality report, GitHub's workflow commands, JUnit's XML.

Must not know how anything was found.
"""

from __future__ import annotations

import json
import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # written, never read

from fr_lint.outcome import FAILURE, Outcome, Reported
from fr_lint.pages import page

_SEVERITY: Final = {"FRL901": "critical", "FRL902": "minor", "FRL903": "minor"}
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0


def as_gitlab(outcome: Outcome) -> str:
    """GitLab's Code Quality report: a list; findings of a baseline stay out."""
    entries = [
        {
            "description": each.finding.text,
            "check_name": each.finding.code,
            "fingerprint": each.fingerprint,
            "severity": _SEVERITY.get(each.finding.code, "major"),
            "location": {"path": each.path, "lines": {"begin": each.finding.line, "end": each.end_line}},
        }
        for each in outcome.new
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def as_github(outcome: Outcome) -> str:
    """GitHub's workflow commands: one annotation a line."""
    return "".join(f"{_command(each)}\n" for each in outcome.new)


def _command(each: Reported) -> str:
    finding = each.finding
    kind = "error" if finding.code == FAILURE else "warning"
    fields = {
        "file": each.path,
        "line": finding.line,
        "endLine": each.end_line,
        "col": finding.col + 1,
        "title": f"{finding.code} {page(finding.code).title}",
    }
    values = ",".join(f"{name}={_property(str(value))}" for name, value in fields.items())
    return f"::{kind} {values}::{_data(finding.text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_junit(outcome: Outcome) -> str:
    """JUnit's XML: a test case for each finding that failed, one that passed where there is none."""
    suites = Element("testsuites", name="fr-lint")
    failures = [each for each in outcome.new if each.finding.code != FAILURE]
    errors = [each for each in outcome.new if each.finding.code == FAILURE]
    suite = SubElement(
        suites,
        "testsuite",
        name="fr-lint",
        tests=str(len(outcome.new) or 1),
        failures=str(len(failures)),
        errors=str(len(errors)),
        skipped="0",
        time="0",
    )
    for each in outcome.new:
        case = SubElement(
            suite,
            "testcase",
            classname=_legal(each.path),
            name=_legal(f"{each.finding.code} line {each.finding.line}"),
            time="0",
        )
        kind = "error" if each.finding.code == FAILURE else "failure"
        told = SubElement(case, kind, message=_legal(each.finding.text), type=each.finding.code)
        told.text = _legal(f"{each.path}:{each.finding.line}:{each.finding.col + 1}: {each.finding.text}")
    if not outcome.new:
        SubElement(suite, "testcase", classname="fr-lint", name=f"{outcome.files} files", time="0")
    indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _legal(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
