"""Is something done only where no exception came, at the end of a ``with`` block?  It must not know stores or rules."""

from __future__ import annotations

from fr_lint.flow.asked import Asked
from fr_lint.flow.program import Func
from fr_lint.flow.reachable import Reachable
from fr_lint.ir.model import Name, Op
from fr_lint.ir.walk import walk


def is_for_success_only(func: Func, node: int) -> bool:
    """Whether a node of an ``__exit__`` is reached on one side only of a condition about its parameters."""
    told = {param.name for param in func.ir.params[1:]}
    reach = Reachable(func, (node,), exceptions=False, rounds=True)
    asked = Asked(func)
    for number, ir in enumerate(func.nodes):
        if ir.op == Op.BRANCH and len(ir.succ) == 2:
            if any(isinstance(at, Name) and at.id in told for at in walk(asked.at(number))):
                if [reach.comes_before(side, node) for side in ir.succ].count(True) == 1:
                    return True
    return False
