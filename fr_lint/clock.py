"""Where the time of a run goes: seconds for each kind of work, its own only, not that of the work inside it.

The clock is that on the wall: asking for the processor's can take longer than what is measured.
Counts nothing until it is started.  Must not know what the work is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MOST = 10  # files that are kept as the slowest


@dataclass(slots=True)
class Times:
    """What was measured: seconds and number of each kind of work, and the files that took longest."""

    seconds: dict[str, float] = field(default_factory=dict)
    number: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def add(self, other: Times) -> None:
        """Count what another process measured."""
        for kind, seconds in other.seconds.items():
            self.seconds[kind] = self.seconds.get(kind, 0.0) + seconds
        self.number.update(other.number)
        self.slowest = sorted([*self.slowest, *other.slowest], reverse=True)[:MOST]

    def file(self, name: str, seconds: float) -> None:
        """Count one file."""
        self.slowest = sorted([*self.slowest, (seconds, name)], reverse=True)[:MOST]


_times: Times | None = None
_inside: list[float] = []  # seconds of the work inside each work that is under way


def start() -> None:
    """Begin to count in this process."""
    global _times  # noqa: PLW0603  # time is the process's
    _times = Times()


def taken() -> Times:
    """What was counted since the last time; nothing where nobody counts."""
    global _times  # noqa: PLW0603
    found = _times
    if found is None:
        return Times()
    _times = Times()
    return found


@contextmanager
def work(kind: str) -> Iterator[None]:
    """Count what is done inside as work of this kind."""
    if _times is None:
        yield
        return
    started = time.perf_counter()
    _inside.append(0.0)
    try:
        yield
    finally:
        whole = time.perf_counter() - started
        own = whole - _inside.pop()
        if _inside:
            _inside[-1] += whole
        _times.seconds[kind] = _times.seconds.get(kind, 0.0) + own
        _times.number[kind] += 1
