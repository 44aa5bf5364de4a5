"""What names and expressions stand for: imports, aliases, factories, instances, attributes, containers.

A demand-driven, context-insensitive evaluation to abstract values; flow-sensitive only for local names that are bound
more than once (reaching definitions).  It knows the catalogue through one small interface and must not know any rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fr_lint.flow.calling import Calling
from fr_lint.flow.classes import Classes
from fr_lint.flow.containers import Containers
from fr_lint.flow.glances import Glances
from fr_lint.flow.identifiers import dotted_name, last_name
from fr_lint.flow.known import BUILTIN_NAMES, Products, Values, distinct
from fr_lint.flow.program import Func, Program, Unit, target_names
from fr_lint.flow.reaching import Reaching
from fr_lint.flow.settled import Settled
from fr_lint.flow.shared import Shared
from fr_lint.flow.texts import Texts
from fr_lint.flow.values import ClassV, Coll, ConstV, Ext, FuncV, Inst, Many, ModV, Obj, Value
from fr_lint.ir.model import (
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
    Op,
    Result,
    Starred,
    Text,
)

if TYPE_CHECKING:
    from fr_lint.flow.graph import CallGraph


class Resolver:
    """Abstract values of expressions, memoised per program."""

    def __init__(self, program: Program, products: Products) -> None:
        self.program = program
        self.sources = program.sources
        self.products = products
        self.glances = Glances(program.sources)
        self.graph: CallGraph | None = None
        self.settled = Settled()
        self._reaching: dict[Func, Reaching] = {}
        self.containers = Containers(self)
        self.classes = Classes(self)
        self.calling = Calling(self)
        self.texts_of = Texts(self)
        self.shared = Shared(self)
        self.elements = self.containers.elements
        self.attribute_of = self.classes.attribute_of
        self.instance_attribute = self.classes.instance_attribute
        self.class_attribute = self.classes.class_attribute
        self.is_property = self.classes.is_property
        self.mro = self.classes.mro
        self.external_bases = self.classes.external_bases
        self.subclasses = self.classes.subclasses
        self.enclosing_class = self.classes.enclosing_class
        self.attribute_definitions = self.classes.attribute_definitions
        self.param_values = self.calling.param_values
        self.receiver = self.calling.receiver
        self.default_values = self.calling.default_values
        self.annotation_values = self.calling.annotation_values
        self.returns = self.calling.returns
        self.call_values = self.calling.call_values
        self.name_is_local = self.calling.name_is_local
        self.called = self.calling.called
        self.strings_of = self.texts_of.strings_of
        self.texts = self.texts_of.texts

    # ------------------------------------------------------------------------------------------ expressions

    def values(self, expr: Expr | None, func: Func, node: int) -> Values:
        """What ``expr`` may stand for when node ``node`` of ``func`` evaluates it (``-1``: anywhere)."""
        if expr is None:
            return ()
        return self.settled.find((expr, func, node), lambda: distinct(self._evaluate(expr, func, node)), ())

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
            return self.imported(expr, func.unit)
        if isinstance(expr, FunctionRef):
            target = func.unit.functions[expr.index]
            return (FuncV(target),)
        if isinstance(expr, ClassRef):
            return (ClassV(func.unit.classes[expr.index]),)
        if isinstance(expr, (Display, Mapping)):
            return (Coll(expr, func, node),)
        if isinstance(expr, Item):
            return self.containers.item(expr, func, node)
        if isinstance(expr, Element):
            return self.elements(expr.of, func, node)
        if isinstance(expr, Entered):
            return self.containers.entered(expr.manager, func, node)
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
        known = self._reaching.get(func)
        if known is None:
            known = self._reaching[func] = Reaching(func)
        return known.at(name, node)

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
                    yield from self._unpack(name, element, self.containers.coll_items(value, place))
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

    def imported(self, expr: Import, unit: Unit) -> Iterable[Value]:
        """What an import brings in."""
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
        return self.settled.find(("member", path, name), lambda: self._member(path, name), ())

    def _member(self, path: str, name: str) -> Values:
        if path.endswith(".py") and self.glances.binds(path, name):
            unit = self.program.unit(path)
            if unit is not None:
                found = self.global_values(name, unit)
                if found or name in unit.globals:
                    return tuple(v for v in found if not (isinstance(v, Ext) and v.name == "builtins." + name))
        submodule = self.sources.submodule(path, name)
        return (ModV(submodule),) if submodule else ()

    # ------------------------------------------------------------------------------------------ attributes

    def _attribute(self, expr: Attr, func: Func, node: int) -> Iterable[Value]:
        bases = self.values(expr.base, func, node)
        found = [value for base in bases for value in self.attribute_of(base, expr.name)]
        if all(isinstance(value, (Inst, Ext)) for value in found):
            found.extend(self.shared.values(expr.base, expr.name, func))
            if self.shared.is_unknown(bases) and (owner := self.shared.owner(expr.name)) is not None:
                found.extend(self.instance_attribute(Obj(owner), expr.name))
        return found

    # ------------------------------------------------------------------------------------------ calls

    def callee_values(self, func: Func, node: int) -> Values:
        """What the callee of a call node stands for."""
        return self.values(func.nodes[node].value, func, node)

    # ------------------------------------------------------------------------------------------ strings

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


__all__ = ["Resolver", "dotted_name", "last_name"]
