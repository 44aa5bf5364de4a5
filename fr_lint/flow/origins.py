"""Where a value comes from: names, attributes, parameters and returns followed back to the expression that made it.

The resolver says *what* an expression stands for; this file says *which expression* that was, so that its arguments can
be read: the path behind an open file, the name of the collection behind ``self.faces``.  Demand-driven and
context-insensitive; a parameter leads to what all visible callers pass.  It must not know what any library does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fr_lint.flow.calling import PASS_THROUGH, SAME_OBJECT
from fr_lint.flow.filling import added, is_queue, taken_from
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.settled import Settled
from fr_lint.flow.values import ClassV, Ext, FuncV, ModV, Obj, SuperV
from fr_lint.ir.model import (
    Attr,
    Bool,
    Comprehension,
    Const,
    Display,
    Element,
    Entered,
    Expr,
    IfElse,
    Import,
    Item,
    Mapping,
    Name,
    Op,
    Param,
    Result,
    Slice,
    Starred,
)

MAX_ORIGINS = 12  # further ones are dropped


@dataclass(frozen=True, slots=True)
class Origin:
    """An expression, and where it is evaluated.  Names stand here only if they are parameters without callers."""

    expr: Expr
    func: Func
    node: int

    @property
    def place(self) -> tuple[int, Func]:
        """The same for one and the same expression."""
        return (id(self.expr), self.func)


class Origins:
    """Origins of expressions, memoised per program."""

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self._memo = Settled()
        self._keep: dict[int, Expr] = {}  # expressions must outlive the memo's numbers
        self._made: dict[tuple[object, ...], Expr] = {}

    def of(self, expr: Expr, func: Func, node: int) -> tuple[Origin, ...]:
        """The origins of an expression; itself if it cannot be followed."""
        self._keep.setdefault(id(expr), expr)
        return self._memo.find((id(expr), func, node), lambda: self._find(expr, func, node), ())

    def _find(self, expr: Expr, func: Func, node: int) -> tuple[Origin, ...]:
        found: dict[tuple[int, Func], Origin] = {}
        for origin in self._trace(expr, func, node):
            found.setdefault(origin.place, origin)
        return tuple(found.values())[:MAX_ORIGINS]

    def item(self, base: Expr, index: object) -> Item:
        """The expression ``base[index]``, one and the same for the same base."""
        key = ("item", id(base), index)
        if key not in self._made:
            self._keep[id(base)] = base
            self._made[key] = Item(base, Const(index))
        made = self._made[key]
        assert isinstance(made, Item)
        return made

    def element(self, base: Expr) -> Element:
        """The expression for one element of ``base``, one and the same for the same base."""
        key = ("element", id(base))
        if key not in self._made:
            self._keep[id(base)] = base
            self._made[key] = Element(base)
        made = self._made[key]
        assert isinstance(made, Element)
        return made

    def attribute(self, base: Expr, name: str) -> Attr:
        """The expression ``base.name``, one and the same for the same base."""
        key = ("attribute", id(base), name)
        if key not in self._made:
            self._keep[id(base)] = base
            self._made[key] = Attr(base, name)
        made = self._made[key]
        assert isinstance(made, Attr)
        return made

    # -------------------------------------------------------------------------------------------------------- steps

    def _trace(self, expr: Expr, func: Func, node: int) -> Iterator[Origin]:
        if isinstance(expr, Name):
            yield from self._name(expr, func, node)
        elif isinstance(expr, Attr):
            yield from self._attribute(expr, func, node)
        elif isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            yield from self._call(expr, func)
        elif isinstance(expr, (IfElse, Bool)):
            parts = (expr.body, expr.orelse) if isinstance(expr, IfElse) else expr.operands
            for part in parts:
                yield from self.of(part, func, node)
        elif isinstance(expr, Entered):
            yield from self._entered(expr, func, node)
        elif isinstance(expr, Element):
            yield from self._element(expr, func, node)
        elif isinstance(expr, Item):
            yield from self._item(expr, func, node)
        elif isinstance(expr, Starred):
            yield from self.of(expr.value, func, node)
        else:
            yield Origin(expr, func, node)

    def _name(self, expr: Name, func: Func, node: int) -> Iterator[Origin]:
        frame: Func | None = func
        while frame is not None and expr.id not in frame.ir.locals and "@" not in expr.id:
            if frame.ir.kind == "module" or expr.id in frame.ir.globals:
                break
            frame, node = frame.parent, -1
        if frame is not None and (expr.id in frame.ir.locals or "@" in expr.id):
            yield from self._local(expr, frame, node if frame is func else -1)
            return
        found = False
        for other, definition in func.unit.globals.get(expr.id, ())[:MAX_ORIGINS]:
            for origin in self._definition(expr.id, other, definition):
                found = True
                yield origin
        if not found:
            yield Origin(expr, func, node)

    def _local(self, expr: Name, frame: Func, node: int) -> Iterator[Origin]:
        definitions = list(frame.defs.get(expr.id, ()))
        param = next((param for param in frame.ir.params if param.name == expr.id), None)
        if node >= 0 and definitions:
            reached, from_entry = self.resolver.reaching(expr.id, frame, node)
            if reached or from_entry:
                definitions = reached
                param = param if from_entry else None
        for definition in definitions[:MAX_ORIGINS]:
            yield from self._definition(expr.id, frame, definition)
        if param is not None:
            yield from self._param(param, frame)
        elif not definitions:
            yield Origin(expr, frame, node)

    def _definition(self, name: str, frame: Func, definition: int) -> Iterator[Origin]:
        ir = frame.nodes[definition]
        if ir.value is None or ir.op not in (Op.ASSIGN, Op.FOR):
            return
        if isinstance(ir.value, Import):
            yield from self._imported(ir.value, name, frame, definition)
            return
        value = self.element(ir.value) if ir.op == Op.FOR else ir.value
        yield from self._unpacked(name, ir.target, value, frame, definition)

    def _imported(self, expr: Import, name: str, frame: Func, node: int) -> Iterator[Origin]:
        """A name of another module of the project."""
        found = False
        if expr.name:
            path = self.resolver.sources.resolve(frame.unit.path, expr.module, expr.level, strict=False)
            unit = self.resolver.program.unit(path) if path and path.endswith(".py") else None
            if unit is not None and unit is not frame.unit:
                for other, site in unit.globals.get(expr.name, ())[:MAX_ORIGINS]:
                    for origin in self._definition(expr.name, other, site):
                        found = True
                        yield origin
        if not found:
            yield Origin(self._made.setdefault(("import", frame, node, name), expr), frame, node)

    def _unpacked(self, name: str, target: Expr | None, value: Expr, frame: Func, node: int) -> Iterator[Origin]:
        if isinstance(target, Name):
            yield from self.of(value, frame, node)
        elif isinstance(target, Starred):
            yield from self._unpacked(name, target.value, value, frame, node)
        elif isinstance(target, Display):
            for place, part in enumerate(target.elements):
                if name in target_names(part):
                    yield from self._unpacked(name, part, self.item(value, place), frame, node)

    def _param(self, param: Param, frame: Func) -> Iterator[Origin]:
        if self.resolver.receiver(frame, param) is not None:
            yield Origin(Name(param.name), frame, -1)
            return
        found = False
        for caller, site, argument in self.graph.arguments(frame, param):
            for origin in self.of(argument, caller, site):
                found = True
                yield origin
        if param.default is not None and frame.parent is not None:
            for origin in self._default(param, frame.parent):
                if not (found and isinstance(origin.expr, Const) and origin.expr.value in (None, "")):
                    found = True
                    yield origin
        if not found:
            yield Origin(self._param_name(param, frame), frame, -1)

    def _param_name(self, param: Param, frame: Func) -> Expr:
        return self._made.setdefault(("param", frame, param.name), Name(param.name))

    def _default(self, param: Param, outer: Func) -> Iterator[Origin]:
        default = param.default
        if isinstance(default, Result) and last_name(outer.nodes[default.node].value) in ("Depends", "Security"):
            for arg in outer.nodes[default.node].args[:1]:
                for value in self.resolver.values(arg.value, outer, default.node):
                    if isinstance(value, FuncV):
                        yield from self._returns(value.func)
        elif default is not None:
            yield from self.of(default, outer, -1)

    def _returns(self, func: Func) -> Iterator[Origin]:
        """What a function returns, or yields."""
        wanted = Op.YIELD if func.ir.is_generator else Op.RETURN
        for number, ir in enumerate(func.nodes):
            if ir.op == wanted and ir.value is not None:
                for origin in self.of(ir.value, func, number):
                    if not (isinstance(origin.expr, Const) and origin.expr.value is None):
                        yield origin

    def _attribute(self, expr: Attr, func: Func, node: int) -> Iterator[Origin]:
        found = False
        for base in self.resolver.values(expr.base, func, node):
            for origin in self._attribute_of(base, expr.name):
                found = True
                yield origin
        if not found:
            yield Origin(expr, func, node)

    def _attribute_of(self, base: object, name: str) -> Iterator[Origin]:
        if isinstance(base, (Obj, ClassV, SuperV)):
            for cls in self.resolver.mro(base.cls):
                method = cls.methods.get(name)
                if method is not None:
                    if self.resolver.is_property(method):
                        yield from self._returns(method)
                    return
            family = [base.cls]
            if isinstance(base, Obj) and not base.exact:
                family += self.resolver.subclasses(base.cls)  # `self` may be of any of them
            found = [
                origin
                for cls in family
                for frame, site in self.resolver.attribute_definitions(cls, name)
                if (value := frame.nodes[site].value) is not None and isinstance(frame.nodes[site].target, (Name, Attr))
                for origin in self.of(value, frame, site)
            ]
            said = [o for o in found if not (isinstance(o.expr, Const) and o.expr.value in (None, ""))]
            yield from said or found
        elif isinstance(base, ModV) and base.path.endswith(".py"):
            unit = self.resolver.program.unit(base.path)
            for frame, site in unit.globals.get(name, ()) if unit else ():
                yield from self._definition(name, frame, site)

    def _call(self, expr: Result, func: Func) -> Iterator[Origin]:
        ir = func.nodes[expr.node]
        callees = self.resolver.callee_values(func, expr.node)
        found = False
        for callee in callees:
            if isinstance(callee, FuncV) and not callee.func.ir.is_generator:
                for origin in self._returns(callee.func):
                    found = True
                    yield origin
            elif isinstance(callee, Ext) and callee.name in SAME_OBJECT and ir.args:
                for origin in self.of(ir.args[-1 if callee.name == "typing.cast" else 0].value, func, expr.node):
                    found = True
                    yield origin
        receiver = taken_from(expr, func) if not found else None
        if receiver is not None and any(is_queue(o.expr, o.func) for o in self.of(receiver, func, expr.node)):
            for origin in self.of(self.element(receiver), func, expr.node):
                found = True
                yield origin
        if not found:
            yield Origin(expr, func, expr.node)

    def _entered(self, expr: Entered, func: Func, node: int) -> Iterator[Origin]:
        for origin in self.of(expr.manager, func, node):
            found = False
            if isinstance(origin.expr, Result):
                for callee in self.resolver.callee_values(origin.func, origin.expr.node):
                    inner = self._enter_of(callee)
                    if inner is not None:
                        for end in self._returns(inner):
                            found = True
                            if isinstance(end.expr, Name) and end.expr.id == "self":
                                yield origin
                            else:
                                yield end
            if not found:
                yield origin

    def _enter_of(self, callee: object) -> Func | None:
        if isinstance(callee, FuncV) and callee.func.ir.is_generator:
            return callee.func
        if isinstance(callee, ClassV):
            for cls in self.resolver.mro(callee.cls):
                for name in ("__enter__", "__aenter__"):
                    if name in cls.methods:
                        return cls.methods[name]
        return None

    def _element(self, expr: Element, func: Func, node: int) -> Iterator[Origin]:
        for origin in self.of(expr.of, func, node):
            filled = list(added(origin.expr, origin.func, self._bound_at(origin)))
            for value, frame, number in filled:
                yield from self.of(value, frame, number)
            if isinstance(origin.expr, Display):
                for part in origin.expr.elements:
                    yield from self.of(part, origin.func, origin.node)
                continue
            if filled:
                continue
            if isinstance(origin.expr, Comprehension):
                yield from self.of(origin.expr.element, origin.func, origin.node)
                continue
            inner = self._same_elements(origin)
            if inner is not None:
                yield from self.of(self.element(inner), origin.func, origin.node)
            else:
                yield Origin(self.element(origin.expr), origin.func, origin.node)

    @staticmethod
    def _bound_at(origin: Origin) -> int:
        """The node at which a list or the result of a call is given a name."""
        nodes = origin.func.nodes
        return next((n for n, ir in enumerate(nodes) if ir.op == Op.ASSIGN and ir.value is origin.expr), -1)

    def _same_elements(self, origin: Origin) -> Expr | None:
        """What a slice, ``sorted(...)`` and the like take their elements from."""
        expr, func = origin.expr, origin.func
        if isinstance(expr, Item) and isinstance(expr.index, Slice):
            return expr.base
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            ir = func.nodes[expr.node]
            name = last_name(ir.value)
            if isinstance(ir.value, Name) and name in PASS_THROUGH - {"zip", "enumerate"} and ir.args:
                return ir.args[-1 if name == "filter" else 0].value
        return None

    def _item(self, expr: Item, func: Func, node: int) -> Iterator[Origin]:
        index = expr.index.value if isinstance(expr.index, Const) else None
        for origin in self.of(expr.base, func, node):
            inner = origin.expr
            if isinstance(inner, Display) and isinstance(index, int) and index < len(inner.elements):
                yield from self.of(inner.elements[index], origin.func, origin.node)
                continue
            if isinstance(inner, Mapping) and index is not None:
                entries = [entry for entry in inner.entries if getattr(entry.key, "value", None) == index]
                for entry in entries:
                    yield from self.of(entry.value, origin.func, origin.node)
                if entries:
                    continue
            if inner is expr.base:
                yield Origin(expr, func, node)
            elif index is not None:
                yield Origin(self.item(inner, index), origin.func, origin.node)
            else:
                yield Origin(expr, func, node)
