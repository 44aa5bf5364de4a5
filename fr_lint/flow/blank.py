"""Pictures that are made up by the program: a model is warmed up, or tried, on zeros or noise.

A backward search goes from an expression to where its value comes from: through lists, arithmetic and conversions to
calls that make a picture out of nothing.  Whatever else flows in, or is written into it, and it is not made up.  Must
not know faces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fr_lint.catalogue.carrying import carrying
from fr_lint.catalogue.images import images
from fr_lint.flow.backward import Backward, whole
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.values import Ext, FuncV, Inst
from fr_lint.ir.model import (
    Attr,
    Binary,
    Comprehension,
    Const,
    Display,
    Expr,
    IfElse,
    Item,
    Name,
    Op,
    Result,
    Unary,
)

if TYPE_CHECKING:
    from fr_lint.flow.resolve import Resolver


class Blank(Backward):
    """Which values are made up."""

    circle: ClassVar[bool] = True

    def __init__(self, resolver: Resolver) -> None:
        super().__init__()
        self.resolver = resolver
        self.images = images()
        self.adding = carrying().put_items | carrying().put_whole

    def is_blank(self, expr: Expr | None, func: Func, node: int) -> bool:
        """Whether a picture is certainly made up, and nothing is drawn or copied into it."""
        return isinstance(expr, (Name, Result, Display, Comprehension, Item)) and self.holds(expr, func, node)

    def judge(self, expr: Expr, func: Func, node: int, depth: int) -> bool:
        """What makes a picture out of nothing, and forms of what it gives."""
        if isinstance(expr, Name):
            return self._name(expr.id, func, node, depth)
        if isinstance(expr, Result):
            return func.nodes[expr.node].op == Op.CALL and self._call(expr, func, node, depth)
        if (inner := whole(expr)) is not None:
            return self.holds(inner, func, node, depth)
        if isinstance(expr, Unary):
            return self.holds(expr.operand, func, node, depth)
        if isinstance(expr, Comprehension):
            return self.holds(expr.element, func, node, depth)
        if isinstance(expr, IfElse):
            return self.all_hold((expr.body, expr.orelse), func, node, depth)
        if isinstance(expr, Binary):
            return self._all((expr.left, expr.right), func, node, depth)
        return isinstance(expr, Display) and self._all(expr.elements, func, node, depth)

    def _all(self, parts: tuple[Expr, ...], func: Func, node: int, depth: int) -> bool:
        """Whether something is made up, and the rest are plain numbers and the like."""
        return self.all_hold((part for part in parts if not self._is_plain(part, func, node)), func, node, depth)

    def _is_plain(self, expr: Expr, func: Func, node: int) -> bool:
        if isinstance(expr, Unary):
            return self._is_plain(expr.operand, func, node)
        if isinstance(expr, Display):
            return all(self._is_plain(part, func, node) for part in expr.elements)
        if isinstance(expr, Attr):  # cv2.COLOR_BGR2RGB
            found = self.resolver.values(expr, func, node)
            return bool(found) and all(isinstance(value, Ext) for value in found)
        return isinstance(expr, Const)

    # ----------------------------------------------------------------------------------------------------------- names

    def _name(self, name: str, func: Func, node: int, depth: int) -> bool:
        own = name in func.ir.locals or (func.ir.kind == "module" and name in func.defs)
        if not own or any(param.name == name for param in func.ir.params) or self._is_written_to(name, func):
            return False
        found = self.resolver.definitions(name, func, node)
        if not found or any(f is not func or func.nodes[n].op not in (Op.ASSIGN, Op.FOR) for f, n in found):
            return False
        added = self._added(name, func)
        if not all(self.holds(value, func, at, depth) for value, at in added):
            return False
        return all(
            func.nodes[n].value is not None
            and list(target_names(func.nodes[n].target)) == [name]
            and ((added and self._is_empty(func.nodes[n].value)) or self.holds(func.nodes[n].value, func, n, depth))
            for _, n in found
        )

    @staticmethod
    def _is_empty(expr: Expr | None) -> bool:
        return isinstance(expr, Display) and not expr.elements

    def _is_written_to(self, name: str, func: Func) -> bool:
        for number in func.stores.get("[]", ()):
            target = func.nodes[number].target
            if isinstance(target, Item) and isinstance(target.base, Name) and target.base.id == name:
                return True
        for ir in func.nodes:
            if ir.op == Op.CALL and last_name(ir.value) in self.images.filling:
                given = [arg.value for arg in ir.args]
                if isinstance(ir.value, Attr):
                    given.append(ir.value.base)
                if any(isinstance(each, Name) and each.id == name for each in given):
                    return True
        return False

    def _added(self, name: str, func: Func) -> list[tuple[Expr, int]]:
        """What is put into a list."""
        return [
            (arg.value, number)
            for number, ir in enumerate(func.nodes)
            if ir.op == Op.CALL
            and isinstance(ir.value, Attr)
            and ir.value.name in self.adding
            and isinstance(ir.value.base, Name)
            and ir.value.base.id == name
            for arg in ir.args[-1:]
        ]

    # ----------------------------------------------------------------------------------------------------------- calls

    def _call(self, expr: Result, func: Func, node: int, depth: int) -> bool:
        bodies = [v.func for v in self.resolver.callee_values(func, expr.node) if isinstance(v, FuncV)]
        if bodies:  # what a function of the project gives is seen in it: a canvas that it fills is not made up
            return self.is_given_by(bodies, depth)
        made = self.resolver.values(expr, func, node)
        if made and all(isinstance(value, Inst) and self._makes(value.type) for value in made):
            return True
        call = func.nodes[expr.node]
        given = tuple(arg.value for arg in call.args)
        if isinstance(call.value, Attr) and self.holds(call.value.base, func, expr.node, depth):
            if call.value.name in self.images.converting:
                return True
            return all(self._is_plain(e, func, expr.node) or self.holds(e, func, expr.node, depth) for e in given)
        callee = self.resolver.values(call.value, func, expr.node)
        outside = bool(callee) and all(isinstance(value, Ext) for value in callee)
        return outside and self._all(given, func, expr.node, depth)

    def _makes(self, kind: str) -> bool:
        """``numpy.zeros``, or a conversion of what it gives."""
        while kind not in self.images.blank:
            head, _, tail = kind.rpartition(".")
            if not head or tail.rstrip("()") not in self.images.converting:
                return False
            kind = head
        return True
