"""Did things go well there?  The sides of conditions and the values that functions return, as far as they say so.

It must not know libraries, faces or rules.
"""

from __future__ import annotations

from collections.abc import Callable

from fr_lint.catalogue.guards import guards
from fr_lint.flow.program import Func
from fr_lint.flow.resolve import last_name
from fr_lint.ir.model import Attr, Binary, Compare, Const, Display, Expr, Mapping, Name, Op, Result, Unary
from fr_lint.ir.walk import walk


def says_wrong(expr: Expr, func: Func, depth: int = 0) -> bool:
    """An HTTP status of 400 and above, or a key or an argument that speaks of an error."""
    if depth > 4:
        return False
    for at in walk(expr):
        if isinstance(at, Const) and isinstance(at.value, int) and not isinstance(at.value, bool):
            if 400 <= at.value < 600:
                return True
        elif isinstance(at, Mapping):
            if any(isinstance(e.key, Const) and e.key.value in ("error", "errors") for e in at.entries):
                return True
        elif isinstance(at, Result):
            call = func.nodes[at.node]
            name = last_name(call.value)
            if any(arg.keyword in ("error", "errors") for arg in call.args):
                return True
            if any(word in name.lower() for word in guards().outcome_refusing):
                return True
            if any(says_wrong(arg.value, func, depth + 1) for arg in call.args):
                return True
        elif isinstance(at, Attr) and at.name.startswith(("HTTP_4", "HTTP_5")):
            return True
    return False


def is_wrong_exit(func: Func, last: int) -> bool:
    """Whether a function ends with this node because something went wrong."""
    node = func.nodes[last]
    if node.op == Op.RAISE:
        return True
    if node.op != Op.RETURN:
        return False
    value = node.value
    if value is None or (isinstance(value, Const) and value.value is None):
        return last != _last_return(func)
    if isinstance(value, Const):
        return value.value is False or value.value == ""
    if isinstance(value, (Display, Mapping)) and not (value.elements if isinstance(value, Display) else value.entries):
        return last != _last_return(func)
    return says_wrong(value, func)


def _last_return(func: Func) -> int:
    returns = [n for n, node in enumerate(func.nodes) if node.op == Op.RETURN]
    ends = {n for n in returns if func.nodes[n].line == max(func.nodes[r].line for r in returns)}
    falls = any(func.ir.exit in node.succ and node.op != Op.RETURN for node in func.nodes)
    return -1 if falls or not ends else max(ends)  # what falls off the end is the last way out


def polarity(expr: Expr | None, func: Func, side: bool) -> bool | None:
    """Whether a side of a condition is the one on which things went well; ``None`` if it does not say."""
    if isinstance(expr, Unary) and expr.op == "not":
        return polarity(expr.operand, func, not side)
    if isinstance(expr, Compare):
        return _compared(expr, func, side)
    if isinstance(expr, (Name, Attr, Result, Binary)):
        name = last_name(expr)
        if isinstance(expr, Result):
            name = last_name(func.nodes[expr.node].value)
        if is_wrong_name(name):
            return not side
        return side
    return None


def _compared(expr: Compare, func: Func, side: bool) -> bool | None:
    right = expr.right
    if isinstance(right, Const) and not isinstance(right.value, str) and is_wrong_name(_asked(expr.left, func)):
        good = not right.value  # `returncode == 0`, `errors < 1`
        if expr.op in ("==", "is"):
            return side if good else not side
        if expr.op in ("!=", "is not"):
            return not side if good else None
        return side if expr.op in ("<", "<=") else not side
    if isinstance(right, Const):
        empty = right.value is None or right.value is False or right.value == 0
        if expr.op in ("==", "is"):
            if empty:
                return not side
            return side if isinstance(right.value, int) else None
        if expr.op in ("!=", "is not"):
            if empty:
                return side
            return (not side) if isinstance(right.value, int) else None
        if isinstance(right.value, int) and expr.op in ("<", "<="):
            return not side if right.value <= 2 else None
        if isinstance(right.value, int) and expr.op in (">", ">="):
            if right.value >= 1 and expr.op == ">":
                return not side  # more than one face
            return side if right.value <= 1 else None
        text = right.value if isinstance(right.value, str) else ""
    else:
        text = last_name(right)
    if expr.op in ("==", "is") and is_wrong_name(text):  # `status is Status.failed`
        return not side
    return None


def _asked(expr: Expr, func: Func) -> str:
    """The name of what is compared: of ``len(errors)`` that of the argument."""
    if isinstance(expr, Result) and len(args := func.nodes[expr.node].args) == 1:
        return last_name(args[0].value)
    return last_name(expr)


def side_left(expr: Expr | None, is_there: Callable[[str], bool]) -> int | None:
    """Which side of a condition is left if what it asks about is there: of ``path is None`` the second."""
    if isinstance(expr, Unary) and expr.op == "not":
        inner = side_left(expr.operand, is_there)
        return None if inner is None else 1 - inner
    if isinstance(expr, Compare) and isinstance(expr.right, Const) and expr.right.value in (None, ""):
        if isinstance(expr.left, Name) and is_there(expr.left.id):
            return {"is": 1, "==": 1, "is not": 0, "!=": 0}.get(expr.op)
    if isinstance(expr, Name) and is_there(expr.id):
        return 0
    return None


def is_wrong_name(name: str) -> bool:
    """Whether a name says that something went wrong."""
    return any(word in name.lower() for word in guards().outcome_wrong)
