"""What is said of several values at once: all of them, one of them, so many; how many there are, whether one is there.

``sum([face, pin, card]) >= 2`` can be true in three ways, one of them without the face.  Each is a value of its
own, with what was decided on it.  Must not know programs, grants or words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from math import prod
from typing import Final

from fr_lint.flow.access.domain import (
    BLANK,
    NO_RAWS,
    NONE,
    UNKNOWN,
    Check,
    Fact,
    Facts,
    Gate,
    Place,
    Val,
    Vals,
    alternatives,
    but,
    mix,
)

MAX_COUNTED: Final = 24  # values that are counted together, elements of which a container is known
MAX_OUTCOMES: Final = 512  # of these, how many of each kind may be true
NUMBER: Final = (int, float)
ORDER: Final[dict[str, Callable[[float, float], bool]]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
SETS: Final[dict[str, Callable[[frozenset[object], frozenset[object]], bool]]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def negated(value: Val) -> Val:
    """``not value``."""
    if value.holds is not None:
        return Val(not value.holds, why=value.why)
    return but(value, sign=-value.sign, check_sign=-value.check_sign, raw=NO_RAWS, template=frozenset(), parts=())


def says(value: Val) -> bool:
    """Whether something is known of its truth, or of what that depends on."""
    if value.const is not UNKNOWN:
        return isinstance(value.const, bool)
    return bool(value.face or value.check) or value.truth is not None


def exact(value: Val) -> tuple[Val, ...] | None:
    """All elements of a container, if they are known."""
    if value.const == ():
        return ()
    if value.const is not UNKNOWN or not value.truth or not value.parts:
        return None
    return tuple(part for _, part in value.parts)


def listed(elements: Iterable[Val]) -> Val:
    """A container of exactly these elements."""
    found = tuple(elements)
    return but(mix(found), truth=True, parts=tuple(enumerate(found))) if found else Val(())


def pairs(value: Val) -> Val:
    """The entries of a dictionary that is known, each with its key."""
    keys = [Val(key) if isinstance(key, str) else BLANK for key, _ in value.parts]
    return listed(listed((key, part)) for key, (_, part) in zip(keys, value.parts, strict=True))


def added(value: Val, element: Val) -> Val | None:
    """A container, and one element more."""
    found = exact(value)
    return None if found is None or len(found) >= MAX_COUNTED else listed((*found, element))


def every(values: Iterable[Val]) -> Vals:
    """All of them are true; of things that refuse, each in its turn may be the one that does not."""
    found = list(values)
    if any(v.holds is False for v in found):
        return (Val(False, why=mix(found).why),)
    open_ = [v for v in found if v.holds is not True]
    if not open_:
        return (Val(True, why=mix(found).why),)
    return alternatives(open_) if all(map(refuses, open_)) else (mix(open_),)


def some(values: Iterable[Val]) -> Vals:
    """One of them is true, each in its turn; of things that refuse, none may be."""
    found = list(values)
    true = [v for v in found if v.holds is True]
    if true:
        return (Val(True, why=true[0].why),)
    open_ = [v for v in found if v.holds is None]
    if not open_:
        return (Val(False),)
    return (mix(open_),) if all(map(refuses, open_)) else alternatives(open_)


# ------------------------------------------------------------------------------------------------------------- numbers


def number(value: Val) -> float | None:
    """A known number."""
    return value.const if isinstance(value.const, NUMBER) else None


def tally(values: Iterable[Val]) -> Val:
    """How many of them are true."""
    found = tuple(values)
    weights = tuple((number(v) or 0, Val(True)) if number(v) is not None else (1, known_or(v)) for v in found)
    if all(v.holds is True for _, v in weights):
        return Val(sum(weight for weight, _ in weights), why=mix(found).why)
    return but(mix(found), tally=weights, truth=None)


def known_or(value: Val) -> Val:
    """A value, or what is known of its truth."""
    return value if value.holds is None else Val(value.holds, why=value.why)


def plus(one: Val, other: Val) -> Val | None:
    """The sum of two numbers or of things that are true or not, if it can be told how it comes about."""
    a, b = number(one), number(other)
    if a is not None and b is not None:
        return Val(a + b, why=mix((one, other)).why)
    weights: list[tuple[float, Val]] = []
    for value, const in ((one, a), (other, b)):
        if const is not None:
            weights.append((const, Val(True)))
        elif value.tally:
            weights.extend(value.tally)
        elif (value.face or value.check) and not value.template:
            weights.append((1, value))
        else:
            return None
    return but(mix((one, other)), tally=tuple(weights), truth=None)


def times(one: Val, other: Val) -> Val | None:
    """A weight, and something that is true or not."""
    for weight, value in ((number(one), other), (number(other), one)):
        if weight is not None and (value.face or value.check) and not value.tally and value.const is UNKNOWN:
            return but(mix((one, other)), tally=((weight, known_or(value)),), truth=None)
    return None


def measured(left: Val, op: str, right: Val, place: Callable[[int], Place]) -> Vals | None:
    """A comparison of how many are true with a number: the ways in which it comes out true, and false.

    ``place``: where the n-th of them is decided.
    """
    if right.tally and number(left) is not None:
        left, op, right = right, TURNED.get(op, op), left
    wanted, order = number(right), ORDER.get(op)
    if not left.tally or wanted is None or order is None:
        return None
    open_ = [(weight, value) for weight, value in left.tally if value.holds is None]
    base = sum(weight for weight, value in left.tally if value.holds is True)
    whole = all(isinstance(weight, int) for weight, _ in left.tally)
    if not open_:
        return (Val(order(base, wanted), why=mix(value for _, value in left.tally).why),)
    if len(open_) > MAX_COUNTED or (whole and wanted != int(wanted)):
        return None
    turned = [refuses(value) for _, value in open_]
    kinds = _kinds(open_, turned)
    if prod(len(kind) + 1 for kind in kinds) > MAX_OUTCOMES:
        return None
    outcomes: dict[tuple[int, ...], bool] = {}
    for counts in product(*(range(len(kind) + 1) for kind in kinds)):
        true = (
            open_[kind[0]][0] * (len(kind) - many if turned[kind[0]] else many)
            for kind, many in zip(kinds, counts, strict=True)
        )
        outcomes[counts] = order(base + sum(true), wanted)
    if len(set(outcomes.values())) == 1:
        return (Val(next(iter(outcomes.values()))),) if len(open_) < len(left.tally) else None
    parts = [value for _, value in open_]
    return alternatives(
        value for outcome in (True, False) for value in _ways(parts, turned, kinds, outcomes, outcome, place)
    )


def _kinds(open_: list[tuple[float, Val]], turned: list[bool]) -> list[list[int]]:
    """Which of them are alike, so that it does not matter which of these are true but how many."""
    found: dict[object, list[int]] = {}
    for n, (weight, value) in enumerate(open_):
        said = frozenset(raw[0] for raw in value.check)
        found.setdefault((weight, value.face, said, turned[n]), []).append(n)
    return list(found.values())


def _ways(
    parts: list[Val],
    turned: list[bool],
    kinds: list[list[int]],
    outcomes: dict[tuple[int, ...], bool],
    outcome: bool,
    place: Callable[[int], Place],
) -> Iterator[Val]:
    """The fewest that have to be passed for an outcome; of those that are alike, the first."""
    wanted = [counts for counts, found in outcomes.items() if found is outcome]
    least = [
        counts
        for counts in wanted
        if not any(
            other != counts and all(its <= mine for mine, its in zip(counts, other, strict=True)) for other in wanted
        )
    ]
    done: set[object] = set()
    for counts in sorted(least, reverse=True):
        chosen = [(n, parts[n]) for kind, many in zip(kinds, counts, strict=True) for n in kind[:many]]
        alike = (
            frozenset(token for _, value in chosen for token in value.face),
            all(value.check for _, value in chosen if not value.face),
            any(value.check for _, value in chosen),
        )
        if alike in done:
            continue
        done.add(alike)
        facts: set[Fact] = set()
        why = NONE
        for n, value in chosen:
            facts |= passed(value, place(n), side=not turned[n])
            why |= value.why
        yield Val(outcome, why=why | facts)


def passed(value: Val, place: Place, *, side: bool) -> Facts:
    """What is decided where a value is true, or where it is false."""
    facts: set[Fact] = set()
    if value.face:
        facts.add(Gate(place, side, value.face, None if not value.sign else value.sign > 0))
    raws = frozenset(raw for raw in value.check if not value.face)
    if raws and side == (value.check_sign > 0):
        facts.add(Check(place, raws))
    return frozenset(facts)


def refuses(value: Val) -> bool:
    """Whether it is true where somebody is refused."""
    return value.sign < 0 if value.face else bool(value.check) and value.check_sign < 0


# ---------------------------------------------------------------------------------------------------------- membership


def held(left: Val, op: str, right: Val) -> Vals | None:
    """Whether something is among known elements; whether known elements are among others."""
    inside = exact(right)
    if op in ("in", "not in"):
        if inside is None:
            return None
        found = _among(left, inside)
        return found if op == "in" or found is None else alternatives(negated(v) for v in found)
    one = exact(left)
    if one is None or inside is None or not (one or inside):
        return None
    consts = [frozenset(v.const for v in each) for each in (one, inside)]
    if any(UNKNOWN in each for each in consts) or op not in SETS:
        return None
    return (Val(SETS[op](consts[0], consts[1]), why=mix((left, right)).why),)


def _among(left: Val, elements: tuple[Val, ...]) -> Vals | None:
    if isinstance(left.const, bool) and any(v.const is UNKNOWN for v in elements):
        return some(elements) if left.const else alternatives(map(negated, every(elements)))
    if left.const is UNKNOWN or any(v.const is UNKNOWN for v in elements):
        return None
    found = [v for v in elements if v.const == left.const and isinstance(v.const, bool) == isinstance(left.const, bool)]
    return (Val(bool(found), why=found[0].why if found else NONE),)
