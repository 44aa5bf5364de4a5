"""Places in a call, and conditions on what stands there, as the store files spell them.

A place says where in a call something is to be found::

    "1|key"      the second positional argument, or the keyword `key` (several keywords: "1|key|name")
    "Body"       the keyword alone
    "1*"         all positional arguments from the second on
    "*" "**"     all positional arguments; all keyword arguments
    "receiver"   the object whose method is called
    "result"     what the call returns
    "item"       of an object made by `x["name"]` or `x.name`: that name
    "assigned"   what the function assigns to attributes of objects (and, of a model, those objects)
    "held"       what earlier calls of the function have handed to the same module or object (`imshow`, then `savefig`)
    "file:0|src" not the value itself, but what the file of that path holds

A condition is a table of places and the literals it asks for: texts as globs without regard to case, numbers, truth
values, and the word ``None``.  This module must not know programs: whoever asks hands in an object that knows the call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol

Literal = str | float | bytes | None
Condition = tuple[tuple["Place", tuple[str | float, ...]], ...]

_WORDS: Final = frozenset(("receiver", "result", "item", "assigned", "held", "*", "**"))
_SPELLING: Final = re.compile(r"(?:(\d+)(\*)?)?\|?((?:[A-Za-z_]\w*)(?:\|[A-Za-z_]\w*)*)?")


@dataclass(frozen=True, slots=True)
class Place:
    """One place; see above.  ``index`` is -1 where no position counts; ``word`` is empty for arguments."""

    spelling: str
    index: int
    names: tuple[str, ...]
    rest: bool = False
    """All positional arguments from ``index`` on."""
    word: str = ""
    """``receiver``, ``result``, ``item``, ``assigned``, ``held``, ``*`` or ``**``."""
    file: bool = False
    """What is meant is what the file of that path holds."""


class Given(Protocol):
    """What a condition asks about a call."""

    def passed(self, place: Place) -> bool:
        """Whether an argument stands at the place (through ``**kwargs`` it may be unknown: then not)."""

    def literals(self, place: Place) -> Sequence[Literal]:
        """The literals that may stand there; none if they are unknown or nothing stands there."""


@cache
def place(spelling: str) -> Place:
    """Read a place; :class:`ValueError` if it is none."""
    text = spelling.removeprefix("file:")
    file = text != spelling
    if text in _WORDS:
        return Place(spelling, -1, (), word=text, file=file)
    match = _SPELLING.fullmatch(text)
    if not text or match is None or not (match[1] or match[3]) or (match[2] and match[3]):
        raise ValueError(f"'{spelling}' is no place: expected '0|name', 'name', '1*', {', '.join(sorted(_WORDS))}")
    names = tuple(match[3].split("|")) if match[3] else ()
    return Place(spelling, int(match[1]) if match[1] else -1, names, rest=bool(match[2]), file=file)


def condition(table: Mapping[str, Sequence[Any]]) -> Condition:
    """Read a table of places and literals; :class:`ValueError` if it is none."""
    found = []
    for spelling, values in table.items():
        if not isinstance(values, list) or not all(isinstance(value, (str, int, float)) for value in values):
            raise ValueError(f"'{spelling}': expected a list of texts, numbers or truth values")
        found.append((place(spelling), tuple(values)))
    return tuple(found)


def holds(wanted: Condition, given: Given) -> bool:
    """Whether at one of the places one of its literals may stand."""
    return any(
        any(_equal(value, literal) for literal in given.literals(at) for value in values) for at, values in wanted
    )


def _equal(wanted: str | float, literal: Literal) -> bool:
    if literal is None:
        return wanted == "None"
    if isinstance(literal, str):
        return isinstance(wanted, str) and _glob(wanted).fullmatch(literal) is not None
    if isinstance(literal, bool) or isinstance(wanted, bool):
        return literal is wanted
    return literal == wanted


@cache
def _glob(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.IGNORECASE | re.DOTALL)
