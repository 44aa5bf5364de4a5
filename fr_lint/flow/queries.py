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
    Atom,
    Chosen,
    Cond,
    Fact,
    Known,
    Val,
    outcome,
)
from fr_lint.flow.frames import Frame
from fr_lint.ir.model import (
    Arg,
    Attr,
    Const,
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
                inner = self.asking.call(base.node, frame)
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
