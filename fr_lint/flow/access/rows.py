"""Written lists of checks: which functions a row stands for, and where all rows have to say yes.

``for check in CHECKS: if not check(who): return`` and ``all(check(who) for check in CHECKS)`` ask every one of them.
Must not know paths, grants or rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fr_lint.flow.access.domain import Env, Val, mix
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import Coll, FuncV, Obj
from fr_lint.ir.model import Attr, Comprehension, Display, Expr, Name, Node, Op, Unary
from fr_lint.ir.walk import results_in

MAX_ROWS: Final = 6  # rows of a list that are gone through one by one

Row = frozenset[Func | ClassInfo]
Targets = tuple[tuple[Func, bool], ...]


class Rows:
    """Finds them, memoised per function."""

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self._rows: dict[Func, dict[str, tuple[Row, ...]]] = {}
        self._joined: dict[Func, frozenset[int]] = {}

    def of(self, func: Func) -> dict[str, tuple[Row, ...]]:
        """The variable of a loop -> what each row of the list that it goes through stands for."""
        if func not in self._rows:
            self._rows[func] = {}
            found: dict[str, tuple[Row, ...]] = {}
            for number, node in enumerate(func.nodes):
                if node.op == Op.FOR and isinstance(node.target, Name) and "@" not in node.target.id:
                    rows = self._listed(node.value, func, number)
                    if rows:
                        found[node.target.id] = rows
            self._rows[func] = found
        return self._rows[func]

    def _listed(self, expr: Expr | None, func: Func, number: int) -> tuple[Row, ...]:
        lists = [v for v in self.resolver.values(expr, func, number) if isinstance(v, Coll)] if expr is not None else []
        if len(lists) != 1 or not isinstance(lists[0].expr, Display) or lists[0].expr.kind == "set":
            return ()
        elements = lists[0].expr.elements
        if not 1 < len(elements) <= MAX_ROWS:
            return ()
        rows = tuple(self._row(element, lists[0]) for element in elements)
        return rows if all(rows) else ()

    def _row(self, element: Expr, held: Coll) -> Row:
        values = self.resolver.values(element, held.func, held.node)
        functions = [v.func for v in values if isinstance(v, FuncV)]
        return frozenset((*functions, *(v.cls for v in values if isinstance(v, Obj))))

    def asked(self, func: Func, node: Node, found: Targets, env: Env) -> Targets:
        """Of the functions that a call may enter, those of the row that a loop is at."""
        callee = node.value.base if isinstance(node.value, Attr) else node.value
        at = count(env, f"<{callee.id}") if isinstance(callee, Name) else 0
        if not at or not isinstance(callee, Name):
            return found
        row = self.of(func)[callee.id][at - 1]
        family = {cls for each in row if isinstance(each, ClassInfo) for cls in self.resolver.mro(each)}
        return tuple(each for each in found if each[0] in row or each[0].cls in family)

    def joined(self, func: Func) -> frozenset[int]:
        """The calls in a comprehension that have to say yes for every element."""
        if func not in self._joined:
            found: set[int] = set()
            for node in func.nodes:
                name = last_name(node.value) if node.op == Op.CALL else ""
                for arg in node.args[:1] if name in ("all", "any") else ():
                    made = self._made(arg.value, func)
                    turned = isinstance(made, Comprehension) and isinstance(made.element, Unary)
                    if isinstance(made, Comprehension) and turned == (name == "any"):
                        found.update(results_in(made.element))
            self._joined[func] = frozenset(found)
        return self._joined[func]

    @staticmethod
    def _made(expr: Expr, func: Func) -> Expr | None:
        if not isinstance(expr, Name):
            return expr
        places = func.defs.get(expr.id, ())
        return func.nodes[places[0]].value if len(places) == 1 else None


def count(env: Env, spelled: str) -> int:
    """A number that is kept for a loop."""
    const = env[spelled][0].const if spelled in env else 0
    return const if isinstance(const, int) else 0


def row(env: Env) -> int:
    """At which rows the loops are that go through written lists: different numbers for different rows."""
    at = 0
    for spelled in env:
        if spelled[:1] == "<" and spelled[1:2].isidentifier():
            at = at * (MAX_ROWS + 1) + count(env, spelled)
    return at


def every(values: Iterable[Val]) -> Val:
    """All of them are true."""
    found = list(values)
    if any(v.holds is False for v in found):
        return Val(False, why=mix(found).why)
    open_ = [v for v in found if v.holds is not True]
    return mix(open_) if open_ else Val(True, why=mix(found).why)
