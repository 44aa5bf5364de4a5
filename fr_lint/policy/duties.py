"""Which codes are on, and which clauses stand behind a finding.  Must not know how anything is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from fr_lint.findings import Finding
from fr_lint.policy.law import Law, law_of
from fr_lint.policy.model import Policy

ALWAYS: Final = frozenset(("FRL101", "FRL102", "FRL103", "FRL201", "FRL202", "FRL301", "FRL302"))  # without a policy
OF_A_RECORD: Final = frozenset(("FRL401", "FRL404"))  # a record is held against the code, whatever the packs say
ASKED_FOR: Final = frozenset(("FRL304", "FRL305"))  # need no record, but somebody who asks
ON_DEVICE: Final = "FRL304"
SERVES: Final = {  # which duty a declared function serves
    "fallback": ("FRL201", "FRL202"),
    "withdrawal": ("FRL101",),
    "retention.deletion": ("FRL301",),
    "notice": ("FRL104",),
}


def codes_on(policy: Policy, law: Law) -> frozenset[str]:
    """The codes that a project's policy and the packs in force switch on; the linter's own are not among them."""
    found = ALWAYS | (law.codes & ASKED_FOR)
    if policy.processing:
        found |= OF_A_RECORD | law.codes
    if any(each.storage == "on-device" for each in policy.processing):
        found |= {ON_DEVICE}
    return frozenset(found)


def asks_where_it_goes(policy: Policy, today: date) -> bool:
    """Does somebody ask where face data goes?"""
    return bool(codes_on(policy, law_of(policy.laws, today)) & ASKED_FOR)


def cited(findings: Iterable[Finding], policy: Policy, law: Law) -> Iterator[Finding]:
    """The findings with the clauses behind them; a project that has a policy of its own reads them in the message."""
    for finding in findings:
        clauses = finding.clauses or law.cited(finding.code)
        if not clauses:
            yield finding
            continue
        message = f"{finding.message} [{'; '.join(clauses)}]" if policy.file else finding.message
        yield replace(finding, message=message, clauses=clauses)
