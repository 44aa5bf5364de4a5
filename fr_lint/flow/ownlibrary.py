"""A project that is itself a library of the catalogue: which of its functions are the catalogue's operations.

In the library's own repository a call of its operation is the face call, as it is everywhere else, and what the
operation does inside is none of its own, but for calls of other operations in one that nothing calls.  Nor is the
library shown at work on a picture that comes with it.
Must not know which libraries there are.
"""

from __future__ import annotations

from functools import cached_property

from fr_lint.catalogue.faces import Api, Faces
from fr_lint.flow.graph import CallGraph, Site
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import ClassV, FuncV, Obj, Value
from fr_lint.project.metadata import distributions, normal


class OwnLibrary:
    """The operations of the catalogue whose source this project is."""

    def __init__(self, graph: CallGraph, faces: Faces) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.sources = graph.sources
        self.faces = faces
        self.stock = graph.stock
        self._apis: dict[Func, Api | None] = {}
        self._elsewhere: dict[Func, bool] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        """The distributions of the catalogue that this project makes."""
        packages = {normal(api.package) for found in self.faces.known().values() for api in found}
        return frozenset(packages & distributions(self.sources))

    def called(self, func: Func, node: int) -> Api | None:
        """The operation that a call node enters."""
        if not self.names:
            return None
        for value in self.resolver.callee_values(func, node):
            api = self.value(value)
            if api is not None:
                return None if self._is_sample(func, node) else api
        return None

    def _is_sample(self, func: Func, node: int) -> bool:
        """Whether the library is shown at work on a picture that comes with it."""
        args = func.nodes[node].args
        return bool(args) and self.stock.is_written(args[0].value, func, node)

    def value(self, value: Value) -> Api | None:
        """The operation that calling a value is."""
        if not self.names:
            return None
        if isinstance(value, FuncV):
            return self.of(value.func)
        if isinstance(value, Obj):
            inside = self.resolver.instance_attribute(value, "__call__")
            return next((self.of(v.func) for v in inside if isinstance(v, FuncV)), None)
        return None

    def is_inside(self, func: Func) -> bool:
        """Is a function the body of such an operation, or nested in one?"""
        at: Func | None = func if self.names else None
        while at is not None:
            if self.of(at) is not None:
                return True
            at = at.parent
        return False

    def is_reported_elsewhere(self, func: Func) -> bool:
        """Whether a function is such an operation, and the project calls it: what it needs is asked for at the call."""
        if self.of(func) is None:
            return False
        if func not in self._elsewhere:
            self._elsewhere[func] = False
            self._elsewhere[func] = any(map(self._is_reported, self.graph.sites(func)))
        return self._elsewhere[func]

    def _is_reported(self, site: Site) -> bool:
        """Whether what is called here needs nothing inside: a test does not count, nor what nobody calls."""
        if self.sources.is_test(site.func.unit.path):
            return False
        return not self.is_inside(site.func) or self.is_reported_elsewhere(site.func)

    def of(self, func: Func) -> Api | None:
        """The operation that a function is."""
        if func not in self._apis:
            self._apis[func] = None
            self._apis[func] = self._find(func) if func.ir.kind == "function" else None
        return self._apis[func]

    def _find(self, func: Func) -> Api | None:
        top = func.qualname.partition(".")[0]
        for module in self.sources.module_names(func.unit.path):
            parts = module.split(".")
            for size in range(len(parts), 0, -1):
                name = ".".join(parts[:size])
                if size < len(parts) and not self._exports(func, name, top):
                    continue
                api = self.faces.api(f"{name}.{func.qualname}")
                if api is not None and normal(api.package) in self.names and api.duty:
                    return api
        return None

    def _exports(self, func: Func, package: str, name: str) -> bool:
        """Whether a package hands on a name of a module inside it."""
        path = self.sources.resolve(func.unit.path, package, 0)
        for value in self.resolver.member(path, name) if path is not None else ():
            owner: Func | ClassInfo | None = None
            if isinstance(value, FuncV):
                owner = value.func
            elif isinstance(value, ClassV):
                owner = value.cls
            if owner is not None and owner.unit is func.unit:
                return True
        return False
