"""Stores and deletions by what identifies them, so that one is compared only with those that can be the same.

Equal identities are compared once.  Files whose names are known are found by name: two different known names are two
files, whatever their folders are (see :func:`fr_lint.flow.identity.path_alike`).  Must not know programs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from fr_lint.flow.identity import Identity, Verdict, same

T = TypeVar("T")
Key = tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]


def key(identity: Identity) -> Key:
    """Equal for equal identities."""
    return identity.kind, tuple(sorted((part, tuple(texts)) for part, texts in identity.parts.items()))


class Shelves(Generic[T]):
    """Things with identities, in the order in which they were put there."""

    def __init__(self, things: Iterable[tuple[Identity, T]]) -> None:
        self._things: list[T] = []
        self._places: dict[Key, list[int]] = {}
        self._identities: dict[Key, Identity] = {}
        self._named: dict[str, list[Key]] = {}  # last part of a path -> files of that name
        self._other: dict[str, list[Key]] = {}  # kind -> what has to be compared one by one
        self._memo: dict[Key, tuple[tuple[int, Verdict], ...]] = {}
        for identity, thing in things:
            self._put(identity, thing)

    def _put(self, identity: Identity, thing: T) -> None:
        memo_key = key(identity)
        if memo_key not in self._places:
            self._places[memo_key] = []
            self._identities[memo_key] = identity
            names = _names(identity, ("path",)) if not set(identity.parts) & {"folder", "field"} else None
            if names is None:
                self._other.setdefault(identity.kind, []).append(memo_key)
            for name in names or ():
                self._named.setdefault(name, []).append(memo_key)
        self._places[memo_key].append(len(self._things))
        self._things.append(thing)

    def like(self, store: Identity) -> list[tuple[int, T, Verdict]]:
        """What may remove from a store, with its place in the order and the verdict; what cannot is left out."""
        memo_key = key(store)
        if memo_key not in self._memo:
            names = _names(store, ("path", "folder"))
            near = [each for name in names or () for each in self._named.get(name, ())]
            if names is None and store.kind == "file":
                near = [each for named in self._named.values() for each in named]
            found: list[tuple[int, Verdict]] = []
            for each in dict.fromkeys((*near, *self._other.get(store.kind, ()))):
                verdict = same(store, self._identities[each])
                if verdict is not Verdict.NO:
                    found.extend((place, verdict) for place in self._places[each])
            self._memo[memo_key] = tuple(sorted(found))
        return [(place, self._things[place], verdict) for place, verdict in self._memo[memo_key]]


def _names(identity: Identity, parts: tuple[str, ...]) -> frozenset[str] | None:
    """The names of files, if all are known; ``None`` if some are not, or if it is no file."""
    paths = [path for part in parts for path in identity.parts.get(part, ())]
    if identity.kind != "file" or not paths:
        return None
    names = frozenset(path.replace("\\", "/").rstrip("/").rpartition("/")[2].strip().lower() for path in paths)
    known = not any(not name.strip(".") or "{" in name for name in names) and not any("{**}" in path for path in paths)
    return names if known else None
