"""Pictures that are part of the program: a library's example reads one whose name is written out in it.

A backward search goes from an expression to where its value comes from: a camera, an upload, an address or a name from
outside is none.  Must not know faces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from fr_lint.flow.backward import Backward, whole
from fr_lint.flow.program import Func, target_names
from fr_lint.ir.model import Attr, Binary, Comprehension, Const, Display, Expr, IfElse, Name, Op, Result, Text

if TYPE_CHECKING:
    from fr_lint.flow.graph import CallGraph

FILE = re.compile(r"[/\\]|\.\w{2,4}$")  # a name with a folder or an ending


class Stock(Backward):
    """Where pictures come from."""

    circle: ClassVar[bool] = False

    def __init__(self, graph: CallGraph) -> None:
        super().__init__()
        self.graph = graph
        self.resolver = graph.resolver

    def is_written(self, expr: Expr | None, func: Func, node: int) -> bool:
        """Whether all that an expression may be was read from names that are written out."""
        return self.holds(expr, func, node)

    def judge(self, expr: Expr, func: Func, node: int, depth: int) -> bool:
        """A text that names a file, or what is read from such names."""
        if isinstance(expr, Const):
            return isinstance(expr.value, str) and bool(FILE.search(expr.value)) and "://" not in expr.value
        if isinstance(expr, Name):
            return self._name(expr.id, func, node, depth)
        if isinstance(expr, Result):
            return func.nodes[expr.node].op == Op.CALL and self._call(func, expr.node, depth)
        if isinstance(expr, Binary):
            return self.holds(expr.left, func, node, depth)
        parts: tuple[Expr, ...] = ()
        if (inner := whole(expr)) is not None:
            parts = (inner,)
        elif isinstance(expr, IfElse):
            parts = (expr.body, expr.orelse)
        elif isinstance(expr, Comprehension):
            parts = expr.sources
        elif isinstance(expr, Display):
            parts = expr.elements
        elif isinstance(expr, Text):
            parts = tuple(part for part in expr.parts if not isinstance(part, Const))
        return self.all_hold(parts, func, node, depth)

    def _name(self, name: str, func: Func, node: int, depth: int) -> bool:
        found = self.resolver.definitions(name, func, node)
        frame: Func | None = func
        while frame is not None and not any(param.name == name for param in frame.ir.params):
            frame = frame.parent
        if frame is not None and (frame is func or not found):
            param = next(p for p in frame.ir.params if p.name == name)
            given = list(self.graph.arguments(frame, param))
            if not given or not all(self.holds(expr, f, n, depth) for f, n, expr in given):
                return False
            found = [(f, n) for f, n in found if f is not frame]
            return all(self.holds(f.nodes[n].value, f, n, depth) for f, n in found)
        return bool(found) and all(
            f.nodes[n].value is not None
            and name in set(target_names(f.nodes[n].target))
            and self.holds(f.nodes[n].value, f, n, depth)
            for f, n in found
        )

    def _call(self, func: Func, node: int, depth: int) -> bool:
        call = func.nodes[node]
        if isinstance(call.value, Attr) and self.holds(call.value.base, func, node, depth):
            return True
        if call.args:
            return self.holds(call.args[0].value, func, node, depth)
        return self.is_given_by((t for t, _ in self.graph.targets(func, node) if t.name != "__init__"), depth)
