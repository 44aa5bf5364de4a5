"""What a project reads like: one hash of the content of all its files.

A file whose size, times and number did not change since it was read is not read again, unless it was that young then
that a change might not show (as Git does it, "racy git" in its technical notes).  Must not know what is in the files.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fr_lint.project.disk import MAX_BYTES, Listing, Stamp, stamp_of

YOUNG: Final = 2_000_000_000  # nanoseconds: a file may change once more within the same tick of a clock

Known = Mapping[str, tuple[Stamp, str]]


@dataclass(frozen=True, slots=True)
class Prints:
    """What was found out of a project; paths are relative to its root."""

    root: str
    whole: str  # the hash of everything
    files: dict[str, tuple[Stamp, str]]  # stamp and hash of each file that is there
    young: frozenset[str]  # those that may have changed again without showing it
    beside: tuple[str, ...]  # the files among them that are no source
    settled: bool  # it reads as it did when it was last looked at

    def hold(self, reads: Iterable[tuple[str, Stamp | None]]) -> bool:
        """Is what was read, path and stamp, what the hash is of, and is all of it settled?"""
        if self.young:
            return False
        for path, stamp in reads:
            known = self.files.get(path)
            if stamp != (known[0] if known is not None else None):
                return False
        return all(
            _now(f"{self.root}/{path}") == (self.files[path][0] if path in self.files else None) for path in self.beside
        )


def prints(root: str, listing: Listing, known: Known) -> Prints:
    """Look at a project; ``known`` is what was settled when it was last looked at."""
    files: dict[str, tuple[Stamp, str]] = {}
    young = set()
    said: list[str] = []
    folders = dict.fromkeys(("", *listing.projects))
    beside = tuple(f"{folder}/pyproject.toml" if folder else "pyproject.toml" for folder in folders)
    for path in dict.fromkeys((*listing.files, *beside)):
        before = known.get(path)
        now = _now(f"{root}/{path}")
        if before is not None and before[0] == now:
            files[path] = before
        elif now is not None and (found := _print(f"{root}/{path}")) is not None:
            files[path] = found[:2]
            if found[2]:
                young.add(path)
        said += (path, files[path][1] if path in files else "")
    links = (part for pair in listing.links for part in pair)
    said += ("", *listing.projects, "", *links, str(listing.truncated))
    whole = hashlib.blake2b("\0".join(said).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()
    return Prints(root, whole, files, frozenset(young), beside, bool(known) and files == known)


def _print(path: str) -> tuple[Stamp, str, bool] | None:
    """Stamp and hash of a file, and is it young; ``None`` if there is no such file."""
    try:
        now = time.time_ns()
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
            about = os.fstat(file.fileno())
    except (OSError, ValueError):
        return None
    young = about.st_mtime_ns + YOUNG > now
    return stamp_of(about), hashlib.blake2b(data, digest_size=20).hexdigest(), young


def _now(path: str) -> Stamp | None:
    try:
        return stamp_of(os.stat(path))
    except (OSError, ValueError):
        return None
