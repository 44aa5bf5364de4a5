"""Queries by consent: keyword and column conditions, documents, SQL text, methods of what was selected.

Must not know control flow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    PRESUMED,
    Atom,
    Chosen,
    Cond,
    Fact,
    Known,
    Presumed,
    Val,
    chosen,
    outcome,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.values import FuncV, Obj
from fr_lint.ir.model import (
    Arg,
    Attr,
    Const,
    Display,
    Expr,
    Mapping,
    Name,
    Node,
    Result,
    Unary,
)

if TYPE_CHECKING:
    from fr_lint.flow.asking import Asking

_SQL = re.compile(r"\b(select|update|delete|insert|with)\b", re.IGNORECASE)

_WHERE = re.compile(r"\bwhere\b(.*)", re.IGNORECASE | re.DOTALL)

_FROM = re.compile(r"\b(?:from|join)\s+([\w.\"`]+)", re.IGNORECASE)


class Queries:
    """Selections of people who consented."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.evaluator = asking.evaluator
        self.resolver = asking.resolver
        self.guards = asking.guards
        self.vocabulary = asking.vocabulary
        self.subjects = asking.subjects

    def selection(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """A query by consent: keyword conditions, column conditions, documents, SQL text."""
        if isinstance(ir.value, Attr):
            base = ir.value.base
            if isinstance(base, Result):
                inner = self.evaluator.value(base, frame)
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
        found = self._of_manager(ir, frame) or self._by_arguments(name, ir, frame)
        if found is not None:
            return found
        if name in self.guards.query_sql:
            for text in self.resolver.strings_of(ir.args[:1], frame.func, frame.node)[:1]:
                return self._sql(text, ir, frame)
        return None

    def _of_manager(self, ir: Node, frame: Frame) -> Val | None:
        """A method of an object of the project whose own base query selects by consent."""
        if not isinstance(ir.value, Attr):
            return None
        for owner in self.resolver.values(ir.value.base, frame.func, frame.node):
            if not isinstance(owner, Obj):
                continue
            for name in sorted(self.guards.query_base):
                for value in self.resolver.class_attribute(owner.cls, name, owner):
                    exits = self.asking.summaries.exits(value.func) if isinstance(value, FuncV) else None
                    if exits and all(isinstance(returned, Chosen) for _, returned in exits):
                        return exits[0][1]
        return None

    def _by_arguments(self, name: str, ir: Node, frame: Frame) -> Val | None:
        """A query whose conditions are its arguments."""
        excluding = name in self.guards.query_exclude
        if name in self.guards.query_select or name in ("Q", "and_", "F", "Eq"):
            documents = 0
            for arg in ir.args:
                documents += isinstance(arg.value, Mapping)
                if arg.keyword in ("projection", "sort", "fields") or (documents > 1 and not arg.keyword):
                    continue  # what is to be told of those who are selected
                cond = self._condition(arg, frame)
                if cond is not None and cond != excluding:
                    return Chosen(Cond(frozenset((self._atom(arg, frame),)), NONE))
            if name == "query":
                for text in self.resolver.strings_of(ir.args[:1], frame.func, frame.node)[:1]:
                    if not _SQL.search(text) and sql_condition(text.replace("==", "="), self.vocabulary):
                        return Chosen(Cond(frozenset((Atom(CONSENT, ""),)), NONE))
        return None

    def _atom(self, arg: Arg, frame: Frame) -> Atom:
        """What a selection says: consent, or a presumption where the column is true by default."""
        value = arg.value
        known = self.evaluator.value(value, frame) if not arg.keyword and not isinstance(value, Mapping) else None
        if isinstance(known, Presumed):
            return Atom(PRESUMED, "", known.place)
        place = chosen(known)
        if place is not None:
            return Atom(PRESUMED, "", place)
        if arg.keyword and self.vocabulary.read(arg.keyword.partition("__")[0]) is not None:
            presumed, ambiguous = self.evaluator.presumptions.field(arg.keyword.partition("__")[0])
            if presumed is not None and not ambiguous:
                return Atom(PRESUMED, "", presumed.place)
        return Atom(CONSENT, "")

    def _condition(self, arg: Arg, frame: Frame) -> bool | None:
        """Whether one condition selects those who consented (``True``), those who did not, or says nothing."""
        value = arg.value
        if isinstance(value, Name):
            written = self.resolver.definitions(value.id, frame.func, frame.node)
            if len(written) == 1 and isinstance(written[0][0].nodes[written[0][1]].value, (Mapping, Display)):
                value = written[0][0].nodes[written[0][1]].value or value
        if isinstance(value, (Mapping, Display)):
            return self._document(value, frame)
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
        turned = False
        while isinstance(value, Unary) and value.op in ("~", "not"):
            value, turned = value.operand, not turned
        known = self.evaluator.value(value, frame)
        if isinstance(known, (Chosen, Presumed)):
            return not turned
        cond = outcome(known) if isinstance(known, (Fact, Cond)) else None
        if cond is None:
            return None
        if cond.true and any(a.kind == CONSENT for a in cond.true):
            return not turned
        if cond.false and any(a.kind == CONSENT for a in cond.false):
            return turned
        return None

    def _document(self, document: Expr, frame: Frame) -> bool | None:
        """A query that is written as a document: ``{"consent.face": True, "$or": [...]}``, a pipeline of such."""
        if isinstance(document, Display):
            found = [self._document(part, frame) for part in document.elements if isinstance(part, (Mapping, Display))]
            return next((verdict for verdict in found if verdict is not None), None)
        for entry in document.entries if isinstance(document, Mapping) else ():
            key = entry.key.value if isinstance(entry.key, Const) else None
            if not isinstance(key, str):
                continue
            if key in ("$and", "$match", "filter", "must", "where"):
                verdict = self._document(entry.value, frame)
            elif key in ("$or", "should") and isinstance(entry.value, Display):
                each = {self._document(part, frame) for part in entry.value.elements}
                verdict = each.pop() if len(each) == 1 else None
            else:
                verdict = self._field(key, entry.value, frame)
            if verdict is not None:
                return verdict
        return None

    def _field(self, key: str, value: Expr, frame: Frame) -> bool | None:
        """One field of a document: a literal, or operators on it."""
        reading = self.vocabulary.read(key.rpartition(".")[2]) or self.vocabulary.read(key)
        if reading is None or reading.kind != READ_CONSENT:
            return None
        tests: list[tuple[str, Expr]] = [("$eq", value)]
        if isinstance(value, Mapping):
            tests = [
                (str(entry.key.value), entry.value)
                for entry in value.entries
                if isinstance(entry.key, Const) and str(entry.key.value).startswith("$")
            ]
        for operator, operand in tests:
            options = operand.elements if isinstance(operand, Display) else (operand,)
            known = [self.evaluator.value(option, frame) for option in options]
            values = [value.value for value in known if isinstance(value, Known)]
            if operator not in ("$eq", "$ne", "$in", "$nin", "$gt", "$gte") or not values or len(values) < len(known):
                continue
            refusals = {self.vocabulary.is_negative_literal(value) for value in values}
            if len(refusals) > 1 or any(self.vocabulary.is_neutral_literal(value) for value in values):
                continue
            refusal = refusals.pop() and not operator.startswith("$g")
            return (refusal == reading.negative) != operator.startswith("$n")
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
