"""The parts of a store's identity, put together from a call and from the objects that it works on.

The path behind an open file, the collection behind ``self.people``, the table of a model class.  What the parts are,
and where they stand, is data.  It must not know rules or the law.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.places import Place, holds
from fr_lint.catalogue.store_records import Parts
from fr_lint.flow.callview import CallView
from fr_lint.flow.handles import Handle, Handles
from fr_lint.flow.models import Models
from fr_lint.flow.program import ClassInfo
from fr_lint.flow.spelling import Speller
from fr_lint.flow.values import ClassV, Ext, Inst, Obj
from fr_lint.ir.model import Attr, Expr, Item, Name

MAX_STEPS = 6  # from an object to what it was made of


class Finder:
    """The parts of one identity, with what was seen on the way."""

    def __init__(self, handles: Handles, speller: Speller, models: Models, view: CallView) -> None:
        self.handles = handles
        self.speller = speller
        self.models = models
        self.view = view
        self._bounds: list[bool] = []
        self._memory: list[bool] = []

    @property
    def bounded(self) -> bool:
        """Whether whatever lies there removes itself."""
        return bool(self._bounds) and all(self._bounds)

    @property
    def memory(self) -> bool:
        """Whether it lives in memory only."""
        return bool(self._memory) and all(self._memory)

    def parts(self, wanted: Parts) -> dict[str, tuple[str, ...]]:
        """Part -> spellings, those of the receiver included."""
        found: dict[str, list[str]] = {}
        for part, place in wanted:
            self._memory += [
                self._in_memory(handle, 0)
                for expr in self.view.at(place)
                for handle in self.handles.of(expr, self.view.func, self.view.node)
            ]
            for name, texts in self._part(part, place, self.view, 0):
                found.setdefault(name, []).extend(texts)
            if place.word == "receiver":
                self._merge(found, self.view, 0)
        return {part: tuple(dict.fromkeys(texts)) for part, texts in found.items() if texts}

    def of_handle(self, handle: Handle) -> dict[str, tuple[str, ...]]:
        """The parts of an object's own making."""
        found: dict[str, list[str]] = {}
        self._add(found, handle, 0)
        return {part: tuple(dict.fromkeys(texts)) for part, texts in found.items() if texts}

    def _in_memory(self, handle: Handle, depth: int) -> bool:
        """Whether an object, or what it was made of, lives in memory only."""
        kind, view = handle.type, handle.made
        if kind.in_memory or view is None or depth > MAX_STEPS:
            return kind.in_memory
        if holds(kind.memory, view):
            return True
        sources = [view.base] if view.base is not None else []
        sources += [expr for _, place in kind.at if not place.word for expr in view.at(place)]
        found = [each for expr in sources for each in self.handles.of(expr, view.func, view.node)]
        return any(self._in_memory(each, depth + 1) for each in found if each is not handle)

    def _merge(self, found: dict[str, list[str]], view: CallView, depth: int) -> None:
        if view.base is None or depth > MAX_STEPS:
            return
        for handle in self.handles.of(view.base, view.func, view.node):
            self._add(found, handle, depth)

    def _add(self, found: dict[str, list[str]], handle: Handle, depth: int) -> None:
        kind, view = handle.type, handle.made
        if view is None:
            return
        for part, place in kind.at:
            if part in ("path", "folder") and place.word in ("receiver", "result"):
                continue  # spelled where it is asked for
            known = {name for name, texts in found.items() if texts} - {part}
            for name, texts in self._part(part, place, view, depth + 1):
                if name not in known:
                    found.setdefault(name, []).extend(texts)
        self._merge(found, view, depth + 1)

    def _part(self, part: str, place: Place, view: CallView, depth: int) -> Iterator[tuple[str, list[str]]]:
        exprs = view.at(place)
        if place.word == "assigned":
            exprs = tuple(base for base, _ in view.assigned())
        if depth > MAX_STEPS:
            return
        if place.word == "item":
            yield part, [text for expr in exprs for text in self._item(expr, view)]
        elif part in ("path", "folder"):
            spelled = [s for expr in exprs for s in self.speller.spell(expr, view.func, view.node)]
            self._bounds += [s.bounded for s in spelled]
            if depth == 0:
                self._memory += [s.memory for s in spelled]
            yield part, [s.text for s in spelled]
            yield "field", [text for expr in exprs for text in self._field_behind(expr, view)]
        elif part in ("model", "meta"):
            classes = [cls for expr in exprs for cls in self.models.of(expr, view.func, view.node)]
            yield "model", [name(cls) for cls in classes]
            yield "table", [table for cls in classes for table in self.models.tables(cls)]
            if not classes:
                yield from self._table(exprs, view, depth)
        elif part == "field":
            yield part, [text for expr in exprs for text in self._field(expr, view)]
        else:
            for expr in exprs:
                yield from self._named(part, expr, view, depth)

    def _named(self, part: str, expr: Expr, view: CallView, depth: int) -> Iterator[tuple[str, list[str]]]:
        """A name as a text, or an object that stands for it."""
        handles = self.handles.of(expr, view.func, view.node)
        held = False
        for handle in handles:
            for name_, place in handle.type.at:
                if name_ == part and handle.made is not None:
                    held = True
                    yield from self._part(part, place, handle.made, depth + 1)
        if held or part == "database":
            return
        if expr is view.base and isinstance(expr, Attr) and not self._is_own(expr, view):
            yield part, [expr.name]
        elif expr is view.base and isinstance(expr, Item):
            yield part, self._item(expr, view)
        else:
            yield part, [s.text for s in self.speller.spell(expr, view.func, view.node)]

    def _is_own(self, expr: Attr, view: CallView) -> bool:
        """Whether it is an attribute of an object of the project: its name is not the store's."""
        if isinstance(expr.base, Name) and expr.base.id in ("self", "cls"):
            return True
        return any(isinstance(v, (Obj, ClassV)) for v in self.handles.resolver.values(expr.base, view.func, view.node))

    def _item(self, expr: Expr, view: CallView) -> list[str]:
        if isinstance(expr, Attr):
            return [expr.name]
        if isinstance(expr, Item):
            return [s.text for s in self.speller.spell(expr.index, view.func, view.node)]
        return []

    def _field_behind(self, expr: Expr, view: CallView) -> Iterator[str]:
        """The upload field whose path or name an expression is: ``person.portrait.path``."""
        for origin in self.handles.origins.of(expr, view.func, view.node):
            at = origin.expr
            if isinstance(at, Attr) and at.name in self.speller.paths.handle_attributes:
                handles = self.handles.of(at.base, origin.func, origin.node)
                if any(part == "field" for handle in handles for part, _ in handle.type.at):
                    for inner in self.handles.origins.of(at.base, origin.func, origin.node):
                        yield from self._field(inner.expr, CallView(view.origins, inner.func, inner.node))

    def _field(self, expr: Expr, view: CallView) -> Iterator[str]:
        if isinstance(expr, Attr):
            owners = self.models.of(expr.base, view.func, view.node)
            yield from [f"{name(cls)}.{expr.name}" for cls in owners] or [f"{{}}.{expr.name}"]

    def _table(self, exprs: tuple[Expr, ...], view: CallView, depth: int) -> Iterator[tuple[str, list[str]]]:
        """A table object instead of a class, else a class that is not seen."""
        for expr in exprs:
            for handle in self.handles.of(expr, view.func, view.node):
                for name_, place in handle.type.at:
                    if name_ == "table" and handle.made is not None:
                        yield from self._part("table", place, handle.made, depth + 1)
            yield "model", list(self._unseen(expr, view))

    def _unseen(self, expr: Expr, view: CallView) -> Iterator[str]:
        """A model class outside the project: by the last part of its name."""
        for value in self.handles.resolver.values(expr, view.func, view.node):
            text = value.name if isinstance(value, Ext) else value.type if isinstance(value, Inst) else ""
            words = [part for part in text.replace("()", "").replace("[]", "").split(".") if part[:1].isupper()]
            if words and not self.handles.stores.types(text):
                yield f"{{}}:{words[0]}"


def name(cls: ClassInfo) -> str:
    """A class in an identity: ``path:Class``."""
    return f"{cls.unit.path}:{cls.name}"
