"""Simple statements and ``if``."""

from __future__ import annotations

import ast
from typing import Any, Final

import libcst as cst

from fr_lint.ir.model import OPAQUE, Attr, Binary, Const, Expr, Item, Name, Op, Result
from fr_lint.ir.walk import names_in
from fr_lint.syntax.conditions import condition
from fr_lint.syntax.definitions import annotation, detached
from fr_lint.syntax.dispatch import block, statement, value
from fr_lint.syntax.expressions import subscript_index
from fr_lint.syntax.frame import RAISES, Frame, Frontier
from fr_lint.syntax.literals import identifier
from fr_lint.syntax.targets import assign

_AUGMENTED: Final[dict[type, str]] = {
    cst.AddAssign: "+",
    cst.SubtractAssign: "-",
    cst.MultiplyAssign: "*",
    cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%",
    cst.PowerAssign: "**",
    cst.MatrixMultiplyAssign: "@",
    cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>",
    cst.BitAndAssign: "&",
    cst.BitOrAssign: "|",
    cst.BitXorAssign: "^",
}


@statement(cst.Expr)
def _expression(frame: Frame, node: cst.Expr, twin: Any) -> None:
    inner = node.value
    if inner.__class__ is cst.SimpleString or inner.__class__ is cst.Ellipsis:
        return
    line, col = frame.line, frame.col
    tree = value(frame, inner, twin.value)
    if isinstance(tree, Result):
        last = frame.nodes[tree.node]
        if last.op == Op.CALL:
            last.statement = True
    elif frame.risky:
        frame.raises(frame.emit(Op.NOP, line, col, tree))


@statement(cst.Assign)
def _assign(frame: Frame, node: cst.Assign, twin: Any) -> None:
    tree = value(frame, node.value, twin.value)
    targets = node.targets
    for number, (target, at) in enumerate(zip(targets, frame.twins(targets, twin.targets))):  # noqa: B905
        assign(frame, target.target, at, tree)
        if number + 1 < len(targets) and target.target.__class__ is cst.Name and not isinstance(tree, (Const, Result)):
            name = identifier(target.target.value)
            if name in names_in(tree):
                tree = Name(name)


@statement(cst.AugAssign)
def _augmented(frame: Frame, node: cst.AugAssign, twin: Any) -> None:
    line, col = frame.line, frame.col
    op = _AUGMENTED[node.operator.__class__]
    target: Any = node.target
    at = twin.target
    tree: Expr
    if target.__class__ is cst.Name:
        name = identifier(target.value)
        frame.bound.add(name)
        tree = Name(name)
    elif target.__class__ is cst.Attribute:
        tree = Attr(value(frame, target.value, at.value), identifier(target.attr.value))
    else:
        base = value(frame, target.value, at.value)
        tree = Item(base, subscript_index(frame, target, at.slice))
    right = value(frame, node.value, twin.value)
    frame.risky = True
    frame.assign(line, col, tree, Binary(op, tree, right))


@statement(cst.AnnAssign)
def _annotated(frame: Frame, node: cst.AnnAssign, twin: Any) -> None:
    kind = frame.function.kind
    target: Any = node.target
    tree: Expr | None = None
    if node.value is not None:
        tree = value(frame, node.value, twin.value)
    elif kind == "class" and target.__class__ is cst.Name:
        tree = OPAQUE
    first = len(frame.nodes)
    if tree is not None:
        assign(frame, target, twin.target, tree)
    elif target.__class__ is cst.Name:
        frame.bound.add(identifier(target.value))
    else:
        value(frame, target, twin.target)
    last = len(frame.nodes)
    if kind in ("module", "class"):
        meant = annotation(frame, node.annotation.annotation, twin.annotation)
    else:
        with detached(frame):  # not evaluated
            meant = annotation(frame, node.annotation.annotation, twin.annotation)
    if tree is not None and last > first:
        frame.nodes[last - 1].annotation = meant


@statement(cst.Return)
def _return(frame: Frame, node: cst.Return, twin: Any) -> None:
    line, col = frame.line, frame.col
    tree = None if node.value is None else value(frame, node.value, twin.value)
    at = frame.emit(Op.RETURN, line, col, tree)
    if frame.risky:
        frame.raises(at)
    frame.jump(frame.returns)


