"""Attributes and classes: members along the method resolution order, bases, subclasses, what is stored on objects.

Must not know calls (but that a property is read like an attribute) or any rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fr_lint.flow.identifiers import last_name
from fr_lint.flow.known import Values, distinct
from fr_lint.flow.program import ClassInfo, Func, Unit
from fr_lint.flow.values import ClassV, ConstV, Ext, FuncV, Inst, ModV, Obj, SuperV, Value
from fr_lint.ir.model import (
    Attr,
    Const,
    Expr,
    Item,
    Name,
)

if TYPE_CHECKING:
    from fr_lint.flow.resolve import Resolver

Above = tuple[tuple[ClassInfo, ...], tuple[str, ...]]  # a class and its bases in the project; its bases outside


class Classes:
    """Attributes of abstract values."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.sources = resolver.sources
        self.program = resolver.program

    def attribute_of(self, base: Value, name: str) -> Iterable[Value]:
        """Attribute ``name`` of an abstract value."""
        if isinstance(base, Ext):
            return (Ext(self.resolver.products.canonical(f"{base.name}.{name}")),)
        if isinstance(base, Inst):
            return (Inst(f"{base.type}.{name}", base.func, base.node),)
        if isinstance(base, ModV):
            return self.resolver.member(base.path, name)
        if isinstance(base, Obj):
            return self.instance_attribute(base, name)
        if isinstance(base, ClassV):
            return self.class_attribute(base.cls, name, None)
        if isinstance(base, SuperV):
            return self._super_attribute(base.cls, name)
        return ()

    def instance_attribute(self, base: Obj, name: str) -> Values:
        """Attribute of a project object: method, property, instance or class attribute, or an outside base's."""
        found: list[Value] = []
        for value in self.class_attribute(base.cls, name, base):
            if isinstance(value, FuncV) and value.self is base and self.is_property(value.func):
                found.extend(self.resolver.returns(value.func))
            else:
                found.append(value)
        return distinct(found)

    def class_attribute(self, cls: ClassInfo, name: str, owner: Value | None) -> Values:
        """Look a name up along the method resolution order; instance assignments count for objects."""
        for candidate in self.mro(cls):
            method = candidate.methods.get(name)
            if method is not None:
                return (FuncV(method, owner),)
        stored = self._stored_attribute(cls, name)
        if stored:
            return stored
        return tuple(Inst(f"{base}.{name}") for base in self.external_bases(cls))

    def _stored_attribute(self, cls: ClassInfo, name: str) -> Values:
        find = self.resolver.settled.find
        return find(("attribute", cls, name), lambda: self._find_stored_attribute(cls, name), ())

    def _find_stored_attribute(self, cls: ClassInfo, name: str) -> Values:
        found: list[Value] = []
        family = (*self.mro(cls), *self.subclasses(cls))
        for candidate in family:
            for node in candidate.body.defs.get(name, ()):
                found.extend(self.resolver.definition_values(name, candidate.body, node))
            for func in candidate.unit.functions:
                if func.cls is candidate or self.inside(func, candidate):
                    found.extend(self._self_stores(func, name))
        if not any(not (isinstance(v, ConstV) and v.value is None) for v in found):
            found.extend(
                list(self._outside_stores(cls, name, known=True)) or self._outside_stores(cls, name, known=False)
            )
        if not any(not (isinstance(v, ConstV) and v.value is None) for v in found):
            found.extend(self._given(cls, name))
        return distinct(found)

    def _given(self, cls: ClassInfo, name: str) -> Iterator[Value]:
        """A field of a class without a constructor of its own: what the class is called with."""
        order = [c for c in self.mro(cls) if name in c.body.defs]
        if not order or any("__init__" in c.methods for c in self.mro(cls)) or self.resolver.graph is None:
            return
        fields = [field for c in reversed(self.mro(cls)) for field in c.body.defs]
        for path in self.sources.near(cls.name, cls.unit.path, 20):
            unit = self.program.unit(path)
            for func, number in self.resolver.graph.mentions(unit).calls.get(cls.name, ()) if unit is not None else ():
                if any(isinstance(v, ClassV) and v.cls is cls for v in self.resolver.callee_values(func, number)):
                    args = func.nodes[number].args
                    plain = [arg for arg in args if not arg.keyword and not arg.star]
                    place = fields.index(name)
                    given = [arg for arg in args if arg.keyword == name] or plain[place : place + 1]
                    for arg in given:
                        yield from self.resolver.values(arg.value, func, number)

    @staticmethod
    def inside(func: Func, cls: ClassInfo) -> bool:
        """Whether a function stands inside a method of a class."""
        parent = func.parent
        while parent is not None:
            if parent.cls is cls:
                return True
            parent = parent.parent
        return False

    def _self_stores(self, func: Func, name: str) -> Iterator[Value]:
        for node in func.stores.get(name, ()):
            ir = func.nodes[node]
            if (
                isinstance(ir.target, Attr)
                and isinstance(ir.target.base, Name)
                and ir.target.base.id in ("self", "cls")
            ):
                yield from self.resolver.values(ir.value, func, node)

    def _outside_stores(self, cls: ClassInfo, name: str, *, known: bool) -> Iterator[Value]:
        """What other code puts on objects of the class, or (not ``known``) on objects of which nothing is known."""
        for path in self.resolver.glances.storing(name)[:12]:
            unit = self.program.unit(path)
            for func in unit.functions if unit else ():
                for node in func.stores.get(name, ()):
                    target = func.nodes[node].target
                    if not isinstance(target, Attr):
                        continue
                    if (
                        self.is_instance(target.base, func, node, cls)
                        if known
                        else self._is_loose(target.base, func, node)
                    ):
                        yield from self.resolver.values(func.nodes[node].value, func, node)
            if unit is not None and known:
                yield from self._setattr_stores(unit, cls, name)

    def _is_loose(self, expr: Expr, func: Func, node: int) -> bool:
        if not isinstance(expr, Name) or expr.id in ("self", "cls"):
            return False
        return self.resolver.shared.is_unknown(self.resolver.values(expr, func, node))

    def _setattr_stores(self, unit: Unit, cls: ClassInfo, name: str) -> Iterator[Value]:
        for func in unit.functions:
            for number in func.calls.get("setattr", ()):
                node = func.nodes[number]
                if len(node.args) == 3:
                    spelled = node.args[1].value
                    if isinstance(spelled, Const) and spelled.value == name:
                        if self.is_instance(node.args[0].value, func, number, cls):
                            yield from self.resolver.values(node.args[2].value, func, number)

    def is_instance(self, expr: Expr, func: Func, node: int, cls: ClassInfo) -> bool:
        """Whether an expression may be an object of a class (or of one above or below it), or the class."""
        return any(
            isinstance(value, (Obj, ClassV))
            and (value.cls is cls or cls in self.mro(value.cls) or value.cls in self.mro(cls))
            for value in self.resolver.values(expr, func, node)
        )

    def _super_attribute(self, cls: ClassInfo, name: str) -> Values:
        found: list[Value] = []
        for last in (cls, *self.subclasses(cls)):  # what comes next depends on the object's class
            order = self.mro(last)
            for candidate in order[order.index(cls) + 1 :]:
                method = candidate.methods.get(name)
                if method is not None:
                    found.append(FuncV(method, Obj(candidate, exact=True)))
                    break
        return distinct(found) or tuple(Inst(f"{base}.{name}") for base in self.external_bases(cls))

    def is_property(self, func: Func) -> bool:
        """Whether a method is read as an attribute."""
        return any(
            last_name(decorator) in ("property", "cached_property", "getter", "reify")
            for decorator in func.ir.decorators
        )

    def _bases(self, cls: ClassInfo) -> Iterator[Value]:
        for base in cls.ir.bases:
            if isinstance(base, Item):
                base = base.base  # Generic[T]
            yield from self.resolver.values(base, cls.parent, -1)

    def mro(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        """The class and its project bases, nearest first (depth-first, duplicates removed)."""
        return self._above(cls)[0]

    def external_bases(self, cls: ClassInfo) -> tuple[str, ...]:
        """Dotted names of the base classes outside the project, inherited ones included."""
        return self._above(cls)[1]

    def _above(self, cls: ClassInfo) -> Above:
        nothing: Above = ((cls,), ())
        return self.resolver.settled.find(("above", cls), lambda: self._find_above(cls), nothing)

    def _find_above(self, cls: ClassInfo) -> Above:
        order: list[ClassInfo] = [cls]
        external: list[str] = []
        for base in self._bases(cls):
            if isinstance(base, ClassV):
                order.extend(c for c in self.mro(base.cls) if c not in order)
                external.extend(self.external_bases(base.cls))
            elif isinstance(base, Ext) and base.name != "builtins.object":
                external.append(base.name)
            elif isinstance(base, Inst) and "." in base.type:  # `class Person(db.Model)`
                external.append(base.type)
        return tuple(order), tuple(dict.fromkeys(external))

    def subclasses(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        """All project classes below a class (not itself)."""
        return self.resolver.settled.find(("below", cls), lambda: self._find_below(cls), ())

    def _find_below(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        found: list[ClassInfo] = []
        for path in self.resolver.glances.deriving(cls.name)[:60]:
            unit = self.program.unit(path)
            for other in unit.classes if unit else ():
                if other is not cls and other.ir.bases and cls in self.mro(other) and other not in found:
                    found.append(other)
        for other in list(found):
            found.extend(c for c in self.subclasses(other) if c not in found)
        return tuple(found)

    @staticmethod
    def enclosing_class(func: Func) -> ClassInfo | None:
        """The class whose method (or a function inside it) this is."""
        at: Func | None = func
        while at is not None:
            if at.cls is not None and at.ir.kind != "class":
                return at.cls
            at = at.parent
        return None

    def attribute_definitions(self, cls: ClassInfo, name: str) -> Iterator[tuple[Func, int]]:
        """The nodes that assign an attribute of a class's objects, in the class itself and its bases."""
        for candidate in self.mro(cls):
            for node in candidate.body.defs.get(name, ()):
                yield candidate.body, node
            for func in candidate.unit.functions:
                if func.cls is candidate or self.inside(func, candidate):
                    for node in func.stores.get(name, ()):
                        target = func.nodes[node].target
                        if (
                            isinstance(target, Attr)
                            and isinstance(target.base, Name)
                            and target.base.id in ("self", "cls")
                        ):
                            yield func, node
