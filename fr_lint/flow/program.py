"""The program under analysis: modules loaded on demand and the functions and classes in them.

Knows the project's files (through :class:`~fr_lint.project.sources.Sources`) and the lowered modules.  It must not
know what any library does, and resolves nothing: see :mod:`fr_lint.flow.resolve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fr_lint.cache.modules import lowered
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.respelled import respell
from fr_lint.ir.model import (
    Attr,
    Class,
    Display,
    Expr,
    Function,
    Item,
    Module,
    Name,
    Node,
    Op,
    Starred,
)
from fr_lint.syntax import NotAnalysed

if TYPE_CHECKING:
    import ast

    from fr_lint.project.sources import Sources


def target_names(target: Expr | None) -> Iterator[str]:
    """The plain names that an assignment target binds."""
    if isinstance(target, Name):
        yield target.id
    elif isinstance(target, Display):
        for element in target.elements:
            yield from target_names(element)
    elif isinstance(target, Starred):
        yield from target_names(target.value)


class Func:
    """One function of a loaded module, with the indices that the solver asks for again and again."""

    __slots__ = (
        *("_calls", "_defs", "_order", "_preds", "_stores"),
        *("cls", "ir", "key", "name", "nodes", "parent", "unit"),
    )

    def __init__(self, unit: Unit, ir: Function) -> None:
        self.unit = unit
        self.ir = ir
        self.nodes: list[Node] = ir.nodes
        self.name = ir.name
        self.key = (unit.path, ir.index)
        self.parent: Func | None = None
        self.cls: ClassInfo | None = None
        self._defs: dict[str, list[int]] | None = None
        self._preds: list[list[int]] | None = None
        self._stores: dict[str, list[int]] | None = None
        self._order: list[int] | None = None
        self._calls: dict[str, list[int]] | None = None

    def __repr__(self) -> str:
        return f"<Func {self.unit.path}:{self.ir.qualname}>"

    @property
    def qualname(self) -> str:  # noqa: D102
        return self.ir.qualname

    @property
    def defs(self) -> dict[str, list[int]]:
        """Name -> the nodes that bind it here (in node order)."""
        if self._defs is None:
            self._index()
        assert self._defs is not None
        return self._defs

    @property
    def calls(self) -> dict[str, list[int]]:
        """The last identifier of a callee -> the call nodes (in node order)."""
        if self._calls is None:
            self._calls = {}
            for number, node in enumerate(self.nodes):
                if node.op == Op.CALL and (name := last_name(node.value)):
                    self._calls.setdefault(name, []).append(number)
        return self._calls

    def bindings(self, name: str) -> list[tuple[Func, int]]:
        """Where a name that is read here is bound: in the function, or else in its module."""
        if name in self.ir.locals or name not in self.unit.globals:
            return [(self, number) for number in self.defs.get(name, ())]
        return self.unit.globals[name]

    def calling(self, names: Iterable[str]) -> list[int]:
        """The call nodes whose callees are spelled with one of these last, in node order."""
        return sorted(number for name in names for number in self.calls.get(name, ()))

    @property
    def stores(self) -> dict[str, list[int]]:
        """Attribute name -> the nodes that assign ``something.name`` here; ``"[]"`` -> item assignments."""
        if self._stores is None:
            self._index()
        assert self._stores is not None
        return self._stores

    @property
    def preds(self) -> list[list[int]]:
        """Predecessors over normal and exceptional edges."""
        if self._preds is None:
            preds: list[list[int]] = [[] for _ in self.nodes]
            for number, node in enumerate(self.nodes):
                for successor in node.succ:
                    preds[successor].append(number)
                if node.exc >= 0:
                    preds[node.exc].append(number)
            self._preds = preds
        return self._preds

    @property
    def order(self) -> list[int]:
        """Rank of each node in a reverse post-order from the entry (unreachable nodes come last)."""
        if self._order is None:
            self._order = reverse_post_order(self.nodes)
        return self._order

    def _index(self) -> None:
        defs: dict[str, list[int]] = {}
        stores: dict[str, list[int]] = {}
        for number, node in enumerate(self.nodes):
            target = node.target
            if target is None or node.op == Op.WITH:
                continue
            if isinstance(target, Attr):
                stores.setdefault(target.name, []).append(number)
            elif isinstance(target, Item):
                stores.setdefault("[]", []).append(number)
            else:
                for name in target_names(target):
                    defs.setdefault(name, []).append(number)
        self._defs, self._stores = defs, stores


def reverse_post_order(nodes: list[Node]) -> list[int]:
    """Rank per node; loop bodies come before what follows the loop (first successor is visited last)."""
    seen = bytearray(len(nodes))
    post: list[int] = []
    stack: list[tuple[int, int]] = [(0, 0)]
    seen[0] = 1
    while stack:
        number, at = stack.pop()
        node = nodes[number]
        edges = node.succ if node.exc < 0 else (*node.succ, node.exc)
        # the last edges first, so that the first successor (a loop's body) gets the earlier rank
        while at < len(edges):
            successor = edges[len(edges) - 1 - at]
            at += 1
            if not seen[successor]:
                seen[successor] = 1
                stack.append((number, at))
                stack.append((successor, 0))
                break
        else:
            post.append(number)
    rank = [len(nodes)] * len(nodes)
    for place, number in enumerate(reversed(post)):
        rank[number] = place
    return rank


class ClassInfo:
    """One class of a loaded module."""

    __slots__ = ("body", "ir", "methods", "name", "parent", "unit")

    def __init__(self, unit: Unit, ir: Class) -> None:
        self.unit = unit
        self.ir = ir
        self.name = ir.name
        self.body: Func = unit.functions[ir.body]
        self.parent: Func = unit.functions[ir.parent]
        self.methods: dict[str, Func] = {}

    def __repr__(self) -> str:
        return f"<Class {self.unit.path}:{self.ir.qualname}>"


class Unit:
    """A loaded module."""

    __slots__ = ("_globals", "_mentions", "body", "classes", "functions", "module", "path", "renamed")

    def __init__(self, path: str, module: Module) -> None:
        self.path = path
        self.module = module
        self.renamed = respell(module)  # names under which other files may import members from here
        self.functions = [Func(self, ir) for ir in module.functions]
        self.body = self.functions[0]
        self.classes = [ClassInfo(self, ir) for ir in module.classes]
        for func in self.functions:
            if func.ir.parent >= 0:
                func.parent = self.functions[func.ir.parent]
            if func.ir.cls >= 0:
                func.cls = self.classes[func.ir.cls]
                if func.ir.kind == "function":
                    func.cls.methods[func.name] = func  # the last definition wins, as at run time
        self._globals: dict[str, list[tuple[Func, int]]] | None = None
        self._mentions: dict[str, list[tuple[Func, int, bool]]] | None = None

    def __repr__(self) -> str:
        return f"<Unit {self.path}>"

    @property
    def globals(self) -> dict[str, list[tuple[Func, int]]]:
        """Module-level name -> everywhere it is bound: in the module body and under ``global`` in functions."""
        if self._globals is None:
            found: dict[str, list[tuple[Func, int]]] = {}
            for name, nodes in self.body.defs.items():
                found[name] = [(self.body, node) for node in nodes]
            for func in self.functions:
                for name in func.ir.globals:
                    for node in func.defs.get(name, ()):
                        found.setdefault(name, []).append((func, node))
            for alias, name in self.renamed.items():
                if name in found:
                    found.setdefault(alias, found[name])
            self._globals = found
        return self._globals


class Program:
    """All modules that were needed so far, by project-relative path."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._units: dict[str, Unit | None] = {}
        self.failures: dict[str, str] = {}
        self._trees: dict[str, ast.Module] = {}

    def offer_tree(self, path: str, tree: ast.Module) -> None:
        """Keep a syntax tree that the caller has anyway, to save parsing ``path`` once more."""
        self._trees[path] = tree

    def unit(self, path: str) -> Unit | None:
        """The module at ``path``; ``None`` if it cannot be read or analysed (the reason is in ``failures``)."""
        if path in self._units:
            return self._units[path]
        self._units[path] = None  # a module that imports itself while loading
        text = self.sources.text(path)
        if text is None:
            self.failures[path] = "the file cannot be read"
            return None
        try:
            module = lowered(text, path, self._trees.pop(path, None))
        except NotAnalysed as error:
            self.failures[path] = str(error.args[0]) if error.args else "not analysed"
            return None
        unit = Unit(path, module)
        self._units[path] = unit
        return unit

    def loaded(self) -> Iterator[Unit]:
        """The modules loaded so far."""
        return (unit for unit in list(self._units.values()) if unit is not None)
