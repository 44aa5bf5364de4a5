"""From where a function is reached: its entry points, and whether these are live.

Must not know faces, grants or rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from fr_lint.catalogue.access import access_words
from fr_lint.flow.entry import MAX_ANCESTORS, Entries
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import FuncV, Inst, Value
from fr_lint.ir.model import Attr, Const, FunctionRef, Name, Op, Result

MAX_NAMING: Final = 12  # files that name a function and are searched for calls through a table


class Roots:
    """Entry points of functions, memoised."""

    def __init__(self, entries: Entries, settings: Iterable[tuple[str, str]] = ()) -> None:
        """``settings``: names of settings that list classes, each with the method by which these are asked."""
        self.entries = entries
        self.settings = tuple(settings)
        self._of: dict[Func, tuple[Func, ...]] = {}
        self.visited: dict[Func, None] = {}
        self._included: dict[Inst, bool] = {}

    def of(self, func: Func) -> tuple[Func, ...]:
        """The entry points from which a function is reached."""
        if func not in self._of:
            self._of[func] = tuple(self._search(func))
        return self._of[func]

    def _search(self, func: Func) -> Iterable[Func]:
        seen = {func: None}
        queue = [func]
        found: dict[Func, None] = {}
        while queue:
            at = queue.pop(0)
            self.visited[at] = None
            callers = [site.func for site in self.entries.callers(at)] or list(self._indirect(at))
            if (
                self.entries.is_entry(at) and (not callers or self.entries.is_framework_entry(at))
            ) or self.by_framework(at):
                found[at] = None
            if at.parent is not None and at.parent.ir.kind == "function" and at.cls is None:
                callers.append(at.parent)  # a closure sees what its surroundings hold
                if self.wraps(at):
                    found.pop(at, None)
                    callers += self._wrapped(at.parent)
                elif at in found and not self.by_framework(at):
                    found.pop(at, None)
            for caller in callers:
                if caller not in seen and len(seen) < MAX_ANCESTORS:
                    seen[caller] = None
                    queue.append(caller)
        return found or {func: None}

    def _wrapped(self, outer: Func) -> list[Func]:
        """The functions around which a decorator puts its wrapper, in whatever file."""
        if outer.parent is not None and outer.parent.ir.kind == "function" and outer.cls is None:
            outer = outer.parent  # a decorator with arguments
        return [func for func, _ in self.entries.graph.registering.decorated(outer)]

    def _indirect(self, func: Func) -> Iterator[Func]:
        """Who calls a function that is kept in a table or a list, in the files that name it."""
        graph = self.entries.graph
        if func.ir.kind != "function" or func.name.startswith("__") or self.entries.is_framework_entry(func):
            return
        for path in graph.sources.with_word(func.name)[:MAX_NAMING]:
            unit = graph.program.unit(path)
            if unit is None or graph.sources.is_test(path) or func.name not in graph.mentions(unit).values:
                continue
            for caller in unit.functions:
                for number, node in enumerate(caller.nodes):
                    if node.op == Op.CALL and any(target is func for target, _ in graph.targets(caller, number)):
                        yield caller
                        break

    @staticmethod
    def wraps(func: Func) -> bool:
        """Whether a function calls a parameter of the function around it: the wrapper in a decorator."""
        outer = func.parent
        if outer is None or outer.ir.kind != "function":
            return False
        names = {p.name for p in outer.ir.params}
        return any(n.op == Op.CALL and isinstance(n.value, Name) and n.value.id in names for n in func.nodes)

    def by_framework(self, func: Func) -> bool:
        """Whether a framework calls a method because its class derives from one of the framework's."""
        if func.cls is None or func.ir.kind != "function" or func.name.startswith("__"):
            return False
        bases = self.entries.graph.resolver.external_bases(func.cls)
        return any(
            base.rpartition(".")[2] not in access_words("classes", "plain") for base in bases
        ) and func.name in self.entries.guards.entry_methods | access_words("classes", "methods")

    def is_live(self, root: Func) -> bool:
        """Whether something outside calls an entry point for certain."""
        if self.entries.is_test(root) or self.left_out(root) or self._unlisted(root):
            return False
        return (
            self.entries.is_framework_entry(root)
            or self.by_framework(root)
            or bool(self.entries.callers(root))
            or root.name in ("main", "lambda_handler", "handler")
        )

    def left_out(self, func: Func) -> bool:
        """Whether a handler belongs to a part of an application (a router, a blueprint) that nothing puts into one."""
        resolver = self.entries.graph.resolver
        parent = func.parent or func
        for decorator in func.ir.decorators:
            callee = parent.nodes[decorator.node].value if isinstance(decorator, Result) else decorator
            for value in resolver.values(callee.base, parent, -1) if isinstance(callee, Attr) else ():
                if isinstance(value, Inst) and value.type in access_words("classes", "parts"):
                    return not self._is_put_in(value)
        return False

    def _unlisted(self, func: Func) -> bool:
        """Whether a framework asks the classes that a setting lists, and the class of this method is none of them."""
        cls = func.cls
        for setting, method in self.settings if cls is not None else ():
            if cls is None or func.name != method or not self._is_asked(cls):
                continue
            sources = self.entries.graph.sources
            listed = [text for path in sources.with_word(setting) for text in self._texts(path, setting)]
            if listed and not any(text.rpartition(".")[2] == cls.name for text in listed):
                return True
        return False

    def _is_asked(self, cls: ClassInfo) -> bool:
        bases = self.entries.graph.resolver.external_bases(cls)
        return any(base.rpartition(".")[2] in access_words("classes", "listed") for base in bases)

    def _texts(self, path: str, setting: str) -> Iterator[str]:
        unit = self.entries.graph.program.unit(path)
        for frame, number in unit.globals.get(setting, ()) if unit else ():
            yield from self.entries.graph.resolver.texts(frame.nodes[number].value, frame, number)

    def _is_put_in(self, part: Inst) -> bool:
        """Whether the project includes a router somewhere, or where it includes any cannot be seen."""
        if part not in self._included:
            calls = list(self._inclusions())
            self._included[part] = not calls or any(not values or part in values for values in calls)
        return self._included[part]

    def _inclusions(self) -> Iterator[list[Value]]:
        graph = self.entries.graph
        for name in sorted(access_words("classes", "including")):
            for path in graph.sources.with_word(name)[:MAX_NAMING]:
                unit = None if graph.sources.is_test(path) else graph.program.unit(path)
                for caller, number in graph.mentions(unit).calls.get(name, ()) if unit else ():
                    for arg in caller.nodes[number].args[:2]:
                        if not arg.keyword and not isinstance(arg.value, Const):
                            yield list(graph.resolver.values(arg.value, caller, number))

    @staticmethod
    def is_beside(root: Func, other: Func) -> bool:
        """Whether an entry point that nothing is seen to call is a public one in the neighbourhood of another such."""
        hidden = root.name.startswith("_") or (root.cls is not None and root.cls.name.startswith("_"))
        folders = [each.unit.path.rpartition("/")[0] for each in (root, other)]
        return not hidden and folders[0] == folders[1]

    def wrappers(self, func: Func) -> list[tuple[Func, tuple[tuple[Func, str, Func], ...]]]:
        """The wrappers that decorators of the project put around a function, with what they call."""
        found: list[tuple[Func, tuple[tuple[Func, str, Func], ...]]] = []
        enclosing = func.parent or func
        resolver = self.entries.graph.resolver
        for decorator in func.ir.decorators:
            for value in resolver.values(decorator, enclosing, -1):
                if not isinstance(value, FuncV):
                    continue
                for inner in value.func.unit.functions:
                    outer = inner.parent
                    if inner is value.func and outer is not None and self.wraps(inner):
                        # the value of a decorator's call, or of its application, is the wrapper itself
                        name = next(p.name for p in outer.ir.params)
                        found.append((inner, ((outer, name, func),)))
                    elif outer is value.func and inner.ir.kind == "function":
                        if self.wraps(inner):
                            name = next(p.name for p in outer.ir.params)
                            found.append((inner, ((outer, name, func),)))
                        else:
                            for deeper in value.func.unit.functions:
                                if deeper.parent is inner and self.wraps(deeper):
                                    name = next(p.name for p in inner.ir.params)
                                    found.append((deeper, ((inner, name, func),)))
        return found


__all__ = ["FunctionRef", "Roots"]
