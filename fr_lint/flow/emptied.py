"""What is written to take something away: columns that are set to nothing, files that are written with nothing in them.

Must not know faces or rules.
"""

from __future__ import annotations

from fr_lint.catalogue.carrying import parts
from fr_lint.catalogue.live import live
from fr_lint.flow.program import Func
from fr_lint.flow.storing import StoreCall
from fr_lint.ir.model import Attr, Const, Display, Expr, Mapping, Name, Op


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


def empties(call: StoreCall) -> bool:
    """Whether a file is written with nothing in it by a function whose name says that it removes: not to begin with."""
    if call.action != "store" or call.identity.kind != "file" or not call.data or call.files:
        return False
    if not any(part in live().emptying for part in parts(call.func.name)):
        return False
    return _is_empty(call.data[0], call.func)


def _is_empty(expr: Expr, func: Func) -> bool:
    if isinstance(expr, Name):
        sites = func.defs.get(expr.id, ())
        return len(sites) == 1 and func.nodes[sites[0]].op == Op.ASSIGN and _is_empty_value(func.nodes[sites[0]].value)
    return _is_empty_value(expr)


def _is_empty_value(expr: Expr | None) -> bool:
    if isinstance(expr, Display):
        return not expr.elements
    if isinstance(expr, Mapping):
        return not expr.entries or all(_is_empty_value(entry.value) for entry in expr.entries)
    return isinstance(expr, Const) and expr.value in ("", b"", "{}", "[]", b"{}", b"[]")
