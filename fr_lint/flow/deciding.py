"""What a condition asks: how things went, how the program is run, or what somebody told it to do.

Must not know libraries, faces or rules.
"""

from __future__ import annotations

from typing import Final

from fr_lint.catalogue.carrying import parts
from fr_lint.catalogue.guards import guards
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.ir.model import Attr, ClassRef, Expr, FunctionRef, Import, Name, Op, Result, Unary
from fr_lint.ir.walk import walk

MAX_STEPS: Final = 4  # calls inside calls
_FOREIGN: Final = (Import, FunctionRef, ClassRef)


def named(expr: Expr | None, func: Func, depth: int = 0) -> set[str]:
    """The names in a condition that stand for values of the program rather than for modules, classes or functions."""
    found: set[str] = set()
    for at in walk(expr):
        if isinstance(at, Name):
            values = [frame.nodes[n].value for frame, n in func.bindings(at.id)]
            if not (values and all(isinstance(value, _FOREIGN) for value in values)):
                found.add(at.id)
        elif isinstance(at, Result) and depth < MAX_STEPS:
            call = func.nodes[at.node]
            for part in (call.value, *(arg.value for arg in call.args)):
                found |= named(part, func, depth + 1)
    return found


def is_setting(expr: Expr | None) -> bool:
    """Whether a condition asks how the program is run: ``if args.keep``, ``if not DEBUG``."""
    if isinstance(expr, Unary) and expr.op == "not":
        return is_setting(expr.operand)
    return isinstance(expr, (Name, Attr)) and any(word in guards().outcome_settings for word in parts(last_name(expr)))


def is_command(expr: Expr | None, func: Func, depth: int = 0) -> bool:
    """Whether a condition asks what the command line says: ``if args.forget``, ``if "--forget" in sys.argv``."""
    words = guards().outcome_commands
    for at in walk(expr):
        if isinstance(at, Attr) and at.name in words:
            return True
        if isinstance(at, Result) and depth < MAX_STEPS and func.nodes[at.node].op == Op.CALL:
            call = func.nodes[at.node]
            given = (call.value, *(arg.value for arg in call.args))
            if last_name(call.value) in words or any(is_command(part, func, depth + 1) for part in given):
                return True
        if isinstance(at, Name) and depth < MAX_STEPS:
            if any(is_command(frame.nodes[n].value, frame, depth + 1) for frame, n in func.bindings(at.id)):
                return True
    return False
