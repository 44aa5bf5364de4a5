"""What the linter says: a finding and the steps of the path behind it, as plain ordered values.

Must not know how a finding was reached nor how it is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PLACE: Final = re.compile(r":(?=\d+:\d+:)")  # "a.py:3:7: text" inside a message would look like a report of its own


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One stop on the way to a finding; lines count from 1."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One report.  ``path`` is relative to the project's root; lines count from 1, columns from 0 in code points."""

    path: str
    line: int
    col: int
    code: str
    message: str
    steps: tuple[Step, ...] = ()
    clauses: tuple[str, ...] = ()  # of law, behind it; one that does not bind or was not verified says so

    @property
    def bare(self) -> str:
        """The message without the clauses that stand behind it."""
        return self.message.removesuffix(f" [{'; '.join(self.clauses)}]") if self.clauses else self.message

    @property
    def text(self) -> str:
        """Code and message on one line, in a form that report parsers do not take for a place."""
        return _PLACE.sub(" ", f"{self.code} {' '.join(self.message.split())}")


@dataclass(frozen=True, slots=True, order=True)
class Suppressed:
    """A finding that a comment answers for; ``line`` is the comment's, ``until`` its last day or empty."""

    finding: Finding
    line: int
    reason: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one file: its findings, and those that a suppression with a reason covers."""

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
