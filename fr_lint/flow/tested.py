"""Which conditions and variables of a function are worth remembering while it is solved.

Must not know what they say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fr_lint.flow.program import Func
from fr_lint.flow.subjects import spell
from fr_lint.ir.keys import key
from fr_lint.ir.model import Attr, Bool, Compare, Const, Display, Expr, IfElse, Name, Op, Result, Unary
from fr_lint.ir.walk import names_in, walk


class Tested:
    """Which conditions and names of a function are worth remembering (found once per function)."""

    __slots__ = ("_copied", "counts", "func", "names", "reads", "rebound")

    def __init__(self, func: Func) -> None:
        self.func = func
        self._copied: dict[str, tuple[Expr, bool] | None] = {}
        self.counts: Counter[str] = Counter()
        self.reads: dict[str, frozenset[str]] = {}
        names: set[str] = set()
        for node in func.nodes:
            if node.op == Op.BRANCH and node.value is not None:
                asked = self.asked(node.value)[0]
                spelled = self.key(asked)
                compared = self.answer(node.value)
                for word, expr in ((spelled, asked), (compared, getattr(node.value, "left", None))):
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
                for part in self._parts(node.value.test if isinstance(node.value, IfElse) else node.value):
                    self.counts[part] += 1
        self.names = frozenset(names)
        nested = [each.ir.nonlocals for each in func.unit.functions if each.parent is func]
        self.rebound = frozenset[str]().union(*nested)

    @classmethod
    def _parts(cls, expr: Expr) -> Iterator[str]:
        """The names whose truth decides about an expression: ``flag``, ``not flag``, ``ok and flag``."""
        if isinstance(expr, Name):
            yield expr.id
        elif isinstance(expr, Unary) and expr.op == "not":
            yield from cls._parts(expr.operand)
        elif isinstance(expr, Bool):
            for operand in expr.operands:
                yield from cls._parts(operand)

    def asked(self, expr: Expr) -> tuple[Expr, bool]:
        """A condition by what it is a copy of (``ok = flag``, ``busy = not flag``), where that never changes; and
        whether it is the same, or the contrary.
        """
        if isinstance(expr, Unary) and expr.op == "not":
            inner, same = self.asked(expr.operand)
            return (expr, True) if inner is expr.operand else (inner, not same)
        copied = self._copy(expr.id) if isinstance(expr, Name) else None
        return (expr, True) if copied is None else copied

    def _copy(self, name: str) -> tuple[Expr, bool] | None:
        if name not in self._copied:
            self._copied[name] = None
            found = self.func.defs.get(name, ())
            node = self.func.nodes[found[0]] if len(found) == 1 and not self._is_given(name) else None
            if node is not None and node.op == Op.ASSIGN and isinstance(node.target, Name) and node.value is not None:
                value, same = node.value, True
                while isinstance(value, Unary) and value.op == "not":
                    value, same = value.operand, not same
                if isinstance(value, (Name, Compare)) and self.key(value):
                    asked, alike = self.asked(value)
                    if all(self._is_constant(each) for each in names_in(asked)):
                        self._copied[name] = (asked, same is alike)
        return self._copied[name]

    def _is_constant(self, name: str) -> bool:
        """Whether a name is a parameter that is never assigned to."""
        return name not in self.func.defs and self._is_given(name)

    def _is_given(self, name: str) -> bool:
        return any(param.name == name for param in self.func.ir.params)

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
