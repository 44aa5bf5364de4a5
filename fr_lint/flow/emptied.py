"""Updates that set columns to nothing, and the names under which a function writes.  Must not know faces or rules."""

from __future__ import annotations

from fr_lint.flow.storing import StoreCall
from fr_lint.ir.model import Attr, Const, Expr, Op


def emptied(call: StoreCall) -> frozenset[str]:
    """The columns that an update sets to ``None``: by attributes that are assigned before it, or by its arguments."""
    named = {
        node.target.name
        for node in call.func.nodes
        if node.op == Op.ASSIGN and isinstance(node.target, Attr) and _is_nothing(node.value)
    }
    return frozenset({*named, *(arg.keyword for arg in call.ir.args if arg.keyword and _is_nothing(arg.value))})


def _is_nothing(expr: Expr | None) -> bool:
    return isinstance(expr, Const) and expr.value in (None, "", b"")


def written(call: StoreCall) -> frozenset[str]:
    """The names under which a function writes something: attributes and keywords."""
    found: set[str] = set()
    for node in call.func.nodes:
        if node.op == Op.ASSIGN and isinstance(node.target, Attr) and not _is_nothing(node.value):
            found.add(node.target.name)
        elif node.op == Op.CALL:
            found.update(arg.keyword for arg in node.args if arg.keyword and not _is_nothing(arg.value))
    return frozenset(found)
