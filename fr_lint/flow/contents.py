"""What is put into a container, an object or a buffer after it was made, function by function.

``x[k] = v``, ``x.k = v``, ``x.append(v)``, ``img.save(buffer)``: an index from the spelled container to what went in,
on demand and memoised.  A name for a part of a container (``sheet = book.active``, ``for row in rows``) is followed:
what goes into the part is in the whole.  Must not know faces, stores or rules.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from fr_lint.catalogue.carrying import Carrying
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.ir.model import Attr, ClassRef, Const, Entered, Expr, Import, Item, Name, Node, Op, Result, Slice
from fr_lint.ir.walk import walk

ANY = "*"
"""The selector of some element of a container."""

GIVING: Final = ("setdefault", "get")
Selector = str | int
Path = tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """One thing that goes into a container: at which selectors, and the expression with the node it is seen from."""

    node: int
    at: Path
    value: Expr
    fills: bool = False  # the container is an argument: the call writes into it
    base: Expr | None = None
    loads: bool = False  # the call is told where a picture lies, and takes it up


@dataclass(frozen=True, slots=True)
class Contents:
    """What one function puts where, by the spelled container."""

    puts: dict[str, list[Put]]
    parts: dict[str, list[tuple[str, Path]]]
    """Other spellings that stand for a part of it, and for which."""

    @property
    def filled(self) -> Collection[str]:
        """The containers into which something goes."""
        return {
            *self.puts,
            *(whole for whole, parts in self.parts.items() if any(name in self.puts for name, _ in parts)),
        }


def selector(index: Expr) -> Path:
    """The selector of a subscript; a slice (a crop) selects a part that is like the whole."""
    if isinstance(index, Const) and isinstance(index.value, (str, int)) and not isinstance(index.value, bool):
        return (index.value,)
    if any(isinstance(at, Slice) for at in walk(index)):
        return ()
    return (ANY,)


def container(expr: Expr, func: Func, giving: Collection[str] = GIVING) -> tuple[str, Path]:
    """The spelled container of a place inside it, and the selectors from there: ``d["x"][0]`` -> ``d``, ``x``, ``0``.

    ``self.d`` is spelled so; other attributes are selectors of the name in front.  ``giving``: methods that give parts.
    """
    at: list[Selector] = []
    for _ in range(12):
        if isinstance(expr, Item):
            at[:0] = selector(expr.index)
            expr = expr.base
        elif isinstance(expr, Attr):
            if isinstance(expr.base, Name) and expr.base.id in ("self", "cls"):
                return f"{expr.base.id}.{expr.name}", tuple(at)
            at[:0] = (expr.name,)
            expr = expr.base
        elif isinstance(expr, Result):
            call = func.nodes[expr.node]
            if call.op != Op.CALL or not isinstance(call.value, Attr) or call.value.name not in giving:
                return "", ()
            key = call.args[0].value if call.args else None
            at[:0] = selector(key) if key is not None else (ANY,)
            expr = call.value.base
        elif isinstance(expr, Name):
            return expr.id, tuple(at)
        else:
            break
    return "", ()


class _Index:
    """What one function puts into containers."""

    def __init__(self, func: Func, names: Carrying) -> None:
        self.func = func
        self.names = names
        self.found: dict[str, list[Put]] = {}
        self.parts: dict[str, list[tuple[str, Path]]] = {}
        for number, node in enumerate(func.nodes):
            if node.op in (Op.ASSIGN, Op.FOR) and isinstance(node.target, (Name, Attr)) and node.value is not None:
                self._named(node.target, node.value, (ANY,) if node.op == Op.FOR else ())
            if node.op == Op.ASSIGN and isinstance(node.target, (Item, Attr)):
                self._assigned(number, node.target, node.value)
            elif node.op == Op.CALL:
                self._called(number, node)

    def _named(self, target: Name | Attr, value: Expr, element: Path) -> None:
        """A name for a part of something: of an item, of an attribute that gives one, of each element in turn."""
        spelled, rest = container(target, self.func)
        if not spelled or rest or (isinstance(value, Attr) and value.name not in self.names.part_attributes):
            return
        whole, at = container(value, self.func, self.names.part_methods)
        if whole and whole != spelled and (at or element) and not self._is_outside(whole):
            self.parts.setdefault(whole, []).append((spelled, (*at, *element)))

    def _is_outside(self, name: str) -> bool:
        """Whether a name stands for a class or a module rather than for a thing that holds others."""
        places = self.func.bindings(name)
        return any(isinstance(func.nodes[node].value, (ClassRef, Import)) for func, node in places)

    def _assigned(self, number: int, target: Item | Attr, value: Expr | None) -> None:
        spelled, at = container(target, self.func, self.names.part_methods)
        if spelled and value is not None and (at or isinstance(target, Item)):
            self.found.setdefault(spelled, []).append(Put(number, at, value, False, target))

    def _add(
        self, place: Expr, put_at: Path, number: int, value: Expr, *, fills: bool = False, loads: bool = False
    ) -> None:
        spelled, at = container(place, self.func, self.names.part_methods)
        if spelled:
            self.found.setdefault(spelled, []).append(Put(number, at + put_at, value, fills, place, loads))

    def _called(self, number: int, node: Node) -> None:
        callee, args = node.value, node.args
        name = callee.name if isinstance(callee, Attr) else callee.id if isinstance(callee, Name) else ""
        if isinstance(callee, Attr):
            if name == "setdefault" and len(args) == 2:
                self._add(callee.base, selector(args[0].value), number, args[1].value)
            elif name in ("insert", "set", "put") and len(args) >= 2:
                self._add(callee.base, (ANY,), number, args[1].value)
            elif name in self.names.put_items:
                for arg in args:
                    self._add(callee.base, (ANY,), number, arg.value)
            elif name in self.names.put_pictures:
                for arg in args:
                    self._add(callee.base, (ANY,), number, arg.value)
                    self._add(callee.base, (ANY,), number, arg.value, loads=True)
            elif name in self.names.put_whole:
                for arg in args:
                    self._add(callee.base, (arg.keyword,) if arg.keyword else (), number, arg.value)
        if name in self.names.fill:
            self._fills(number, node)
        elif name == "setattr" and len(args) == 3:
            self._add(args[0].value, selector(args[1].value), number, args[2].value)

    def _is_handle(self, expr: Expr) -> bool:
        """Whether a name stands for a file that the function opened: what is written into it is not filled by it."""
        for number in self.func.defs.get(expr.id, ()) if isinstance(expr, Name) else ():
            value = self.func.nodes[number].value
            made = value.manager if isinstance(value, Entered) else value
            if isinstance(made, Result) and last_name(self.func.nodes[made.node].value) in self.names.handles:
                return True
        return False

    def _fills(self, number: int, node: Node) -> None:
        if isinstance(node.value, Attr) and len(node.args) == 1 and self._is_handle(node.value.base):
            return
        sources = [arg.value for arg in node.args]
        if isinstance(node.value, Attr):
            sources.append(node.value.base)
        for arg in node.args:
            if isinstance(arg.value, (Name, Attr)):
                for source in sources:
                    if source is not arg.value:
                        self._add(arg.value, (), number, source, fills=True)


def contents_of(func: Func, names: Carrying) -> Contents:
    """What a function puts into containers."""
    index = _Index(func, names)
    return Contents(index.found, index.parts)
