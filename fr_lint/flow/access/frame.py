"""One function on its way: what it notes, and small questions about values.

Must not know how calls are followed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.grants import CLAIM, DOOR, SESSION, Authenticators
from fr_lint.flow.access.domain import (
    BLANK,
    SEEN,
    UNKNOWN,
    Check,
    Env,
    Event,
    Exit,
    Facts,
    Gate,
    Grant,
    Summary,
    Val,
    Vals,
    after,
    mix,
)
from fr_lint.flow.access.tables import Member
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.ir.model import Expr, Node, Result

MAX_EVENTS: Final = 160  # grants that a function passes on to its callers

if TYPE_CHECKING:
    from fr_lint.flow.access.walker import Walker


class Frame:
    """What all parts of a walk through one function share."""

    def __init__(self, walker: Walker, func: Func, *, called: bool = False) -> None:
        self.walker = walker
        self.called = called
        self.func = func
        self.nodes = func.nodes
        self.expressions = walker.expressions
        self.calls = walker.calls
        self.grants = walker.granting.of(func)
        self.last_use = walker.last_use(func)
        self.live = walker.liveness(func)
        self.exits: dict[Exit, None] = {}
        self.raises: dict[Facts, None] = {}
        self.yields: dict[Val, None] = {}
        self.yielding: dict[Facts, None] = {}
        self.events: dict[object, Event] = {}
        self.begun: dict[tuple[int, str, object], list[Val]] = {}  # the states in which an endless loop began a round

    def record(self, event: Event) -> None:
        """Note a grant, by the shortest way to it; ways without a face by each call, for some may be open to all."""
        by = None if gates(event.facts) or not event.stack else event.stack[0]
        memo = (event.grant, event.facts, event.face, event.raws, event.target, by)
        before = self.events.get(memo)
        if before is None or len(before.stack) > len(event.stack):
            if before is not None or len(self.events) < MAX_EVENTS:
                self.events[memo] = event

    def event(self, grant: Grant, facts: Facts, given: Iterable[Val], target: frozenset[str] = frozenset()) -> None:
        """Note a grant that is given these values."""
        values = tuple(given)
        whole = mix(values) if values else BLANK
        raws = frozenset(
            r for r in whole.check | (whole.raw if grant.kind == "payment" else frozenset()) if r[0] != CLAIM
        )
        for value in values:
            telling_value = value.const is not UNKNOWN or value.tainted
            facts = after(facts, value.why) if telling_value else after(value.why, facts)
        self.record(Event(grant, facts, whole.face, raws, target or grant.target))

    def device(self, grant: Grant, number: int, node: Node, env: Env) -> frozenset[str]:
        """Which device: a literal that a caller has passed."""
        if grant.target or not grant.device or not node.args:
            return grant.target
        found = {v.const for v in self.expressions.values(node.args[0].value, self.func, number, env)}
        only = found.pop() if len(found) == 1 else None
        known_here = isinstance(only, (int, str)) and not isinstance(only, bool)
        return frozenset((f"device:{only}",)) if known_here else frozenset()

    def refuses(self, number: int, node: Node, facts: Facts, values: Vals) -> Facts:
        """A check that raises unless it is passed, or whose value nobody reads."""
        raws = frozenset(r for v in values for r in v.check if r[0] != CLAIM)
        if not raws or not (
            node.statement or any(self.words.raising.has(each) for each in self.calls.dotted(self.func, number))
        ):
            return facts
        name = last_name(node.value)
        if node.statement and not self.calls.is_check(self.func, number, name):
            return facts
        return facts | {Check((self.func, number), raws)}

    def why(self, value: Val, facts: Facts) -> Val:
        """A value with what was decided where it came to be."""
        decided = frozenset(f for f in facts if f is not SEEN and not (isinstance(f, Check) and f.branch is None))
        why = after(value.why, decided)
        if isinstance(value.const, Member):
            return Val(value.const, check=value.check, why=why)
        if why == value.why:
            return value
        return Val(
            value.const,
            value.truth,
            value.face,
            value.sign,
            value.template,
            value.raw,
            value.check,
            value.check_sign,
            why,
            value.parts,
            value.area,
        )

    def made(self, expr: Expr | None) -> Expr | None:
        """What is called, where an expression is the value of a call."""
        return self.nodes[expr.node].value if isinstance(expr, Result) else expr

    def passed_on(
        self,
        summary: Summary,
        facts: Facts,
        place: tuple[Func, int],
        *,
        later: bool = False,
        target: frozenset[str] = frozenset(),
    ) -> bool:
        """Note the grants of a callee; whether there are any.

        ``later``: somebody else may stand there by then, so that what was checked before is no factor beside a face.
        ``target``: the door that the call names.
        """
        for event in summary.events:
            before = signed_in(facts) if later and (event.face or gates(event.facts)) else facts
            decided = after(before, event.facts)
            which = event.target or (target if event.grant.kind == DOOR else event.target)
            self.record(Event(event.grant, decided, event.face, event.raws, which, (place, *event.stack)))
        return bool(summary.events)

    @property
    def words(self) -> Authenticators:
        """The vocabulary."""
        return self.walker.words


def telling(values: Vals) -> bool:
    """Whether anything worth keeping is known of a value."""
    return any(
        v.tainted
        or v.why
        or v.truth is not None
        or v.parts
        or isinstance(v.const, (bool, type(None)))
        or (v.const is not UNKNOWN)
        for v in values
    )


def fitting(values: Vals, facts: Facts) -> Vals:
    """Of the values that something may have, those that it has on a path, where that path has decided which."""
    if not any(isinstance(f, (Gate, Check)) and f.branch is not None for f in facts):
        return values
    here = tuple(v for v in values if v.const is UNKNOWN and v.why <= facts)
    if not here or len(here) == len(values):
        return values
    return tuple(v for v in here if v.why) or here


def plain(value: Val) -> bool:
    """Whether a value is nothing at all."""
    return value.const is None


def gates(facts: Facts) -> bool:
    """Whether a face has decided something."""
    return any(isinstance(f, Gate) for f in facts)


def signed_in(facts: Facts) -> Facts:
    """Checks that were passed before, as what they are later on: somebody is signed in."""
    return frozenset(
        Check(None, frozenset((SESSION, word) for _, word in f.raws)) if isinstance(f, Check) else f for f in facts
    )


def attributes(env: Env) -> tuple[tuple[str, Vals], ...]:
    """What is known of ``self``."""
    return tuple(sorted(((k[4:], v) for k, v in env.items() if k.startswith("self.")), key=lambda item: item[0]))


def callee_name(decorator: Expr, enclosing: Func) -> str:
    """The last name of a decorator, called or not."""
    if isinstance(decorator, Result):
        return last_name(enclosing.nodes[decorator.node].value)
    return last_name(decorator)
