"""Expressions that count or compare what several values say; all combinations of what they may be.

Must not know where values come from.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Final

from fr_lint.flow.access.domain import UNKNOWN, Env, Place, Val, Vals, alternatives, mix
from fr_lint.flow.access.remembered import Remembered
from fr_lint.flow.access.rows import row
from fr_lint.flow.access.several import exact, held, listed, measured, plus, times
from fr_lint.flow.program import Func
from fr_lint.ir.model import Binary, Compare, Const, Expr, Name

MAX_PRODUCT: Final = 8
OFFSET: Final = 7**8  # beyond the places of the rows of written lists


class Counting(Remembered):
    """Sums, counts and memberships."""

    growing: Callable[[Func, int], bool] = staticmethod(lambda *_: False)  # whether a node lies in a loop without end
    written: Callable[[Expr, Func, int], tuple[Expr, ...] | None] = staticmethod(lambda *_: None)

    def values(self, expr: Expr | None, func: Func, node: int, env: Env) -> Vals:
        """What an expression may be."""
        raise NotImplementedError

    @staticmethod
    def combined(parts: list[Vals], make: Callable[[tuple[Val, ...]], Val]) -> Vals:
        """All combinations of alternatives, as far as they are few; else each part mixed first."""
        size = 1
        for part in parts:
            size *= len(part)
        if size > MAX_PRODUCT and sum(len(part) > 1 for part in parts) > 1:
            parts = [part if len(part) == 1 else (mix(part),) for part in parts]
        return alternatives(make(chosen) for chosen in product(*parts))

    def _counted(self, expr: Binary, chosen: tuple[Val, ...], func: Func, node: int) -> Val | None:
        """A sum that is kept: of a counter of this function, outside of loops, or of things that are true or not."""
        bits = [v.const for v in chosen if isinstance(v.const, int) and not isinstance(v.const, bool)]
        if expr.op in ("|", "&") and len(bits) == 2:
            return Val(bits[0] | bits[1] if expr.op == "|" else bits[0] & bits[1], why=mix(chosen).why)
        if expr.op == "*":
            return times(*chosen)
        if expr.op != "+" or self.growing(func, node):
            return None
        local = any(isinstance(e, Name) and e.id in func.ir.locals for e in (expr.left, expr.right))
        return plus(*chosen) if local or all(v.const is UNKNOWN for v in chosen) else None

    def _several(self, expr: Compare, sides: list[Vals], func: Func, node: int, env: Env) -> Vals | None:
        """A comparison of what is known to hold several things, or to count them."""
        if any(exact(v) is not None for side in sides for v in side):
            both = zip((expr.left, expr.right), sides, strict=True)
            sides = [self._constant(e, side, func, node) for e, side in both]
        offset = 1 + row(env)

        def place(n: int) -> Place:
            return (func, node + len(func.nodes) * (OFFSET * (n + 1) + offset))

        found: list[Vals | None] = []
        for left, right in product(*sides):
            told = measured(left, expr.op, right, place) if left.tally or right.tally else held(left, expr.op, right)
            found.append(told)
        if all(each is None for each in found):
            return None
        rest = (self.compared(left, expr, right, func, node) for left, right in product(*sides))
        return alternatives(v for each, other in zip(found, rest, strict=True) for v in each or (other,))

    def _constant(self, expr: Expr, side: Vals, func: Func, node: int) -> Vals:
        """What is in a constant of the project, where its elements are literals."""
        if all(v.const is UNKNOWN and not v.parts for v in side):
            parts = self.written(expr, func, node)
            if parts and all(isinstance(part, Const) for part in parts):
                return (listed(v for part in parts for v in self.values(part, func, node, {})),)
        return side
