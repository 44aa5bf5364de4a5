"""The files of a large project read in portions: what their texts say, without the texts.

A portion can be sent to another process, or kept for another run.  Must not know who does either, nor what the texts
are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final

from fr_lint.project.disk import Stamp, stamped
from fr_lint.project.words import Index, add

SIZE: Final = 400  # files


@dataclass(slots=True)
class Portion:
    """What was read of some files, given by their paths below the root."""

    reads: list[tuple[str, Stamp | None]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)  # the :func:`digest` of each
    words: Index = field(default_factory=dict)
    fitting: list[str] = field(default_factory=list)  # the files whose text fits


def portions(paths: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """The portions of a project, each with the number of its first file."""
    for first in range(0, len(paths), SIZE):
        yield first, paths[first : first + SIZE]


def portion(root: Path, paths: Sequence[str], first: int, fits: Callable[[str], bool]) -> Portion:
    """Read files, the first of which has the number ``first``."""
    found = Portion()
    for number, path in enumerate(paths, first):
        text, stamp = stamped(f"{root}/{path}")
        found.reads.append((path, stamp))
        if text is None:
            continue
        found.texts[path] = digest(text)
        add(found.words, number, text)
        if fits(text):
            found.fitting.append(path)
    return found


def digest(text: str) -> str:
    """A hash that stands for a text from run to run."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
