"""The call graph, on demand: which project functions a call may enter, and from where a function is called.

Class-hierarchy analysis for methods (Dean, Grove, Chambers 1995); a function that is handed away (thread, executor,
partial, callback, signal) counts as called where it is handed over.  It must not know consent, faces or any rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fr_lint.flow.program import ClassInfo, Func, Unit, target_names
from fr_lint.flow.resolve import Resolver, dotted_name, last_name
from fr_lint.flow.values import ClassV, FuncV, Inst, Obj, Value
from fr_lint.ir.model import (
    Arg,
    Attr,
    Display,
    Expr,
    FunctionRef,
    Import,
    Item,
    Mapping,
    Name,
    Op,
    Param,
    Result,
    Starred,
)
from fr_lint.ir.walk import reads, walk

MAX_FILES = 60  # candidate files looked at for the callers of one function
MAX_ALIASES = 24

# Methods of the builtin containers and strings: on a receiver of unknown type they are not taken for a project method.
BUILTIN_METHODS = frozenset(
    name for kind in (str, bytes, dict, list, set, tuple, int, float) for name in dir(kind) if not name.startswith("_")
) | frozenset({"read", "write", "close", "flush", "readline", "seek"})

THREAD_TYPES = ("Thread", "Process", "QThread", "QRunnable", "Timer")


@dataclass(frozen=True, slots=True)
class Site:
    """A place from which a function is entered; ``call`` is false for a hand-over."""

    func: Func
    node: int
    call: bool
    offset: int = 0  # hand-over: how many positional arguments stand before the function's own
    skip_self: bool = False


class Mentions:
    """Where the names of one module are used: as callees, and as values."""

    __slots__ = ("aliases", "calls", "values")

    def __init__(self, unit: Unit) -> None:
        self.calls: dict[str, list[tuple[Func, int]]] = {}
        self.values: dict[str, list[tuple[Func, int, Expr]]] = {}
        self.aliases: dict[str, list[str]] = {}  # name elsewhere -> names here (`from m import name as other`)
        for func in unit.functions:
            for number, node in enumerate(func.nodes):
                if node.op == Op.CALL:
                    callee = node.value
                    while isinstance(callee, (Item, Result)):
                        if isinstance(callee, Result):
                            callee = func.nodes[callee.node].value
                        else:
                            callee = callee.base
                    name = last_name(callee)
                    if name:
                        self.calls.setdefault(name, []).append((func, number))
                    if isinstance(node.value, Attr):
                        self._values(node.value.base, func, number)
                    for arg in node.args:
                        self._values(arg.value, func, number)
                    continue
                if isinstance(node.value, Import) and isinstance(node.target, Name) and node.value.name:
                    if node.value.name != node.target.id:
                        self.aliases.setdefault(node.value.name, []).append(node.target.id)
                    continue
                for expr in reads(node):
                    self._values(expr, func, number)

    def _values(self, expr: Expr, func: Func, node: int) -> None:
        for at in walk(expr):
            if isinstance(at, (Name, Attr)):
                self.values.setdefault(last_name(at), []).append((func, node, at))
            elif isinstance(at, FunctionRef) and func.nodes[node].op != Op.ASSIGN:
                self.values.setdefault(f"<{at.index}>", []).append((func, node, at))
            elif isinstance(at, FunctionRef):
                target = func.nodes[node].target
                is_def = isinstance(target, Name) and target.id == func.unit.functions[at.index].name
                if not is_def:
                    self.values.setdefault(f"<{at.index}>", []).append((func, node, at))


class CallGraph:
    """Calls and callers, memoised per program."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.program = resolver.program
        self.sources = resolver.program.sources
        resolver.graph = self
        self._targets: dict[tuple[Func, int], tuple[tuple[Func, bool], ...]] = {}
        self._sites: dict[Func, tuple[Site, ...]] = {}
        self._mentions: dict[Unit, Mentions] = {}
        self._owners: dict[str, ClassInfo | None] = {}
        self._depth = 0

    def mentions(self, unit: Unit) -> Mentions:
        """The name index of a module."""
        if unit not in self._mentions:
            self._mentions[unit] = Mentions(unit)
        return self._mentions[unit]

    # --------------------------------------------------------------------------------------------------------- callees

    def targets(self, func: Func, node: int) -> tuple[tuple[Func, bool], ...]:
        """The project functions that a call node may enter, each with whether ``self`` is bound already."""
        memo_key = (func, node)
        if memo_key not in self._targets:
            self._targets[memo_key] = ()
            self._targets[memo_key] = tuple(dict.fromkeys(self._find_targets(func, node)))
        return self._targets[memo_key]

    def _find_targets(self, func: Func, node: int) -> Iterator[tuple[Func, bool]]:
        callee = func.nodes[node].value
        known = self.resolver.callee_values(func, node)
        for value in known:
            yield from self.enters(value)
        if isinstance(callee, Attr):
            if callee.name == "start":
                yield from self._thread_run(callee, func, node)
            if not known and not self.resolver.values(callee.base, func, node):
                owner = self.only_owner(callee.name)
                if owner is not None:
                    yield from self.enters(FuncV(owner.methods[callee.name], Obj(owner)))

    def enters(self, value: Value) -> Iterator[tuple[Func, bool]]:
        """The functions that calling an abstract value enters."""
        if isinstance(value, FuncV):
            bound = value.self is not None and not self.is_static(value.func)
            yield value.func, bound
            if isinstance(value.self, Obj) and not value.self.exact:
                if "typing.Protocol" in self.resolver.external_bases(value.self.cls):
                    for other in self.owners(value.func.name):
                        if other is not value.self.cls:
                            yield other.methods[value.func.name], bound
                for below in self.resolver.subclasses(value.self.cls):
                    override = below.methods.get(value.func.name)
                    if override is not None:
                        yield override, bound
        elif isinstance(value, ClassV):
            for name in ("__init__", "__post_init__"):
                for candidate in self.resolver.mro(value.cls):
                    if name in candidate.methods:
                        yield candidate.methods[name], True
                        break
        elif isinstance(value, Obj):
            for method in self.resolver.instance_attribute(value, "__call__"):
                yield from self.enters(method)

    @staticmethod
    def is_static(func: Func) -> bool:
        """Whether a method is a static method."""
        return any(last_name(decorator) == "staticmethod" for decorator in func.ir.decorators)

    def _is_thread(self, cls: ClassInfo) -> bool:
        return any(base.rpartition(".")[2] in THREAD_TYPES for base in self.resolver.external_bases(cls))

    def _thread_run(self, callee: Attr, func: Func, node: int) -> Iterator[tuple[Func, bool]]:
        for value in self.resolver.values(callee.base, func, node):
            if isinstance(value, Obj) and any(
                base.rpartition(".")[2] in THREAD_TYPES for base in self.resolver.external_bases(value.cls)
            ):
                for method in self.resolver.instance_attribute(value, "run"):
                    yield from self.enters(method)

    def only_owner(self, method: str) -> ClassInfo | None:
        """The only class of the project that has a method of this name, if there is exactly one."""
        if method in self._owners:
            return self._owners[method]
        self._owners[method] = None
        if method in BUILTIN_METHODS or method.startswith("__"):
            return None
        owners = self.owners(method)
        real = [o for o in owners if not self.sources.is_test(o.unit.path)] or owners
        roots = [o for o in real if not any(base in real for base in self.resolver.mro(o)[1:])]
        self._owners[method] = roots[0] if len(roots) == 1 else None
        return self._owners[method]

    def owners(self, method: str) -> list[ClassInfo]:
        """All classes of the project that define a method of this name."""
        found: list[ClassInfo] = []
        paths = [p for p in self.sources.with_word(method) if f"def {method}" in (self.sources.text(p) or "")]
        for path in paths[:MAX_FILES]:
            unit = self.program.unit(path)
            found.extend(cls for cls in (unit.classes if unit else ()) if method in cls.methods)
        return found

    # --------------------------------------------------------------------------------------------------------- callers

    def sites(self, func: Func) -> tuple[Site, ...]:
        """Everywhere a function is called or handed over, in the project as far as it can be seen."""
        if func not in self._sites:
            self._sites[func] = ()
            self._sites[func] = tuple(dict.fromkeys(self._find_sites(func)))
        return self._sites[func]

    def _find_sites(self, func: Func) -> Iterator[Site]:
        if func.ir.kind in ("module", "class"):
            return
        names: list[str] = []
        if func.name == "<lambda>":
            names.append(f"<{func.ir.index}>")
        else:
            names.append(func.name)
        if func.cls is not None and func.name in ("__init__", "__post_init__", "__new__"):
            names.extend(cls.name for cls in (func.cls, *self.resolver.subclasses(func.cls)))
        if func.cls is not None and func.name == "run" and self._is_thread(func.cls):
            names.append("start")
        local = func.parent is not None and func.parent.ir.kind == "function" and func.cls is None
        done: set[str] = set()
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
            name = names.pop()
            if name in done:
                continue
            done.add(name)
            for unit in self._candidate_units(func, name, local):
                yield from self._sites_by_name(func, name, unit, names)

    def _candidate_units(self, func: Func, name: str, local: bool) -> Iterator[Unit]:
        yield func.unit
        if local or name.startswith("<"):
            return
        paths = [path for path in self.sources.with_word(name) if path != func.unit.path]
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

    def _sites_by_name(self, func: Func, name: str, unit: Unit, names: list[str]) -> Iterator[Site]:
        index = self.mentions(unit)
        names.extend(index.aliases.get(name, ()))
        for caller, node in index.calls.get(name, ()):
            for target, bound in self.targets(caller, node):
                if target is func:
                    yield Site(caller, node, True, 0, bound)
        is_property = func.cls is not None and self.resolver.is_property(func)
        for caller, node, expr in index.values.get(name, ()):
            if is_property and isinstance(expr, Attr):
                owners = self.resolver.values(expr.base, caller, node)
                if any(
                    isinstance(o, Obj) and func.cls in (*self.resolver.mro(o.cls), *self.resolver.subclasses(o.cls))
                    for o in owners
                ):
                    yield Site(caller, node, True)
                elif not owners and self.only_owner(name) is func.cls:
                    yield Site(caller, node, True)
                continue
            if self._stands_for(expr, caller, node, func):
                yield from self._handed(func, caller, node, expr, names)

    def _stands_for(self, expr: Expr, caller: Func, node: int, func: Func) -> bool:
        for value in self.resolver.values(expr, caller, node):
            if isinstance(value, FuncV) and any(target is func for target, _ in self.enters(value)):
                return True
        if isinstance(expr, Attr) and func.cls is not None and not self.resolver.values(expr.base, caller, node):
            return expr.name == func.name and self.only_owner(func.name) is func.cls
        return False

    def _handed(self, func: Func, caller: Func, node: int, expr: Expr, names: list[str]) -> Iterator[Site]:  # noqa: ARG002
        """A function stands as a value: follow where it goes, or count the hand-over."""
        ir = caller.nodes[node]
        if ir.op == Op.CALL:
            entered = self.targets(caller, node)
            followed = False
            for target, bound in entered:
                param = self._param_for(target, bound, ir.args, expr)
                if param is not None:
                    names.append(param.name)
                    followed = self._is_used_inside(target, param) or followed
            if not followed:
                place = next((i for i, arg in enumerate(ir.args) if any(at is expr for at in walk(arg.value))), 0)
                yield Site(caller, node, False, place + 1, self._is_bound(expr, caller, node))
            return
        if ir.op == Op.ASSIGN and ir.target is not None:
            if isinstance(ir.target, Attr):
                names.append(ir.target.name)
                if not self.resolver.values(ir.target.base, caller, node) or any(
                    isinstance(v, Inst) for v in self.resolver.values(ir.target.base, caller, node)
                ):
                    yield Site(caller, node, False, 0, self._is_bound(expr, caller, node))
            elif isinstance(ir.target, Item):
                names.append(dotted_name(ir.target.base).rpartition(".")[2])
            else:
                names.extend(target_names(ir.target))
            return
        if ir.op in (Op.RETURN, Op.YIELD):
            for site in self.sites(caller):
                holder = site.func
                for other in holder.nodes:
                    if other.op == Op.ASSIGN and isinstance(other.value, Result) and other.value.node == site.node:
                        if isinstance(other.target, (Name, Attr)):
                            names.append(last_name(other.target))
            return
        if ir.op in (Op.FOR, Op.BRANCH, Op.ASSERT, Op.WITH):
            if ir.op == Op.FOR:
                names.extend(n.partition("@")[0] for n in target_names(ir.target))
            return
        yield Site(caller, node, False, 0)

    def _is_bound(self, expr: Expr, caller: Func, node: int) -> bool:
        return any(isinstance(v, FuncV) and v.self is not None for v in self.resolver.values(expr, caller, node))

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
        for name, argument in self.bind(target, args, bound):
            if any(at is expr for at in walk(argument)):
                return next((p for p in target.ir.params if p.name == name), None)
        return None

    def _dunder_sites(self, func: Func, names: list[str]) -> Iterator[Site]:
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
        for cls in family:
            for path in self.sources.with_word(cls.name)[:MAX_FILES]:
                unit = self.program.unit(path)
                for caller in unit.functions if unit else ():
                    for number, node in enumerate(caller.nodes):
                        if func.name == "__call__" and node.op == Op.ASSIGN and isinstance(node.value, Result):
                            if any(
                                isinstance(v, Obj) and v.cls in family
                                for v in self.resolver.values(node.value, caller, number)
                            ):
                                names.append(last_name(node.target) if isinstance(node.target, (Name, Attr)) else "")
                        elif func.name == "__call__" and node.op == Op.CALL and isinstance(node.value, Result):
                            if any(target is func for target, _ in self.targets(caller, number)):
                                yield Site(caller, number, True, 0, True)
                        elif node.op == wanted.get(func.name):
                            if any(
                                isinstance(v, Obj) and v.cls in family
                                for v in self.resolver.values(node.value, caller, number)
                            ):
                                yield Site(caller, number, True, 0, True)

    # ------------------------------------------------------------------------------------------------------- arguments

    @staticmethod
    def bind(func: Func, args: tuple[Arg, ...], skip_self: bool) -> Iterator[tuple[str, Expr]]:
        """Pairs of parameter name and argument expression of one call."""
        params = [p for p in func.ir.params if p.kind in ("positional", "normal")]
        if skip_self and params:
            params = params[1:]
        place = 0
        rest = next((p.name for p in func.ir.params if p.kind == "args"), "")
        names = {p.name for p in func.ir.params}
        kwargs = next((p.name for p in func.ir.params if p.kind == "kwargs"), "")
        for arg in args:
            if arg.star == 1:
                if isinstance(arg.value, Display):
                    for element in arg.value.elements:
                        if place < len(params):
                            yield params[place].name, element
                        place += 1
                else:
                    place = len(params)
            elif arg.star == 2:
                if isinstance(arg.value, Mapping):
                    for entry in arg.value.entries:
                        name = getattr(entry.key, "value", None)
                        if name in names:
                            yield str(name), entry.value
            elif arg.keyword:
                if arg.keyword in names:
                    yield arg.keyword, arg.value
                elif kwargs:
                    yield kwargs, arg.value
            elif place < len(params):
                yield params[place].name, arg.value
                place += 1
            elif rest:
                yield rest, arg.value

    def bound_arguments(self, func: Func, site: Site) -> dict[str, Expr]:
        """Parameter -> argument for one site (hand-overs as far as their arguments can be seen)."""
        ir = site.func.nodes[site.node]
        if ir.op != Op.CALL:
            return {}
        args = ir.args
        if not site.call:
            args = self._handed_arguments(args, site.offset)
        found: dict[str, Expr] = {}
        for name, expr in self.bind(func, args, site.skip_self):
            found.setdefault(name, expr)
        return found

    @staticmethod
    def _handed_arguments(args: tuple[Arg, ...], offset: int) -> tuple[Arg, ...]:
        own: list[Arg] = []
        for place, arg in enumerate(args):
            if arg.keyword in ("args", "kwargs", "kwds"):
                star = 1 if arg.keyword == "args" else 2
                own.append(Arg(arg.value, "", star, arg.line, arg.col))
            elif (not arg.keyword and place >= offset) or (
                arg.keyword and arg.keyword not in ("target", "name", "daemon")
            ):
                own.append(arg)
        return tuple(own)

    def arguments(self, func: Func, param: Param) -> Iterator[tuple[Func, int, Expr]]:
        """What visible callers pass for a parameter: (calling function, node, expression)."""
        if self._depth > 3:
            return
        self._depth += 1
        try:
            for site in self.sites(func)[:24]:
                expr = self.bound_arguments(func, site).get(param.name)
                if expr is not None:
                    yield site.func, site.node, expr
        finally:
            self._depth -= 1

    def argument_values(self, func: Func, param: Param) -> list[Value]:
        """The abstract values that visible callers pass for a parameter."""
        found: list[Value] = []
        for caller, node, expr in self.arguments(func, param):
            found.extend(self.resolver.values(expr, caller, node))
        if param.kind == "args":
            return []
        return found


def positional(args: tuple[Arg, ...], place: int, keyword: str = "") -> Expr | None:
    """The argument at a position, or by its keyword."""
    plain = [arg for arg in args if not arg.keyword and not arg.star]
    for arg in args:
        if keyword and arg.keyword == keyword:
            return arg.value
    return plain[place].value if place < len(plain) and not isinstance(plain[place].value, Starred) else None
