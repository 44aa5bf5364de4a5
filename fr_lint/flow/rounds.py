"""What holds inside a loop and after it: of each element, and of all of them.

Must not know how the worklist orders nodes, but for the loops that wait for their first round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    QUERY,
    TERMS,
    Atom,
    Chosen,
    Facts,
    State,
    join_state,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.states import Edges, Run
from fr_lint.flow.subjects import Subjects
from fr_lint.ir.model import Node, Op, Result

if TYPE_CHECKING:
    from fr_lint.flow.solver import Solver


class Rounds:
    """Loops over elements."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.evaluator = solver.evaluator
        self.asking = solver.asking
        self.subjects = solver.subjects

    def loop(
        self, run: Run, number: int, node: Node, state: State, latches: dict[int, int], waiting: set[int]
    ) -> Edges:
        """The edges of a loop's head: into a round, and past the loop."""
        func = run.func
        names = set(target_names(node.target))
        related = frozenset(self.solver.assigning.mentioned(node.value, func))
        body: State = {}
        for facts, env in state.items():
            inner = self.solver.kill(facts, names, frozenset())
            value = self.evaluator.value(node.value, Frame(func, number, env))
            if (
                isinstance(value, Chosen)
                or {a.subject for a in facts if a.kind == QUERY} & related
                or self._yields_chosen(func, number, node)
            ):
                inner = inner | {Atom(QUERY, name) for name in names}
            join_state(body, {inner: self.solver.forget(func, env, names)})
        edges: Edges = [(node.succ[0], body)]
        latch = latches.get(number)
        if latch is None:
            edges.append((node.succ[1], state))
            return edges
        looped = run.states[latch]
        if looped is None:
            waiting.add(number)
            return edges
        waiting.discard(number)
        everyone = self._everyone(looped, names, node, func)
        after: State = {}
        for facts, env in state.items():
            join_state(after, {facts | everyone: env})
        edges.append((node.succ[1], after))
        return edges

    def _yields_chosen(self, func: Func, number: int, node: Node) -> bool:
        """Whether the loop takes what a generator yields only for those who consented."""
        if not isinstance(node.value, Result) or func.nodes[node.value.node].op != Op.CALL:
            return False
        for target, _ in self.asking.visible(func, node.value.node):
            if target.ir.is_generator:
                frame = Frame(func, number, {})
                ways = self.solver.summaries.apply_at_yield(target, {}, frame)
                return bool(ways) and all(any(a.kind == CONSENT for a in facts) for facts in ways or ())
        return False

    def _everyone(self, looped: State, names: set[str], node: Node, func: Func) -> Facts:
        """What every finished round established of its element holds of all of them after the loop."""
        common: Facts | None = None
        for facts in looped:
            about = frozenset(a.kind for a in facts if a.kind in (CONSENT, TERMS) and Subjects.root(a.subject) in names)
            kinds = frozenset(Atom(kind) for kind in about)
            common = kinds if common is None else common & kinds
        if not common:
            return NONE
        subject = self.subjects.of(node.value, func)
        return frozenset(Atom(a.kind, subject) for a in common)
