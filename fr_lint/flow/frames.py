"""Where an expression is evaluated, what a call passes, and conditions that a caller has to judge.

Plain values.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fr_lint.flow.facts import (
    Env,
    Val,
)
from fr_lint.flow.program import Func
from fr_lint.ir.model import (
    Expr,
)


@dataclass(slots=True)
class Frame:
    """Where an expression is evaluated: the function, the node, what is known there, and the call's arguments."""

    func: Func
    node: int
    env: Env
    bound: dict[str, Argument] | None = None
    depth: int = 0
    symbolic: bool = False
    loops: dict[str, Expr] = field(default_factory=dict)


@dataclass(slots=True)
class Argument:
    """What one call passes for a parameter: the expression in the caller's frame, and its value there."""

    expr: Expr | None
    func: Func
    node: int
    value: Val | None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A condition over a function's parameters that was found true or false."""

    expr: Expr
    func: Func
    truth: bool
