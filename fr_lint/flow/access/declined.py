"""Where whoever declines consent is turned away before a place: the refusing statement.

Asks the consent analysis.  Must not know grants or rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fr_lint.flow.access.domain import Event, Gate
from fr_lint.flow.entry import Entries
from fr_lint.flow.facts import CONSENT, State
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.program import Func
from fr_lint.ir.model import Const, Op

MAX_DEPTH: Final = 4  # helpers inside helpers that are searched for the refusal


@dataclass(frozen=True, slots=True)
class Refusal:
    """The statement that turns somebody away, and the line of the test."""

    func: Func
    node: int
    test: int


class Declined:
    """Refusing statements, by function."""

    def __init__(self, entries: Entries, graph: CallGraph) -> None:
        self.entries = entries
        self.graph = graph

    def before(self, root: Func, event: Event) -> Refusal | None:
        """The refusing statement before an event, if it is reached with consent only."""
        frames = [*event.stack, (event.grant.func, event.grant.node)]
        for func, node in frames:
            state = self.entries.run(func).states[node]
            if state and all(_given(facts) for facts in state):
                found = self._refusal(func, node)
                if found is None:
                    for site_func, site_node in frames:
                        found = found or self._refusal(site_func, site_node)
                return found
        del root
        return None

    def earlier(self, event: Event) -> Refusal | None:
        """The refusing statement before a face decision of an earlier request, on which an event depends."""
        here = {func for func, _ in event.stack} | {event.grant.func}
        for fact in sorted((f for f in event.facts if isinstance(f, Gate)), key=lambda f: f.branch[1]):
            func, number = fact.branch
            if func not in here:
                node = number % len(func.nodes)
                state = self.entries.run(func).states[node]
                if state and all(_given(facts) for facts in state):
                    return self._refusal(func, node)
        return None

    def _refusal(self, func: Func, node: int, depth: int = 0) -> Refusal | None:
        """The first test of consent on the way to a node, and what its other side does."""
        states = self.entries.run(func).states
        for number in sorted(range(len(func.nodes)), key=lambda n: func.order[n]):
            at = func.nodes[number]
            if func.order[number] >= func.order[node]:
                break
            state = states[number]
            if not state or all(_given(f) for f in state):
                continue
            if at.op == Op.BRANCH and not isinstance(at.value, Const):
                for passed, refused in (at.succ, at.succ[::-1]):
                    if self._all(states[passed]) and not self._all(states[refused]) and passed != refused:
                        found = self._turned_away(func, refused, number)
                        if found is not None:
                            return found
            elif at.op == Op.CALL and at.succ and self._all(states[at.succ[0]]):
                for target, _ in self.graph.targets(func, number):
                    found = self._inside(target, number, depth)
                    if found is not None:
                        return found
        return None

    def _inside(self, target: Func, test: int, depth: int) -> Refusal | None:
        """Where a function that returns only with consent turns somebody away: at its own test, or wherever it ends."""
        found = self._refusal(target, target.ir.exit, depth + 1) if depth < MAX_DEPTH else None
        if found is not None:
            return found
        ends = [n for n, node in enumerate(target.nodes) if node.op == Op.RAISE]
        ends += [n for n, node in enumerate(target.nodes) if node.op == Op.CALL and self._ends(target, n)]
        return Refusal(target, ends[0], test) if ends else None

    def _ends(self, func: Func, node: int) -> bool:
        return self.entries.solver.never_returns(func, node) is not None

    @staticmethod
    def _all(state: State | None) -> bool:
        return bool(state) and all(_given(facts) for facts in state or ())

    def _turned_away(self, func: Func, start: int, test: int) -> Refusal | None:
        """The first statement on a refused path that leaves; else the last one that says anything."""
        seen: set[int] = set()
        at = start
        last = -1
        while at not in seen and at >= 0:
            seen.add(at)
            node = func.nodes[at]
            if node.op in (Op.RETURN, Op.RAISE):
                return Refusal(func, at, test)
            if node.op == Op.CALL and self._ends(func, at):
                return Refusal(func, at, test)
            if node.op in (Op.LATCH, Op.EXIT):
                return Refusal(func, last, test) if last >= 0 else Refusal(func, test, test)
            if node.op in (Op.CALL, Op.ASSIGN):
                last = at
            at = node.succ[0] if node.succ else -1
        return None


def _given(facts: frozenset[object]) -> bool:
    return any(getattr(atom, "kind", "") == CONSENT for atom in facts)
