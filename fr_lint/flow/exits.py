"""Is something done only where no exception came, at the end of a ``with`` block?  It must not know stores or rules."""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.flow.program import Func
from fr_lint.ir.model import Name, Op
from fr_lint.ir.walk import walk


def is_for_success_only(func: Func, node: int) -> bool:
    """Whether a node of an ``__exit__`` is reached on one side only of a condition about its parameters."""
    told = {param.name for param in func.ir.params[1:]}
    for ir in func.nodes:
        if ir.op == Op.BRANCH and len(ir.succ) == 2:
            if any(isinstance(at, Name) and at.id in told for at in walk(ir.value)):
                if [node in _after(func, side) for side in ir.succ].count(True) == 1:
                    return True
    return False


def _after(func: Func, start: int) -> set[int]:
    return set(_walk(func, start))


def _walk(func: Func, start: int) -> Iterator[int]:
    seen: set[int] = set()
    stack = [start]
    while stack:
        at = stack.pop()
        if at not in seen:
            seen.add(at)
            yield at
            stack.extend(func.nodes[at].succ)
