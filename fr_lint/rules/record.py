"""FRL303, FRL401, FRL402, FRL403, FRL501, FRL502: what a project declares about its processing of faces.

Compares the record with the code that it covers and with the packs in force.  Must not walk programs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fr_lint.findings import Finding
from fr_lint.flow.engine import Engine
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.program import Unit
from fr_lint.flow.storecall import StoreCall
from fr_lint.policy.law import Law
from fr_lint.policy.model import Processing, Retention
from fr_lint.policy.words import is_far, is_placeholder, is_unbounded
from fr_lint.project.documents import Documents
from fr_lint.rules.consent import shown


class RecordRule:
    """The declared duties of each activity."""

    codes = ("FRL303", "FRL401", "FRL402", "FRL403", "FRL501", "FRL502")

    def __init__(self, engine: Engine, law: Law, today: date) -> None:
        self.engine = engine
        self.policy = engine.policy
        self.law = law
        self.today = today
        self.documents = Documents(engine.sources.root)

    def check(self, unit: Unit) -> Iterator[Finding]:
        """What is to be said of the activities whose first face call stands in this module, and of calls outside."""
        if not self.policy.processing:
            return
        yield from self._undeclared(unit)
        for activity in self.policy.processing:
            call = self.engine.record.first_call(activity)
            if call is not None and call.func.unit is unit:
                yield from self._activity(activity, call)
            if call is not None:
                yield from self._retention(activity, call, unit)

    # ------------------------------------------------------------------------------------------ code outside the record

    def _undeclared(self, unit: Unit) -> Iterator[Finding]:
        if self.engine.sources.is_test(unit.path):
            return
        for func in unit.functions:
            if not self.engine.activities(func):
                for call in self.engine.record.starts(func):
                    text = f"{shown(call)} belongs to no processing activity of {self.policy.file or 'the policy'}; add its code to one, or declare one"  # noqa: E501
                    yield at(call, "FRL401", text)

    # --------------------------------------------------------------------------------------------------- each activity

    def idle(self) -> Iterator[Finding]:
        """What is to be said of the activities that no face call carries out: at the policy file."""
        for activity in self.policy.processing:
            if self.engine.record.first_call(activity) is None and self.policy.file:
                spot = Spot(self.policy.file, activity.lines.table)
                code = ", ".join(activity.code)
                text = (
                    f"activity {activity.id!r} covers no face call ({code}); correct its code, or remove the activity"
                )
                yield at(spot, "FRL404", text)
                yield from self._activity(activity, spot)
                text, clauses = self._period(activity)
                if text:
                    yield at(spot, "FRL303", f"{self._of(activity, 'retention')} {text}", clauses)

    def _activity(self, activity: Processing, call: FaceCall | Spot) -> Iterator[Finding]:
        yield from self._purpose(activity, call)
        yield from self._assessment(activity, call)
        yield from self._setting(activity, call)

    def _purpose(self, activity: Processing, call: FaceCall | Spot) -> Iterator[Finding]:
        missing: list[str] = []
        asked = {
            "purpose": "specific purpose",
            "necessity": "statement why a less intrusive means will not do",
        }
        for key, what in asked.items():
            text: str = getattr(activity, key)
            if not text.strip():
                missing.append(f"no {what}")
            elif is_placeholder(text):
                missing.append(f"no {what} ({key} = {text[:40]!r} says nothing)")
        if missing:
            key = "purpose" if "purpose" in missing[0] else "necessity"
            yield at(call, "FRL402", f"{self._of(activity, key)} states {' and '.join(missing)}; write it down")

    def _assessment(self, activity: Processing, call: FaceCall | Spot) -> Iterator[Finding]:
        found = activity.assessment
        where = self._of(activity, "assessment")
        if found is None or not found.file:
            yield at(call, "FRL403", f"{where} names no impact assessment; add assessment with file and date")
            return
        wrong: list[str] = []
        if not self.documents.exists(found.file) and not self.documents.is_address(found.file):
            wrong.append(f"there is no file {found.file} in the project")
        if found.date is None:
            wrong.append("it has no date")
        elif found.date > self.today:
            wrong.append(f"its date {found.date.isoformat()} is in the future")
        if found.review_by is not None and found.review_by < self.today:
            wrong.append(f"its review was due by {found.review_by.isoformat()}")
        if wrong:
            yield at(call, "FRL403", f"no evidence of a current impact assessment for {where}: {', '.join(wrong)}")

    def _setting(self, activity: Processing, call: FaceCall | Spot) -> Iterator[Finding]:
        where = self._of(activity, "setting")
        word, clauses = self.law.barred(activity.setting)
        if word:
            text = f"{where} has the setting {activity.setting!r}, and no face device belongs into a place like that ({word})"  # noqa: E501
            yield at(call, "FRL501", text, clauses)
            return
        word, clauses = self.law.public(activity.setting)
        missing = [] if activity.public_safety else ["public-safety = true"]
        missing += ["signage"] if is_placeholder(activity.signage) else []
        if word and missing:
            text = f"{where} has the setting {activity.setting!r}, a public or business place ({word}), and declares no {' and no '.join(missing)}; both are asked for there"  # noqa: E501
            yield at(call, "FRL502", text, clauses)

    # ------------------------------------------------------------------------------------------------------- retention

    def _retention(self, activity: Processing, call: FaceCall, unit: Unit) -> Iterator[Finding]:
        """What is wrong with the period, at the activity's first store, else at its first face call."""
        text, clauses = self._period(activity)
        if text:
            store = self.engine.record.first_store(activity)
            place: FaceCall | StoreCall = call if store is None else store
            if place.func.unit is unit:
                yield at(place, "FRL303", f"{self._of(activity, 'retention')} {text}", clauses)

    def _period(self, activity: Processing) -> tuple[str, tuple[str, ...]]:
        found = activity.retention
        if found is None or (found.days, found.until, found.max_idle_days) == (None, None, None):
            return "states no retention period; add days, or until with max-idle-days", ()
        if found.until is not None and is_unbounded(found.until):
            return f"keeps face data until {found.until!r}, which is no end; name one", ()
        if is_far(found.days) or (found.until is None and found.days is None and is_far(found.max_idle_days)):
            return "keeps face data for a hundred years or more, which is no end; name one", ()
        over, clauses = self._over(found)
        return (f"states a retention over the limit: {over[0]}" if over else ""), tuple(dict.fromkeys(clauses))

    def _over(self, found: Retention) -> tuple[list[str], list[str]]:
        """A number is compared where a pack has one.  What ends with an event ends with the purpose."""
        over: list[str] = []
        clauses: list[str] = []
        for ceiling in self.law.ceilings():
            stated = {"days": found.days}
            if ceiling.since == "last interaction" or (found.days, found.until) == (None, None):
                stated["max-idle-days"] = found.max_idle_days
            for key, days in stated.items():
                if days is not None and days > ceiling.days:
                    over.append(f"{key} = {days} exceeds {ceiling.days} days from the {ceiling.since}")
                    clauses.append(ceiling.cited)
        return over, clauses

    def _of(self, activity: Processing, key: str) -> str:
        """An activity in a message, with the line of a key, or its own where the key is missing."""
        return f"activity {activity.id!r} ({self.policy.file or 'the policy'} line {activity.lines.of(key)})"


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of the policy file, for what no face call stands for."""

    path: str
    line: int


def at(call: FaceCall | StoreCall | Spot, code: str, text: str, clauses: tuple[str, ...] = ()) -> Finding:
    """A finding at a face call, or at the policy file."""
    if isinstance(call, Spot):
        return Finding(call.path, call.line, 0, code, text, (), clauses)
    return Finding(call.func.unit.path, call.ir.line, call.ir.col, code, text, (), clauses)
