"""The files of a large project read in portions, so that several processes can share the reading.

What is read of a portion can be sent to another process that was forked from the same one.  Must not know who runs the
processes, nor what the texts are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fr_lint.project.disk import Stamp, stamped
from fr_lint.project.words import Index, add


@dataclass(slots=True)
class Portion:
    """What was read of some files, given by their paths below the root."""

    reads: list[tuple[str, Stamp | None]] = field(default_factory=list)
    prints: dict[str, int] = field(default_factory=dict)  # the ``hash`` of each text: of this process and its forks
    words: Index = field(default_factory=dict)
    fitting: list[str] = field(default_factory=list)  # the files whose text fits


def portion(root: Path, paths: Sequence[str], first: int, fits: Callable[[str], bool]) -> Portion:
    """Read files, the first of which has the number ``first``."""
    found = Portion()
    for number, path in enumerate(paths, first):
        text, stamp = stamped(f"{root}/{path}")
        found.reads.append((path, stamp))
        if text is None:
            continue
        found.prints[path] = hash(text)
        add(found.words, number, text)
        if fits(text):
            found.fitting.append(path)
    return found
