"""The domain of the fallback analysis: what a value comes from, and what was decided on the way to a place.

A *path* is a set of facts (on which side of which face decision, past which other check) and what is known of variables
there.  Paths are kept apart as long as they differ, as in property simulation (Das, Lerner, Seigle, PLDI 2002).
Must not know programs, names or words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fr_lint.flow.program import Func

Place = tuple["Func", int]
Raw = tuple[str, str]  # kind of authenticator, word that says so


@dataclass(frozen=True, slots=True)
class Token:
    """A verifying face call: where a face result comes from."""

    func: Func
    node: int


@dataclass(frozen=True, slots=True)
class Gate:
    """A branch on a face result was left by this side, or by either (``None``) where that made no difference.

    ``guess``: the side that its wording calls the match.
    """

    branch: Place
    side: bool | None
    tokens: frozenset[Token]
    guess: bool | None


@dataclass(frozen=True, slots=True)
class Check:
    """Another check was passed."""

    branch: Place | None
    raws: frozenset[Raw]


@dataclass(frozen=True, slots=True)
class Seen:
    """A face was processed on the way."""


PLACE: Final = 0  # where a face is
CROP: Final = 1  # what was cut out there, and what is computed from it
CONTRAST: Final = 2  # how that differs from something else

Fact = Gate | Check | Seen
Facts = frozenset[Fact]
NONE: Final[frozenset[Fact]] = frozenset()
NO_TOKENS: Final[frozenset[Token]] = frozenset()
NO_RAWS: Final[frozenset[Raw]] = frozenset()
NO_AREA: Final[frozenset[tuple[Token, int]]] = frozenset()
UNKNOWN: Final = object()
SEEN: Final = Seen()


@dataclass(frozen=True, slots=True)
class Val:
    """What is known of one value.

    ``const`` is a literal, or :data:`UNKNOWN`; ``truth`` what a test has shown.  ``face``: the face results it is
    computed from; ``sign`` 1: true means a match, -1: false does, 0: cannot tell.  ``template``: the face templates it
    is computed from, each with whether something was computed at all.  ``raw``: what a person presented.  ``check``:
    checks whose outcome it is, ``check_sign`` as ``sign``.  ``why``: what was decided where it was made.  ``area``:
    the detections whose places it comes from, each with what was made of it.
    """

    const: object = UNKNOWN
    truth: bool | None = None
    face: frozenset[Token] = NO_TOKENS
    sign: int = 1
    template: frozenset[tuple[Token, bool]] = frozenset()
    raw: frozenset[Raw] = NO_RAWS
    check: frozenset[Raw] = NO_RAWS
    check_sign: int = 1
    why: Facts = NONE
    parts: tuple[tuple[object, Val], ...] = ()  # of a tuple, list or dict that is written out
    area: frozenset[tuple[Token, int]] = NO_AREA
    tally: tuple[tuple[float, Val], ...] = ()  # of a number: how much each adds that is true
    _hash: list[int] = field(default_factory=list, compare=False, repr=False)

    def __hash__(self) -> int:
        if not self._hash:
            self._hash.append(
                hash(
                    (
                        self.const,
                        self.truth,
                        self.face,
                        self.template,
                        self.raw,
                        self.check,
                        self.why,
                        self.sign,
                        self.area,
                    )
                )
            )
        return self._hash[0]

    @property
    def holds(self) -> bool | None:
        """Its truth, if that is known."""
        return self.truth if self.const is UNKNOWN else bool(self.const)

    @property
    def tainted(self) -> bool:
        """Whether anything is known of where it comes from."""
        return bool(self.face or self.template or self.raw or self.check or self.area)


def but(value: Val, **changes: Any) -> Val:
    """The value with some fields changed."""
    return replace(value, _hash=[], **changes)


BLANK: Final = Val()
Vals = tuple[Val, ...]
BLANKS: Final[Vals] = (BLANK,)
MAX_VALS: Final = 6
MAX_LITERALS: Final = 16


def mix(parts: Iterable[Val]) -> Val:
    """A value computed from others."""
    face: frozenset[Token] = NO_TOKENS
    template: frozenset[tuple[Token, bool]] = frozenset()
    raw: frozenset[Raw] = NO_RAWS
    check: frozenset[Raw] = NO_RAWS
    area = NO_AREA
    why: Facts = NONE
    sign = check_sign = 1
    for part in parts:
        if part.face:
            sign = part.sign
        if part.check:
            check_sign = part.check_sign
        face |= part.face
        template |= part.template
        raw |= part.raw
        check |= part.check
        area |= part.area
        why = agreed(why, part.why)
    if not (face or template or raw or check or why or area):
        return BLANK
    return Val(UNKNOWN, None, face, sign, template, raw, check, check_sign, why, (), area)


def agreed(one: Facts, other: Facts) -> Facts:
    """Both sets of facts, without decisions on which they disagree."""
    if not one or one is other:
        return other
    if not other:
        return one
    sides: dict[Place, bool | None] = {}
    torn: set[Place] = set()
    for fact in (*one, *other):
        if isinstance(fact, Gate):
            if sides.setdefault(fact.branch, fact.side) != fact.side:
                torn.add(fact.branch)
    both = one | other
    return frozenset(f for f in both if not (isinstance(f, Gate) and f.branch in torn)) if torn else both


def after(facts: Facts, later: Facts) -> Facts:
    """Facts, and what was decided later: a branch that is taken again counts as it was taken last."""
    if not later:
        return facts
    if not facts:
        return later
    again = {fact.branch for fact in later if isinstance(fact, (Gate, Check)) and fact.branch is not None}
    kept = frozenset(f for f in facts if not (isinstance(f, (Gate, Check)) and f.branch in again))
    return kept | later


def renewed(facts: Facts, token: Token) -> Facts:
    """Facts without what was decided on an earlier result of the same call."""
    stale = [f for f in facts if isinstance(f, Gate) and token in f.tokens]
    return facts.difference(stale) if stale else facts


def alternatives(found: Iterable[Val]) -> Vals:
    """Distinct values, at most :data:`MAX_VALS`, or :data:`MAX_LITERALS` literals; beyond that they are mixed."""
    distinct = tuple(dict.fromkeys(found))
    if len(distinct) <= MAX_VALS:
        return distinct or BLANKS
    if all(v.const is not UNKNOWN for v in distinct):
        distinct = tuple(v for v in distinct if not any(is_shorter(other, v) for other in distinct))
        if len(distinct) <= MAX_LITERALS:
            return distinct
    return (*distinct[: MAX_VALS - 1], mix(distinct[MAX_VALS - 1 :]))


def is_shorter(one: Val, other: Val) -> bool:
    """Whether a literal came to be by fewer decisions than another one, and past the same checks."""
    if one.const != other.const or not one.why < other.why or one.check != other.check:
        return False
    return not any(isinstance(fact, Check) for fact in other.why - one.why)


def known(value: Val, truth: bool) -> Val:
    """A value after a test of its truth."""
    return value if value.const is not UNKNOWN else but(value, truth=truth)


Env = dict[str, Vals]


@dataclass(frozen=True, slots=True)
class Grant:
    """One place that lets somebody in."""

    func: Func
    node: int
    kind: str
    shown: str
    target: frozenset[str] = frozenset()
    device: bool = False  # hardware: its first argument says which
    named: bool = False  # known by the name of a function of the project, whose body decides if it holds a grant
    success: bool = False  # the successful return of a function that is named so


@dataclass(frozen=True, slots=True)
class Event:
    """A grant is reached: with these facts, and with arguments that come from these face results and checks."""

    grant: Grant
    facts: Facts
    face: frozenset[Token] = NO_TOKENS
    raws: frozenset[Raw] = NO_RAWS
    target: frozenset[str] = frozenset()  # the literal device or door, if it is known
    stack: tuple[Place, ...] = ()  # the calls on the way, outermost first


def same_kind(one: Event, other: Event) -> bool:
    """Whether two grants are of the same kind: of one class, and not of different literal targets."""
    if one.grant.kind != other.grant.kind:
        return False
    if one.target and other.target and not one.target & other.target:
        return {t.partition(":")[0] for t in one.target} != {t.partition(":")[0] for t in other.target}
    return True


@dataclass(frozen=True, slots=True)
class Exit:
    """One way to return: what was decided, the value, and what ``self`` holds then."""

    facts: Facts
    values: Vals
    attributes: tuple[tuple[str, Vals], ...] = ()


@dataclass(slots=True)
class Summary:
    """What running a function once does: its ways out, and the grants on the way."""

    exits: tuple[Exit, ...] = ()
    raises: tuple[Facts, ...] = ()
    yields: Vals = ()
    yielding: tuple[Facts, ...] = ()  # what was decided before a value was given
    events: tuple[Event, ...] = ()
    complete: bool = True
