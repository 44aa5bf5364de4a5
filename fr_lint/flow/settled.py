"""Answers to questions that lead to one another, in circles too: each found out once, whoever asks first.

The values of a name lead to those of a parameter, these to the callers, these to names again.  A circle is solved to a
fixed point: begin with "nothing", answer everything in it anew with what was known before, until nothing changes.  So
no answer depends on where the circle was entered, and no question costs more with each step on the way to it.  (Finding
circles depth first: R. Tarjan, 1972; going round one: F. Bourdoncle, *Efficient chaotic iteration strategies with
widenings*, 1993.)

Must not know what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

T = TypeVar("T")

DEEPEST: Final = 160  # questions that wait for one another; what lies deeper is taken for nothing
ROUNDS: Final = 6  # through one circle; few need more than two
_NOWHERE: Final = 1 << 30
_CUT: Final = -1  # further out than any question: an answer that the limit of depth has cut


class Settled:
    """Answers by question; questions are told apart by their keys."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}
        self._open: dict[Hashable, int] = {}  # what waits for an answer -> how deep
        self._loose: dict[Hashable, tuple[Any, int]] = {}  # answers that rest on the former answer of an open question
        self._due: dict[int, list[Hashable]] = {}  # depth of that question -> such answers
        self._former: dict[Hashable, Any] = {}  # what the last round through a circle said
        self._back = _NOWHERE  # the outermost open question that the present one has come back to

    def find(self, key: Hashable, make: Callable[[], T], nothing: T) -> T:
        """The answer to a question, made if it is not known; ``nothing`` while it is being made for the first time."""
        if key in self._known:
            return self._known[key]  # type: ignore[no-any-return]
        loose = self._loose.get(key)
        if loose is not None:
            self._back = min(self._back, loose[1])
            return loose[0]  # type: ignore[no-any-return]
        depth = self._open.get(key)
        if depth is not None:
            self._back = min(self._back, depth)
            return self._former.get(key, nothing)  # type: ignore[no-any-return]
        depth = len(self._open)
        if depth >= DEEPEST:
            self._back = _CUT
            return nothing
        outer = self._back
        self._open[key] = depth
        try:
            answer = self._rounds(key, depth, make, nothing)
            back = self._back
        except BaseException:
            self._drop(depth)
            raise
        finally:
            del self._open[key]
            self._back = outer
            if not self._open:
                self._drop(_CUT)
                self._former.clear()
        if back >= depth or depth == 0:
            self._known[key] = answer
        else:
            self._rests_on(back, key, answer)
            self._back = min(outer, back)
        return answer

    def _rounds(self, key: Hashable, depth: int, make: Callable[[], T], nothing: T) -> T:
        """Make an answer; if it rests on itself, make it and all that rest on it until none changes."""
        for _ in range(ROUNDS):
            self._back = _NOWHERE
            answer = make()
            if self._back != depth:
                break
            members = {each: self._loose[each][0] for each in self._due.get(depth, ())}
            members[key] = answer
            if all(self._former.get(each, nothing) == value for each, value in members.items()):
                break
            self._former.update(members)
            self._drop(depth)
        members_of = self._due.pop(depth, ())
        if self._back < depth:  # a larger circle, closed by somebody further out
            for each in members_of:
                self._rests_on(self._back, each, self._loose[each][0])
        else:
            for each in members_of:
                self._known[each] = self._loose.pop(each)[0]
            self._back = _NOWHERE
        return answer

    def _rests_on(self, depth: int, key: Hashable, answer: object) -> None:
        """Keep an answer as long as the question at this depth is open."""
        self._loose[key] = (answer, depth)
        self._due.setdefault(depth, []).append(key)

    def _drop(self, depth: int) -> None:
        """Forget the answers that rest on the former answer of a question."""
        for each in self._due.pop(depth, ()):
            self._loose.pop(each, None)
