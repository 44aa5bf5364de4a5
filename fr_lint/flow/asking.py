"""What the value of a call says about consent: prompts, look-ups, queries, helpers of the project, unseen helpers.

Works with :mod:`fr_lint.flow.evaluate`.  A visible body decides (through summaries); only what cannot be seen is judged
by its name.  Must not know control flow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.guards import Guards
from fr_lint.flow.bodies import Bodies
from fr_lint.flow.evaluate import Evaluator
from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    NOTHING,
    Atom,
    Chosen,
    Cond,
    Fact,
    Known,
    Presumed,
    Val,
    outcome,
    union,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.listed import given
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.prompts import Prompts
from fr_lint.flow.queries import Queries
from fr_lint.flow.subjects import spell
from fr_lint.flow.unseen import Unseen
from fr_lint.flow.values import FuncV, Obj
from fr_lint.ir.model import (
    Arg,
    Attr,
    Const,
    Expr,
    FunctionRef,
    Name,
    Node,
    Op,
    Result,
)

if TYPE_CHECKING:
    from fr_lint.flow.forms import Forms
    from fr_lint.flow.summaries import Summaries


class Asking:
    """Values of calls."""

    def __init__(self, evaluator: Evaluator, graph: CallGraph, guards: Guards) -> None:
        self.evaluator = evaluator
        self.resolver = evaluator.resolver
        self.graph = graph
        self.guards = guards
        self.vocabulary = evaluator.vocabulary
        self.subjects = evaluator.subjects
        self.listed = evaluator.listed
        self.summaries: Summaries
        self.forms: Forms
        self.receiver: tuple[Func, ClassInfo] | None = None  # judge calls on self in a function for this class
        evaluator.asking = self
        self.queries = Queries(self)
        self.prompts = Prompts(self)
        self.unseen = Unseen(self)
        self.bodies = Bodies(self)
        self.asked = self.prompts.asked
        self.visible = self.bodies.visible
        self.mixed = self.bodies.mixed
        self.arguments = self.bodies.arguments
        self.digest = self.bodies.digest
        self.property_value = self.bodies.property_value
        self.is_symbolic = self.bodies.is_symbolic
        self.judge = self.bodies.judge

    # ----------------------------------------------------------------------------------------------------------- calls

    def call(self, node: int, frame: Frame) -> Val | None:
        """What is known of the value of a call node."""
        known = frame.env.get(f"#{node}")
        if known is not None:
            return known
        ir = frame.func.nodes[node]
        inner = Frame(frame.func, node, frame.env, frame.bound, frame.depth + 1, frame.symbolic)
        if inner.depth > 24:
            return None
        name = last_name(ir.value)
        if self.listed.is_called(frame.func, node):
            return given(next((s for s in (self.subjects.of(a.value, frame.func) for a in ir.args) if s), ""))
        builtin = self._builtin(name, ir, inner)
        if builtin is not None:
            return builtin
        validated = self._validated(name, ir, inner)
        if validated is not None:
            return validated
        visible = self.visible(frame.func, node)
        if visible and not any(p.ir.is_generator for p, _ in visible) and not self.mixed(frame.func, node):
            digest = self.bodies.digest_all(visible, node, inner)
            if digest is not None:
                return digest
            record = self.bodies.record(visible, ir, inner)
            if record is not None:
                return record
            asked = self.prompts.prompt("", ir, inner)
            if asked is not None and not self.bodies.constant_bodies(visible):
                return asked
            return NOTHING if self.vocabulary.read(name, guard=True) is not None else None
        return (
            self._looked_up(name, ir, inner)
            or self.prompts.linked(name, ir, inner)
            or self._on_fact(name, ir, inner)
            or self.queries.selection(name, ir, inner)
            or self.prompts.prompt(name, ir, inner)
            or self.unseen.named(name, ir, inner)
        )

    def _validated(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """``form.is_valid()`` of a form that has a consent field which must be true."""
        if name not in self.guards.form_fields_validates or not isinstance(ir.value, Attr):
            return None
        for value in self.resolver.values(ir.value.base, frame.func, frame.node):
            if isinstance(value, Obj):
                facts = self.forms.forced(value.cls)
                if facts:
                    return Fact(facts)
        return None

    def _builtin(self, name: str, ir: Node, frame: Frame) -> Val | None:
        args = ir.args
        if isinstance(ir.value, Name):
            if name == "all" and args:
                return self.evaluator.all_of(args[0].value, frame)
            if name == "any" and args:
                return self.evaluator.any_of(args[0].value, frame)
            if name == "getattr" and len(args) >= 2 and isinstance(args[1].value, Const):
                return self._getattr(args, frame)
            if name == "isinstance":
                return None
            if name == "ord" and len(args) == 1:
                letter = self.evaluator.value(args[0].value, frame)
                return letter if isinstance(letter, Known) else None
        if name in ("filter", "filterfalse") and len(args) == 2:
            return self._filter(args[0].value, frame, wanted=name == "filter")
        if name in self.guards.lookup_transparent and len(args) >= 1 and not args[0].star:
            value = self.evaluator.value(args[0].value, frame)
            if isinstance(ir.value, Name) or not isinstance(
                self.evaluator.value(getattr(ir.value, "base", None), frame), Fact
            ):
                return value
        return None

    def _getattr(self, args: tuple[Arg, ...], frame: Frame) -> Val | None:
        attribute = str(args[1].value.value) if isinstance(args[1].value, Const) else ""
        reading = self.vocabulary.read(attribute)
        if reading is None:
            return None
        if len(args) > 2 and not reading.negative and self.is_true(args[2].value):
            return self.default(args[2], frame)
        return self.evaluator.reading(reading, self.subjects.of(args[0].value, frame.func))

    def _filter(self, function: Expr, frame: Frame, *, wanted: bool) -> Val | None:
        """Those for whom a function is true (not ``wanted``: false): a lambda, a name, ``attrgetter("consent")``."""
        conds: list[Cond] = []
        if isinstance(function, FunctionRef):
            target = frame.func.unit.functions[function.index]
            for number, node in enumerate(target.nodes):
                if node.op == Op.RETURN:
                    at = Frame(target, number, {}, None, frame.depth + 4)
                    conds.append(outcome(self.evaluator.value(node.value, at)))
        elif isinstance(function, Result) and frame.func.nodes[function.node].op == Op.CALL:
            call = frame.func.nodes[function.node]
            if last_name(call.value) in ("attrgetter", "itemgetter", "methodcaller") and len(call.args) == 1:
                texts = self.resolver.texts(call.args[0].value, frame.func, frame.node)
                named = self.vocabulary.read(texts[0].rpartition(".")[2]) if texts else None
                conds.append(outcome(self.evaluator.reading(named, "")))
        elif isinstance(function, (Name, Attr)):
            found = self.resolver.values(function, frame.func, frame.node)
            for value in found:
                exits = self.summaries.exits(value.func) if isinstance(value, FuncV) else None
                for facts, returned in exits or ():
                    cond = outcome(returned)
                    conds.append(Cond(union(cond.true, facts), union(cond.false, facts)))
            if not any(isinstance(value, FuncV) for value in found):
                conds.append(outcome(self.evaluator.reading(self.vocabulary.read(last_name(function)), "")))
        sides = [side for cond in conds if (side := cond.true if wanted else cond.false) is not None]
        return Chosen(Cond(NONE, NONE)) if sides and all(any(a.kind == CONSENT for a in s) for s in sides) else None

    @staticmethod
    def is_true(expr: Expr | None) -> bool:
        """A literal that grants: ``True``, ``1``, ``"yes"``, ``"granted"``."""
        if not isinstance(expr, Const):
            return False
        value = expr.value
        if isinstance(value, str):
            return value.strip().lower() in (
                "true",
                "yes",
                "on",
                "1",
                "y",
                "granted",
                "given",
                "accepted",
                "checked",
                "active",
            )
        return value is True or (value == 1 and isinstance(value, int))

    def default(self, arg: Arg, frame: Frame) -> Presumed:
        """A default value that grants."""
        return Presumed((frame.func.unit.path, arg.line, arg.col, "a default"))

    # -------------------------------------------------------------------------------------------------------- look-ups

    def _looked_up(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """``form.get("consent")``: the first text argument names what is read."""
        if name not in self.guards.lookup_getters or not ir.args:
            return None
        texts = self.resolver.texts(ir.args[0].value, frame.func, frame.node)
        text = texts[0] if texts else ""
        if not text or len(text) > 60 or " " in text.strip():
            return None
        reading = self.vocabulary.read(text)
        second = 1
        if reading is None and len(ir.args) > 1 and not ir.args[1].keyword:  # a section, then the key
            texts = self.resolver.texts(ir.args[1].value, frame.func, frame.node)
            text, second = (texts[0] if texts else ""), 2
            reading = self.vocabulary.read(text) if " " not in text.strip() else None
        if reading is None or self.evaluator.about_other(getattr(ir.value, "base", ir.value or Const(None))):
            return None
        kept = frame.env.get(f"{spell(ir.value.base)}[{text}]") if isinstance(ir.value, Attr) else None
        if isinstance(kept, (Presumed, Known)):
            return kept
        default = ir.args[second] if len(ir.args) > second and not ir.args[second].star else None
        default = next((a for a in ir.args if a.keyword in ("default", "fallback")), default)
        if default is not None and not reading.negative and self.is_true(default.value):
            return self.default(default, frame)
        if isinstance(ir.value, Attr):
            presumed = (
                self.evaluator.presumptions.key(text, ir.value.base, frame.func, frame.node)
                if not reading.negative
                else None
            )
            if presumed is not None:
                return presumed
        subject = self.subjects.of(ir.value.base, frame.func) if isinstance(ir.value, Attr) else ""
        return self.evaluator.reading(reading, subject)

    def _on_fact(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """A method of something that is a fact already keeps it (``.strip()``, ``.exists()``, ``.is_(True)``)."""
        if not isinstance(ir.value, Attr):
            return None
        base = self.evaluator.value(ir.value.base, frame)
        if name == "issubset" and ir.args and not isinstance(base, Fact):
            return self.evaluator.value(ir.args[0].value, frame)
        if isinstance(base, (Chosen, Presumed)):
            return base
        if not isinstance(base, Fact):
            return None
        if name in ("get", "pop", "setdefault") and len(ir.args) > 1 and not base.negative:
            if self.is_true(ir.args[1].value):
                return self.default(ir.args[1], frame)
        first = ir.args[0].value if ir.args else None
        if name in ("startswith", "endswith", "__eq__", "is_", "eq", "equals", "isnot", "is_not") and first is not None:
            turned = name in ("isnot", "is_not")
            known = self.evaluator.value(first, frame)
            refusal = isinstance(known, Known) and self.vocabulary.is_negative_literal(known.value)
            return Fact(base.atoms, base.negative != (refusal != turned))
        if name == "isdisjoint":
            return Fact(base.atoms, not base.negative)
        negative = self.vocabulary.is_negative(name)
        subject = next((s for s in (self.subjects.of(a.value, frame.func) for a in ir.args) if s), "")
        atoms = (
            frozenset(Atom(a.kind, subject, a.extra) for a in base.atoms) if subject and not base.text else base.atoms
        )
        text = base.text and name not in ("isChecked", "instate")
        return Fact(atoms, base.negative != negative, text, -1, base.choices)
