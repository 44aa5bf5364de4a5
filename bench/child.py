"""What one command takes: time on the wall, processor time of all its processes, memory of the largest of them.

Knows nothing of what the command does.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: seconds, seconds of all its processes, megabytes of the largest of these."""

    wall: float
    processor: float
    memory: float


def timed(
    command: list[str], folder: Path, text: str | None = None, fine: tuple[int, ...] = (0,)
) -> tuple[Cost, bytes]:
    """Run one command, which may read ``text``, and take what it says on its standard output.

    :raises SystemExit: if it ends with a status that is not fine.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
        given.write((text or "").encode())
        given.seek(0)
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdin=given, stdout=said, stderr=errors)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in fine:
            errors.seek(0)
            shown = errors.read().decode(errors="replace")[-2000:]
            raise SystemExit(f"{' '.join(command)}: exit status {child.returncode}\n{shown}")
        said.seek(0)
        return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), said.read()
