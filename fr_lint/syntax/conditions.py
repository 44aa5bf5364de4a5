"""Conditions: short circuits as edges, and the same operators used as values.

:func:`condition` lowers an expression into ``BRANCH`` nodes with atomic conditions and returns

* the value tree of the whole (as if it were used as a value),
* the open edges taken when it is true, and those when it is false,
* a mark: going back to it leaves only what the expression needs as a *value*, that is the ``BRANCH`` nodes on which
  an effect of a later operand depends.
"""

from __future__ import annotations

import ast
from typing import Any, Final

import libcst as cst

from fr_lint.ir.model import Bool, Compare, Expr, IfElse, Op, Unary
from fr_lint.syntax.dispatch import CONDITIONS, EXPRESSIONS, Condition, expression, value
from fr_lint.syntax.frame import FALSE, TRUE, Frame, Frontier, Mark

_COMPARE: Final[dict[type, str]] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
}
_SAFE: Final = frozenset({"==", "!=", "is", "is not"})  # comparisons that do not raise


def condition(frame: Frame, node: Any, twin: Any) -> Condition:
    """Lower a condition; the frontier afterwards is for the caller to set."""
    special = CONDITIONS.get(node.__class__)
    return _atom(frame, node, twin) if special is None else special(frame, node, twin)


def _atom(frame: Frame, node: Any, twin: Any) -> Condition:
    risky = frame.risky
    frame.risky = False
    tree = EXPRESSIONS[node.__class__](frame, node, twin)
    mark = frame.mark()
    true, false = _branch(frame, tree, twin)
    frame.risky = risky or frame.risky
    return tree, true, false, mark


def _branch(frame: Frame, tree: Expr, twin: Any) -> tuple[Frontier, Frontier]:
    line, col = frame.place(twin)
    node = frame.fork(Op.BRANCH, line, col, tree)
    if frame.risky:
        frame.raises(node)
    return [(node, TRUE)], [(node, FALSE)]


# -------------------------------------------------------------------------------------------------------------- and, or


def _operands(frame: Frame, node: cst.BooleanOperation, twin: Any) -> tuple[str, list[Any], Any]:
    """``a and b and c`` flat, as the ``ast`` module has it."""
    kind = node.operator.__class__
    operands: list[Any] = [node.right]
    left: Any = node.left
    while left.__class__ is cst.BooleanOperation and left.operator.__class__ is kind and not left.lpar:
        operands.append(left.right)
        left = left.left
    operands.append(left)
    operands.reverse()
    twins = frame.twins(operands, twin.values if twin.__class__ is ast.BoolOp else None)
    return "and" if kind is cst.And else "or", operands, twins


def _bool_condition(frame: Frame, node: cst.BooleanOperation, twin: Any) -> Condition:
    op, operands, twins = _operands(frame, node, twin)
    conjunction = op == "and"
    trees: list[Expr] = []
    exits: Frontier = []  # where the whole is decided early
    going: Frontier = []
    mark: Mark | None = None
    decided = 0  # how many of the exits belong to the mark
    outer = frame.risky
    risky = False
    for operand, at in zip(operands, twins):  # noqa: B905  # a stand-in has no end
        if trees:
            frame.frontier = going
        before = frame.effects
        frame.risky = False
        tree, true, false, inner = condition(frame, operand, at)
        trees.append(tree)
        if mark is None or frame.effects != before:
            mark, decided = inner, len(exits)
            risky = False
        risky = risky or frame.risky
        if conjunction:
            going = true
            exits.extend(false)
        else:
            going = false
            exits.extend(true)
    frame.risky = outer or risky
    assert mark is not None
    if decided:
        mark = Mark(mark.length, mark.frontier + exits[:decided], mark.waiting)
    whole = Bool(op, tuple(trees))
    return (whole, going, exits, mark) if conjunction else (whole, exits, going, mark)


@expression(cst.BooleanOperation)
def _bool_value(frame: Frame, node: cst.BooleanOperation, twin: Any) -> Expr:
    tree, _, _, mark = _bool_condition(frame, node, twin)
    frame.restore(mark)
    return tree


# ------------------------------------------------------------------------------------------------------------------ not


def _not_condition(frame: Frame, node: cst.UnaryOperation, twin: Any) -> Condition:
    if node.operator.__class__ is not cst.Not:
        return _atom(frame, node, twin)
    at = twin.operand if twin.__class__ is ast.UnaryOp else frame.nowhere()
    tree, true, false, mark = condition(frame, node.expression, at)
    return Unary("not", tree), false, true, mark


