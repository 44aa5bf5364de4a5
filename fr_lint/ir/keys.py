"""The canonical spelling of an expression: equal keys, same expression (of the same function, names unresolved).

A call's result is spelled by its node (``#12``), since two calls need not give the same.  What is not followed is
spelled ``?`` and equals nothing: see :func:`is_known`.  This file must not know where expressions come from.
"""

from __future__ import annotations

from fr_lint.ir.model import (
    Attr,
    Binary,
    Bool,
    Caught,
    ClassRef,
    Compare,
    Comprehension,
    Const,
    Display,
    Element,
    Entered,
    Expr,
    FunctionRef,
    IfElse,
    Import,
    Item,
    Mapping,
    Name,
    Opaque,
    Result,
    Slice,
    Starred,
    Text,
    Unary,
)
from fr_lint.ir.walk import walk

_Piece = str | Expr
_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}")}


def key(expr: Expr) -> str:
    """The spelling, for example ``user.profile["x"]``; without recursion, however deep the expression is."""
    if isinstance(expr, Name):
        return expr.id
    found: list[str] = []
    stack: list[_Piece] = [expr]
    while stack:
        at = stack.pop()
        if isinstance(at, str):
            found.append(at)
        elif isinstance(at, Name):
            found.append(at.id)
        elif isinstance(at, Attr):
            names = [at.name]
            base = at.base
            while isinstance(base, Attr):
                names.append(base.name)
                base = base.base
            stack.append("." + ".".join(reversed(names)))
            stack.extend(_grouped(base))
        else:
            stack.extend(reversed(_pieces(at)))
    return "".join(found)


def is_known(expr: Expr) -> bool:
    """Whether two expressions with this key mean the same: nothing in it is :class:`Opaque`."""
    return not any(isinstance(at, Opaque) for at in walk(expr))


_ATOMS = (
    Name, Attr, Item, Result, Const, Display, Mapping, Text, Opaque, Import, FunctionRef, ClassRef, Element, Entered,
    Caught, Comprehension, Slice,
)  # fmt: skip


def _grouped(expr: Expr) -> list[_Piece]:
    """An operand, in parentheses where it needs them; symmetrical, so that it may stand on a stack."""
    return [expr] if isinstance(expr, _ATOMS) else [")", expr, "("]


def _operand(expr: Expr) -> list[_Piece]:
    return [expr] if isinstance(expr, _ATOMS) else ["(", expr, ")"]


def _listed(parts: tuple[Expr, ...], separator: str = ", ") -> list[_Piece]:
    found: list[_Piece] = []
    for number, part in enumerate(parts):
        if number:
            found.append(separator)
        found.append(part)
    return found


def _pieces(expr: Expr) -> list[_Piece]:
    """One level of an expression, from left to right."""
    match expr:
        case Const():
            return [_literal(expr.value)]
        case Item():
            return [*_operand(expr.base), "[", expr.index, "]"]
        case Result():
            return [f"#{expr.node}"]
        case Unary():
            return [expr.op, " " if expr.op == "not" else "", *_operand(expr.operand)]
        case Compare():
            return [*_operand(expr.left), f" {expr.op} ", *_operand(expr.right)]
        case Binary():
            return [*_operand(expr.left), f" {expr.op} ", *_operand(expr.right)]
        case Bool():
            found: list[_Piece] = []
            for number, operand in enumerate(expr.operands):
                if number:
                    found.append(f" {expr.op} ")
                found.extend(_operand(operand))
            return found
        case IfElse():
            return [*_operand(expr.body), " if ", *_operand(expr.test), " else ", *_operand(expr.orelse)]
        case Display():
            left, right = _BRACKETS[expr.kind]
            if expr.kind == "tuple" and len(expr.elements) == 1:
                right = ",)"
            return [left, *_listed(expr.elements), right]
        case Mapping():
            entries: list[_Piece] = ["{"]
            for number, entry in enumerate(expr.entries):
                if number:
                    entries.append(", ")
                entries.extend(("**",) if entry.key is None else (entry.key, ": "))
                entries.append(entry.value)
            return [*entries, "}"]
    return _rare(expr)


def _rare(expr: Expr) -> list[_Piece]:
    match expr:
        case Slice():
            return ["slice(", *_listed(expr.parts), ")"]
        case Text():
            return ["text(", *_listed(expr.parts), ")"]
        case FunctionRef():
            return [f"<function {expr.index}>"]
        case ClassRef():
            return [f"<class {expr.index}>"]
        case Import():
            return [f"<import {'.' * expr.level}{expr.module}{':' if expr.name else ''}{expr.name}>"]
        case Element():
            return ["element(", expr.of, ")"]
        case Entered():
            return ["entered(", expr.manager, ")"]
        case Caught():
            return ["caught(", expr.type, ")"]
        case Starred():
            return ["*", *_operand(expr.value)]
        case Comprehension():
            return _comprehension(expr)
    return ["?"]


def _comprehension(expr: Comprehension) -> list[_Piece]:
    found: list[_Piece] = [f"{expr.kind}("]
    if expr.key is not None:
        found.extend((expr.key, ": "))
    found.append(expr.element)
    for target, source in zip(expr.targets, expr.sources, strict=True):
        found.extend((" for ", target, " in ", source))
    for condition in expr.conditions:
        found.extend((" if ", condition))
    return [*found, ")"]


def _literal(value: object) -> str:
    if isinstance(value, str):
        inner = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{inner}"'
    if isinstance(value, int) and not isinstance(value, bool):
        return hex(value) if abs(value) >> 64 else repr(value)  # Python refuses to write thousands of decimal digits
    return "..." if value is ... else repr(value)
