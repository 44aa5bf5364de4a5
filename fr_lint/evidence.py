"""What stands behind a verdict, said or unsaid: for each face call and each duty, the evidence that was found.

Plain ordered values.  Must not know how they came about nor how they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fr_lint.findings import Step


class Verdict(StrEnum):
    """How a duty stands at a face call."""

    FOUND = "found"  # evidence on every path
    MISSING = "missing"  # a finding says where
    NOT_DUE = "not due"  # the duty does not apply here


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """One duty at one face call; ``steps`` are the places of the guard, the alternative, the deletion."""

    duty: str  # "consent", "fallback", "retention"
    verdict: Verdict
    text: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One face call, or what hangs on one; ``path`` is relative to the project's root, lines count from 1.

    ``role`` is that of the catalogue; ``store`` for a call that stores face data, ``grant`` for what a face opens.
    """

    path: str
    line: int
    col: int
    call: str
    role: str
    function: str
    evidence: tuple[Evidence, ...] = ()
    activities: tuple[str, ...] = ()  # of the policy, that cover it
