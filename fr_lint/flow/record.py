"""The face-processing record of a project against its code: which calls an activity covers, and where each one begins.

Must not know law, nor how a finding is phrased.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from fr_lint.flow.chains import chains
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.program import Func
from fr_lint.flow.storage import Kept
from fr_lint.flow.storecall import StoreCall
from fr_lint.gate import may_store
from fr_lint.project.carriers import carriers

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine
    from fr_lint.policy.model import Processing


class Record:
    """The activities over one program."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._chains: dict[Func, list[list[FaceCall]]] = {}
        self._stores: dict[str, StoreCall | None] = {}

    def chains(self, func: Func) -> list[list[FaceCall]]:
        """The processing chains of a function, whatever its roles; privacy measures are none."""
        if func not in self._chains:
            engine = self.engine
            calls = [c for c in engine.face_calls.of(func) if c.api.duty and not engine.hiding.is_measure(c)]
            self._chains[func] = chains(func, calls, engine.resolver, engine.images)
        return self._chains[func]

    def starts(self, func: Func) -> Iterator[FaceCall]:
        """The calls with which a chain of the function begins on some path."""
        for chain in self.chains(func):
            yield from starts(func, chain)

    @cached_property
    def first_calls(self) -> dict[str, FaceCall]:
        """Activity -> its first face call by path, then line; tests come last.  Activities without one are left out."""
        found: dict[str, FaceCall] = {}
        missing = {each.id for each in self.engine.policy.processing}
        for path in self.call_files():
            unit = self.engine.program.unit(path) if missing else None
            if unit is None:
                continue
            calls = [call for func in unit.functions for chain in self.chains(func) for call in chain]
            for call in sorted(calls, key=lambda call: (call.ir.line, call.ir.col)):
                for activity in self.engine.activities(call.func):
                    found.setdefault(activity.id, call)
                    missing.discard(activity.id)
        return found

    def call_files(self) -> list[str]:
        """The files that may hold face calls, tests last."""
        sources = self.engine.sources
        files = set(self.engine.face_files())
        named = carriers(sources)
        if named is not None:
            files.update(sources.matching(named))
        return sorted(files, key=lambda path: (sources.is_test(path), path))

    def first_store(self, activity: Processing) -> StoreCall | None:
        """The first place, by path, then line, at which face data of an activity is stored; tests come last."""
        if activity.id not in self._stores:
            self._stores[activity.id] = next((kept.call for kept in self.stored(activity)), None)
        return self._stores[activity.id]

    def stored(self, activity: Processing) -> Iterator[Kept]:
        """Where face data of an activity is stored, by path, then line; tests come last."""
        sources, engine = self.engine.sources, self.engine
        files = {*self.call_files(), *sources.fitting(may_store)}
        for path in sorted(files, key=lambda path: (sources.is_test(path), path)):
            unit = engine.program.unit(path)
            for func in unit.functions if unit is not None else ():
                found = [kept for kept in engine.storage.of(func) if self._is_of(activity, kept)]
                yield from sorted(found, key=lambda kept: (kept.call.ir.line, kept.call.ir.col))

    def _is_of(self, activity: Processing, kept: Kept) -> bool:
        """Does a store belong to an activity: by its own code, or by that of the face call behind it?"""
        functions = [kept.call.func] if kept.face is None else [kept.call.func, kept.face.func]
        return any(activity in self.engine.activities(func) for func in functions)

    def first_call(self, activity: Processing) -> FaceCall | None:
        """Where what is to be said of a whole activity stands."""
        return self.first_calls.get(activity.id)


def starts(func: Func, chain: Sequence[FaceCall]) -> list[FaceCall]:
    """The calls of a chain that some path from the function's entry meets before any other of them."""
    members = {call.node: call for call in chain}
    if len(members) == 1:
        return list(chain)
    found: list[FaceCall] = []
    seen = {0}
    stack = [0]
    while stack:
        number = stack.pop()
        if number in members:
            found.append(members[number])
            continue
        node = func.nodes[number]
        for successor in (*node.succ, node.exc) if node.exc >= 0 else node.succ:
            if successor not in seen:
                seen.add(successor)
                stack.append(successor)
    return sorted(found, key=lambda call: call.node) or list(chain[:1])
