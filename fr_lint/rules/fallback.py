"""FRL201, FRL202: no evidence of another way to what a face opens, or of a way around the face.

Reads the verdicts of :mod:`fr_lint.flow.access` and phrases findings.  Must not walk programs, and must not know law.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.grants import grants
from fr_lint.findings import Finding, Step
from fr_lint.flow.access.domain import Raw, Token
from fr_lint.flow.access.verdicts import DECLINED, JOINED, SOLE, FallbackEvidence
from fr_lint.flow.engine import Engine
from fr_lint.flow.program import Unit


class FallbackRule:
    """The fallback family over one engine."""

    codes = ("FRL201", "FRL202")

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def check(self, unit: Unit) -> Iterator[Finding]:
        """The findings that stand in one module."""
        told: set[tuple[int, int, str]] = set()
        for evidence in self.engine.fallbacks():
            if self.excepted(evidence):
                continue
            finding = self.finding(evidence)
            if finding is not None and finding.path == unit.path:
                place = (finding.line, finding.col, finding.code)
                if place not in told:  # one call may open several things
                    yield finding
                told.add(place)

    def excepted(self, evidence: FallbackEvidence) -> bool:
        """Whether an activity names the rule of law that demands the face, or a way that does without it."""
        for activity in self.engine.activities(evidence.gate.func):
            if activity.fallback_exception.strip():
                return True
            if evidence.verdict == SOLE and activity.fallback.strip():
                declared = self.engine.declared
                functions = declared.functions(activity.fallback)
                if (
                    functions
                    and declared.needs_face(functions) is None
                    and not declared.leads_nowhere(functions)
                    and declared.is_offered(functions, evidence.gate.func)
                ):
                    return True
        return False

    def finding(self, evidence: FallbackEvidence) -> Finding | None:
        """What is to be said of one grant, if anything."""
        gate = evidence.gate
        node = gate.func.nodes[gate.node]
        call = self._shown(gate)
        grant = self._grant(evidence)
        steps = (
            Step(gate.func.unit.path, node.line, call),
            Step(evidence.grant.func.unit.path, self._line(evidence), evidence.grant.shown),
        )
        if evidence.verdict == SOLE:
            text = f"{grant} depends on {call} alone: no evidence of another way to it in this project (looked for a password, PIN, code, card, key or staff check that leads to {self._kind(evidence)} without the face); offer one"  # noqa: E501
            return Finding(gate.func.unit.path, node.line, node.col, "FRL201", text, steps)
        if evidence.verdict == JOINED:
            text = f"{grant} needs {call} and {_factor(evidence.what)}: no evidence of a way around the face on the path to it; offer one without the face"  # noqa: E501
            return Finding(gate.func.unit.path, node.line, node.col, "FRL202", text, steps)
        if evidence.verdict == DECLINED and evidence.refusal is not None and evidence.alternative is not None:
            refusal = evidence.refusal
            at = refusal.func.nodes[refusal.node]
            other, number = evidence.alternative
            line = other.nodes[number].line
            text = f"whoever declines consent is turned away here: no evidence of a way to {grant} on the declined path (the other way, line {line}, is reached only through {call}); lead there as well"  # noqa: E501
            return Finding(refusal.func.unit.path, at.line, at.col, "FRL202", text, steps)
        return None

    def _shown(self, gate: Token) -> str:
        for call in self.engine.face_calls.of(gate.func):
            if call.node == gate.node:
                name = call.api.display
                return name if name.endswith("()") or call.api.kind == "rest" else f"{name}()"
        from fr_lint.flow.identifiers import dotted_name, last_name

        value = gate.func.nodes[gate.node].value
        spelled = (dotted_name(value) or last_name(value)) if value is not None else ""
        return f"the comparison of face templates{f' by {spelled}()' if spelled else ''}"

    def _line(self, evidence: FallbackEvidence) -> int:
        return evidence.grant.func.nodes[evidence.grant.node].line

    def _grant(self, evidence: FallbackEvidence) -> str:
        other = evidence.grant.func.unit.path
        place = (
            f"line {self._line(evidence)}"
            if other == evidence.gate.func.unit.path
            else f"{other} line {self._line(evidence)}"
        )
        return f"{evidence.grant.shown} ({place})"

    def _kind(self, evidence: FallbackEvidence) -> str:
        return grants().shown(evidence.grant.kind)


def _factor(raws: frozenset[Raw]) -> str:
    words = sorted(raw[1] for raw in raws)
    return f"another factor ({words[0]})" if words else "another factor"
