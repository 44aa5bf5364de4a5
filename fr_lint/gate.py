"""The text gate: can this text concern us at all?  Answered without reading the catalogue or a line of Python.

A word counts where no letter or digit continues it: ``dlib`` is not found in ``stdlib``, but ``face_recognition`` is
in ``face_recognition_models``.  The quick way through is a substring search for each word, or the part that many words
share; only where one is there does a regular expression look closer.  Must not know what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from typing import Final

from fr_lint.catalogue.gate_words import BESIDE, FACE, FACEISH, KEEPING, PHRASES, RELATED, STORING

MARK: Final = "fr-lint"  # by which a comment speaks to the linter
_ADDRESSED: Final = re.compile(f"#[^\r\n]*{MARK}", re.IGNORECASE)
_LEFT: Final = r"(?<![A-Za-z0-9])"
_RIGHT: Final = r"(?![A-Za-z0-9])"
_IMPORTED: Final = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)(?=[ \t\n])", re.MULTILINE)
_PHRASES: Final = re.compile("|".join("[ _-]?".join(phrase.split()) for phrase in PHRASES) or "(?!)")


class Gate(IntEnum):
    """What a text may hold."""

    NOTHING = 0
    FACE = 1  # it may obtain or call a face API: read it
    RELATED = 2  # it may matter if another file of the project processes faces


def may_store(text: str) -> bool:
    """Can the text hold a call that keeps something?  Asked only where the project processes faces elsewhere."""
    return _stores().search(text) is not None


@cache
def _stores() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(STORING)})\b\s*[(,)]|\b(?:{'|'.join(KEEPING)})\b")


def passes(text: str, own: re.Pattern[str] | None = None) -> Gate:
    """The verdict on one text; ``own`` finds the face calls that the project's policy adds (see :func:`wrappers`)."""
    lower = text.lower()
    if _face(text, lower) or (own is not None and own.search(text)):
        return Gate.FACE
    return Gate.RELATED if _related(lower) else Gate.NOTHING


def has_face(text: str) -> bool:
    """Is the verdict :attr:`Gate.FACE`?"""
    return _face(text, text.lower())


def is_related(text: str) -> bool:
    """Does the text speak of consent, whatever else it holds?"""
    return _related(text.lower())


def is_addressed(text: str) -> bool:
    """Can a comment of this text speak to the linter?"""
    return MARK in text.lower() and _ADDRESSED.search(text) is not None


def _face(text: str, lower: str) -> bool:
    for part in FACE:
        if part in lower:
            if not _closer.cache_info().currsize and _imports(text, part):  # the first file
                return True
            for closer in _closer(part):
                if closer.search(text):
                    return True
    return False


def _related(lower: str) -> bool:
    for word in RELATED:
        if word in lower:
            return True
    if _PHRASES.search(lower):
        return True
    return any(word in lower for word in BESIDE) and any(word in lower for word in FACEISH)


def wrappers(names: Iterable[str]) -> re.Pattern[str] | None:
    """What finds the face calls of a policy (``[[api]] name``, with ``*`` for any characters); ``None`` for none."""
    words = set()
    for name in names:
        told = next((part for part in reversed(name.split(".")) if part.strip("*")), "")
        if told:
            words.add("".join(r"\w*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", told)))
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(words))})(?!\w)") if words else None


def _imports(text: str, part: str) -> bool:
    """Is one of the words imported as it stands?  Told more quickly than what looks closer is compiled."""
    return not set(_IMPORTED.findall(text)).isdisjoint(FACE[part])


@cache
def _closer(part: str) -> list[re.Pattern[str]]:
    """What finds the words around a part, for each spelling of the part, with which the pattern begins."""
    spellings: dict[str, dict[str, list[str]]] = {}
    for word in FACE[part]:
        start = word.lower().index(part)
        head, middle, tail = word[:start], word[start : start + len(part)], word[start + len(part) :]
        after = re.escape(tail) + (_RIGHT if word[-1].isalnum() else "")
        spellings.setdefault(middle, {}).setdefault(head, []).append(after)
    return [
        re.compile(f"{re.escape(middle)}(?:{'|'.join(_around(head, middle, tails) for head, tails in heads.items())})")
        for middle, heads in spellings.items()
    ]


def _around(head: str, middle: str, tails: list[str]) -> str:
    before = f"(?<={_LEFT if (head + middle)[0].isalnum() else ''}{re.escape(head + middle)})"
    return f"{before}(?:{'|'.join(tails)})"
