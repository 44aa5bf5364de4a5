"""Expressions without control flow of their own: attributes, subscripts, operators, calls, ``await``, ``yield``."""

from __future__ import annotations

import ast
from typing import Any, Final

import libcst as cst

from fr_lint.ir.model import (
    Arg,
    Attr,
    Binary,
    Display,
    Element,
    Expr,
    Item,
    Name,
    Node,
    Op,
    Result,
    Slice,
    Starred,
    Unary,
)
from fr_lint.syntax import mapping
from fr_lint.syntax.dispatch import EXPRESSIONS, expression, value
from fr_lint.syntax.frame import NEXT, Frame, connect
from fr_lint.syntax.literals import identifier

BINARY: Final[dict[type, str]] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
}
_UNARY: Final[dict[type, str]] = {cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~", cst.Not: "not"}
_NUMBERS: Final = frozenset({cst.Integer, cst.Float, cst.Imaginary})


@expression(cst.Attribute)
def _attribute(frame: Frame, node: cst.Attribute, twin: Any) -> Expr:
    inner = node.value
    base = EXPRESSIONS[inner.__class__](
        frame, inner, twin.value if twin.__class__ is ast.Attribute else frame.nowhere()
    )
    frame.risky = True
    name = node.attr.value
    return Attr(base, name if name.isascii() else identifier(name))


@expression(cst.Subscript)
def _subscript(frame: Frame, node: cst.Subscript, twin: Any) -> Expr:
    if twin.__class__ is not ast.Subscript:
        twin = frame.nowhere()
    base = value(frame, node.value, twin.value)
    index = subscript_index(frame, node, twin.slice)
    frame.risky = True
    return Item(base, index)


def subscript_index(frame: Frame, node: cst.Subscript, twin: Any) -> Expr:
    """What stands between the brackets."""
    parts: Any = node.slice
    if len(parts) == 1:
        only = parts[0]
        inner = only.slice
        if not isinstance(only.comma, cst.Comma):
            if inner.__class__ is cst.Slice:
                return _slice(frame, inner, twin if twin.__class__ is ast.Slice else frame.nowhere())
            if not inner.star:
                return value(frame, inner.value, twin)
    twins = frame.twins(parts, twin.elts if twin.__class__ is ast.Tuple else None)
    found: list[Expr] = []
    for part, at in zip(parts, twins):  # noqa: B905  # a stand-in has no end
        inner = part.slice
        if inner.__class__ is cst.Slice:
            found.append(_slice(frame, inner, at))
        elif inner.star:
            found.append(Starred(value(frame, inner.value, at.value)))
        else:
            found.append(value(frame, inner.value, at))
    return Display("tuple", tuple(found))


def _slice(frame: Frame, node: cst.Slice, twin: Any) -> Expr:
    parts: list[Expr] = []
    if node.lower is not None:
        parts.append(value(frame, node.lower, twin.lower))
    if node.upper is not None:
        parts.append(value(frame, node.upper, twin.upper))
    if node.step is not None:
        parts.append(value(frame, node.step, twin.step))
    return Slice(tuple(parts))


@expression(cst.BinaryOperation)
def _binary(frame: Frame, node: cst.BinaryOperation, twin: Any) -> Expr:
    if twin.__class__ is not ast.BinOp:
        twin = frame.nowhere()
    left = value(frame, node.left, twin.left)
    right = value(frame, node.right, twin.right)
    frame.risky = True
    return Binary(BINARY[node.operator.__class__], left, right)


@expression(cst.UnaryOperation)
def _unary(frame: Frame, node: cst.UnaryOperation, twin: Any) -> Expr:
    inner = node.expression
    operand = value(frame, inner, twin.operand if twin.__class__ is ast.UnaryOp else frame.nowhere())
    op = _UNARY[node.operator.__class__]
    if op != "not" and inner.__class__ not in _NUMBERS:
        frame.risky = True
    return Unary(op, operand)


# --------------------------------------------------------------------------------------------------------------- calls


@expression(cst.Call)
def _call(frame: Frame, node: cst.Call, twin: Any) -> Expr:
    func = node.func
    if twin.__class__ is not ast.Call or not _same_callee(func, twin.func):
        twin = frame.nowhere()
    if node.args and node.args[0].value.__class__ is cst.Lambda and mapping.is_loop(node):
        return mapping.loop(frame, node, twin)
    risky = frame.risky
    callee = EXPRESSIONS[func.__class__](frame, func, twin.func)
    args = arguments(frame, node.args, twin.args, twin.keywords) if node.args else ()
    line = twin.lineno
    col = twin.col_offset
    if line in frame.wide:
        line, col = frame.place(twin)
    call = Node(Op.CALL, line, col, callee, None, args)
    nodes = frame.nodes
    index = len(nodes)
    connect(frame.frontier, index)
    nodes.append(call)
    frame.frontier = [(call, NEXT)]
    frame.raises(call)
    frame.effects += 1
    frame.risky = risky
    return Result(index)


def _same_callee(func: Any, twin: Any) -> bool:
    """Whether two callees agree in their last name (other callees are taken to agree)."""
    kind = func.__class__
    if kind is cst.Attribute:
        name = func.attr.value
        return twin.__class__ is ast.Attribute and (twin.attr == name or not name.isascii())
    if kind is cst.Name:
        name = func.value
        return twin.__class__ is not ast.Name or twin.id == name or not name.isascii()
    return True


def arguments(frame: Frame, nodes: Any, positional: Any, keywords: Any) -> tuple[Arg, ...]:
    """The arguments in source order; evaluated as Python does, positional ones before keywords."""
    if positional.__class__ is list and len(positional) + len(keywords) != len(nodes):
        positional = keywords = frame.nowhere()
    found: list[Arg] = []
    wide = frame.wide
    for number, arg in enumerate(nodes):
        if arg.keyword is not None or arg.star == "**":
            rest = nodes[number:]
            late = [at for at in rest if at.keyword is None and at.star != "**"]
            if late:
                return _mixed(frame, found, rest, late, positional[number:], keywords)
            for at, twin in zip(rest, keywords):  # noqa: B905  # a stand-in has no end
                found.append(_keyword(frame, at, twin))
            break
        twin = positional[number]
        line = twin.lineno
        col = twin.col_offset
        if line in wide:
            line, col = frame.place(twin)
        inner = arg.value
        if arg.star:
            found.append(Arg(value(frame, inner, twin.value), "", 1, line, col))
        else:
            found.append(Arg(EXPRESSIONS[inner.__class__](frame, inner, twin), "", 0, line, col))
    return tuple(found)


def _keyword(frame: Frame, arg: cst.Arg, twin: Any) -> Arg:
    line, col = frame.place(twin)
    name = arg.keyword
    tree = value(frame, arg.value, twin.value)
    return Arg(tree, "" if name is None else identifier(name.value), 2 if name is None else 0, line, col)


def _mixed(frame: Frame, found: list[Arg], rest: Any, late: Any, positional: Any, keywords: Any) -> tuple[Arg, ...]:
    """Keywords before ``*args``: the latter are evaluated first all the same."""
    by_node: dict[int, Arg] = {}
    for arg, twin in zip(late, positional):  # noqa: B905
        line, col = frame.place(twin)
        starred = bool(arg.star)
        tree = value(frame, arg.value, twin.value if starred else twin)
        by_node[id(arg)] = Arg(tree, "", int(starred), line, col)
    named = [arg for arg in rest if id(arg) not in by_node]
    for arg, twin in zip(named, keywords):  # noqa: B905
        by_node[id(arg)] = _keyword(frame, arg, twin)
    found.extend(by_node[id(arg)] for arg in rest)
    return tuple(found)


# --------------------------------------------------------------------------------------- await, yield, walrus, grouping


@expression(cst.Await)
def _await(frame: Frame, node: cst.Await, twin: Any) -> Expr:
    tree = value(frame, node.expression, twin.value if twin.__class__ is ast.Await else frame.nowhere())
    if isinstance(tree, Result) and node.expression.__class__ is cst.Call:
        frame.nodes[tree.node].awaited = True
    else:
        frame.risky = True
    return tree


@expression(cst.Yield)
def _yield(frame: Frame, node: cst.Yield, twin: Any) -> Expr:
    """``yield from x`` yields ``Element(x)``."""
    frame.function.is_generator = True
    inner: Any = node.value
    line, col = frame.place(twin)
    risky = frame.risky
    tree: Expr | None
    if inner is None:
        tree = None
    elif inner.__class__ is cst.From:
        tree = Element(value(frame, inner.item, twin.value if twin.__class__ is ast.YieldFrom else frame.nowhere()))
    else:
        tree = value(frame, inner, twin.value if twin.__class__ is ast.Yield else frame.nowhere())
    index = len(frame.nodes)
    frame.raises(frame.emit(Op.YIELD, line, col, tree))
    frame.effects += 1
    frame.risky = risky
    return Result(index)


@expression(cst.NamedExpr)
def _walrus(frame: Frame, node: cst.NamedExpr, twin: Any) -> Expr:
    if twin.__class__ is not ast.NamedExpr:
        twin = frame.nowhere()
    target: Any = node.target
    name = identifier(target.value)
    line, col = frame.place(twin)
    risky = frame.risky
    frame.risky = False
    tree = value(frame, node.value, twin.value)
    frame.bound.add(name)
    frame.assign(line, col, Name(name), tree)
    frame.effects += 1
    frame.risky = risky
    return Name(name)
