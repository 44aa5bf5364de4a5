"""Hand-overs that take effect later: a thread that somebody starts, a slot of a signal that somebody sends.

The function is then entered where the thread is started or the signal is sent, if that can be seen.  Which types and
methods these are is data.  Must not know what the function does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fr_lint.catalogue.guards import guards
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import Inst
from fr_lint.ir.model import Attr, Expr, Name, Node, Op, Result
from fr_lint.ir.walk import reads, walk

if TYPE_CHECKING:
    from fr_lint.flow.graph import CallGraph

MAX_FILES = 20  # files in which the start of one thread is looked for


class Deferred:
    """Where a hand-over takes effect."""

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.sources = graph.sources
        self.guards = guards()
        self._started = frozenset(name.rpartition(".")[2] for name in self.guards.deferred_started)

    def effects(self, func: Func, node: int) -> list[tuple[Func, int, bool]]:
        """The calls by which a hand-over takes effect, each with whether it passes arguments of its own.

        Empty where it takes effect at once, or where that cannot be seen.
        """
        ir = func.nodes[node]
        if isinstance(ir.value, Attr) and ir.value.name in self.guards.deferred_connect:
            signal, send = ir.value.base, self.guards.deferred_send
            found = list(self._calls(signal, func, node, send, self._is_signal))
            if found:
                return [(caller, number, True) for caller, number in found]
            trigger = self.guards.deferred_triggered.get(last_name(signal))
            if trigger and isinstance(signal, Attr):
                return [(f, n, False) for f, n in self._calls(signal.base, func, node, {trigger}, self._is_made)]
            return []
        made = [v for v in self.resolver.callee_values(func, node) if self._name(v) in self.guards.deferred_started]
        holder = self._holder(func, node) if made else None
        if holder is None:
            return []
        return [(f, n, False) for f, n in self._calls(holder, func, node + 1, {"start"}, self._is_made)]

    def is_idle(self, func: Func, node: int) -> bool:
        """Whether a call makes a thread or a timer that is certainly never started: nothing else is done with it."""
        if last_name(func.nodes[node].value) not in self._started:
            return False
        made = {self._name(v) for v in self.resolver.callee_values(func, node)}
        if not made or not made <= self.guards.deferred_started:
            return False
        if func.nodes[node].statement:
            return True
        holder = self._holder(func, node)
        if not isinstance(holder, Name) or func.ir.kind != "function" or holder.id not in func.ir.locals:
            return False
        inside = [f for f in func.unit.functions if f is func or f.parent is func]
        return not any(self._is_used(ir, holder.id) for f in inside for ir in f.nodes)

    @staticmethod
    def _is_used(ir: Node, name: str) -> bool:
        """Whether a node does more with an object than to set its attributes."""
        callee = ir.value if ir.op == Op.CALL else None
        if isinstance(callee, Attr) and isinstance(callee.base, Name) and callee.base.id == name:
            return callee.name == "start"
        read = (ir.value,) if isinstance(ir.target, Attr) else reads(ir)
        return any(isinstance(at, Name) and at.id == name for expr in read for at in walk(expr))

    @staticmethod
    def _name(value: object) -> str:
        return str(getattr(value, "name", "") or getattr(value, "type", ""))

    @staticmethod
    def _holder(func: Func, node: int) -> Expr | None:
        """What the object made by a call is kept in."""
        for ir in func.nodes[node + 1 : node + 3]:
            if ir.op == Op.ASSIGN and isinstance(ir.value, Result) and ir.value.node == node:
                return ir.target if isinstance(ir.target, (Name, Attr)) else None
        return None

    def _is_signal(self, value: Inst) -> bool:
        return value.func is not None and value.type in self.guards.deferred_signals

    @staticmethod
    def _is_made(value: Inst) -> bool:
        return value.func is not None

    def _calls(
        self, expr: Expr, func: Func, node: int, methods: frozenset[str] | set[str], fits: object
    ) -> Iterator[tuple[Func, int]]:
        """Calls of certain methods on the very object that an expression stands for."""
        assert callable(fits)
        same = {v for v in self.resolver.values(expr, func, node) if isinstance(v, Inst) and fits(v)}
        name = last_name(expr)
        if not same or not name:
            return
        shared = isinstance(expr, Attr) or func.ir.kind == "module"
        for path in self.sources.near(name, func.unit.path, MAX_FILES) if shared else (func.unit.path,):
            unit = self.resolver.program.unit(path)
            if unit is None:
                continue
            for method in sorted(methods):
                for caller, number in self.graph.mentions(unit).calls.get(method, ()):
                    if self._on(caller.nodes[number], name) and not same.isdisjoint(
                        self.resolver.values(getattr(caller.nodes[number].value, "base", None), caller, number)
                    ):
                        yield caller, number

    def on(self, expr: Expr, value: Inst, func: Func, method: str) -> Iterator[tuple[Func, int]]:
        """The calls of a method on the object that ``expr`` stands for."""
        return self._calls(expr, func, -1, {method}, lambda other: other == value)

    @staticmethod
    def _on(call: Node, name: str) -> bool:
        return isinstance(call.value, Attr) and last_name(call.value.base) == name
