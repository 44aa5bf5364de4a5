"""Decorators: what their wrappers establish where they call the function they wrap.

A visible body decides; unseen ones count by name.  Must not know frameworks but for keywords that hold dependencies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.flow.facts import NONE
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import ClassV, Ext, FuncV, Obj
from fr_lint.flow.ways import ACCEPTED, CONSENTED, Ways, ambient, combine
from fr_lint.ir.model import Arg, Attr, Expr, FunctionRef, Name, Node, Op, Result

if TYPE_CHECKING:
    from fr_lint.flow.hooks import Hooks


class Wrappers:
    """Decorators of functions."""

    def __init__(self, hooks: Hooks) -> None:
        self.hooks = hooks
        self.graph = hooks.graph
        self.resolver = hooks.resolver
        self.summaries = hooks.summaries
        self.guards = hooks.guards

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

    def decorator(self, func: Func, decorator: Expr, parent: Func) -> Ways:
        """What a decorator establishes before the function that it decorates."""
        if self.hooks.asking.listed.is_named(decorator, parent, -1):
            return [CONSENTED]
        applied = self.project_decorator(func, decorator)
        if isinstance(applied, Func):
            return self.wrapper(applied, applied)
        if isinstance(applied, ClassInfo):
            method = applied.methods.get("__call__")
            return self.wrapper(method, method) if method is not None else [NONE]
        call: Node | None = None
        name = last_name(decorator)
        if isinstance(decorator, Result):
            call = parent.nodes[decorator.node]
            name = last_name(call.value)
            visible = self.graph.targets(parent, decorator.node)
            if visible:
                return [NONE]
        ways = self.hooks.named(name) or [NONE]
        if call is not None and name in self.guards.ask_decorators:
            return self._asked(call, parent)
        if call is not None:
            for arg in call.args:
                if arg.keyword in self.guards.hooks_dependency_keywords:
                    ways = combine(ways, self.hooks.dependencies.dependencies(arg.value, parent))
                elif arg.keyword in self.guards.hooks_class_permissions:
                    ways = combine(ways, self.hooks.class_hooks.listed(arg.value, parent, -1))
                elif not arg.keyword or arg.keyword == "test_func":
                    ways = combine(ways, self.decorator_argument(arg, parent, decorator))
            if isinstance(call.value, Attr):
                ways = combine(ways, self.hooks.routers.router(call.value.base, parent, call))
        elif isinstance(decorator, Attr):
            ways = combine(ways, self.hooks.routers.router(decorator.base, parent, None))
        return ways

    def _asked(self, call: Node, parent: Func) -> Ways:
        """What a decorator establishes that asks a question and goes on only after a yes."""
        found = self.hooks.asking.asked(call, Frame(parent, -1, {}))
        if found is None or found[0].negative:
            return [NONE]
        return [CONSENTED if found[0].kind == READ_CONSENT else ACCEPTED]

    def decorator_argument(self, arg: Arg, parent: Func, decorator: Expr) -> Ways:
        """``@user_passes_test(lambda u: u.face_consent)``, ``@method_decorator(consent_required)``."""
        value = arg.value
        if isinstance(value, FunctionRef):
            return self.hooks.true_facts(parent.unit.functions[value.index])
        if self.hooks.asking.listed.is_named(value, parent, -1):
            return [CONSENTED]
        if isinstance(value, (Name, Attr)):
            node = decorator.node if isinstance(decorator, Result) else -1
            found = self.resolver.values(value, parent, node)
            for target in found:
                if isinstance(target, FuncV):
                    wrapped = self.wrapper(target.func, target.func)
                    return wrapped if wrapped != [NONE] else self.hooks.true_facts(target.func)
            if not found or any(isinstance(v, Ext) for v in found):
                return self.hooks.named(last_name(value)) or [NONE]
        return [NONE]

    def wrapper(self, applied: Func, root: Func) -> Ways:  # noqa: ARG002
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

    def method_wrapper(self, applied: Func) -> Ways:
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
