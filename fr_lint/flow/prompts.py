"""Questions to a person: what a call's text asks for, and where the answer is kept.

Must not know control flow.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import CONSENT, Reading, split
from fr_lint.flow.facts import (
    Presumed,
    Val,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.plain import is_plain
from fr_lint.flow.program import Func
from fr_lint.flow.subjects import spell
from fr_lint.flow.values import Ext, Inst
from fr_lint.ir.model import (
    Arg,
    Attr,
    Display,
    Expr,
    Name,
    Node,
    Op,
    Result,
)
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.asking import Asking


MUTE = 3  # words of an input's own text that ask nothing
STEPS_BACK = 6  # nodes between a question and its answer
TICKS = frozenset({"value", "checked", "default"})
TICKING = frozenset({"setChecked", "set", "select", "SetValue", "set_value", "set_active"})


NUMBERED = re.compile(r"(?<![\w.])(\d)\s*[).:=\]-]\s*([^\d\n,;/|]+)")  # "1) yes  2) no"


class Prompts:
    """Prompts, tick boxes, linked variables."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.evaluator = asking.evaluator
        self.resolver = asking.resolver
        self.guards = asking.guards
        self.vocabulary = asking.vocabulary

    def asked(self, ir: Node, frame: Frame) -> tuple[Reading, Arg] | None:
        """The reading of a call's text arguments as a question."""
        for arg in ir.args:
            if arg.keyword in ("key", "help", "name", "id", "path", "icon", "parent", "style", "command"):
                continue
            value = arg.value
            texts = self._texts(value, frame)
            for text in texts[:4]:
                if " " not in text.strip() and text.isascii():
                    continue  # a key, not a question
                reading = self.vocabulary.prompt(text)
                if reading is not None:
                    return reading, arg
        return None

    def _texts(self, expr: Expr, frame: Frame) -> list[str]:
        """Texts of an argument; a parameter's text is that of the call under judgement, if there is one."""
        if frame.bound is not None:
            for at in walk(expr):
                if isinstance(at, Name) and at.id in frame.bound and any(p.name == at.id for p in frame.func.ir.params):
                    argument = frame.bound[at.id]
                    inner = Frame(argument.func, argument.node, {}, None, frame.depth + 2)
                    found = self._texts(argument.expr, inner) if argument.expr is not None else []
                    if found:
                        return found
        return self.resolver.texts(expr, frame.func, frame.node)

    def prompt(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """What the answer to a prompt says."""
        if name in self.guards.ask_shows or (
            self.vocabulary.records(name) and name not in self.guards.ask_truth and split(name)[0] != "request"
        ):
            return None
        if name not in self.guards.ask_text and is_plain(self.resolver.callee_values(frame.func, frame.node)):
            return None
        found = self.asked(ir, frame)
        if found is None and (name in self.guards.ask_text or name in self.guards.ask_keys):
            found = self._shown_before(ir, frame)
        if found is None:
            return None
        reading, _ = found
        if name in self.guards.ask_widgets:
            ticked = next(
                (
                    a
                    for a in ir.args
                    if a.keyword in ("value", "checked", "default", "variable") and self.asking.is_true(a.value)
                ),
                None,
            )
            if ticked is not None:
                return self.asking.default(ticked, frame)
        receiver = last_name(getattr(ir.value, "base", None))
        text = (
            name in self.guards.ask_text or name in self.guards.ask_keys
        ) and receiver not in self.guards.ask_truth_receivers
        text = text and not (name == "ask" and self._is_own_device(ir.value, frame))
        fact = self.evaluator.reading(reading, "", text=text)
        return replace(fact, choices=self._choices(ir, frame)) if fact is not None else None

    def _is_own_device(self, callee: Expr | None, frame: Frame) -> bool:
        """Whether a thing is asked that is of no library which gives back what is typed: it says yes or no."""
        if isinstance(callee, Name):  # of a module that is not seen: from hospital.touch import ask
            known = self.resolver.callee_values(frame.func, frame.node)
            if not known:
                return False
        elif not isinstance(callee, Attr) or isinstance(callee.base, Result):
            return False
        else:
            known = self.resolver.values(callee.base, frame.func, frame.node)
        return not any(
            isinstance(value, (Ext, Inst))
            and (value.name if isinstance(value, Ext) else value.type).partition(".")[0] in self.guards.ask_text_modules
            for value in known
        )

    def _shown_before(self, ir: Node, frame: Frame) -> tuple[Reading, Arg] | None:
        """The question was printed right before its answer is read: ``print("Do you consent?")``, ``input("> ")``."""
        own = " ".join(text for arg in ir.args for text in self._texts(arg.value, frame)[:1])
        if len(split(own)) > MUTE:
            return None
        func, at = frame.func, frame.node
        for _ in range(STEPS_BACK):
            before = func.preds[at]
            if len(before) != 1:
                return None
            at = before[0]
            node = func.nodes[at]
            if node.op == Op.CALL and last_name(node.value) in self.guards.ask_shows:
                found = self.asked(node, Frame(func, at, {}, None, frame.depth + 2))
                key = last_name(ir.value) in self.guards.ask_keys
                if found is not None and (key or any("?" in text for text in self._texts(found[1].value, frame))):
                    return found
        return None

    def _choices(self, ir: Node, frame: Frame) -> tuple[tuple[str, bool], ...]:
        """The answers that a question offers: a list of labels (or several), or numbers in its text."""
        labels: list[str] = []
        for arg in ir.args:
            if isinstance(arg.value, Display):
                labels.extend(t for part in arg.value.elements for t in self._texts(part, frame)[:1])
            elif not arg.keyword:
                texts = self._texts(arg.value, frame)
                listed = [NUMBERED.findall(text) for text in texts[:1]]
                if listed and len(listed[0]) > 1:
                    answers = self._judged([label for _, label in listed[0]])
                    return tuple((number, yes) for (number, _), yes in zip(listed[0], answers, strict=True))
        if not labels:
            plain = [self._texts(arg.value, frame)[:1] for arg in ir.args if not arg.keyword]
            labels = [text for texts in plain for text in texts]
            if len(labels) != len(ir.args) or any("?" in label for label in labels):
                return ()  # a title and a question
        if len(labels) < 2:
            return ()
        judged = self._judged(labels)
        by_label = tuple((label.strip().lower(), yes) for label, yes in zip(labels, judged, strict=True))
        return (*by_label, *((str(place), yes) for place, yes in enumerate(judged)))

    def _judged(self, labels: list[str]) -> list[bool]:
        """Which of several answers gives consent."""
        said = [self.vocabulary.prompt(label) is not None and not self._refuses(label) for label in labels]
        return said if any(said) else [not self._refuses(label) for label in labels]

    def _refuses(self, label: str) -> bool:
        return self.vocabulary.is_negative_literal(label) or self.vocabulary.is_neutral_literal(label)

    def linked(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """``var.get()`` of a variable that a widget with a consent text writes."""
        if name not in ("get", "isChecked", "value", "instate") or not isinstance(ir.value, Attr):
            return None
        spelled = spell(ir.value.base)
        if not spelled:
            return None
        root = spelled.rpartition(".")[2]
        named = self.vocabulary.read(root)
        if named is not None and named.kind == CONSENT and not named.negative:
            started = self._initial(spelled, frame)
            if started is not None:
                return started
        for func in frame.func.unit.functions:
            for number, node in enumerate(func.nodes):
                if node.op != Op.CALL or len(node.args) < 2:
                    continue
                for arg in node.args:
                    if arg.keyword in ("variable", "textvariable") and spell(arg.value).rpartition(".")[2] == root:
                        found = self.asked(node, Frame(func, number, {}, None, frame.depth + 2))
                        if found is not None:
                            return self._initial(spelled, frame) or self.evaluator.reading(found[0], "")
        return None

    def _initial(self, spelled: str, frame: Frame) -> Val | None:
        """A tick box that starts out ticked, or whose variable starts out true."""
        last = spelled.rpartition(".")[2]
        for func in frame.func.unit.functions:
            for nodes in (func.stores.get(last, ()), func.defs.get(last, ())):
                for node in nodes:
                    value = func.nodes[node].value
                    if isinstance(value, Result) and func.nodes[value.node].op == Op.CALL:
                        for arg in func.nodes[value.node].args:
                            if (arg.keyword in TICKS or not arg.keyword) and self.asking.is_true(arg.value):
                                return Presumed((func.unit.path, arg.line, arg.col, "a ticked box"))
                        ticked = self._ticked(spelled, func)
                        if ticked is not None:
                            return ticked
        return None

    def _ticked(self, spelled: str, func: Func) -> Presumed | None:
        """``box.setChecked(True)`` in the function that makes the box."""
        for node in func.nodes:
            if node.op == Op.CALL and isinstance(node.value, Attr) and node.value.name in TICKING:
                if (
                    spell(node.value.base) == spelled
                    and len(node.args) == 1
                    and self.asking.is_true(node.args[0].value)
                ):
                    return Presumed((func.unit.path, node.line, node.col, "a ticked box"))
        return None
