"""What other functions were seen to assign: to a global, to an attribute of an object, to a key of a session.

Must not know how expressions are evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fr_lint.catalogue.grants import Authenticators
from fr_lint.flow.access.carried import Carried
from fr_lint.flow.access.comparisons import Comparisons
from fr_lint.flow.access.domain import BLANK, UNKNOWN, Env, Gate, Val, Vals, after, alternatives, but
from fr_lint.flow.access.fields import Fields
from fr_lint.flow.identifiers import dotted_name
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.resolve import Resolver
from fr_lint.flow.values import ConstV, ModV, Obj
from fr_lint.ir.keys import key
from fr_lint.ir.model import Attr, Const, Expr, Item, Name, Op, Result


class Remembered(Comparisons):
    """Values that outlive the function which assigned them."""

    def __init__(self, resolver: Resolver, words: Authenticators, carried: Carried) -> None:
        self.resolver = resolver
        self.carried = carried
        self.fields = Fields(resolver)
        super().__init__(words)
        self.stored: dict[tuple[Func, int], dict[Val, None]] = {}  # what an assignment was seen to assign
        self.own: dict[Func, set[tuple[Func, int]]] = {}  # of these, what a function reads that it assigns itself
        self.given: Callable[[Func], Vals] = lambda _: ()  # what a property is
        self.demand: Callable[[Func], None] = lambda _: None  # runs a function for what it assigns
        self._attributes: dict[tuple[object, str], tuple[tuple[Func, int], ...]] = {}
        self._literals: dict[tuple[Func, str], object] = {}

    def literal(self, name: str, func: Func) -> object:
        """The literal that a global name stands for, if it is bound once."""
        memo_key = (func.unit.body, name)
        if name in func.ir.locals and func.ir.kind != "module":
            return UNKNOWN
        if memo_key not in self._literals:
            bound = func.unit.globals.get(name, ())
            value: object = UNKNOWN
            if len(bound) == 1 and bound[0][0].nodes[bound[0][1]].op == Op.ASSIGN:
                assigned = bound[0][0].nodes[bound[0][1]]
                if isinstance(assigned.target, Name) and isinstance(assigned.value, Const):
                    value = assigned.value.value
                else:
                    found = self.resolver.global_values(name, func.unit)
                    if len(found) == 1 and isinstance(found[0], ConstV):
                        value = found[0].value
            self._literals[memo_key] = value
        return self._literals[memo_key]

    def seen(self, places: Iterable[tuple[Func, int]], reader: Func | None = None) -> Vals:
        """What functions were seen to assign; by its own assignments the ``reader`` finds what it left before."""
        found: list[Val] = []
        for func, number in places:
            node = func.nodes[number]
            if func.ir.kind == "class" and (node.annotation is not None or isinstance(node.value, Result)):
                found.append(BLANK)  # a field: objects hold something else
                continue
            if (
                node.op == Op.ASSIGN
                and isinstance(node.value, Const)
                and not isinstance(node.value.value, (bool, type(None)))
            ):
                continue
            if func is reader:
                self.own.setdefault(func, set()).add((func, number))
                found.extend(self.stored.get((func, number), ()))
                continue
            self.demand(func)
            kept = self.stored.get((func, number), {BLANK: None})
            found.extend(BLANK if v.const == () else v for v in kept)  # an empty list that others fill
        return alternatives(found)

    def member(self, expr: Attr, func: Func, node: int) -> Vals | None:
        """An attribute of an object or module of the project, as other functions were seen to set it."""
        for base in self.resolver.values(expr.base, func, node):
            if isinstance(base, Obj):
                read = self._property(base.cls, expr.name)
                if read:
                    return read
                always = self.fields.of(base.cls, expr.name)
                if always is not None:
                    return (Val(always),)
                memo_key = (base.cls, expr.name)
                if memo_key not in self._attributes:
                    own = tuple(self.resolver.attribute_definitions(base.cls, expr.name))
                    self._attributes[memo_key] = (*own, *self._from_outside(expr.name)) if own else ()
                places = self._attributes[memo_key]
                if places:
                    return self.seen(places, func)
            elif isinstance(base, ModV) and base.path.endswith(".py"):
                unit = self.resolver.program.unit(base.path)
                if unit is not None:
                    literal = self.literal(expr.name, unit.body)
                    return (Val(literal),) if literal is not UNKNOWN else None
        return None

    def _property(self, cls: ClassInfo, name: str) -> Vals:
        """What a property gives."""
        method = next((c.methods[name] for c in self.resolver.mro(cls) if name in c.methods), None)
        return self.given(method) if method is not None and self.resolver.is_property(method) else ()

    def _from_outside(self, name: str) -> list[tuple[Func, int]]:
        """Where an attribute of this name is set on another object than ``self``."""
        found: list[tuple[Func, int]] = []
        for path in self.resolver.sources.with_word(name)[:12]:
            unit = self.resolver.program.unit(path)
            for func in unit.functions if unit else ():
                for number in func.stores.get(name, ()):
                    target = func.nodes[number].target
                    if isinstance(target, Attr) and not (
                        isinstance(target.base, Name) and target.base.id in ("self", "cls")
                    ):
                        found.append((func, number))
        return found

    def shelf(self, expr: Item, func: Func) -> Vals | None:
        """An entry of a dictionary that several functions share, as all of them were seen to set it."""
        spelled = key(expr)
        places = [
            (other, number)
            for other in func.unit.functions
            for number in other.stores.get("[]", ())
            if self._shares(expr.base, func, other) and key(other.nodes[number].target or expr) == spelled
        ]
        if not any(other is not func for other, _ in places):
            return None
        return alternatives((*self.seen(places), Val(None)))

    @staticmethod
    def _shares(base: Expr, func: Func, other: Func) -> bool:
        if isinstance(base, Name):
            return all(f.ir.kind == "module" or base.id not in f.ir.locals for f in (func, other))
        inside = isinstance(base, Attr) and isinstance(base.base, Name) and base.base.id == "self"
        return inside and func.cls is not None and func.cls is other.cls

    def kept(self, holder: Expr, name: str, env: Env, *, present: bool) -> Vals | None:
        """What another request left in a session, if a check or a face decided it; ``present``: it must be there."""
        places = self.carried.places(holder, name)
        if not places or f"{dotted_name(holder)}[{name!r}]" in env:
            return None
        return self.brought(places, present=present)

    def column(self, name: str) -> Vals | None:
        """What another request wrote into a field that says what the face came to, if a face decided it."""
        found = self.brought(self.carried.columns(name), present=False)
        return found if found is not None and any(isinstance(f, Gate) for v in found for f in v.why) else None

    def brought(self, places: Iterable[tuple[Func, int]], *, present: bool) -> Vals | None:
        """What was left at these places, if a check or a face decided it; ``present``: it must be there."""
        found: list[Val] = []
        for func, number in places:
            self.demand(func)
            for v in self.stored.get((func, number), {}):
                if v.face and v.holds is None:  # the flag was set to what the face said
                    said = Gate((func, number), True, v.face, (v.sign > 0) if v.sign else None)
                    v = but(v, why=after(v.why, frozenset((said,))))
                if v.holds is not False:
                    found.append(v)
        if not any(v.why or v.face for v in found):
            return None
        there = [v if v.const is not UNKNOWN else but(v, truth=True) for v in found]
        return alternatives(there if present else (*there, Val(None)))
