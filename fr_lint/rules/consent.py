"""FRL101, FRL102, FRL103: no evidence of individual consent on some path to a face call.

Reads path states (:mod:`fr_lint.flow.entry`), chains and de-identification, and phrases findings.  Must not walk
programs, and must not know law.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from fr_lint.catalogue.images import images
from fr_lint.findings import Finding, Step
from fr_lint.flow.chains import DataFlow
from fr_lint.flow.engine import Engine
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.facts import CONSENT, PRESUMED, QUERY, TERMS, Atom, Chosen, Facts, State, chosen
from fr_lint.flow.graph import Site
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.question import Question
from fr_lint.ir.model import Name, Op

OPEN: Final = "open"
GIVEN: Final = "given"
ASSUMED: Final = "presumed"
BUNDLED: Final = "terms"

DOES: Final = {
    "detect": "finds faces",
    "analyze": "derives attributes from a face",
    "encode": "makes a face template",
    "verify": "compares faces",
    "identify": "searches for a face",
    "enrol": "puts a face into a gallery",
    "liveness": "checks a live face",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the paths to one face call stand."""

    call: FaceCall
    kinds: frozenset[str]
    first: frozenset[str]  # the kinds of those paths on which its chain has not been begun before
    presumed: frozenset[tuple[str, int, int, str]]
    other: tuple[str, str]  # the subject tested and the face's owner, where they differ


