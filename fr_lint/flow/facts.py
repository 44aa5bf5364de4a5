"""The abstract domain of the consent analysis: atoms, values, and sets of paths.

A *path state* is a set of disjuncts, one for each set of facts that some path establishes; each disjunct carries what is
known of variables on those paths.  Paths with the same facts are merged, paths with different facts are not: property
simulation (Das, Lerner, Seigle, *ESP: Path-Sensitive Program Verification in Polynomial Time*, PLDI 2002).

Must not know programs, names or words.
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

CONSENT: Final = "consent"
TERMS: Final = "terms"
PRESUMED: Final = "presumed"
QUERY: Final = "query"  # the objects reached through this name were selected by consent
TEST: Final = "test"  # a condition over parameters, to be judged by the caller

BEGUN: Final = "begun"  # a processing chain has been begun on this path

MAX_ENV: Final = 64
MAX_ATOMS: Final = 128  # of one kind of path that are told apart


@dataclass(frozen=True, slots=True)
class Atom:
    """One fact.  ``subject`` is whom or what it is about, a dotted spelling in the frame of the function (empty:
    whoever is there).  ``extra``: for ``PRESUMED`` the place, for ``QUERY`` that of a presumption it relies on, for
    ``TEST`` the condition, for ``CONSENT`` the names that stand for other people.
    """

    kind: str
    subject: str = ""
    extra: object = None


Facts = frozenset[Atom]
NONE: Final[Facts] = frozenset()


@dataclass(frozen=True, slots=True)
class Val:
    """Base of what is known of a value; ``None`` in its place means nothing is."""


@dataclass(frozen=True, slots=True)
class Known(Val):
    """A literal (or an enumeration member, by its name)."""

    value: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and type(other.value) is type(self.value) and other.value == self.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Fact(Val):
    """A value that states ``atoms`` when positive; ``negative``: when negative.  ``text``: a typed answer, whose
    truth alone says nothing.  ``origin``: the node that made it, for variables.  ``choices``: which answers are a yes,
    where they are written out (by label, and by number).
    """

    atoms: Facts
    negative: bool = False
    text: bool = False
    origin: int = -1
    choices: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Presumed(Val):
    """A literal that stands where a person's answer should."""

    place: object


@dataclass(frozen=True, slots=True)
class Cond(Val):
    """A truth value: the facts when true and when false; ``None`` where that outcome is impossible."""

    true: Facts | None
    false: Facts | None


@dataclass(frozen=True, slots=True)
class Switch(Val):
    """One of several literals, each with the facts that hold when the value is that one."""

    cases: tuple[tuple[Known, Facts], ...]


@dataclass(frozen=True, slots=True)
class Chosen(Val):
    """A collection of people (or rows) that were selected by consent; truth as in ``cond``."""

    cond: Cond


@dataclass(frozen=True, slots=True)
class Pair(Val):
    """A tuple of which some part says something."""

    parts: tuple[Val | None, ...]


@dataclass(frozen=True, slots=True)
class Nothing(Val):
    """Known to be no fact, whatever its name says."""


def chosen(value: Val | None) -> object:
    """Where a selection by consent relies on a literal (``None``: nowhere)."""
    if not isinstance(value, Chosen) or not value.cond.true or any(a.kind == CONSENT for a in value.cond.true):
        return None
    return next((a.extra for a in value.cond.true if a.kind == PRESUMED), None)


NOTHING: Final = Nothing()
Env = dict[str, Val]
State = dict[Facts, Env]
EMPTY: Final = Cond(None, NONE)  # what a collection that was just made says


def outcome(value: Val | None) -> Cond:
    """What the truth of a value says."""
    if isinstance(value, Cond):
        return value
    if isinstance(value, Known):
        return Cond(NONE, None) if value.value else Cond(None, NONE)
    if isinstance(value, Fact):
        numbers = {number: yes for number, yes in value.choices if number.isdigit()}
        if "0" in numbers:  # the number of the answer: the first one is false
            first = numbers.pop("0")
            cond = Cond(NONE if first or not all(numbers.values()) else value.atoms, value.atoms if first else NONE)
            return Cond(cond.false, cond.true) if value.negative else cond
        if value.text:
            return Cond(NONE, NONE)
        return Cond(NONE, value.atoms) if value.negative else Cond(value.atoms, NONE)
    if isinstance(value, Presumed):
        return Cond(frozenset((Atom(PRESUMED, "", value.place),)), None)
    if isinstance(value, Chosen):
        return value.cond
    if isinstance(value, Switch):
        return Cond(
            meet(atoms for known, atoms in value.cases if known.value),
            meet(atoms for known, atoms in value.cases if not known.value),
        )
    return Cond(NONE, NONE)


