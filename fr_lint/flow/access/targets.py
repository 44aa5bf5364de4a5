"""Which door or device a grant opens, where a literal says so.

Must not know paths or rules.
"""

from __future__ import annotations

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import DOOR, Grants
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import ConstV, Ext, Inst
from fr_lint.ir.model import Arg, Attr, Const, Expr, Name, Node


class Targets:
    """Finds literal targets."""

    def __init__(self, graph: CallGraph, grants: Grants) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.grants = grants

    def literals(self, func: Func, number: int, node: Node, kind: str) -> frozenset[str]:
        """The door that a call names by a literal."""
        if kind != DOOR:
            return frozenset()
        if any(isinstance(v, (Ext, Inst)) for v in self.resolver.callee_values(func, number)) and not node.args:
            return self.device(func, number, node)
        found: set[str] = set()
        for arg in node.args[:2]:
            if isinstance(arg.value, Const) and isinstance(arg.value.value, str):
                if not self._how(func, number, arg):
                    found.add(arg.value.value)
            elif isinstance(arg.value, (Name, Attr)):
                found.update(
                    v.value
                    for v in self.resolver.values(arg.value, func, number)
                    if isinstance(v, ConstV) and isinstance(v.value, str)
                )
            if found:
                break
        name = last_name(node.value)
        return frozenset(f"{name}:{text}" for text in found) if len(found) == 1 else frozenset()

    def _how(self, func: Func, number: int, arg: Arg) -> bool:
        """Whether an argument says by what somebody is let in, and not what is opened."""
        names = [arg.keyword or ""]
        for target, bound in self.graph.targets(func, number):
            if not arg.keyword:
                params = [p.name for p in target.ir.params][1 if bound else 0 :]
                place = next(n for n, each in enumerate(func.nodes[number].args) if each is arg)
                names.extend(params[place : place + 1])
        return any(set(split(name)) & access_words("grants", "means") for name in names)

    def device(self, func: Func, number: int, node: Node) -> frozenset[str]:
        """The pin, topic or address of hardware, if it is a literal."""
        first: Expr | None = node.args[0].value if node.args else None
        for value in self.resolver.callee_values(func, number):
            if isinstance(value, Inst) and value.func is not None and value.node >= 0:
                made = value.func.nodes[value.node]
                if made.args and not (first is not None and value.type.rpartition(".")[2] in self.grants.addressed):
                    found = self._constant(made.args[0].value, value.func, value.node)
                    if found:
                        return frozenset((f"device:{found}",))
        found = self._constant(first, func, number) if first is not None else ""
        return frozenset((f"device:{found}",)) if found else frozenset()

    def _constant(self, expr: Expr, func: Func, node: int) -> str:
        values = self.resolver.values(expr, func, node)
        constants = {
            str(v.value)
            for v in values
            if isinstance(v, ConstV) and isinstance(v.value, (str, int)) and not isinstance(v.value, bool)
        }
        return constants.pop() if len(constants) == 1 else ""
