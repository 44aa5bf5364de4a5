"""SARIF 2.1.0 (OASIS Standard, 27 March 2020): findings for code scanning, with the way to each.

An unanalysed file makes the invocation unsuccessful, so that a failed run is never an empty success.  Must not know how
anything was found.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

from fr_lint.options import CODES
from fr_lint.outcome import FAILURE, Outcome, Reported
from fr_lint.pages import page

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE: Final = "%SRCROOT%"
LEVELS: Final = {"FRL901": "error", "FRL902": "note", "FRL903": "note"}  # the rest are warnings
_MOST_STEPS: Final = 100  # locations of one result that code-scanning sites show


def as_sarif(outcome: Outcome, version: str) -> str:
    """The document as text."""
    used = sorted({each.finding.code for each in (*outcome.findings, *outcome.suppressed)})
    results = [_result(each, used, suppressed=False) for each in outcome.findings if each.finding.code != FAILURE]
    results += [_result(each, used, suppressed=True) for each in outcome.suppressed]
    run = {
        "tool": {
            "driver": {
                "name": "fr-lint",
                "semanticVersion": version,
                "rules": [rule(code) for code in used],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not outcome.failures,
                "toolExecutionNotifications": [_failure(each, used) for each in outcome.failures],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"description": {"text": "the directory in which the linter was started"}}},
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def rule(code: str) -> dict[str, Any]:
    """The description of a code."""
    if code not in CODES:  # of another plugin of flake8
        return {"id": code, "shortDescription": {"text": code}}
    known = page(code)
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in known.title.replace("-", " ").split() if word.isalpha()) or code,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.summary},
        "help": {"text": known.summary, "markdown": known.text or known.title},
        "defaultConfiguration": {"level": LEVELS.get(code, "warning")},
        "properties": {"tags": ["privacy", "biometrics", "security"], "precision": "high"},
    }


def _result(each: Reported, used: list[str], *, suppressed: bool) -> dict[str, Any]:
    finding = each.finding
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": used.index(finding.code),
        "level": LEVELS.get(finding.code, "warning"),
        "message": {"text": finding.message},
        "locations": [_location(each)],
        "partialFingerprints": {"frLint/v1": each.fingerprint},
        "baselineState": "unchanged" if each.known else "new",
    }
    steps = [_step(each.shown(step.path), step.line, step.text) for step in finding.steps][-_MOST_STEPS:]
    if steps:
        result["codeFlows"] = [{"threadFlows": [{"locations": [{"location": step} for step in steps]}]}]
        result["relatedLocations"] = [{"id": number, **step} for number, step in enumerate(steps)]
    result["suppressions"] = [_suppression(each)] if suppressed else []
    return result


def _suppression(each: Reported) -> dict[str, Any]:
    out: dict[str, Any] = {"kind": "inSource"}
    if each.reason:
        out |= {"status": "accepted", "justification": each.reason}
    if each.until:
        out["properties"] = {"until": each.until}
    return out


def _location(each: Reported) -> dict[str, Any]:
    finding = each.finding
    region = {
        "startLine": finding.line,
        "startColumn": finding.col + 1,
        "endLine": each.end_line,
        "endColumn": each.end_col + 1,
    }
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact(each.path), "region": region}}
    if each.function != "<module>":
        place["logicalLocations"] = [{"fullyQualifiedName": each.function, "kind": "function"}]
    return place


def _step(path: str, line: int, text: str) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": artifact(path), "region": {"startLine": line}},
        "message": {"text": text},
    }


def artifact(path: str) -> dict[str, str]:
    """A relative URI; one outside the working directory is relative to it all the same."""
    return {"uri": quote(path, safe="/"), "uriBaseId": BASE}


def _failure(each: Reported, used: list[str]) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": f"{each.path}: {each.finding.message}"},
        "descriptor": {"id": FAILURE, "index": used.index(FAILURE)},
        "associatedRule": {"id": FAILURE, "index": used.index(FAILURE)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact(each.path)}}],
    }
