"""How names are spelled in expressions: the last identifier of a callee, a dotted chain.

Must not know what a name stands for.
"""

from __future__ import annotations

from fr_lint.ir.model import Attr, Expr, Name


def last_name(expr: Expr | None) -> str:
    """The last identifier of a callee: ``a.b.c`` -> ``c``."""
    if isinstance(expr, Attr):
        return expr.name
    if isinstance(expr, Name):
        return expr.id.partition("@")[0]
    return ""


def dotted_name(expr: Expr) -> str:
    """``a.b.c`` for a chain of attributes on a name, else an empty string."""
    parts: list[str] = []
    while isinstance(expr, Attr):
        parts.append(expr.name)
        expr = expr.base
    if not isinstance(expr, Name):
        return ""
    parts.append(expr.id)
    return ".".join(reversed(parts))
