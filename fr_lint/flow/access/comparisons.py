"""What a comparison on one path means: a match by distance or by name, a typed code against the stored one.

Must not know where values come from.
"""

from __future__ import annotations

from typing import Final

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import CLAIM, OPEN, SECRET, SESSION, STAFF, Authenticators
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.access.domain import (
    NO_RAWS,
    UNKNOWN,
    Raw,
    Token,
    Val,
    but,
    mix,
)
from fr_lint.flow.access.tables import Member
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.ir.model import (
    Attr,
    Compare,
    Const,
    Expr,
    Name,
)
from fr_lint.ir.walk import walk

EQUAL: Final = frozenset(("==", "!=", "in", "not in", "is", "is not"))
NEGATED: Final = frozenset(("!=", "not in", "is not"))


class Comparisons:
    """Judges comparisons of values."""

    def __init__(self, words: Authenticators) -> None:
        self.words = words

    def spoken(self, name: str) -> frozenset[Raw]:
        """The authenticators that a name speaks of."""
        return frozenset(self.words.read(name))

    def compared(self, left: Val, expr: Compare, right: Val, func: Func, node: int) -> Val:
        """The outcome of a comparison, from the values of its sides."""
        op = expr.op
        left, right = self._on_a_board(left, expr.right), self._on_a_board(right, expr.left)
        folded = fold(left, op, right)
        if folded is not None:
            return Val(folded, why=mix((left, right)).why)
        left, right = (but(v, const=UNKNOWN) if isinstance(v.const, Member) else v for v in (left, right))
        value = but(mix((left, right)), check=NO_RAWS)
        positive = op not in NEGATED
        literal = left.const if left.const is not UNKNOWN else right.const
        tested = right if left.const is not UNKNOWN else left
        if value.template:
            computed = any(done for _, done in value.template)
            if op not in EQUAL and (computed or value.face):
                value = but(value, face=value.face | self._distance(value, expr, func, node), sign=0)
            value = but(value, template=frozenset())
        if value.face:
            value = but(value, sign=self._sign(expr, literal, tested, positive))
        if op in EQUAL:
            value = but(value, check=self._checked(left, op, right), check_sign=1 if positive else -1)
            if literal is None or literal is False:
                value = but(value, check=tested.check, check_sign=-tested.check_sign if positive else tested.check_sign)
            elif isinstance(literal, str) and not value.check and not tested.check:
                spoken = frozenset(
                    raw for raw in self.spoken(literal) if raw[0] == STAFF and raw[1] not in ("manual", "manually")
                )
                value = but(value, check=spoken) if len(literal) < 60 else value
            elif tested.check and not value.check:
                refusing = isinstance(literal, str) and _refuses(literal)
                value = but(value, check=tested.check, check_sign=1 if positive != refusing else -1)
        return but(value, raw=NO_RAWS)

    def _on_a_board(self, value: Val, other: Expr) -> Val:
        """A pin that is compared with one of a board's is a number of the board, and no secret."""
        if value.raw and set(split(last_name(other))) & self.words.board:
            return but(value, raw=frozenset(raw for raw in value.raw if raw[1] != "pin"))
        return value

    @staticmethod
    def _distance(value: Val, expr: Compare, func: Func, node: int) -> frozenset[Token]:  # noqa: ARG004
        found = {token for token, done in value.template if done} or {token for token, _ in value.template}
        here = {token for token in found if token.func is func}
        return frozenset((min(here or found, key=lambda t: t.node),))

    def _sign(self, expr: Compare, literal: object, tested: Val, positive: bool) -> int:
        if expr.op in EQUAL:
            if literal is UNKNOWN:
                return tested.sign if positive else -tested.sign
            if isinstance(literal, bool) or literal is None:
                good = bool(literal) == positive
                return tested.sign if good else -tested.sign
            if isinstance(literal, str):
                refusing = not literal or _refuses(literal)
                return 1 if positive != refusing else -1
            if literal == -1:
                return -1 if positive else 1
            return 0
        names = {
            part
            for at in walk(expr)
            if isinstance(at, (Name, Attr))
            for part in split(at.id if isinstance(at, Name) else at.name)
        }
        if not names & (access_words("comparisons", "near") | access_words("comparisons", "alike")):
            names = {part for t in tested.face for part in split(last_name(t.func.nodes[t.node].value))}
        below = expr.op in ("<", "<=")
        if isinstance(expr.left, Const):
            below = not below
        if names & access_words("comparisons", "near"):
            return 1 if below else -1
        if names & access_words("comparisons", "alike"):
            return -1 if below else 1
        return 0

    def _checked(self, left: Val, op: str, right: Val) -> frozenset[Raw]:
        """The authenticators that an equality or a membership has checked."""
        for one, other in ((left, right), (right, left)):
            raws = frozenset(raw for raw in one.raw if raw[0] != CLAIM)
            if one.const is not UNKNOWN:
                # `typed == PIN`, where PIN is a literal of that name
                named = frozenset(raw for raw in raws if raw[0] == SECRET)
                if (
                    named
                    and op in ("==", "!=")
                    and other.const is UNKNOWN
                    and one.const not in (None, "", 0, True, False)
                ):
                    return named
                continue
            if not raws:
                continue
            if (
                op in ("is", "is not")
                or other.const in (None, "", 0, True, False)
                or (op in ("in", "not in") and one is right)
            ):
                if op in ("in", "not in") and one is right:
                    literal = left.const is not UNKNOWN
                    kept = frozenset(raw for raw in raws if raw[0] == SESSION or (not literal and raw[0] != OPEN))
                    if kept:
                        return kept
                continue
            if isinstance(other.const, str):
                if len(other.const) < 3:
                    raws = frozenset(raw for raw in raws if raw[0] == STAFF)
                raws = frozenset(raw for raw in raws if raw[0] != OPEN)
            elif other.const is not UNKNOWN:
                raws = frozenset(raw for raw in raws if raw[0] == SECRET)
            if raws:
                return raws
        return NO_RAWS


def fold(left: Val, op: str, right: Val) -> bool | None:
    """The outcome of a comparison of literals."""
    a, b = left.const, right.const
    if b is None and op in ("is", "is not", "==", "!=") and a is UNKNOWN and left.truth is True:
        return op in ("is not", "!=")
    if isinstance(b, bool) and a is UNKNOWN and left.truth is not None and op in ("is", "is not", "==", "!="):
        return (left.truth == b) == (op not in NEGATED)
    if a is UNKNOWN or b is UNKNOWN:
        return None
    if op in ("==", "is"):
        return a == b
    if op in ("!=", "is not"):
        return a != b
    if isinstance(a, str) and isinstance(b, str) and op in ("in", "not in"):
        return (a in b) == (op == "in")
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}.get(op)
    return None


def _refuses(literal: str) -> bool:
    """Whether a text stands for nobody."""
    return bool(set(split(literal)) & access_words("comparisons", "refusing"))
