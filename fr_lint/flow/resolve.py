"""What names and expressions stand for: imports, aliases, factories, instances, attributes, containers.

A demand-driven, context-insensitive evaluation to abstract values; flow-sensitive only for local names that are bound
more than once (reaching definitions).  It knows the catalogue through one small interface and must not know any rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from fr_lint.flow.program import ClassInfo, Func, Program, Unit, target_names
from fr_lint.flow.values import ClassV, Coll, ConstV, Ext, FuncV, Inst, Many, ModV, Obj, SuperV, Value
from fr_lint.ir.model import (
    Arg,
    Attr,
    Binary,
    Bool,
    Caught,
    ClassRef,
    Comprehension,
    Const,
    Display,
    Element,
    Entered,
    Expr,
    FunctionRef,
    IfElse,
    Import,
    Item,
    Mapping,
    Name,
    Node,
    Op,
    Param,
    Result,
    Starred,
    Text,
)
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.graph import CallGraph

Values = tuple[Value, ...]
MAX_DEPTH = 40
MAX_VALUES = 24

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
PROPERTIES = frozenset(
    {
        "property",
        "cached_property",
        "functools.cached_property",
        "builtins.property",
        "django.utils.functional.cached_property",
        "werkzeug.utils.cached_property",
    }
)
BUILTIN_TYPES = frozenset({"str", "int", "float", "bool", "bytes", "dict", "list", "set", "tuple", "object", "type"})


class Products(Protocol):
    """The part of the catalogue that says what factories make."""

    def canonical(self, dotted: str) -> str: ...  # noqa: D102
    def products(self, dotted: str, strings: Callable[[], Sequence[str]]) -> tuple[str, ...] | None: ...  # noqa: D102
    def returns_self(self, type_name: str, method: str) -> bool: ...  # noqa: D102
    def text(self, dotted: str) -> str | None: ...  # noqa: D102
    @property
    def libraries(self) -> frozenset[str]: ...  # noqa: D102


def last_name(expr: Expr | None) -> str:
    """The last identifier of a callee: ``a.b.c`` -> ``c``."""
    if isinstance(expr, Attr):
        return expr.name
    if isinstance(expr, Name):
        return expr.id.partition("@")[0]
    return ""


def dotted_name(expr: Expr) -> str:
    """``a.b.c`` for a chain of attributes on a name, else an empty string."""
    parts: list[str] = []
    while isinstance(expr, Attr):
        parts.append(expr.name)
        expr = expr.base
    if not isinstance(expr, Name):
        return ""
    parts.append(expr.id)
    return ".".join(reversed(parts))


class Resolver:
    """Abstract values of expressions, memoised per program."""

    def __init__(self, program: Program, products: Products) -> None:
        self.program = program
        self.sources = program.sources
        self.products = products
        self.graph: CallGraph | None = None
        self._memo: dict[tuple[int, Func, int], Values] = {}
        self._busy: set[tuple[object, ...]] = set()
        self._depth = 0
        self._returns: dict[Func, Values] = {}
        self._params: dict[tuple[Func, str], Values] = {}
        self._mro: dict[ClassInfo, tuple[ClassInfo, ...]] = {}
        self._external_bases: dict[ClassInfo, tuple[str, ...]] = {}
        self._subclasses: dict[ClassInfo, tuple[ClassInfo, ...]] = {}
        self._attributes: dict[tuple[ClassInfo, str], Values] = {}
        self._bound: list[tuple[Func, dict[str, object]]] = []

    # ------------------------------------------------------------------------------------------ expressions

    def values(self, expr: Expr | None, func: Func, node: int) -> Values:
        """What ``expr`` may stand for when node ``node`` of ``func`` evaluates it (``-1``: anywhere)."""
        if expr is None:
            return ()
        memo_key = (id(expr), func, node)
        known = self._memo.get(memo_key)
        if known is not None:
            return known
        if memo_key in self._busy or self._depth > MAX_DEPTH:
            return ()
        self._busy.add(memo_key)
        self._depth += 1
        try:
            found = self._evaluate(expr, func, node)
        finally:
            self._depth -= 1
            self._busy.discard(memo_key)
        result = distinct(found)
        if not self._busy or result:
            self._memo[memo_key] = result
        return result

    def _evaluate(self, expr: Expr, func: Func, node: int) -> Iterable[Value]:  # noqa: C901
        if isinstance(expr, Name):
            return self.name_values(expr.id, func, node)
        if isinstance(expr, Attr):
            return self._attribute(expr, func, node)
        if isinstance(expr, Result):
            if func.nodes[expr.node].op == Op.CALL:
                return self.call_values(func, expr.node)
            return ()
        if isinstance(expr, Const):
            return (ConstV(type(expr.value).__name__, expr.value),)
        if isinstance(expr, Import):
            return self._import(expr, func.unit)
        if isinstance(expr, FunctionRef):
            target = func.unit.functions[expr.index]
            return (FuncV(target),)
        if isinstance(expr, ClassRef):
            return (ClassV(func.unit.classes[expr.index]),)
        if isinstance(expr, (Display, Mapping)):
            return (Coll(expr, func, node),)
        if isinstance(expr, Item):
            return self._item(expr, func, node)
        if isinstance(expr, Element):
            return self.elements(expr.of, func, node)
        if isinstance(expr, Entered):
            return self._entered(expr.manager, func, node)
        if isinstance(expr, IfElse):
            return (*self.values(expr.body, func, node), *self.values(expr.orelse, func, node))
        if isinstance(expr, Bool):
            return [value for operand in expr.operands for value in self.values(operand, func, node)]
        if isinstance(expr, Comprehension):
            return [Many(value) for value in self.values(expr.element, func, node)]
        if isinstance(expr, Starred):
            return self.values(expr.value, func, node)
        if isinstance(expr, Caught):
            return (Inst("builtins.Exception"),)
        if isinstance(expr, (Text, Binary)):
            return (Inst("builtins.str"),) if isinstance(expr, Text) else ()
        return ()

    # ------------------------------------------------------------------------------------------ names

    def name_values(self, name: str, func: Func, node: int) -> Values:
        """What a plain name stands for at a node."""
        if name in func.ir.locals or "@" in name or (func.ir.kind == "module" and name in func.defs):
            return self._local(name, func, node)
        if name not in func.ir.globals:
            parent = func.parent
            while parent is not None and parent.ir.kind != "module":
                if parent.ir.kind != "class" and name in parent.ir.locals:
                    return self._local(name, parent, -1)
                parent = parent.parent
        return self.global_values(name, func.unit)

    def _local(self, name: str, func: Func, node: int) -> Values:
        definitions = func.defs.get(name, [])
        is_param = any(param.name == name for param in func.ir.params)
        if node >= 0 and (len(definitions) > 1 or (definitions and is_param)):
            reached, from_entry = self.reaching(name, func, node)
            if reached or from_entry:
                definitions, is_param = reached, is_param and from_entry
        found: list[Value] = []
        for definition in definitions[:32]:
            found.extend(self.definition_values(name, func, definition))
        if is_param:
            found.extend(self.param_values(func, name))
        if func.ir.kind == "module":
            for other, definition in func.unit.globals.get(name, ()):
                if other is not func:
                    found.extend(self.definition_values(name, other, definition))
        return distinct(found)

    def reaching(self, name: str, func: Func, node: int) -> tuple[list[int], bool]:
        """The definitions of a local name that reach a node, and whether the function's entry does."""
        definitions = set(func.defs.get(name, ()))
        preds = func.preds
        seen: set[int] = set()
        stack = list(preds[node])
        found: list[int] = []
        from_entry = node == 0
        while stack:
            at = stack.pop()
            if at in seen:
                continue
            seen.add(at)
            if at in definitions:
                found.append(at)
                continue
            if at == 0:
                from_entry = True
            stack.extend(preds[at])
        found.sort()
        return found, from_entry

    def definition_values(self, name: str, func: Func, node: int) -> Values:
        """What a binding node gives to a name."""
        ir = func.nodes[node]
        value = ir.value
        if ir.op == Op.FOR:
            elements = self.elements(value, func, node)
            return distinct(self._unpack(name, ir.target, elements))
        if ir.op != Op.ASSIGN or value is None:
            return ()
        if isinstance(ir.target, Name):
            found = self.values(value, func, node)
            annotation = getattr(ir, "annotation", None)
            if annotation is not None and all(isinstance(v, ConstV) or self._is_empty(v) for v in found):
                found = (*found, *self.annotation_values(annotation, func))
            return found
        return distinct(self._unpack(name, ir.target, self.values(value, func, node)))

    @staticmethod
    def _is_empty(value: Value) -> bool:
        """A container written out with nothing in it."""
        if not isinstance(value, Coll):
            return False
        return not (value.expr.elements if isinstance(value.expr, Display) else getattr(value.expr, "entries", (1,)))

    def _unpack(self, name: str, target: Expr | None, values: Values) -> Iterator[Value]:
        if isinstance(target, Name):
            yield from values
            return
        if isinstance(target, Starred):
            yield from self._unpack(name, target.value, values)
            return
        if not isinstance(target, Display):
            return
        for place, element in enumerate(target.elements):
            if name not in target_names(element):
                continue
            for value in values:
                if isinstance(value, Coll):
                    yield from self._unpack(name, element, self._coll_items(value, place))
                elif isinstance(value, Many):
                    yield from self._unpack(name, element, (value.element,))
                elif isinstance(value, Inst):
                    yield from self._unpack(name, element, (Inst(value.type + "[]", value.func, value.node),))

    def global_values(self, name: str, unit: Unit) -> Values:
        """What a module-level name of a module stands for, seen from anywhere."""
        found: list[Value] = []
        for func, node in unit.globals.get(name, ())[:32]:
            found.extend(self.definition_values(name, func, node))
        if not found and name not in unit.globals:
            for module, level in unit.module.stars:
                found.extend(self._member_of_import(module, name, level, unit))
            if not found and name in BUILTIN_NAMES:
                found.append(Ext("builtins." + name))
        return distinct(found)

    # ------------------------------------------------------------------------------------------ imports  # noqa: ERA001

    def _import(self, expr: Import, unit: Unit) -> Iterable[Value]:
        if expr.name:
            return self._member_of_import(expr.module, expr.name, expr.level, unit)
        path = self._project_module(unit, expr.module, expr.level)
        if path is not None:
            return (ModV(path),)
        return (Ext(self.products.canonical(expr.module)),) if not expr.level else ()

    def _project_module(self, unit: Unit, module: str, level: int) -> str | None:
        known = not level and module.partition(".")[0] in self.products.libraries
        path = self.sources.resolve(unit.path, module, level, strict=known)
        if path == unit.path:
            return None  # a file that carries the library's name and imports the library
        return path

    def _member_of_import(self, module: str, name: str, level: int, unit: Unit) -> Values:
        path = self._project_module(unit, module, level) if module or level else None
        if path is not None:
            return self.member(path, name)
        if level:
            folder = unit.path.rsplit("/", 1)[0] if "/" in unit.path else ""
            for _ in range(level - 1):
                folder = folder.rpartition("/")[0]
            whole = "/".join(part for part in (folder, module.replace(".", "/")) if part)
            submodule = self.sources.submodule(whole, name)
            return (ModV(submodule),) if submodule and submodule != unit.path else ()
        dotted = f"{module}.{name}"
        submodule = self._project_module(unit, dotted, 0)
        if submodule is not None and submodule != unit.path:
            return (ModV(submodule),)
        return (Ext(self.products.canonical(dotted)),)

    def member(self, path: str, name: str) -> Values:
        """Attribute ``name`` of the project module at ``path``."""
        guard = ("member", path, name)
        if guard in self._busy:
            return ()
        self._busy.add(guard)
        try:
            if path.endswith(".py"):
                unit = self.program.unit(path)
                if unit is not None:
                    found = self.global_values(name, unit)
                    if found or name in unit.globals:
                        return tuple(v for v in found if not (isinstance(v, Ext) and v.name == "builtins." + name))
            submodule = self.sources.submodule(path, name)
            return (ModV(submodule),) if submodule else ()
        finally:
            self._busy.discard(guard)

    # ------------------------------------------------------------------------------------------ attributes

    def _attribute(self, expr: Attr, func: Func, node: int) -> Iterable[Value]:
        found: list[Value] = []
        for base in self.values(expr.base, func, node):
            found.extend(self.attribute_of(base, expr.name))
        return found

    def attribute_of(self, base: Value, name: str) -> Iterable[Value]:
        """Attribute ``name`` of an abstract value."""
        if isinstance(base, Ext):
            return (Ext(self.products.canonical(f"{base.name}.{name}")),)
        if isinstance(base, Inst):
            return (Inst(f"{base.type}.{name}", base.func, base.node),)
        if isinstance(base, ModV):
            return self.member(base.path, name)
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
                found.extend(self.returns(value.func))
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
        memo_key = (cls, name)
        if memo_key in self._attributes:
            return self._attributes[memo_key]
        self._attributes[memo_key] = ()
        found: list[Value] = []
        family = (*self.mro(cls), *self.subclasses(cls))
        for candidate in family:
            for node in candidate.body.defs.get(name, ()):
                found.extend(self.definition_values(name, candidate.body, node))
            for func in candidate.unit.functions:
                if func.cls is candidate or self._inside(func, candidate):
                    found.extend(self._self_stores(func, name))
        if not any(not (isinstance(v, ConstV) and v.value is None) for v in found):
            found.extend(self._outside_stores(cls, name))
        self._attributes[memo_key] = distinct(found)
        return self._attributes[memo_key]

    @staticmethod
    def _inside(func: Func, cls: ClassInfo) -> bool:
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
                yield from self.values(ir.value, func, node)

    def _outside_stores(self, cls: ClassInfo, name: str) -> Iterator[Value]:
        for path in self.sources.with_word(name)[:12]:
            unit = self.program.unit(path)
            for func in unit.functions if unit else ():
                for node in func.stores.get(name, ()):
                    target = func.nodes[node].target
                    if isinstance(target, Attr) and self._is_instance(target.base, func, node, cls):
                        yield from self.values(func.nodes[node].value, func, node)
            if unit is not None:
                yield from self._setattr_stores(unit, cls, name)

    def _setattr_stores(self, unit: Unit, cls: ClassInfo, name: str) -> Iterator[Value]:
        for func in unit.functions:
            for number, node in enumerate(func.nodes):
                if node.op == Op.CALL and last_name(node.value) == "setattr" and len(node.args) == 3:
                    spelled = node.args[1].value
                    if isinstance(spelled, Const) and spelled.value == name:
                        if self._is_instance(node.args[0].value, func, number, cls):
                            yield from self.values(node.args[2].value, func, number)

    def _is_instance(self, expr: Expr, func: Func, node: int, cls: ClassInfo) -> bool:
        return any(
            isinstance(value, (Obj, ClassV))
            and (value.cls is cls or cls in self.mro(value.cls) or value.cls in self.mro(cls))
            for value in self.values(expr, func, node)
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

    # ------------------------------------------------------------------------------------------ classes

    def _bases(self, cls: ClassInfo) -> Iterator[Value]:
        for base in cls.ir.bases:
            if isinstance(base, Item):
                base = base.base  # Generic[T]
            yield from self.values(base, cls.parent, -1)

    def mro(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        """The class and its project bases, nearest first (depth-first, duplicates removed)."""
        if cls in self._mro:
            return self._mro[cls]
        self._mro[cls] = (cls,)
        order: list[ClassInfo] = [cls]
        external: list[str] = []
        for base in self._bases(cls):
            if isinstance(base, ClassV):
                order.extend(c for c in self.mro(base.cls) if c not in order)
                external.extend(self.external_bases(base.cls))
            elif isinstance(base, Ext) and base.name != "builtins.object":
                external.append(base.name)
        self._mro[cls] = tuple(order)
        self._external_bases[cls] = tuple(dict.fromkeys(external))
        return self._mro[cls]

    def external_bases(self, cls: ClassInfo) -> tuple[str, ...]:
        """Dotted names of the base classes outside the project, inherited ones included."""
        self.mro(cls)
        return self._external_bases.get(cls, ())

    def subclasses(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        """All project classes below a class (not itself)."""
        if cls in self._subclasses:
            return self._subclasses[cls]
        self._subclasses[cls] = ()
        found: list[ClassInfo] = []
        for path in self.sources.with_word(cls.name)[:60]:
            unit = self.program.unit(path)
            for other in unit.classes if unit else ():
                if other is not cls and other.ir.bases and cls in self.mro(other) and other not in found:
                    found.append(other)
        for other in list(found):
            found.extend(c for c in self.subclasses(other) if c not in found)
        self._subclasses[cls] = tuple(found)
        return self._subclasses[cls]

    # ------------------------------------------------------------------------------------------ functions

    def param_values(self, func: Func, name: str) -> Values:
        """What a parameter may be: ``self``, its annotation, its default, or what visible callers pass."""
        memo_key = (func, name)
        if memo_key in self._params:
            return self._params[memo_key]
        self._params[memo_key] = ()
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
            if not found and self.graph is not None:
                found.extend(self.graph.argument_values(func, param))
        self._params[memo_key] = distinct(found)
        return self._params[memo_key]

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
                    for dependency in self.values(call.args[0].value, enclosing, param.default.node)
                    for value in self.called(dependency, None, enclosing, param.default.node)
                )
        return self.values(param.default, enclosing, -1)

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
        for value in self.values(annotation, frame, -1):
            if isinstance(value, ClassV):
                found.append(Obj(value.cls))
            elif isinstance(value, Ext):
                short = value.name.removeprefix("builtins.")
                if not value.name.startswith("typing.") and short != "object":
                    found.append(Inst(value.name))
        return distinct(found)

    def returns(self, func: Func) -> Values:
        """What calling a project function gives (for a generator: :class:`Many` of what it yields)."""
        if func in self._returns:
            return self._returns[func]
        self._returns[func] = ()
        found: list[Value] = []
        for number, node in enumerate(func.nodes):
            if func.ir.is_generator:
                if node.op == Op.YIELD:
                    found.extend(Many(value) for value in self.values(node.value, func, number))
            elif node.op == Op.RETURN and node.value is not None:
                found.extend(
                    v for v in self.values(node.value, func, number) if not (isinstance(v, ConstV) and v.value is None)
                )
        if not found and func.ir.returns is not None:
            found.extend(self.annotation_values(func.ir.returns, func.parent or func))
        self._returns[func] = distinct(found)
        return self._returns[func]

    # ------------------------------------------------------------------------------------------ calls

    def callee_values(self, func: Func, node: int) -> Values:
        """What the callee of a call node stands for."""
        return self.values(func.nodes[node].value, func, node)

    def call_values(self, func: Func, node: int) -> Iterable[Value]:
        """What a call returns."""
        ir = func.nodes[node]
        found: list[Value] = []
        if isinstance(ir.value, Name) and ir.value.id == "super" and not self.name_is_local("super", func):
            owner = self.enclosing_class(func)
            return (SuperV(owner),) if owner else ()
        if isinstance(ir.value, Attr) and ir.value.name in ("get", "pop", "setdefault") and ir.args:
            index = ir.args[0].value.value if isinstance(ir.args[0].value, Const) else ...
            for base in self.values(ir.value.base, func, node):
                if isinstance(base, Coll):
                    found.extend(self._coll_items(base, index))
                    if len(ir.args) > 1:
                        found.extend(self.values(ir.args[1].value, func, node))
        for callee in self.callee_values(func, node):
            found.extend(self.called(callee, ir, func, node))
        return found

    def name_is_local(self, name: str, func: Func) -> bool:
        """Whether a builtin's name is rebound in the function or its module."""
        return name in func.ir.locals or name in func.unit.globals

    @staticmethod
    def enclosing_class(func: Func) -> ClassInfo | None:
        """The class whose method (or a function inside it) this is."""
        at: Func | None = func
        while at is not None:
            if at.cls is not None and at.ir.kind != "class":
                return at.cls
            at = at.parent
        return None

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
            for method in self.instance_attribute(callee, "__call__"):
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
                    v for base in self.values(args[0].value, func, node) for v in self.attribute_of(base, attribute)
                ]
            if short in PASS_THROUGH and args:
                source = args[-1] if short == "filter" else args[0]
                if short == "zip":
                    return [Many(Coll(Display("tuple", tuple(Element(a.value) for a in args)), func, node))]
                elements = self.elements(source.value, func, node)
                if short == "enumerate":
                    return [Many(Coll(Display("tuple", (Const(0), Element(source.value))), func, node))]
                return [Many(value) for value in elements]
            if short == "next" and args:
                return self.elements(args[0].value, func, node)
            if short == "map" and len(args) >= 2:
                return [
                    Many(v) for f in self.values(args[0].value, func, node) for v in self.called(f, None, func, node)
                ]
            if short == "__import__" and args and isinstance(args[0].value, Const):
                return self._import(Import(str(args[0].value.value), "", 0), func.unit)
            if short == "type" and len(args) == 1:
                return [ClassV(v.cls) for v in self.values(args[0].value, func, node) if isinstance(v, Obj)]
            if short in BUILTIN_TYPES:
                return (Inst(name),)
        if name == "importlib.import_module" and args and isinstance(args[0].value, Const):
            return self._import(Import(str(args[0].value.value), "", 0), func.unit)
        if name in PARTIALS or name in SAME_OBJECT:
            return (
                self.values(args[1 if name == "typing.cast" else 0].value, func, node)
                if len(args) > (name == "typing.cast")
                else ()
            )
        made = self.products.products(name, lambda: self.strings_of(args, func, node))
        return tuple(Inst(type_name, func, node) for type_name in made or (name,))

    def _method_call(self, callee: Inst, ir: Node | None, func: Func, node: int) -> Iterable[Value]:
        type_name, _, method = callee.type.rpartition(".")
        if ir is not None and method and isinstance(ir.value, Attr) and ir.value.name == method:
            if self.products.returns_self(type_name, method):
                return (Inst(type_name, callee.func, callee.node),)
            args = ir.args
            made = self.products.products(callee.type, lambda: self.strings_of(args, func, node))
            if made is not None:
                return tuple(Inst(name, func, node) for name in made)
        return (Inst(callee.type + "()", func, node),)

    # ------------------------------------------------------------------------------------------ containers

    def elements(self, expr: Expr | None, func: Func, node: int) -> Values:
        """What iterating over an expression gives."""
        if expr is None:
            return ()
        found: list[Value] = []
        for value in self.values(expr, func, node):
            found.extend(self._elements_of(value))
        if isinstance(expr, Result):
            call = func.nodes[expr.node]
            if isinstance(call.value, Attr) and call.value.name in ("values", "items") and not call.args:
                inner = self._item(Item(call.value.base, Const(...)), func, expr.node)
                if call.value.name == "items":
                    found.extend(Many(value) for value in inner)
                else:
                    found.extend(inner)
        found.extend(self._stored_elements(expr, func))
        return distinct(found)

    def _elements_of(self, value: Value) -> Iterable[Value]:
        if isinstance(value, Many):
            return (value.element,)
        if isinstance(value, Coll):
            return self._coll_items(value, None)
        if isinstance(value, Inst):
            return (Inst(value.type + "[]", value.func, value.node),)
        if isinstance(value, Obj):
            return [
                v
                for m in self.instance_attribute(value, "__iter__")
                if isinstance(m, FuncV)
                for r in self.returns(m.func)
                for v in self._elements_of(r)
            ]
        return ()

    def _coll_items(self, coll: Coll, index: object) -> Values:
        found: list[Value] = []
        if isinstance(coll.expr, Mapping):
            for entry in coll.expr.entries:
                if entry.key is None:
                    found.extend(
                        v for c in self.values(entry.value, coll.func, coll.node) for v in self._elements_of(c)
                    )
                elif index is None or index is ... or not isinstance(entry.key, Const) or entry.key.value == index:
                    found.extend(self.values(entry.value, coll.func, coll.node))
        elif isinstance(coll.expr, Display):
            for place, element in enumerate(coll.expr.elements):
                if isinstance(element, Starred):
                    found.extend(self.elements(element.value, coll.func, coll.node))
                elif not isinstance(index, int) or index < 0 or index == place:
                    found.extend(self.values(element, coll.func, coll.node))
        return distinct(found)

    def _item(self, expr: Item, func: Func, node: int) -> Iterable[Value]:
        found: list[Value] = []
        index: object = expr.index.value if isinstance(expr.index, Const) else ...
        for value in self.values(expr.base, func, node):
            if isinstance(value, Coll):
                found.extend(self._coll_items(value, index))
            elif isinstance(value, (ClassV, Ext)):
                found.append(value)  # Generic[T]
            else:
                found.extend(self._elements_of(value))
        found.extend(self._stored_elements(expr.base, func))
        return found

    def _stored_elements(self, base: Expr, func: Func) -> Iterator[Value]:
        """What is put into a container by ``c[k] = v``, ``c.append(v)`` and the like."""
        spelled = dotted_name(base)
        if not spelled:
            return
        root, _, attribute = spelled.partition(".")
        if attribute and root == "self":
            owner = self.enclosing_class(func)
            frames: Iterable[Func] = [
                f for f in func.unit.functions if owner and (f.cls is owner or self._inside(f, owner))
            ]
        elif root in func.ir.locals and func.ir.kind != "module":
            frames = (func,)
        elif root in func.unit.globals:
            frames = func.unit.functions
        else:
            return
        for frame in frames:
            for node in frame.stores.get("[]", ()):
                target = frame.nodes[node].target
                if isinstance(target, Item) and dotted_name(target.base) == spelled:
                    yield from self.values(frame.nodes[node].value, frame, node)
            for number, ir in enumerate(frame.nodes):
                if (
                    ir.op == Op.CALL
                    and isinstance(ir.value, Attr)
                    and ir.args
                    and ir.value.name in ("append", "add", "setdefault", "insert")
                ):
                    if dotted_name(ir.value.base) == spelled:
                        yield from self.values(ir.args[-1].value, frame, number)

    def _entered(self, manager: Expr, func: Func, node: int) -> Iterable[Value]:
        found: list[Value] = []
        for value in self.values(manager, func, node):
            if isinstance(value, Many):
                found.append(value.element)
            elif isinstance(value, Obj):
                entered: list[Value] = []
                for name in ("__enter__", "__aenter__"):
                    for method in self.instance_attribute(value, name):
                        entered.extend(self.called(method, None, func, node))
                found.extend(entered or [value])
            else:
                found.append(value)
        return found

    # ------------------------------------------------------------------------------------------ strings

    def strings_of(self, args: Iterable[Arg], func: Func, node: int) -> list[str]:
        """All texts that the arguments of a call may hold."""
        found: list[str] = []
        for arg in args:
            found.extend(self.texts(arg.value, func, node))
            found.extend(self._members(arg.value, func, node, 0))
        return found

    def _members(self, expr: Expr | None, func: Func, node: int, depth: int) -> Iterator[str]:
        """Enumeration members in an argument (``Feature.Type.FACE_DETECTION``), through names and containers."""
        for at in walk(expr):
            if isinstance(at, Attr) and at.name.isupper():
                yield at.name
            elif depth > 4:
                continue
            elif isinstance(at, Name):
                for frame, definition in self.definitions(at.id, func, node)[:4]:
                    yield from self._members(frame.nodes[definition].value, frame, definition, depth + 1)
            elif isinstance(at, Result) and func.nodes[at.node].op == Op.CALL:
                for arg in func.nodes[at.node].args:
                    yield from self._members(arg.value, func, at.node, depth + 1)
                    yield from self.texts(arg.value, func, at.node, depth + 4)

    def texts(self, expr: Expr | None, func: Func, node: int, depth: int = 0) -> list[str]:
        """The texts an expression may be, unknown parts written ``{}``; at most eight, empty if not text at all."""
        if expr is None or depth > 12:
            return []
        if isinstance(expr, Const):
            return [expr.value] if isinstance(expr.value, str) else []
        if isinstance(expr, Binary) and expr.op in ("+", "/"):
            joint = "" if expr.op == "+" else "/"
            left = self.texts(expr.left, func, node, depth + 1)
            right = self.texts(expr.right, func, node, depth + 1)
            if not left and not right:
                return []
            return [a + joint + b for a in left or ["{}"] for b in right or ["{}"]][:8]
        if isinstance(expr, Binary) and expr.op == "%":
            return [text.replace("%s", "{}") for text in self.texts(expr.left, func, node, depth + 1)]
        if isinstance(expr, Text):
            whole = [""]
            for part in expr.parts:
                pieces = self.texts(part, func, node, depth + 1) or ["{}"]
                whole = [a + b for a in whole for b in pieces][:8]
            return whole
        if isinstance(expr, IfElse):
            return [*self.texts(expr.body, func, node, depth + 1), *self.texts(expr.orelse, func, node, depth + 1)][:8]
        if isinstance(expr, Bool):
            return [t for operand in expr.operands for t in self.texts(operand, func, node, depth + 1)][:8]
        if isinstance(expr, (Display, Mapping)):
            parts = expr.elements if isinstance(expr, Display) else tuple(e.value for e in expr.entries)
            return [t for part in parts for t in self.texts(part, func, node, depth + 1)][:64]
        if isinstance(expr, Result):
            return self._call_texts(func, expr.node, depth)
        if isinstance(expr, Name):
            return self._name_texts(expr.id, func, node, depth)
        if isinstance(expr, (Attr, Item)):
            return self._member_texts(expr, func, node, depth)
        return []

    def _call_texts(self, func: Func, node: int, depth: int) -> list[str]:  # noqa: C901
        ir = func.nodes[node]
        if ir.op != Op.CALL:
            return []
        name = last_name(ir.value)
        if name in ("join", "joinpath") and ir.args:
            joint = "/"
            pieces: list[Expr] = [arg.value for arg in ir.args]
            if isinstance(ir.value, Attr):
                if isinstance(ir.value.base, Const):
                    joint = str(ir.value.base.value)
                    first = pieces[0]
                    pieces = list(first.elements) if isinstance(first, Display) else pieces
                elif name == "joinpath":
                    pieces.insert(0, ir.value.base)
            whole = [""]
            for place, piece in enumerate(pieces):
                options = self.texts(piece, func, node, depth + 1) or ["{}"]
                whole = [a + (joint if place else "") + b for a in whole for b in options][:8]
            return whole
        if name in (
            "format",
            "strip",
            "rstrip",
            "lower",
            "upper",
            "resolve",
            "absolute",
            "as_posix",
            "expanduser",
            "replace",
        ) and isinstance(ir.value, Attr):
            return self.texts(ir.value.base, func, node, depth + 1)
        if name in (
            "str",
            "Path",
            "PurePath",
            "abspath",
            "realpath",
            "fspath",
            "_",
            "gettext",
            "tr",
            "ugettext",
            "gettext_lazy",
            "dedent",
            "resource_path",
            "expanduser",
            "normpath",
            "urljoin",
        ):
            if name == "urljoin" and len(ir.args) > 1:
                left = self.texts(ir.args[0].value, func, node, depth + 1) or ["{}"]
                return [
                    a.rstrip("/") + "/" + b.lstrip("/")
                    for a in left
                    for b in self.texts(ir.args[1].value, func, node, depth + 1)
                ][:8]
            return self.texts(ir.args[0].value, func, node, depth + 1) if ir.args else []
        if name in ("getenv", "get") and len(ir.args) > 1:
            return self.texts(ir.args[1].value, func, node, depth + 1)
        found: list[str] = []
        for value in self.callee_values(func, node):
            if isinstance(value, Ext):
                found.extend(self._value_texts(value, depth))
            if isinstance(value, FuncV) and depth < 6:
                if any(value.func is active for active, _ in self._bound):
                    continue
                self._bound.append((value.func, self._constants(value.func, ir, func, node)))
                try:
                    for number, inner in enumerate(value.func.nodes):
                        if inner.op == Op.RETURN and inner.value is not None:
                            found.extend(self.texts(inner.value, value.func, number, depth + 3))
                finally:
                    self._bound.pop()
        return found[:8]

    def _constants(self, callee: Func, ir: Node, func: Func, node: int) -> dict[str, object]:  # noqa: ARG002
        """The literal arguments of one call, by parameter."""
        params = [
            p.name for p in callee.ir.params if p.kind in ("positional", "normal") and p.name not in ("self", "cls")
        ]
        found: dict[str, object] = {}
        for place, arg in enumerate(a for a in ir.args if not a.star):
            name = arg.keyword or (params[place] if place < len(params) else "")
            if isinstance(arg.value, Const):
                found[name] = arg.value.value
        return found

    def _name_texts(self, name: str, func: Func, node: int, depth: int) -> list[str]:
        found: list[str] = []
        for value in self.name_values(name, func, node):
            found.extend(self._value_texts(value, depth))
        if not found:
            for frame, definition in self.definitions(name, func, node):
                ir = frame.nodes[definition]
                if ir.op == Op.ASSIGN and isinstance(ir.target, Name) and ir.value is not None:
                    found.extend(self.texts(ir.value, frame, definition, depth + 1))
                elif ir.op == Op.FOR and isinstance(ir.target, Name):
                    found.extend(self.texts(ir.value, frame, definition, depth + 1))
        if not found and self.graph is not None and depth < 6:
            frame_of_param: Func | None = func
            while frame_of_param is not None and not any(p.name == name for p in frame_of_param.ir.params):
                frame_of_param = frame_of_param.parent
            if frame_of_param is not None:
                param = next(p for p in frame_of_param.ir.params if p.name == name)
                for frame, site, argument in self.graph.arguments(frame_of_param, param):
                    found.extend(self.texts(argument, frame, site, depth + 3))
                if param.default is not None and frame_of_param.parent is not None:
                    found.extend(self.texts(param.default, frame_of_param.parent, -1, depth + 1))
        return list(dict.fromkeys(found))[:8]

    def _member_texts(self, expr: Attr | Item, func: Func, node: int, depth: int) -> list[str]:
        if isinstance(expr, Item) and isinstance(expr.index, Name):
            for active, constants in reversed(self._bound):
                if active is func and expr.index.id in constants:
                    key = constants[expr.index.id]
                    items = [
                        v
                        for base in self.values(expr.base, func, node)
                        if isinstance(base, Coll)
                        for v in self._coll_items(base, key)
                    ]
                    return list(dict.fromkeys(t for v in items for t in self._value_texts(v, depth)))[:8]
        found = [text for value in self.values(expr, func, node) for text in self._value_texts(value, depth)]
        if not found and isinstance(expr, Attr):
            for value in self.values(expr.base, func, node):
                if isinstance(value, Obj):
                    for frame, site in self.attribute_definitions(value.cls, expr.name):
                        found.extend(self.texts(frame.nodes[site].value, frame, site, depth + 1))
                elif isinstance(value, ModV) and value.path.endswith(".py"):
                    unit = self.program.unit(value.path)
                    for frame, site in unit.globals.get(expr.name, ()) if unit else ():
                        found.extend(self.texts(frame.nodes[site].value, frame, site, depth + 1))
        return list(dict.fromkeys(found))[:8]

    def _value_texts(self, value: Value, depth: int) -> list[str]:
        if isinstance(value, Ext):
            text = self.products.text(value.name)
            return [text] if text is not None else []
        if isinstance(value, ConstV):
            return [value.value] if isinstance(value.value, str) else []
        if isinstance(value, Coll) and depth < 8:
            return self.texts(value.expr, value.func, value.node, depth + 2)
        if isinstance(value, Many):
            return self._value_texts(value.element, depth + 1)
        return []

    def definitions(self, name: str, func: Func, node: int) -> list[tuple[Func, int]]:
        """The binding nodes of a name that may be seen at a node."""
        if name in func.ir.locals or "@" in name or (func.ir.kind == "module" and name in func.defs):
            found = func.defs.get(name, [])
            if node >= 0 and len(found) > 1:
                found = self.reaching(name, func, node)[0] or found
            return [(func, site) for site in found]
        parent = func.parent
        while parent is not None and parent.ir.kind != "module" and name not in func.ir.globals:
            if parent.ir.kind != "class" and name in parent.ir.locals:
                return [(parent, site) for site in parent.defs.get(name, ())]
            parent = parent.parent
        if name in func.unit.globals:
            return list(func.unit.globals[name])
        return []

    def attribute_definitions(self, cls: ClassInfo, name: str) -> Iterator[tuple[Func, int]]:
        """The nodes that assign an attribute of a class's objects, in the class itself and its bases."""
        for candidate in self.mro(cls):
            for node in candidate.body.defs.get(name, ()):
                yield candidate.body, node
            for func in candidate.unit.functions:
                if func.cls is candidate or self._inside(func, candidate):
                    for node in func.stores.get(name, ()):
                        target = func.nodes[node].target
                        if (
                            isinstance(target, Attr)
                            and isinstance(target.base, Name)
                            and target.base.id in ("self", "cls")
                        ):
                            yield func, node


BUILTIN_NAMES: frozenset[str] = frozenset(dir(__import__("builtins")))


def distinct(values: Iterable[Value]) -> Values:
    """Without duplicates, in order, at most ``MAX_VALUES``."""
    return tuple(dict.fromkeys(values))[:MAX_VALUES]
