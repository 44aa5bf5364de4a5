"""Names and literals around a call or an assignment, as the search for grants reads them.

Must not know grants or paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fr_lint.flow.identifiers import dotted_name, last_name
from fr_lint.flow.program import Func
from fr_lint.ir.model import Attr, Binary, Const, Expr, Mapping, Name, Node, Op, Result
from fr_lint.ir.walk import walk

FALSE: Final = (False, None, 0, "")


def fields(node: Node) -> Iterator[tuple[str, Expr]]:
    """The fields that a call sets: its keywords, and the keys of the mappings that it is given."""
    for arg in node.args:
        if arg.keyword:
            yield arg.keyword, arg.value
        for at in walk(arg.value):
            for entry in at.entries if isinstance(at, Mapping) else ():
                if isinstance(entry.key, Const) and isinstance(entry.key.value, str):
                    yield entry.key.value, entry.value


def is_false(value: Expr | None) -> bool:
    """Whether something is a literal that says no."""
    return isinstance(value, Const) and any(value.value is each or value.value == each for each in FALSE)


def is_true(value: Expr | None) -> bool:
    """Whether something is the literal ``True``."""
    return isinstance(value, Const) and value.value is True


def is_less(value: Expr | None) -> bool:
    """Whether something is taken off: ``balance - price``."""
    return isinstance(value, Binary) and value.op == "-"


def short(node: Node, name: str) -> str:
    """A callee as it is spelled, or its name."""
    spelled = dotted_name(node.value) if node.value is not None else ""
    return spelled or name


def names(expr: Expr | None, func: Func) -> Iterator[str]:
    """The identifiers and texts in an expression, calls' callees included."""
    for at in walk(expr):
        if isinstance(at, Name):
            yield at.id
        elif isinstance(at, Attr):
            yield at.name
        elif isinstance(at, Const) and isinstance(at.value, (str, bytes)) and len(at.value) < 80:
            yield at.value if isinstance(at.value, str) else at.value.decode("latin-1")
        elif isinstance(at, Result) and func.nodes[at.node].op == Op.CALL:
            call = func.nodes[at.node]
            yield last_name(call.value)
            if isinstance(call.value, Attr):
                yield from names(call.value.base, func)
            for arg in call.args[:2]:
                yield from names(arg.value, func)
