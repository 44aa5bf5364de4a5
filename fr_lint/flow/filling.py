"""What a program puts into a list or a queue that it made, and where it takes something out of one again.

``found = []; found.append(path)``; ``jobs = Queue(); jobs.put(path)``, and ``path = jobs.get()`` in another function.
Must not know stores, faces or rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.carrying import carrying
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.ir.model import Attr, Display, Expr, Name, Op, Result

MAX_ADDED = 12


def is_queue(expr: Expr, func: Func) -> bool:
    """Whether an expression is the call that makes a queue."""
    return isinstance(expr, Result) and last_name(func.nodes[expr.node].value) in carrying().queues


def taken_from(expr: Result, func: Func) -> Expr | None:
    """The receiver of a call that may take something out of a queue."""
    ir = func.nodes[expr.node]
    if isinstance(ir.value, Attr) and ir.value.name in carrying().receiving:
        return ir.value.base
    return None


def added(expr: Expr, func: Func, node: int) -> Iterator[tuple[Expr, Func, int]]:
    """What is put into a list or queue that is bound to a name at a node, in order, at most some of it."""
    ir = func.nodes[node] if node >= 0 else None
    if ir is None or ir.op != Op.ASSIGN or not isinstance(ir.target, Name):
        return
    if not (isinstance(expr, Display) and expr.kind == "list") and not is_queue(expr, func):
        return
    name, count = ir.target.id, 0
    frames: tuple[Func, ...] = (func,)
    if func.ir.kind == "module":
        frames = tuple(f for f in func.unit.functions if f is func or name not in f.ir.locals)
    for frame in frames:
        for number in frame.calling(carrying().put_items):
            call = frame.nodes[number]
            if isinstance(call.value, Attr) and isinstance(call.value.base, Name) and call.value.base.id == name:
                for arg in call.args[-1:]:
                    count += 1
                    if count <= MAX_ADDED:
                        yield arg.value, frame, number
