"""Which model class an expression is about: an instance, a query on the class, a form or serializer for it.

``Person``, ``Person.objects.filter(...)``, ``session.query(Person).first()``, ``PersonSerializer(data=...)`` are all
about ``Person``.  Which base classes make a model is data.  It must not know rules or the law.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fr_lint.catalogue.stores import Stores
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.origins import Origin, Origins
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.settled import Settled
from fr_lint.flow.values import ClassV, Coll, Inst, Many, Obj, Value
from fr_lint.ir.model import Attr, Const, Element, Expr, Item, Mapping, Name, Op, Result
from fr_lint.ir.walk import reads, walk

MAX_STEPS = 12  # lists in lists
OWNERS: Final = ("Meta.model", "model", "queryset", "serializer_class")  # of a form, a serializer, a view
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Models:
    """Model classes of expressions, and the names of their tables."""

    def __init__(self, origins: Origins, stores: Stores) -> None:
        self.origins = origins
        self.resolver = origins.resolver
        self.stores = stores
        self._is: dict[ClassInfo, bool] = {}
        self._memo = Settled()

    def of(self, expr: Expr, func: Func, node: int) -> tuple[ClassInfo, ...]:
        """The model classes that an expression is about."""
        found = [cls for origin in self.origins.of(expr, func, node) for cls in self._at(origin)]
        return tuple(dict.fromkeys(found))

    def is_model(self, cls: ClassInfo) -> bool:
        """Whether the class inherits from what makes a model."""
        if cls not in self._is:
            self._is[cls] = any(self.stores.model(base) is not None for base in self.bases(cls))
        return self._is[cls]

    def bases(self, cls: ClassInfo) -> Iterator[str]:
        """The outside bases of a class, those that are made by a call (``declarative_base()``) or are attributes."""
        yield from self.resolver.external_bases(cls)
        for each in self.resolver.mro(cls):
            for base in each.ir.bases:
                for value in self.resolver.values(base, each.parent, -1):
                    if isinstance(value, Inst):
                        yield value.type

    def tables(self, cls: ClassInfo) -> Iterator[str]:
        """The names that the table of a model may have."""
        wanted = {name for base in self.bases(cls) if (kind := self.stores.model(base)) for name in kind.table}
        given = [text for name in sorted(wanted) for text in self._given(cls, name)]
        if given:
            yield from given
            return
        snake = _CAMEL.sub("_", cls.name).lower()
        yield from dict.fromkeys((cls.name.lower(), snake, snake + "s", f"{{}}_{cls.name.lower()}"))

    def kind(self, cls: ClassInfo) -> str:
        """The kind of store that keeps what the class describes."""
        return next((kind.kind for base in self.bases(cls) if (kind := self.stores.model(base))), "table")

    def bound(self, cls: ClassInfo) -> str:
        """By what the class itself says that what it keeps expires: ``expireAfterSeconds``; empty for nothing."""
        words = {word for base in self.bases(cls) if (kind := self.stores.model(base)) for word in kind.bounds}
        inner = [each.body for each in cls.unit.classes if each.parent is cls.body]
        for body in (cls.body, *inner) if words else ():
            for node in body.nodes:
                said = {arg.keyword for arg in node.args if not _is_nothing(arg.value)}
                said.add(last_name(node.value) if node.op == Op.CALL else "")
                for expr in reads(node):
                    for at in walk(expr):
                        if isinstance(at, Mapping):
                            keys = [(e.key.value, e.value) for e in at.entries if isinstance(e.key, Const)]
                            said |= {key for key, value in keys if isinstance(key, str) and not _is_nothing(value)}
                if found := words & said:
                    return min(found)
        return ""

    def _given(self, cls: ClassInfo, name: str) -> Iterator[str]:
        """The text of a class attribute, dotted for nested classes: ``Meta.db_table``."""
        head, _, rest = name.partition(".")
        if rest:
            for inner in cls.unit.classes:
                if inner.name == head and inner.parent is cls.body:
                    yield from self._given(inner, rest)
            for site in cls.body.defs.get(head, ()):
                value = cls.body.nodes[site].value
                for entry in value.entries if isinstance(value, Mapping) else ():
                    if isinstance(entry.key, Const) and entry.key.value == rest and isinstance(entry.value, Const):
                        yield str(entry.value.value)
            return
        for each in self.resolver.mro(cls):
            for site in each.body.defs.get(head, ()):
                value = each.body.nodes[site].value
                for origin in self.origins.of(value, each.body, site) if value is not None else ():
                    if isinstance(origin.expr, Const) and isinstance(origin.expr.value, str):
                        yield origin.expr.value

    def named(self, cls: ClassInfo, names: tuple[str, ...]) -> tuple[ClassInfo, ...]:
        """The models that class attributes of a form, serializer or view name: ``Meta.model``, ``queryset``."""
        found: list[ClassInfo] = []
        for name in names:
            head, _, rest = name.partition(".")
            for each in self.resolver.mro(cls):
                if rest:
                    inner = [c for c in each.unit.classes if c.name == head and c.parent is each.body]
                    found += [model for c in inner for model in self.named(c, (rest,))]
                    continue
                for site in each.body.defs.get(head, ()):
                    value = each.body.nodes[site].value
                    if value is not None:
                        found += self.of(value, each.body, site)
                for _, value in (pair for pair in each.ir.keywords if pair[0] == head):
                    found += self.of(value, each.parent, -1)  # class Admin(ModelView, model=Person)
        return tuple(dict.fromkeys(found))

    def _at(self, origin: Origin) -> tuple[ClassInfo, ...]:
        return self._memo.find(origin.place, lambda: tuple(dict.fromkeys(self._find(origin))), ())

    def _find(self, origin: Origin) -> Iterator[ClassInfo]:
        expr, func, node = origin.expr, origin.func, origin.node
        values = self.resolver.values(expr, func, node)
        found = [cls for value in values for cls in self._classes(value)]
        if found:
            yield from found
            return
        below: list[Expr] = []
        if isinstance(expr, Name):
            yield from self._given_to(expr.id, func)
        elif isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            ir = func.nodes[expr.node]
            node = expr.node
            below += [arg.value for arg in ir.args[:2] if not arg.keyword] if ir.args else []
            if isinstance(ir.value, Attr):
                below.insert(0, ir.value.base)
        elif isinstance(expr, (Attr, Item)):
            below.append(expr.base)
        elif isinstance(expr, Element):
            below.append(expr.of)
        for each in below:
            inner = [cls for end in self.origins.of(each, func, node) for cls in self._at(end)]
            if inner:
                yield from inner
                return

    def _given_to(self, name: str, func: Func) -> Iterator[ClassInfo]:
        """A parameter that a framework fills: by the model that a decorator or the registration names, or the class."""
        if not any(param.name == name for param in func.ir.params):
            return
        outer = func.parent
        for decorator in func.ir.decorators if outer is not None else ():
            if isinstance(decorator, Result) and outer is not None:
                yield from self._among(outer, decorator.node)
        for site in self.origins.graph.sites(func):
            if not site.call:
                yield from self._among(site.func, site.node)
        if func.cls is not None and name != "self":
            yield from self.named(func.cls, OWNERS)

    def _among(self, func: Func, node: int) -> Iterator[ClassInfo]:
        """The model classes among the arguments of a call."""
        for arg in func.nodes[node].args:
            for value in self.resolver.values(arg.value, func, node):
                if isinstance(value, ClassV) and self.is_model(value.cls):
                    yield value.cls

    @property
    def swept(self) -> bool:
        """Whether something of the project removes the files of upload fields with their rows."""
        return any(self.resolver.sources.with_word(word) for word in self.stores.sweepers)

    def files(self, cls: ClassInfo) -> tuple[str, ...]:
        """The fields of a model whose content is kept in files, unless something takes the files with the rows."""
        if self.swept:
            return ()
        return tuple(
            dict.fromkeys(
                field
                for each in self.resolver.mro(cls)
                for field, sites in each.body.defs.items()
                for site in sites
                for value in self.resolver.definition_values(field, each.body, site)
                if isinstance(value, Inst) and self.stores.field(value.type) == "file"
            )
        )

    def attribute(self, expr: Attr, func: Func, node: int) -> Iterator[str]:
        """What the models that ``expr.base`` is about declare under the attribute's name: dotted types from outside."""
        for cls in self.of(expr.base, func, node):
            for value in self.resolver.class_attribute(cls, expr.name, None):
                if isinstance(value, Inst):
                    yield value.type

    def _classes(self, value: Value, depth: int = 0) -> Iterator[ClassInfo]:
        if isinstance(value, (ClassV, Obj)):
            if self.is_model(value.cls):
                yield value.cls
            else:
                yield from self.named(value.cls, OWNERS)
        elif isinstance(value, Many):
            yield from self._classes(value.element, depth + 1)
        elif isinstance(value, Coll) and depth < MAX_STEPS:  # a list may hold itself
            for inner in self.resolver.elements(value.expr, value.func, value.node):
                yield from self._classes(inner, depth + 1)


def _is_nothing(expr: Expr | None) -> bool:
    return isinstance(expr, Const) and expr.value is None
