"""The baseline: findings that a project has decided to live with for now.

A text file, sorted, one entry a line, without line numbers and dates: it changes when a finding comes or goes, and two
branches merge.  Must not know how anything was found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from fr_lint.outcome import FAILURE, Outcome, Reported

HEAD: Final = "# fr-lint baseline 1: code, path, function, call, ordinal; tab-separated\n"
Entry = tuple[str, str, str, str, str]


class BaselineError(ValueError):
    """A baseline that cannot be read: says which line and why."""


def entry(each: Reported) -> Entry:
    """A finding as it stands in the file; the path is the one seen from the working directory."""
    return (each.finding.code, _clean(each.path), _clean(each.function), _clean(each.call), str(each.ordinal))


def load(path: Path) -> frozenset[Entry]:
    """The entries of a file.  :raises BaselineError: for a missing or malformed one."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeError) as error:
        raise BaselineError(f"{path}: the baseline cannot be read: {error}") from None
    found: set[Entry] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.rstrip("\r").split("\t")
        if len(parts) != 5 or not parts[4].isdigit():
            raise BaselineError(f"{path}: line {number}: expected five fields separated by tabs (code, path, ...)")
        found.add((parts[0], parts[1], parts[2], parts[3], parts[4]))
    return frozenset(found)


def write(path: Path, findings: Iterable[Reported]) -> int:
    """Write the entries of all findings; FRL901 is never one: what was not analysed is not known.  Their number."""
    entries = sorted({entry(each) for each in findings if each.finding.code != FAILURE})
    path.write_text(HEAD + "".join("\t".join(each) + "\n" for each in entries), encoding="utf-8", newline="\n")
    return len(entries)


def compare(outcome: Outcome, known: frozenset[Entry]) -> Outcome:
    """The outcome with its known findings marked, and the entries counted that nothing matched."""
    findings = tuple(replace(each, known=entry(each) in known) for each in outcome.findings)
    matched = {entry(each) for each in (*outcome.findings, *outcome.suppressed)}
    return replace(outcome, findings=findings, fixed=len(known - matched))


def _clean(text: str) -> str:
    return " ".join(text.split())
