"""Can something reach a function: a caller that is reached itself, a framework, a scheduler, module level?

Backwards over the call graph to an entry that is not merely "has no caller".  A function that nothing calls and no
framework exposes is dead.  Must not know stores, faces or rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cached_property

from fr_lint.catalogue.live import live
from fr_lint.flow.entry import Entries
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.resolve import last_name
from fr_lint.ir.model import Const, Expr, Name, Node, Op, Result
from fr_lint.ir.walk import reads, walk

Place = tuple[Func, int]
MAX_CALLERS = 64
MAX_ABOVE = 200


class Liveness:
    """Which functions run, memoised for a project."""

    def __init__(self, entries: Entries) -> None:
        self.entries = entries
        self.graph = entries.graph
        self.resolver = entries.graph.resolver
        self.sources = entries.graph.sources
        self.names = live()
        self._texts: dict[str, tuple[str, ...]] = {}
        self._own: dict[Func, bool] = {}
        self._callers: dict[Func, tuple[Place, ...]] = {}
        self._above: dict[Func, frozenset[Func]] = {}
        self._dead_nodes: dict[Func, frozenset[int]] = {}

    def is_live(
        self, func: Func, node: int = -1, without: Collection[Place] = (), given: Collection[Func] = ()
    ) -> bool:
        """Whether something reaches a function (or one node of it) otherwise than through the places ``without``.

        ``given``: functions that are taken to run.
        """
        if node >= 0 and node in self.unreachable(func):
            return False
        seen: set[Func] = {func}
        queue = [func]
        while queue:
            at = queue.pop()
            if at in given or self.is_root(at):
                return True
            for caller, site in self.callers(at):
                if (caller, site) in without or caller in seen or site in self.unreachable(caller):
                    continue
                seen.add(caller)
                queue.append(caller)
        return False

    def callers(self, func: Func) -> tuple[Place, ...]:
        """The places from which a function is entered, tests left out."""
        if func not in self._callers:
            found = [
                (site.func, site.node) for site in self.graph.sites(func)[:MAX_CALLERS]
                if not self.entries.is_test(site.func)
            ]  # fmt: skip
            if func.cls is not None and func.name in self.names.special:
                found += [
                    (site.func, site.node)
                    for method in func.cls.methods.values()
                    if method.name not in self.names.special
                    for site in self.graph.sites(method)[:MAX_CALLERS]
                    if site.func.cls is not func.cls and not self.entries.is_test(site.func)
                ]
                found += self._uses(func.cls)
            self._callers[func] = tuple(dict.fromkeys(found))
        return self._callers[func]

    def above(self, func: Func) -> frozenset[Func]:
        """A function, and whatever leads to it: where it runs, they ran."""
        if func not in self._above:
            found = {func}
            queue = [func]
            while queue and len(found) < MAX_ABOVE:
                for caller, _ in self.callers(queue.pop()):
                    if caller not in found:
                        found.add(caller)
                        queue.append(caller)
            self._above[func] = frozenset(found)
        return self._above[func]

    def _uses(self, cls: ClassInfo) -> list[Place]:
        """Where objects of a class are made, or the class is named otherwise."""
        found: list[Place] = []
        for path in self.sources.with_word(cls.name)[:40]:
            unit = self.graph.program.unit(path)
            if unit is None or self.sources.is_test(path):
                continue
            mentions = self.graph.mentions(unit)
            for name in (cls.name, *mentions.aliases.get(cls.name, ())):
                found += [(caller, node) for caller, node in mentions.calls.get(name, ()) if caller.cls is not cls]
                found += [(caller, node) for caller, node, _ in mentions.values.get(name, ()) if caller.cls is not cls]
        return found

    def is_root(self, func: Func) -> bool:
        """Whether a function runs without a call that can be seen."""
        if func not in self._own:
            self._own[func] = self._is_root(func)
        return self._own[func]

    def _is_root(self, func: Func) -> bool:
        if func.ir.kind in ("module", "class"):
            return not self.entries.is_test(func)
        if self.entries.is_test(func):
            return False
        if self.entries.is_framework_entry(func) or self._is_decorated(func):
            return True
        if func.cls is None and tuple(param.name for param in func.ir.params) in self.names.signatures:
            return True
        return self._is_called_on_class(func) or self._is_named(func)

    def _is_decorated(self, func: Func) -> bool:
        for decorator in func.ir.decorators:
            name = last_name(decorator)
            if isinstance(decorator, Result) and func.parent is not None:
                name = last_name(func.parent.nodes[decorator.node].value)
            if name in self.names.decorators and not self.entries.hooks.project_decorator(func, decorator):
                return True
        return False

    def _is_called_on_class(self, func: Func) -> bool:
        if func.cls is None:
            return False
        bases = [base.rpartition(".")[2] for base in self.resolver.external_bases(func.cls)]
        active = [base for base in bases if base not in self.names.passive]
        if not bases:
            return False
        if active:
            return self.names.runs(active, func.name)
        return func.name in self.names.hooks

    def _is_named(self, func: Func) -> bool:
        """Whether the function is run by its name in a text: a scheduler, a task queue, a route table, a script."""
        if func.name.startswith("<"):
            return False
        if any(script.endswith(func.name) and self._is_script(script, func) for script in self._scripts):
            return True
        wanted = re.compile(rf"(?:^|[.:/]){re.escape(func.name)}(?:\(\))?$")
        module = func.unit.path.removesuffix(".py").replace("/", ".").rpartition(".")[2]
        for path in self.sources.with_word(func.name)[:60]:
            for text in self._texts_of(path):
                if wanted.search(text) and (module in text or text == func.name):
                    return True
        return False

    def _texts_of(self, path: str) -> tuple[str, ...]:
        """The texts in a file that may name a function to be run, each once."""
        if path not in self._texts:
            unit = self.graph.program.unit(path)
            nodes = (node for other in (unit.functions if unit is not None else ()) for node in other.nodes)
            self._texts[path] = tuple(dict.fromkeys(text for node in nodes for text in self._names_in(node)))
        return self._texts[path]

    def _names_in(self, node: Node) -> list[str]:
        """The texts of a node that may name a function to be run."""
        dotted = [
            at.value
            for expr in reads(node)
            for at in walk(expr)
            if isinstance(at, Const) and isinstance(at.value, str) and "." in at.value and " " not in at.value
        ]
        if node.op == Op.CALL and last_name(node.value) in self.names.strings:
            dotted += [
                arg.value.value
                for arg in node.args
                if isinstance(arg.value, Const) and isinstance(arg.value.value, str)
            ]
        return dotted

    @cached_property
    def _scripts(self) -> tuple[str, ...]:
        """The functions that the project's metadata make commands of, as ``package.module:function``."""
        found: list[str] = []
        root = self.sources.root
        if root is not None:
            try:
                table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
                project = table.get("project", {})
                for group in (project.get("scripts", {}), project.get("gui-scripts", {})):
                    found += [str(value) for value in group.values()]
                found += [str(value) for value in table.get("tool", {}).get("poetry", {}).get("scripts", {}).values()]
            except (OSError, ValueError, AttributeError):
                pass
        return tuple(found)

    @staticmethod
    def _is_script(script: str, func: Func) -> bool:
        module, _, name = script.partition(":")
        path = func.unit.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return name == func.name and (path.endswith(module) or module.endswith(path))

    # --------------------------------------------------------------------------------------------------- constant tests

    def unreachable(self, func: Func) -> frozenset[int]:
        """The nodes behind a condition that is a false literal, and threads and timers that are never started."""
        if func not in self._dead_nodes:
            idle = (n for n, ir in enumerate(func.nodes) if ir.op == Op.CALL and self.graph.deferred.is_idle(func, n))
            self._dead_nodes[func] = self._search(func) | frozenset(idle)
        return self._dead_nodes[func]

    def _search(self, func: Func) -> frozenset[int]:
        if not any(n.op == Op.BRANCH and self._literal(n.value, func) is not None for n in func.nodes):
            return frozenset()
        seen = {0}
        stack = [0]
        while stack:
            node = func.nodes[stack.pop()]
            edges = node.succ
            if node.op == Op.BRANCH and len(edges) == 2 and (known := self._literal(node.value, func)) is not None:
                edges = (edges[0] if known else edges[1],)
            for successor in (*edges, node.exc) if node.exc >= 0 else edges:
                if successor not in seen:
                    seen.add(successor)
                    stack.append(successor)
        return frozenset(range(len(func.nodes))) - seen

    def _literal(self, expr: Expr | None, func: Func) -> bool | None:
        """The truth of a condition that is a literal, or a module constant that is bound once to one."""
        if isinstance(expr, Const):
            return bool(expr.value)
        is_global = func.ir.kind == "module" or (isinstance(expr, Name) and expr.id not in func.ir.locals)
        if isinstance(expr, Name) and is_global and expr.id.isupper():
            bound = func.unit.globals.get(expr.id, [])
            if len(bound) == 1:
                value = bound[0][0].nodes[bound[0][1]].value
                if isinstance(value, Const) and isinstance(value.value, bool):
                    return value.value
        return None
