"""What holds inside a loop and after it: of each element, and of all of them.

Must not know how the worklist orders nodes, but for the loops that wait for their first round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.flow.collected import Collected
from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    QUERY,
    Atom,
    Chosen,
    Env,
    Fact,
    Facts,
    State,
    chosen,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.joined import join_state
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.states import Edges, Run
from fr_lint.ir.model import Display, Name, Node, Op, Result

if TYPE_CHECKING:
    from fr_lint.flow.solver import Solver


class Rounds:
    """Loops over elements."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.evaluator = solver.evaluator
        self.asking = solver.asking
        self.subjects = solver.subjects
        self.collected = Collected(self)

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
            selected = {a.extra for a in facts if a.kind == QUERY and a.subject in related}
            if isinstance(value, Chosen):
                selected.add(chosen(value))
            elif not selected and self._yields_chosen(func, number, node):
                selected.add(None)
            if selected:
                inner = inner | {Atom(QUERY, name, extra) for name in names for extra in selected}
            fresh = self.solver.forget(func, env, names)
            fresh.update(self._unpacked(func, number, node, env))
            join_state(body, {inner: fresh})
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
        subject = self.subjects.of(node.value, func)
        collected = self.collected.after(func, number, latch, looped, names, subject)
        after: State = {}
        for facts, env in state.items():
            join_state(after, {facts | everyone: {**env, **collected} if collected else env})
        edges.append((node.succ[1], after))
        return edges

    def _unpacked(self, func: Func, number: int, node: Node, env: Env) -> Env:
        """``for path, answer in zip(paths, consents)``: what each name takes, where its own name tells nothing."""
        if not isinstance(node.target, Display) or not isinstance(node.value, Result):
            return {}
        call = func.nodes[node.value.node]
        found: Env = {}
        if call.op == Op.CALL and last_name(call.value) == "zip" and isinstance(call.value, Name):
            for target, arg in zip(node.target.elements, call.args, strict=False):
                value = self.evaluator.value(arg.value, Frame(func, number, env))
                if isinstance(target, Name) and isinstance(value, Fact):
                    found[target.id] = value
        return found

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
        # a name like ``row`` stands for whoever is there, and so do the facts about it; those of another do not count
        loose = any(not self.subjects.of(Name(name), func) for name in names)
        for facts in looped:
            about = facts if loose else frozenset(atom for atom in facts if atom.subject)
            kinds = frozenset(Atom(kind) for kind in self.collected.kinds(about, names))
            common = kinds if common is None else common & kinds
        if not common:
            return NONE
        subject = self.subjects.of(node.value, func)
        return frozenset(Atom(a.kind, subject) for a in common)
