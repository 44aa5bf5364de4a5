"""What comes after a face call, for its account: the other way to what it opens, and the end of what is stored of it.

Asks the evidence of ``flow`` and lets the rules phrase what is missing.  Must not know how an account is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fr_lint.evidence import Account, Evidence, Verdict
from fr_lint.findings import Step
from fr_lint.flow.access.verdicts import FallbackEvidence
from fr_lint.flow.engine import Engine
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.storage import Kept
from fr_lint.rules.consent import shown
from fr_lint.rules.fallback import FallbackRule
from fr_lint.rules.retention import RetentionRule


def after(engine: Engine, call: FaceCall) -> Iterator[Evidence]:
    """How fallback and retention stand at a face call; a duty that no call of its role can have is left out."""
    if not call.api.duty:
        return
    if call.api.role in engine.policy.roles.fallback:
        yield _fallback(engine, call)
    if call.api.role in engine.policy.roles.retention:
        yield _retention(engine, call)


# ------------------------------------------------------------------------------------------------------------ fallback


def _fallback(engine: Engine, call: FaceCall) -> Evidence:
    gated = [each for each in engine.fallbacks() if (each.gate.func, each.gate.node) == (call.func, call.node)]
    if not gated:
        return Evidence("fallback", Verdict.NOT_DUE, "nothing was seen that it alone opens, grants or lets pass")
    return _judged(engine, gated)


def _judged(engine: Engine, gated: list[FallbackEvidence]) -> Evidence:
    """Is there another way to all of it?"""
    rule = FallbackRule(engine)
    for each in gated:
        finding = None if rule.excepted(each) else rule.finding(each)
        if finding is not None:
            return Evidence("fallback", Verdict.MISSING, finding.message, finding.steps)
    if any(rule.excepted(each) for each in gated):
        text = "the policy declares a way without the face, or the rule of law that demands it"
        return Evidence("fallback", Verdict.FOUND, text, tuple(_opened(each) for each in gated))
    steps = tuple(dict.fromkeys(step for each in gated for step in _other_way(each)))
    return Evidence("fallback", Verdict.FOUND, "there is another way to what it opens", steps)


def _opened(each: FallbackEvidence) -> Step:
    return _at(each.grant.func, each.grant.node, f"opened by the face: {each.grant.shown}")


def _other_way(each: FallbackEvidence) -> Iterator[Step]:
    yield _opened(each)
    if each.alternative is not None:
        words = ", ".join(sorted({word for _, word in each.what}))
        yield _at(*each.alternative, f"without the face{f' ({words})' if words else ''}")


def opened(engine: Engine, unit: Unit) -> Iterator[Account]:
    """What a face opens in a module: signing in, a door; the same account as at the face call."""
    for each in engine.fallbacks():
        grant = each.grant
        if grant.func.unit is unit:
            node = grant.func.nodes[grant.node]
            call = next((c for c in engine.face_calls.of(each.gate.func) if c.node == each.gate.node), None)
            evidence = _judged(engine, [each])
            gate = _at(each.gate.func, each.gate.node, f"by {shown(call)}" if call else "by a comparison of templates")
            evidence = replace(evidence, steps=tuple(dict.fromkeys((gate, *evidence.steps))))
            yield Account(unit.path, node.line, node.col, grant.shown, "grant", _place(grant.func), (evidence,))


# ----------------------------------------------------------------------------------------------------------- retention


def stored(engine: Engine, unit: Unit) -> Iterator[Account]:
    """The calls of a module that store face data."""
    for func in unit.functions:
        for kept in engine.storage.of(func):
            call, evidence = kept.call, _ended(engine, [kept])
            face = kept.face
            if face is not None:
                made = _at(face.func, face.node, f"face data by {shown(face)}")
                evidence = replace(evidence, steps=tuple(dict.fromkeys((made, *evidence.steps))))
            yield Account(unit.path, call.ir.line, call.ir.col, call.display, "store", _place(func), (evidence,))


def _place(func: Func) -> str:
    return "<module>" if func.ir.kind == "module" else func.qualname


def _retention(engine: Engine, call: FaceCall) -> Evidence:
    found = list(_stored(engine, call))
    if not found:
        return Evidence("retention", Verdict.NOT_DUE, "no call was seen that stores what it finds")
    return _ended(engine, found)


def _ended(engine: Engine, stored: list[Kept]) -> Evidence:
    """Is all of it deleted, or does it expire?"""
    for kept in stored:
        if not kept.deleted_by:
            finding = RetentionRule(engine).finding(kept)
            return Evidence("retention", Verdict.MISSING, finding.message, finding.steps)
    steps: dict[Step, None] = {}
    for kept in stored:
        steps[_at(kept.call.func, kept.call.node, f"stored by {kept.call.display}")] = None
        for deletion in kept.deleted_by[:3]:
            steps[_at(*deletion.place, f"removed or bounded by {deletion.shown}")] = None
    return Evidence("retention", Verdict.FOUND, "what is stored of it is deleted, or expires", tuple(steps))


def _stored(engine: Engine, call: FaceCall) -> Iterator[Kept]:
    """The storing calls of what a face call is about, in the files with faces and those that were linted so far."""
    for path in sorted({*engine.record.call_files(), *engine.findings}):
        unit = engine.program.unit(path)
        for func in unit.functions if unit is not None else ():
            for kept in engine.storage.of(func):
                face = kept.face
                itself = (kept.call.func, kept.call.node) == (call.func, call.node)
                if itself or (face is not None and (face.func, face.node) == (call.func, call.node)):
                    yield kept


def _at(func: Func, node: int, text: str) -> Step:
    return Step(func.unit.path, func.nodes[node].line, text)
