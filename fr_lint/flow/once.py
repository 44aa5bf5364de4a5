"""What is asked for again and again while one expression is evaluated, found out once.

Two questions are asked of what a method is called on, so without this a chain of calls would cost twice as much with
each link.  Nothing is remembered longer than the outermost question takes: what is known of the variables changes from
step to step.

Must not know what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fr_lint.flow.facts import Val
from fr_lint.flow.frames import Frame


class Once:
    """Values by call node and frame."""

    def __init__(self) -> None:
        self._seen: dict[tuple[object, ...], tuple[object, object, Val | None]] | None = None

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Evaluate with nothing remembered, as a function is solved whose states change."""
        seen, self._seen = self._seen, None
        try:
            yield
        finally:
            self._seen = seen

    def find(self, node: int, frame: Frame, make: Callable[[int, Frame], Val | None]) -> Val | None:
        """The value of a call node, made if this evaluation has not made it yet."""
        if frame.loops:
            return make(node, frame)
        if self._seen is None:
            self._seen = {}
            try:
                return make(node, frame)
            finally:
                self._seen = None
        key = (node, frame.func, frame.depth, frame.symbolic, id(frame.env), id(frame.bound))
        known = self._seen.get(key)
        if known is None:
            # the frame's parts are held, so that nothing else gets their identity
            known = self._seen[key] = (frame.env, frame.bound, make(node, frame))
        return known[2]
