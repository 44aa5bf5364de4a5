"""Which files are worth reading for a question about a name: a glance at the text before it is parsed.

A file that only defines a function of the same name calls nobody else's.  Each answer errs towards too many files: what
it leaves out cannot hold what is looked for, however it is laid out.  Must not know what a name stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from re import Pattern
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fr_lint.project.sources import Sources

_SPACE = r"(?:\s|\\\n)*"  # what may stand around a dot
_STARS = re.compile(r"\bimport\s*\*")


class Glances:
    """Answers for one project, memoised; paths in order."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._found: dict[tuple[Callable[[str], Pattern[str]], str], tuple[str, ...]] = {}

    def reading(self, name: str) -> tuple[str, ...]:
        """The files that may read an attribute of this name, in whatever way."""
        return self._matching(_attribute, name)

    def importing(self, name: str) -> tuple[str, ...]:
        """The files that may read a name that another module binds: by import, as an attribute, by its text."""
        return self._matching(_imported, name)

    def deriving(self, name: str) -> tuple[str, ...]:
        """The files that may hold a class below a class of this name, or give that class another name."""
        return self._matching(_derived, name)

    def defining(self, name: str) -> tuple[str, ...]:
        """The files that may define a method of this name."""
        return self._matching(_defined, name)

    def storing(self, name: str) -> tuple[str, ...]:
        """The files that may assign an attribute of this name on an object."""
        return self._matching(_stored, name)

    def binds(self, path: str, name: str) -> bool:
        """Whether a module may bind a name."""
        if path in self.sources.with_word(name):
            return True
        text = self.sources.text(path)
        return text is not None and _STARS.search(text) is not None

    def _matching(self, pattern: Callable[[str], Pattern[str]], name: str) -> tuple[str, ...]:
        memo_key = (pattern, name)
        if memo_key not in self._found:
            search = pattern(re.escape(name)).search
            self._found[memo_key] = tuple(
                path
                for path in self.sources.with_word(name)
                if (text := self.sources.text(path)) is not None and (search(text) or not text.isascii())
            )
        return self._found[memo_key]


@cache
def _attribute(name: str) -> Pattern[str]:
    return re.compile(rf"\.{_SPACE}{name}\b|[\"']{name}[\"']")


@cache
def _imported(name: str) -> Pattern[str]:
    return re.compile(
        rf"\.{_SPACE}{name}\b|[\"']{name}[\"']|\bimport\s*\*"
        rf"|\bimport\b{_SPACE}(?:\([^)]*\b{name}\b|(?:[^\n()\\]|\\\n)*\b{name}\b)"
    )


@cache
def _derived(name: str) -> Pattern[str]:
    header = rf"\bclass\s+\w+{_SPACE}[(\[](?:[^:\"']|\"[^\"\n]*\"|'[^'\n]*')*?\b{name}\b"
    return re.compile(
        rf"{header}|\b{name}\s+as\s|=\s*\(?(?:[\w.]+\.\s*)?{name}\b\s*\)?[ \t]*(?:[#;\\]|$)", re.MULTILINE
    )


@cache
def _defined(name: str) -> Pattern[str]:
    return re.compile(rf"\bdef\s+{name}\b")


@cache
def _stored(name: str) -> Pattern[str]:
    after = r"(?:[^\n=]*[^\n=!<>]=(?!=)|\s*=(?!=)|[\s,)\]]*(?:#[^\n]*)?\\?$|\s+in\b|\s*:)"
    return re.compile(rf"\.{_SPACE}{name}\b{after}|setattr", re.MULTILINE)
