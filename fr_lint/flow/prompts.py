"""Questions to a person: what a call's text asks for, and where the answer is kept.

Must not know control flow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import Reading, split
from fr_lint.flow.facts import (
    Presumed,
    Val,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.ir.model import (
    Arg,
    Attr,
    Expr,
    Name,
    Node,
    Op,
    Result,
)
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.asking import Asking


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
        found = self.asked(ir, frame)
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
        fact = self.evaluator.reading(
            reading,
            "",
            text=name in self.guards.ask_text
            and last_name(getattr(ir.value, "base", None)) not in self.guards.ask_truth_receivers,
        )
        return fact  # noqa: RET504

    def linked(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """``var.get()`` of a variable that a widget with a consent text writes."""
        if name not in ("get", "isChecked", "value", "instate") or not isinstance(ir.value, Attr):
            return None
        from fr_lint.flow.subjects import spell

        spelled = spell(ir.value.base)
        if not spelled:
            return None
        root = spelled.rpartition(".")[2]
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
        """A tick box whose variable starts out true."""
        last = spelled.rpartition(".")[2]
        for func in frame.func.unit.functions:
            for nodes in (func.stores.get(last, ()), func.defs.get(last, ())):
                for node in nodes:
                    value = func.nodes[node].value
                    if isinstance(value, Result) and func.nodes[value.node].op == Op.CALL:
                        for arg in func.nodes[value.node].args:
                            if (arg.keyword == "value" or not arg.keyword) and self.asking.is_true(arg.value):
                                return Presumed((func.unit.path, arg.line, arg.col, "a ticked box"))
        return None
