"""Pictures that are part of the program: a library's example reads one whose name is written out in it.

A backward search goes from an expression to where its value comes from: a camera, an upload, an address or a name from
outside is none.  Must not know faces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fr_lint.flow.program import Func, target_names
from fr_lint.ir.model import (
    Attr,
    Binary,
    Comprehension,
    Const,
    Display,
    Element,
    Entered,
    Expr,
    IfElse,
    Item,
    Name,
    Op,
    Result,
    Starred,
    Text,
)

if TYPE_CHECKING:
    from fr_lint.flow.graph import CallGraph

FILE = re.compile(r"[/\\]|\.\w{2,4}$")  # a name with a folder or an ending
MAX_STEPS = 24  # from a picture back to a name


class Stock:
    """Where pictures come from."""

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self._busy: set[tuple[int, Func]] = set()

    # --------------------------------------------------------------------------------------------------------- written

    def is_written(self, expr: Expr | None, func: Func, node: int, depth: int = 0) -> bool:
        """Whether all that an expression may be was read from names that are written out."""
        place = (id(expr), func)
        if expr is None or depth > MAX_STEPS or place in self._busy:
            return False
        self._busy.add(place)
        try:
            return self._judge(expr, func, node, depth + 1)
        finally:
            self._busy.discard(place)

    def _judge(self, expr: Expr, func: Func, node: int, depth: int) -> bool:
        if isinstance(expr, Const):
            return isinstance(expr.value, str) and bool(FILE.search(expr.value)) and "://" not in expr.value
        if isinstance(expr, Name):
            return self._name(expr.id, func, node, depth)
        if isinstance(expr, Result):
            return func.nodes[expr.node].op == Op.CALL and self._call(func, expr.node, depth)
        parts: tuple[Expr, ...] = ()
        if isinstance(expr, (Attr, Item)):
            parts = (expr.base,)
        elif isinstance(expr, Element):
            parts = (expr.of,)
        elif isinstance(expr, Entered):
            parts = (expr.manager,)
        elif isinstance(expr, Starred):
            parts = (expr.value,)
        elif isinstance(expr, IfElse):
            parts = (expr.body, expr.orelse)
        elif isinstance(expr, Comprehension):
            parts = expr.sources
        elif isinstance(expr, Display):
            parts = expr.elements
        elif isinstance(expr, Binary):
            return self.is_written(expr.left, func, node, depth)
        elif isinstance(expr, Text):
            parts = tuple(part for part in expr.parts if not isinstance(part, Const))
        return bool(parts) and all(self.is_written(part, func, node, depth) for part in parts)

    def _name(self, name: str, func: Func, node: int, depth: int) -> bool:
        found = self.resolver.definitions(name, func, node)
        frame: Func | None = func
        while frame is not None and not any(param.name == name for param in frame.ir.params):
            frame = frame.parent
        if frame is not None and (frame is func or not found):
            param = next(p for p in frame.ir.params if p.name == name)
            given = list(self.graph.arguments(frame, param))
            if not given or not all(self.is_written(expr, f, n, depth) for f, n, expr in given):
                return False
            found = [(f, n) for f, n in found if f is not frame]
            return all(self.is_written(f.nodes[n].value, f, n, depth) for f, n in found)
        return bool(found) and all(
            f.nodes[n].value is not None
            and name in set(target_names(f.nodes[n].target))
            and self.is_written(f.nodes[n].value, f, n, depth)
            for f, n in found
        )

    def _call(self, func: Func, node: int, depth: int) -> bool:
        call = func.nodes[node]
        if isinstance(call.value, Attr) and self.is_written(call.value.base, func, node, depth):
            return True
        if call.args:
            return self.is_written(call.args[0].value, func, node, depth)
        bodies = [target for target, _ in self.graph.targets(func, node) if target.name != "__init__"]
        returned = [(b, n, ir.value) for b in bodies for n, ir in enumerate(b.nodes) if ir.op == Op.RETURN]
        return bool(returned) and all(self.is_written(value, b, n, depth) for b, n, value in returned)
