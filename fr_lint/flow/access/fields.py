"""What a field of a record always holds, where each record of the class is made with the same literal or its default.

A switch in the settings that is off for good is no way in.  Must not know paths, grants or rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import ClassInfo
from fr_lint.flow.resolve import Resolver
from fr_lint.ir.model import Arg, Const, Expr, Op

MAX_NAMING: Final = 12  # files that name the field
PLAIN: Final = ("object", "ABC", "NamedTuple", "Protocol", "Generic")  # bases that make a class no reader of settings


class Fields:
    """Finds them, memoised."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._found: dict[tuple[ClassInfo, str], bool | None] = {}

    def of(self, cls: ClassInfo, name: str) -> bool | None:
        """The truth that a field of every record has; nothing if they differ, or if that cannot be told."""
        if (cls, name) not in self._found:
            self._found[cls, name] = None
            self._found[cls, name] = self._find(cls, name)
        return self._found[cls, name]

    def _find(self, cls: ClassInfo, name: str) -> bool | None:
        places = cls.body.defs.get(name, ())
        bases = self.resolver.external_bases(cls)
        if len(places) != 1 or "__init__" in cls.methods or any(b.rpartition(".")[2] not in PLAIN for b in bases):
            return None
        if cls.body.nodes[places[0]].annotation is None:
            return None
        given = list(self._given(cls, name, cls.body.nodes[places[0]].value))
        literals = {expr.value if isinstance(expr, Const) else None for expr in given}
        only = literals.pop() if len(literals) == 1 else None
        return only if isinstance(only, bool) else None

    def _given(self, cls: ClassInfo, name: str, default: Expr | None) -> Iterator[Expr | None]:
        """What each record is made with, and whatever else may set the field."""
        sources = self.resolver.sources
        order = [field for field, nodes in cls.body.defs.items() if cls.body.nodes[nodes[0]].annotation is not None]
        for path in dict.fromkeys((*sources.with_word(cls.name), *sources.with_word(name)[:MAX_NAMING])):
            unit = None if sources.is_test(path) else self.resolver.program.unit(path)
            for func in unit.functions if unit else ():
                filled = func.ir.decorators and any(last_name(p.annotation) == cls.name for p in func.ir.params)
                if name in func.stores or filled:
                    yield None  # a framework makes the record of what somebody sends
                for node in func.nodes:
                    if node.op != Op.CALL:
                        continue
                    if last_name(node.value) == cls.name:
                        yield self._argument(node.args, order, name, default)
                    elif any(arg.keyword == name or last_name(arg.value) == cls.name for arg in node.args):
                        yield None  # it is made, or changed, by something else

    @staticmethod
    def _argument(args: tuple[Arg, ...], order: list[str], name: str, default: Expr | None) -> Expr | None:
        if any(arg.star for arg in args):
            return None
        for place, arg in enumerate(args):
            if arg.keyword == name or (not arg.keyword and place < len(order) and order[place] == name):
                return arg.value
        return default