def meet(sets: Iterable[Facts | None]) -> Facts | None:
    """The facts common to all (``None``, impossible, is neutral; of no set at all it is the result)."""
    common: Facts | None = None
    for facts in sets:
        if facts is not None:
            common = facts if common is None else common & facts
    return common


def common(a: Facts | None, b: Facts | None) -> Facts | None:
    """Like :func:`meet`; consent of different people leaves the consent of whoever is concerned."""
    both = meet((a, b))
    if a and b and both == NONE and all(any(atom.kind == CONSENT for atom in facts) for facts in (a, b)):
        return frozenset((Atom(CONSENT),))
    return both


def both(facts: Facts, more: Facts) -> Facts:
    """What a path knows, and what it learns.  Where that is more than anybody tells apart, conditions over parameters
    are forgotten; then consents of so many people stand for whoever is concerned.
    """
    together = facts | more
    if len(together) <= MAX_ATOMS or len(together) == len(facts):
        return together
    kept = frozenset(atom for atom in together if atom.kind != TEST)
    if len(kept) <= MAX_ATOMS // 2:
        return kept
    return frozenset(Atom(atom.kind) if atom.kind in (CONSENT, TERMS) and not atom.extra else atom for atom in kept)


def union(a: Facts | None, b: Facts | None) -> Facts | None:
    """Both hold; impossible if either is."""
    return None if a is None or b is None else a | b


def negate(value: Val | None) -> Val | None:
    """``not value``."""
    if value is None or isinstance(value, Nothing):
        return value
    if isinstance(value, Known):
        return Known(not value.value)
    if isinstance(value, Fact) and not value.text:
        return Fact(value.atoms, not value.negative, False, value.origin)
    cond = outcome(value)
    return Cond(cond.false, cond.true)


def conjunction(values: list[Val | None]) -> Val | None:
    """``a and b and ...`` as a value."""
    conds = [outcome(value) for value in values]
    true: Facts | None = NONE
    for cond in conds:
        true = union(true, cond.true)
    return simple(Cond(true, meet(cond.false for cond in conds)))


def disjunction(values: list[Val | None]) -> Val | None:
    """``a or b or ...`` as a value."""
    conds = [outcome(value) for value in values]
    false: Facts | None = NONE
    for cond in conds:
        false = union(false, cond.false)
    return simple(Cond(meet(cond.true for cond in conds), false))


def simple(cond: Cond) -> Val | None:
    """Drop a condition that says nothing."""
    return None if cond.true == NONE and cond.false == NONE else cond


def join_values(a: Val | None, b: Val | None) -> Val | None:
    """What is known of a variable that is ``a`` on some paths and ``b`` on others with the same facts."""
    if a == b:
        return a
    for value in (a, b):
        if isinstance(value, Presumed):
            return value
    for value in (a, b):
        if isinstance(value, Nothing):
            return value
    if (
        isinstance(a, Fact)
        and isinstance(b, Fact)
        and (a.negative, a.text) == (b.negative, b.text)
        and a.atoms == b.atoms
    ):
        return Fact(a.atoms, a.negative, a.text, -1, a.choices if a.choices == b.choices else ())
    if a is None or b is None:
        return None
    if isinstance(a, Raised) and isinstance(b, Raised):
        kinds = a.kinds | b.kinds
        return Raised(kinds) if len(kinds) <= MAX_RAISED else None
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Chosen) and (other == Cond(None, NONE) or isinstance(other, Chosen)):
            said = one.cond.true if not isinstance(other, Chosen) else meet((one.cond.true, other.cond.true))
            return Chosen(Cond(said, NONE)) if said else None
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Known) and not one.value and isinstance(other, Fact) and not other.negative:
            return other
    ca, cb = outcome(a), outcome(b)
    return simple(Cond(common(ca.true, cb.true), common(ca.false, cb.false)))


MAX_RAISED: Final = 8  # classes of one exception under way that are told apart


@dataclass(frozen=True, slots=True)
class Raised(Val):
    """An exception under way: the classes that it may be of.  Never the value of an expression."""

    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Either(Val):
    """What a variable is where a condition holds, and where it does not.  Kept under ``&variable condition``, never the
    value of an expression.
    """

    true: Val | None
    false: Val | None
