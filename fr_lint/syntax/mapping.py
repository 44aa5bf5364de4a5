"""``map(lambda x: E, xs)`` is ``(E for x in xs)``, ``filter(lambda x: C, xs)`` is ``(x for x in xs if C)``,
and ``reduce(lambda a, x: E, xs, a0)`` is a loop that replaces ``a``.

So the body of such a function stands where it runs, with variables of its own.  Must not know what is computed.
"""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from fr_lint.ir.model import Comprehension, Element, Expr, Name, Op
from fr_lint.syntax.conditions import condition
from fr_lint.syntax.dispatch import value
from fr_lint.syntax.frame import FALSE, TRUE, Frame, Frontier
from fr_lint.syntax.literals import identifier


def is_loop(node: cst.Call) -> bool:
    """Whether a call is one of these three, on a function that is written out with plain parameters."""
    name = _name(node.func)
    if name not in ("map", "filter", "reduce"):
        return False
    args = node.args
    if not 2 <= len(args) <= (3 if name == "reduce" else 2) or any(arg.keyword or arg.star for arg in args):
        return False
    made: Any = args[0].value
    if made.__class__ is not cst.Lambda:
        return False
    params = made.params
    plain = not (params.kwonly_params or params.posonly_params or params.star_kwarg or _starred(params.star_arg))
    wanted = 2 if name == "reduce" else 1
    return plain and len(params.params) == wanted and all(param.default is None for param in params.params)


def _name(func: Any) -> str:
    """``map``, or ``reduce`` with its module."""
    if func.__class__ is cst.Attribute:
        return "reduce" if func.attr.value == "reduce" and func.value.__class__ is cst.Name else ""
    name: str = func.value if func.__class__ is cst.Name else ""
    return name


def _starred(arg: Any) -> bool:
    return arg.__class__ is cst.Param


def loop(frame: Frame, node: cst.Call, twin: Any) -> Expr:
    """Lower such a call."""
    name = _name(node.func)
    twins = twin.args if twin.args.__class__ is list and len(twin.args) == len(node.args) else [frame.nowhere()] * 3
    made: Any = node.args[0].value
    at = twins[0] if twins[0].__class__ is ast.Lambda else frame.nowhere()
    number = frame.unit.number()
    own = {param: f"{param}@{number}" for each in made.params.params for param in (identifier(each.name.value),)}
    risky = frame.risky
    frame.risky = False
    line, col = frame.place(twin)
    source = value(frame, node.args[1].value, twins[1])
    names = [Name(each) for each in own.values()]
    if name == "reduce":
        begun = value(frame, node.args[2].value, twins[2]) if len(node.args) > 2 else Element(source)
        frame.assign(line, col, names[0], begun)
    outer = frame.renames
    frame.renames = {**outer, **own}
    head = len(frame.nodes)
    fork = frame.fork(Op.FOR, line, col, source, names[-1])
    frame.raises(fork)
    frame.risky = False
    frame.frontier = [(fork, TRUE)]
    skipped: Frontier = []
    conditions: tuple[Expr, ...] = ()
    body: Expr = names[-1]
    if name == "filter":
        tree, true, skipped, _ = condition(frame, made.body, at.body)
        frame.frontier = true
        conditions = (tree,)
    else:
        body = value(frame, made.body, at.body)
    if name == "reduce":
        frame.assign(line, col, names[0], body)
    frame.effects += 1
    frame.risky = risky or frame.risky
    frame.renames = outer
    frame.frontier = frame.frontier + skipped
    latch = frame.emit(Op.LATCH, line, col)
    latch.succ = (head,)
    frame.frontier = [(frame.nodes[head], FALSE)]
    if name == "reduce":
        return names[0]
    return Comprehension("generator", body, None, (names[-1],), (source,), conditions)
