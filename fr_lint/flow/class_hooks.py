"""What runs before the handlers of a class: decorators on it, lists of guards in it, methods called first.

Must not know how a wrapper is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fr_lint.flow.facts import NONE
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import ClassV, FuncV
from fr_lint.flow.ways import Ways, ambient, combine
from fr_lint.ir.model import Attr, Const, Display, Expr, Name, Op, Result

if TYPE_CHECKING:
    from fr_lint.flow.hooks import Hooks


class ClassHooks:
    """Guards of classes."""

    def __init__(self, hooks: Hooks) -> None:
        self.hooks = hooks
        self.resolver = hooks.resolver
        self.summaries = hooks.summaries
        self.guards = hooks.guards

    def before(self, func: Func, cls: ClassInfo) -> Iterator[Ways]:
        """The ways of each guard of a class before one of its methods."""
        parent = cls.parent
        for decorator in cls.ir.decorators:
            yield self._class_decorator(decorator, parent, func)
        external = self.resolver.external_bases(cls)
        if func.name in self.guards.form_fields_after:
            yield from self._validated(cls)
        handler = func.name in self.guards.entry_methods and bool(
            external or any(b.ir.bases for b in self.resolver.mro(cls))
        )
        if not handler:
            return
        for name in (*self.guards.hooks_class_decorators, *self.guards.hooks_class_permissions):
            holder = next((c for c in self.resolver.mro(cls) if name in c.body.defs), None)
            if holder is not None:
                for node in holder.body.defs[name]:
                    yield self.listed(holder.body.nodes[node].value, holder.body, node)
        for names, judge in (
            (self.guards.hooks_returning, self._normal_exits),
            (self.guards.hooks_testing, self.hooks.true_facts),
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
            yield self.hooks.named(base.rpartition(".")[2]) or [NONE]

    def _validated(self, cls: ClassInfo) -> Iterator[Ways]:
        """A method that runs after the validation of a form with a consent field that must be true."""
        forms = self.hooks.asking.forms
        for name in sorted(self.guards.form_fields_holders):
            holder = next((c for c in self.resolver.mro(cls) if name in c.body.defs), None)
            if holder is None:
                continue
            for node in holder.body.defs[name]:
                for value in self.resolver.values(holder.body.nodes[node].value, holder.body, node):
                    if isinstance(value, ClassV):
                        yield [forms.forced(value.cls)]

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
                ways = combine(ways, self.hooks.wrappers.decorator_argument(arg, parent, decorator))
                named = self.hooks.named(self.hooks.called_name(arg.value, parent))
                if isinstance(arg.value, Result) and named:
                    ways = combine(ways, named)
                elif isinstance(arg.value, Result):
                    for value in self.resolver.values(arg.value, parent, arg.value.node):
                        if isinstance(value, FuncV):
                            ways = combine(ways, self.hooks.wrappers.wrapper(value.func, value.func))
            return ways
        name = last_name(call.value) if call is not None else last_name(decorator)
        node = decorator.node if isinstance(decorator, Result) else -1
        visible = [v for v in self.resolver.values(decorator, parent, node) if isinstance(v, FuncV)]
        if visible:
            found = self.hooks.wrappers.wrapper(visible[0].func, visible[0].func)
            return found if found != [NONE] else self.hooks.wrappers.method_wrapper(visible[0].func)
        return self.hooks.named(name) or [NONE]

    def listed(self, value: Expr | None, frame: Func, node: int) -> Ways:
        """``decorators = [consent_required]``, ``permission_classes = [HasConsent]``."""
        ways: Ways = [NONE]
        elements = value.elements if isinstance(value, Display) else ()
        for element in elements:
            target: Expr = element
            if isinstance(element, Result):
                called = frame.nodes[element.node].value
                target = called if called is not None else element
            found = self.resolver.values(target, frame, node)
            handled = False
            for item in found:
                if isinstance(item, FuncV):
                    applied = item.func
                    if isinstance(element, Result):
                        inner = [v for v in self.resolver.values(element, frame, node) if isinstance(v, FuncV)]
                        applied = inner[0].func if inner else applied
                    ways = combine(ways, self.hooks.wrappers.wrapper(applied, applied))
                    handled = True
                elif isinstance(item, ClassV):
                    for candidate in self.resolver.mro(item.cls):
                        if "has_permission" in candidate.methods:
                            ways = combine(ways, self.hooks.true_facts(candidate.methods["has_permission"]))
                            break
                    handled = True
            if not handled:
                ways = combine(ways, self.hooks.named(last_name(target)) or [NONE])
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
