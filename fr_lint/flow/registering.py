"""Decorators of the project that put what they decorate into a table, and where tables are filled.

``@step("x") def f`` calls ``step("x")`` with ``f``: the decorator's first parameter stands for every function and class
that it decorates.  Must not know what the entries of a table do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fr_lint.flow.identifiers import dotted_name, last_name
from fr_lint.flow.program import ClassInfo, Func, Unit
from fr_lint.flow.values import Coll, FuncV
from fr_lint.ir.keys import key
from fr_lint.ir.model import Attr, ClassRef, Expr, FunctionRef, Item, Name, Op, Param
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.graph import CallGraph

MAX_FILES = 40  # files that may use one decorator, or fill one table
_DECORATOR = re.compile(r"^[ \t\f]*@", re.MULTILINE)
FILLS = frozenset({"append", "add", "setdefault", "insert", "register"})


class Registering:
    """Decorators that register."""

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.sources = graph.sources
        self._decorated: dict[Func, tuple[tuple[Func, int], ...]] = {}
        self._stores: dict[int, tuple[tuple[Func, int, Expr], ...]] = {}

    # ------------------------------------------------------------------------------------------------------ decorators

    def decorators(self, decorators: tuple[Expr, ...], frame: Func | None) -> Iterator[Func]:
        """The project functions that are called with what these decorators stand above."""
        for decorator in decorators:
            if frame is None:
                return
            for value in self.resolver.values(decorator, frame, -1):
                if isinstance(value, FuncV):
                    yield value.func

    @staticmethod
    def given(func: Func) -> Param | None:
        """The parameter of a decorator that takes what it decorates."""
        params = [p for p in func.ir.params if p.kind in ("positional", "normal")]
        return next(iter(params[1:] if func.cls is not None else params), None)

    def decorated(self, func: Func) -> tuple[tuple[Func, int], ...]:
        """The nodes that bind what ``func`` decorates."""
        if func not in self._decorated:
            self._decorated[func] = ()
            found: list[tuple[Func, int]] = []
            outer = func.parent
            word = outer.name if outer is not None and outer.ir.kind == "function" else func.name
            for path in self.sources.near(word, func.unit.path, MAX_FILES):
                if _DECORATOR.search(self.sources.text(path) or ""):  # asked of the text, before anything is parsed
                    unit = self.resolver.program.unit(path)
                    found.extend(self._decorated_in(unit, func, word) if unit is not None else ())
            self._decorated[func] = tuple(found)
        return self._decorated[func]

    def _decorated_in(self, unit: Unit, func: Func, word: str) -> Iterator[tuple[Func, int]]:
        owners: list[Func | ClassInfo] = [*unit.functions, *unit.classes]
        for owner in owners:
            frame = owner.parent
            if frame is None or not any(self._named(d, frame, word) for d in owner.ir.decorators):
                continue
            if func in self.decorators(owner.ir.decorators, frame):
                yield from self._bindings(owner, frame)

    @staticmethod
    def _named(decorator: Expr, frame: Func, word: str) -> bool:
        names = {last_name(at) for at in walk(decorator)}
        node = getattr(decorator, "node", -1)
        if node >= 0 and frame.nodes[node].value is not None:
            names |= {last_name(at) for at in walk(frame.nodes[node].value)}
        return word in names

    @staticmethod
    def _bindings(owner: Func | ClassInfo, frame: Func) -> Iterator[tuple[Func, int]]:
        for number in frame.defs.get(owner.name, ()):
            value = frame.nodes[number].value
            if isinstance(value, FunctionRef if isinstance(owner, Func) else ClassRef):
                if value.index == owner.ir.index:
                    yield frame, number

    def tables(self, func: Func) -> Iterator[str]:
        """The names of the tables into which the decorators of a function put it."""
        for decorator in self.decorators(func.ir.decorators, func.parent):
            param = self.given(decorator)
            if param is None:
                continue
            for node in decorator.nodes:
                if node.op == Op.ASSIGN and isinstance(node.target, Item) and holds(node.value, param.name):
                    yield last_name(node.target.base)
                elif node.op == Op.CALL and isinstance(node.value, Attr) and node.value.name in FILLS:
                    if any(holds(arg.value, param.name) for arg in node.args):
                        yield last_name(node.value.base)

    # ---------------------------------------------------------------------------------------------------------- tables

    def stored(self, table: Coll) -> tuple[tuple[Func, int, Expr], ...]:
        """What is put into a container by other modules than its own: (function, node, expression)."""
        place = id(table.expr)
        if place not in self._stores:
            self._stores[place] = ()
            target = table.func.nodes[table.node].target if table.node >= 0 else None
            name = last_name(target) if target is not None else ""
            shared = isinstance(target, Attr) or table.func.ir.kind in ("module", "class")
            if isinstance(target, Item) and last_name(target.base):
                self._stores[place] = tuple(self._find_nested(table, target))
            elif name and shared:
                self._stores[place] = tuple(self._find_stored(table, name))
        return self._stores[place]

    def _find_stored(self, table: Coll, name: str) -> Iterator[tuple[Func, int, Expr]]:
        for path in self.sources.near(name, table.func.unit.path, MAX_FILES):
            unit = self.resolver.program.unit(path)
            for func in unit.functions if unit is not None else ():
                for number in func.stores.get("[]", ()):
                    node = func.nodes[number]
                    if isinstance(node.target, Item) and self._is(node.target.base, func, number, table, name):
                        if node.value is not None:
                            yield func, number, node.value
                for number, node in enumerate(func.nodes):
                    if node.op == Op.CALL and isinstance(node.value, Attr) and node.value.name in FILLS and node.args:
                        if self._is(node.value.base, func, number, table, name):
                            yield func, number, node.args[-1].value

    def _find_nested(self, table: Coll, target: Item) -> Iterator[tuple[Func, int, Expr]]:
        """What is put into a table that is an entry of another: ``data[name][key] = value``."""
        name, index = last_name(target.base), key(target.index)
        for path in self.sources.near(name, table.func.unit.path, MAX_FILES):
            unit = self.resolver.program.unit(path)
            for func in unit.functions if unit is not None else ():
                for number in func.stores.get("[]", ()):
                    node = func.nodes[number]
                    outer = node.target.base if isinstance(node.target, Item) else None
                    if isinstance(outer, Item) and last_name(outer.base) == name and key(outer.index) == index:
                        if node.value is not None:
                            yield func, number, node.value

    def _is(self, expr: Expr, func: Func, node: int, table: Coll, name: str) -> bool:
        if last_name(expr) != name or not dotted_name(expr):
            return False
        return any(isinstance(v, Coll) and v.expr is table.expr for v in self.resolver.values(expr, func, node))


def holds(expr: Expr | None, name: str) -> bool:
    """Whether an expression mentions a plain name."""
    return any(isinstance(at, Name) and at.id == name for at in walk(expr))
