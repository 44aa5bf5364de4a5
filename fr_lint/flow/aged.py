"""Does a deletion remove what is old, rather than what was just stored or what makes room for it?

``DELETE FROM faces WHERE created < ?``, ``query(Face).filter(Face.created < limit).delete()``, ``{"$lt": limit}``.
It must not know faces or rules.
"""

from __future__ import annotations

from typing import Final

from fr_lint.catalogue.carrying import carrying, parts
from fr_lint.flow.program import Func
from fr_lint.flow.storecall import StoreCall
from fr_lint.ir.model import Attr, Compare, Const, Expr, Mapping, Name, Op, Result
from fr_lint.ir.walk import walk

BELOW: Final = ("__lt", "__lte", "__gt", "__gte")  # of keywords: `created__lt=limit`
KEYS: Final = frozenset(("$lt", "$lte", "$gt", "$gte"))
MAX_STEPS: Final = 8  # calls of a chain


def is_aged(call: StoreCall) -> bool:
    """Whether a time decides what a deletion removes."""
    if call.statement is not None:
        return call.statement.compares and any(_is_time(word) for word in call.statement.where)
    ir = call.ir
    return any(_compares(expr, call.func, 0) for expr in (ir.value, *(arg.value for arg in ir.args)))


def _compares(expr: Expr | None, func: Func, depth: int) -> bool:
    for at in walk(expr):
        if isinstance(at, Compare) and at.op in ("<", "<=", ">", ">="):
            if any(_is_time(name) for side in (at.left, at.right) for name in _names(side)):
                return True
        elif isinstance(at, Mapping):
            if any(isinstance(e.key, Const) and e.key.value in KEYS for e in at.entries):
                return True
        elif isinstance(at, Result) and depth < MAX_STEPS and func.nodes[at.node].op == Op.CALL:
            inner = func.nodes[at.node]
            if any(arg.keyword.endswith(BELOW) for arg in inner.args):
                return True
            if any(_compares(each, func, depth + 1) for each in (inner.value, *(arg.value for arg in inner.args))):
                return True
        elif isinstance(at, Name) and depth < MAX_STEPS:
            for site in func.defs.get(at.id, ())[:2]:
                if func.nodes[site].op == Op.ASSIGN and _compares(func.nodes[site].value, func, MAX_STEPS - 2):
                    return True
    return False


def _names(expr: Expr) -> list[str]:
    return [at.name if isinstance(at, Attr) else at.id for at in walk(expr) if isinstance(at, (Attr, Name))]


def _is_time(name: str) -> bool:
    return any(part in carrying().times for part in parts(name))
