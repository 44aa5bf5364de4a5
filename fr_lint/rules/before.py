"""FRL104, FRL105: on some path nobody was told, or no guardian was asked, before a face is processed.

The paths are those of the consent rule, asked another question.  Must not walk programs, and must not know law.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from fr_lint.findings import Finding
from fr_lint.flow import questions
from fr_lint.flow.engine import Engine
from fr_lint.flow.facts import CONSENT
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.question import Question
from fr_lint.policy.law import Law
from fr_lint.policy.model import Processing
from fr_lint.project.documents import Documents, is_function
from fr_lint.rules.consent import DOES, OPEN, ConsentRule, Verdict, shown


class BeforeRule:
    """What has to come before the first face call of a chain, besides consent."""

    codes = ("FRL104", "FRL105")

    def __init__(self, engine: Engine, law: Law) -> None:
        self.engine = engine
        self.policy = engine.policy
        self.law = law
        self.documents = Documents(engine.sources.root)

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Findings at the face calls of one module."""
        if not self.policy.processing:
            return
        for func in unit.functions:
            for activity in self.engine.activities(func) if self.engine.chains(func) else ():
                if not self._has_notice(activity):
                    yield from self._notice(activity, func)
                if activity.minors in ("possible", "guardian-consent"):
                    yield from self._guardian(activity, func)

    def _has_notice(self, activity: Processing) -> bool:
        name = activity.notice
        return bool(name) and (self.documents.exists(name) or self.documents.is_address(name))

    def _notice(self, activity: Processing, func: Func) -> Iterator[Finding]:
        at = f"activity {activity.id!r}, {self.policy.file or 'the policy'} line {activity.lines.of('notice')}"
        why = (
            "names no notice"
            if not activity.notice
            else f"names {activity.notice}, which is no document of the project"
        )
        if is_function(activity.notice):
            why = f"names {activity.notice}"
        for verdict, where in self._notices.open_calls(func):
            call = verdict.call
            text = f"{shown(call)} {DOES.get(call.api.role, 'processes a face')} and nobody is told {where} ({at}, {why}); tell people before it, or name a notice"  # noqa: E501
            yield Finding(func.unit.path, call.ir.line, call.ir.col, "FRL104", text)

    def _guardian(self, activity: Processing, func: Func) -> Iterator[Finding]:
        at = f"activity {activity.id!r}, {self.policy.file or 'the policy'} line {activity.lines.of('minors')}"
        age = self.law.guardian_age()
        under = f"under {age}" if age else "minors"
        for verdict, where in self._guardians.open_calls(func):
            call = verdict.call
            text = f"{shown(call)} {DOES.get(call.api.role, 'processes a face')} with no test of a guardian's consent or of the age {where} ({at}: minors = {activity.minors!r}); test one before it for people {under}"  # noqa: E501
            yield Finding(func.unit.path, call.ir.line, call.ir.col, "FRL105", text)

    @cached_property
    def _notices(self) -> _Paths:
        functions = [each.notice for each in self.policy.processing if is_function(each.notice)]
        return _Paths(self.engine, questions.notice(self.engine, (*self.policy.notice_calls, *functions)))

    @cached_property
    def _guardians(self) -> _Paths:
        return _Paths(self.engine, questions.guardian(self.engine))


class _Paths(ConsentRule):
    """The paths of one question."""

    def __init__(self, engine: Engine, question: Question) -> None:
        super().__init__(engine, question)

    def open_calls(self, func: Func) -> Iterator[tuple[Verdict, str]]:
        """The first calls of chains that some path reaches without it, and the path in words."""
        run = self.question.entries.run(func)
        marks = self.engine.marks(func)
        for chain in self.engine.chains(func):
            verdicts = []
            for call in chain:
                bare = [facts for facts in run.states[call.node] or {} if not any(a.kind == CONSENT for a in facts)]
                begun = marks.get(call.node)
                first = [facts for facts in bare if begun is None or begun not in facts]
                kinds = frozenset((OPEN,)) if bare else frozenset()
                verdicts.append(Verdict(call, kinds, kinds if first else frozenset(), frozenset(), ("", "")))
            for verdict in self._firsts(func, run.states, verdicts, OPEN):
                yield verdict, self._way(verdict.call, OPEN)[0]