class ConsentRule:
    """The consent family over one engine."""

    codes = ("FRL101", "FRL102", "FRL103")

    def __init__(self, engine: Engine, question: Question | None = None) -> None:
        self.engine = engine
        self.question = question or engine.consent

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Findings that arise from the face calls of one module (FRL102 may stand in another).

        Where every activity that covers the code rests on another ground than consent, none is asked for.
        """
        for func in unit.functions:
            activities = self.engine.activities(func)
            if activities and all(each.legal_basis != "consent" for each in activities):
                continue
            if any(c.api.duty for c in self.engine.face_calls.of(func)):
                yield from self._function(func)

    # ------------------------------------------------------------------------------------------------------- functions

    def _function(self, func: Func) -> Iterator[Finding]:
        run = self.question.entries.run(func)
        marks = self.engine.marks(func)
        for chain in self.engine.chains(func):
            verdicts = [
                self._verdict(call, state, marks.get(call.node)) for call in chain if (state := run.states[call.node])
            ]
            presumed = {place for verdict in verdicts for place in verdict.presumed}
            for place in sorted(presumed):
                first = min(verdicts, key=lambda v: (v.call.ir.line, v.call.ir.col))
                yield self._presumed(place, first.call)
            for kind, phrase in ((OPEN, self._open), (BUNDLED, self._bundled)):
                for verdict in self._firsts(func, run.states, verdicts, kind):
                    yield phrase(verdict)

    @staticmethod
    def _firsts(func: Func, states: list[State | None], verdicts: list[Verdict], kind: str) -> list[Verdict]:
        """The chain's calls that a path of this kind reaches before any other call of the chain."""
        members = {v.call.node: v for v in verdicts if kind in v.kinds}
        first = [v for v in members.values() if kind in v.first]
        if len(first) < 2:
            return first
        found: list[Verdict] = []
        seen = {0}
        stack = [0]
        while stack:
            number = stack.pop()
            if number in members:
                if members[number] in first:
                    found.append(members[number])
                continue
            node = func.nodes[number]
            for successor in (*node.succ, node.exc) if node.exc >= 0 else node.succ:
                if successor not in seen and states[successor]:
                    seen.add(successor)
                    stack.append(successor)
        return sorted(found, key=lambda v: v.call.node) or first[:1]

    @staticmethod
    def _has(state: State, kind: str, plain: bool) -> bool:
        """Whether some path of this kind gets here; ``plain``: one on which nobody's consent is known."""
        kinds = (CONSENT, TERMS, PRESUMED, QUERY) if kind == OPEN else (CONSENT, QUERY)
        return any(not any(a.kind in kinds and (plain or not a.subject) for a in facts) for facts in state)

    # -------------------------------------------------------------------------------------------------------- verdicts

    def _verdict(self, call: FaceCall, state: State, begun: Atom | None) -> Verdict:
        kinds: set[str] = set()
        first: set[str] = set()
        presumed: set[tuple[str, int, int, str]] = set()
        other = ("", "")
        for facts, env in state.items():
            lists = {Atom(QUERY, name, chosen(value)) for name, value in env.items() if isinstance(value, Chosen)}
            kind, places, who = self._judge(call, facts | lists)
            kinds.add(kind)
            if begun is None or begun not in facts:
                first.add(kind)
            presumed |= places
            other = who if who[0] else other
        return Verdict(call, frozenset(kinds), frozenset(first), frozenset(presumed), other)

    def _judge(self, call: FaceCall, facts: Facts) -> tuple[str, set[tuple[str, int, int, str]], tuple[str, str]]:
        subjects = self.question.subjects
        func = call.func
        owners: set[str] | None = None
        strangers: tuple[str, str] = ("", "")
        places = {atom.extra for atom in facts if atom.kind == PRESUMED}
        for atom in facts:
            if atom.kind == CONSENT:
                if not atom.subject:
                    return GIVEN, set(), ("", "")
                if owners is None:
                    owners = self._owners(call)
                if atom.subject.startswith("^") and isinstance(atom.extra, frozenset):
                    given = (
                        frozenset().union(*(subjects.roots_of(arg.value, func) for arg in call.ir.args))
                        if call.ir.args
                        else frozenset()
                    )
                    owners = owners | {name for name in given if "=" + name in atom.extra}
                stranger = self._stranger(atom.subject, atom.extra, owners, func)
                if not stranger:
                    return GIVEN, set(), ("", "")
                strangers = (atom.subject.lstrip("^"), stranger)
            elif atom.kind == QUERY and atom.subject:
                roots: set[str] = set()
                for arg in call.ir.args:
                    roots |= subjects.roots_of(arg.value, func, receivers=True)
                if subjects.root(atom.subject) in roots:
                    if atom.extra is None:
                        return GIVEN, set(), ("", "")
                    places.add(atom.extra)
        if places:
            return ASSUMED, {p for p in places if isinstance(p, tuple)}, ("", "")
        if any(atom.kind == TERMS for atom in facts):
            return BUNDLED, set(), ("", "")
        return OPEN, set(), strangers

    def _owners(self, call: FaceCall) -> set[str]:
        found: set[str] = set()
        if call.api.role in ("verify",):  # noqa: FURB171
            return found
        for arg in call.ir.args[:2]:
            found |= self.question.subjects.owners(arg.value, call.func)
        flow = DataFlow(call.func, self.engine.face_calls.of(call.func), self.engine.resolver, images())
        found = {owner for owner in found if not any(other.startswith(owner + ".") for other in found)}
        return {owner for owner in found if not flow.tokens(Name(self.question.subjects.root(owner)), -1)}

    def _stranger(self, subject: str, extra: object, owners: set[str], func: Func) -> str:
        """The owner of the face, if it is certainly not the one who was asked."""
        if not owners:
            return ""
        if subject.startswith("^"):
            excluded = {name.lstrip("=") for name in extra} if isinstance(extra, frozenset) else set()
            return next((o for o in sorted(owners) if self.question.subjects.root(o) in excluded), "")
        others = extra if isinstance(extra, frozenset) else frozenset()
        mine = {owner for owner in owners if self.question.subjects.root(owner) not in others}
        if any(self.question.subjects.related(subject, owner, func) for owner in mine):
            return ""
        people = [o for o in sorted(owners) if self.question.subjects.is_person(o, func)]
        if not self.question.subjects.is_person(subject, func):
            return ""
        return people[0] if people else ""

    # -------------------------------------------------------------------------------------------------------- messages

    def _open(self, verdict: Verdict) -> Finding:
        call = verdict.call
        where, steps = self._way(call, OPEN)
        what = f"{shown(call)} {DOES.get(call.api.role, 'processes a face')}"
        if verdict.other[0]:
            text = f"{what} of {verdict.other[1]} with no consent check for that person (the consent tested is that of {verdict.other[0]}) {where}"  # noqa: E501
        else:
            text = f"{what} with no consent check {where}"
        return Finding(
            call.func.unit.path,
            call.ir.line,
            call.ir.col,
            "FRL101",
            f"{text}; test the person's consent before it",
            steps,
        )

    def _bundled(self, verdict: Verdict) -> Finding:
        call = verdict.call
        where, steps = self._way(call, BUNDLED)
        what = f"{shown(call)} {DOES.get(call.api.role, 'processes a face')}"
        text = f"{what} on acceptance of general terms alone {where}; ask for consent to face processing separately"
        return Finding(call.func.unit.path, call.ir.line, call.ir.col, "FRL103", text, steps)

    def _presumed(self, place: tuple[str, int, int, str], call: FaceCall) -> Finding:
        path, line, col, what = place
        other = "" if path == call.func.unit.path else f" of {call.func.unit.path}"
        text = f"consent is presumed by {what}: {shown(call)} (line {call.ir.line}{other}) relies on it; let the person's own answer decide"  # noqa: E501
        return Finding(
            path, line, col, "FRL102", text, (Step(call.func.unit.path, call.ir.line, f"{shown(call)} relies on it"),)
        )

    def _way(self, call: FaceCall, kind: str) -> tuple[str, tuple[Step, ...]]:
        """The way from an entry point on which nobody was asked, in words and steps."""
        way = self._callers(call.func, kind, plain=True) or self._callers(call.func, kind, plain=False)
        here = Step(call.func.unit.path, call.ir.line, shown(call))
        if len(way) == 1:
            func = way[0][0]
            if func.ir.kind == "module":
                return "at module level", (here,)
            return f"in {title(func)} (line {func.ir.line})", (Step(func.unit.path, func.ir.line, title(func)), here)
        first = way[0][0]
        through = [title(func) for func, _ in way[1:]]
        via = ", ".join(through if len(through) < 4 else [through[0], "...", through[-1]])
        start = "module level" if first.ir.kind == "module" else title(first)
        site = way[0][1]
        line = first.ir.line if site is None or first.ir.kind != "module" else site.func.nodes[site.node].line
        place = f"line {line}" if first.unit.path == call.func.unit.path else f"{first.unit.path} line {line}"
        steps = [Step(first.unit.path, first.ir.line, start)]
        for _, down in way[:-1]:
            if down is not None:
                steps.append(Step(down.func.unit.path, down.func.nodes[down.node].line, "calls on"))
        return f"on the way from {start} ({place}, via {via})", (*steps, here)

    def _callers(self, func: Func, kind: str, *, plain: bool) -> list[tuple[Func, Site | None]]:
        """A shortest unguarded chain of functions from an entry point down to ``func``; empty if none is plainly so."""
        entries = self.question.entries
        parent: dict[Func, tuple[Func, Site] | None] = {func: None}
        queue = [func]
        last = func
        while queue:
            at = queue.pop(0)
            last = at
            if entries.is_entry(at):
                break
            for site in entries.callers(at):
                if site.func in parent:
                    continue
                run = entries.run(site.func)
                if self._has(run.states[site.node] or {}, kind, plain):
                    parent[site.func] = (at, site)
                    queue.append(site.func)
        else:
            if plain:
                return []
        way: list[tuple[Func, Site | None]] = []
        step: Func | None = last
        while step is not None:
            link = parent[step]
            way.append((step, link[1] if link else None))
            step = link[0] if link else None
        return way


def shown(call: FaceCall) -> str:
    """The operation in a message."""
    name = call.api.display
    return name if name.endswith("()") or call.api.kind == "rest" else f"{name}()"


def title(func: Func) -> str:
    """A function's name in a message."""
    if func.ir.kind == "module":
        return "module level"
    name = func.qualname.rpartition(".")
    shown = func.qualname if func.cls is not None and func.qualname.count(".") <= 1 else name[2]
    return f"{shown}()" if "<lambda>" not in shown else "a lambda"


def in_file(findings: Iterable[Finding], path: str) -> list[Finding]:
    """The findings that stand in one file, without duplicates."""
    return sorted({f for f in findings if f.path == path})


__all__ = ["ConsentRule", "Op", "in_file"]
