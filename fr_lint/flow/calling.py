"""What calls give and what parameters are: returns, factories, instances, annotations, defaults, arguments of callers.

Knows what outside factories make through the catalogue's interface only.  Must not know any rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fr_lint.catalogue.guards import guards
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.known import Values, distinct
from fr_lint.flow.program import Func
from fr_lint.flow.values import ClassV, Coll, ConstV, Ext, FuncV, Inst, Many, ModV, Obj, SuperV, Value
from fr_lint.ir.model import (
    Attr,
    Binary,
    Const,
    Display,
    Element,
    Expr,
    Import,
    Item,
    Name,
    Node,
    Op,
    Param,
    Result,
    Text,
)

if TYPE_CHECKING:
    from fr_lint.flow.resolve import Resolver

PASS_THROUGH = frozenset(
    {"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "enumerate", "zip", "filter"}
)

SAME_OBJECT = frozenset(
    {
        "copy.copy",
        "copy.deepcopy",
        "typing.cast",
        "asyncio.run",
        "asyncio.create_task",
        "asyncio.wait_for",
        "asyncio.shield",
        "asyncio.ensure_future",
        "contextlib.closing",
        "contextlib.nullcontext",
    }
)

PARTIALS = frozenset({"functools.partial", "functools.partialmethod", "functools.wraps", "functools.update_wrapper"})

BUILTIN_TYPES = frozenset({"str", "int", "float", "bool", "bytes", "dict", "list", "set", "tuple", "object", "type"})


MAX_MODULES = 24  # of a package from which one is loaded by a name that is put together


class Calling:
    """Values of calls and parameters."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.products = resolver.products
        self.making = guards().making_own
        self.lazy = guards().making_lazy
        self.fields = guards().making_fields
        self.partials = PARTIALS | guards().making_partial
        self.carriers = guards().making_carriers

    def param_values(self, func: Func, name: str) -> Values:
        """What a parameter may be: ``self``, its annotation, its default, or what visible callers pass."""
        return self.resolver.settled.find(("param", func, name), lambda: self._param_values(func, name), ())

    def _param_values(self, func: Func, name: str) -> Values:
        param = next(p for p in func.ir.params if p.name == name)
        found: list[Value] = []
        owner = self.receiver(func, param)
        if owner is not None:
            found.append(owner)
        else:
            enclosing = func.parent or func
            if param.annotation is not None:
                found.extend(self.annotation_values(param.annotation, enclosing))
            if param.default is not None:
                found.extend(v for v in self.default_values(param, enclosing) if not isinstance(v, ConstV))
            if not found and self.resolver.graph is not None:
                found.extend(self.resolver.graph.argument_values(func, param))
        return distinct(found)

    def receiver(self, func: Func, param: Param) -> Value | None:
        """``self`` or ``cls`` of a method."""
        if func.cls is None or func.ir.kind != "function" or not func.ir.params or func.ir.params[0] is not param:
            return None
        names = {last_name(decorator) for decorator in func.ir.decorators}
        if "staticmethod" in names:
            return None
        if "classmethod" in names or func.name in ("__new__", "__init_subclass__", "__class_getitem__"):
            return ClassV(func.cls)
        return Obj(func.cls)

    def default_values(self, param: Param, enclosing: Func) -> Values:
        """Values of a parameter's default; a framework dependency (``Depends(f)``) stands for what ``f`` returns."""
        if isinstance(param.default, Result):
            call = enclosing.nodes[param.default.node]
            if last_name(call.value) in ("Depends", "Security") and call.args:
                return distinct(
                    value
                    for dependency in self.resolver.values(call.args[0].value, enclosing, param.default.node)
                    for value in self.called(dependency, None, enclosing, param.default.node)
                )
        return self.resolver.values(param.default, enclosing, -1)

    def annotation_values(self, annotation: Expr, frame: Func) -> Values:
        """Instances of the classes that an annotation names."""
        found: list[Value] = []
        if isinstance(annotation, Binary) and annotation.op == "|":
            return distinct(
                (*self.annotation_values(annotation.left, frame), *self.annotation_values(annotation.right, frame))
            )
        if isinstance(annotation, Item):
            head = last_name(annotation.base)
            index = annotation.index
            parts = index.elements if isinstance(index, Display) else (index,)
            if head in ("Annotated", "Optional", "Union", "Final", "ClassVar", "Type"):
                for part in parts if head == "Union" else parts[:1]:
                    found.extend(self.annotation_values(part, frame))
                return distinct(found)
            if head.lower() in (
                "list",
                "tuple",
                "set",
                "sequence",
                "iterable",
                "iterator",
                "generator",
                "asyncgenerator",
            ):
                return distinct(Many(value) for part in parts[:1] for value in self.annotation_values(part, frame))
            return self.annotation_values(annotation.base, frame)
        for value in self.resolver.values(annotation, frame, -1):
            if isinstance(value, ClassV):
                found.append(Obj(value.cls))
            elif isinstance(value, Ext):
                short = value.name.removeprefix("builtins.")
                if not value.name.startswith(("typing.", "collections.abc.")) and short != "object":
                    found.append(Inst(value.name))
        return distinct(found)

    def returns(self, func: Func) -> Values:
        """What calling a project function gives (for a generator: :class:`Many` of what it yields)."""
        return self.resolver.settled.find(("returns", func), lambda: self._find_returns(func), ())

    def _find_returns(self, func: Func) -> Values:
        found: list[Value] = []
        for number, node in enumerate(func.nodes):
            if func.ir.is_generator:
                if node.op == Op.YIELD:
                    found.extend(Many(value) for value in self.resolver.values(node.value, func, number))
            elif node.op == Op.RETURN and node.value is not None:
                found.extend(
                    v
                    for v in self.resolver.values(node.value, func, number)
                    if not (isinstance(v, ConstV) and v.value is None)
                )
        if not found and func.ir.returns is not None:
            found.extend(self.annotation_values(func.ir.returns, func.parent or func))
        return distinct(found)

    def call_values(self, func: Func, node: int) -> Iterable[Value]:
        """What a call returns."""
        ir = func.nodes[node]
        found: list[Value] = []
        if isinstance(ir.value, Name) and ir.value.id == "super" and not self.name_is_local("super", func):
            owner = self.resolver.enclosing_class(func)
            return (SuperV(owner),) if owner else ()
        if isinstance(ir.value, Attr) and ir.value.name in ("get", "pop", "setdefault") and ir.args:
            index = ir.args[0].value.value if isinstance(ir.args[0].value, Const) else ...
            for base in self.resolver.values(ir.value.base, func, node):
                if isinstance(base, Coll):
                    found.extend(self.resolver.containers.coll_items(base, index))
                    if len(ir.args) > 1:
                        found.extend(self.resolver.values(ir.args[1].value, func, node))
            found.extend(self.resolver.shared.values(ir.value.base, index, func))
        for callee in self.resolver.callee_values(func, node):
            found.extend(self.called(callee, ir, func, node))
        if isinstance(ir.value, Attr) and ir.value.name == "get" and not ir.args:
            found.extend(self._carried(ir.value.base, func, node))
        if isinstance(ir.value, Attr) and ir.value.name in self.making:
            made = [v for v in self.resolver.values(ir.value.base, func, node) if isinstance(v, ClassV)]
            return [Obj(v.cls, exact=True) for v in made] or found
        return found

    def _carried(self, carrier: Expr, func: Func, node: int) -> Iterable[Value]:
        """``VARIABLE.get()``: what was put into a carrier by ``VARIABLE.set(...)``."""
        graph = self.resolver.graph
        for value in self.resolver.values(carrier, func, node):
            if isinstance(value, Inst) and value.type in self.carriers and value.func is not None and graph is not None:
                for setter, number in graph.deferred.on(carrier, value, func, "set"):
                    for arg in setter.nodes[number].args[:1]:
                        yield from self.resolver.values(arg.value, setter, number)

    def name_is_local(self, name: str, func: Func) -> bool:
        """Whether a builtin's name is rebound in the function or its module."""
        return name in func.ir.locals or name in func.unit.globals

    def called(self, callee: Value, ir: Node | None, func: Func, node: int) -> Iterable[Value]:
        """What calling an abstract value returns; ``ir`` is the call node if its arguments are known."""
        if isinstance(callee, Ext):
            return self._external_call(callee.name, ir, func, node)
        if isinstance(callee, Inst):
            return self._method_call(callee, ir, func, node)
        if isinstance(callee, FuncV):
            return self.returns(callee.func)
        if isinstance(callee, ClassV):
            return (Obj(callee.cls, exact=True),)
        if isinstance(callee, Obj):
            found: list[Value] = []
            for method in self.resolver.instance_attribute(callee, "__call__"):
                found.extend(self.called(method, ir, func, node))
            return found
        return ()

    def _external_call(self, name: str, ir: Node | None, func: Func, node: int) -> Iterable[Value]:
        args = ir.args if ir is not None else ()
        short = name.removeprefix("builtins.")
        if short != name:
            if short == "getattr" and len(args) >= 2 and isinstance(args[1].value, Const):
                attribute = str(args[1].value.value)
                return [
                    v
                    for base in self.resolver.values(args[0].value, func, node)
                    for v in self.resolver.attribute_of(base, attribute)
                ]
            if short in PASS_THROUGH and args:
                source = args[-1] if short == "filter" else args[0]
                if short == "zip":
                    return [Many(Coll(Display("tuple", tuple(Element(a.value) for a in args)), func, node))]
                elements = self.resolver.elements(source.value, func, node)
                if short == "enumerate":
                    return [Many(Coll(Display("tuple", (Const(0), Element(source.value))), func, node))]
                return [Many(value) for value in elements]
            if short == "next" and args:
                return self.resolver.elements(args[0].value, func, node)
            if short == "map" and len(args) >= 2:
                return [
                    Many(v)
                    for f in self.resolver.values(args[0].value, func, node)
                    for v in self.called(f, None, func, node)
                ]
            if short == "__import__" and args and isinstance(args[0].value, Const):
                return self.resolver.imported(Import(str(args[0].value.value), "", 0), func.unit)
            if short == "type" and len(args) == 1:
                return [ClassV(v.cls) for v in self.resolver.values(args[0].value, func, node) if isinstance(v, Obj)]
            if short in BUILTIN_TYPES:
                return (Inst(name),)
        if name == "importlib.import_module" and args:
            return self._by_name(args[0].value, func)
        if name in self.fields:
            made_by = [arg for arg in args if arg.keyword in ("default_factory", "factory")]
            given = [v for arg in made_by for v in self.resolver.values(arg.value, func, node)]
            return [value for maker in given for value in self.called(maker, None, func, node)]
        if name in self.lazy and args:
            lazily = self.resolver.values(args[0].value, func, node)
            return [made for value in lazily for made in self.called(value, None, func, node)]
        if name in self.partials or name in SAME_OBJECT:
            return (
                self.resolver.values(args[1 if name == "typing.cast" else 0].value, func, node)
                if len(args) > (name == "typing.cast")
                else ()
            )
        made = self.products.products(name, lambda: self.resolver.strings_of(args, func, node))
        return tuple(Inst(type_name, func, node) for type_name in made or (name,))

    def _by_name(self, expr: Expr, func: Func) -> Iterable[Value]:
        """A module that is imported by its name, or those that ``f"steps.{name}"`` may name."""
        if isinstance(expr, Const):
            return self.resolver.imported(Import(str(expr.value), "", 0), func.unit)
        head = expr.parts[0] if isinstance(expr, Text) else expr.left if isinstance(expr, Binary) else None
        text = str(head.value) if isinstance(head, Const) else ""
        package, dot, begins = text.rpartition(".")
        place = self.resolver.sources.package_dir(func.unit.path, package, 0) if dot and package else None
        files = self.resolver.sources.modules(place) if place is not None else ()
        fitting = [file for file in files if file.rpartition("/")[2].startswith(begins)]
        return tuple(ModV(file) for file in fitting) if len(fitting) <= MAX_MODULES else ()

    def _method_call(self, callee: Inst, ir: Node | None, func: Func, node: int) -> Iterable[Value]:
        type_name, _, method = callee.type.rpartition(".")
        if ir is not None and method and isinstance(ir.value, Attr) and ir.value.name == method:
            if self.products.returns_self(type_name, method):
                return (Inst(type_name, callee.func, callee.node),)
            args = ir.args
            made = self.products.products(callee.type, lambda: self.resolver.strings_of(args, func, node))
            if made is not None:
                return tuple(Inst(name, func, node) for name in made)
        return (Inst(callee.type + "()", func, node),)
