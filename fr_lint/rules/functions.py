"""FRL404: a function that an activity declares is not in the code, or does not do what it is declared for.

What the declaration says is compared with what the engine sees.  Must not walk programs, and must not know law.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from fr_lint.findings import Finding
from fr_lint.flow.engine import Engine
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.identity import Identity, Verdict, same
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.questions import tells
from fr_lint.flow.storage import Kept
from fr_lint.policy.duties import SERVES
from fr_lint.policy.law import Law
from fr_lint.policy.model import Processing
from fr_lint.project.documents import is_function
from fr_lint.rules.consent import shown
from fr_lint.rules.record import at

_Check = Callable[[tuple[Func, ...], Processing], str]


class FunctionRule:
    """The declared functions of each activity."""

    codes = ("FRL404",)

    def __init__(self, engine: Engine, law: Law) -> None:
        self.engine = engine
        self.law = law
        self.policy = engine.policy

    def check(self, unit: Unit) -> Iterator[Finding]:
        """What is to be said of the activities whose first face call stands in this module."""
        for activity in self.policy.processing:
            call = self.engine.record.first_call(activity)
            if call is not None and call.func.unit is unit:
                for key, text in self._wrong(activity):
                    yield at(call, "FRL404", text, self.law.cited("FRL404", SERVES[key]))

    def _wrong(self, activity: Processing) -> Iterator[tuple[str, str]]:
        checks: dict[str, tuple[str, int, _Check]] = {
            "fallback": (activity.fallback, activity.lines.of("fallback"), self._fallback),
            "withdrawal": (activity.withdrawal, activity.lines.of("withdrawal"), self._withdrawal),
        }
        if activity.retention is not None:
            line = activity.retention.lines.of("deletion")
            checks["retention.deletion"] = (activity.retention.deletion, line, self._deletion)
        if is_function(activity.notice):
            checks["notice"] = (activity.notice, activity.lines.of("notice"), self._notice)
        for key, (name, line, check) in checks.items():
            if not name.strip():
                continue
            where = (
                f"activity {activity.id!r} declares {key} = {name!r} ({self.policy.file or 'the policy'} line {line})"
            )
            functions = self.engine.declared.functions(name)
            if functions is None:
                yield key, f"{where}, and no such function is in the code"
            elif functions and (wrong := check(functions, activity)):
                yield key, f"{where}, and {wrong}"

    # ---------------------------------------------------------------------------------------------------------- duties

    def _fallback(self, functions: tuple[Func, ...], _: Processing) -> str:
        if self.engine.declared.is_empty(functions):
            return "there is nothing in it; write the other way in"
        needed = self.engine.declared.needs_face(functions)
        if needed is None:
            if self.engine.declared.leads_nowhere(functions):
                return "it lets nobody in: it only says something, raises, or returns nothing; write the other way in"
            return ""
        return f"it needs the face itself: every way through it leads to {place(needed)}; declare a way that does not"

    def _deletion(self, functions: tuple[Func, ...], activity: Processing) -> str:
        named, listed = self.engine.named, self.policy.deletions  # the user's word wins over a visible body
        reached = self._all(functions)
        removed = self.engine.effects.removed(reached)
        if any(named.is_listed(listed, func) for func in reached) or None in removed:
            return ""
        if not removed:
            return "nothing is deleted in it or in what it calls; delete the stored face data there"
        stored = list(self.engine.record.stored(activity))
        if not stored or any(self._empties(reached, removed, kept) for kept in stored):
            return ""
        other = next(each.shown for each in removed if each is not None)
        call = stored[0].call
        where = f"{call.identity.shown}, where face data is stored ({call.func.unit.path} line {call.ir.line})"
        return f"it deletes from {other}, not from {where}; delete the stored face data there"

    def _empties(self, reached: Collection[Func], removed: tuple[Identity | None, ...], kept: Kept) -> bool:
        """May something in these functions delete what is stored there?"""
        if any(same(kept.call.identity, each) is not Verdict.NO for each in removed if each is not None):
            return True
        counted = (*kept.deleted_by, *self.engine.storage.deletions.of([kept.call.identity], kept.call))
        return any(deletion.place[0] in reached for deletion in counted)

    def _withdrawal(self, functions: tuple[Func, ...], _: Processing) -> str:
        effects = self.engine.effects
        reached = self._all(functions)
        if effects.deletes(reached) or any(effects.ends_consent(func) for func in reached):
            return ""
        return "neither it nor what it calls changes a record of consent or deletes anything; take consent back there"

    def _notice(self, functions: tuple[Func, ...], _: Processing) -> str:
        if any(tells(self.engine, func) for func in self._all(functions)):
            return ""
        return "nobody is told anything in it or in what it calls; tell people there"

    def _all(self, functions: tuple[Func, ...]) -> dict[Func, None]:
        return dict.fromkeys(each for func in functions for each in self.engine.declared.reached(func))


def place(call: FaceCall) -> str:
    """A face call in a message about another place."""
    return f"{shown(call)} in {call.func.unit.path} line {call.ir.line}"
