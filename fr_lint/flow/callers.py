"""From where a function is entered: calls, hand-overs (thread, executor, partial, callback, signal), operators.

It must not know consent, faces or any rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.guards import guards
from fr_lint.flow.binding import bind
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.known import MAX_VALUES
from fr_lint.flow.program import ClassInfo, Func, Unit, target_names
from fr_lint.flow.values import Coll, FuncV, Inst, Obj
from fr_lint.ir.model import (
    Arg,
    Attr,
    Expr,
    Item,
    Name,
    Op,
    Param,
    Result,
)
from fr_lint.ir.walk import reads, walk

if TYPE_CHECKING:
    from fr_lint.flow.graph import CallGraph

MAX_FILES = 60  # candidate files looked at for the callers of one function
MAX_ALIASES = 24
INSPECTS = frozenset({"cache_clear", "cache_info", "cache_parameters"})  # methods of a function that do not run it
THREAD_TYPES = ("Thread", "Process", "QThread", "QRunnable", "Timer")


ATTRIBUTE: Final = "attribute"  # looked for as ``something.name``, in all files
GLOBAL: Final = "global"  # looked for as a name of a module, in all files
Place = str | Unit  # or in one module
Names = list[tuple[str, Place]]


@dataclass(frozen=True, slots=True)
class Site:
    """A place from which a function is entered; ``call`` is false for a hand-over."""

    func: Func
    node: int
    call: bool
    offset: int = 0  # hand-over: how many positional arguments stand before the function's own
    skip_self: bool = False
    made: int = -1  # hand-over that takes effect later: the node of the same function that has the arguments


class Callers:
    """Callers of functions."""

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.program = graph.program
        self.sources = graph.sources

    def _is_thread(self, cls: ClassInfo) -> bool:
        return any(base.rpartition(".")[2] in THREAD_TYPES for base in self.resolver.external_bases(cls))

    def sites(self, func: Func) -> tuple[Site, ...]:
        """Everywhere a function is called or handed over, in the project as far as it can be seen."""
        return self.resolver.settled.find(("sites", func), lambda: tuple(dict.fromkeys(self._find_sites(func))), ())

    def _find_sites(self, func: Func) -> Iterator[Site]:
        if func.ir.kind in ("module", "class"):
            return
        names: Names = []
        if func.name == "<lambda>":
            names.append((f"<{func.ir.index}>", func.unit))
        elif func.cls is not None:
            names.append((func.name, ATTRIBUTE))
        else:
            local = func.parent is not None and func.parent.ir.kind != "module"
            names.append((func.name, func.unit if local else GLOBAL))
        if func.cls is not None and func.name in ("__init__", "__post_init__", "__new__"):
            names.extend((cls.name, GLOBAL) for cls in (func.cls, *self.resolver.subclasses(func.cls)))
        if func.cls is not None and func.name == "run" and self._is_thread(func.cls):
            names.append(("start", ATTRIBUTE))
        tables = tuple(self.graph.registering.tables(func)) if func.ir.decorators else ()
        names.extend((table, GLOBAL) for table in tables)
        done: set[tuple[str, Place]] = set()
        if func.cls is not None and func.name in (
            "__call__",
            "__enter__",
            "__iter__",
            "__next__",
            "__aenter__",
            "__exit__",
        ):
            yield from self._dunder_sites(func, names)
        while names and len(done) < MAX_ALIASES:
            name, place = names.pop()
            if (name, place) in done:
                continue
            done.add((name, place))
            for unit in self._candidate_units(func, name, place):
                known = len(names)
                yield from self._sites_by_name(func, name, unit, names)
                if unit is not func.unit:  # a module's own name need not be imported anywhere
                    names.extend([(other, unit) for other, where in names[known:] if where == GLOBAL])

    def _candidate_units(self, func: Func, name: str, place: Place) -> Iterator[Unit]:
        if isinstance(place, Unit):
            yield place
            return
        yield func.unit
        glances = self.resolver.glances
        worth = glances.reading(name) if place == ATTRIBUTE else glances.importing(name)
        paths = [path for path in worth if path != func.unit.path]
        if len(paths) > MAX_FILES:
            near = set(self.sources.with_word(self._anchor(func)))
            paths = [path for path in paths if path in near][:MAX_FILES]
        for path in paths:
            unit = self.program.unit(path)
            if unit is not None:
                yield unit

    @staticmethod
    def _anchor(func: Func) -> str:
        if func.cls is not None:
            return func.cls.name
        stem = func.unit.path.rpartition("/")[2].removesuffix(".py")
        return func.unit.path.split("/")[-2] if stem == "__init__" and "/" in func.unit.path else stem

    def _sites_by_name(self, func: Func, name: str, unit: Unit, names: Names) -> Iterator[Site]:
        index = self.graph.mentions(unit)
        names.extend((alias, GLOBAL) for alias in index.aliases.get(name, ()))
        for caller, node in index.calls.get(name, ()):
            entered = self.graph.targets(caller, node)
            for target, bound in entered:
                if target is func:
                    yield Site(caller, node, True, 0, bound)
            if name != func.name and len(entered) >= MAX_VALUES and self._is_parameter(name, caller):
                yield Site(caller, node, True, 0, func.cls is not None)
        is_property = func.cls is not None and self.resolver.is_property(func)
        for caller, node, expr in index.values.get(name, ()):
            if is_property and isinstance(expr, Attr):
                owners = self.resolver.values(expr.base, caller, node)
                if any(
                    isinstance(o, Obj) and func.cls in (*self.resolver.mro(o.cls), *self.resolver.subclasses(o.cls))
                    for o in owners
                ):
                    yield Site(caller, node, True)
                elif not owners and self.graph.only_owner(name) is func.cls:
                    yield Site(caller, node, True)
                continue
            if self._stands_for(expr, caller, node, func) or self._is_among_many(expr, caller, node, func):
                yield from self._handed(caller, node, expr, names)
            elif any(isinstance(value, Coll) for value in self.resolver.values(expr, caller, node)):
                names.extend(self._taken_out(caller, node, expr))

    def _taken_out(self, caller: Func, node: int, expr: Expr) -> Iterator[tuple[str, Place]]:
        """The names under which an entry of a table goes on: ``way = WAYS[chosen]``, ``for way in WAYS.values()``."""
        ir = caller.nodes[node]
        numbers = [node]
        if ir.op == Op.CALL and isinstance(ir.value, Attr) and ir.value.base is expr:
            numbers = [
                number
                for number, other in enumerate(caller.nodes)
                if any(isinstance(at, Result) and at.node == node for at in walk(other.value))
            ]
        for number in numbers:
            other = caller.nodes[number]
            if other.target is not None and (other.op == Op.FOR or (other.op == Op.ASSIGN and other.value is not expr)):
                for name in target_names(other.target):
                    yield self._place_of(Name(name.partition("@")[0]), caller)

    def _stands_for(self, expr: Expr, caller: Func, node: int, func: Func) -> bool:
        for value in self.resolver.values(expr, caller, node):
            if isinstance(value, FuncV) or (isinstance(value, Obj) and self._is_called(expr, caller, node)):
                if any(target is func for target, _ in self.graph.enters(value)):
                    return True
        if isinstance(expr, Attr) and func.cls is not None and not self.resolver.values(expr.base, caller, node):
            return expr.name == func.name and self.graph.only_owner(func.name) is func.cls
        return False

    def _is_among_many(self, expr: Expr, caller: Func, node: int, func: Func) -> bool:
        """Whether a parameter to which the function was followed is given more functions than are told apart."""
        if not isinstance(expr, Name) or expr.id == func.name or not self._is_parameter(expr.id, caller):
            return False
        return len(self.resolver.values(expr, caller, node)) >= MAX_VALUES

    @staticmethod
    def _is_parameter(name: str, func: Func) -> bool:
        return any(param.name == name for param in func.ir.params)

    @staticmethod
    def _is_called(expr: Expr, caller: Func, node: int) -> bool:
        """Whether an object is given to a call in order to be called: ``pool.map(worker, paths)``."""
        ir = caller.nodes[node]
        words = guards()
        return ir.op == Op.CALL and any(
            arg.value is expr and (arg.keyword in words.handed_called or last_name(ir.value) in words.handed_runners)
            for arg in ir.args
        )

    def _handed(self, caller: Func, node: int, expr: Expr, names: Names) -> Iterator[Site]:
        """A function stands as a value: follow where it goes, or count the hand-over."""
        ir = caller.nodes[node]
        if ir.op == Op.CALL:
            yield from self._passed(caller, node, expr, names)
            return
        if ir.op == Op.ASSIGN and ir.target is not None:
            if isinstance(ir.target, Attr):
                names.append((ir.target.name, ATTRIBUTE))
                if not self.resolver.values(ir.target.base, caller, node) or any(
                    isinstance(v, Inst) for v in self.resolver.values(ir.target.base, caller, node)
                ):
                    yield Site(caller, node, False, 0, self._is_bound(expr, caller, node))
            elif isinstance(ir.target, Item):
                names.append(self._place_of(ir.target.base, caller))
            else:
                names.extend(self._place_of(Name(name), caller) for name in target_names(ir.target))
            return
        if ir.op in (Op.RETURN, Op.YIELD):
            for site in self.sites(caller):
                holder = site.func
                for other in holder.nodes:
                    if other.op == Op.ASSIGN and isinstance(other.value, Result) and other.value.node == site.node:
                        if isinstance(other.target, (Name, Attr)):
                            names.append(self._place_of(other.target, holder))
            return
        if ir.op in (Op.FOR, Op.BRANCH, Op.ASSERT, Op.WITH):
            if ir.op == Op.FOR:
                names.extend(self._place_of(Name(name.partition("@")[0]), caller) for name in target_names(ir.target))
            return
        yield Site(caller, node, False, 0)

    def _passed(self, caller: Func, node: int, expr: Expr, names: Names) -> Iterator[Site]:
        """A function is an argument of a call, or what a method such as ``.delay()`` is called on."""
        ir = caller.nodes[node]
        entered = self.graph.targets(caller, node)
        followed = False
        for target, bound in entered:
            param = self._param_for(target, bound, ir.args, expr)
            if param is not None:
                names.append((param.name, target.unit))
                followed = self._is_used_inside(target, param) or followed
        if not followed:
            if isinstance(ir.value, Attr) and ir.value.base is expr and ir.value.name in INSPECTS:
                return
            # -1: the function is what a method such as .delay() is called on
            place = next((i for i, arg in enumerate(ir.args) if any(at is expr for at in walk(arg.value))), -1)
            bound = self._is_bound(expr, caller, node)
            later = self.graph.deferred.effects(caller, node)
            for holder, number, own in later:
                made = node if holder is caller and not own else -1
                yield Site(holder, number, False, 0 if own else place + 1, bound, made)
            if not later:
                yield Site(caller, node, False, place + 1, bound)

    @staticmethod
    def _place_of(target: Expr, func: Func) -> tuple[str, Place]:
        """Where in the project to look for uses of what was assigned to a target."""
        if not isinstance(target, Name):
            return last_name(target), ATTRIBUTE
        if func.ir.kind == "class":
            return target.id, ATTRIBUTE
        if func.ir.kind == "module" or target.id in func.ir.globals:
            return target.id, GLOBAL
        return target.id, func.unit

    def _is_bound(self, expr: Expr, caller: Func, node: int) -> bool:
        found = self.resolver.values(expr, caller, node)
        return any((isinstance(v, FuncV) and v.self is not None) or isinstance(v, Obj) for v in found)

    @staticmethod
    def _is_used_inside(target: Func, param: Param) -> bool:
        """Whether the function that receives the callable calls it or hands it on."""
        inside = [f for f in target.unit.functions if f is target or f.parent is target]
        return any(
            any(isinstance(at, Name) and at.id == param.name for expr in reads(node) for at in walk(expr))
            for f in inside
            for node in f.nodes
        )

    def _param_for(self, target: Func, bound: bool, args: tuple[Arg, ...], expr: Expr) -> Param | None:
        for name, argument in bind(target, args, bound):
            if any(at is expr for at in walk(argument)):
                return next((p for p in target.ir.params if p.name == name), None)
        return None

    def _makers(self, cls: ClassInfo, family: set[ClassInfo]) -> Iterator[str]:
        """The names of functions that give objects of a class."""
        for path in self.sources.near(cls.name, cls.unit.path, MAX_FILES):
            unit = self.program.unit(path)
            for func in unit.functions if unit is not None else ():
                if func.ir.kind == "function" and not func.name.startswith("__"):
                    if any(isinstance(v, Obj) and v.cls in family for v in self.resolver.returns(func)):
                        yield func.name

    def _dunder_sites(self, func: Func, names: Names) -> Iterator[Site]:
        """Objects of the class that are called, entered with ``with``, or looped over."""
        assert func.cls is not None
        family = {func.cls, *self.resolver.subclasses(func.cls)}
        wanted = {
            "__enter__": Op.WITH,
            "__aenter__": Op.WITH,
            "__exit__": Op.WITH,
            "__iter__": Op.FOR,
            "__next__": Op.FOR,
        }
        made = {name for cls in family for name in self._makers(cls, family)}
        for word in sorted(made | {cls.name for cls in family}):
            for path in self.sources.near(word, func.unit.path, MAX_FILES):
                unit = self.program.unit(path)
                for caller in unit.functions if unit else ():
                    for number, node in enumerate(caller.nodes):
                        if func.name == "__call__" and node.op == Op.ASSIGN and isinstance(node.value, Result):
                            if any(
                                isinstance(v, Obj) and v.cls in family
                                for v in self.resolver.values(node.value, caller, number)
                            ):
                                if isinstance(node.target, (Name, Attr)):
                                    names.append(self._place_of(node.target, caller))
                        elif func.name == "__call__" and node.op == Op.CALL and isinstance(node.value, Result):
                            if any(target is func for target, _ in self.graph.targets(caller, number)):
                                yield Site(caller, number, True, 0, True)
                        elif node.op == wanted.get(func.name):
                            if any(
                                isinstance(v, Obj) and v.cls in family
                                for v in self.resolver.values(node.value, caller, number)
                            ):
                                yield Site(caller, number, True, 0, True)
