"""What the free texts of a policy say: placeholders, periods without an end, places.

The words are in ``data/words.toml``; places are in the packs.  Must not know programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Final

_PART: Final = re.compile(r"[^\W\d_]+|\d+")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FAR: Final = 36_500  # days: a hundred years are no period


@cache
def _words() -> dict[str, frozenset[str]]:
    import tomli

    table = tomli.loads((files("fr_lint.policy") / "data" / "words.toml").read_text(encoding="utf-8"))
    return {name: frozenset(_singular(word) for word in words) for name, words in table.items()}


def parts(text: str) -> list[str]:
    """The words of a text in lower case, without regard to hyphens, underscores and camel case."""
    return [_singular(part) for part in _PART.findall(_CAMEL.sub(" ", text).lower())]


def is_placeholder(text: str) -> bool:
    """Does a text that should say something say nothing?"""
    found = parts(text)
    words = _words()
    if any(word in text for word in words["placeholders-chinese"]):
        return len(re.sub(r"\W", "", text)) <= 8
    return not any(len(part) > 1 and part not in words["placeholders"] and not part.isdigit() for part in found)


def is_unbounded(until: str) -> bool:
    """Is the end of a period none: forever, never, until further notice, or nothing at all?"""
    words = _words()
    if is_placeholder(until) or any(word in until for word in words["unbounded-chinese"]):
        return True
    found = parts(until)
    telling = words["unbounded"] | words["unbounded-no"]
    known = telling | words["unbounded-beside"]
    return any(part in telling for part in found) and all(part in known for part in found)


def is_far(days: int | None) -> bool:
    """A number of days that is no period at all."""
    return days is not None and days >= _FAR


class Setting:
    """Where the cameras are, in somebody's own words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._parts = parts(text)

    def barred(self, places: Iterable[str]) -> str:
        """The first of the places that the text names as its own; empty if none."""
        return next((place for place, at in self._named(places) if not self._only_near(at)), "")

    def public(self, places: Iterable[str], own: Iterable[str]) -> str:
        """The first of the places that the text names, unless it names one of its owner's own."""
        if next(self._named(own), None) is not None:
            return ""
        return next((place for place, _ in self._named(places)), "")

    def _named(self, places: Iterable[str]) -> Iterator[tuple[str, int]]:
        for place in sorted(places):
            wanted = parts(place)
            if not place.isascii():
                if place in self.text:
                    yield place, 0
                continue
            for at in range(len(self._parts) - len(wanted) + 1):
                if self._parts[at : at + len(wanted)] == wanted:
                    yield place, at
                    break

    def _only_near(self, at: int) -> bool:
        """``corridor outside the changing rooms``: the word before says that it is not inside."""
        return any(part in _words()["outside"] for part in self._parts[max(0, at - 3) : at])


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
