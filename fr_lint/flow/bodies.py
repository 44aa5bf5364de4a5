"""Calls of the project's own functions: which bodies say something, and what their summaries say under these arguments.

Must not know how a summary comes about.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import Reading
from fr_lint.flow.binding import bind
from fr_lint.flow.facts import (
    CONSENT,
    NOTHING,
    PRESUMED,
    Atom,
    Chosen,
    Cond,
    Fact,
    Facts,
    Known,
    Val,
    meet,
    outcome,
    simple,
    union,
)
from fr_lint.flow.frames import Argument, Frame, Symbol
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import Ext, FuncV, Inst, Obj
from fr_lint.ir.model import (
    Attr,
    Compare,
    Const,
    Display,
    Expr,
    Item,
    Name,
    Node,
    Op,
    Result,
    Unary,
)

if TYPE_CHECKING:
    from fr_lint.flow.asking import Asking


class Bodies:
    """Values of calls into the project."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.evaluator = asking.evaluator
        self.resolver = asking.resolver
        self.graph = asking.graph
        self.guards = asking.guards
        self.vocabulary = asking.vocabulary

    def visible(self, func: Func, node: int) -> list[tuple[Func, bool]]:
        """The project functions a call enters whose body says something (no stubs, no abstract methods)."""
        if self.asking.listed.is_called(func, node):
            return []  # the user's word wins over a visible body
        if self.asking.receiver is not None and self.asking.receiver[0] is func:
            callee = func.nodes[node].value
            if isinstance(callee, Attr) and isinstance(callee.base, Name) and callee.base.id == "self":
                for cls in self.resolver.mro(self.asking.receiver[1]):
                    if callee.name in cls.methods:
                        method = cls.methods[callee.name]
                        return [] if is_stub(method) else [(method, True)]
        return [
            (target, bound)
            for target, bound in self.graph.targets(func, node)
            if not is_stub(target) and target.name not in ("__init__", "__post_init__")
        ]

    def mixed(self, func: Func, node: int) -> bool:
        """Whether a call may also enter code outside the project."""
        return any(isinstance(value, (Ext, Inst)) for value in self.resolver.callee_values(func, node))

    def record(self, visible: list[tuple[Func, bool]], ir: Node, frame: Frame) -> Fact | None:
        """A visible look-up of a consent record: by its name and what it returns, or by what it is reached through."""
        for target, _ in visible:
            reading = self.vocabulary.read(target.name)
            for value in self.resolver.returns(target) if reading is not None else ():
                if isinstance(value, Obj) and self.vocabulary.read(value.cls.name) is not None:
                    return self.evaluator.reading(reading, "")
        for target, _ in visible:
            if not self._looks_up(target):
                return None
        about = self.asking.unseen.through(ir.value, frame.func) if ir.value is not None else None
        for target, _ in visible:
            if about is None and target.cls is not None:
                about = self.vocabulary.read(target.cls.name)
        if about is None or self.vocabulary.records(visible[0][0].name):
            return None
        turned = about.negative != self.vocabulary.is_negative(visible[0][0].name)
        return self.evaluator.reading(Reading(about.kind, turned), "")

    @staticmethod
    def _looks_up(target: Func) -> bool:
        """Whether a body hands back what it has got from somewhere, and no answer of its own."""
        returned = [node.value for node in target.nodes if node.op == Op.RETURN and node.value is not None]
        asked = [value for value in returned if not (isinstance(value, Const) and value.value is None)]
        return bool(asked) and all(isinstance(value, (Result, Item, Name)) for value in asked)

    def constant_bodies(self, visible: list[tuple[Func, bool]]) -> bool:
        """Whether the bodies ask nobody: they show the text, or return a literal."""
        for target, _ in visible:
            for node in target.nodes:
                if node.op == Op.RETURN and node.value is not None and not isinstance(node.value, Const):
                    return False
        return True

    def arguments(self, target: Func, bound: bool, node: int, frame: Frame) -> dict[str, Argument]:
        """What a call node passes to a project function."""
        ir = frame.func.nodes[node]
        found: dict[str, Argument] = {}
        for name, expr in bind(target, ir.args, bound):
            if name not in found:
                found[name] = Argument(expr, frame.func, node, self.evaluator.value(expr, frame))
        if bound and target.ir.params and isinstance(ir.value, Attr):
            found.setdefault(target.ir.params[0].name, Argument(ir.value.base, frame.func, node, None))
        return found

    def digest_all(self, visible: list[tuple[Func, bool]], node: int, frame: Frame) -> Val | None:
        """What the bodies that a call may enter say together."""
        digests: list[Val | None] = []
        for target, _ in visible:
            values = [value for _, value in self.asking.summaries.exits(target) or ()]
            if values and all(isinstance(value, Chosen) for value in values):
                return values[0]
        for target, bound in visible[:4]:
            arguments = self.arguments(target, bound, node, frame)
            digests.append(self.digest(target, arguments, frame, self.consent_named(target)))
        if not digests or any(d is None for d in digests):
            return None
        if len(digests) == 1:
            return digests[0]
        conds = [outcome(d) for d in digests]
        return simple(Cond(meet(c.true for c in conds), meet(c.false for c in conds)))

    def consent_named(self, target: Func) -> bool:
        """Whether a function's name says consent, in whatever way."""
        reading = self.vocabulary.read(target.name, guard=True)
        return reading is not None and not reading.negative

    def digest(self, target: Func, arguments: dict[str, Argument], frame: Frame, named: bool) -> Val | None:
        """The value that a project function returns, as a condition."""
        exits = self.asking.summaries.apply(target, arguments, frame)
        if exits is None:
            return None
        true: list[Facts | None] = []
        false: list[Facts | None] = []
        text: Fact | None = None
        for facts, value in exits:
            if named and isinstance(value, Known) and value.value is True and not any(a.kind == CONSENT for a in facts):
                place = self.asking.summaries.true_return(target)
                if place is not None:
                    facts = facts | {Atom(PRESUMED, "", place)}
            cond = outcome(value)
            true.append(union(facts, cond.true))
            false.append(union(facts, cond.false))
            if isinstance(value, Fact) and len(exits) == 1:
                text = replace(value, origin=-1)
        if text is not None:
            return text
        return simple(Cond(meet(true), meet(false)))

    def property_value(self, expr: Attr, frame: Frame) -> Val | None:
        """A property of a project class: its body decides."""
        bases = self.resolver.values(expr.base, frame.func, frame.node)
        if not bases and (owner := self.graph.only_owner(expr.name)) is not None:
            bases = (Obj(owner),)
        for base in bases:
            if isinstance(base, Obj):
                for value in self.resolver.class_attribute(base.cls, expr.name, base):
                    if isinstance(value, FuncV) and self.resolver.is_property(value.func) and not is_stub(value.func):
                        own = value.func.ir.params[0].name if value.func.ir.params else "self"
                        arguments = {own: Argument(expr.base, frame.func, frame.node, None)}
                        return self.digest(value.func, arguments, frame, self.consent_named(value.func)) or NOTHING
        return None

    def is_symbolic(self, expr: Expr, frame: Frame) -> bool:
        """Whether a condition is over parameters only, so that a caller can judge it."""
        params = {p.name for p in frame.func.ir.params if p.name not in ("self", "cls")}
        found = False
        stack: list[Expr] = [expr]
        steps = 0
        while stack:
            steps += 1
            if steps > 24:
                return False
            at = stack.pop()
            if isinstance(at, Name):
                if at.id not in params or at.id in frame.func.defs:
                    return False
                found = True
            elif isinstance(at, Const):
                continue
            elif isinstance(at, (Compare,)):
                stack.extend((at.left, at.right))
            elif isinstance(at, Display):
                stack.extend(at.elements)
            elif isinstance(at, Result):
                call = frame.func.nodes[at.node]
                if call.op != Op.CALL:
                    return False
                name = last_name(call.value)
                if isinstance(call.value, Attr) and name in ("strip", "lower", "upper", "casefold", "startswith"):
                    stack.append(call.value.base)
                elif (
                    name in self.guards.ask_text
                    or name in self.guards.ask_truth
                    or name in self.guards.lookup_transparent
                ):
                    stack.extend(arg.value for arg in call.args)
                    continue
                else:
                    return False
                stack.extend(arg.value for arg in call.args)
            elif isinstance(at, Unary):
                stack.append(at.operand)
            else:
                return False
        return found

    def judge(self, symbol: Symbol, arguments: dict[str, Argument], frame: Frame) -> Facts | None:
        """A callee's condition over its parameters, under one call's arguments; ``None``: cannot be."""
        inner = Frame(symbol.func, -1, {}, arguments, frame.depth + 2)
        value = self.evaluator.value(symbol.expr, inner)
        if value is None and isinstance(symbol.expr, Name) and frame.symbolic:
            argument = arguments.get(symbol.expr.id)
            if argument is not None and argument.expr is not None:
                value = self.evaluator.test(argument.expr, argument.value, frame)
        cond = outcome(value)
        return cond.true if symbol.truth else cond.false


def is_stub(func: Func) -> bool:
    """A body that says nothing: ``...``, ``pass``, a docstring, ``raise NotImplementedError``."""
    for node in func.nodes:
        if node.op in (Op.ENTRY, Op.EXIT, Op.RAISED, Op.NOP):
            continue
        if node.op == Op.RAISE:
            if isinstance(node.value, Name) and node.value.id == "NotImplementedError":
                continue
            if isinstance(node.value, Result) and last_name(func.nodes[node.value.node].value) == "NotImplementedError":
                continue
            return False
        if node.op == Op.CALL and last_name(node.value) == "NotImplementedError":
            continue
        return False
    return True
