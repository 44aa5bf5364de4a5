"""Names that the user's policy lists as guards: the user's word, which wins over a visible body.

Must not know control flow.
"""

from __future__ import annotations

from collections.abc import Sequence

from fr_lint.flow.facts import CONSENT, Atom, Fact, Facts
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.named import Named
from fr_lint.flow.program import Func
from fr_lint.ir.model import Attr, Expr, Name, Op, Result
from fr_lint.policy.names import name_fits


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

    def establishes(self, func: Func, node: int) -> bool:
        """Does it prove something that a call node has returned?  Not if the answer is there to be tested."""
        return (self.by_calling or func.nodes[node].statement) and self.is_called(func, node)

    def _of_unknown(self, expr: Attr, func: Func, node: int) -> bool:
        """``user.has_release`` for ``app.models.User.has_release``, where nothing is known of ``user``."""
        return (
            isinstance(expr.base, Name)
            and any(pattern.rpartition(".")[2] == expr.name and _of_class(pattern) for pattern in self.patterns)
            and not self.named.resolver.values(expr.base, func, node)
        )


def _of_class(pattern: str) -> bool:
    return pattern.rpartition(".")[0].rpartition(".")[2][:1].isupper()


def given(subject: str = "") -> Fact:
    """The fact that a listed name states."""
    return Fact(established(subject))


def established(subject: str = "") -> Facts:
    """What a listed guard establishes."""
    return frozenset((Atom(CONSENT, subject),))
