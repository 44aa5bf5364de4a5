"""Face-gated grants and their alternatives, over a whole project.

Runs the entry points that lead to faces, then those that lead to grants of the same kind, and compares the paths on which
they are reached.  The evidence names the alternative that was found.  Must not know how a finding is worded.
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.grants import CLAIM, OPEN, SECRET, SESSION, SIGN_IN, STAFF, TOKEN, Authenticators, Grants
from fr_lint.flow.access.declined import Declined, Refusal
from fr_lint.flow.access.domain import SEEN, Check, Event, Facts, Gate, Grant, Place, Raw, Token, same_kind
from fr_lint.flow.access.joining import is_twin
from fr_lint.flow.access.ready import Ready
from fr_lint.flow.access.roots import Roots
from fr_lint.flow.access.walker import Walker
from fr_lint.flow.program import Func, Unit
from fr_lint.ir.model import Op

if TYPE_CHECKING:
    from fr_lint.flow.access.granting import Granting
    from fr_lint.flow.faces import FaceCalls
    from fr_lint.project.sources import Sources

SOLE: Final = "sole"  # the face is the only way
JOINED: Final = "joined"  # the face and another factor, and no way around the face
DECLINED: Final = "declined"  # there is another way, but not for whoever declines
MAX_UNITS: Final = 40  # files that are searched for another way to one kind of grant

Reached = tuple[Func, Event]


@dataclass(frozen=True, slots=True)
class FallbackEvidence:
    """A face-gated grant, the face call that gates it, and the alternative, if there is one."""

    verdict: str  # SOLE, JOINED, DECLINED, or empty: nothing is wrong
    grant: Grant
    gate: Token
    alternative: Place | None = None
    what: frozenset[Raw] = frozenset()  # the other factor, or what the alternative checks
    refusal: Refusal | None = None


class Fallbacks:
    """The verdicts on one project."""

    def __init__(
        self,
        walker: Walker,
        granting: Granting,
        faces: FaceCalls,
        roots: Roots,
        declined: Declined,
        grants: Grants,
        words: Authenticators,
    ) -> None:
        self.walker = walker
        self.granting = granting
        self.faces = faces
        self.roots = roots
        self.declined = declined
        self.grants = grants
        self.words = words
        self.graph = granting.graph
        self.program = granting.graph.program
        self.ready = Ready(granting.graph, grants)
        self._ran: dict[Func, tuple[Event, ...]] = {}

    # ------------------------------------------------------------------------------------------------------ running

    def judge(self, face_files: Iterable[str]) -> list[FallbackEvidence]:
        """All face-gated grants of the project."""
        sources: Sources = self.program.sources
        seeds: list[Func] = []
        for path in face_files:
            unit = self.program.unit(path)
            if unit is None or sources.is_test(path):
                continue
            seeds.extend(func for func in unit.functions if self.walker.relevant.has_faces(func))
        if not seeds:
            return []
        for func in seeds:
            self._run_from(func)
        for unit in dict.fromkeys(func.unit for func in self.roots.visited):
            for func in unit.functions:
                if self.granting.of(func):
                    self._run_from(func)
        for func in dict.fromkeys(event.grant.func for _, event in self._events()):
            self._run_from(func)  # a helper that lets somebody in, in a file without faces
        if any(self.walker.gates.is_first(root) for func in seeds for root in self.roots.of(func)):
            self._run_handlers()
        kinds = {e.grant.kind for _, e in self._events() if any(isinstance(f, Gate) for f in e.facts) or e.face}
        found: list[FallbackEvidence] = []
        for kind in sorted(kinds):
            verdicts = list(self._kind(kind))
            for unit in self._units(kind, verdicts):
                new = [f for f in unit.functions if any(g.kind == kind for g in self.granting.of(f).values())]
                for func in new:
                    self._run_from(func)
                if new:
                    verdicts = list(self._kind(kind))
                    if not any(each.verdict for each in verdicts):
                        break
            found.extend(verdicts)
        return found

    def _run_handlers(self) -> None:
        """Run what lets somebody in after a function that looks at a face first, in whatever file."""
        for each in self.grants.classes:
            for path in self.program.sources.matching(self.grants.pattern(each.name))[:MAX_UNITS]:
                unit = None if self.program.sources.is_test(path) else self.program.unit(path)
                for func in unit.functions if unit else ():
                    for root in self.roots.of(func) if self.granting.of(func) else ():
                        if any(self.walker.gates.before(root)):
                            self._run(root)

    def _run_from(self, func: Func) -> None:
        for root in self.roots.of(func):
            self._run(root)

    def _run(self, root: Func) -> None:
        if root in self._ran or self.roots.entries.is_test(root):
            return
        self._ran[root] = ()
        wrappers = self.roots.wrappers(root)
        events: dict[Event, None] = {}
        for wrapper, bound in wrappers:
            events.update(dict.fromkeys(self.walker.run(wrapper, (), bound).events))
        if not wrappers:
            events.update(dict.fromkeys(self.walker.run(root).events))
        self._ran[root] = tuple(events)

    def _units(self, kind: str, verdicts: list[FallbackEvidence]) -> Iterator[Unit]:
        """The files in which another way may be: they speak of such a grant and of a check; the nearest come first."""
        if not any(each.verdict for each in verdicts):
            return
        sources = self.program.sources
        near = {each.gate.func.unit.path.rpartition("/")[0] for each in verdicts}
        wanted = self.grants.pattern(kind)
        paths = [path for path in sources.matching(wanted) if not sources.is_test(path)]
        paths.sort(key=lambda path: (path.rpartition("/")[0] not in near, path))
        for path in islice((p for p in paths if self.words.pattern.search(sources.text(p) or "")), MAX_UNITS):
            unit = self.program.unit(path)
            if unit is not None:
                yield unit

    def _events(self) -> Iterator[Reached]:
        for root, events in self._ran.items():
            for event in events:
                yield root, event

    # ------------------------------------------------------------------------------------------------------ judging

    def _kind(self, kind: str) -> Iterator[FallbackEvidence]:
        reached = [(root, e) for root, e in self._events() if e.grant.kind == kind]
        positive = self._sides([e for _, e in reached], kind)
        sole: list[tuple[Reached, Token]] = []
        joined: list[tuple[Reached, Token, frozenset[Raw]]] = []
        others: list[tuple[Reached, frozenset[Raw]]] = []
        for root, event in reached:
            tokens = self._decisive(event, positive)
            if tokens:
                gate = self.nearest(tokens)
                factors = self._factors(event, tokens)
                if factors:
                    joined.append(((root, event), gate, factors))
                else:
                    sole.append(((root, event), gate))
            elif raws := self._checks(event, kind):
                others.append(((root, event), raws))
        done: set[tuple[Token, str]] = set()
        for (root, event), gate in sole:
            if self._is_step(event, gate):
                continue
            ways = [(r, e, raws) for (r, e), raws in others if self._other_way(root, event, r, e)]
            evidence = self._evidence(SOLE, event, gate, ways)
            if evidence is not None and (gate, evidence.verdict) not in done:
                done.add((gate, evidence.verdict))
                if not any(t != gate and e.grant == event.grant and self._first(t, gate) for (_, e), t in sole):
                    yield evidence
        for (root, event), gate, factors in joined:
            if self._is_step(event, gate):
                continue
            if any(same_kind(event, e) and (e.grant.node == event.grant.node or t == gate) for (_, e), t in sole):
                continue
            ways = [(r, e, raws) for (r, e), raws in others if self._other_way(root, event, r, e)]
            evidence = self._evidence(JOINED, event, gate, ways)
            if evidence is not None and (gate, evidence.verdict) not in done:
                done.add((gate, evidence.verdict))
                yield FallbackEvidence(
                    evidence.verdict,
                    event.grant,
                    gate,
                    evidence.alternative,
                    factors if not ways else evidence.what,
                    evidence.refusal,
                )

    def _evidence(
        self, verdict: str, event: Event, gate: Token, ways: list[tuple[Func, Event, frozenset[Raw]]]
    ) -> FallbackEvidence | None:
        grant = event.grant
        if not ways:
            ready = self.ready.of(grant.kind)
            if ready is not None:
                return FallbackEvidence("", grant, gate, ready)
            if grant.success and self._used_otherwise(event):
                return FallbackEvidence("", grant, gate)
            return FallbackEvidence(verdict, grant, gate)
        other = ways[0]
        place = (other[1].grant.func, other[1].grant.node)
        refusal = self._refused(ways) if self.ready.of(grant.kind) is None else None
        if refusal is not None:
            return FallbackEvidence(DECLINED, grant, gate, place, other[2], refusal)
        return FallbackEvidence("", grant, gate, place, other[2])

    def _sides(self, events: list[Event], kind: str) -> dict[Place, tuple[bool | None, bool]]:
        """Branch -> the side that means a match, and whether the branch decides about the grant at all."""
        free: dict[Place, set[bool]] = {}
        checked: dict[Place, set[bool]] = {}
        guesses: dict[Place, bool | None] = {}
        for event in events:
            into = checked if self._checked_here(event, kind) else free
            for fact in event.facts:
                if isinstance(fact, Gate):
                    into.setdefault(fact.branch, set()).update((True, False) if fact.side is None else (fact.side,))
                    if fact.guess is not None:
                        guesses[fact.branch] = fact.guess
        unchecked = [e for e in events if not self._checked_here(e, kind)]
        easier = self._easier(unchecked, guesses)
        idle = self._idle(events)
        found: dict[Place, tuple[bool | None, bool]] = {}
        for branch in {**free, **checked}:
            guess = guesses.get(branch)
            open_sides = free.get(branch, set())
            if len(open_sides) == 1:
                found[branch] = (next(iter(open_sides)), True)
            elif len(open_sides) == 2:
                side = guess if guess is not None else easier.get(branch)
                found[branch] = (None if branch in idle else side, False)
            else:
                sides = checked.get(branch, set())
                only = next(iter(sides)) if len(sides) == 1 else None
                side = guess if guess is not None else only
                found[branch] = (None, False) if branch in idle else (side, True)
        return found

    @staticmethod
    def _idle(events: list[Event]) -> set[Place]:
        """The branches that decide nothing: whatever is reached by one side is reached by the other one just so."""
        alike: dict[object, list[Facts]] = {}
        for event in events:
            alike.setdefault((event.grant, event.face, event.raws), []).append(event.facts)
        open_: dict[Place, bool] = {}
        for group in alike.values():
            for facts in group:
                for fact in facts:
                    if isinstance(fact, Gate) and open_.get(fact.branch, True):
                        open_[fact.branch] = any(is_twin(facts, other, fact.branch) for other in group)
        return {branch for branch, idle in open_.items() if idle}

    @staticmethod
    def _easier(events: list[Event], guesses: dict[Place, bool | None]) -> dict[Place, bool]:
        """Branch -> the side after which fewer other faces have to be decided, where that explains all grants."""
        fewest: dict[Place, dict[bool, int]] = {}
        gates = [[f for f in event.facts if isinstance(f, Gate)] for event in events]
        paths = [{f.branch: f.side for f in each if f.side is not None} for each in gates]
        for path in paths:
            for branch, side in path.items():
                sides = fewest.setdefault(branch, {})
                sides[side] = min(sides.get(side, len(path)), len(path))
        found = {
            branch: sides[True] < sides[False]
            for branch, sides in fewest.items()
            if len(sides) == 2 and sides[True] != sides[False] and guesses.get(branch) is None
        }
        known = {branch: side for branch, sides in fewest.items() if len(sides) == 1 for side in sides}
        known |= {branch: side for branch, side in guesses.items() if side is not None} | found
        explained = all(any(known.get(branch) == side for branch, side in path.items()) for path in paths)
        return found if explained else {}

    def _decisive(self, event: Event, positive: dict[Place, tuple[bool | None, bool]]) -> frozenset[Token]:
        """The face results that the grant needs on this path."""
        needed: set[Token] = set(event.face)
        failed: set[Token] = set()
        for fact in event.facts:
            if isinstance(fact, Gate):
                side, decides = positive.get(fact.branch, (None, False))
                if fact.side is not None and side == fact.side:
                    needed |= fact.tokens
                elif side is not None and fact.side is not None and decides:
                    failed |= fact.tokens
        return frozenset(needed - failed)

    def _checks(self, event: Event, kind: str) -> frozenset[Raw]:
        """What was checked on this path that can stand in the face's place."""
        raws = set(event.raws) | {raw for fact in event.facts if isinstance(fact, Check) for raw in fact.raws}
        wanted = {SECRET, TOKEN, STAFF, OPEN} | (set() if kind == SIGN_IN else {SESSION})
        return frozenset(raw for raw in raws if raw[0] in wanted)

    def _checked_here(self, event: Event, kind: str) -> bool:
        """Whether something was checked on this path: who is signed in for all of it decides nothing on a branch."""
        raws = {raw for f in event.facts if isinstance(f, Check) and f.branch is None for raw in f.raws}
        return any(raw[0] != SESSION or raw not in raws for raw in self._checks(event, kind))

    def _factors(self, event: Event, tokens: frozenset[Token]) -> frozenset[Raw]:
        """What was checked besides the face, without what only says whom the face is compared with."""
        about = {raw for token in tokens for raw in self.walker.calls.about.get(token, ())}
        raws = {raw for fact in event.facts if isinstance(fact, Check) and fact.branch is not None for raw in fact.raws}
        found = {raw for raw in raws if raw[0] == SECRET}
        found |= {raw for raw in raws if raw[0] == TOKEN and raw not in about}
        found |= {raw for raw in raws if raw[0] == STAFF and raw[1] in self.words.factors and raw not in about}
        return frozenset(raw for raw in found if raw[0] not in (CLAIM, OPEN))

    def nearest(self, tokens: frozenset[Token]) -> Token:
        """The verifying call that is reached last; of several in one statement the first."""
        clock = self.walker.clock
        last = max(tokens, key=lambda t: (clock.get(t, -1), t.node))
        line = last.func.nodes[last.node].line
        same = [t for t in tokens if t.func is last.func and t.func.nodes[t.node].line == line]
        return min((*same, *(t for t in tokens if self._first(t, last))), key=lambda t: t.node)

    @staticmethod
    def _first(one: Token, other: Token) -> bool:
        """Whether a verifying call stands before another one in the same expression."""
        func = one.func
        if other.func is not func or one.node >= other.node:
            return False
        low, high = func.order[one.node], func.order[other.node]
        between = (node for n, node in enumerate(func.nodes) if low < func.order[n] < high)
        return low < high and all(node.op in (Op.CALL, Op.BRANCH) and not node.statement for node in between)

    # ------------------------------------------------------------------------------------------------- alternatives

    def _other_way(self, root: Func, event: Event, other_root: Func, other: Event) -> bool:
        if not same_kind(event, other):
            return False
        if other_root is root or self.roots.is_live(other_root):
            return True
        return not self.roots.is_live(root) and self.roots.is_beside(other_root, root)

    def _is_step(self, event: Event, gate: Token) -> bool:
        """Whether a promised success is only a step on the way to a grant proper, which is judged itself."""
        if not event.grant.success:
            return False
        func = event.grant.func
        if any(root.name in self.grants.delegates for root in self.roots.of(func)):
            return True
        for _, other in self._events():
            if other.grant.success and other.grant.func is func:
                continue
            tokens = set(other.face) | {t for f in other.facts if isinstance(f, Gate) for t in f.tokens}
            if gate in tokens and (not other.grant.success or self._calls(other.grant.func, func)):
                return True
        return False

    def _calls(self, caller: Func, func: Func) -> bool:
        return any(site.func is caller for site in self.roots.entries.callers(func))

    def _used_otherwise(self, event: Event) -> bool:
        """Whether a caller goes where success leads after another check as well."""
        func = event.grant.func
        for site in self.roots.entries.callers(func):
            visits = self.walker.visits.get(site.func, {})
            for seen in visits.values():
                gated = [f for f in seen if self._from(f, event)]
                if gated and len(gated) < len(seen):
                    rest = [f for f in seen if f not in gated]
                    if all(
                        any(
                            isinstance(x, Check) and any(r[0] in (SECRET, TOKEN, STAFF, OPEN) for r in x.raws)
                            for x in f
                        )
                        for f in rest
                    ):
                        return True
        return False

    @staticmethod
    def _from(facts: Facts, event: Event) -> bool:
        wanted = {(f.branch, f.side) for f in event.facts if isinstance(f, Gate)}
        has = {(f.branch, f.side) for f in facts if isinstance(f, Gate)}
        return bool(wanted) and wanted <= has

    def _refused(self, ways: list[tuple[Func, Event, frozenset[Raw]]]) -> Refusal | None:
        """Where whoever declines is turned away, if every alternative lies behind consent and a face was processed."""
        if not any(SEEN in e.facts or any(isinstance(f, Gate) for f in e.facts) for _, e, _ in ways):
            return None
        found: Refusal | None = None
        for other_root, event, _ in ways:
            refusal = self.declined.before(other_root, event) or self.declined.earlier(event)
            if refusal is None:
                return None
            found = found or refusal
        return found
