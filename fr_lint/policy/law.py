"""The packs in force on one day, taken together: which codes they ask for, their strictest parameters, their clauses.

Deterministic: neither the order of the packs nor that of their clauses changes an answer.  Must not know programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from fr_lint.policy.packs import Clause, Pack
from fr_lint.policy.words import Setting


@dataclass(frozen=True, slots=True, order=True)
class Ceiling:
    """A number of days that must not be exceeded, and the clause that says so."""

    days: int
    since: str  # "capture", "last interaction", "end of the purpose"
    cited: str


@dataclass(frozen=True, slots=True)
class Law:
    """All clauses that are in force."""

    clauses: tuple[tuple[Pack, Clause], ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The codes that some clause asks for."""
        return frozenset(code for _, clause in self.clauses for code in clause.codes)

    def cited(self, code: str, beside: Iterable[str] = ()) -> tuple[str, ...]:
        """The clauses behind a code, those that bind first; rather those that ask for one of ``beside`` as well."""
        found = [each for each in self.clauses if code in each[1].codes]
        narrow = set(beside)
        return self._cited([each for each in found if narrow & set(each[1].codes)] or found)

    def ceilings(self) -> tuple[Ceiling, ...]:
        """All ceilings, the strictest first."""
        found: set[Ceiling] = set()
        for pack, clause in self.clauses:
            numbers = clause.parameters
            for days, since in (
                (numbers.ceiling_days, "capture"),
                (numbers.ceiling_idle_days, "last interaction"),
                (numbers.ceiling_days_after_purpose, "end of the purpose"),
            ):
                if days is not None:
                    found.add(Ceiling(days, since, pack.cited(clause)))
        return tuple(sorted(found))

    def guardian_age(self) -> int | None:
        """The highest age below which a guardian consents."""
        return max((age for _, c in self.clauses if (age := c.parameters.guardian_age) is not None), default=None)

    def barred(self, setting: str) -> tuple[str, tuple[str, ...]]:
        """The word by which a setting is one without any face device, and the clauses; empty if it is none."""
        return self._hit((Setting(setting).barred(c.parameters.barred_settings), (p, c)) for p, c in self.clauses)

    def public(self, setting: str) -> tuple[str, tuple[str, ...]]:
        """The word by which a setting is a public or business place, and the clauses; empty if it is none."""
        return self._hit(
            (Setting(setting).public(c.parameters.public_settings, c.parameters.own_settings), (p, c))
            for p, c in self.clauses
        )

    def _hit(self, found: Iterable[tuple[str, tuple[Pack, Clause]]]) -> tuple[str, tuple[str, ...]]:
        hits = [(word, each) for word, each in found if word]
        return (min(word for word, _ in hits), self._cited(each for _, each in hits)) if hits else ("", ())

    @staticmethod
    def _cited(clauses: Iterable[tuple[Pack, Clause]]) -> tuple[str, ...]:
        ranked = {(clause.strength == "recommendation", pack.cited(clause)) for pack, clause in clauses}
        return tuple(text for _, text in sorted(ranked))


@lru_cache(maxsize=64)
def law_of(packs: tuple[Pack, ...], today: date) -> Law:
    """What is in force on a day."""
    return Law(tuple(_in_force(packs, today)))


def _in_force(packs: tuple[Pack, ...], today: date) -> Iterator[tuple[Pack, Clause]]:
    for pack in sorted(packs, key=lambda pack: pack.id):
        if pack.in_force_from <= today:
            yield from ((pack, clause) for clause in pack.clause)
