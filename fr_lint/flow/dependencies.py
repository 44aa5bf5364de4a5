"""Parameters that a framework fills: dependencies and models that are validated before the function is entered.

Must not know decorators or applications.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.flow.facts import NONE, Atom, Fact, Val
from fr_lint.flow.frames import Argument, Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import ClassV, FuncV, Obj
from fr_lint.flow.ways import CONSENTED, Ways, ambient, combine
from fr_lint.ir.model import Attr, Display, Expr, Item, Name, Op, Param, Result

if TYPE_CHECKING:
    from fr_lint.flow.hooks import Hooks


class Dependencies:
    """Dependencies of functions."""

    def __init__(self, hooks: Hooks) -> None:
        self.hooks = hooks
        self.graph = hooks.graph
        self.resolver = hooks.resolver
        self.asking = hooks.asking
        self.summaries = hooks.summaries
        self.guards = hooks.guards

    def model(self, param: Param, parent: Func) -> Ways:
        """A parameter whose type forces its consent field to be true."""
        forms = self.asking.forms
        kind = forms.reads(param.name)
        if kind and forms.is_literal_true(param.annotation):
            return [frozenset((Atom(kind),))]
        if param.annotation is None:
            return [NONE]
        for value in self.resolver.annotation_values(param.annotation, parent):
            if isinstance(value, Obj) and forms.is_model(value.cls):
                return [forms.forced(value.cls)]
        return [NONE]

    def dependency(self, param: Param, parent: Func) -> Ways:
        """What a parameter's dependency establishes."""
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

    def dependencies(self, expr: Expr, parent: Func) -> Ways:
        """What a list of dependencies establishes."""
        ways: Ways = [NONE]
        if isinstance(expr, Display):
            for element in expr.elements:
                if isinstance(element, Result):
                    ways = combine(ways, self._depends(element, parent))
                elif isinstance(element, (Name, Attr)):  # a guard by its name
                    ways = combine(ways, self.called(element, parent, -1))
        elif isinstance(expr, (Name, Attr)):
            for frame, node in self.resolver.definitions(last_name(expr), parent, -1):
                value = frame.nodes[node].value
                if isinstance(value, Display):
                    ways = combine(ways, self.dependencies(value, frame))
        return ways

    def _depends(self, expr: Result, parent: Func) -> Ways:
        """``Depends(check)``: what ``check`` establishes when it returns."""
        call = parent.nodes[expr.node]
        if call.op != Op.CALL or last_name(call.value) not in self.guards.hooks_depends or not call.args:
            return [NONE]
        return self.called(call.args[0].value, parent, expr.node)

    def called(self, expr: Expr, parent: Func, node: int) -> Ways:
        """What a callable that a framework calls first establishes."""
        if self.asking.listed.is_named(expr, parent, node):
            return [CONSENTED]
        found = self.resolver.values(expr, parent, node)
        visible = [target for value in found for target, _ in self.graph.enters(value)]
        for value in found:
            if isinstance(value, ClassV):
                visible.extend(c.methods["__call__"] for c in self.resolver.mro(value.cls) if "__call__" in c.methods)
        ways: Ways = [NONE]
        for target in visible[:4]:
            for more in self.hooks.guards_of(target):
                ways = combine(ways, more)
            if target.ir.is_generator:
                at = [n for n, ir in enumerate(target.nodes) if ir.op == Op.YIELD]
                facts = self.summaries.apply_at(target, at, {}, Frame(target, -1, {}))
                ways = combine(ways, [ambient(f) for f in facts or [NONE]])
            else:
                exits = self.summaries.apply(target, {}, Frame(target, -1, {}))
                if exits:
                    ways = combine(ways, list(dict.fromkeys(ambient(facts) for facts, _ in exits)))
        if not visible:
            return self.hooks.named(last_name(expr) or self.hooks.called_name(expr, parent)) or ways
        return ways

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


def annotated(annotation: Expr | None) -> tuple[Expr, ...]:
    """The metadata of ``Annotated[T, ...]``."""
    if (
        isinstance(annotation, Item)
        and last_name(annotation.base) == "Annotated"
        and isinstance(annotation.index, Display)
    ):
        return annotation.index.elements[1:]
    return ()
