"""Records whose fields are the keys of a TOML table: one model behind strict reading and the JSON schema.

A record is a frozen dataclass.  A field made by :func:`key` is a key of the table; the field ``lines``, made by
:func:`place_of`, holds where they stand.  Must not know which records there are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

from fr_lint.policy.kinds import Kind, Place, nearest

T = TypeVar("T")
REQUIRED: Final = object()


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table."""

    name: str
    field: str
    kind: Kind
    says: str
    required: bool
    of_a_duty: bool  # its absence is for a rule to notice


class Lines:
    """Where the keys of one table stand."""

    __slots__ = ("_lines", "table")

    def __init__(self, place: Place | None = None, keys: tuple[str, ...] = ()) -> None:
        self._lines = {name: place.at(name).line for name in keys} if place is not None else {}
        self.table = place.line if place is not None else 1

    def of(self, key: str) -> int:
        """The line of a key; that of the table if the key is not there."""
        return self._lines.get(key, self.table)


def key(kind: Kind, says: str, default: Any = REQUIRED, *, name: str = "", of_a_duty: bool = False) -> Any:
    """A field that is a key; without a default it is required.  ``name``: if it is not that of the field."""
    metadata = {"kind": kind, "says": says, "name": name, "of_a_duty": of_a_duty}
    if default is REQUIRED:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def place_of() -> Any:
    """A field for the lines of the record's keys."""
    return dataclasses.field(default=Lines(), compare=False, repr=False)


@cache
def keys_of(record: type[Any]) -> tuple[Key, ...]:
    """The keys of a record, in order."""
    return tuple(
        Key(
            field.metadata["name"] or field.name.replace("_", "-"),
            field.name,
            field.metadata["kind"],
            field.metadata["says"],
            field.default is dataclasses.MISSING,
            field.metadata["of_a_duty"],
        )
        for field in dataclasses.fields(record)
        if "kind" in field.metadata
    )


def read_record(record: Callable[..., T], table: Mapping[str, object], place: Place) -> T:
    """A table as a record.  :raises PolicyError: for the first key, in the order of the file, that is wrong."""
    known = {each.name: each for each in keys_of(record)}
    values: dict[str, object] = {}
    for name, value in table.items():
        at = place.at(name)
        if name not in known:
            close = nearest(name, list(known)) or f"; known are {', '.join(known)}"
            raise at.wrong(f"unknown key, expected one of this table's keys{close}")
        values[known[name].field] = known[name].kind.read(value, at)
    for each in known.values():
        if each.required and each.field not in values:
            raise place.at(each.name).wrong(f"missing; expected {each.kind.expected}")
    return record(**values, lines=Lines(place, tuple(table)))


@cache
def record_schema(record: type) -> dict[str, object]:
    """A record as a JSON schema."""
    keys = keys_of(record)
    required = [each.name for each in keys if each.required]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {each.name: {"description": each.says, **each.kind.schema()} for each in keys},
        **({"required": required} if required else {}),
    }
