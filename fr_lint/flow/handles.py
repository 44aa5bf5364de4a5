"""Objects that stand for a store: what they are to the catalogue, and the call in which they were made.

An open file, a database connection, a collection, a builder of a query.  It must not know rules or the law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fr_lint.catalogue.store_records import Type
from fr_lint.catalogue.stores import ITEM, Stores
from fr_lint.flow.callview import CallView
from fr_lint.flow.models import Models
from fr_lint.flow.origins import Origin, Origins
from fr_lint.flow.program import Func
from fr_lint.flow.settled import Settled
from fr_lint.flow.values import ClassV, Ext, Inst, Obj
from fr_lint.ir.model import Attr, Binary, Element, Expr, Item, Name, Op, Result


@dataclass(frozen=True, slots=True)
class Handle:
    """An object by the entry of the catalogue; ``made`` is the call, item or attribute that gave it, if it is seen."""

    type: Type
    made: CallView | None = field(compare=False)
    origin: Origin


class Handles:
    """Handles of expressions."""

    def __init__(self, origins: Origins, stores: Stores, models: Models) -> None:
        self.origins = origins
        self.models = models
        self.resolver = origins.resolver
        self.stores = stores
        self._memo = Settled()
        self._names = Settled()

    def of(self, expr: Expr, func: Func, node: int) -> tuple[Handle, ...]:
        """The handles that an expression may be."""
        return tuple(handle for origin in self.origins.of(expr, func, node) for handle in self.at(origin))

    def at(self, origin: Origin) -> tuple[Handle, ...]:
        """The handles that an origin is."""
        return self._memo.find(origin.place, lambda: tuple(self._find(origin)), ())

    def chains(self, expr: Expr, func: Func, node: int) -> tuple[str, ...]:
        """The names by which the catalogue may know what an expression is."""
        return tuple(dict.fromkeys(c for origin in self.origins.of(expr, func, node) for c in self._chains(origin)))

    def _chains(self, origin: Origin) -> tuple[str, ...]:
        return self._names.find(origin.place, lambda: self._named(origin), ())

    def _named(self, origin: Origin) -> tuple[str, ...]:
        expr, func, node = origin.expr, origin.func, origin.node
        found = [
            value.type if isinstance(value, Inst) else value.name
            for value in self.resolver.values(expr, func, node)
            if isinstance(value, (Inst, Ext))
        ]
        if isinstance(expr, Attr) and not any(self.stores.types(chain) for chain in found):
            found = [*self.models.attribute(expr, func, node)] or found  # a field of a model
        if not found:
            found = [
                base
                for value in self.resolver.values(expr, func, node)
                if isinstance(value, (Obj, ClassV))
                for base in self.resolver.external_bases(value.cls)
            ]
        if found:
            return tuple(dict.fromkeys(found))
        if isinstance(expr, Binary):
            joint = [chain for chain in self._below(expr.left, func, node) if self._joins(chain, expr.op)]
            return tuple(joint)
        step: tuple[Expr, str] | None = None
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            callee = func.nodes[expr.node].value
            step = (callee.base, f".{callee.name}") if isinstance(callee, Attr) else None
            node = expr.node
        elif isinstance(expr, Attr):
            step = expr.base, f".{expr.name}"
        elif isinstance(expr, Item):
            step = expr.base, ITEM
        elif isinstance(expr, Element):
            step = expr.of, ITEM
        if step is None:
            return ()
        return tuple(chain + step[1] for chain in self._below(step[0], func, node))

    def _below(self, expr: Expr, func: Func, node: int) -> Iterator[str]:
        for origin in self.origins.of(expr, func, node):
            yield from self._chains(origin)

    def _joins(self, chain: str, operator: str) -> bool:
        return any(operator in kind.join for kind in self.stores.types(chain))

    def _find(self, origin: Origin) -> Iterator[Handle]:
        for chain in self._chains(origin):
            for kind in self.stores.types(chain):
                yield from self._made(origin, chain, kind)

    def _made(self, origin: Origin, chain: str, kind: Type) -> Iterator[Handle]:
        expr, func = origin.expr, origin.func
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            callee = func.nodes[expr.node].value
            owner = chain.removesuffix("()").rpartition(".")[0]
            if isinstance(callee, Attr) and owner and kind in self.stores.types(owner):
                found = [h for h in self.of(callee.base, func, expr.node) if h.type is kind]
                yield from found or [Handle(kind, None, origin)]
                return
            yield Handle(kind, CallView(self.origins, func, expr.node), origin)
        elif isinstance(expr, (Item, Attr)):
            yield Handle(kind, CallView(self.origins, func, origin.node, expr=expr), origin)
        elif isinstance(expr, (Element, Name, Binary)):
            yield Handle(kind, None, origin)
