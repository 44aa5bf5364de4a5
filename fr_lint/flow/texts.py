"""What texts an expression may hold: literals, concatenation, formatting, paths, constants, arguments of callers.

Unknown parts are written ``{}``.  Knows the catalogue's constants only through the resolver.  Must not know what a text
means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fr_lint.flow.binding import bind
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import Coll, ConstV, Ext, FuncV, Many, ModV, Obj, Value
from fr_lint.ir.model import (
    Arg,
    Attr,
    Binary,
    Bool,
    Const,
    Display,
    Expr,
    IfElse,
    Item,
    Mapping,
    Name,
    Node,
    Op,
    Result,
    Text,
)
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.resolve import Resolver

MOST = 40  # assignments of one name that are looked at, the last ones


class Texts:
    """Texts of expressions."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._bound: list[tuple[Func, dict[str, object]]] = []

    def strings_of(self, args: Iterable[Arg], func: Func, node: int) -> list[str]:
        """All texts that the arguments of a call may hold."""
        found: list[str] = []
        for arg in args:
            found.extend(self.texts(arg.value, func, node))
            found.extend(self._members(arg.value, func, node, 0))
        return found

    def _members(self, expr: Expr | None, func: Func, node: int, depth: int) -> Iterator[str]:
        """Enumeration members in an argument (``Feature.Type.FACE_DETECTION``), through names and containers."""
        for at in walk(expr):
            if isinstance(at, Attr) and at.name.isupper():
                yield at.name
            elif depth > 4:
                continue
            elif isinstance(at, Name):
                for frame, definition in self.resolver.definitions(at.id, func, node)[:4]:
                    yield from self._members(frame.nodes[definition].value, frame, definition, depth + 1)
            elif isinstance(at, Result) and func.nodes[at.node].op == Op.CALL:
                for arg in func.nodes[at.node].args:
                    yield from self._members(arg.value, func, at.node, depth + 1)
                    yield from self.texts(arg.value, func, at.node, depth + 4)

    def texts(self, expr: Expr | None, func: Func, node: int, depth: int = 0) -> list[str]:
        """The texts an expression may be, unknown parts written ``{}``; at most eight, empty if not text at all."""
        if expr is None or depth > 12:
            return []
        if isinstance(expr, Const):
            return [expr.value] if isinstance(expr.value, str) else []
        if isinstance(expr, Binary) and expr.op in ("+", "/"):
            joint = "" if expr.op == "+" else "/"
            left = self.texts(expr.left, func, node, depth + 1)
            right = self.texts(expr.right, func, node, depth + 1)
            if not left and not right:
                return []
            if isinstance(expr.left, Display) or isinstance(expr.right, Display):
                return [*left, *right]
            return [a + joint + b for a in left or ["{}"] for b in right or ["{}"]][:8]
        if isinstance(expr, Binary) and expr.op == "%":
            return [text.replace("%s", "{}") for text in self.texts(expr.left, func, node, depth + 1)]
        if isinstance(expr, Text):
            whole = [""]
            for part in expr.parts:
                pieces = self.texts(part, func, node, depth + 1) or ["{}"]
                whole = [a + b for a in whole for b in pieces][:8]
            return whole
        if isinstance(expr, IfElse):
            return [*self.texts(expr.body, func, node, depth + 1), *self.texts(expr.orelse, func, node, depth + 1)][:8]
        if isinstance(expr, Bool):
            return [t for operand in expr.operands for t in self.texts(operand, func, node, depth + 1)][:8]
        if isinstance(expr, (Display, Mapping)):
            parts = expr.elements if isinstance(expr, Display) else tuple(e.value for e in expr.entries)
            return [t for part in parts for t in self.texts(part, func, node, depth + 1)][:64]
        if isinstance(expr, Result):
            return self._call_texts(func, expr.node, depth)
        if isinstance(expr, Name):
            return self._name_texts(expr.id, func, node, depth)
        if isinstance(expr, (Attr, Item)):
            return self._member_texts(expr, func, node, depth)
        return []

    def _call_texts(self, func: Func, node: int, depth: int) -> list[str]:  # noqa: C901
        ir = func.nodes[node]
        if ir.op != Op.CALL:
            return []
        name = last_name(ir.value)
        if name in ("join", "joinpath") and ir.args:
            joint = "/"
            pieces: list[Expr] = [arg.value for arg in ir.args]
            if isinstance(ir.value, Attr):
                if isinstance(ir.value.base, Const):
                    joint = str(ir.value.base.value)
                    first = pieces[0]
                    pieces = list(first.elements) if isinstance(first, Display) else pieces
                elif name == "joinpath":
                    pieces.insert(0, ir.value.base)
            whole = [""]
            for place, piece in enumerate(pieces):
                options = self.texts(piece, func, node, depth + 1) or ["{}"]
                whole = [a + (joint if place else "") + b for a in whole for b in options][:8]
            return whole
        if name == "format" and isinstance(ir.value, Attr) and ir.args:
            return self._formatted(self.texts(ir.value.base, func, node, depth + 1), ir, func, node, depth)
        if name in (
            "format",
            "strip",
            "rstrip",
            "lower",
            "upper",
            "resolve",
            "absolute",
            "as_posix",
            "expanduser",
            "replace",
        ) and isinstance(ir.value, Attr):
            return self.texts(ir.value.base, func, node, depth + 1)
        if name in (
            "str",
            "Path",
            "PurePath",
            "abspath",
            "realpath",
            "fspath",
            "_",
            "gettext",
            "tr",
            "ugettext",
            "gettext_lazy",
            "dedent",
            "resource_path",
            "expanduser",
            "normpath",
            "urljoin",
        ):
            if name == "urljoin" and len(ir.args) > 1:
                left = self.texts(ir.args[0].value, func, node, depth + 1) or ["{}"]
                return [
                    a.rstrip("/") + "/" + b.lstrip("/")
                    for a in left
                    for b in self.texts(ir.args[1].value, func, node, depth + 1)
                ][:8]
            return self.texts(ir.args[0].value, func, node, depth + 1) if ir.args else []
        if name in ("getenv", "get") and len(ir.args) > 1:
            return self.texts(ir.args[1].value, func, node, depth + 1)
        found: list[str] = []
        for value in self.resolver.callee_values(func, node):
            if isinstance(value, Ext):
                found.extend(self._value_texts(value, depth))
            if isinstance(value, FuncV) and depth < 6:
                if any(value.func is active for active, _ in self._bound):
                    continue
                self._bound.append((value.func, self._constants(value.func, ir, func, node)))
                try:
                    for number, inner in enumerate(value.func.nodes):
                        if inner.op == Op.RETURN and inner.value is not None:
                            found.extend(self.texts(inner.value, value.func, number, depth + 3))
                finally:
                    self._bound.pop()
        return found[:8]

    def _formatted(self, forms: list[str], ir: Node, func: Func, node: int, depth: int) -> list[str]:
        """``form.format(path)``: the last gaps are filled; those before are unknown parts of the form itself."""
        plain = [self.texts(a.value, func, node, depth + 2)[:1] or ["{}"] for a in ir.args if not a.keyword]
        named = {a.keyword: self.texts(a.value, func, node, depth + 2)[:1] or ["{}"] for a in ir.args if a.keyword}
        found: list[str] = []
        for form in forms:
            for name, texts in (*named.items(), *((str(place), texts) for place, texts in enumerate(plain))):
                form = form.replace(f"{{{name}}}", texts[0])
            pieces = form.split("{}")
            first = max(0, len(pieces) - 1 - len(plain))
            filled = pieces[0]
            for place, piece in enumerate(pieces[1:]):
                filled += (plain[place - first][0] if place >= first else "{}") + piece
            found.append(filled)
        return found

    def _constants(self, callee: Func, ir: Node, func: Func, node: int) -> dict[str, object]:
        """The literal arguments of one call, by parameter."""
        params = [
            p.name for p in callee.ir.params if p.kind in ("positional", "normal") and p.name not in ("self", "cls")
        ]
        found: dict[str, object] = {}
        for place, arg in enumerate(a for a in ir.args if not a.star):
            name = arg.keyword or (params[place] if place < len(params) else "")
            if isinstance(arg.value, Const):
                found[name] = arg.value.value
            elif isinstance(arg.value, Name):
                texts = self.texts(arg.value, func, node, 8)
                if len(texts) == 1 and "{}" not in texts[0]:
                    found[name] = texts[0]
        return found

    @contextmanager
    def called(self, callee: Func, bound: bool, ir: Node, func: Func, node: int) -> Iterator[bool]:
        """Texts inside ``callee`` as one call makes them; gives whether the call says anything."""
        given: dict[str, object] = {
            name: value.value if isinstance(value, Const) else tuple(self.texts(value, func, node, 6))
            for name, value in bind(callee, ir.args, bound)
        }
        self._bound.append((callee, given))
        try:
            yield any(given.values())
        finally:
            self._bound.pop()

    def _name_texts(self, name: str, func: Func, node: int, depth: int) -> list[str]:
        for active, constants in reversed(self._bound):
            known = constants.get(name) if active is func and name not in func.defs else None
            if isinstance(known, (str, tuple)):
                return [known] if isinstance(known, str) else list(known)
        found: list[str] = []
        for value in self.resolver.name_values(name, func, node):
            found.extend(self._value_texts(value, depth))
        if not found:
            for frame, definition in self.resolver.definitions(name, func, node)[-MOST:]:
                ir = frame.nodes[definition]
                if ir.op == Op.ASSIGN and isinstance(ir.target, Name) and ir.value is not None:
                    found.extend(self.texts(ir.value, frame, definition, depth + 1))
                elif ir.op == Op.FOR and isinstance(ir.target, Name):
                    found.extend(self.texts(ir.value, frame, definition, depth + 1))
        if not found and self.resolver.graph is not None and depth < 6:
            frame_of_param: Func | None = func
            while frame_of_param is not None and not any(p.name == name for p in frame_of_param.ir.params):
                frame_of_param = frame_of_param.parent
            if frame_of_param is not None:
                param = next(p for p in frame_of_param.ir.params if p.name == name)
                for frame, site, argument in self.resolver.graph.arguments(frame_of_param, param):
                    found.extend(self.texts(argument, frame, site, depth + 3))
                if param.default is not None and frame_of_param.parent is not None:
                    found.extend(self.texts(param.default, frame_of_param.parent, -1, depth + 1))
        return list(dict.fromkeys(found))[:8]

    def _member_texts(self, expr: Attr | Item, func: Func, node: int, depth: int) -> list[str]:
        if isinstance(expr, Item) and isinstance(expr.index, Name):
            for active, constants in reversed(self._bound):
                if active is func and expr.index.id in constants and not isinstance(constants[expr.index.id], tuple):
                    key = constants[expr.index.id]
                    items = [
                        v
                        for base in self.resolver.values(expr.base, func, node)
                        if isinstance(base, Coll)
                        for v in self.resolver.containers.coll_items(base, key)
                    ]
                    return list(dict.fromkeys(t for v in items for t in self._value_texts(v, depth)))[:8]
        found = [text for value in self.resolver.values(expr, func, node) for text in self._value_texts(value, depth)]
        if not found and isinstance(expr, Attr):
            for value in self.resolver.values(expr.base, func, node):
                if isinstance(value, Obj):
                    for frame, site in self.resolver.attribute_definitions(value.cls, expr.name):
                        found.extend(self.texts(frame.nodes[site].value, frame, site, depth + 1))
                elif isinstance(value, ModV) and value.path.endswith(".py"):
                    unit = self.resolver.program.unit(value.path)
                    for frame, site in unit.globals.get(expr.name, ()) if unit else ():
                        found.extend(self.texts(frame.nodes[site].value, frame, site, depth + 1))
        return list(dict.fromkeys(found))[:8]

    def _value_texts(self, value: Value, depth: int) -> list[str]:
        if isinstance(value, Ext):
            text = self.resolver.products.text(value.name)
            return [text] if text is not None else []
        if isinstance(value, ConstV):
            return [value.value] if isinstance(value.value, str) else []
        if isinstance(value, Coll) and depth < 8:
            return self.texts(value.expr, value.func, value.node, depth + 2)
        if isinstance(value, Many):
            return self._value_texts(value.element, depth + 1)
        return []
