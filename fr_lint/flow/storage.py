"""What becomes of face data that is stored: the stores that it reaches, and the evidence that it leaves them again.

For each storing call of face data: deletions and bounds of the same store anywhere in the project, whether something
reaches them, and whether a deletion in the function itself or in its direct callers can be left out.  It must not know
how a finding is worded, nor law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.carrying import parts
from fr_lint.flow.aged import is_aged
from fr_lint.flow.callview import CallView
from fr_lint.flow.deletions import Deletion, Deletions
from fr_lint.flow.exits import is_for_success_only
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.identity import Verdict, same
from fr_lint.flow.listed_deletions import ListedDeletions
from fr_lint.flow.program import Func
from fr_lint.flow.provenance import Evidence
from fr_lint.flow.readlater import ReadLater
from fr_lint.flow.skipped import Outcome, Paths, Skip
from fr_lint.flow.storecall import StoreCall
from fr_lint.flow.whence import CALL, PLACE, SAID, Origin
from fr_lint.flow.writeback import WriteBack
from fr_lint.ir.model import Element, Item, Name, Op, Result, Slice

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine

MAX_LIFTS: Final = 3  # calls between a function and the deletion that it reaches
MAX_CALLERS: Final = 12
LEAVING: Final = frozenset({"__exit__", "__aexit__", "__del__"})


@dataclass(frozen=True, slots=True)
class Kept:
    """The verdict on one storing call, with the evidence behind it."""

    call: StoreCall
    evidence: Evidence | None
    deleted_by: tuple[Deletion, ...] = ()
    """Deletions and bounds that count."""
    dead: tuple[Deletion, ...] = ()
    """Deletions of the same store that nothing reaches."""
    seeming: tuple[Deletion, ...] = ()
    """Deletions of the same store that do not count: only after a failure, only before the next one."""
    skip: Skip | None = None
    """Of a temporary store: how the deletion can be left out."""

    @property
    def face(self) -> FaceCall | None:
        """The face call that made it face data."""
        return self.evidence.call if self.evidence is not None else None


@dataclass(slots=True)
class _Scope:
    """A function with the place in it at which the store happens, and the deletions of the very same thing in it."""

    func: Func
    node: int
    nodes: set[int] = field(default_factory=set)


class Storage:
    """The stores of face data in a project, memoised."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.calls = engine.store_calls
        self.provenance = engine.provenance
        self.liveness = engine.liveness
        self.deletions = Deletions(engine)
        self.read_later = ReadLater(engine)
        self.writeback = WriteBack(engine, self.deletions)
        self.listed = ListedDeletions(engine)
        self._bound: dict[tuple[Func, int, str], frozenset[Origin]] = {}
        self._kept: dict[Func, tuple[Kept, ...]] = {}

    def of(self, func: Func) -> tuple[Kept, ...]:
        """The storing calls of face data in a function that stay for good or can stay, with their evidence."""
        if func not in self._kept:
            self._kept[func] = tuple(self._search(func))
        return self._kept[func]

    def _search(self, func: Func) -> Iterator[Kept]:
        found: dict[tuple[int, int], Kept] = {}
        for call in self.calls.of(func):
            if not self._is_store(call) or self._is_repeated(call):
                continue
            evidence = self.evidence(call)
            if evidence is None and call.identity.kind != "gallery":
                continue
            if not self._is_due(evidence):
                continue
            place = (call.ir.line, call.ir.col)
            if place not in found or found[place].deleted_by:  # of several stores of one call the one that stays
                kept = self.judge(call, evidence)
                if place not in found or not kept.deleted_by:
                    found[place] = kept
        yield from found.values()

    def _is_repeated(self, call: StoreCall) -> bool:
        """Whether a commit only stores the fields of objects that another call of the function stores."""
        if not any(place.word == "assigned" for place in call.op.data):
            return False
        view = CallView(self.calls.origins, call.func, call.node)
        changed = {base.id if isinstance(base, Name) else "" for base, _ in view.assigned()}
        stored = {
            expr.id
            for other in self.calls.of(call.func)
            if other.action == "store" and other.node != call.node
            for expr in other.data
            if isinstance(expr, Name)
        }
        return bool(changed) and changed <= stored

    def _is_due(self, evidence: Evidence | None) -> bool:
        """Does the policy ask for the deletion of what such a face call made, or another of its chain?"""
        roles = self.engine.policy.roles.retention
        if evidence is None or evidence.call.api.role in roles:
            return evidence is not None or "enrol" in roles
        chains = self.engine.record.chains(evidence.call.func)
        chain = next((chain for chain in chains if evidence.call in chain), [])
        return evidence.image and any(call.api.role in roles for call in chain)

    def _is_store(self, call: StoreCall) -> bool:
        if call.action != "store" or call.memory or call.node in self.liveness.unreachable(call.func):
            return False
        paths = (*call.identity.parts.get("path", ()), *call.identity.parts.get("folder", ()))
        return not (self.engine.entries.is_test(call.func) and any(_of_pytest(text) for text in paths))

    # -------------------------------------------------------------------------------------------------------- face data

    def evidence(self, call: StoreCall) -> Evidence | None:
        """Why what a call stores is face data."""
        own = self.provenance.face_call(call.func, call.node)
        if own is not None and own.api.duty:  # a face call that keeps what it is given
            return Evidence(own, False)
        known = self._looked_up(call)
        neutral = {id(arg.value) for arg in call.ir.args if self.provenance.names.is_neutral(arg.keyword)}
        for loaded, exprs in ((False, call.data), (True, call.files)):
            for expr in exprs:
                if id(expr) in neutral and not loaded:  # a column of names, times or scores
                    continue
                found = self.provenance.face_data(expr, call.func, call.node, loaded=loaded, known=known)
                if found is not None and not (found.image and self._is_text(call)):
                    return found
        return self._written_before(call) or self.read_later.image_at(call) or self._read_later(call)

    def _is_text(self, call: StoreCall) -> bool:
        """A table of text: it names pictures, and holds none."""
        paths = call.identity.parts.get("path", ())
        return bool(paths) and all(text.lower().endswith(self.provenance.names.text_files) for text in paths)

    def _looked_up(self, call: StoreCall) -> frozenset[tuple[Func, int, str]]:
        """Where the objects were looked up that are saved: what they held before is not stored by it."""
        found: set[tuple[Func, int, str]] = set()
        view = CallView(self.calls.origins, call.func, call.node)
        for expr in (e for part, place in call.op.at if part == "model" and not call.handed for e in view.at(place)):
            for origin in self.calls.origins.of(expr, call.func, call.node):
                at = origin.expr.of if isinstance(origin.expr, Element) else origin.expr
                if isinstance(at, Name):
                    found.add((origin.func, -1, at.id))
                elif isinstance(at, Result) and origin.func.nodes[at.node].op == Op.CALL:
                    name = last_name(origin.func.nodes[at.node].value)
                    if not any(word in self.provenance.names.making for word in parts(name)):
                        found.add((origin.func, at.node, name))
        return frozenset(found)

    def _read_later(self, call: StoreCall) -> Evidence | None:
        """Whether the very path that is written, or that the store gives back, is passed to a face call."""
        if call.identity.kind not in ("file", "object", "table") or not self.read_later.may_be_picture(call):
            return None
        said = self.provenance.loaded_results.get((call.func, call.node))
        if said is not None:
            return Evidence(said, True)
        if any(part == "meta" for part, _ in call.op.at):  # a form or the like: does it say where the upload went?
            for expr in call.data:
                for origin in self.calls.origins.of(expr, call.func, call.node):
                    node = origin.expr.node if isinstance(origin.expr, Result) else -1
                    said = self.provenance.loaded_results.get((origin.func, node))
                    if said is not None:
                        return Evidence(said, True)
        read = self.provenance.image_paths
        places = sorted((o for o in self._places(call) if o in read), key=lambda o: (o.func.unit.path, o.node))
        return Evidence(read[places[0]], True) if places else None

    def _written_before(self, call: StoreCall) -> Evidence | None:
        """Whether the file whose content is stored was written with face data, in the same module."""
        if not call.files:
            return None
        speller = self.calls.speller
        read = {s.text for expr in call.files for s in speller.spell(expr, call.func, call.node) if _is_named(s.text)}
        for func in call.func.unit.functions if read else ():
            for other in self.calls.of(func):
                if other.action == "store" and other is not call and not other.files:
                    if other.identity.kind == "file" and read & set(other.identity.parts.get("path", ())):
                        found = self.evidence(other)
                        if found is not None:
                            return found
        return None

    # ---------------------------------------------------------------------------------------------------------- verdict

    def judge(self, call: StoreCall, evidence: Evidence | None) -> Kept:
        """Look for what removes the stored thing again."""
        if call.bounded:
            return Kept(call, evidence, (Deletion.own(call),))
        stores = [call.identity, *self.deletions.moved(call)]
        found = self.deletions.of(stores, call)
        removing = [d for d in found if d.command or (d.call is not None and not _is_rule(d.call))]
        removing = [d for d in removing if d.place[1] not in self.liveness.unreachable(d.place[0])]
        exact = [d for d in removing if self._is_same_thing(call, d)]
        given = self.liveness.above(call.func)
        if self.engine.entries.is_test(call.func):
            given |= {func for func in call.func.unit.functions if self.engine.entries.is_test(func)}
        skip, seeming = self._temporary(call, exact)
        if skip is not None and skip.outcome is Outcome.CLEAN:
            return Kept(call, evidence, tuple(exact))
        without = {(func, node) for func, nodes in seeming.items() for node in nodes}
        counted: list[Deletion] = []
        dead: list[Deletion] = []
        apparent: list[Deletion] = []
        for deletion in found:
            if deletion.place in without:
                apparent.append(deletion)
            elif not self.liveness.is_live(*deletion.place, given=given):
                dead.append(deletion)
            elif self.liveness.is_live(*deletion.place, without, given):
                counted.append(deletion)
            else:
                apparent.append(deletion)
        if skip is not None and skip.outcome is Outcome.LEAK:
            inside = {(func, node) for func, nodes in self._scopes_of(call, exact).items() for node in nodes}
            counted = [d for d in counted if d.place not in inside and self.liveness.is_live(*d.place, inside, given)]
        if not counted:
            counted += self.writeback.of(stores, call) or self.listed.live
        if counted:
            return Kept(call, evidence, tuple(counted), tuple(dead), tuple(apparent))
        leak = skip if skip is not None and skip.outcome is Outcome.LEAK else None
        return Kept(call, evidence, (), tuple(dead), tuple(apparent), leak)

    # -------------------------------------------------------------------------------------------------------- temporary

    def _temporary(self, call: StoreCall, exact: list[Deletion]) -> tuple[Skip | None, dict[Func, set[int]]]:
        """Whether the function or its direct callers delete what was stored, and the deletions that only seem to."""
        lifted = self._scopes_of(call, exact)
        seeming: dict[Func, set[int]] = {}

        def judged(func: Func, node: int) -> Skip:
            nodes = lifted.get(func, {})
            if node in nodes and nodes[node] is None:
                return Skip(Outcome.LEAK, func.nodes[node].line, "exception", frozenset((node,)))
            if nodes.get(node):
                return Skip(Outcome.CLEAN, nodes=frozenset((node,)))
            if not nodes:
                return Skip(Outcome.NONE)
            later = [n for n, handed in nodes.items() if handed]
            never = self.engine.entries.solver.never_returns
            skip = Paths(func, node, set(nodes) - {node}, later, lambda at: never(func, at) is not None).judge()
            if skip.outcome in (Outcome.FAILED, Outcome.OVERWRITTEN):
                seeming.setdefault(func, set()).update(skip.nodes)
            return skip

        own = judged(call.func, call.node)
        if own.outcome in (Outcome.CLEAN, Outcome.LEAK):
            return own, seeming
        sites = [s for s in self.engine.graph.sites(call.func) if not self.engine.entries.is_test(s.func)]
        runners = self.provenance.names.runners
        sites = [s for s in sites if s.call or last_name(s.func.nodes[s.node].value) in runners]  # no mere callback
        outcomes = [judged(site.func, site.node) for site in sites[:MAX_CALLERS]]
        leaks = [skip for skip in outcomes if skip.outcome is Outcome.LEAK]
        clean = [skip for skip in outcomes if skip.outcome is Outcome.CLEAN]
        if leaks:
            return leaks[0], seeming
        if clean:
            return clean[0] if len(clean) == len(outcomes) else Skip(Outcome.LEAK, 0, "caller"), seeming
        return None, seeming

    def _scopes_of(self, call: StoreCall, exact: list[Deletion]) -> dict[Func, dict[int, bool | None]]:
        """Function -> the nodes at which the very same thing is deleted, there or in calls; is it only arranged?

        ``None``: by a context manager that does it only where its block went well.
        """
        found: dict[Func, dict[int, bool | None]] = {}
        front: list[tuple[Func, int, bool | None]] = [(*d.place, d.call is not None and d.call.handed) for d in exact]
        done: set[tuple[Func, int]] = set()
        for _ in range(MAX_LIFTS + 1):
            following: list[tuple[Func, int, bool | None]] = []
            for func, node, handed in front:
                if (func, node) in done:
                    continue
                done.add((func, node))
                found.setdefault(func, {})[node] = handed
                if func is not call.func and func.ir.kind not in ("module", "class"):
                    if func.name in LEAVING and is_for_success_only(func, node):
                        handed = None
                    following += [
                        (
                            site.func,
                            site.node,
                            handed if handed is None else handed or not site.call or func.name in LEAVING,
                        )
                        for site in self.engine.graph.sites(func)
                        if not self.engine.entries.is_test(site.func)
                        and site.node not in self.liveness.unreachable(site.func)
                    ]
            front = following
        return found

    def _is_same_thing(self, call: StoreCall, deletion: Deletion) -> bool:
        """Whether a deletion removes what was just stored, not merely something in the same place."""
        store, other, removing = call.identity, deletion.identity, deletion.call
        if store.kind != "file":
            return same(store, other) is Verdict.YES
        mine = set(store.parts.get("path", ()))
        if any(_is_named(text) for text in mine & set(other.parts.get("path", ()))):
            return True
        if removing is not None and self._is_rotation(removing):
            return False
        folders = [text for text in other.parts.get("folder", ()) if _is_named(text)]
        if any(text.startswith(folder.rstrip("/") + "/") for text in mine for folder in folders):
            return True
        return removing is not None and (
            bool(self._places(call) & self._places(removing)) or self._gives(call, removing)
        )

    def _is_rotation(self, deletion: StoreCall) -> bool:
        """Whether what is deleted was taken out of a list of things stored before: the oldest goes."""
        view = CallView(self.calls.origins, deletion.func, deletion.node)
        taking = self.provenance.names.taking
        for place in () if deletion.handed else (place for part, place in deletion.op.at if part == "path"):
            for expr in view.at(place):
                for origin in self.calls.origins.of(expr, deletion.func, deletion.node):
                    at = origin.expr
                    if isinstance(at, Result) and last_name(origin.func.nodes[at.node].value) in taking:
                        return True
                    inner = at.of if isinstance(at, Element) else None
                    if isinstance(inner, Item) and isinstance(inner.index, Slice):
                        return True
        return False

    def _gives(self, call: StoreCall, deletion: StoreCall) -> bool:
        """Whether what the storing call gives back says what is deleted."""
        return any(
            o.kind in (CALL, SAID) and (o.func, o.node) == (call.func, call.node) for o in self._path_origins(deletion)
        )

    def _places(self, call: StoreCall) -> frozenset[Origin]:
        """Where the path is bound that a call stores to or deletes."""
        memo_key = (call.func, call.node, call.action)
        if memo_key not in self._bound:
            self._bound[memo_key] = frozenset(o for o in self._path_origins(call) if o.kind == PLACE)
        return self._bound[memo_key]

    def _path_origins(self, call: StoreCall) -> Iterator[Origin]:
        view = CallView(self.calls.origins, call.func, call.node)
        for part, place in () if call.handed else call.op.at:
            if part == "path":
                for expr in view.at(place):
                    yield from self.provenance.origins(expr, call.func, call.node, loaded=True)


def _is_rule(call: StoreCall) -> bool:
    """Whether a call bounds a whole store, or removes what is old from it, and not what was just stored."""
    if call.action == "expire":
        return "key" not in call.identity.parts
    return (call.statement is not None and call.statement.ttl) or (call.identity.kind != "file" and is_aged(call))


def _of_pytest(text: str) -> bool:
    """Whether a path lies in a folder that the test runner removes."""
    return any(f":{name}" in text for name in ("tmp_path", "tmpdir", "tmp_path_factory", "tmpdir_factory"))


def _is_named(text: str) -> bool:
    return bool(text.replace("{}", "").strip("/. "))
