"""Calls into unseen code, judged by their name and by the names they are reached through.

Must not know control flow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import Reading, split
from fr_lint.flow.facts import (
    Val,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.ir.model import (
    Attr,
    Expr,
    Item,
    Name,
    Node,
    Op,
    Result,
)

if TYPE_CHECKING:
    from fr_lint.flow.asking import Asking


class Unseen:
    """Names of unseen functions."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.evaluator = asking.evaluator
        self.resolver = asking.resolver
        self.vocabulary = asking.vocabulary
        self.subjects = asking.subjects

    def named(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """A call into unseen code, judged by its name and by the names it is reached through."""
        if not name or ir.value is None:
            return None
        if self._known_elsewhere(ir, frame):
            return None
        first = split(name)[:1]
        asks = bool(first) and first[0] in ("request", "get", "ask", "load", "show", "display")
        if self.vocabulary.records(name) and not asks:
            return None
        reading = self.vocabulary.read(name)
        about = self.through(ir.value, frame.func)
        if reading is None and about is not None and not self._off_topic(name):
            reading = Reading(about.kind, about.negative != self.vocabulary.is_negative(name))
        if reading is None:
            for arg in ir.args[:1]:
                spelled = last_name(arg.value)
                if spelled[:1].isupper():
                    reading = self.vocabulary.read(spelled)
        if reading is None:
            return None
        if name[:1].isupper() and isinstance(ir.value, Name):
            return None  # making an object named after consent
        negative = reading.negative
        for arg in ir.args:
            if arg.keyword and self.vocabulary.is_negative(arg.keyword) and self.asking.is_true(arg.value):
                negative = not negative
        subject = next((s for s in (self.subjects.of(a.value, frame.func) for a in ir.args) if s), "")
        if not subject and isinstance(ir.value, Attr):
            subject = (
                self.subjects.of(ir.value.base, frame.func)
                if not self.vocabulary.read(last_name(ir.value.base))
                else ""
            )
        return self.evaluator.reading(Reading(reading.kind, negative), subject)

    def _known_elsewhere(self, ir: Node, frame: Frame) -> bool:  # noqa: ARG002
        """Whether the callee is a project class (making an object tells nothing)."""
        from fr_lint.flow.values import ClassV

        return any(isinstance(v, ClassV) for v in self.resolver.callee_values(frame.func, frame.node))

    def _off_topic(self, name: str) -> bool:
        parts = split(name)
        return self.vocabulary.paperwork.found(parts, name) or self.vocabulary.duty.found(parts, name)

    def through(self, callee: Expr, func: Func) -> Reading | None:
        """The reading of the objects a method is reached through: ``consents.for_user(u).first``."""
        at: Expr = callee.base if isinstance(callee, Attr) else callee
        for _ in range(8):
            name = last_name(at)
            if name:
                reading = self.vocabulary.read(name)
                if reading is not None:
                    return reading
            if isinstance(at, (Attr, Item)):
                at = at.base
            elif isinstance(at, Result) and func.nodes[at.node].op == Op.CALL:
                call = func.nodes[at.node]
                for arg in call.args[:1]:
                    spelled = last_name(arg.value)
                    if spelled[:1].isupper() and (reading := self.vocabulary.read(spelled)) is not None:
                        return reading
                if call.value is None:
                    return None
                at = call.value
            else:
                return None
        return None
