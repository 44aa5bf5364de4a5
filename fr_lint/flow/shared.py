"""What a program keeps where all of it can reach: an application's state, its extensions, a session, a context.

``app.state.detector = ...`` in one file is ``request.app.state.detector`` in another.  Which names such places have is
data.  Must not know what is kept there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.guards import guards
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.known import Values, distinct
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import Inst, Value
from fr_lint.gate import has_face
from fr_lint.ir.model import Attr, Const, Expr, Item, Mapping, Name

if TYPE_CHECKING:
    from fr_lint.flow.resolve import Resolver

MAX_FILES = 30  # files in which something may be put into one such place
Place = tuple[str, str]  # the last name of the holder, and the attribute or key
Stored = tuple[tuple[Func, int, Expr], ...]
_PUTTING: Final = ("setattr", "setdefault", "update", "from_mapping")  # calls that put something into a place


class Shared:
    """Places of a whole program."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.sources = resolver.sources
        self.holders = guards().shared_holders
        self.applications = guards().shared_applications
        self.reached = guards().shared_reached
        self._makers = tuple(sorted({name.rpartition(".")[2] + "(" for name in self.applications}))

    def values(self, base: Expr, key: object, func: Func) -> Values:
        """What ``base.key`` or ``base["key"]`` was given elsewhere, if ``base`` is such a place."""
        holder = last_name(base)
        if holder not in self.holders or not isinstance(key, str) or not key:
            return ()
        found = self._stored((holder, key), func)
        return distinct(value for f, node, expr in found for value in self.resolver.values(expr, f, node))

    def key(self, index: Expr, func: Func, node: int) -> object:
        """The key that an index expression is."""
        if isinstance(index, Const):
            return index.value
        texts = self.resolver.texts(index, func, node) if isinstance(index, (Name, Attr)) else []
        return texts[0] if len(texts) == 1 else None

    def _stored(self, place: Place, func: Func) -> Stored:
        return self.resolver.settled.find(("stored", place), lambda: tuple(self._find(place, func.unit.path)), ())

    def _find(self, place: Place, path: str) -> Iterator[tuple[Func, int, Expr]]:
        holder, key = place
        kept = rf"(?:\.{re.escape(key)}\s*=(?!=)|\[[^\]\n]*\]\s*=(?!=)|\.(?:setdefault|update|from_mapping)\()"
        puts = re.compile(rf"{holder}(?<!\w{holder}){kept}")  # the literal first: that is what the search looks for
        likely = self.sources.with_word(key) if key.isidentifier() else ()  # where the key's own text stands
        for other in dict.fromkeys((*likely[:MAX_FILES], *self.sources.near(holder, path, MAX_FILES))):
            text = self.sources.text(other) or ""
            made = holder in self.reached and other in likely and any(name in text for name in self._makers)
            if "setattr(" not in text and not made and not puts.search(text):
                continue
            unit = self.resolver.program.unit(other)
            for func in unit.functions if unit is not None else ():
                for number in (*func.stores.get(key, ()), *func.stores.get("[]", ())):
                    node = func.nodes[number]
                    if node.value is not None and self._is(node.target, place, func, number):
                        yield func, number, node.value
                for number in func.calling(_PUTTING):
                    node = func.nodes[number]
                    if not node.args:
                        continue
                    name = last_name(node.value)
                    if name == "setattr" and len(node.args) == 3 and last_name(node.args[0].value) == holder:
                        if self.key(node.args[1].value, func, number) == key:
                            yield func, number, node.args[2].value
                    elif isinstance(node.value, Attr) and last_name(node.value.base) == holder:
                        yield from self._called(name, key, func, number)

    def _called(self, name: str, key: str, func: Func, node: int) -> Iterator[tuple[Func, int, Expr]]:
        given = func.nodes[node].args
        if name == "setdefault" and len(given) == 2 and self.key(given[0].value, func, node) == key:
            yield func, node, given[1].value
        elif name in ("update", "from_mapping"):
            yield from ((func, node, arg.value) for arg in given if arg.keyword == key)
            if isinstance(given[0].value, Mapping):
                for entry in given[0].value.entries:
                    if entry.key is not None and self.key(entry.key, func, node) == key:
                        yield func, node, entry.value

    def _is(self, target: Expr | None, place: Place, func: Func, node: int) -> bool:
        if isinstance(target, Attr):
            return (last_name(target.base), target.name) == place
        if isinstance(target, Item) and (
            last_name(target.base) == place[0] or self._is_made(target.base, place, func, node)
        ):
            return self.key(target.index, func, node) == place[1]
        return False

    def _is_made(self, base: Expr, place: Place, func: Func, node: int) -> bool:
        """Whether an expression is an application by another name than that under which its handlers reach it."""
        if place[0] not in self.reached or not isinstance(base, Name):
            return False
        found = self.resolver.values(base, func, node)
        return any(isinstance(v, Inst) and v.type.removesuffix("()") in self.applications for v in found)

    # ------------------------------------------------------------------------------------------------------- attributes

    def owner(self, name: str) -> ClassInfo | None:
        """The only class of the project whose objects are given an attribute by their own methods."""
        return self.resolver.settled.find(("owner", name), lambda: self._find_owner(name), None)

    def _find_owner(self, name: str) -> ClassInfo | None:
        found: set[ClassInfo] = set()
        paths = [p for p in self.resolver.glances.giving(name) if not self.sources.is_test(p)][:MAX_FILES]
        if not any(has_face(self.sources.text(p) or "") for p in paths):
            return None
        common: set[ClassInfo] | None = None
        for path in paths:
            if found and not common:
                return None  # nothing is above all of them, whatever else there is
            unit = self.resolver.program.unit(path)
            for func in unit.functions if unit is not None else ():
                owner = self.resolver.enclosing_class(func)
                for number in func.stores.get(name, ()) if owner is not None else ():
                    target = func.nodes[number].target
                    if isinstance(target, Attr) and isinstance(target.base, Name) and target.base.id == "self":
                        assert owner is not None
                        found.add(owner)
                        above = set(self.resolver.mro(owner))
                        common = above if common is None else common & above
        roots = [c for c in found if not any(base in found for base in self.resolver.mro(c)[1:])]
        return roots[0] if len(roots) == 1 else None

    @staticmethod
    def is_unknown(values: Values | list[Value]) -> bool:
        """Whether nothing says what a receiver is: no value, or what an unseen call gave."""
        return all(
            isinstance(value, Inst)
            and not value.type.rpartition(".")[2][:1].isupper()
            and (value.type.endswith("()") or not value.type.startswith("builtins."))
            for value in values
        )
