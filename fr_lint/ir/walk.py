"""Walking expression trees.  Knows the shape of expressions and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

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


def _entries(expr: Mapping) -> tuple[Expr, ...]:
    return tuple(part for entry in expr.entries for part in (entry.key, entry.value) if part is not None)


def _comprehension(expr: Comprehension) -> tuple[Expr, ...]:
    key = () if expr.key is None else (expr.key,)
    return (expr.element, *key, *expr.sources, *expr.conditions)


# by class, since this is asked of every expression many times
_CHILDREN: Final[dict[type[Expr], Callable[[Any], tuple[Expr, ...]]]] = {
    Attr: lambda expr: (expr.base,),
    Item: lambda expr: (expr.base, expr.index),
    Compare: lambda expr: (expr.left, expr.right),
    Binary: lambda expr: (expr.left, expr.right),
    Unary: lambda expr: (expr.operand,),
    Bool: lambda expr: expr.operands,
    IfElse: lambda expr: (expr.test, expr.body, expr.orelse),
    Display: lambda expr: expr.elements,
    Mapping: _entries,
    Text: lambda expr: expr.parts,
    Slice: lambda expr: expr.parts,
    Starred: lambda expr: (expr.value,),
    Element: lambda expr: (expr.of,),
    Entered: lambda expr: (expr.manager,),
    Caught: lambda expr: (expr.type,),
    Comprehension: _comprehension,
}


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct sub-expressions."""
    parts = _CHILDREN.get(type(expr))
    return parts(expr) if parts is not None else ()


def walk(expr: Expr | None) -> Iterator[Expr]:
    """The expression and everything below it; calls' results are not entered."""
    if expr is None:
        return
    if type(expr) not in _CHILDREN:  # most are names, results and constants
        yield expr
        return
    stack = [expr]
    while stack:
        at = stack.pop()
        yield at
        parts = _CHILDREN.get(type(at))
        if parts is not None:
            stack.extend(parts(at))


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
