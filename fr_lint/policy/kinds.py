"""What a key's value may be: a check of it, the same as a JSON schema, and the one sentence for a value that is wrong.

Knows TOML's types. Must not know which keys there are.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from fr_lint.options import PolicyError
from fr_lint.policy.locate import Path

MOST: Final = 1000  # entries of a list
LONGEST: Final = 2000  # characters of a text
_NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_PATTERN: Final = re.compile(r"[\w*]+(?:\.[\w*]+)*")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in one file: for messages."""

    file: str
    lines: Mapping[Path, int]
    path: Path = ()

    def at(self, part: str | int) -> Place:
        """One part further down."""
        return Place(self.file, self.lines, (*self.path, part))

    @property
    def line(self) -> int:
        """The line of this place, or of the nearest one around it that is known."""
        path = self.path
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    @property
    def key(self) -> str:
        """The key as a user would say it: ``[[processing]] retention.days``."""
        parts = self.path[2:] if self.path[:2] == ("tool", "fr-lint") else self.path
        if len(parts) > 1 and isinstance(parts[1], int):
            inner = ".".join(str(part) for part in parts[2:] if isinstance(part, str))
            return f"[[{parts[0]}]] {inner}".strip() if isinstance(parts[0], str) and inner else str(parts[0])
        return ".".join(part for part in parts if isinstance(part, str)) or "the file"

    def wrong(self, what: str) -> PolicyError:
        """The error that says so."""
        return PolicyError(f"{self.file}:{self.line}: {self.key}: {what}")


def shown(value: object) -> str:
    """A value in a message: its type in TOML's words, and the beginning of a short one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = value if len(value) <= 60 else value[:57] + "..."
        return "the text " + repr(text)
    if isinstance(value, int):
        return f"the number {value}" if abs(value) < 10**15 else "a number that is far too large"
    if isinstance(value, float):
        return f"the number {value}"
    if isinstance(value, datetime):
        return f"the date and time {value.isoformat()}"
    if isinstance(value, date):
        return f"the date {value.isoformat()}"
    return "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a time"


def nearest(word: str, known: Sequence[str]) -> str:
    """The known word that is most like this one, as the end of a message; empty if none is."""
    found = difflib.get_close_matches(word[:80].lower().replace("_", "-"), known, 1, 0.5)
    return f"; the nearest is {found[0]}" if found else ""


class Kind:
    """Base of the kinds; ``expected`` ends the sentence *expected ...*."""

    expected = ""

    def read(self, value: object, place: Place) -> Any:
        """The value, checked.  :raises PolicyError: if it is wrong."""
        raise NotImplementedError

    def schema(self) -> dict[str, object]:
        """The same as a JSON schema."""
        raise NotImplementedError

    def refuse(self, value: object, place: Place, more: str = "") -> PolicyError:
        """The error for a value of another type."""
        return place.wrong(f"expected {self.expected}, found {shown(value)}{more}")


@dataclass(frozen=True)
class Text(Kind):
    """A text; it may say nothing, which is for a rule to notice."""

    filled: bool = False
    expected: str = "a text"

    def read(self, value: object, place: Place) -> str:
        if not isinstance(value, str) or (self.filled and not value.strip()):
            raise self.refuse(value, place)
        if len(value) > LONGEST:
            raise place.wrong(f"expected {self.expected} of at most {LONGEST} characters, found {len(value)}")
        return " ".join(value.split())

    def schema(self) -> dict[str, object]:
        return {"type": "string", "maxLength": LONGEST, **({"pattern": r"\S"} if self.filled else {})}


@dataclass(frozen=True)
class Pattern(Kind):
    """A dotted name in which ``*`` stands for any characters."""

    expected: str = 'a dotted name such as "app.consent.ask" or "*.has_release"'

    def read(self, value: object, place: Place) -> str:
        if not isinstance(value, str) or len(value) > LONGEST or not _PATTERN.fullmatch(value) or not value.strip("*."):
            raise self.refuse(value, place)
        return value

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": r"^(?=.*\w)[\w*]+(\.[\w*]+)*$", "maxLength": LONGEST}


@dataclass(frozen=True)
class Flag(Kind):
    """Yes or no."""

    expected: str = "true or false"

    def read(self, value: object, place: Place) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value, place)
        return value

    def schema(self) -> dict[str, object]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Count(Kind):
    """A whole number, not below zero."""

    expected: str = "a whole number, 0 or more"

    def read(self, value: object, place: Place) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.refuse(value, place)
        return value

    def schema(self) -> dict[str, object]:
        return {"type": "integer", "minimum": 0}


@dataclass(frozen=True)
class Day(Kind):
    """A date without a time."""

    expected: str = "a date without quotes, such as 2026-03-01"

    def read(self, value: object, place: Place) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refuse(value, place)
        return value

    def schema(self) -> dict[str, object]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class Choice(Kind):
    """One of a closed list of words."""

    words: tuple[str, ...] = ()

    @property
    def expected(self) -> str:  # type: ignore[override]
        """The list."""
        return f"one of {', '.join(self.words)}"

    def read(self, value: object, place: Place) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise self.refuse(value, place, nearest(value, self.words) if isinstance(value, str) else "")
        return value

    def schema(self) -> dict[str, object]:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of values of one kind."""

    of: Kind = field(default_factory=Text)
    least: int = 0

    @property
    def expected(self) -> str:  # type: ignore[override]
        """The list in words."""
        return f"a list{' with at least one entry' if self.least else ''}, each {self.of.expected}"

    def read(self, value: object, place: Place) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise self.refuse(value, place)
        if len(value) < self.least:
            raise place.wrong(f"expected {self.expected}, found an empty list")
        if len(value) > MOST:
            raise place.wrong(f"expected a list of at most {MOST} entries, found {len(value)}")
        return tuple(self.of.read(each, place.at(number)) for number, each in enumerate(value))

    def schema(self) -> dict[str, object]:
        return {"type": "array", "items": self.of.schema(), "minItems": self.least, "maxItems": MOST}


@dataclass(frozen=True)
class TableOf(Kind):
    """A table that is read into a record."""

    record: type = object
    expected: str = "a table"

    def read(self, value: object, place: Place) -> Any:
        if not isinstance(value, dict):
            raise self.refuse(value, place)
        from fr_lint.policy.records import read_record

        return read_record(self.record, value, place)

    def schema(self) -> dict[str, object]:
        from fr_lint.policy.records import record_schema

        return record_schema(self.record)


def is_name(text: str) -> bool:
    """Is this a dotted name and nothing else?"""
    return _NAME.fullmatch(text) is not None
