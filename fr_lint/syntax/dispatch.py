"""The two tables that say which function lowers which libcst node, and the way into them.

The files of this package fill the tables when they are imported (see ``lower.py``); so they need not import each other
in circles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import libcst as cst

from fr_lint.ir.model import Expr
from fr_lint.syntax.frame import Frame, Frontier, Mark

Condition = tuple[Expr, Frontier, Frontier, Mark]

EXPRESSIONS: dict[type, Callable[[Frame, Any, Any], Expr]] = {}
CONDITIONS: dict[type, Callable[[Frame, Any, Any], Condition]] = {}
STATEMENTS: dict[type, Callable[[Frame, Any, Any], None]] = {}

_ExpressionFn = TypeVar("_ExpressionFn", bound=Callable[[Frame, Any, Any], Expr])
_StatementFn = TypeVar("_StatementFn", bound=Callable[[Frame, Any, Any], None])


def expression(*kinds: type) -> Callable[[_ExpressionFn], _ExpressionFn]:
    """Register the lowering of some expressions."""

    def register(function: _ExpressionFn) -> _ExpressionFn:
        for kind in kinds:
            EXPRESSIONS[kind] = function
        return function

    return register


def statement(*kinds: type) -> Callable[[_StatementFn], _StatementFn]:
    """Register the lowering of some statements."""

    def register(function: _StatementFn) -> _StatementFn:
        for kind in kinds:
            STATEMENTS[kind] = function
        return function

    return register


def value(frame: Frame, node: Any, twin: Any) -> Expr:
    """Lower an expression: emit its effects, return its tree."""
    return EXPRESSIONS[node.__class__](frame, node, twin)


def block(frame: Frame, body: Any, twins: Any) -> None:
    """Lower the statements of an ``IndentedBlock``, ``SimpleStatementSuite`` or module."""
    if body.__class__ is cst.SimpleStatementSuite:
        statements: Sequence[Any] = body.body
    else:
        statements = []
        for line in body.body:
            if line.__class__ is cst.SimpleStatementLine:
                statements.extend(line.body)
            else:
                statements.append(line)
    twins = frame.twins(statements, twins)
    for node, twin in zip(statements, twins):  # noqa: B905  # a stand-in has no end
        frame.line, frame.col = frame.place(twin)
        frame.risky = False
        STATEMENTS[node.__class__](frame, node, twin)
