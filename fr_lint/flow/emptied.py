"""What is written to take something away: columns that are set to nothing, files that are written with nothing in them.

Must not know faces or rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fr_lint.catalogue.carrying import parts
from fr_lint.catalogue.live import live
from fr_lint.flow.program import Func
from fr_lint.flow.storecall import StoreCall
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


def written(call: StoreCall, is_face: Callable[[Expr, int], bool]) -> tuple[frozenset[str], bool]:
    """The names under which face data are stored (columns of a statement, attributes, keywords), and are they known?

    Where none can be told from the others: all under which the function writes something.
    """
    found = list(_columns(call)) if call.statement is not None else list(_fields(call))
    sure = frozenset(name for name, expr, node in found if is_face(expr, node))
    if sure:
        return sure, True
    others = call.statement.columns if call.statement is not None else ()
    return frozenset((*others, *(name for name, _, _ in found))), False


def _columns(call: StoreCall) -> Iterator[tuple[str, Expr, int]]:
    """The columns of a statement with what is given for them."""
    statement = call.statement
    given: Expr | None = next(iter(call.data), None)
    sites = call.func.defs.get(given.id, []) if isinstance(given, Name) else []
    if len(sites) == 1:
        given = call.func.nodes[sites[0]].value
    if isinstance(given, Display) and statement is not None and len(given.elements) >= len(statement.columns):
        yield from ((c, e, call.node) for c, e in zip(statement.columns, given.elements, strict=False))
    elif isinstance(given, Mapping):
        yield from ((str(e.key.value), e.value, call.node) for e in given.entries if isinstance(e.key, Const))


def _fields(call: StoreCall) -> Iterator[tuple[str, Expr, int]]:
    """The attributes and keywords with which a function writes something."""
    for number, node in enumerate(call.func.nodes):
        if node.op == Op.ASSIGN and isinstance(node.target, Attr) and node.value is not None:
            if not _is_nothing(node.value):
                yield node.target.name, node.value, number
        elif node.op == Op.CALL:
            yield from ((a.keyword, a.value, number) for a in node.args if a.keyword and not _is_nothing(a.value))


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
