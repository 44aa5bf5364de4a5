"""One backward search: where does a value come from?  Graph reachability over expressions, on demand.

A state is an expression of a function, the call sites through which the search went down into functions (so that it
comes up again where it went in), and an access path: which part of the value is asked for (compare S. Arzt and others,
*FlowDroid*, PLDI 2014; T. Reps, S. Horwitz, M. Sagiv, *Precise interprocedural dataflow analysis via graph
reachability*, POPL 1995).  It must not know stores, rules or law.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from fr_lint.flow.contents import ANY, Path, Put, selector
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import Ext, FuncV, Obj
from fr_lint.flow.whence import ASIDE, CALL, LOADED, NAME, PIECE, PLACE, SAID, WEAK, Origin, Sites, State, spots
from fr_lint.ir.model import (
    Attr,
    Binary,
    Bool,
    Compare,
    Comprehension,
    Const,
    Display,
    Element,
    Entered,
    Expr,
    IfElse,
    Import,
    Item,
    Mapping,
    Name,
    Op,
    Result,
    Starred,
    Text,
    Unary,
)

if TYPE_CHECKING:
    from fr_lint.flow.provenance import Provenance

MAX_STATES: Final = 4000  # states of one search; beyond it origins are missed
MAX_PATH: Final = 4  # selectors that are told apart
MAX_SITES: Final = 4  # call sites that are remembered


@dataclass(slots=True)
class Trace:
    """A search that is under way."""

    owner: Provenance
    influence: bool
    found: dict[Origin, None] = field(default_factory=dict)
    seen: set[object] = field(default_factory=set)
    stack: list[State] = field(default_factory=list)
    passed: list[State] = field(default_factory=list)
    known: dict[tuple[str, ClassInfo, str, Path, int], bool] = field(default_factory=dict)  # fields: are they set

    def run(self, expr: Expr, func: Func, node: int, mode: int = 0) -> frozenset[Origin]:
        """Search to the end (or the budget)."""
        self.push(expr, func, node, (), (), mode)
        while self.stack and len(self.seen) < MAX_STATES:
            state = self.stack.pop()
            self.passed.append(state)
            self._step(state)
        return frozenset(self.found)

    def push(self, expr: Expr | None, func: Func, node: int, sites: Sites, path: Path, mode: int) -> None:
        """Go on at an expression, unless the search has been there."""
        if expr is None or isinstance(expr, Const):
            return
        path = path[:MAX_PATH]
        memo_key = (expr, func, node, sites, path, mode)
        if memo_key not in self.seen:
            self.seen.add(memo_key)
            self.stack.append(State(expr, func, node, sites, path, mode))

    def emit(self, kind: str, at: State, node: int, name: str, call: FaceCall | None = None) -> None:
        """Note an origin."""
        if at.mode & PIECE:
            if kind == CALL:
                self.found[Origin(SAID, at.func, node, name, (), None, True, True)] = None
            return
        origin = Origin(kind, at.func, node, name, at.path, call, bool(at.mode & LOADED), bool(at.mode & WEAK))
        self.found[origin] = None

    # ------------------------------------------------------------------------------------------------------ expressions

    def _step(self, at: State) -> None:  # noqa: C901
        expr, path = at.expr, at.path
        match expr:
            case Name():
                self._name(expr.id, at)
            case Attr():
                self.owner.members.attribute(self, expr, at)
            case Item():
                self._item(expr, at)
            case Result():
                if at.func.nodes[expr.node].op == Op.CALL:
                    self.owner.calls.step(self, expr.node, at)
            case Element() | Starred():
                inner = expr.of if isinstance(expr, Element) else expr.value
                if not self.owner.keyed.is_mapping(inner, at.func):
                    self.on(at, inner, (ANY, *path))
            case Entered():
                self._entered(expr.manager, at)
            case Comprehension():
                self._comprehension(expr, at)
            case Display():
                self._display(expr, at)
            case Mapping():
                for entry in expr.entries:
                    if entry.key is None:
                        self.on(at, entry.value, path)
                    elif not path or path[0] == ANY:
                        if self.influence or not self._is_neutral(entry.key) or isinstance(entry.value, Mapping):
                            self.on(at, entry.value, path[1:])
                    elif not isinstance(entry.key, Const) or entry.key.value == path[0]:
                        self.on(at, entry.value, path[1:])
            case Binary() if expr.op == "/" or (at.mode & LOADED):
                self._composite(at, (expr.left, expr.right))
            case Binary():
                if expr.op != "@" or self.influence:
                    self.on(at, expr.left, path)
                    self.on(at, expr.right, path)
            case Text():
                self._composite(at, expr.parts)
            case Bool():
                for operand in expr.operands:
                    self.on(at, operand, path)
            case IfElse():
                self.on(at, expr.body, path)
                self.on(at, expr.orelse, path)
                if self.influence:
                    self.on(at, expr.test, ())
            case Compare():
                if self.influence:
                    self.on(at, expr.left, ())
                    self.on(at, expr.right, ())
            case Unary():
                if self.influence or expr.op != "not":
                    self.on(at, expr.operand, path)
            case Import():
                self._import(expr, at)
            case _:
                pass

    def on(self, at: State, expr: Expr | None, path: Path) -> None:
        """Go on at another expression of the same place."""
        self.push(expr, at.func, at.node, at.sites, path, at.mode)

    def _composite(self, at: State, parts: Iterable[Expr]) -> None:
        """Text put together from parts: what lies there is not what lies where a part of it says.

        But what gave a part of it may have put it there: a store that gives back the name.
        """
        mode = at.mode | PIECE if at.mode & LOADED else at.mode
        for part in parts:
            self.push(part, at.func, at.node, at.sites, (), mode)

    def _is_neutral(self, key: Expr) -> bool:
        return isinstance(key, Const) and self.owner.names.is_neutral(key.value)

    def _display(self, expr: Display, at: State) -> None:
        path = at.path
        first = path[0] if path else ANY
        starred = any(isinstance(element, Starred) for element in expr.elements)
        for place, element in enumerate(expr.elements):
            if isinstance(element, Starred):
                if not self.owner.keyed.is_mapping(element.value, at.func):
                    self.on(at, element.value, (ANY, *path[1:]))
            elif not isinstance(first, int) or starred or first == place or first < 0:
                if first == ANY or isinstance(first, int):
                    self.on(at, element, path[1:])

    def _comprehension(self, expr: Comprehension, at: State) -> None:
        path = at.path
        if not path or path[0] == ANY or isinstance(path[0], int) or expr.kind == "dict":
            self.on(at, expr.element, path[1:])
        if self.influence:
            for condition in expr.conditions:
                self.on(at, condition, ())

    def _item(self, expr: Item, at: State) -> None:
        at_index = selector(expr.index)
        if not self.influence and at_index and self.owner.names.is_neutral(at_index[0]):
            return
        listed = expr.index.elements if isinstance(expr.index, Display) else ()
        if listed and all(isinstance(each, Const) and isinstance(each.value, str) for each in listed):  # columns
            for each in listed:
                if self.influence or not self.owner.names.is_neutral(selector(each)[0]):
                    self.on(at, expr.base, (*selector(each), *at.path))
            return
        self.on(at, expr.base, (*at_index, *at.path))
        if self.influence and not isinstance(expr.index, Const):
            self.on(at, expr.index, ())

    def _entered(self, manager: Expr, at: State) -> None:
        """What ``with manager as name`` binds: a project's own manager yields or returns it."""
        if isinstance(manager, Result):
            for target, _ in self.owner.graph.targets(at.func, manager.node):
                if target.ir.is_generator:
                    for number, node in enumerate(target.nodes):
                        if node.op == Op.YIELD:
                            down = self.down(at.sites, at.func, manager.node)
                            self.push(node.value, target, number, down, at.path, at.mode)
        for value in self.owner.resolver.values(manager, at.func, at.node):
            if isinstance(value, Obj):
                for name in ("__enter__", "__aenter__"):
                    for method in self.owner.resolver.instance_attribute(value, name):
                        if isinstance(method, FuncV):
                            self.returns(method.func, (), at.path, at.mode)
        self.on(at, manager, at.path)

    def _import(self, expr: Import, at: State) -> None:
        found = self.owner.imported(expr, at.func.unit)
        if found is not None:
            self.globals(found[0].body, found[1], at.path, at.mode)

    # ------------------------------------------------------------------------------------------------------------ names

    def _name(self, name: str, at: State) -> None:
        func: Func | None = at.func
        node, sites = at.node, at.sites
        if name not in at.func.ir.globals:
            while func is not None and func.ir.kind != "module":
                if name in func.ir.locals or "@" in name:
                    if func is at.func or func.ir.kind != "class":
                        self._local(name, func, node, sites, at)
                        return
                func, node, sites = func.parent, -1, ()
        if at.func.ir.kind == "module" and name in at.func.defs:
            self._local(name, at.func, node, at.sites, at)
            for other, definition in at.func.unit.globals.get(name, ()):
                if other is not at.func:
                    self._definition(name, other, definition, (), at.path, at.mode)
            return
        if name in at.func.unit.globals:
            if at.path and self._outside(name, at):
                return
            self.globals(at.func.unit.body, name, at.path, at.mode)
        else:
            for module, level in at.func.unit.module.stars:
                found = self.owner.imported(Import(module, name, level), at.func.unit)
                if found is not None and name in found[0].globals:
                    self.globals(found[0].body, name, at.path, at.mode)

    def _outside(self, name: str, at: State) -> bool:
        """A name that stands for something outside the project, for example ``request`` of a web framework."""
        for value in self.owner.resolver.name_values(name, at.func, at.node):
            if isinstance(value, Ext):
                requests = self.owner.names.requests
                if at.path[0] in requests:
                    self.emit(NAME, at, -1, value.name)
                elif at.path[1:2] and at.path[1] in requests:  # `import flask`, and then `flask.request.files`
                    self.emit(NAME, replace(at, path=at.path[1:]), -1, f"{value.name}.{at.path[0]}")
                return True
        return False

    def globals(self, body: Func, name: str, path: Path, mode: int) -> None:
        """Go on at whatever binds or fills a name of a module."""
        memo_key = ("global", body, name, path, mode)
        if memo_key in self.seen:
            return
        self.seen.add(memo_key)
        for func, node in body.unit.globals.get(name, ()):
            self._definition(name, func, node, (), path, mode)
        for func in body.unit.functions:
            if name not in func.ir.locals or func is body:
                self.contents(func, name, path, mode, ())

    def _local(self, name: str, func: Func, node: int, sites: Sites, at: State) -> None:
        path, mode = at.path, at.mode
        if not self.influence and node >= 0 and self.owner.is_hidden(name, func, node):
            return
        definitions = func.defs.get(name, [])
        param = next((p for p in func.ir.params if p.name == name), None)
        if node >= 0 and (len(definitions) > 1 or (definitions and param is not None)):
            reached, from_entry = self.owner.reaching(name, func, node)
            if reached or from_entry:
                definitions = reached
                param = param if from_entry else None
        for definition in definitions:
            self._definition(name, func, definition, sites, path, mode)
        self.contents(func, name, path, mode, sites)
        for inner in func.unit.functions:
            if inner is not func and inner.parent is func and name not in inner.ir.locals:
                self.contents(inner, name, path, mode, ())
        if param is not None:
            self.owner.members.param(self, func, param, sites, path, mode)

    def _definition(self, name: str, func: Func, node: int, sites: Sites, path: Path, mode: int) -> None:
        ir = func.nodes[node]
        if ir.value is None or ir.op not in (Op.ASSIGN, Op.FOR):
            return
        if mode & LOADED and not (path or mode & (PIECE | ASIDE) or isinstance(ir.value, Import)):
            self.found[Origin(PLACE, func, node, name, (), None, True)] = None
        if ir.op == Op.FOR and self.owner.keyed.is_mapping(ir.value, func):
            return
        for spot in spots(ir.target, name):
            first: Path = (ANY,) if ir.op == Op.FOR else ()
            self.push(ir.value, func, node, sites, (*first, *spot, *path), mode)

    def contents(self, func: Func, spelled: str, path: Path, mode: int, sites: Sites) -> None:
        """Go on at what a function puts into a container."""
        index = self.owner.contents(func)
        for put in index.puts.get(spelled, ()):
            for rest in self._fitting(put, path, mode, func):
                self.push(put.value, func, put.node, sites, rest, _mode(put, mode))
        for part, spot in index.parts.get(spelled, ()):
            if not self.owner.names.is_service(spelled):
                for rest in self._agreeing(spot, path):
                    known = ("part", func, part, rest, mode, sites)
                    if known not in self.seen:
                        self.seen.add(known)
                        for each in self._naming(part, func):
                            self.contents(each, part, rest, mode, sites if each is func else ())
        for node in self.owner.handed(func).get(spelled, ()):  # a function that is given the container may fill it
            ir = func.nodes[node]
            for target, bound in self.owner.graph.targets(func, node):
                filled = self.owner.contents(target).filled
                for param, expr in self.owner.graph.bind(target, ir.args, bound) if filled else ():
                    memo_key = ("filled", target, param, path, mode, func, node)
                    if isinstance(expr, Name) and expr.id == spelled and param in filled and memo_key not in self.seen:
                        self.seen.add(memo_key)
                        self.contents(target, param, path, mode, self.down(sites, func, node))

    def _naming(self, spelled: str, func: Func) -> Iterable[Func]:
        """The functions in which a spelling stands for the same thing: of an attribute those of the class."""
        cls = self.owner.resolver.enclosing_class(func) if spelled.startswith(("self.", "cls.")) else None
        return (func,) if cls is None else self.owner.functions_of(cls)

    def _fitting(self, put: Put, path: Path, mode: int, func: Func) -> Iterator[Path]:
        """What is asked of the thing that was put in, if it is part of what is asked of the container."""
        if put.fills:
            agree = all(ANY in (a, b) or a == b for a, b in zip(put.at, path, strict=False))
            if agree and (mode & LOADED or self.owner.is_buffer(put, func)):
                yield ()
            return
        if func.nodes[put.node].op == Op.CALL and self.owner.is_service(put, func):
            return
        yield from self._agreeing(put.at, path)

    def _agreeing(self, spot: Path, path: Path) -> Iterator[Path]:
        """What is asked of a part at a spot, if what is asked of the whole leads there or includes it."""
        for place, wanted in enumerate(spot):
            if place >= len(path):
                if not self.influence and self.owner.names.is_neutral(wanted):
                    return
                continue  # the whole is asked for
            have = path[place]
            if not (ANY in (wanted, have) or wanted == have):
                return
        yield path[len(spot) :]

    # -------------------------------------------------------------------------------------------------------- functions

    def down(self, sites: Sites, func: Func, node: int) -> Sites:
        """The sites after going into a call; a deep or recursive way is forgotten, and comes up everywhere."""
        if len(sites) >= MAX_SITES or (func, node) in sites:
            return ()
        return (*sites, (func, node))

    def returns(self, func: Func, sites: Sites, path: Path, mode: int) -> None:
        """Go on at what a function returns or yields."""
        for number, node in enumerate(func.nodes):
            if node.op == Op.RETURN and not func.ir.is_generator:
                self.push(node.value, func, number, sites, path, mode)
            elif node.op == Op.YIELD:
                inner = path[1:] if path and (path[0] == ANY or isinstance(path[0], int)) else path
                self.push(node.value, func, number, sites, inner, mode)


def _mode(put: Put, mode: int) -> int:
    if put.loads:
        return mode | LOADED
    return mode & ~LOADED if put.fills else mode
