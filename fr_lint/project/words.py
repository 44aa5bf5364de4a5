"""Identifiers, and the numbers of the files that hold them.

Knows texts only: neither files nor grammar, and what a word may mean least of all.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from typing import Final, TypeAlias

Index: TypeAlias = "dict[str, int | array[int]]"
"""Identifier -> numbers of the files that hold it, ascending; a lone number stands for itself."""

_WORD: Final = re.compile(r"[^\W\d]\w*")


def words(text: str) -> set[str]:
    """The identifiers in a text: in code, comment or string."""
    return set(_WORD.findall(normal(text)))


def normal(text: str) -> str:
    """Identifiers as Python compares them (PEP 3131)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def add(index: Index, number: int, text: str) -> None:
    """Enter a file under a number that is higher than those that are there."""
    for word in words(text):
        known = index.get(word)
        if known is None:
            index[word] = number
        elif isinstance(known, int):
            index[word] = array("I", (known, number))
        else:
            known.append(number)


def extend(index: Index, later: Index) -> None:
    """Enter files whose numbers are all higher than those that are there."""
    for word, more in later.items():
        known = index.get(word)
        if known is None:
            index[word] = more
            continue
        numbers = array("I", (known,)) if isinstance(known, int) else known
        numbers.extend((more,) if isinstance(more, int) else more)
        index[word] = numbers
