"""Which conditions and variables of a function are worth remembering while it is solved.

Must not know what they say.
"""

from __future__ import annotations

from collections import Counter

from fr_lint.flow.program import Func
from fr_lint.flow.subjects import spell
from fr_lint.ir.keys import key
from fr_lint.ir.model import Attr, Compare, Const, Display, Expr, Op, Result
from fr_lint.ir.walk import names_in, walk


class Tested:
    """Which conditions and names of a function are worth remembering (found once per function)."""

    __slots__ = ("counts", "names", "reads")

    def __init__(self, func: Func) -> None:
        self.counts: Counter[str] = Counter()
        self.reads: dict[str, frozenset[str]] = {}
        names: set[str] = set()
        for node in func.nodes:
            if node.op == Op.BRANCH and node.value is not None:
                spelled = self.key(node.value)
                compared = self.answer(node.value)
                for word, expr in ((spelled, node.value), (compared, getattr(node.value, "left", None))):
                    if word and expr is not None:
                        self.counts[word] += 1
                        if word not in self.reads:
                            self.reads[word] = frozenset(names_in(expr))
                names |= names_in(node.value)
                for at in walk(node.value):
                    if isinstance(at, Attr):
                        names.add(spell(at))
            elif (
                node.op in (Op.RETURN, Op.ASSIGN)
                and node.value is not None
                and not isinstance(node.value, (Const, Display))
            ):
                names |= names_in(node.value)
        self.names = frozenset(names)

    @classmethod
    def answer(cls, expr: Expr) -> str:
        """Under which name it is kept that what is compared here was not some other refusal."""
        if not isinstance(expr, Compare) or expr.op not in ("==", "is", "!=", "is not"):
            return ""
        spelled = cls.key(expr.left)
        return spelled and "~" + spelled

    @staticmethod
    def key(expr: Expr) -> str:
        """The spelling of a condition that can be tested again; empty if it holds a call's value."""
        if any(isinstance(at, Result) for at in walk(expr)):
            return ""
        return key(expr)
