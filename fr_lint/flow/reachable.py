"""Which of some nodes of a function lead to a node, or can be reached from it: asked many times, found out once.

The answers are kept as bits, one for each of those nodes; they come from one pass over the function, and from further
ones where there are loops (Aho, Lam, Sethi, Ullman, *Compilers*, 9.2.5, with sets as bits).  Must not know what nodes
mean.
"""

from __future__ import annotations

from collections.abc import Collection

from fr_lint.flow.program import Func
from fr_lint.ir.model import Op


class Reachable:
    """The reachability between all nodes of a function and some of them."""

    def __init__(self, func: Func, some: Collection[int], *, exceptions: bool, rounds: bool) -> None:
        """``exceptions``: along exceptional edges as well; ``rounds``: into further rounds of a loop."""
        self._func = func
        self._bits = {number: place for place, number in enumerate(sorted(some))}
        self._exceptions = exceptions
        self._rounds = rounds
        self._before: list[int] | None = None
        self._after: list[int] | None = None

    def comes_after(self, node: int, some: int) -> bool:
        """Whether one of those nodes leads to a node; each leads to itself."""
        if self._before is None:
            self._before = self._closed(forward=True)
        return bool(self._before[node] >> self._bits[some] & 1)

    def comes_before(self, node: int, some: int) -> bool:
        """Whether a node leads to one of those nodes; each leads to itself."""
        if self._after is None:
            self._after = self._closed(forward=False)
        return bool(self._after[node] >> self._bits[some] & 1)

    def _closed(self, *, forward: bool) -> list[int]:
        nodes = self._func.nodes
        sources: list[list[int]] = [[] for _ in nodes]  # from where a node takes bits over
        for number, node in enumerate(nodes):
            if node.op == Op.LATCH and not self._rounds:
                continue
            edges = (*node.succ, node.exc) if self._exceptions and node.exc >= 0 else node.succ
            for successor in edges:
                sources[successor if forward else number].append(number if forward else successor)
        rows = [0] * len(nodes)
        for number, place in self._bits.items():
            rows[number] = 1 << place
        order = sorted(range(len(nodes)), key=self._func.order.__getitem__, reverse=not forward)
        changed = True
        while changed:
            changed = False
            for number in order:
                row = rows[number]
                for source in sources[number]:
                    row |= rows[source]
                if row != rows[number]:
                    rows[number] = row
                    changed = True
        return rows


def loop_bodies(func: Func) -> dict[int, frozenset[int]]:
    """The end of each round of a loop -> the nodes of the loop: those that lead to it from the loop's head."""
    found: dict[int, frozenset[int]] = {}
    for number, node in enumerate(func.nodes):
        if node.op == Op.LATCH and node.succ:
            body = {node.succ[0]}
            stack = [number]
            while stack:
                at = stack.pop()
                if at not in body:
                    body.add(at)
                    stack.extend(func.preds[at])
            found[number] = frozenset(body)
    return found
