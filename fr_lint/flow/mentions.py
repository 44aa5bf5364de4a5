"""Where the names of one module are used: as callees, and as values.

Must not know what they stand for.
"""

from __future__ import annotations

from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func, Unit
from fr_lint.ir.model import (
    Attr,
    Expr,
    FunctionRef,
    Import,
    Item,
    Name,
    Op,
    Result,
)
from fr_lint.ir.walk import reads, walk


class Mentions:
    """Where the names of one module are used: as callees, and as values."""

    __slots__ = ("aliases", "calls", "values")

    def __init__(self, unit: Unit) -> None:
        self.calls: dict[str, list[tuple[Func, int]]] = {}
        self.values: dict[str, list[tuple[Func, int, Expr]]] = {}
        self.aliases: dict[str, list[str]] = {}  # name elsewhere -> names here (`from m import name as other`)
        for alias, name in unit.renamed.items():
            self.aliases.setdefault(name, []).append(alias)
        for func in unit.functions:
            for number, node in enumerate(func.nodes):
                if node.op == Op.CALL:
                    callee = node.value
                    while isinstance(callee, (Item, Result)):
                        if isinstance(callee, Result):
                            callee = func.nodes[callee.node].value
                        else:
                            callee = callee.base
                    name = last_name(callee)
                    if name:
                        self.calls.setdefault(name, []).append((func, number))
                    else:  # `{"add": add, "remove": remove}[choice](...)`
                        for at in walk(callee):
                            if isinstance(at, (Name, Attr)):
                                self.calls.setdefault(last_name(at), []).append((func, number))
                    if isinstance(node.value, Attr):
                        self._values(node.value.base, func, number)
                    for arg in node.args:
                        self._values(arg.value, func, number)
                    continue
                if isinstance(node.value, Import) and isinstance(node.target, Name) and node.value.name:
                    if node.value.name != node.target.id:
                        self.aliases.setdefault(node.value.name, []).append(node.target.id)
                    continue
                for expr in reads(node):
                    self._values(expr, func, number)

    def _values(self, expr: Expr, func: Func, node: int) -> None:
        for at in walk(expr):
            if isinstance(at, (Name, Attr)):
                self.values.setdefault(last_name(at), []).append((func, node, at))
            elif isinstance(at, FunctionRef) and func.nodes[node].op != Op.ASSIGN:
                self.values.setdefault(f"<{at.index}>", []).append((func, node, at))
            elif isinstance(at, FunctionRef):
                target = func.nodes[node].target
                is_def = isinstance(target, Name) and target.id == func.unit.functions[at.index].name
                if not is_def:
                    self.values.setdefault(f"<{at.index}>", []).append((func, node, at))
