"""Which files are worth reading for a question about a name: a glance at the text before it is parsed.

A file that only defines a function of the same name calls nobody else's.  Each answer errs towards too many files: what
it leaves out cannot hold what is looked for, however it is laid out.  A text is searched once for all names.  Must not
know what a name stands for.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

if TYPE_CHECKING:
    from fr_lint.project.sources import Sources

Look = Callable[[str], Iterator[str]]
_ANY: Final = "*"  # stands for every name
_SPACE: Final = r"(?:\s|\\\n)*"  # what may stand around a dot
_WORD: Final = re.compile(r"[^\W\d]\w*")
_STARS: Final = re.compile(r"\bimport\s*\*")
_ATTRIBUTE: Final = re.compile(rf"\.{_SPACE}([^\W\d]\w*)|[\"']([^\W\d]\w*)(?=[\"'])")
_IMPORT: Final = re.compile(rf"\bimport\b{_SPACE}(?=(\([^)]*|(?:[^\n()\\]|\\\n)*))")
_HEADER: Final = re.compile(rf"\bclass\s+\w+{_SPACE}[(\[](?=((?:[^:\"']|\"[^\"\n]*\"|'[^'\n]*')*))")
_RENAMED: Final = re.compile(
    r"\b([^\W\d]\w*)\s+as\s|=\s*\(?(?:[\w.]+\.\s*)?([^\W\d]\w*)(?=\s*\)?[ \t]*(?:[#;\\]|$))", re.MULTILINE
)
_DEFINED: Final = re.compile(r"\bdef\s+(\w+)")
_AFTER: Final = r"(?:[^\n=]*[^\n=!<>]=(?!=)|\s*=(?!=)|[\s,)\]]*(?:#[^\n]*)?\\?$|\s+in\b|\s*:)"
_GIVEN: Final = re.compile(r"\bself\.([^\W\d]\w*)(?=\s*[:=](?!=))")
_STORED: Final = re.compile(rf"\.{_SPACE}([^\W\d]\w*)\b(?={_AFTER})", re.MULTILINE)


class Glances:
    """Answers for one project, memoised; paths in order."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._found: dict[tuple[Look, str], tuple[str, ...]] = {}
        self._named: dict[tuple[Look, str], frozenset[str] | None] = {}

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

    def giving(self, name: str) -> tuple[str, ...]:
        """The files that assign an attribute of this name on ``self``."""
        return self._matching(_given, name)

    def binds(self, path: str, name: str) -> bool:
        """Whether a module may bind a name."""
        if path in self.sources.with_word(name):
            return True
        text = self.sources.text(path)
        return text is not None and _STARS.search(text) is not None

    def _matching(self, look: Look, name: str) -> tuple[str, ...]:
        memo_key = (look, name)
        if memo_key not in self._found:
            self._found[memo_key] = tuple(
                path
                for path in self.sources.with_word(name)
                if (names := self._names(look, path)) is None or name in names
            )
        return self._found[memo_key]

    def _names(self, look: Look, path: str) -> frozenset[str] | None:
        """What a look finds in a file; ``None`` if it may be any name."""
        memo_key = (look, path)
        if memo_key not in self._named:
            text = self.sources.text(path)
            if text is None:
                self._named[memo_key] = frozenset()
            else:
                found = frozenset(map(sys.intern, look(text)))
                if not text.isascii():  # one identifier has several spellings, of which Python takes this one
                    found |= frozenset(map(sys.intern, look(normalize("NFKC", text))))
                self._named[memo_key] = None if _ANY in found else found
        return self._named[memo_key]


def _attribute(text: str) -> Iterator[str]:
    for name, quoted in _ATTRIBUTE.findall(text):
        yield name or quoted


def _imported(text: str) -> Iterator[str]:
    yield from _attribute(text)
    for names in _IMPORT.findall(text):
        yield from _WORD.findall(names)
    if _STARS.search(text):
        yield _ANY


def _derived(text: str) -> Iterator[str]:
    for bases in _HEADER.findall(text):
        yield from _WORD.findall(bases)
    for renamed, bound in _RENAMED.findall(text):
        yield renamed or bound


def _defined(text: str) -> Iterator[str]:
    yield from _DEFINED.findall(text)


def _stored(text: str) -> Iterator[str]:
    yield from _STORED.findall(text)
    if "setattr" in text:
        yield _ANY


def _given(text: str) -> Iterator[str]:
    yield from _GIVEN.findall(text)
