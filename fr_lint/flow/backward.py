"""A question that is put to an expression, and then to what its value is made of, back to where it begins.

What :mod:`fr_lint.flow.blank` and :mod:`fr_lint.flow.stock` share: circles, depth, parts of a whole, what functions
give.  Must not know what is asked.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Final

from fr_lint.flow.program import Func
from fr_lint.ir.model import Attr, Element, Entered, Expr, Item, Op, Starred

MAX_STEPS: Final = 24  # from a value back to where it begins


def whole(expr: Expr) -> Expr | None:
    """What an expression is a part of: of ``x.y``, ``x[0]``, ``*x``, an element of ``x``, what ``with x`` gives."""
    if isinstance(expr, (Attr, Item)):
        return expr.base
    if isinstance(expr, Element):
        return expr.of
    if isinstance(expr, Starred):
        return expr.value
    return expr.manager if isinstance(expr, Entered) else None


class Backward(ABC):
    """One question."""

    circle: ClassVar[bool]
    """The answer where a value is computed from itself: ``True`` leaves it to the other ways to it."""

    def __init__(self) -> None:
        self._busy: set[tuple[int, Func]] = set()

    def holds(self, expr: Expr | None, func: Func, node: int, depth: int = 0) -> bool:
        """Whether the answer is yes for an expression, as node ``node`` of ``func`` evaluates it."""
        if expr is None or depth > MAX_STEPS:
            return False
        place = (id(expr), func)
        if place in self._busy:
            return self.circle
        self._busy.add(place)
        try:
            return self.judge(expr, func, node, depth + 1)
        finally:
            self._busy.discard(place)

    @abstractmethod
    def judge(self, expr: Expr, func: Func, node: int, depth: int) -> bool:
        """The same for an expression that was not met before."""

    def all_hold(self, parts: Iterable[Expr], func: Func, node: int, depth: int) -> bool:
        """Whether there are parts, and the answer is yes for each of them."""
        given = tuple(parts)
        return bool(given) and all(self.holds(part, func, node, depth) for part in given)

    def is_given_by(self, bodies: Iterable[Func], depth: int) -> bool:
        """Whether functions return something, and the answer is yes for all of it."""
        returned = [(b, n, ir.value) for b in bodies for n, ir in enumerate(b.nodes) if ir.op == Op.RETURN]
        return bool(returned) and all(self.holds(value, b, n, depth) for b, n, value in returned)
