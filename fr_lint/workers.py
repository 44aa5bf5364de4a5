"""Work handed out to several processes, and what becomes of it if one of them dies.

Where processes can be forked safely, one of them, the leader, may first find out what concerns everything, and those
that do the work begin with it.  Must not know what the work is.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

Got = TypeVar("Got")
Each = TypeVar("Each")
Share = Sequence[str]


@dataclass(frozen=True, slots=True)
class Task(Generic[Got]):
    """What is done with the names in a process that was started for it; all of it can be sent to a process."""

    start: Callable[[], None]  # before the first share
    work: Callable[[Share], Got]
    failed: Callable[[str], Got]  # in the asking process: the process that had this name alone died


def forks() -> bool:
    """Can a process be forked that has begun?  On macOS the system's own libraries may have threads."""
    return "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"


def handed_out(task: Task[Got], shares: Sequence[Share], jobs: int) -> Iterator[tuple[Share, Got]]:
    """What was got for each share, as it comes.  Whoever dies over a share costs one name at most."""
    lost: list[Share] = []
    with pool_of(jobs, task.start) as pool:
        asked: dict[Future[Got], Share] = {}
        for share in shares:
            try:
                asked[pool.submit(task.work, share)] = share
            except BrokenProcessPool:  # one died before all was handed out
                lost.append(share)
        waiting = set(asked)
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    yield asked[future], future.result()
                except BrokenProcessPool:
                    lost.append(asked[future])
    for name in sorted(name for share in lost for name in share):
        yield [name], _alone(task, name)


def led(lead: Callable[[], Iterator[tuple[Share, Got]]]) -> Iterator[tuple[Share, Got]]:
    """What a forked process gets, as it comes; ends early if that process dies."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    leader = context.Process(target=_send, args=(lead, theirs))
    leader.start()
    theirs.close()
    try:
        while True:
            yield ours.recv()
    except (EOFError, OSError):
        return
    finally:
        ours.close()
        leader.join()


def _send(lead: Callable[[], Iterator[tuple[Share, Got]]], to: Connection) -> None:
    for each in lead():
        to.send(each)
    to.close()


def _alone(task: Task[Got], name: str) -> Got:
    """One name in a process of its own: somebody died over it or over a neighbour."""
    with pool_of(1, task.start) as pool:
        try:
            return pool.submit(task.work, [name]).result()
        except BrokenProcessPool:
            return task.failed(name)


def pool_of(jobs: int, start: Callable[[], None] | None = None) -> ProcessPoolExecutor:
    """So many processes, forked where that is safe; each begins with ``start``."""
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("fork" if forks() else None), start)
