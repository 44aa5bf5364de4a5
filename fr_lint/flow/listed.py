"""Names that the user's policy lists as guards: the user's word, which wins over a visible body.

Must not know control flow.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.facts import CONSENT, Atom, Fact, Facts
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.named import Named
from fr_lint.flow.program import Func
from fr_lint.ir.model import Attr, Const, Expr, Name, Op, Result
from fr_lint.policy.names import name_fits

ASKING: Final = frozenset(
    ("is", "has", "have", "had", "was", "did", "does", "can", "may", "get", "find", "fetch", "lookup")
)


class Listed:
    """One list over one program.  ``by_calling``: that a call returns is enough, nobody need test what it returned."""

    def __init__(self, named: Named, patterns: Sequence[str], *, by_calling: bool = False) -> None:
        self.named = named
        self.patterns = tuple(patterns)
        self.by_calling = by_calling

    def says(self, word: str) -> bool:
        """Does a pattern without a module mean this identifier or key, wherever it stands?"""
        return any(
            name_fits(pattern.removeprefix("*."), (word,))
            for pattern in self.patterns
            if "." not in pattern.removeprefix("*.")
        )

    def is_called(self, func: Func, node: int) -> bool:
        """Does a call node call something that is listed?"""
        return bool(self.patterns) and (
            self.named.is_called(self.patterns, func, node) or self.says(last_name(func.nodes[node].value))
        )

    def is_named(self, expr: Expr | None, func: Func, node: int) -> bool:
        """Does an expression (a decorator, a dependency ...) stand for something that is listed, or call it?"""
        if not self.patterns:
            return False
        if isinstance(expr, Result):
            return func.nodes[expr.node].op == Op.CALL and self.is_called(func, expr.node)
        if self.named.is_named(self.patterns, expr, func, node) or self.says(last_name(expr)):
            return True
        return isinstance(expr, Attr) and self._of_unknown(expr, func, node)

    def establishes(self, func: Func, node: int, demanding: Collection[str]) -> bool:
        """Does it prove something that a call node has returned?

        It does where the name begins with a demanding verb, and where the call stands alone and has no answer that
        somebody should have tested.
        """
        if not self.is_called(func, node):
            return False
        first = split(last_name(func.nodes[node].value))[:1]
        if self.by_calling or (first and first[0] in demanding):
            return True
        if not func.nodes[node].statement:
            return False
        bodies = [target for target, _ in self.named.graph.targets(func, node)]
        if bodies:
            return not any(_answers(body) for body in bodies)
        return not (first and first[0] in ASKING)

    def denies(self, expr: Expr, func: Func, node: int) -> bool:  # noqa: ARG002
        """Is an expression no fact for this question, whatever its words say?"""
        return False

    def _of_unknown(self, expr: Attr, func: Func, node: int) -> bool:
        """``user.has_release`` for ``app.models.User.has_release``, where nothing is known of ``user``."""
        return (
            isinstance(expr.base, Name)
            and any(pattern.rpartition(".")[2] == expr.name and _of_class(pattern) for pattern in self.patterns)
            and not self.named.resolver.values(expr.base, func, node)
        )


def _answers(func: Func) -> bool:
    """Does a function return something that can be tested?"""
    values = (node.value for node in func.nodes if node.op == Op.RETURN)
    return any(value is not None and not (isinstance(value, Const) and value.value is None) for value in values)


def _of_class(pattern: str) -> bool:
    return pattern.rpartition(".")[0].rpartition(".")[2][:1].isupper()


def given(subject: str = "") -> Fact:
    """The fact that a listed name states."""
    return Fact(established(subject))


def established(subject: str = "") -> Facts:
    """What a listed guard establishes."""
    return frozenset((Atom(CONSENT, subject),))
