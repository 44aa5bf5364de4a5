"""What becomes of some values inside one function: names, attributes and results that hold them, in whatever order.

Only the nodes that mention a tainted value are looked at, so that following one of many values in a long function costs
what its own uses cost.  Must not know what the values are, nor judge what is done with them.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field

from fr_lint.flow.program import Func
from fr_lint.flow.subjects import spell
from fr_lint.ir.model import Attr, Expr, Item, Name, Result
from fr_lint.ir.walk import children

Held = str | int  # a name or spelling that holds a value, or the number of a call whose result does
Step = Callable[[int, "Taint"], Iterable[Held]]  # what holds a value after a node, given what holds one before


@dataclass(slots=True)
class Taint:
    """What holds the values, what held them first, and the nodes that mention them, ascending."""

    held: Container[Held]
    start: Container[Held]
    nodes: list[int] = field(default_factory=list)

    def in_(self, expr: Expr | None) -> bool:
        """Whether an expression's value is one of them, or has one inside."""
        if expr is None:
            return False
        if isinstance(expr, Name):
            return expr.id in self.held
        if isinstance(expr, Attr) and spell(expr) in self.held:
            return True
        if isinstance(expr, Result):
            return expr.node in self.held
        return any(self.in_(child) for child in children(expr))


@dataclass(frozen=True, slots=True)
class Either:
    """Two sets at once, without a copy."""

    one: Container[Held]
    other: Container[Held]

    def __contains__(self, held: object) -> bool:
        return held in self.one or held in self.other


class Tainting:
    """Taints of one function."""

    def __init__(self, func: Func, step: Step) -> None:
        self.func = func
        self.step = step
        self._uses: dict[Held, list[int]] | None = None

    def uses(self, held: Held) -> list[int]:
        """The nodes that mention a name, a spelling or a result, ascending."""
        if self._uses is None:
            self._uses = {}
            for number, node in enumerate(self.func.nodes):
                mentioned: set[Held] = set()
                for expr in (node.value, *(arg.value for arg in node.args)):
                    _mentions(expr, mentioned)
                if isinstance(node.target, Item):
                    _mentions(node.target.index, mentioned)
                for each in mentioned:
                    self._uses.setdefault(each, []).append(number)
        return self._uses.get(held, [])

    def close(self, start: Iterable[Held]) -> Taint:
        """Everything that comes to hold what ``start`` holds; rounds over the nodes in order until nothing changes."""
        held = set(start)
        taint = Taint(held, frozenset(held))
        seen: set[int] = set()
        waiting = {number for each in held for number in self.uses(each)}
        while waiting:
            heap = sorted(waiting)
            queued, waiting = waiting, set()
            while heap:
                number = heapq.heappop(heap)
                queued.discard(number)
                seen.add(number)
                for each in self.step(number, taint):
                    if each in held:
                        continue
                    held.add(each)
                    for use in self.uses(each):
                        if use <= number:
                            waiting.add(use)
                        elif use not in queued:
                            queued.add(use)
                            heapq.heappush(heap, use)
        taint.nodes = sorted(seen)
        return taint


def _mentions(expr: Expr | None, found: set[Held]) -> None:
    stack = [expr] if expr is not None else []
    while stack:
        at = stack.pop()
        if isinstance(at, Name):
            found.add(at.id)
        elif isinstance(at, Result):
            found.add(at.node)
        else:
            if isinstance(at, Attr):
                found.add(spell(at))
            stack.extend(children(at))
