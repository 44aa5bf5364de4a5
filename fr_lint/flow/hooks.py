"""What stands before every call of a function: decorators, class-level hooks, dependencies, routers, middleware.

Answers with the facts established before the function's body runs.  A visible body decides; unseen ones count by name.
Knows frameworks only through data.  Must not know faces or findings.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.guards import Guards
from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.flow.asking import Asking
from fr_lint.flow.class_hooks import ClassHooks
from fr_lint.flow.dependencies import Dependencies
from fr_lint.flow.facts import NONE, outcome
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.routers import Routers
from fr_lint.flow.summaries import Summaries
from fr_lint.flow.ways import ACCEPTED, CONSENTED, Ways, ambient, combine
from fr_lint.flow.wrappers import Wrappers
from fr_lint.ir.model import Expr, Op, Result


class Hooks:
    """Guards outside a function's own body."""

    def __init__(self, graph: CallGraph, asking: Asking, summaries: Summaries, guards: Guards) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.asking = asking
        self.summaries = summaries
        self.guards = guards
        self.vocabulary = asking.vocabulary
        self.sources = graph.sources
        self._before: dict[Func, Ways] = {}
        self.wrappers = Wrappers(self)
        self.dependencies = Dependencies(self)
        self.routers = Routers(self)
        self.class_hooks = ClassHooks(self)
        self.project_decorator = self.wrappers.project_decorator
        self.dependency_value = self.dependencies.dependency_value

    def before(self, func: Func) -> Ways:
        """The facts on each way to the function's first statement (``[NONE]``: nothing is established)."""
        if func not in self._before:
            self._before[func] = [NONE]
            ways: Ways = [NONE]
            for more in self.guards_of(func):
                ways = combine(ways, more)
            self._before[func] = ways
        return self._before[func]

    def guards_of(self, func: Func) -> Iterator[Ways]:
        """The ways of each guard of a function."""
        if func.ir.kind not in ("function",):  # noqa: FURB171
            return
        if self.graph.settled(func):
            yield [CONSENTED]
        parent = func.parent or func
        for decorator in func.ir.decorators:
            yield self.wrappers.decorator(func, decorator, parent)
        for param in func.ir.params:
            yield self.dependencies.dependency(param, parent)
            yield self.dependencies.model(param, parent)
        if func.cls is not None and not func.name.startswith("__"):
            yield from self.class_hooks.before(func, func.cls)
        if self.routers.is_handler(func):
            yield from self.routers.installed()

    # ------------------------------------------------------------------------------------------------------ decorators

    def named(self, name: str) -> Ways:
        """What an unseen guard establishes by its name: consent, or acceptance of terms (empty: nothing)."""
        reading = self.vocabulary.read(name, guard=True)
        if reading is None or reading.negative or self.vocabulary.records(name):
            return []
        return [CONSENTED if reading.kind == READ_CONSENT else ACCEPTED]

    def true_facts(self, func: Func) -> Ways:
        """What a predicate says when it is true."""
        exits = self.summaries.exits(func)
        if exits is None:
            return [NONE]
        ways: Ways = []
        for facts, value in exits:
            cond = outcome(value)
            if cond.true is not None:
                ways.append(ambient(facts | cond.true))
        return ways or [NONE]

    # ---------------------------------------------------------------------------------------------------- dependencies

    @staticmethod
    def called_name(expr: Expr, parent: Func) -> str:
        """The name of the callee if an expression is a call."""
        if isinstance(expr, Result) and parent.nodes[expr.node].op == Op.CALL:
            return last_name(parent.nodes[expr.node].value)
        return ""
