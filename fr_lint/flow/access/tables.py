"""Tables of functions that are asked by a key: ``HANDLERS[state](...)``, ``way = WAYS.get(name)``; members of
enumerations.

Must not know paths, grants or rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.resolve import Resolver
from fr_lint.flow.values import ClassV, Coll
from fr_lint.ir.model import Attr, Const, Expr, Item, Mapping, Name, Op, Result

ENUMERATIONS: Final = frozenset(("Enum", "StrEnum", "Flag"))


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enumeration of the project."""

    cls: ClassInfo
    name: str


def member(expr: Expr | None, func: Func, node: int, resolver: Resolver) -> Member | None:
    """The member that ``State.OPEN`` is, or an attribute of it."""
    if not isinstance(expr, Attr) or not isinstance(expr.base, (Name, Attr)) or not expr.name.isupper():
        return None
    for value in resolver.values(expr.base, func, node):
        if isinstance(value, ClassV) and expr.name in value.cls.body.defs:
            bases = {base.rpartition(".")[2] for base in resolver.external_bases(value.cls)}
            return Member(value.cls, expr.name) if bases & ENUMERATIONS else None
    return None


class Tables:
    """Finds them, memoised."""

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self._asked: dict[tuple[Func, int], tuple[Expr, dict[object, frozenset[Func]]] | None] = {}

    def asked(self, func: Func, number: int) -> tuple[Expr, dict[object, frozenset[Func]]] | None:
        """The key by which a call asks a table for the function, and the functions under each key."""
        place = (func, number)
        if place not in self._asked:
            self._asked[place] = self._search(func.nodes[number].value, func, number)
        return self._asked[place]

    def _search(
        self, callee: Expr | None, func: Func, number: int
    ) -> tuple[Expr, dict[object, frozenset[Func]]] | None:
        if isinstance(callee, Name):
            bound = self.resolver.definitions(callee.id, func, number)
            if len(bound) != 1 or bound[0][0] is not func or func.nodes[bound[0][1]].op != Op.ASSIGN:
                return None
            callee, number = func.nodes[bound[0][1]].value, bound[0][1]
        if isinstance(callee, Result):
            call = func.nodes[callee.node]
            if call.op != Op.CALL or last_name(call.value) != "get" or not call.args:
                return None
            base, index = getattr(call.value, "base", None), call.args[0].value
        elif isinstance(callee, Item):
            base, index = callee.base, callee.index
        else:
            return None
        if isinstance(index, Const) or base is None:
            return None
        held = [v for v in self.resolver.values(base, func, number) if isinstance(v, Coll)]
        if len(held) != 1 or not isinstance(held[0].expr, Mapping):
            return None
        found = dict(self._rows(held[0]))
        return (index, found) if len(found) > 1 else None

    def _rows(self, held: Coll) -> Iterator[tuple[object, frozenset[Func]]]:
        for entry in held.expr.entries if isinstance(held.expr, Mapping) else ():
            key = entry.key
            literal = key.value if isinstance(key, Const) else member(key, held.func, held.node, self.resolver)
            values = self.resolver.values(entry.value, held.func, held.node)
            functions = frozenset(target for value in values for target, _ in self.graph.enters(value))
            if literal is not None:
                yield literal, functions
