"""What one request leaves for the next: where a key of a session is set.

A key that says who is signed in is no step on the way, but the grant itself, and is left alone.  Must not know paths,
faces or rules.
"""

from __future__ import annotations

import re

from fr_lint.catalogue.grants import Grants
from fr_lint.flow.access.domain import Place
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.resolve import Resolver
from fr_lint.ir.model import Attr, Const, Expr, Item, Op


class Carried:
    """Finds where keys are set, memoised."""

    def __init__(self, resolver: Resolver, grants: Grants) -> None:
        self.resolver = resolver
        self.grants = grants
        self._found: dict[str, tuple[Place, ...]] = {}

    def is_holder(self, expr: Expr | None) -> bool:
        """Whether an expression is a session by its name."""
        return expr is not None and last_name(expr) in self.grants.holders

    def places(self, holder: Expr, name: str) -> tuple[Place, ...]:
        """Where the project sets this key of a session."""
        if not self.is_holder(holder) or not name or self.grants.session_key(name):
            return ()
        if name not in self._found:
            self._found[name] = tuple(self._search(name))
        return self._found[name]

    def _search(self, name: str) -> list[Place]:
        found: list[Place] = []
        sources = self.resolver.sources
        named = self.resolver.glances.reading(name) if name.isidentifier() else sources.matching(_spelled(name))
        for path in named:
            unit = None if sources.is_test(path) else self.resolver.program.unit(path)
            for func in unit.functions if unit else ():
                for number, node in enumerate(func.nodes):
                    if node.op == Op.ASSIGN and self._sets(node.target, name):
                        found.append((func, number))
        return found

    def _sets(self, target: Expr | None, name: str) -> bool:
        if isinstance(target, Item):
            return isinstance(target.index, Const) and target.index.value == name and self.is_holder(target.base)
        return isinstance(target, Attr) and target.name == name and self.is_holder(target.base)


def _spelled(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))