@statement(cst.Raise)
def _raise(frame: Frame, node: cst.Raise, twin: Any) -> None:
    line, col = frame.line, frame.col
    tree = None if node.exc is None else value(frame, node.exc, twin.exc)
    if node.cause is not None:
        value(frame, node.cause.item, twin.cause)
    frame.raises(frame.emit(Op.RAISE, line, col, tree))
    frame.frontier = []


@statement(cst.Assert)
def _assert(frame: Frame, node: cst.Assert, twin: Any) -> None:
    line, col = frame.line, frame.col
    tree = value(frame, node.test, twin.test)
    plain = node.msg is None or node.msg.__class__ is cst.SimpleString
    if frame.risky and not plain:  # where the test raises, the message is not evaluated
        frame.raises(frame.emit(Op.NOP, line, col, tree))
        frame.risky = False
    at = frame.emit(Op.ASSERT, line, col, tree)
    if plain:
        frame.raises(at)
        return
    after = frame.frontier
    frame.frontier = [(at, RAISES)]
    value(frame, node.msg, twin.msg)
    frame.jump(frame.exc)
    frame.frontier = after


@statement(cst.Del)
def _delete(frame: Frame, node: cst.Del, twin: Any) -> None:
    target = node.target
    targets = twin.targets
    if target.__class__ is cst.Tuple and not (targets.__class__ is list and len(targets) == 1 and target.lpar):
        elements: Any = target.elements
        for element, at in zip(elements, frame.twins(elements, targets)):  # noqa: B905
            _delete_one(frame, element.value, at)
    else:
        _delete_one(frame, target, targets[0])


def _delete_one(frame: Frame, node: Any, twin: Any) -> None:
    line, col = frame.place(twin)
    kind = node.__class__
    if kind in (cst.Tuple, cst.List):
        twins = frame.twins(node.elements, twin.elts if isinstance(twin, (ast.Tuple, ast.List)) else None)
        for element, at in zip(node.elements, twins):  # noqa: B905
            _delete_one(frame, element.value, at)
        return
    if kind is cst.Name:
        name = identifier(node.value)
        frame.bound.add(name)
        frame.emit(Op.DELETE, line, col, None, Name(name))
        return
    target = value(frame, node, twin)
    frame.raises(frame.emit(Op.DELETE, line, col, None, target))
    frame.risky = False


@statement(cst.Global)
def _global(frame: Frame, node: cst.Global, _twin: Any) -> None:
    frame.globals.update(identifier(item.name.value) for item in node.names)


@statement(cst.Nonlocal)
def _nonlocal(frame: Frame, node: cst.Nonlocal, _twin: Any) -> None:
    frame.nonlocals.update(identifier(item.name.value) for item in node.names)


@statement(cst.Pass)
def _pass(_frame: Frame, _node: cst.Pass, _twin: Any) -> None:
    pass


@statement(cst.Break)
def _break(frame: Frame, _node: cst.Break, _twin: Any) -> None:
    frame.jump(frame.breaks or frame.returns)


@statement(cst.Continue)
def _continue(frame: Frame, _node: cst.Continue, _twin: Any) -> None:
    frame.jump(frame.continues or frame.returns)


@statement(cst.TypeAlias)
def _type_alias(frame: Frame, node: cst.TypeAlias, twin: Any) -> None:
    line, col = frame.line, frame.col
    name = identifier(node.name.value)
    with detached(frame):  # evaluated only when somebody asks
        tree = annotation(frame, node.value, twin.value)
    frame.bound.add(name)
    frame.assign(line, col, Name(name), tree)


@statement(cst.If)
def _if(frame: Frame, node: cst.If, twin: Any) -> None:
    """A chain of ``elif`` is walked, not descended into."""
    ends: Frontier = []
    at: Any = node
    while True:
        _, true, false, _ = condition(frame, at.test, twin.test)
        frame.frontier = true
        block(frame, at.body, twin.body)
        ends.extend(frame.frontier)
        frame.frontier = false
        at, rest = at.orelse, twin.orelse
        if at is None:
            break
        if at.__class__ is cst.Else:
            block(frame, at.body, rest)
            break
        twin = rest[0] if rest.__class__ is list and len(rest) == 1 else frame.nowhere()
        frame.line, frame.col = frame.place(twin)
        frame.risky = False
    frame.frontier = ends + frame.frontier
