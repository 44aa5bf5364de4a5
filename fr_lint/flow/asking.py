"""What the value of a call says about consent: prompts, look-ups, queries, helpers of the project, unseen helpers.

Works with :mod:`fr_lint.flow.evaluate`.  A visible body decides (through summaries); only what cannot be seen is judged
by its name.  Must not know control flow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fr_lint.catalogue.guards import Guards
from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.catalogue.vocabulary import Reading, split
from fr_lint.flow.evaluate import Argument, Evaluator, Frame, Symbol
from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    NOTHING,
    PRESUMED,
    TEST,
    Atom,
    Chosen,
    Cond,
    Fact,
    Facts,
    Known,
    Nothing,
    Presumed,
    Val,
    meet,
    negate,
    outcome,
    simple,
    union,
)
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.resolve import last_name
from fr_lint.flow.subjects import Subjects
from fr_lint.flow.values import Ext, FuncV, Inst, Obj
from fr_lint.ir.model import (
    Arg,
    Attr,
    Compare,
    Comprehension,
    Const,
    Display,
    Expr,
    FunctionRef,
    Item,
    Mapping,
    Name,
    Node,
    Op,
    Result,
    Unary,
)
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.forms import Forms
    from fr_lint.flow.summaries import Summaries

_SQL = re.compile(r"\b(select|update|delete|insert|with)\b", re.IGNORECASE)
_WHERE = re.compile(r"\bwhere\b(.*)", re.IGNORECASE | re.DOTALL)
_FROM = re.compile(r"\b(?:from|join)\s+([\w.\"`]+)", re.IGNORECASE)
_COLUMN = re.compile(
    r"(not\s+)?([\w.]*)\s*(is\s+not|is|=|!=|<>|<=|>=|<|>|in)?\s*(not\s+null|null|true|false|'[^']*'|\d+|%s|\?|:\w+|\$\d+)?",
    re.IGNORECASE,
)


class Asking:
    """Values of calls."""

    def __init__(self, evaluator: Evaluator, graph: CallGraph, guards: Guards) -> None:
        self.evaluator = evaluator
        self.resolver = evaluator.resolver
        self.graph = graph
        self.guards = guards
        self.vocabulary = evaluator.vocabulary
        self.subjects = evaluator.subjects
        self.summaries: Summaries
        self.forms: Forms
        self.receiver: tuple[Func, ClassInfo] | None = None  # judge calls on self in a function for this class
        evaluator.asking = self

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
        builtin = self._builtin(name, ir, inner)
        if builtin is not None:
            return builtin
        validated = self._validated(name, ir, inner)
        if validated is not None:
            return validated
        visible = self.visible(frame.func, node)
        if visible and not any(p.ir.is_generator for p, _ in visible) and not self.mixed(frame.func, node):
            digest = self._digest_all(visible, node, inner)
            if digest is not None:
                return digest
            record = self._record(visible)
            if record is not None:
                return record
            asked = self._prompt("", ir, inner)
            if asked is not None and not self._constant_bodies(visible):
                return asked
            return NOTHING if self.vocabulary.read(name, guard=True) is not None else None
        return (
            self._looked_up(name, ir, inner)
            or self._on_fact(name, ir, inner)
            or self._selection(name, ir, inner)
            or self._prompt(name, ir, inner)
            or self._linked(name, ir, inner)
            or self._unseen(name, ir, inner)
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

    def visible(self, func: Func, node: int) -> list[tuple[Func, bool]]:
        """The project functions a call enters whose body says something (no stubs, no abstract methods)."""
        if self.receiver is not None and self.receiver[0] is func:
            callee = func.nodes[node].value
            if isinstance(callee, Attr) and isinstance(callee.base, Name) and callee.base.id == "self":
                for cls in self.resolver.mro(self.receiver[1]):
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

    def _record(self, visible: list[tuple[Func, bool]]) -> Fact | None:
        """A visible look-up that returns a consent record: an object of a class named after consent."""
        for target, _ in visible:
            reading = self.vocabulary.read(target.name)
            for value in self.resolver.returns(target) if reading is not None else ():
                if isinstance(value, Obj) and self.vocabulary.read(value.cls.name) is not None:
                    return self.evaluator.reading(reading, "")
        return None

    def _constant_bodies(self, visible: list[tuple[Func, bool]]) -> bool:
        """Whether the bodies ask nobody: they show the text, or return a literal."""
        for target, _ in visible:
            for node in target.nodes:
                if node.op == Op.RETURN and node.value is not None and not isinstance(node.value, Const):
                    return False
        return True

    def _builtin(self, name: str, ir: Node, frame: Frame) -> Val | None:
        args = ir.args
        if isinstance(ir.value, Name):
            if name == "all" and args:
                return self.evaluator.all_of(args[0].value, frame)
            if name == "any" and args:
                return self.evaluator.any_of(args[0].value, frame)
            if name == "getattr" and len(args) >= 2 and isinstance(args[1].value, Const):
                return self._getattr(args, frame)
            if name == "filter" and len(args) == 2:
                return self._filter(args, frame)
            if name == "isinstance":
                return None
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
            return self._presumed(args[2], frame)
        return self.evaluator.reading(reading, self.subjects.of(args[0].value, frame.func))

    def _filter(self, args: tuple[Arg, ...], frame: Frame) -> Val | None:
        function = args[0].value
        if not isinstance(function, FunctionRef):
            return None
        target = frame.func.unit.functions[function.index]
        for number, node in enumerate(target.nodes):
            if node.op == Op.RETURN:
                cond = outcome(self.evaluator.value(node.value, Frame(target, number, {}, None, frame.depth + 4)))
                if cond.true:
                    return Chosen(Cond(NONE, NONE))
        return None

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

    def _presumed(self, arg: Arg, frame: Frame) -> Presumed:
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
        if reading is None or self.evaluator._about_other(getattr(ir.value, "base", ir.value or Const(None))):
            return None
        default = ir.args[1] if len(ir.args) > 1 and not ir.args[1].star else None
        default = next((a for a in ir.args if a.keyword in ("default", "fallback")), default)
        if default is not None and not reading.negative and self.is_true(default.value):
            return self._presumed(default, frame)
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
        if isinstance(base, (Chosen, Presumed)):
            return base
        if not isinstance(base, Fact):
            return None
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
        return Fact(atoms, base.negative != negative, base.text and name not in ("isChecked", "instate"))

    # --------------------------------------------------------------------------------------------------------- queries

    def _selection(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """A query by consent: keyword conditions, column conditions, documents, SQL text."""
        if isinstance(ir.value, Attr):
            base = ir.value.base
            if isinstance(base, Result):
                inner = self.call(base.node, frame)
                if isinstance(inner, Chosen):
                    return inner
            for arg in ir.args[:2]:
                if isinstance(arg.value, (Result, Name)):
                    inner = self.evaluator.value(arg.value, frame)
                    if (
                        isinstance(inner, Chosen)
                        and name not in self.guards.ask_shows
                        and name not in ("append", "add", "remove")
                    ):
                        return inner
        excluding = name in self.guards.query_exclude
        if name in self.guards.query_select or name in ("Q", "and_", "F", "Eq"):
            for arg in ir.args:
                cond = self._condition(arg, frame)
                if cond is not None and cond != excluding:
                    return Chosen(Cond(frozenset((Atom(CONSENT, ""),)), NONE))
        if name in self.guards.query_sql:
            for text in self.resolver.strings_of(ir.args[:1], frame.func, frame.node)[:1]:
                found = self._sql(text, ir, frame)
                if found is not None:
                    return found
        return None

    def _condition(self, arg: Arg, frame: Frame) -> bool | None:
        """Whether one condition selects those who consented (``True``), those who did not, or says nothing."""
        value = arg.value
        if arg.keyword:
            column, _, lookup = arg.keyword.partition("__")
            last = arg.keyword.rpartition("__")[2]
            reading = self.vocabulary.read(column) or self.vocabulary.read(last)
            if reading is None or reading.kind != READ_CONSENT:
                return None
            known = self.evaluator.value(value, frame)
            if isinstance(known, Known):
                refusal = self.vocabulary.is_negative_literal(known.value)
                if last in ("isnull", "isempty"):
                    refusal = not refusal
                return refusal == reading.negative
            return None if lookup in ("isnull",) else not reading.negative  # noqa: FURB171
        if isinstance(value, Mapping):
            for entry in value.entries:
                if isinstance(entry.key, Const) and isinstance(entry.key.value, str):
                    reading = self.vocabulary.read(entry.key.value.rpartition(".")[2]) or self.vocabulary.read(
                        entry.key.value
                    )
                    if reading is not None and reading.kind == READ_CONSENT:
                        known = self.evaluator.value(entry.value, frame)
                        if isinstance(known, Known):
                            return self.vocabulary.is_negative_literal(known.value) == reading.negative
            return None
        turned = False
        while isinstance(value, Unary) and value.op in ("~", "not"):
            value, turned = value.operand, not turned
        known = self.evaluator.value(value, frame)
        if isinstance(known, Chosen):
            return not turned
        cond = outcome(known) if isinstance(known, (Fact, Cond)) else None
        if cond is None:
            return None
        if cond.true and any(a.kind == CONSENT for a in cond.true):
            return not turned
        if cond.false and any(a.kind == CONSENT for a in cond.false):
            return turned
        return None

    def _sql(self, text: str, ir: Node, frame: Frame) -> Val | None:
        if not _SQL.search(text):
            return None
        where = _WHERE.search(text)
        if where is not None and text.lstrip()[:6].lower() == "select":
            verdict = sql_condition(where.group(1), self.vocabulary)
            if verdict is True:
                return Chosen(Cond(frozenset((Atom(CONSENT, ""),)), NONE))
            if verdict is False:
                return None
        if text.lstrip()[:6].lower() != "select":
            return None
        head = text[: where.start()] if where else text
        subject = next((s for s in (self.subjects.of(a.value, frame.func) for a in ir.args[1:]) if s), "")
        for table in _FROM.findall(head):
            reading = self.vocabulary.read(table)
            if reading is not None and reading.kind == READ_CONSENT:
                return Fact(frozenset((Atom(CONSENT, subject),)), reading.negative)
        columns = re.split(r"\bfrom\b", head, flags=re.IGNORECASE)[0]
        reading = self.vocabulary.read(columns.replace("SELECT", "").replace("select", ""))
        if reading is not None and reading.kind == READ_CONSENT and columns.count(",") == 0:
            return Fact(frozenset((Atom(CONSENT, subject),)), reading.negative)
        return None

    # --------------------------------------------------------------------------------------------------------- prompts

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

    def _prompt(self, name: str, ir: Node, frame: Frame) -> Val | None:
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
                    if a.keyword in ("value", "checked", "default", "variable") and self.is_true(a.value)
                ),
                None,
            )
            if ticked is not None:
                return self._presumed(ticked, frame)
        fact = self.evaluator.reading(
            reading,
            "",
            text=name in self.guards.ask_text
            and last_name(getattr(ir.value, "base", None)) not in self.guards.ask_truth_receivers,
        )
        return fact  # noqa: RET504

    def _linked(self, name: str, ir: Node, frame: Frame) -> Val | None:
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
                            if (arg.keyword == "value" or not arg.keyword) and self.is_true(arg.value):
                                return Presumed((func.unit.path, arg.line, arg.col, "a ticked box"))
        return None

    # ---------------------------------------------------------------------------------------------------- unseen names

    def _unseen(self, name: str, ir: Node, frame: Frame) -> Val | None:
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
        about = self._through(ir.value, frame.func)
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
            if arg.keyword and self.vocabulary.is_negative(arg.keyword) and self.is_true(arg.value):
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

    def _through(self, callee: Expr, func: Func) -> Reading | None:
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

    # -------------------------------------------------------------------------------------------------- visible bodies

    def arguments(self, target: Func, bound: bool, node: int, frame: Frame) -> dict[str, Argument]:
        """What a call node passes to a project function."""
        ir = frame.func.nodes[node]
        found: dict[str, Argument] = {}
        for name, expr in CallGraph.bind(target, ir.args, bound):
            if name not in found:
                found[name] = Argument(expr, frame.func, node, self.evaluator.value(expr, frame))
        if bound and target.ir.params and isinstance(ir.value, Attr):
            found.setdefault(target.ir.params[0].name, Argument(ir.value.base, frame.func, node, None))
        return found

    def _digest_all(self, visible: list[tuple[Func, bool]], node: int, frame: Frame) -> Val | None:
        digests: list[Val | None] = []
        for target, _ in visible:
            values = [value for _, value in self.summaries.exits(target) or ()]
            if values and all(isinstance(value, Chosen) for value in values):
                return values[0]
        for target, bound in visible[:4]:
            arguments = self.arguments(target, bound, node, frame)
            digests.append(self.digest(target, arguments, frame, self._consent_named(target)))
        if not digests or any(d is None for d in digests):
            return None
        if len(digests) == 1:
            return digests[0]
        conds = [outcome(d) for d in digests]
        return simple(Cond(meet(c.true for c in conds), meet(c.false for c in conds)))

    def _consent_named(self, target: Func) -> bool:
        reading = self.vocabulary.read(target.name, guard=True)
        return reading is not None and not reading.negative

    def digest(self, target: Func, arguments: dict[str, Argument], frame: Frame, named: bool) -> Val | None:
        """The value that a project function returns, as a condition."""
        exits = self.summaries.apply(target, arguments, frame)
        if exits is None:
            return None
        true: list[Facts | None] = []
        false: list[Facts | None] = []
        text: Fact | None = None
        for facts, value in exits:
            if named and isinstance(value, Known) and value.value is True and not any(a.kind == CONSENT for a in facts):
                place = self.summaries.true_return(target)
                if place is not None:
                    facts = facts | {Atom(PRESUMED, "", place)}
            cond = outcome(value)
            true.append(union(facts, cond.true))
            false.append(union(facts, cond.false))
            if isinstance(value, Fact) and len(exits) == 1:
                text = Fact(value.atoms, value.negative, value.text)
        if text is not None:
            return text
        return simple(Cond(meet(true), meet(false)))

    def property_value(self, expr: Attr, frame: Frame) -> Val | None:
        """A property of a project class: its body decides."""
        for base in self.resolver.values(expr.base, frame.func, frame.node):
            if isinstance(base, Obj):
                for value in self.resolver.class_attribute(base.cls, expr.name, base):
                    if isinstance(value, FuncV) and self.resolver.is_property(value.func) and not is_stub(value.func):
                        own = value.func.ir.params[0].name if value.func.ir.params else "self"
                        arguments = {own: Argument(expr.base, frame.func, frame.node, None)}
                        return self.digest(value.func, arguments, frame, self._consent_named(value.func)) or NOTHING
        return None

    # -------------------------------------------------------------------------------------------------------- symbolic

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


def sql_condition(where: str, vocabulary: object) -> bool | None:
    """Whether a ``WHERE`` clause selects those who consented."""
    from fr_lint.catalogue.vocabulary import Vocabulary

    assert isinstance(vocabulary, Vocabulary)
    if re.search(r"\bor\b", where, re.IGNORECASE):
        return None
    for part in re.split(r"\band\b", where, flags=re.IGNORECASE):
        text = part.strip()
        turned = bool(re.match(r"not\b", text, re.IGNORECASE))
        text = re.sub(r"^not\s+", "", text, flags=re.IGNORECASE)
        match = re.match(r"[(\s]*([\w.]+)\s*(is\s+not|is|=|!=|<>|in)?\s*(.*)", text, re.IGNORECASE | re.DOTALL)
        if match is None:
            continue
        reading = vocabulary.read(match.group(1).rpartition(".")[2])
        if reading is None or reading.kind != READ_CONSENT:
            continue
        operator = re.sub(r"\s+", " ", (match.group(2) or "").lower())
        operand = match.group(3).strip(" ;()'\"").lower().split(" ")[0] if match.group(2) else "true"
        refusal = operand in ("0", "false", "null", "f", "n") or vocabulary.is_negative_literal(operand)
        if operand in ("?", "%s") or operand.startswith((":", "$", "{")):
            refusal = False
        positive = operator in ("", "=", "is", "in")
        verdict = (positive != refusal) != reading.negative
        return verdict != turned
    return None


__all__ = ["PRESUMED", "TEST", "Asking", "Comprehension", "Ext", "Inst", "Nothing", "Subjects", "is_stub", "negate"]
