"""Walking expression trees.  Knows the shape of expressions and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.ir.model import (
    Attr,
    Binary,
    Bool,
    Caught,
    Compare,
    Comprehension,
    Display,
    Element,
    Entered,
    Expr,
    IfElse,
    Item,
    Mapping,
    Name,
    Node,
    Result,
    Slice,
    Starred,
    Text,
    Unary,
)


def children(expr: Expr) -> tuple[Expr, ...]:  # noqa: C901
    """The direct sub-expressions."""
    if isinstance(expr, Attr):
        return (expr.base,)
    if isinstance(expr, Item):
        return (expr.base, expr.index)
    if isinstance(expr, Compare):
        return (expr.left, expr.right)
    if isinstance(expr, Binary):
        return (expr.left, expr.right)
    if isinstance(expr, Unary):
        return (expr.operand,)
    if isinstance(expr, Bool):
        return expr.operands
    if isinstance(expr, IfElse):
        return (expr.test, expr.body, expr.orelse)
    if isinstance(expr, Display):
        return expr.elements
    if isinstance(expr, Mapping):
        return tuple(part for entry in expr.entries for part in (entry.key, entry.value) if part is not None)
    if isinstance(expr, Text):
        return expr.parts
    if isinstance(expr, Slice):
        return expr.parts
    if isinstance(expr, Starred):
        return (expr.value,)
    if isinstance(expr, Element):
        return (expr.of,)
    if isinstance(expr, Entered):
        return (expr.manager,)
    if isinstance(expr, Caught):
        return (expr.type,)
    if isinstance(expr, Comprehension):
        key = () if expr.key is None else (expr.key,)
        return (expr.element, *key, *expr.sources, *expr.conditions)
    return ()


def walk(expr: Expr | None) -> Iterator[Expr]:
    """The expression and everything below it; calls' results are not entered."""
    if expr is None:
        return
    stack = [expr]
    while stack:
        at = stack.pop()
        yield at
        stack.extend(children(at))


def reads(node: Node) -> Iterator[Expr]:
    """The expressions that a node evaluates (an item or attribute target's base included)."""
    if node.value is not None:
        yield node.value
    for arg in node.args:
        yield arg.value
    if isinstance(node.target, Attr):
        yield node.target.base
    elif isinstance(node.target, Item):
        yield node.target.base
        yield node.target.index


def names_in(expr: Expr | None) -> set[str]:
    """The plain names that an expression reads (calls' results are not entered)."""
    return {at.id for at in walk(expr) if isinstance(at, Name)}


def results_in(expr: Expr | None) -> list[int]:
    """The call nodes whose values an expression uses."""
    return [at.node for at in walk(expr) if isinstance(at, Result)]
