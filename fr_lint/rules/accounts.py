"""The account of a module: every face call in it, and how each duty stands there.

Asks the rooms of ``flow`` and the findings; phrases no finding itself.  Must not know how an account is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fr_lint.evidence import Account, Evidence, Verdict
from fr_lint.findings import Finding
from fr_lint.flow.engine import Engine
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.program import Unit
from fr_lint.flow.witness import guards
from fr_lint.rules.aftermath import after, opened, stored
from fr_lint.rules.consent import shown


def accounts(engine: Engine, unit: Unit, findings: Iterable[Finding]) -> Iterator[Account]:
    """Every face call of a module, in the order of the text; ``findings`` are those of the same module."""
    said = list(findings)
    for func in unit.functions:
        for call in engine.face_calls.of(func):
            if not call.api.duty and call.api.role != "delete":
                continue
            evidence = (_consent(engine, call, said), *after(engine, call))
            where = "<module>" if func.ir.kind == "module" else func.qualname
            activities = tuple(each.id for each in engine.activities(func))
            yield Account(unit.path, call.ir.line, call.ir.col, shown(call), call.api.role, where, evidence, activities)


def beside(engine: Engine, unit: Unit) -> Iterator[Account]:
    """What hangs on face calls in a module without being one: the calls that store face data, and what a face opens."""
    yield from stored(engine, unit)
    yield from opened(engine, unit)


def _consent(engine: Engine, call: FaceCall, said: list[Finding]) -> Evidence:
    if not call.api.duty:
        return Evidence("consent", Verdict.NOT_DUE, f"a call of the role {call.api.role!r} needs no consent")
    if engine.hiding.is_measure(call):
        return Evidence("consent", Verdict.NOT_DUE, "what it finds is only hidden: a privacy measure")
    chain = next((each for each in engine.chains(call.func) if call in each), [call])
    lines = {(each.ir.line, each.ir.col) for each in chain}
    for finding in said:
        if finding.code in ("FRL101", "FRL103") and (finding.line, finding.col) in lines:
            return Evidence("consent", Verdict.MISSING, finding.bare, finding.steps)
    for finding in said:
        if finding.code == "FRL102" and any(step.line == call.ir.line for step in finding.steps):
            return Evidence("consent", Verdict.MISSING, finding.bare, finding.steps)
    steps = guards(engine.entries, call.func, call.node)
    if not steps and len(chain) > 1:
        return Evidence("consent", Verdict.FOUND, "it goes on with a chain that has begun before")
    if not steps:
        return Evidence("consent", Verdict.FOUND, "no path from an entry point without consent leads here")
    return Evidence("consent", Verdict.FOUND, "consent is tested on every path to it", steps)
