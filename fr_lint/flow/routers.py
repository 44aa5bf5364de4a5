"""What applications, routers and blueprints do before each of their handlers.

Must not know decorators of single functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fr_lint.flow.facts import NONE, Known
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import ClassV, Coll, Ext, FuncV, Inst, Obj, Value
from fr_lint.flow.ways import Ways, ambient, combine
from fr_lint.ir.model import Attr, Display, Expr, Name, Node, Op, Result
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.hooks import Hooks

MAX_MOUNTS = 4  # lists of handlers inside one another


class Routers:
    """Guards of the place where a handler is registered."""

    def __init__(self, hooks: Hooks) -> None:
        self.hooks = hooks
        self.graph = hooks.graph
        self.resolver = hooks.resolver
        self.summaries = hooks.summaries
        self.guards = hooks.guards
        self.sources = hooks.sources
        self._places: dict[Value, Ways] = {}
        self._installed: list[Ways] | None = None
        self._lists: dict[tuple[Func, int], list[tuple[Func, int]]] | None = None

    def router(self, base: Expr, parent: Func, call: Node | None) -> Ways:  # noqa: ARG002
        """Guards of the application, router or blueprint on which a handler is registered."""
        ways: Ways = [NONE]
        for value in self.resolver.values(base, parent, -1):
            if isinstance(value, Inst) and value.func is not None:
                ways = combine(ways, self._place(value))
        return ways

    def _place(self, place: Inst) -> Ways:
        if place in self._places:
            return self._places[place]
        self._places[place] = [NONE]
        ways: Ways = [NONE]
        assert place.func is not None
        made = place.func.nodes[place.node]
        for arg in made.args:
            if arg.keyword in self.guards.hooks_dependency_keywords:
                ways = combine(ways, self.hooks.dependencies.dependencies(arg.value, place.func))
        for more in self._middlewares(place, made):
            ways = combine(ways, more)
        included: Ways = []
        for name in sorted(self.guards.hooks_including):
            for path in self.sources.with_word(name)[:20]:
                unit = self.resolver.program.unit(path)
                if unit is None:
                    continue
                for func, number in self.graph.mentions(unit).calls.get(name, ()):
                    args = func.nodes[number].args
                    if not any(self._same(arg.value, func, number, place) for arg in args):
                        continue
                    way: Ways = [NONE]
                    for arg in args:
                        if arg.keyword in self.guards.hooks_dependency_keywords:
                            way = combine(way, self.hooks.dependencies.dependencies(arg.value, func))
                    callee = func.nodes[number].value
                    if isinstance(callee, Attr):
                        for outer in self.resolver.values(callee.base, func, number):
                            if isinstance(outer, Inst) and outer.func is not None and outer != place:
                                way = combine(way, self._place(outer))
                    included.extend(way)  # each inclusion is a way of its own
        ways = combine(ways, list(dict.fromkeys(included)) or [NONE])
        for more in self._before_requests(place):
            ways = combine(ways, more)
        self._places[place] = ways
        return ways

    def registration(self, func: Func, node: int) -> Ways:
        """Guards of the application at which a call registers a handler: ``app.router.add_post(path, handler)``."""
        call = func.nodes[node]
        if (
            last_name(call.value) not in self.guards.hooks_registering
        ):  # web.post(path, handler) in app.add_routes([...])
            for other in func.nodes[node:]:
                if other.op == Op.CALL and last_name(other.value) in self.guards.hooks_registering:
                    if any(isinstance(at, Result) and at.node == node for arg in other.args for at in walk(arg.value)):
                        call = other
                        break
            else:
                return self._listed(func, node, 0)
        ways: Ways = [NONE]
        for arg in call.args:
            if arg.keyword in self.guards.hooks_dependency_keywords:
                ways = combine(ways, self.hooks.dependencies.dependencies(arg.value, func))
        if isinstance(call.value, Attr):
            ways = combine(ways, self.router(call.value.base, func, call))
        return ways

    def _listed(self, func: Func, node: int, depth: int) -> Ways:
        """Guards of an application that is made with a list of its handlers: ``App(routes=[Route(path, handler)])``."""
        made = func.nodes[node]
        ways: Ways = [NONE]
        for arg in made.args:
            if arg.keyword in self.guards.hooks_dependency_keywords:
                ways = combine(ways, self.hooks.dependencies.dependencies(arg.value, func))
        for more in self._given(made, func, node):
            ways = combine(ways, more)
        for value in self.resolver.values(Result(node), func, node):
            if isinstance(value, Inst) and value.func is not None:
                ways = combine(ways, self._place(value))
        outer: Ways = []
        for holder, number in self._holders().get((func, node), ()) if depth < MAX_MOUNTS else ():
            outer.extend(self._listed(holder, number, depth + 1))
        return combine(ways, list(dict.fromkeys(outer)) or [NONE])

    def _holders(self) -> dict[tuple[Func, int], list[tuple[Func, int]]]:
        """The calls that make an entry of a list of handlers -> the calls that are given the list."""
        if self._lists is None:
            self._lists = {}
            for word in sorted(self.guards.hooks_handler_lists):
                for path in self.sources.with_word(word):
                    unit = self.resolver.program.unit(path)
                    for func in unit.functions if unit is not None else ():
                        for number, node in enumerate(func.nodes):
                            for arg in node.args if node.op == Op.CALL else ():
                                if arg.keyword == word:
                                    for entry in self._entries(arg.value, func, number):
                                        self._lists.setdefault(entry, []).append((func, number))
        return self._lists

    def _entries(self, expr: Expr, func: Func, node: int) -> Iterator[tuple[Func, int]]:
        lists = [
            (value.expr, value.func) for value in self.resolver.values(expr, func, node) if isinstance(value, Coll)
        ]
        for written, where in lists or [(expr, func)]:
            for at in walk(written):
                if isinstance(at, Result):
                    yield where, at.node

    def _given(self, made: Node, func: Func, node: int) -> Iterator[Ways]:
        """Middleware in a list that a call is given."""
        for arg in made.args:
            if arg.keyword in self.guards.hooks_middleware_lists:
                lists = [
                    (value.expr, value.func, value.node)
                    for value in self.resolver.values(arg.value, func, node)
                    if isinstance(value, Coll)
                ]
                for written, where, number in lists or [(arg.value, func, node)]:
                    for element in written.elements if isinstance(written, Display) else ():
                        yield from self._passing(element, where, number)

    def _middlewares(self, place: Inst, made: Node) -> Iterator[Ways]:
        """``Application(middlewares=[...])``, ``app.middlewares.append(...)``."""
        assert place.func is not None
        yield from self._given(made, place.func, place.node)
        for path in self.sources.near("middlewares", place.func.unit.path, 20):
            unit = self.resolver.program.unit(path)
            for func, number in self.graph.mentions(unit).calls.get("append", ()) if unit is not None else ():
                call = func.nodes[number]
                base = call.value.base if isinstance(call.value, Attr) else None
                if isinstance(base, Attr) and base.name in self.guards.hooks_middleware_lists and call.args:
                    if self._same(base.base, func, number, place):
                        yield from self._passing(call.args[0].value, func, number)

    def _passing(self, expr: Expr, func: Func, node: int) -> Iterator[Ways]:
        """What a middleware establishes, given as a function, a class, or ``Middleware(cls)``."""
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL and func.nodes[expr.node].args:
            inner = func.nodes[expr.node].args[0].value
            if last_name(func.nodes[expr.node].value)[:1].isupper():
                expr = inner
        found = self.resolver.values(expr, func, node)
        for value in found:
            if isinstance(value, FuncV):
                yield self._middleware(value.func)
            elif isinstance(value, (ClassV, Obj)):
                for name in self.guards.hooks_middleware_methods:
                    if name in value.cls.methods:
                        yield self._middleware(value.cls.methods[name])
        named = self.hooks.named(last_name(expr))
        if named and all(isinstance(v, (Ext, Inst)) for v in found):
            yield named

    @staticmethod
    def is_handler(func: Func) -> bool:
        """Whether a function takes a request as the applications do that install middleware by name."""
        params = func.ir.params[1:] if func.cls is not None else func.ir.params
        return func.ir.kind == "function" and bool(params) and params[0].name == "request"

    def installed(self) -> list[Ways]:
        """What the middleware establishes that the settings name by strings."""
        if self._installed is None:
            self._installed = []
            named = {
                (path, text)
                for setting in sorted(self.guards.hooks_installed)
                for path in self.sources.with_word(setting)
                if (unit := self.resolver.program.unit(path)) is not None
                for func, node in unit.globals.get(setting, ())
                for text in self.resolver.texts(func.nodes[node].value, func, node)
            }
            for path, text in sorted(named):
                self._installed.extend(self._by_name(path, text))
        return self._installed

    def _by_name(self, importer: str, text: str) -> Iterator[Ways]:
        module, _, name = text.rpartition(".")
        path = self.sources.resolve(importer, module, 0) if module else None
        found = self.resolver.member(path, name) if path is not None else ()
        for value in found:
            if isinstance(value, ClassV):
                for method in sorted(self.guards.hooks_requesting):
                    if method in value.cls.methods:
                        yield self._falsy_exits(value.cls.methods[method])
                if "__call__" in value.cls.methods:
                    yield self._middleware(value.cls.methods["__call__"])
            elif isinstance(value, FuncV):
                for inner in self.resolver.returns(value.func):
                    if isinstance(inner, FuncV):
                        yield self._middleware(inner.func)
        named = self.hooks.named(name)
        if path is None and named:
            yield named

    def _same(self, expr: Expr, func: Func, node: int, place: Inst) -> bool:
        return any(
            isinstance(v, Inst) and v.func is place.func and v.node == place.node
            for v in self.resolver.values(expr, func, node)
        )

    def _before_requests(self, place: Inst) -> Iterator[Ways]:  # noqa: C901
        """``@app.before_request`` functions and middleware of the same application or blueprint."""
        for word in (*self.guards.hooks_before, *self.guards.hooks_middleware):
            for path in self.sources.with_word(word)[:20]:
                unit = self.resolver.program.unit(path)
                for func in unit.functions if unit else ():
                    for decorator in func.ir.decorators:
                        parent = func.parent or func
                        target: Expr | None = decorator
                        if isinstance(decorator, Result):
                            target = parent.nodes[decorator.node].value
                        if not isinstance(target, Attr) or target.name != word:
                            continue
                        wide = word == "before_app_request"
                        if not wide and not self._same(target.base, parent, -1, place):
                            continue
                        yield (
                            self._middleware(func) if word in self.guards.hooks_middleware else self._falsy_exits(func)
                        )
                if unit is not None:
                    for func, number in self.graph.mentions(unit).calls.get(word, ()):
                        call = func.nodes[number]
                        if (
                            call.args
                            and isinstance(call.value, Attr)
                            and self._same(call.value.base, func, number, place)
                        ):
                            for value in self.resolver.values(call.args[0].value, func, number):
                                if isinstance(value, FuncV):
                                    yield self._falsy_exits(value.func)
                            named = self.hooks.named(last_name(call.args[0].value))
                            if named and not self.resolver.values(call.args[0].value, func, number):
                                yield named
        for path in self.sources.with_word("add_middleware")[:20]:
            unit = self.resolver.program.unit(path)
            for func, number in self.graph.mentions(unit).calls.get("add_middleware", ()) if unit else ():
                call = func.nodes[number]
                if (
                    not call.args
                    or not isinstance(call.value, Attr)
                    or not self._same(call.value.base, func, number, place)
                ):
                    continue
                for value in self.resolver.values(call.args[0].value, func, number):
                    if isinstance(value, ClassV):
                        for name in self.guards.hooks_middleware_methods:
                            if name in value.cls.methods:
                                yield self._middleware(value.cls.methods[name])
                    elif isinstance(value, Ext):
                        yield self.hooks.named(value.name.rpartition(".")[2]) or [NONE]

    def _falsy_exits(self, func: Func) -> Ways:
        """A hook that lets the request pass by returning nothing."""
        exits = self.summaries.exits(func)
        if exits is None:
            return [NONE]
        ways: Ways = []
        for facts, value in exits:
            if value is None or isinstance(value, Known):
                if isinstance(value, Known) and value.value is None:
                    ways.append(ambient(facts))
                continue
        return ways or [NONE]

    def _middleware(self, func: Func) -> Ways:
        """Middleware passes the request on by calling its second parameter."""
        params = [p.name for p in func.ir.params if p.name not in ("self", "cls")]
        names = set(params[1:])
        nodes = [
            number
            for number, node in enumerate(func.nodes)
            if node.op == Op.CALL
            and (
                (isinstance(node.value, Name) and node.value.id in names)
                or last_name(node.value) in ("get_response", "call_next", "app")
            )
        ]
        found = self.summaries.apply_at(func, nodes, {}, Frame(func, -1, {})) if nodes else None
        return list(dict.fromkeys(ambient(f) for f in found)) if found else [NONE]
