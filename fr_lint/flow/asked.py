"""What a condition asks where it was given a name first: ``empty = not boxes``, then ``if empty:``.

Must not know what conditions say.
"""

from __future__ import annotations

from typing import Final

from fr_lint.flow.program import Func
from fr_lint.flow.reaching import Reaching
from fr_lint.ir.model import Attr, Bool, Compare, Expr, Name, Op, Result, Unary

MAX_NAMES: Final = 4  # names for names


class Asked:
    """The conditions of one function, each in the words of what it asks."""

    def __init__(self, func: Func) -> None:
        self._func = func
        self._reaching = Reaching(func)

    def at(self, node: int, *, calls: bool = False) -> Expr | None:
        """The condition of a branch; ``calls``: a name for what a call gave stands for it as well."""
        kinds = (Compare, Unary, Bool, Attr, Result) if calls else (Compare, Unary, Bool)
        expr = self._func.nodes[node].value
        for _ in range(MAX_NAMES):
            if isinstance(expr, Unary) and expr.op == "not" and isinstance(expr.operand, Name):
                found = self._named(expr.operand, node, kinds)
                return expr if found is None else Unary("not", found[0])
            found = self._named(expr, node, kinds) if isinstance(expr, Name) else None
            if found is None:
                break
            expr, node = found
        return expr

    def _named(self, expr: Name, node: int, kinds: tuple[type, ...]) -> tuple[Expr, int] | None:
        definitions, from_entry = self._reaching.at(expr.id, node)
        if (from_entry and any(param.name == expr.id for param in self._func.ir.params)) or len(definitions) != 1:
            return None
        made = self._func.nodes[definitions[0]]
        if made.op != Op.ASSIGN or made.value is None or not isinstance(made.target, Name):
            return None
        return (made.value, definitions[0]) if isinstance(made.value, kinds) else None
