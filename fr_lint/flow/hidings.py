"""Where the faces in a picture are hidden in place, and what comes after that in every round of a loop.

It must not know stores, rules or law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.images import images
from fr_lint.flow.contents import container
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.reachable import loop_bodies
from fr_lint.ir.model import Attr, Const, Expr, Item, Name, Node, Op, Result
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.provenance import Provenance


class Hidings:
    """The hiding operations of functions, memoised for a project."""

    def __init__(self, owner: Provenance) -> None:
        self.owner = owner
        self.hide = frozenset(images().hide) - {"resize", "filter", "zeros", "zeros_like", "full_like", "erode"}
        self.filled = images().filled
        self._found: dict[Func, dict[str, list[int]]] = {}
        self._loops: dict[Func, dict[int, frozenset[int]]] = {}
        self._after: dict[tuple[Func, int, frozenset[int]], frozenset[int]] = {}

    def before(self, name: str, func: Func, node: int) -> bool:
        """Whether the faces in a picture have been hidden before a node.

        What a round of a loop hides is not what the next round of it shows: each has a face of its own.
        """
        if func not in self._found:
            self._found[func] = self._hidings(func)
        return any(number != node and self._leads_to(func, number, node) for number in self._found[func].get(name, ()))

    def _leads_to(self, func: Func, hiding: int, node: int) -> bool:
        if func not in self._loops:
            self._loops[func] = loop_bodies(func)
        around = frozenset(latch for latch, body in self._loops[func].items() if hiding in body and node in body)
        memo_key = (func, hiding, around)
        if memo_key not in self._after:
            seen: set[int] = set()
            stack = [hiding]
            while stack:
                at = stack.pop()
                if at in seen:
                    continue
                seen.add(at)
                ir = func.nodes[at]
                if at not in around:
                    stack.extend(ir.succ)
                if ir.exc >= 0:
                    stack.append(ir.exc)
            self._after[memo_key] = frozenset(seen)
        return node in self._after[memo_key]

    def _hidings(self, func: Func) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, node in enumerate(func.nodes):
            if node.op == Op.ASSIGN and isinstance(node.target, Item):
                if self._puts_out_hidden(node.value, func, number):
                    found.setdefault(container(node.target, func)[0], []).append(number)
            elif node.op == Op.CALL and last_name(node.value) in self.filled and self._is_filled(node) and node.args:
                drawn: Expr = node.args[0].value
                if isinstance(node.value, Attr) and not self._is_image(drawn, func):
                    drawn = node.value.base
                found.setdefault(container(drawn, func)[0], []).append(number)
            elif node.op == Op.CALL and last_name(node.value) in ("fillPoly", "fillConvexPoly") and node.args:
                found.setdefault(container(node.args[0].value, func)[0], []).append(number)
        return found

    @staticmethod
    def _is_image(expr: Expr, func: Func) -> bool:
        return isinstance(expr, Name) and (expr.id in func.defs or any(p.name == expr.id for p in func.ir.params))

    @staticmethod
    def _is_filled(node: Node) -> bool:
        last = node.args[-1] if node.args else None
        if any(arg.keyword == "fill" for arg in node.args):
            return True
        thickness = next((arg.value for arg in node.args if arg.keyword == "thickness"), last.value if last else None)
        text = getattr(getattr(thickness, "operand", None), "value", None)
        return text == 1 or last_name(thickness) == "FILLED" or getattr(thickness, "value", None) == -1

    def _puts_out_hidden(self, expr: Expr | None, func: Func, node: int) -> bool:
        for at in walk(expr):
            if isinstance(at, Result) and last_name(func.nodes[at.node].value) in self.hide:
                return True
            if isinstance(at, Name):
                for definition in self.owner.reaching(at.id, func, node)[0]:
                    value = func.nodes[definition].value
                    if isinstance(value, Result) and last_name(func.nodes[value.node].value) in self.hide:
                        return True
        return isinstance(expr, Const)
