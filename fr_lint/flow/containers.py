"""What is in a container, and what a context manager gives: elements, items, what is put in later.

Must not know any rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from fr_lint.flow.identifiers import dotted_name
from fr_lint.flow.known import Values, distinct
from fr_lint.flow.program import Func
from fr_lint.flow.values import ClassV, Coll, Ext, FuncV, Inst, Many, Obj, Value
from fr_lint.ir.model import (
    Attr,
    Const,
    Display,
    Expr,
    Item,
    Mapping,
    Op,
    Result,
    Starred,
)

if TYPE_CHECKING:
    from fr_lint.flow.resolve import Resolver


PUTS: Final = frozenset(("append", "add", "setdefault", "insert"))


class Containers:
    """Elements of abstract values."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._puts: dict[Func, dict[str, list[tuple[Expr | None, int]]]] = {}

    def elements(self, expr: Expr | None, func: Func, node: int) -> Values:
        """What iterating over an expression gives."""
        if expr is None:
            return ()
        found: list[Value] = []
        for value in self.resolver.values(expr, func, node):
            found.extend(self._elements_of(value))
            found.extend(self._put_in(value))
        if isinstance(expr, Result):
            call = func.nodes[expr.node]
            if isinstance(call.value, Attr) and call.value.name in ("values", "items") and not call.args:
                inner = self.item(Item(call.value.base, Const(...)), func, expr.node)
                if call.value.name == "items":
                    found.extend(Many(value) for value in inner)
                else:
                    found.extend(inner)
        found.extend(self._stored_elements(expr, func))
        return distinct(found)

    def _elements_of(self, value: Value) -> Iterable[Value]:
        if isinstance(value, Many):
            return (value.element,)
        if isinstance(value, Coll):
            return self.coll_items(value, None)
        if isinstance(value, Inst):
            return (Inst(value.type + "[]", value.func, value.node),)
        if isinstance(value, Obj):
            return self.resolver.settled.find(("iterated", value), lambda: distinct(self._iterated(value)), ())
        return ()

    def _iterated(self, value: Obj) -> Iterator[Value]:
        """What an object of the project gives one after the other: its own iterator's elements, or an object's next."""
        for made in self._made_by(value, ("__iter__", "__aiter__")):
            if isinstance(made, Obj):
                yield from self._made_by(made, ("__next__", "__anext__"))
            else:
                yield from self._elements_of(made)

    def _made_by(self, value: Obj, names: tuple[str, ...]) -> Iterator[Value]:
        for name in names:
            for method in self.resolver.instance_attribute(value, name):
                if isinstance(method, FuncV):
                    yield from self.resolver.returns(method.func)

    def coll_items(self, coll: Coll, index: object) -> Values:
        """What stands at an index of a container that is written out (``None`` and ``...``: anywhere)."""
        key = ("items", id(coll.expr), coll.func, coll.node, index.__class__, index)
        return self.resolver.settled.find(key, lambda: self._find_items(coll, index), ())

    def _find_items(self, coll: Coll, index: object) -> Values:
        found: list[Value] = []
        if isinstance(coll.expr, Mapping):
            for entry in coll.expr.entries:
                if entry.key is None:
                    found.extend(
                        v for c in self.resolver.values(entry.value, coll.func, coll.node) for v in self._elements_of(c)
                    )
                elif index is None or index is ... or not isinstance(entry.key, Const) or entry.key.value == index:
                    found.extend(self.resolver.values(entry.value, coll.func, coll.node))
        elif isinstance(coll.expr, Display):
            for place, element in enumerate(coll.expr.elements):
                if isinstance(element, Starred):
                    found.extend(self.elements(element.value, coll.func, coll.node))
                elif not isinstance(index, int) or index < 0 or index == place:
                    found.extend(self.resolver.values(element, coll.func, coll.node))
        return distinct(found)

    def item(self, expr: Item, func: Func, node: int) -> Iterable[Value]:
        """What ``base[index]`` gives."""
        found: list[Value] = []
        index: object = expr.index.value if isinstance(expr.index, Const) else ...
        for value in self.resolver.values(expr.base, func, node):
            if isinstance(value, Coll):
                found.extend(self.coll_items(value, index))
            elif isinstance(value, (ClassV, Ext)):
                found.append(value)  # Generic[T]
            else:
                found.extend(self._elements_of(value))
            found.extend(self._put_in(value))
        found.extend(self._stored_elements(expr.base, func))
        found.extend(self.resolver.shared.values(expr.base, self.resolver.shared.key(expr.index, func, node), func))
        return found

    def _put_in(self, value: Value) -> Iterator[Value]:
        """What is put into a shared container, wherever that is."""
        if isinstance(value, Coll) and self.resolver.graph is not None:
            for func, node, expr in self.resolver.graph.registering.stored(value):
                yield from self.resolver.values(expr, func, node)

    def is_filled(self, expr: Expr, held: Coll, func: Func) -> bool:
        """Whether something is put into a container after it was written out."""
        return any(True for _ in self._put_in(held)) or any(True for _ in self._stored_elements(expr, func))

    def _stored_elements(self, base: Expr, func: Func) -> Iterator[Value]:
        """What is put into a container by ``c[k] = v``, ``c.append(v)`` and the like."""
        spelled = dotted_name(base)
        if not spelled:
            return
        root, _, attribute = spelled.partition(".")
        if attribute and root == "self":
            owner = self.resolver.enclosing_class(func)
            frames: Iterable[Func] = [
                f for f in func.unit.functions if owner and (f.cls is owner or self.resolver.classes.inside(f, owner))
            ]
        elif root in func.ir.locals and func.ir.kind != "module":
            frames = (func,)
        elif root in func.unit.globals:
            frames = func.unit.functions
        else:
            return
        for frame in frames:
            for expr, node in self._put(frame).get(spelled, ()):
                yield from self.resolver.values(expr, frame, node)

    def _put(self, frame: Func) -> dict[str, list[tuple[Expr | None, int]]]:
        """The spelling of each container -> what a function puts into it, and where; items come first."""
        if frame not in self._puts:
            found: dict[str, list[tuple[Expr | None, int]]] = {}
            for number in frame.stores.get("[]", ()):
                target = frame.nodes[number].target
                if isinstance(target, Item) and (spelled := dotted_name(target.base)):
                    found.setdefault(spelled, []).append((frame.nodes[number].value, number))
            for number, ir in enumerate(frame.nodes):
                if ir.op == Op.CALL and isinstance(ir.value, Attr) and ir.args and ir.value.name in PUTS:
                    if spelled := dotted_name(ir.value.base):
                        found.setdefault(spelled, []).append((ir.args[-1].value, number))
            self._puts[frame] = found
        return self._puts[frame]

    def entered(self, manager: Expr, func: Func, node: int) -> Iterable[Value]:
        """What ``with manager as target`` gives to the target."""
        found: list[Value] = []
        for value in self.resolver.values(manager, func, node):
            if isinstance(value, Many):
                found.append(value.element)
            elif isinstance(value, Obj):
                entered: list[Value] = []
                for name in ("__enter__", "__aenter__"):
                    for method in self.resolver.instance_attribute(value, name):
                        entered.extend(self.resolver.called(method, None, func, node))
                found.extend(entered or [value])
            else:
                found.append(value)
        return found
