"""FRL301, FRL302: no evidence that stored face data are deleted or expire, on some path.

Reads what becomes of stored face data (:mod:`fr_lint.flow.storage`), and phrases findings.  Must not walk programs, and
must not know law.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fr_lint.findings import Finding, Step
from fr_lint.flow.deletions import Deletion
from fr_lint.flow.engine import Engine
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.storage import Kept

THING: Final = {
    "detect": "a face image",
    "analyze": "face attributes",
    "encode": "a face template",
    "verify": "a face image",
    "identify": "a face image",
    "enrol": "a face template",
}


class RetentionRule:
    """The retention family over one engine."""

    codes = ("FRL301", "FRL302")

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Findings at the storing calls of one module; what others installed there is not judged."""
        if not self.engine.sources.holds(unit.path):
            return
        for func in unit.functions:
            for kept in self.engine.storage.of(func):
                if not kept.deleted_by:
                    yield self.finding(kept)

    def finding(self, kept: Kept) -> Finding:
        """What is to be said of a storing call for which no deletion counts."""
        return self._leak(kept) if kept.skip is not None else self._kept(kept)

    def _kept(self, kept: Kept) -> Finding:
        call = kept.call
        text = f"{self._stored(kept)}: no evidence that anything in the project deletes it or lets it expire"
        hint = self._hint(kept)
        text += f" ({hint})" if hint else "; delete it when its purpose is met, or give it an expiry"
        return Finding(call.func.unit.path, call.ir.line, call.ir.col, "FRL301", text, self._steps(kept))

    def _leak(self, kept: Kept) -> Finding:
        call, skip = kept.call, kept.skip
        assert skip is not None
        how = {
            "exception": f"an exception at line {skip.line} leaves it behind",
            "raise": f"the exception raised at line {skip.line} leaves it behind",
            "return": f"the return at line {skip.line} leaves it behind",
            "branch": "one branch leaves it behind",
            "caller": "one caller leaves it behind",
        }.get(skip.how, "one path leaves it behind")
        text = (
            f"{self._stored(kept)}: no evidence of deletion on each path, {how}; "
            "delete it in a `finally` block or a context manager"
        )
        return Finding(call.func.unit.path, call.ir.line, call.ir.col, "FRL302", text, self._steps(kept))

    @staticmethod
    def _stored(kept: Kept) -> str:
        role = kept.face.api.role if kept.face is not None else "enrol"
        thing = "a face image" if kept.evidence is not None and kept.evidence.image else THING.get(role, "face data")
        verb = "are" if thing.endswith("s") else "is"
        return f"{thing} {verb} stored in {kept.call.identity.shown} by {kept.call.display}"

    @staticmethod
    def _hint(kept: Kept) -> str:
        if kept.dead:
            return f"{_where(kept.dead[0], kept.call.func)} would, but nothing calls it"
        if kept.seeming:
            first = kept.seeming[0]
            return f"{_where(first, kept.call.func)} does only where it fails or is replaced"
        return ""

    @staticmethod
    def _steps(kept: Kept) -> tuple[Step, ...]:
        steps: list[Step] = []
        face: FaceCall | None = kept.face
        if face is not None:
            steps.append(Step(face.func.unit.path, face.ir.line, f"{face.api.display}"))
        call = kept.call
        steps.append(Step(call.func.unit.path, call.ir.line, f"stored by {call.display}"))
        return tuple(steps)


def _where(deletion: Deletion, at: Func) -> str:
    func = deletion.place[0]
    file = "" if func.unit is at.unit else f"{func.unit.path} "
    name = f"{func.qualname}()" if func.ir.kind == "function" else deletion.shown
    return f"{name} in {file}line {deletion.line}" if file else f"{name} in line {deletion.line}"
