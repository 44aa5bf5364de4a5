"""FRL304, FRL305: face data leaves the device without consent to that; face data in logs.

Both are off unless a pack or the policy asks for them.  Must not walk programs, and must not know law.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

from fr_lint.findings import Finding
from fr_lint.flow import questions
from fr_lint.flow.engine import Engine
from fr_lint.flow.facts import CONSENT
from fr_lint.flow.leaving import LOG, NETWORK, Departure
from fr_lint.flow.program import Unit
from fr_lint.flow.question import Question
from fr_lint.policy.model import Processing
from fr_lint.rules.consent import shown, title


class LeavingRule:
    """Where face data goes."""

    codes = ("FRL304", "FRL305")

    def __init__(self, engine: Engine, asked_for: Collection[str]) -> None:
        """``asked_for``: the codes that a pack in force asks for."""
        self.engine = engine
        self.asked_for = asked_for
        self.on_device = any(each.storage == "on-device" for each in engine.policy.processing)

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Findings at the calls by which face data leaves."""
        for func in unit.functions:
            if "FRL304" in self.asked_for or self.on_device:
                for departure in self.engine.departures.of(func, NETWORK):
                    yield from self._sent(departure)
            if "FRL305" in self.asked_for:
                for departure in self.engine.departures.of(func, LOG):
                    what = "a face image" if departure.evidence.image else "a face template"
                    text = f"{self._name(departure)} writes {what} to a log ({self._from(departure)}); log a number or nothing instead"  # noqa: E501
                    yield self._at(departure, "FRL305", text)

    def _sent(self, departure: Departure) -> Iterator[Finding]:
        declared = self._declared(departure)
        if "FRL304" not in self.asked_for and declared is None:
            return
        run = self._question.entries.run(departure.func)
        state = run.states[departure.node] or {}
        if all(any(atom.kind == CONSENT for atom in facts) for facts in state):
            return
        why = "" if declared is None else f"; activity {declared.id!r} keeps it on the device ({self._line(declared)})"
        text = f"{self._name(departure)} sends face data over a network ({self._from(departure)}) with no test of consent to its transmission in {title(departure.func)}{why}; ask for that consent, or keep it on the device"  # noqa: E501
        yield self._at(departure, "FRL304", text)

    def _declared(self, departure: Departure) -> Processing | None:
        """The activity that keeps this face data on the device."""
        for func in (departure.func, departure.evidence.call.func):
            for activity in self.engine.activities(func):
                if activity.storage == "on-device":
                    return activity
        return None

    def _line(self, activity: Processing) -> str:
        return f"{self.engine.policy.file or 'the policy'} line {activity.lines.of('storage')}"

    @cached_property
    def _question(self) -> Question:
        return questions.sharing(self.engine)

    @staticmethod
    def _from(departure: Departure) -> str:
        call = departure.evidence.call
        if call.func is departure.func and call.node == departure.node:
            return "a service looks at it"
        return f"from {shown(call)}, {call.func.unit.path} line {call.ir.line}"

    @staticmethod
    def _name(departure: Departure) -> str:
        call = departure.evidence.call
        if call.func is departure.func and call.node == departure.node:
            return shown(call)
        from fr_lint.flow.identifiers import dotted_name, last_name

        callee = departure.ir.value
        return f"{(dotted_name(callee) if callee is not None else '') or last_name(callee)}()"

    @staticmethod
    def _at(departure: Departure, code: str, text: str) -> Finding:
        node = departure.ir
        return Finding(departure.func.unit.path, node.line, node.col, code, text)