# ---------------------------------------------------------------------------------------------------------- comparisons


@expression(cst.Comparison)
def _comparison(frame: Frame, node: cst.Comparison, twin: Any) -> Expr:
    if len(node.comparisons) > 1:
        tree, _, _, mark = _chain(frame, node, twin)
        frame.restore(mark)
        return tree
    if twin.__class__ is not ast.Compare:
        twin = frame.nowhere()
    left = value(frame, node.left, twin.left)
    only = node.comparisons[0]
    right = value(frame, only.comparator, twin.comparators[0])
    op = _COMPARE[only.operator.__class__]
    if op not in _SAFE:
        frame.risky = True
    return Compare(left, op, right)


def _comparison_condition(frame: Frame, node: cst.Comparison, twin: Any) -> Condition:
    return _atom(frame, node, twin) if len(node.comparisons) == 1 else _chain(frame, node, twin)


def _chain(frame: Frame, node: cst.Comparison, twin: Any) -> Condition:
    """``a < b < c``: the third operand is evaluated only if the first comparison holds."""
    if twin.__class__ is not ast.Compare:
        twin = frame.nowhere()
    twins = frame.twins(node.comparisons, twin.comparators)
    outer = frame.risky
    frame.risky = False
    left = value(frame, node.left, twin.left)
    trees: list[Expr] = []
    exits: Frontier = []
    going: Frontier = []
    mark: Mark | None = None
    decided = 0
    risky = False
    for part, at in zip(node.comparisons, twins):  # noqa: B905  # a stand-in has no end
        if trees:
            frame.frontier = going
            frame.risky = False
        before = frame.effects
        right = value(frame, part.comparator, at)
        op = _COMPARE[part.operator.__class__]
        if op not in _SAFE:
            frame.risky = True
        tree = Compare(left, op, right)
        trees.append(tree)
        left = right
        if mark is None or frame.effects != before:
            mark, decided = frame.mark(), len(exits)
            risky = False
        risky = risky or frame.risky
        going, false = _branch(frame, tree, twin)
        exits.extend(false)
    frame.risky = outer or risky
    assert mark is not None
    if decided:
        mark = Mark(mark.length, mark.frontier + exits[:decided], mark.waiting)
    return Bool("and", tuple(trees)), going, exits, mark


# -------------------------------------------------------------------------------------------- conditional expressions


@expression(cst.IfExp)
def _if_else(frame: Frame, node: cst.IfExp, twin: Any) -> Expr:
    if twin.__class__ is not ast.IfExp:
        twin = frame.nowhere()
    outer = frame.risky
    frame.risky = False
    test, true, false, mark = condition(frame, node.test, twin.test)
    decided = frame.risky
    before = frame.effects
    frame.risky = False
    frame.frontier = true
    body = value(frame, node.body, twin.body)
    after_body = frame.frontier
    frame.frontier = false
    orelse = value(frame, node.orelse, twin.orelse)
    if frame.effects == before:
        frame.restore(mark)
        frame.risky = outer or decided or frame.risky
    else:
        frame.frontier = after_body + frame.frontier
        frame.risky = outer or frame.risky
    return IfElse(test, body, orelse)


def _if_else_condition(frame: Frame, node: cst.IfExp, twin: Any) -> Condition:
    if twin.__class__ is not ast.IfExp:
        twin = frame.nowhere()
    outer = frame.risky
    frame.risky = False
    test, true, false, mark = condition(frame, node.test, twin.test)
    before = frame.effects
    frame.frontier = true
    body, body_true, body_false, _ = condition(frame, node.body, twin.body)
    frame.frontier = false
    orelse, else_true, else_false, _ = condition(frame, node.orelse, twin.orelse)
    frame.risky = outer or frame.risky
    when_true = body_true + else_true
    when_false = body_false + else_false
    if frame.effects != before:  # as a value, too, it needs its branches
        mark = Mark(len(frame.nodes), when_true + when_false, len(frame.exc.waiting))
    return IfElse(test, body, orelse), when_true, when_false, mark


CONDITIONS[cst.BooleanOperation] = _bool_condition
CONDITIONS[cst.UnaryOperation] = _not_condition
CONDITIONS[cst.Comparison] = _comparison_condition
CONDITIONS[cst.IfExp] = _if_else_condition
