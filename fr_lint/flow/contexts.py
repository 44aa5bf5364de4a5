"""Context managers: what entering and leaving one establishes, and which exceptions it swallows.

Must not know what is done inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    Atom,
    Env,
    Facts,
    State,
    both,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.joined import join_state
from fr_lint.flow.listed import established
from fr_lint.flow.program import Func
from fr_lint.flow.states import RAISED, Edges, without
from fr_lint.flow.values import ClassV, Inst
from fr_lint.ir.model import Const, Display, Node, Op, Result

if TYPE_CHECKING:
    from fr_lint.flow.solver import Solver


class Contexts:
    """Contexts as steps of a path."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.asking = solver.asking
        self.resolver = solver.resolver
        self.vocabulary = solver.vocabulary
        self.subjects = solver.subjects
        self.guards = solver.guards

    def enter(self, func: Func, number: int, node: Node, state: State, symbolic: bool) -> Edges:
        """The edges of entering a context."""
        out: State = {}
        for facts, env in state.items():
            for more in self._entered(func, number, node, env, symbolic):
                join_state(out, {both(facts, more): env})
        return [(successor, out) for successor in node.succ]

    def leave(self, func: Func, number: int, node: Node, state: State, symbolic: bool) -> Edges:
        """What a generator context manager checks after its ``yield`` holds after the body."""
        manager = node.value
        out: State = {}
        for facts, env in state.items():
            ways: list[Facts] = [NONE]
            if isinstance(manager, Result) and func.nodes[manager.node].op == Op.CALL:
                for target, bound in self.asking.visible(func, manager.node):
                    if target.ir.is_generator:
                        frame = Frame(func, number, env, None, 0, symbolic)
                        exits = self.solver.summaries.apply(
                            target, self.asking.arguments(target, bound, manager.node, frame), frame
                        )
                        ways = [more for more, _ in exits] if exits else [NONE]
            for more in ways:
                join_state(out, {both(facts, more): env})
        return [(successor, out) for successor in node.succ]

    def _entered(self, func: Func, number: int, node: Node, env: Env, symbolic: bool) -> list[Facts]:
        """What entering a context manager establishes."""
        manager = node.value
        frame = Frame(func, number, env, None, 0, symbolic)
        if isinstance(manager, Result) and func.nodes[manager.node].op == Op.CALL:
            call = func.nodes[manager.node]
            if self.asking.listed.is_called(func, manager.node):
                return [established(next((s for s in (self.subjects.of(a.value, func) for a in call.args) if s), ""))]
            visible = self.asking.visible(func, manager.node)
            for target, bound in visible:
                if target.ir.is_generator:
                    arguments = self.asking.arguments(target, bound, manager.node, frame)
                    found = self.solver.summaries.apply_at_yield(target, arguments, frame)
                    if found is not None:
                        return found
            if visible:
                return [NONE]
            classes = [v for v in self.resolver.callee_values(func, manager.node) if isinstance(v, ClassV)]
            for value in classes:
                for name in ("__enter__", "__aenter__", "__init__"):
                    for cls in self.resolver.mro(value.cls):
                        if name in cls.methods:
                            exits = self.solver.summaries.apply(cls.methods[name], {}, frame)
                            if exits is not None and any(more for more, _ in exits):
                                return [more for more, _ in exits]
                            break
            if classes:
                return [NONE]
            reading = self.vocabulary.read(last_name(call.value), guard=True)
            if (
                reading is not None
                and reading.kind == READ_CONSENT
                and not reading.negative
                and not self.vocabulary.records(last_name(call.value))
            ):
                subject = next((s for s in (self.subjects.of(a.value, func) for a in call.args) if s), "")
                return [frozenset((Atom(CONSENT, subject),))]
        return [NONE]

    def unwind(self, func: Func, number: int, node: Node, state: State) -> Edges:
        """The edges of leaving a context by an exception."""
        swallow = False
        for value in self.resolver.values(node.value, func, number):
            if isinstance(value, Inst) and value.type in self.guards.contexts_swallow:
                return self._suppressed(func, number, node, state)
            if hasattr(value, "cls"):
                swallow = swallow or self._exit_swallows(value)
        edges: Edges = []
        if len(node.succ) > 1:
            edges.append((node.succ[1], state))
            if swallow:
                edges.append((node.succ[0], without(state, RAISED)))
        else:
            edges.extend((successor, state) for successor in node.succ)
        return edges

    def _suppressed(self, func: Func, number: int, node: Node, state: State) -> Edges:
        """``suppress(A, B)`` swallows what a handler for ``(A, B)`` would catch."""
        call = func.nodes[node.value.node] if isinstance(node.value, Result) else None
        caught = Display("tuple", tuple(arg.value for arg in call.args)) if call is not None else None
        after: State = {}
        further: State = {}
        for facts, env in state.items():
            inside, beyond = self.solver.catching.parted(caught, env, func, number)
            if inside is not None:
                join_state(after, {facts: inside})
            if beyond is not None:
                join_state(further, {facts: beyond})
        return list(zip(node.succ, (after, further), strict=False))

    def _exit_swallows(self, value: object) -> bool:
        cls = getattr(value, "cls", None)
        if cls is None:
            return False
        for name in ("__exit__", "__aexit__"):
            for candidate in self.resolver.mro(cls):
                method = candidate.methods.get(name)
                if method is not None:
                    return any(
                        n.op == Op.RETURN
                        and n.value is not None
                        and not (isinstance(n.value, Const) and not n.value.value)
                        for n in method.nodes
                    )
        return False
