"""Ready-made other ways that a project names: a framework's own sign-in page, its password back end.

Must not know paths or rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import Grants
from fr_lint.flow.access.domain import Place
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.program import Func
from fr_lint.flow.values import Ext, Inst
from fr_lint.ir.model import Attr, Const, Name, Op
from fr_lint.ir.walk import reads, walk


class Ready:
    """Where they are named, by class of grants."""

    def __init__(self, graph: CallGraph, grants: Grants) -> None:
        self.graph = graph
        self.grants = grants
        self._found: dict[str, Place | None] = {}

    def of(self, kind: str) -> Place | None:
        """The first place that names a ready-made way to grants of a class."""
        if kind not in self._found:
            self._found[kind] = next(self._search(kind), None)
        return self._found[kind]

    def _search(self, kind: str) -> Iterator[Place]:
        ready = self.grants.ready.get(kind)
        if ready is None:
            return
        sources = self.graph.sources
        for path in sources.matching(ready.packages):
            unit = None if sources.is_test(path) else self.graph.program.unit(path)
            for func in unit.functions if unit else ():
                for number in range(len(func.nodes)):
                    if any(ready.has(name) for name in self._named(func, number)):
                        yield func, number

    def _named(self, func: Func, number: int) -> Iterator[str]:
        node = func.nodes[number]
        labels = access_words("calls", "labels")  # by which back end somebody has been let in already
        if isinstance(node.target, Attr) and node.target.name in labels:
            return
        told = [arg.value for arg in node.args if arg.keyword in labels]
        for expr in (expr for expr in reads(node) if not any(expr is each for each in told)):
            for at in walk(expr):
                if isinstance(at, Const) and isinstance(at.value, str) and at.value.count(".") > 1:
                    yield at.value
                elif isinstance(at, (Name, Attr)) and node.op == Op.CALL:
                    for value in self.graph.resolver.values(at, func, number):
                        if isinstance(value, (Ext, Inst)):
                            yield (value.name if isinstance(value, Ext) else value.type).replace("()", "")
