"""The text gate: can this text concern us at all?  Answered without reading the catalogue or a line of Python.

A word counts where no letter or digit continues it: ``dlib`` is not found in ``stdlib``, but ``face_recognition`` is
in ``face_recognition_models``.  The quick way through is a substring search for each word, or the part that many words
share; only where one is there does a regular expression look closer.  Must not know what the words mean.
"""

from __future__ import annotations

import os
import re
from enum import IntEnum
from functools import cache
from typing import Final

from fr_lint.catalogue.gate_words import FACE, RELATED

_LEFT: Final = r"(?<![A-Za-z0-9])"
_RIGHT: Final = r"(?![A-Za-z0-9])"


class Gate(IntEnum):
    """What a text may hold."""

    NOTHING = 0
    FACE = 1  # it may obtain or call a face API: read it
    RELATED = 2  # it may matter if another file of the project processes faces


def passes(text: str, own: re.Pattern[str] | None = None) -> Gate:
    """The verdict on one text; ``own`` finds the face calls that the project's policy adds (see :func:`wrappers`)."""
    for part in FACE:
        if part in text and _closer(part).search(text):
            return Gate.FACE
    if own is not None and own.search(text):
        return Gate.FACE
    lower = text.lower()
    for word in RELATED:
        if word in lower:
            return Gate.RELATED
    return Gate.NOTHING


def has_face(text: str) -> bool:
    """Is the verdict :attr:`Gate.FACE`?"""
    return any(part in text and _closer(part).search(text) for part in FACE)


@cache
def wrappers(policy: str) -> re.Pattern[str] | None:
    """What finds the face calls that a policy file adds (``[[api]] name``); ``None`` for none or an unreadable file.

    Whether the policy is right is not asked here.
    """
    import tomllib  # only here: few projects have a policy

    try:
        with open(policy, "rb") as file:
            table = tomllib.load(file)
    except (OSError, ValueError):
        return None
    if os.path.basename(policy) == "pyproject.toml":
        table = table.get("tool", {}).get("fr-lint", {})
    entries = table.get("api", ())
    names = (entry.get("name") for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()
    words = sorted({name.rpartition(".")[2] for name in names if isinstance(name, str)})
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None


@cache
def _closer(part: str) -> re.Pattern[str]:
    """A pattern that finds the words around a part: the part itself, what stands before it, then what follows."""
    heads: dict[str, list[str]] = {}
    for word in FACE[part]:
        head, _, tail = word.partition(part)
        heads.setdefault(head, []).append(re.escape(tail) + (_RIGHT if word[-1].isalnum() else ""))
    groups = (f"{_before(head, part)}(?:{'|'.join(tails)})" for head, tails in heads.items())
    return re.compile(f"{re.escape(part)}(?:{'|'.join(groups)})")


def _before(head: str, part: str) -> str:
    return f"(?<={_LEFT if (head + part)[0].isalnum() else ''}{re.escape(head + part)})"
