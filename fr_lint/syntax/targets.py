"""Assignment targets: what is bound, in which order, to which part of the value."""

from __future__ import annotations

import ast
from typing import Any, Final

import libcst as cst

from fr_lint.ir.model import OPAQUE, Attr, Const, Display, Expr, Item, Name, Result, Starred
from fr_lint.ir.walk import names_in
from fr_lint.syntax.dispatch import value
from fr_lint.syntax.expressions import subscript_index
from fr_lint.syntax.frame import Frame
from fr_lint.syntax.literals import identifier

_GROUPS: Final[frozenset[object]] = frozenset({cst.Tuple, cst.List})


def pattern(frame: Frame, node: Any, twin: Any) -> Expr:
    """A target as a tree: a name, attribute, item, or a display of such (the target of a ``FOR``)."""
    kind = node.__class__
    if kind in _GROUPS:
        elements = node.elements
        twins = frame.twins(elements, twin.elts if isinstance(twin, (ast.Tuple, ast.List)) else None)
        found: list[Expr] = []
        for element, at in zip(elements, twins):  # noqa: B905  # a stand-in has no end
            if element.__class__ is cst.StarredElement:
                found.append(Starred(pattern(frame, element.value, at.value)))
            else:
                found.append(pattern(frame, element.value, at))
        return Display("list" if kind is cst.List else "tuple", tuple(found))
    return _single(frame, node, twin)


def _single(frame: Frame, node: Any, twin: Any) -> Expr:
    kind = node.__class__
    if kind is cst.Name:
        name = identifier(node.value)
        renamed = frame.renames.get(name, name) if frame.renames else name
        frame.bound.add(renamed)
        return Name(renamed)
    if kind is cst.Attribute:
        base = value(frame, node.value, twin.value if twin.__class__ is ast.Attribute else frame.nowhere())
        return Attr(base, identifier(node.attr.value))
    if kind is cst.Subscript:
        if twin.__class__ is not ast.Subscript:
            twin = frame.nowhere()
        base = value(frame, node.value, twin.value)
        return Item(base, subscript_index(frame, node, twin.slice))
    value(frame, node, twin)  # not a target in any Python that exists
    return OPAQUE


def assign(frame: Frame, node: Any, twin: Any, tree: Expr) -> None:
    """Bind a value, already evaluated, to a target; may need invented names if the value reads what it binds."""
    if node.__class__ not in _GROUPS:
        line, col = frame.place(twin)
        frame.assign(line, col, _single(frame, node, twin), tree)
        return
    elements: Any = node.elements
    twins = frame.twins(elements, twin.elts if isinstance(twin, (ast.Tuple, ast.List)) else None)
    paired = _pairs(elements, tree)
    bound = _names(node)
    if paired is None:
        if not isinstance(tree, Result) and bound & names_in(tree):
            tree = _keep(frame, tree, twin)
        paired = _parts(elements, tree)
        frame.risky = True
    else:
        paired = [
            _keep(frame, part, twin)
            if number and not isinstance(part, (Result, Const)) and bound & names_in(part)
            else part
            for number, part in enumerate(paired)
        ]
    for element, at, part in zip(elements, twins, paired):  # noqa: B905  # a stand-in has no end
        if element.__class__ is cst.StarredElement:
            assign(frame, element.value, at.value, part)
        else:
            assign(frame, element.value, at, part)


def _keep(frame: Frame, tree: Expr, twin: Any) -> Name:
    """Give a value a name of its own before the names it reads are bound anew."""
    kept = Name(f"value@{frame.unit.number()}")
    frame.bound.add(kept.id)
    line, col = frame.place(twin)
    frame.assign(line, col, kept, tree)
    return kept


def _pairs(elements: Any, tree: Expr) -> list[Expr] | None:
    """``a, b = x, y`` element by element."""
    if not isinstance(tree, Display) or tree.kind == "set" or len(tree.elements) != len(elements):
        return None
    if any(element.__class__ is cst.StarredElement for element in elements):
        return None
    if any(isinstance(part, Starred) for part in tree.elements):
        return None
    return list(tree.elements)


def _parts(elements: Any, tree: Expr) -> list[Expr]:
    """``a, *b, c = v``: ``v[0]``, ``[*v]``, ``v[-1]``."""
    count = len(elements)
    star = next((at for at, element in enumerate(elements) if element.__class__ is cst.StarredElement), count)
    found: list[Expr] = []
    for at in range(count):
        if at < star:
            found.append(Item(tree, Const(at)))
        elif at == star:
            found.append(Display("list", (Starred(tree),)))
        else:
            found.append(Item(tree, Const(at - count)))
    return found


def _names(node: Any) -> set[str]:
    found: set[str] = set()
    stack = [node]
    while stack:
        at = stack.pop()
        if at.__class__ is cst.Name:
            found.add(identifier(at.value))
        elif at.__class__ in _GROUPS:
            stack.extend(element.value for element in at.elements)
    return found
