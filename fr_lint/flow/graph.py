"""The call graph, on demand: which project functions a call may enter, and from where a function is called.

Class-hierarchy analysis for methods (Dean, Grove, Chambers 1995); a function that is handed away (thread, executor,
partial, callback, signal) counts as called where it is handed over.  It must not know consent, faces or any rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fr_lint.catalogue.guards import guards
from fr_lint.flow.binding import bind, handed_arguments, positional
from fr_lint.flow.blank import Blank
from fr_lint.flow.callers import MAX_FILES, THREAD_TYPES, Callers, Site
from fr_lint.flow.deferred import Deferred
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.mentions import Mentions
from fr_lint.flow.program import ClassInfo, Func, Unit
from fr_lint.flow.registering import Registering
from fr_lint.flow.resolve import Resolver
from fr_lint.flow.stock import Stock
from fr_lint.flow.values import ClassV, FuncV, Obj, Value
from fr_lint.ir.model import (
    Attr,
    Element,
    Expr,
    Op,
    Param,
)

# Methods of the builtin containers and strings: on a receiver of unknown type they are not taken for a project method.
BUILTIN_METHODS = frozenset(
    name for kind in (str, bytes, dict, list, set, tuple, int, float) for name in dir(kind) if not name.startswith("_")
) | frozenset({"read", "write", "close", "flush", "readline", "seek"})


class CallGraph:
    """Calls and callers, memoised per program."""

    bind = staticmethod(bind)

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.program = resolver.program
        self.sources = resolver.program.sources
        resolver.graph = self
        self._mentions: dict[Unit, Mentions] = {}
        self._depth = 0
        self.settled: Callable[[Func], bool] = lambda _: False  # functions before which everything was asked
        self.offered: Callable[[Func], bool] = lambda _: False  # functions that are made for programs of others
        self.callers = Callers(self)
        self.sites = self.callers.sites
        self.registering = Registering(self)
        self.deferred = Deferred(self)
        self.stock = Stock(self)
        self.blank = Blank(self.resolver)

    def mentions(self, unit: Unit) -> Mentions:
        """The name index of a module."""
        if unit not in self._mentions:
            self._mentions[unit] = Mentions(unit)
        return self._mentions[unit]

    # --------------------------------------------------------------------------------------------------------- callees

    def targets(self, func: Func, node: int) -> tuple[tuple[Func, bool], ...]:
        """The project functions that a call node may enter, each with whether ``self`` is bound already."""
        return self.resolver.settled.find(
            ("targets", func, node), lambda: tuple(dict.fromkeys(self._find_targets(func, node))), ()
        )

    def _find_targets(self, func: Func, node: int) -> Iterator[tuple[Func, bool]]:
        callee = func.nodes[node].value
        known = self.resolver.callee_values(func, node)
        for value in known:
            yield from self.enters(value)
        if isinstance(callee, Attr):
            if callee.name == "start":
                yield from self._thread_run(callee, func, node)
            if not known and not self.resolver.values(callee.base, func, node):
                owner = self.only_owner(callee.name) or self._named_owner(callee)
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

    def _thread_run(self, callee: Attr, func: Func, node: int) -> Iterator[tuple[Func, bool]]:
        for value in self.resolver.values(callee.base, func, node):
            if isinstance(value, Obj) and any(
                base.rpartition(".")[2] in THREAD_TYPES for base in self.resolver.external_bases(value.cls)
            ):
                for method in self.resolver.instance_attribute(value, "run"):
                    yield from self.enters(method)

    def only_owner(self, method: str) -> ClassInfo | None:
        """The only class of the project that has a method of this name, if there is exactly one."""
        return self.resolver.settled.find(("only owner", method), lambda: self._find_only_owner(method), None)

    def _find_only_owner(self, method: str) -> ClassInfo | None:
        if method in BUILTIN_METHODS or method.startswith("__"):
            return None
        owners = self.owners(method)
        real = [o for o in owners if not self.sources.is_test(o.unit.path)] or owners
        roots = [o for o in real if not any(base in real for base in self.resolver.mro(o)[1:])]
        return roots[0] if len(roots) == 1 else None

    def _named_owner(self, callee: Attr) -> ClassInfo | None:
        """The class of the project whose name the receiver bears: ``repository.add(...)``, ``class Repository``."""
        spelled = "".join(part.capitalize() for part in last_name(callee.base).strip("_").split("_"))
        found: list[ClassInfo] = []
        for path in self.sources.with_word(spelled) if len(spelled) > 3 else ():
            if not self.sources.is_test(path) and f"class {spelled}" in (self.sources.text(path) or ""):
                unit = self.program.unit(path)
                found += [c for c in (unit.classes if unit else ()) if c.name == spelled and callee.name in c.methods]
        return found[0] if len(found) == 1 else None

    def owners(self, method: str) -> list[ClassInfo]:
        """All classes of the project that define a method of this name."""
        found: list[ClassInfo] = []
        for path in self.resolver.glances.defining(method)[:MAX_FILES]:
            unit = self.program.unit(path)
            found.extend(cls for cls in (unit.classes if unit else ()) if method in cls.methods)
        return found

    # ------------------------------------------------------------------------------------------------------- arguments

    def bound_arguments(self, func: Func, site: Site) -> dict[str, Expr]:
        """Parameter -> argument for one site (hand-overs as far as their arguments can be seen)."""
        ir = site.func.nodes[site.made if site.made >= 0 else site.node]
        if ir.op != Op.CALL:
            return {}
        args = ir.args
        if not site.call:
            args = handed_arguments(args, site.offset)
        found: dict[str, Expr] = {}
        for name, expr in bind(func, args, site.skip_self):
            found.setdefault(name, expr)
        if not found and not site.call and isinstance(ir.value, Attr) and ir.value.name in guards().handed_each:
            plain = [p for p in func.ir.params if p.kind in ("positional", "normal")][site.skip_self :]
            found.update((param.name, Element(ir.value.base)) for param in plain[:1])
        return found

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
            if self.registering.given(func) is param:
                for frame, node in self.registering.decorated(func):
                    value = frame.nodes[node].value
                    if value is not None:
                        yield frame, node, value
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


__all__ = ["CallGraph", "Site", "positional"]
