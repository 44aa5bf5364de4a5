"""Answers to questions that lead to further questions of the same kind, and sometimes round in a circle.

An answer is kept for good only if it was found without giving up anywhere, so that it does not depend on what was asked
before; what else was found on the way serves the one question that is being answered.  So a circle costs no more than a
line, and the order of questions changes nothing.  It must not know what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_DEEP: Final = object()  # what was given up for want of depth or patience

STEPS: Final = 4000  # for one question from outside


class Memo(Generic[K, V]):
    """Memoised answers; ``nothing`` is the answer where a question is being answered already, or goes too deep."""

    def __init__(self, nothing: V, deepest: int) -> None:
        self._nothing = nothing
        self._deepest = deepest
        self._exact: dict[K, V] = {}
        self._outer: dict[K, V] = {}
        self._inner: dict[K, tuple[V, frozenset[object]]] = {}
        self._waiting: dict[object, list[K]] = {}  # a question -> the inner answers that were cut short by it
        self._busy: dict[K, None] = {}
        self._hits: set[object] = set()
        self._steps = 0

    def ask(self, key: K, find: Callable[[], V]) -> V:
        """The answer for a key, found by ``find`` if it is not known."""
        if key in self._exact:
            return self._exact[key]
        if not self._busy:
            if key in self._outer:
                return self._outer[key]
            self._steps = 0
        elif key in self._inner:
            value, hits = self._inner[key]
            self._hits |= hits
            return value
        if key in self._busy:
            self._hits.add(key)
            return self._nothing
        if len(self._busy) >= self._deepest or self._steps >= STEPS:
            self._hits.add(_DEEP)
            return self._nothing
        return self._find(key, find)

    def _find(self, key: K, find: Callable[[], V]) -> V:
        outside, self._hits = self._hits, set()
        self._busy[key] = None
        self._steps += 1
        try:
            value = find()
        finally:
            del self._busy[key]
            hits = self._hits - {key}
            self._hits = outside | hits
        for each in self._waiting.pop(key, ()):
            self._inner.pop(each, None)
        if not hits:
            self._exact[key] = value
        elif self._busy:
            self._inner[key] = value, frozenset(hits)
            for hit in hits:
                self._waiting.setdefault(hit, []).append(key)
        if not self._busy:
            self._outer[key] = value
            self._inner.clear()
            self._waiting.clear()
            self._hits = set()
        return value
