"""Constants, strings, f-strings and displays."""

from __future__ import annotations

import ast
import unicodedata
from typing import Any, Final

import libcst as cst

from fr_lint.ir.model import OPAQUE, Const, Display, Entry, Expr, Mapping, Name, Starred, Text
from fr_lint.syntax.dispatch import EXPRESSIONS, expression, value
from fr_lint.syntax.frame import Frame

KEPT: Final = 256  # constants of a display that are kept

_LITERALS: Final = frozenset({cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString, cst.Ellipsis})
_SINGLETONS: Final[dict[str, object]] = {"True": True, "False": False, "None": None}


@expression(cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString)
def _literal(_frame: Frame, node: Any, twin: Any) -> Expr:
    if twin.__class__ is ast.Constant:
        return Const(twin.value)
    try:
        return Const(ast.literal_eval(node.value))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return OPAQUE


@expression(cst.Ellipsis)
def _ellipsis(_frame: Frame, _node: cst.Ellipsis, _twin: Any) -> Expr:
    return Const(...)


@expression(cst.Name)
def _name(frame: Frame, node: cst.Name, _twin: Any) -> Expr:
    name = node.value
    if name in _SINGLETONS:
        return Const(_SINGLETONS[name])
    if not name.isascii():
        name = identifier(name)
    renames = frame.renames
    return Name(renames.get(name, name) if renames else name)


def identifier(name: str) -> str:
    """A name as Python compares names."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


# ------------------------------------------------------------------------------------------------------------- strings


@expression(cst.ConcatenatedString)
def _concatenated(frame: Frame, node: cst.ConcatenatedString, twin: Any) -> Expr:
    if twin.__class__ is ast.Constant:
        return Const(twin.value)
    pieces: list[Any] = []
    at: Any = node
    while at.__class__ is cst.ConcatenatedString:
        pieces.append(at.left)  # never a concatenation itself
        at = at.right
    pieces.append(at)
    if not any(hasattr(piece, "parts") for piece in pieces):
        return _joined([_literal(frame, piece, twin) for piece in pieces])
    content: list[Any] = []
    for piece in pieces:
        if hasattr(piece, "parts"):
            content.extend(piece.parts)
        else:
            content.append(piece)
    return _text(frame, content, twin)


def _joined(parts: list[Expr]) -> Expr:
    values = [part.value for part in parts if isinstance(part, Const)]
    if len(values) == len(parts):
        if all(isinstance(at, str) for at in values):
            return Const("".join(str(at) for at in values))
        if all(isinstance(at, bytes) for at in values):
            return Const(b"".join(at for at in values if isinstance(at, bytes)))
    return OPAQUE


@expression(cst.FormattedString)
def _formatted(frame: Frame, node: cst.FormattedString, twin: Any) -> Expr:
    return _text(frame, node.parts, twin)


if hasattr(cst, "TemplatedString"):

    @expression(cst.TemplatedString)
    def _templated(frame: Frame, node: Any, twin: Any) -> Expr:
        return _text(frame, node.parts, twin)


def _text(frame: Frame, content: Any, twin: Any) -> Text:
    """The parts of an f-string; the twin says where the constants stand and how they read."""
    holes = [part for part in content if hasattr(part, "expression")]
    twins = getattr(twin, "values", None)
    parts: list[Expr] = []
    if twins.__class__ is list and sum(at.__class__ is not ast.Constant for at in twins) == len(holes):
        rest = iter(holes)
        for at in twins:
            if at.__class__ is ast.Constant:
                parts.append(Const(at.value))
            else:
                parts.append(_hole(frame, next(rest), at))
        return Text(tuple(parts))
    nowhere = frame.nowhere()
    for part in content:
        if hasattr(part, "expression"):
            parts.append(_hole(frame, part, nowhere))
        elif part.__class__ is cst.SimpleString:
            parts.append(_literal(frame, part, nowhere))
        else:
            parts.append(Const(part.value))
    return Text(tuple(parts))


def _hole(frame: Frame, part: Any, twin: Any) -> Expr:
    found = value(frame, part.expression, twin.value)
    spec = part.format_spec
    if spec:
        _text(frame, spec, twin.format_spec)  # for its calls
    return found


# ------------------------------------------------------------------------------------------------------------ displays


@expression(cst.List)
def _list(frame: Frame, node: cst.List, twin: Any) -> Expr:
    return Display("list", elements(frame, node.elements, twin.elts if twin.__class__ is ast.List else None))


@expression(cst.Tuple)
def _tuple(frame: Frame, node: cst.Tuple, twin: Any) -> Expr:
    return Display("tuple", elements(frame, node.elements, twin.elts if twin.__class__ is ast.Tuple else None))


@expression(cst.Set)
def _set(frame: Frame, node: cst.Set, twin: Any) -> Expr:
    return Display("set", elements(frame, node.elements, twin.elts if twin.__class__ is ast.Set else None))


def elements(frame: Frame, nodes: Any, twins: Any) -> tuple[Expr, ...]:
    """The elements of a display; of a long one only the first constants."""
    twins = frame.twins(nodes, twins)
    found: list[Expr] = []
    long = len(nodes) > KEPT
    kept = 0
    for node, twin in zip(nodes, twins):  # noqa: B905  # a stand-in has no end
        inner = node.value
        if node.__class__ is cst.StarredElement:
            found.append(Starred(value(frame, inner, twin.value)))
            frame.risky = True
            continue
        if long and (kept >= KEPT or inner.__class__ in _LITERALS) and constant(inner):
            kept += 1
            if kept > KEPT:
                continue
        found.append(EXPRESSIONS[inner.__class__](frame, inner, twin))
    return tuple(found)


@expression(cst.Dict)
def _dict(frame: Frame, node: cst.Dict, twin: Any) -> Expr:
    nodes: Any = node.elements
    keys: Any = frame.twins(nodes, twin.keys if twin.__class__ is ast.Dict else None)
    values: Any = twin.values if keys.__class__ is list else keys
    entries: list[Entry] = []
    long = len(nodes) > KEPT
    kept = 0
    for element, at_key, at_value in zip(nodes, keys, values):  # noqa: B905
        if element.__class__ is cst.StarredDictElement:
            line, col = frame.place(at_value)
            entries.append(Entry(None, value(frame, element.value, at_value), line, col))
            frame.risky = True
            continue
        if long and constant(element.key) and constant(element.value):
            kept += 1
            if kept > KEPT:
                continue
        line, col = frame.place(at_key)
        key = value(frame, element.key, at_key)
        entries.append(Entry(key, value(frame, element.value, at_value), line, col))
    return Mapping(tuple(entries))


def constant(node: Any) -> bool:
    """Whether a node is a literal, or a display of literals only."""
    stack = [node]
    while stack:
        node = stack.pop()
        kind = node.__class__
        if kind in _LITERALS:
            continue
        if kind is cst.Name:
            if node.value not in _SINGLETONS:
                return False
        elif kind is cst.UnaryOperation:
            stack.append(node.expression)
        elif kind in (cst.Tuple, cst.List, cst.Set):
            stack.extend([at.value if at.__class__ is cst.Element else at for at in node.elements])
        elif kind is cst.Dict:
            for element in node.elements:
                if element.__class__ is not cst.DictElement:
                    return False
                stack.append(element.key)
                stack.append(element.value)
        elif kind is cst.ConcatenatedString:
            stack.append(node.left)
            stack.append(node.right)
        else:
            return False
    return True
