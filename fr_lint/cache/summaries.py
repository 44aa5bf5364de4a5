"""Summaries of texts that are kept from run to run: which words a project's files hold, and which of them name a face.

They are kept in portions, each under what its files hold: after an edit one portion is read again.  Must not know what
the words are for.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fr_lint.cache.current import current, maker
from fr_lint.project.naming import names_face
from fr_lint.project.portions import Portion, portion, portions
from fr_lint.project.prints import Prints


def summaries(root: Path, paths: Sequence[str], project: Prints) -> Iterator[Portion]:
    """The summaries of these files, in portions, in order."""
    for first, some in portions(paths):
        yield summary(root, some, first, project)


def summary(root: Path, paths: Sequence[str], first: int, project: Prints) -> Portion:
    """The summary of one portion: the one that was kept, or a new one, which is kept if it is of what was looked at."""
    store = current()
    if store is None:
        return portion(root, paths, first, names_face)
    said = (part for path in paths for part in (path, project.files[path][1] if path in project.files else ""))
    name = store.name("summary", maker(), str(first), *said)
    data = store.get(name)
    if data is not None:
        try:
            return _read(json.loads(data))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            store.drop(name)
    found = portion(root, paths, first, names_face)
    if project.hold(found.reads):
        store.put(name, json.dumps(_written(found)).encode())
    return found


def _written(found: Portion) -> list[Any]:
    words = {word: each if isinstance(each, int) else list(each) for word, each in found.words.items()}
    return [found.texts, words, found.fitting]


def _read(table: list[Any]) -> Portion:
    """What was kept.  It counts as no reading: that it holds is what its name says."""
    texts, words, fitting = table
    index = {str(word): each if isinstance(each, int) else array("I", each) for word, each in words.items()}
    return Portion([], dict(texts), index, [str(path) for path in fitting])
