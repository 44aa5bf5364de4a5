"""Findings as flake8 prints them, and as data: the lines of ``--format=flake8``, and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from fr_lint.outcome import Outcome, Reported


def flake8_lines(outcome: Outcome) -> str:
    """One line a finding, in flake8's default form."""
    return "".join(
        f"{each.path}:{each.finding.line}:{each.finding.col + 1}: {each.finding.text}\n" for each in outcome.new
    )


def as_json(outcome: Outcome, version: str) -> str:
    """Everything that is known, for programs."""
    document = {
        "schema": 1,
        "tool": {"name": "fr-lint", "version": version},
        "complete": not outcome.failures,
        "counts": counts(outcome),
        "findings": [_entry(each) for each in outcome.findings],
        "suppressed": [
            {**_entry(each), "by": "fr-lint" if each.reason else "noqa", "reason": each.reason, "until": each.until}
            for each in outcome.suppressed
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def counts(outcome: Outcome) -> dict[str, int]:
    """What was counted in a run."""
    return {
        "files": outcome.files,
        "new": len(outcome.new),
        "known": len(outcome.findings) - len(outcome.new),
        "fixed": outcome.fixed,
        "suppressed": len(outcome.suppressed),
        "not_analysed": len(outcome.failures),
    }


def in_words(outcome: Outcome) -> str:
    """The counts as a sentence."""
    number = counts(outcome)
    parts = [_plural(number["new"], "finding")]
    places = len({each.path for each in outcome.new})
    if number["new"]:
        parts[0] += f" in {_plural(places, 'file')}"
    for key, text in (("known", "known"), ("fixed", "fixed"), ("suppressed", "suppressed")):
        if number[key]:
            parts.append(f"{number[key]} {text}")
    if number["not_analysed"]:
        parts.append(f"{_plural(number['not_analysed'], 'file')} not analysed")
    return f"{', '.join(parts)}; {_plural(number['files'], 'file')} read"


def _plural(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _entry(each: Reported) -> dict[str, Any]:
    finding = each.finding
    return {
        "code": finding.code,
        "path": each.path,
        "line": finding.line,
        "column": finding.col + 1,
        "end_line": each.end_line,
        "end_column": each.end_col + 1,
        "function": each.function,
        "call": each.call,
        "message": finding.message,
        "known": each.known,
        "clauses": list(finding.clauses),
        "fingerprint": each.fingerprint,
        "steps": [{"path": each.shown(step.path), "line": step.line, "text": step.text} for step in steps(each)],
    }


def steps(each: Reported) -> Iterable[Any]:
    """The way to a finding; empty where the place is all there is to say."""
    return each.finding.steps
