"""Exceptions: which class is raised, and which handler catches it.

Must not know facts.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from fr_lint.flow.facts import (
    Env,
    Raised,
    State,
)
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.joined import join_state
from fr_lint.flow.program import Func
from fr_lint.flow.states import RAISED, READING, Edges
from fr_lint.flow.values import ClassV, Ext
from fr_lint.ir.model import Display, Expr, Node, Op, Result

if TYPE_CHECKING:
    from fr_lint.flow.solver import Solver

READ_ERRORS = frozenset({"AttributeError", "KeyError", "IndexError", "LookupError", "TypeError", "NameError", "UnboundLocalError", "ZeroDivisionError", "ArithmeticError"})  # fmt: skip  # noqa: E501

NOT = "^"  # of an unknown class, but of none of those whose names follow


def caught(expr: Expr | None) -> list[str]:
    """The names of the classes that a handler is for; of an unknown one an empty name."""
    if expr is None:
        return [""]
    return [last_name(e) for e in expr.elements] if isinstance(expr, Display) else [last_name(expr)]


class Catching:
    """Handlers as steps of a path."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.resolver = solver.resolver

    def exception(self, node: Node, func: Func, number: int) -> str:  # noqa: ARG002
        """The name of the exception class that a ``raise`` raises; ``*`` if unknown."""
        expr = node.value
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            callee = func.nodes[expr.node].value
            name = last_name(callee)
        else:
            callee, name = expr, last_name(expr)
        return name if name[:1].isupper() and callee is not None else "*"

    def catch(self, func: Func, number: int, node: Node, state: State) -> Edges:
        """The edges of a handler: in, and to the next one."""
        body: State = {}
        further: State = {}
        for facts, env in state.items():
            inside, beyond = self.parted(node.value, env, func, number)
            if inside is not None:
                join_state(body, {facts: inside})
            if beyond is not None:
                join_state(further, {facts: beyond})
        edges: Edges = []
        if node.succ:
            edges.append((node.succ[0], body))
        if len(node.succ) > 1:
            edges.append((node.succ[1], further))
        return edges

    def parted(self, expr: Expr | None, env: Env, func: Func, number: int) -> tuple[Env | None, Env | None]:
        """What is known where a handler catches the exception under way, and where it does not; ``None``: never."""
        raised = env.get(RAISED)
        kinds: list[str | None] = [*sorted(raised.kinds)] if isinstance(raised, Raised) else [None]
        verdicts = {kind: self.catches(expr, kind, func, number) for kind in kinds}
        inside = beyond = None
        if any(verdict is not False for verdict in verdicts.values()):
            inside = {name: value for name, value in env.items() if name != RAISED}
        if any(verdict is not True for verdict in verdicts.values()):
            beyond = dict(env)
            left = frozenset(self._left(expr, kind) for kind, verdict in verdicts.items() if verdict is not True)
            if "" not in left:
                beyond[RAISED] = Raised(left)
        return inside, beyond

    @staticmethod
    def _left(expr: Expr | None, kind: str | None) -> str:
        """What an exception is known to be where a handler does not catch it: of an unknown class, but not of those."""
        if kind is not None and kind[0] != NOT:
            return kind
        names = set(caught(expr)) | set((kind or NOT)[1:].split())
        return NOT + " ".join(sorted(names)) if all(names) else ""

    def catches(self, expr: Expr | None, kind: str | None, func: Func, number: int) -> bool | None:  # noqa: ARG002
        """Whether a handler catches an exception class; ``None`` if it may."""
        if expr is None:
            return True
        names = caught(expr)
        if "BaseException" in names:
            return True
        if kind is None:
            return True if "Exception" in names else None
        if kind[0] == NOT:
            gone = kind[1:].split()
            if all(name in gone or not self._ancestors_of(name, func).isdisjoint(gone) for name in names):
                return False
            return True if "Exception" in names else None
        if kind == READING:
            if "Exception" in names:
                return True
            return None if any(name in READ_ERRORS or not hasattr(builtins, name) for name in names) else False
        if kind in names:
            return True
        ancestors = self._ancestors(kind, func)
        if ancestors is None:
            return True if "Exception" in names else None
        if any(name in ancestors for name in names):  # noqa: SIM103
            return True
        return False

    def _ancestors_of(self, kind: str, func: Func) -> set[str]:
        return self._ancestors(kind, func) or set()

    def _ancestors(self, kind: str, func: Func) -> set[str] | None:
        builtin = getattr(builtins, kind, None)
        if isinstance(builtin, type) and issubclass(builtin, BaseException):
            return {cls.__name__ for cls in builtin.__mro__}
        for value in self.resolver.name_values(kind, func, -1):
            if isinstance(value, ClassV):
                names = {cls.name for cls in self.resolver.mro(value.cls)}
                for base in self.resolver.external_bases(value.cls):
                    last = base.rpartition(".")[2]
                    names.add(last)
                    names |= self._ancestors(last, func) or {"Exception"}
                return names
            if isinstance(value, Ext):
                return {kind, "Exception"}
        if kind in ("HTTPException", "StopException", "Abort", "UsageError", "Exit", "Skipped", "Failed", "SkipTest"):
            return {kind, "Exception", "RuntimeError"} if kind in ("Abort", "Exit") else {kind, "Exception"}
        return None
