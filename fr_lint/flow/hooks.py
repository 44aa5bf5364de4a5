"""What stands before every call of a function: decorators, class-level hooks, dependencies, routers, middleware.

Answers with the facts established before the function's body runs.  A visible body decides; unseen ones count by name.
Knows frameworks only through data.  Must not know faces or findings.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.guards import Guards
from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.flow.asking import Asking
from fr_lint.flow.evaluate import Argument, Frame
from fr_lint.flow.facts import CONSENT, NONE, Atom, Fact, Facts, Known, Val, outcome
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.resolve import last_name
from fr_lint.flow.summaries import Summaries
from fr_lint.flow.values import ClassV, Ext, FuncV, Inst, Obj, Value
from fr_lint.ir.model import Arg, Attr, Const, Display, Expr, FunctionRef, Item, Name, Node, Op, Param, Result

CONSENTED: Facts = frozenset((Atom(CONSENT),))
Ways = list[Facts]


class Hooks:
    """Guards outside a function's own body."""

    def __init__(self, graph: CallGraph, asking: Asking, summaries: Summaries, guards: Guards) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.asking = asking
        self.summaries = summaries
        self.guards = guards
        self.vocabulary = asking.vocabulary
        self.sources = graph.sources
        self._before: dict[Func, Ways] = {}
        self._places: dict[Value, Ways] = {}
        self._app_wide: Ways | None = None

    def before(self, func: Func) -> Ways:
        """The facts on each way to the function's first statement (``[NONE]``: nothing is established)."""
        if func not in self._before:
            self._before[func] = [NONE]
            ways: Ways = [NONE]
            for more in self._guards(func):
                ways = combine(ways, more)
            self._before[func] = ways
        return self._before[func]

    def _guards(self, func: Func) -> Iterator[Ways]:
        if func.ir.kind not in ("function",):  # noqa: FURB171
            return
        parent = func.parent or func
        for decorator in func.ir.decorators:
            yield self._decorator(func, decorator, parent)
        for param in func.ir.params:
            yield self._dependency(param, parent)
            yield self._model(param, parent)
        if func.cls is not None and not func.name.startswith("__"):
            yield from self._class_guards(func, func.cls)

    # ------------------------------------------------------------------------------------------------------ decorators

    def project_decorator(self, func: Func, decorator: Expr) -> Func | ClassInfo | None:
        """The project function (or class) that is applied to ``func`` by a decorator."""
        parent = func.parent or func
        node = decorator.node if isinstance(decorator, Result) else -1
        for value in self.resolver.values(decorator, parent, node):
            if isinstance(value, FuncV):
                return value.func
            if isinstance(value, ClassV):
                return value.cls
            if isinstance(value, Obj):
                call = self.resolver.class_attribute(value.cls, "__call__", value)
                for method in call:
                    if isinstance(method, FuncV):
                        return method.func
        return None

    def _decorator(self, func: Func, decorator: Expr, parent: Func) -> Ways:
        applied = self.project_decorator(func, decorator)
        if isinstance(applied, Func):
            return self._wrapper(applied, applied)
        if isinstance(applied, ClassInfo):
            method = applied.methods.get("__call__")
            return self._wrapper(method, method) if method is not None else [NONE]
        call: Node | None = None
        name = last_name(decorator)
        if isinstance(decorator, Result):
            call = parent.nodes[decorator.node]
            name = last_name(call.value)
            visible = self.graph.targets(parent, decorator.node)
            if visible:
                return [NONE]
        ways = [CONSENTED] if self._says_consent(name) else [NONE]
        if call is not None:
            for arg in call.args:
                if arg.keyword in self.guards.hooks_dependency_keywords:
                    ways = combine(ways, self._dependencies(arg.value, parent))
                elif not arg.keyword or arg.keyword == "test_func":
                    ways = combine(ways, self._decorator_argument(arg, parent, decorator))
            if isinstance(call.value, Attr):
                ways = combine(ways, self._router(call.value.base, parent, call))
        elif isinstance(decorator, Attr):
            ways = combine(ways, self._router(decorator.base, parent, None))
        return ways

    def _says_consent(self, name: str) -> bool:
        reading = self.vocabulary.read(name, guard=True)
        return (
            reading is not None
            and reading.kind == READ_CONSENT
            and not reading.negative
            and not self.vocabulary.records(name)
        )

    def _decorator_argument(self, arg: Arg, parent: Func, decorator: Expr) -> Ways:
        """``@user_passes_test(lambda u: u.face_consent)``, ``@method_decorator(consent_required)``."""
        value = arg.value
        if isinstance(value, FunctionRef):
            return self._true_facts(parent.unit.functions[value.index])
        if isinstance(value, (Name, Attr)):
            node = decorator.node if isinstance(decorator, Result) else -1
            found = self.resolver.values(value, parent, node)
            for target in found:
                if isinstance(target, FuncV):
                    wrapped = self._wrapper(target.func, target.func)
                    return wrapped if wrapped != [NONE] else self._true_facts(target.func)
            if self._says_consent(last_name(value)) and not found:
                return [CONSENTED]
            if any(isinstance(v, Ext) for v in found) and self._says_consent(last_name(value)):
                return [CONSENTED]
        return [NONE]

    def _true_facts(self, func: Func) -> Ways:
        """What a predicate says when it is true."""
        exits = self.summaries.exits(func)
        if exits is None:
            return [NONE]
        ways: Ways = []
        for facts, value in exits:
            cond = outcome(value)
            if cond.true is not None:
                ways.append(ambient(facts | cond.true))
        return ways or [NONE]

    def _wrapper(self, applied: Func, root: Func) -> Ways:  # noqa: ARG002
        """Facts at the places where a decorator's wrapper calls the function it wraps."""
        params = [p.name for p in applied.ir.params if p.name not in ("self", "cls")]
        own = applied.cls is not None and applied.name == "__call__"
        inside = [f for f in applied.unit.functions if f is not applied and self._within(f, applied)]
        if own:
            inside.append(applied)
        ways: Ways = []
        for func in inside:
            nodes = [
                number
                for number, node in enumerate(func.nodes)
                if node.op == Op.CALL
                and (
                    (
                        isinstance(node.value, Name)
                        and node.value.id in params[:1]
                        and node.value.id not in func.ir.locals
                    )
                    or (
                        own
                        and isinstance(node.value, Attr)
                        and isinstance(node.value.base, Name)
                        and node.value.base.id == "self"
                    )
                    or (
                        any(
                            isinstance(a.value, Name) and a.value.id in params[:1] and a.value.id not in func.ir.locals
                            for a in node.args
                        )
                        and last_name(node.value)
                        not in (
                            "wraps",
                            "update_wrapper",
                            "iscoroutinefunction",
                            "signature",
                            "partial",
                            "getattr",
                            "isinstance",
                        )
                    )
                )
            ]
            if own and func is applied:
                nodes = [n for n in nodes if self._calls_stored(func.nodes[n], applied)]
            if nodes:
                found = self.summaries.apply_at(func, nodes, {}, Frame(func, -1, {}))
                ways.extend(ambient(facts) for facts in found or [])
        return list(dict.fromkeys(ways)) or [NONE]

    @staticmethod
    def _calls_stored(node: Node, method: Func) -> bool:
        assert method.cls is not None and isinstance(node.value, Attr)  # noqa: PT018
        init = method.cls.methods.get("__init__")
        names = {p.name for p in init.ir.params} if init is not None else set()
        if init is None:
            return False
        return any(
            isinstance(init.nodes[n].value, Name) and getattr(init.nodes[n].value, "id", "") in names
            for n in init.stores.get(node.value.name, ())
        )

    @staticmethod
    def _within(func: Func, outer: Func) -> bool:
        at = func.parent
        while at is not None:
            if at is outer:
                return True
            at = at.parent
        return False

    def _model(self, param: Param, parent: Func) -> Ways:
        """A parameter whose type forces its consent field to be true."""
        forms = self.asking.forms
        if forms.reads_consent(param.name) and forms.is_literal_true(param.annotation):
            return [CONSENTED]
        if param.annotation is None:
            return [NONE]
        for value in self.resolver.annotation_values(param.annotation, parent):
            if isinstance(value, Obj) and forms.is_model(value.cls) and forms.forced(value.cls):
                return [CONSENTED]
        return [NONE]

    # ---------------------------------------------------------------------------------------------------- dependencies

    def _dependency(self, param: Param, parent: Func) -> Ways:
        ways: Ways = [NONE]
        for expr in (param.default, *annotated(param.annotation)):
            if isinstance(expr, Result):
                ways = combine(ways, self._depends(expr, parent))
        if isinstance(param.annotation, (Name, Attr)):  # Allowed = Annotated[bool, Depends(check)]
            for frame, node in self.resolver.definitions(last_name(param.annotation), parent, -1):
                for expr in annotated(frame.nodes[node].value):
                    if isinstance(expr, Result):
                        ways = combine(ways, self._depends(expr, frame))
        return ways

    def _dependencies(self, expr: Expr, parent: Func) -> Ways:
        ways: Ways = [NONE]
        if isinstance(expr, Display):
            for element in expr.elements:
                if isinstance(element, Result):
                    ways = combine(ways, self._depends(element, parent))
        elif isinstance(expr, (Name, Attr)):
            for frame, node in self.resolver.definitions(last_name(expr), parent, -1):
                value = frame.nodes[node].value
                if isinstance(value, Display):
                    ways = combine(ways, self._dependencies(value, frame))
        return ways

    def _depends(self, expr: Result, parent: Func) -> Ways:
        """``Depends(check)``: what ``check`` establishes when it returns."""
        call = parent.nodes[expr.node]
        if call.op != Op.CALL or last_name(call.value) not in self.guards.hooks_depends or not call.args:
            return [NONE]
        return self._callable(call.args[0].value, parent, expr.node)

    def _callable(self, expr: Expr, parent: Func, node: int) -> Ways:
        found = self.resolver.values(expr, parent, node)
        visible = [target for value in found for target, _ in self.graph.enters(value)]
        for value in found:
            if isinstance(value, ClassV):
                visible.extend(c.methods["__call__"] for c in self.resolver.mro(value.cls) if "__call__" in c.methods)
        ways: Ways = [NONE]
        for target in visible[:4]:
            for more in self._guards(target):
                ways = combine(ways, more)
            if target.ir.is_generator:
                at = [n for n, ir in enumerate(target.nodes) if ir.op == Op.YIELD]
                facts = self.summaries.apply_at(target, at, {}, Frame(target, -1, {}))
                ways = combine(ways, [ambient(f) for f in facts or [NONE]])
            else:
                exits = self.summaries.exits(target)
                if exits:
                    ways = combine(ways, list(dict.fromkeys(ambient(facts) for facts, _ in exits)))
        if not visible and self._says_consent(last_name(expr) or self._called_name(expr, parent)):
            return [CONSENTED]
        return ways

    @staticmethod
    def _called_name(expr: Expr, parent: Func) -> str:
        if isinstance(expr, Result) and parent.nodes[expr.node].op == Op.CALL:
            return last_name(parent.nodes[expr.node].value)
        return ""

    def dependency_value(self, func: Func, param: Param) -> Val | None:
        """The value that a framework dependency gives to a parameter."""
        parent = func.parent or func
        for expr in (param.default, *annotated(param.annotation)):
            if not isinstance(expr, Result):
                continue
            call = parent.nodes[expr.node]
            if call.op != Op.CALL or last_name(call.value) not in self.guards.hooks_depends or not call.args:
                continue
            for value in self.resolver.values(call.args[0].value, parent, expr.node):
                if isinstance(value, FuncV) and not value.func.ir.is_generator:
                    arguments: dict[str, Argument] = {}
                    digest = self.asking.digest(value.func, arguments, Frame(func, -1, {}), False)
                    if isinstance(digest, Fact):
                        return Fact(frozenset(Atom(a.kind) for a in digest.atoms), digest.negative, digest.text)
                    return digest
        return None

    # --------------------------------------------------------------------------------------------------- routers, apps

    def _router(self, base: Expr, parent: Func, call: Node | None) -> Ways:  # noqa: ARG002
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
                ways = combine(ways, self._dependencies(arg.value, place.func))
        included: Ways = []
        for name in ("include_router", "register_blueprint", "mount"):
            for path in self.sources.with_word(name)[:20]:
                unit = self.resolver.program.unit(path)
                if unit is None:
                    continue
                for func, number in self.graph.mentions(unit).calls.get(name, ()):
                    args = func.nodes[number].args
                    if not args or not self._same(args[0].value, func, number, place):
                        continue
                    way: Ways = [NONE]
                    for arg in args:
                        if arg.keyword in self.guards.hooks_dependency_keywords:
                            way = combine(way, self._dependencies(arg.value, func))
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
                            if self._says_consent(last_name(call.args[0].value)) and not self.resolver.values(
                                call.args[0].value, func, number
                            ):
                                yield [CONSENTED]
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
                    elif isinstance(value, Ext) and self._says_consent(value.name.rpartition(".")[2]):
                        yield [CONSENTED]

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

    # ---------------------------------------------------------------------------------------------------- class hooks

    def _class_guards(self, func: Func, cls: ClassInfo) -> Iterator[Ways]:
        parent = cls.parent
        for decorator in cls.ir.decorators:
            yield self._class_decorator(decorator, parent, func)
        external = self.resolver.external_bases(cls)
        handler = func.name in self.guards.entry_methods and bool(
            external or any(b.ir.bases for b in self.resolver.mro(cls))
        )
        if not handler:
            return
        for name in (*self.guards.hooks_class_decorators, *self.guards.hooks_class_permissions):
            holder = next((c for c in self.resolver.mro(cls) if name in c.body.defs), None)
            if holder is not None:
                for node in holder.body.defs[name]:
                    yield self._class_list(holder, name, holder.body.nodes[node].value, node)
        for names, judge in (
            (self.guards.hooks_returning, self._normal_exits),
            (self.guards.hooks_testing, self._true_facts),
            (self.guards.hooks_delegating, self._delegating),
        ):
            for name in sorted(names):
                for candidate in self.resolver.mro(cls):
                    method = candidate.methods.get(name)
                    if method is None:
                        continue
                    if method is func:
                        break  # judged by its own body
                    yield judge(method)
                    if not self._calls_super(method):
                        break  # what it overrides is not run
        for base in external:
            if self._says_consent(base.rpartition(".")[2]):
                yield [CONSENTED]

    @staticmethod
    def _calls_super(method: Func) -> bool:
        return any(
            node.op == Op.CALL and isinstance(node.value, Name) and node.value.id == "super" for node in method.nodes
        )

    def _class_decorator(self, decorator: Expr, parent: Func, func: Func) -> Ways:
        call = parent.nodes[decorator.node] if isinstance(decorator, Result) else None
        if call is not None and call.op == Op.CALL and last_name(call.value) in self.guards.hooks_class_dispatch:
            names = [a.value.value for a in call.args if a.keyword == "name" and isinstance(a.value, Const)]
            if names and names[0] not in ("dispatch", func.name):
                return [NONE]
            ways: Ways = [NONE]
            for arg in call.args[:1]:
                ways = combine(ways, self._decorator_argument(arg, parent, decorator))
                if isinstance(arg.value, Result) and self._says_consent(self._called_name(arg.value, parent)):
                    ways = combine(ways, [CONSENTED])
                elif isinstance(arg.value, Result):
                    for value in self.resolver.values(arg.value, parent, arg.value.node):
                        if isinstance(value, FuncV):
                            ways = combine(ways, self._wrapper(value.func, value.func))
            return ways
        name = last_name(call.value) if call is not None else last_name(decorator)
        node = decorator.node if isinstance(decorator, Result) else -1
        visible = [v for v in self.resolver.values(decorator, parent, node) if isinstance(v, FuncV)]
        if visible:
            found = self._wrapper(visible[0].func, visible[0].func)
            return found if found != [NONE] else self._method_wrapper(visible[0].func)
        return [CONSENTED] if self._says_consent(name) else [NONE]

    def _method_wrapper(self, applied: Func) -> Ways:
        """A class decorator that replaces methods by wrappers: facts where a wrapper calls the original."""
        ways: Ways = []
        inside = [f for f in applied.unit.functions if self._within(f, applied) and f.parent is not None]
        for func in inside:
            outer = set().union(*(f.ir.locals for f in (applied, *inside) if f is not func and self._within(func, f)))
            nodes = [
                n
                for n, node in enumerate(func.nodes)
                if node.op == Op.CALL
                and isinstance(node.value, Name)
                and node.value.id in outer
                and node.value.id not in func.ir.locals
            ]
            if nodes:
                found = self.summaries.apply_at(func, nodes, {}, Frame(func, -1, {}))
                ways.extend(ambient(f) for f in found or [])
        return list(dict.fromkeys(ways)) or [NONE]

    def _class_list(self, cls: ClassInfo, name: str, value: Expr | None, node: int) -> Ways:  # noqa: ARG002
        """``decorators = [consent_required]``, ``permission_classes = [HasConsent]``."""
        ways: Ways = [NONE]
        elements = value.elements if isinstance(value, Display) else ()
        for element in elements:
            target: Expr = element
            if isinstance(element, Result):
                called = cls.body.nodes[element.node].value
                target = called if called is not None else element
            found = self.resolver.values(target, cls.body, node)
            handled = False
            for item in found:
                if isinstance(item, FuncV):
                    applied = item.func
                    if isinstance(element, Result):
                        inner = [v for v in self.resolver.values(element, cls.body, node) if isinstance(v, FuncV)]
                        applied = inner[0].func if inner else applied
                    ways = combine(ways, self._wrapper(applied, applied))
                    handled = True
                elif isinstance(item, ClassV):
                    for candidate in self.resolver.mro(item.cls):
                        if "has_permission" in candidate.methods:
                            ways = combine(ways, self._true_facts(candidate.methods["has_permission"]))
                            break
                    handled = True
            if not handled and self._says_consent(last_name(target)):
                ways = combine(ways, [CONSENTED])
        return ways

    def _normal_exits(self, method: Func) -> Ways:
        exits = self.summaries.exits(method)
        return list(dict.fromkeys(ambient(facts) for facts, _ in exits)) if exits else [NONE]

    def _delegating(self, method: Func) -> Ways:
        """A ``dispatch`` passes control on where it calls ``super()``."""
        nodes = []
        for number, node in enumerate(method.nodes):
            if node.op == Op.CALL and isinstance(node.value, Attr) and node.value.name == method.name:
                base = node.value.base
                if isinstance(base, Result) and last_name(method.nodes[base.node].value) == "super":
                    nodes.append(number)
        if not nodes:
            return [NONE]
        found = self.summaries.apply_at(method, nodes, {}, Frame(method, -1, {}))
        return list(dict.fromkeys(ambient(f) for f in found)) if found else [NONE]


def annotated(annotation: Expr | None) -> tuple[Expr, ...]:
    """The metadata of ``Annotated[T, ...]``."""
    if (
        isinstance(annotation, Item)
        and last_name(annotation.base) == "Annotated"
        and isinstance(annotation.index, Display)
    ):
        return annotation.index.elements[1:]
    return ()


def ambient(facts: Facts) -> Facts:
    """Facts from another frame, about whoever is there."""
    return frozenset(
        Atom(a.kind, "", a.extra if a.kind == "presumed" else None)
        for a in facts
        if a.kind in ("consent", "terms", "presumed")
    )


def combine(ways: Ways, more: Ways) -> Ways:
    """First one, then the other."""
    if more == [NONE]:
        return ways
    return list(dict.fromkeys(a | b for a in ways for b in more))[:16]
