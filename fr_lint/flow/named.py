"""By which dotted names a function, a value or a call goes, and whether a list of the policy means it.

A list of dotted patterns (``deletions``, ``grants``, ``consent-guards`` ...) is the user's word, so it is compared with
every name that a thing has: that of the module and function, of the class it is called on, of what lies outside the
project, and as it is written.  Must not know what a list is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import dotted_name
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import ClassV, Ext, FuncV, Inst, ModV, Obj, Value
from fr_lint.ir.model import Attr, Expr, Name
from fr_lint.policy.names import is_inside, is_path, name_fits, path_fits


class Named:
    """Names, memoised per function."""

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.sources = graph.sources
        self._functions: dict[Func, tuple[str, ...]] = {}
        self._calls: dict[tuple[Func, int], tuple[str, ...]] = {}

    # ----------------------------------------------------------------------------------------------------------- names

    def function(self, func: Func) -> tuple[str, ...]:
        """The dotted names of a function; those of its module for a module body."""
        if func not in self._functions:
            inner = "" if func.ir.kind == "module" else "." + func.qualname
            self._functions[func] = tuple(name + inner for name in self.sources.module_names(func.unit.path))
        return self._functions[func]

    def cls(self, cls: ClassInfo) -> Iterator[str]:
        """The dotted names of a class."""
        for name in self.sources.module_names(cls.unit.path):
            yield f"{name}.{cls.ir.qualname}"

    def value(self, value: Value) -> Iterator[str]:
        """The dotted names of an abstract value."""
        if isinstance(value, Ext):
            yield value.name
        elif isinstance(value, Inst):
            yield value.type
        elif isinstance(value, ClassV):
            yield from self.cls(value.cls)
        elif isinstance(value, Obj):
            yield from (name for cls in self.resolver.mro(value.cls) for name in self.cls(cls))
        elif isinstance(value, FuncV):
            yield from self.function(value.func)
            if isinstance(value.self, Obj):  # an inherited method is meant by the name of the heir as well
                for cls in self.resolver.mro(value.self.cls):
                    yield from (f"{name}.{value.func.name}" for name in self.cls(cls))
        elif isinstance(value, ModV):
            yield from self.sources.module_names(value.path)

    def expression(self, expr: Expr | None, func: Func, node: int) -> Iterator[str]:
        """The dotted names of a name or an attribute, as a value and as it is written."""
        if not isinstance(expr, (Name, Attr)):
            return
        for value in self.resolver.values(expr, func, node):
            yield from self.value(value)
        if isinstance(expr, Attr):
            for base in self.resolver.values(expr.base, func, node):
                yield from (f"{name}.{expr.name}" for name in self.value(base))
        written = dotted_name(expr)
        if written:
            yield written

    def call(self, func: Func, node: int) -> Iterator[str]:
        """The dotted names of what a call node calls."""
        callee = func.nodes[node].value
        for value in self.resolver.callee_values(func, node):
            yield from self.value(value)
        yield from self.expression(callee, func, node)
        for target, _ in self.graph.targets(func, node):
            if target.name != "__init__":
                yield from self.function(target)

    # --------------------------------------------------------------------------------------------------------- answers

    def is_called(self, patterns: Sequence[str], func: Func, node: int) -> bool:
        """Does a call node call something that a list of the policy names?"""
        return bool(patterns) and any(name_fits(pattern, self._called(func, node)) for pattern in patterns)

    def is_named(self, patterns: Sequence[str], expr: Expr | None, func: Func, node: int) -> bool:
        """Does a name or an attribute stand for something that a list of the policy names?"""
        names = tuple(self.expression(expr, func, node)) if patterns else ()
        return any(name_fits(pattern, names) for pattern in patterns)

    def is_value(self, patterns: Sequence[str], value: Value) -> bool:
        """Is an abstract value something that a list of the policy names?"""
        return bool(patterns) and any(name_fits(pattern, tuple(self.value(value))) for pattern in patterns)

    def is_listed(self, patterns: Sequence[str], func: Func) -> bool:
        """Is a function named by a list of the policy, by itself or by what it is nested in?"""
        return any(is_inside(pattern, name) for pattern in patterns for name in self.function(func))

    def covers(self, entries: Iterable[str], func: Func) -> bool:
        """Do entries like those of ``code``, files or dotted names, cover a function?"""
        return any(
            path_fits(entry, func.unit.path) if is_path(entry) else self.is_listed((entry,), func) for entry in entries
        )

    def _called(self, func: Func, node: int) -> tuple[str, ...]:
        known = self._calls.get((func, node))
        if known is None:
            known = self._calls[func, node] = tuple(dict.fromkeys(self.call(func, node)))
        return known
