"""Commands of an operating system that remove files, read from ``data/commands.toml``.  Must not know programs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

_JOINTS: Final = frozenset(("&&", "||", ";", "|", "&"))


@dataclass(frozen=True, slots=True)
class Commands:
    """The lists; what each is for stands in the data file."""

    runners: frozenset[str]
    shells: frozenset[str]
    before: frozenset[str]
    remove: Mapping[str, frozenset[str]]
    search: Mapping[str, frozenset[str]]

    def removed(self, words: Sequence[str]) -> Iterator[tuple[str, bool]]:
        """What the words of a command remove: paths, each with whether all below it goes as well."""
        part: list[str] = []
        for word in (*words, ";"):
            if word in _JOINTS or word.endswith(";"):
                yield from self._one(part + ([word[:-1]] if word not in _JOINTS and word[:-1] else []))
                part = []
            else:
                part.append(word)

    def _one(self, words: Sequence[str]) -> Iterator[tuple[str, bool]]:
        while words and words[0] in self.before:
            words = words[1:]
        if not words:
            return
        name, rest = words[0].rpartition("/")[2], list(words[1:])
        if name in self.shells and any(word in ("-c", "/c") for word in rest):
            at = next(place for place, word in enumerate(rest) if word in ("-c", "/c"))
            yield from self.removed([each for text in rest[at + 1 :] for each in text.split()])
        elif name in self.remove and (not self.remove[name] or self.remove[name] & set(rest)):
            deep = any(word.startswith("-") and "r" in word.lower() for word in rest) or name == "rd"
            yield from ((word.strip("'\""), deep) for word in rest if not word.startswith("-") and word != "/s")
        elif name in self.search and (not self.search[name] or self.search[name] & set(rest)):
            places = rest if name != "find" else rest[: next((n for n, w in enumerate(rest) if w[:1] == "-"), 0)]
            yield from ((word.strip("'\""), True) for word in places if word[:1] in "/.{~" or "/" in word)


@cache
def commands() -> Commands:
    """The data that ships with the package."""
    text = resources.files("fr_lint.catalogue").joinpath("data/commands.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Commands(
        frozenset(data["runners"]),
        frozenset(data["shells"]),
        frozenset(data["before"]),
        {name: frozenset(options) for name, options in data["remove"].items()},
        {name: frozenset(options) for name, options in data["search"].items()},
    )
