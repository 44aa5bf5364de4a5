"""Facts on each way to a function's first statement, and how they are combined.

Must not know where they come from.
"""

from __future__ import annotations

from fr_lint.flow.facts import CONSENT, NONE, TERMS, Atom, Facts

CONSENTED: Facts = frozenset((Atom(CONSENT),))
ACCEPTED: Facts = frozenset((Atom(TERMS),))
Ways = list[Facts]


def ambient(facts: Facts) -> Facts:
    """Facts from another frame, about whoever is there."""
    return frozenset(
        Atom(a.kind, "", a.extra if a.kind == "presumed" else None)
        for a in facts
        if a.kind in ("consent", "terms", "presumed")
    )


def combine(ways: Ways, more: Ways) -> Ways:
    """First one, then the other."""
    if more == [NONE]:
        return ways
    return list(dict.fromkeys(a | b for a in ways for b in more))[:16]
