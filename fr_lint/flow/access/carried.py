"""What one request leaves for the next: a key of a session or of a signed token, an entry of a store, a column.

A key that says who is signed in is no step on the way, but the grant itself, and is left alone.  Must not know paths,
faces or rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import Grants
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.access.domain import Place
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.resolve import Resolver
from fr_lint.flow.values import Inst
from fr_lint.ir.model import Attr, Binary, Const, Expr, Item, Mapping, Node, Op, Text

MIN_KEY: Final = 3  # characters by which an entry of a store is known


class Carried:
    """Finds where keys are set, memoised."""

    def __init__(self, resolver: Resolver, grants: Grants) -> None:
        self.resolver = resolver
        self.grants = grants
        self._found: dict[tuple[str, str], tuple[Place, ...]] = {}

    def is_holder(self, expr: Expr | None) -> bool:
        """Whether an expression is a session by its name."""
        return expr is not None and last_name(expr) in self.grants.holders

    def places(self, holder: Expr, name: str) -> tuple[Place, ...]:
        """Where the project sets this key of a session, or of a token that is half-way."""
        if not name:
            return ()
        if self.is_holder(holder):
            return () if self.grants.session_key(name) else self._search("session", name, self._sets)
        if set(split(name)) & access_words("carried", "steps"):
            return self._search("token", name, lambda node, text: self.signed(node, text) is not None)
        return ()

    def columns(self, name: str) -> tuple[Place, ...]:
        """Where the project sets a field that says what the face came to."""
        if not set(split(name)) & access_words("carried", "columns"):
            return ()
        return self._search("column", name, self._sets_field)

    def entries(self, node: Node) -> tuple[Place, ...]:
        """Where the project keeps what a call reads from a store, by the fixed beginning of its key."""
        if not isinstance(node.value, Attr) or node.value.name not in access_words("carried", "getters"):
            return ()
        head = _head(node)
        return self._search("entry", head, lambda other, text: _keeps(other) == text) if head else ()

    def queued(self, func: Func, number: int) -> tuple[Place, ...]:
        """Where the project puts something into the queue from which a call takes it."""
        node = func.nodes[number]
        if not isinstance(node.value, Attr) or node.value.name not in access_words("carried", "takers"):
            return ()
        queues = self._queues(func, number)
        if not queues or any(not isinstance(arg.value, Const) for arg in node.args):
            return ()
        names = access_words("carried", "feeders")
        paths = dict.fromkeys(path for name in sorted(names) for path in self.resolver.sources.with_word(name))
        units = [self.resolver.program.unit(path) for path in paths if not self.resolver.sources.is_test(path)]
        return tuple(
            (other, at)
            for unit in units
            for other in (unit.functions if unit else ())
            for at in other.calling(names)
            if queues & self._queues(other, at)
        )

    def _queues(self, func: Func, number: int) -> set[Inst]:
        callee = func.nodes[number].value
        values = self.resolver.values(callee.base, func, number) if isinstance(callee, Attr) else ()
        kinds = access_words("carried", "queues")
        return {v for v in values if isinstance(v, Inst) and v.type.rpartition(".")[2] in kinds}

    def leaves(self, func: Func, number: int) -> Iterator[Expr]:
        """What a call leaves for a later request: what a store or a queue keeps, the step that a token names."""
        node = func.nodes[number]
        if last_name(node.value) in access_words("carried", "feeders") and self._queues(func, number):
            yield from (arg.value for arg in node.args[:1])
        elif _keeps(node):
            given = [arg.value for arg in node.args[1:] if not arg.keyword] or [node.args[1].value]
            yield next((expr for expr in given if not isinstance(expr, Const)), given[0])
        else:
            found = self.signed(node)
            if found is not None:
                yield found

    def signed(self, node: Node, name: str = "") -> Expr | None:
        """The step that a token names, if the call signs one that is half-way."""
        if node.op != Op.CALL or last_name(node.value) not in access_words("carried", "signers"):
            return None
        for arg in node.args:
            for entry in arg.value.entries if isinstance(arg.value, Mapping) else ():
                key = entry.key.value if isinstance(entry.key, Const) else None
                if isinstance(key, str) and name in ("", key) and set(split(key)) & access_words("carried", "steps"):
                    return entry.value
        return None

    def _search(self, kind: str, name: str, sets: Callable[[Node, str], bool]) -> tuple[Place, ...]:
        if (kind, name) not in self._found:
            self._found[kind, name] = tuple(self._find(name, sets))
        return self._found[kind, name]

    def _find(self, name: str, sets: Callable[[Node, str], bool]) -> Iterator[Place]:
        for unit in self._naming(name):
            for func in unit.functions:
                for number, node in enumerate(func.nodes):
                    if sets(node, name):
                        yield func, number

    def _naming(self, name: str) -> Iterator[Unit]:
        sources = self.resolver.sources
        named = self.resolver.glances.reading(name) if name.isidentifier() else sources.matching(_spelled(name))
        for path in named:
            unit = None if sources.is_test(path) else self.resolver.program.unit(path)
            if unit is not None:
                yield unit

    def _sets(self, node: Node, name: str) -> bool:
        target = node.target if node.op == Op.ASSIGN else None
        if isinstance(target, Item):
            return isinstance(target.index, Const) and target.index.value == name and self.is_holder(target.base)
        return isinstance(target, Attr) and target.name == name and self.is_holder(target.base)

    @staticmethod
    def _sets_field(node: Node, name: str) -> bool:
        return node.op == Op.ASSIGN and isinstance(node.target, Attr) and node.target.name == name


def _keeps(node: Node) -> str:
    """The fixed beginning of the key under which a call keeps something; empty for other calls."""
    if node.op != Op.CALL or not isinstance(node.value, Attr) or len(node.args) < 2:
        return ""
    return _head(node) if node.value.name in access_words("carried", "setters") else ""


def _head(node: Node) -> str:
    """The fixed beginning of a key that is put together: ``f"ticket:{number}"``."""
    expr: Expr | None = node.args[0].value if node.args else None
    if isinstance(expr, Text):
        expr = expr.parts[0] if expr.parts else None
    elif isinstance(expr, Binary) and expr.op in ("+", "%"):
        expr = expr.left
    else:
        return ""
    text = expr.value if isinstance(expr, Const) else ""
    return text if isinstance(text, str) and len(text) >= MIN_KEY else ""


def _spelled(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))
