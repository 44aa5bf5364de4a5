"""Which functions of the project stand before a handler, and how each lets somebody pass: permission classes, methods
that run first, hooks of an application, middleware, dependencies of a router.

Asks the search for guards of the consent analysis where they stand, and not what they say.  Must not know paths,
grants or rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fr_lint.catalogue.guards import Guards
from fr_lint.flow.asking import Asking
from fr_lint.flow.class_hooks import ClassHooks
from fr_lint.flow.entry import Entries
from fr_lint.flow.facts import NONE, PRESUMED, Atom, Facts, Known
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.hooks import Hooks
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.summaries import Summaries
from fr_lint.flow.ways import Ways, combine
from fr_lint.ir.model import Binary, Display, Expr, Result

ENDS: Final = "ends"  # it lets pass by giving nothing
DONE: Final = "done"  # by ending
TRUE: Final = "true"  # by a true answer
CALLS: Final = "calls"  # by calling what comes next
MAX_WAYS: Final = 4
MAX_FILES: Final = 30  # in which the path of a function is looked for


@dataclass(frozen=True, slots=True)
class Before:
    """A function that runs first; ``nodes``: where it calls what comes next."""

    how: str
    func: Func
    nodes: tuple[int, ...] = ()


class Gates:
    """Finds them, memoised per function."""

    def __init__(self, graph: CallGraph, asking: Asking, entries: Entries, guards: Guards) -> None:
        self.entries = entries
        self.guards = guards
        self.hooks = _Places(graph, asking, _Named(), guards)
        self._found: dict[Func, tuple[tuple[Before, ...], ...]] = {}

    def before(self, func: Func) -> tuple[tuple[Before, ...], ...]:
        """The ways to a function that a framework calls, each with what stands before it."""
        if func not in self._found:
            self._found[func] = ((),)
            self._found[func] = tuple(self._search(func))
        return self._found[func]

    def _search(self, func: Func) -> Iterator[tuple[Before, ...]]:
        if func.ir.kind != "function" or (func.parent is not None and func.parent.ir.kind == "function"):
            yield ()
            return
        registered: Ways = []
        for site in self.entries.callers(func) if func.cls is None else ():
            if not site.call:
                registered.extend(self.hooks.routers.registration(site.func, site.node))
        ways = combine(self.hooks.before(func), list(dict.fromkeys(registered)) or [NONE])
        found = [tuple(sorted(_listed(way), key=lambda b: (b.func.key, b.how))) for way in ways]
        yield from dict.fromkeys(found[:MAX_WAYS])

    def is_first(self, func: Func) -> bool:
        """Whether a function may be one that runs before others."""
        names = {last_name(d) for d in func.ir.decorators}
        parent = func.parent or func
        names |= {last_name(parent.nodes[d.node].value) for d in func.ir.decorators if isinstance(d, Result)}
        guards = self.guards
        if names & {*guards.hooks_before, *guards.hooks_middleware}:
            return True
        first = {*guards.hooks_testing, *guards.hooks_returning, *guards.hooks_delegating, *guards.hooks_requesting}
        if func.cls is not None:
            return func.name in first | {*guards.hooks_middleware_methods}
        sites = self.entries.callers(func)
        return not any(site.call for site in sites) if sites else self._is_told(func)

    def _is_told(self, func: Func) -> bool:
        """Whether a text names a function that nothing is seen to use: its dotted path, in settings."""
        named = re.compile(rf"""["'](?:\w+[.:])+{re.escape(func.name)}["']""")
        sources = self.entries.sources
        likely = sources.near(func.name, func.unit.path, MAX_FILES)
        return any(named.search(sources.text(path) or "") for path in likely)


def _listed(way: Facts) -> Iterator[Before]:
    for atom in way:
        if isinstance(atom.extra, Before):
            yield atom.extra


def _way(*before: Before) -> Facts:
    return frozenset(Atom(PRESUMED, "", each) for each in before)


class _Named(Summaries):
    """Stands for what the functions say: names each function that is asked."""

    def __init__(self) -> None:  # nothing is solved here
        pass

    def exits(self, func: Func) -> Any:
        return [(_way(Before(ENDS, func)), Known(None))]

    def apply(self, func: Func, *_: object) -> Any:
        return [(_way(Before(DONE, func)), Known(None))]

    def apply_at(self, func: Func, nodes: list[int], *_: object) -> Any:
        return [_way(Before(CALLS, func, tuple(nodes)))]


class _Places(Hooks):
    """The search for guards, which gives the functions themselves."""

    def __init__(self, graph: CallGraph, asking: Asking, summaries: Summaries, guards: Guards) -> None:
        super().__init__(graph, asking, summaries, guards)
        self.class_hooks = _Lists(self)

    def guards_of(self, func: Func) -> Iterator[Ways]:
        """What stands before a function, without the wrappers around it and what fills its parameters."""
        parent = func.parent or func
        for decorator in func.ir.decorators:
            if not isinstance(self.wrappers.project_decorator(func, decorator), Func):
                yield self.wrappers.decorator(func, decorator, parent)
        if func.cls is not None and not func.name.startswith("__"):
            yield from self.class_hooks.before(func, func.cls)
        if self.routers.is_handler(func):
            yield from self.routers.installed()

    def true_facts(self, func: Func) -> Ways:
        """A predicate lets pass where it is true."""
        return [_way(Before(TRUE, func))]

    def named(self, name: str) -> Ways:  # noqa: ARG002
        """Nothing: names of unseen guards are read elsewhere."""
        return []


class _Lists(ClassHooks):
    """Permission classes that are put together: ``[HasCard | HasFace]``."""

    def listed(self, value: Expr | None, frame: Func, node: int) -> Ways:
        """Each element stands before the handler."""
        ways: Ways = [NONE]
        for element in value.elements if isinstance(value, Display) else ():
            if isinstance(element, Binary) and element.op in ("|", "&"):
                sides = [self.listed(Display("list", (e,)), frame, node) for e in (element.left, element.right)]
                ways = combine(ways, [*sides[0], *sides[1]] if element.op == "|" else combine(*sides))
            else:
                ways = combine(ways, super().listed(Display("list", (element,)), frame, node))
        return ways
