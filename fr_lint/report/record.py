"""The face-processing record as data: one shape behind its JSON, Markdown and HTML forms.

What is missing is said as missing; nothing is judged.  Must not know how anything was found.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from fr_lint.evidence import Account, Verdict
from fr_lint.findings import Step
from fr_lint.outcome import FAILURE, Outcome, Reported
from fr_lint.pages import page
from fr_lint.survey import Survey

Lines = Callable[[str, int], str]  # path relative to the root, line from 1 -> its text
DUTIES = ("consent", "fallback", "retention")


def as_data(survey: Survey, outcome: Outcome, lines: Lines, version: str, project: str) -> dict[str, Any]:
    """The record; paths are relative to the project's root, lines and columns count from 1."""
    found = [each for each in outcome.findings if each.finding.code != FAILURE]
    failures = {each.finding.path: each.finding.message for each in outcome.failures}
    for path, why in survey.failures:
        failures.setdefault(path, f"could not be analysed: {why}")
    return {
        "schema": 1,
        "tool": {"name": "fr-lint", "version": version},
        "project": project,
        "day": survey.day.isoformat(),
        "complete": not failures,
        "counts": {
            "files": outcome.files,
            "activities": len(survey.activities),
            "calls": len(survey.calls),
            "findings": len(found),
            "suppressed": len(outcome.suppressed),
            "not_analysed": len(failures),
            "by_code": dict(sorted(Counter(each.finding.code for each in found).items())),
            "by_role": dict(sorted(Counter(each.role for each in survey.calls).items())),
        },
        "policy": {
            "file": survey.policy,
            "packs": [
                {
                    "id": each.id,
                    "title": each.title,
                    "title_own": each.title_own,
                    "kind": each.kind,
                    "jurisdiction": each.jurisdiction,
                    "in_force_from": each.in_force_from.isoformat(),
                    "in_force": each.in_force,
                    "reviewed_by": each.reviewed_by,
                }
                for each in survey.laws
            ],
            "clauses": [
                {"code": code, "title": page(code).title, "clauses": list(clauses)} for code, clauses in survey.clauses
            ],
        },
        "activities": [
            {
                "id": each.id,
                "line": each.line,
                "declared": {name: text for name, text in each.keys if text},
                "not_declared": [name for name, text in each.keys if not text],
                "calls": [_call(call, lines) for call in survey.calls if each.id in call.activities],
            }
            for each in survey.activities
        ],
        "outside": [_call(each, lines) for each in survey.calls if not each.activities],
        "findings": [_finding(each, lines) for each in found],
        "suppressed": [
            {
                **_finding(each, lines),
                "by": "fr-lint" if each.reason else "noqa",
                "reason": each.reason,
                "until": each.until,
            }
            for each in outcome.suppressed
        ],
        "not_analysed": [{"path": path, "why": why} for path, why in sorted(failures.items())],
    }


def as_json(data: dict[str, Any]) -> str:
    """The record for programs."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _call(each: Account, lines: Lines) -> dict[str, Any]:
    said = {evidence.duty: evidence for evidence in each.evidence}
    return {
        "path": each.path,
        "line": each.line,
        "column": each.col + 1,
        "call": each.call,
        "role": each.role,
        "function": each.function,
        "activities": list(each.activities),
        "source": lines(each.path, each.line).strip(),
        "evidence": [
            {
                "duty": duty,
                "verdict": str(said[duty].verdict),
                "text": said[duty].text,
                "steps": [] if said[duty].verdict == Verdict.MISSING else _steps(said[duty].steps, lines),
            }
            for duty in DUTIES
            if duty in said
        ],
    }


def _finding(each: Reported, lines: Lines) -> dict[str, Any]:
    finding = each.finding
    steps = _steps(finding.steps, lines)
    if (finding.path, finding.line) not in {(step.path, step.line) for step in finding.steps}:
        steps += _steps((Step(finding.path, finding.line, "here"),), lines)
    return {
        "code": finding.code,
        "title": page(finding.code).title,
        "path": finding.path,
        "line": finding.line,
        "column": finding.col + 1,
        "function": each.function,
        "message": finding.bare,
        "clauses": list(finding.clauses),
        "fingerprint": each.fingerprint,
        "steps": steps,
    }


def _steps(steps: Iterable[Step], lines: Lines) -> list[dict[str, Any]]:
    return [
        {"path": each.path, "line": each.line, "text": each.text, "source": lines(each.path, each.line).strip()}
        for each in steps
    ]
