"""The shape of a face-library file, read strictly: what a key may be called, what it may hold, what it means.

Each file of ``data/faces`` becomes one :class:`Library`, a plain value that mirrors the file.  Whatever a file says
that this module does not know is an error that names the file, the table and the key.  This module must not know how
names are looked up, what a rule is, or what Python source looks like.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROLES: Final = frozenset("capture detect analyze encode verify identify enrol liveness delete".split())
KINDS: Final = frozenset(
    "function method call request rest factory constructor constant property model view helper store control"
    " privacy body command".split()
)

Table = Mapping[str, Any]

_DATA: Final = Path(__file__).parent / "data"

_LIBRARY: Final = frozenset("package checked remote gate alias text senders type api".split())
_TYPE: Final = frozenset(
    "name made-by becomes-by literals not-literals models returns-self torch is-a shown unchecked".split()
)
_API: Final = frozenset(
    "in on role names suffixes kind remote persist deletes erases container-only gallery-read face-data literals"
    " since until unchecked".split()
)
_SERVICE: Final = frozenset("name hosts needs-host gate persist literals container read".split()) | ROLES


class CatalogueError(ValueError):
    """A data file that cannot be understood; the message names file, table and key."""


@dataclass(frozen=True, slots=True)
class Library:
    """One file of ``data/faces``, as it stands; keys are those of the file."""

    file: str
    package: str
    gate: tuple[str, ...]
    table: Table

    @property
    def types(self) -> list[Table]:
        """The ``[[type]]`` tables."""
        found: list[Table] = self.table.get("type", [])
        return found

    @property
    def apis(self) -> list[Table]:
        """The ``[[api]]`` tables."""
        found: list[Table] = self.table.get("api", [])
        return found


def texts(kind: str) -> Iterator[tuple[str, str]]:
    """Name and text of each data file of one kind, in the order of their names."""
    for path in sorted((_DATA / kind).glob("*.toml")):
        yield path.name, path.read_text(encoding="utf-8")


def parse(file: str, text: str) -> Table:
    """TOML to tables; a syntax error names the file."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{file}: {error}") from None


def library(file: str, table: Table) -> Library:
    """The checked form of one library's file."""
    known(file, "the top of the file", table, _LIBRARY)
    for key in ("package", "checked", "gate"):
        if not table.get(key):
            raise CatalogueError(f"{file}: key '{key}' is missing at the top of the file")
    for entry in table.get("type", ()):
        where = f"[[type]] {entry.get('name', '?')}"
        known(file, where, entry, _TYPE)
        if "name" not in entry:
            raise CatalogueError(f"{file}: {where}: key 'name' is missing")
    for entry in table.get("api", ()):
        owner = entry.get("in") or entry.get("on") or "?"
        where = f"[[api]] {owner}"
        known(file, where, entry, _API)
        if ("in" in entry) == ("on" in entry) or not entry.get("names"):
            raise CatalogueError(f"{file}: {where}: needs 'names' and one of 'in' (a module) and 'on' (a class)")
        if entry.get("role") not in ROLES:
            raise CatalogueError(f"{file}: {where}: unknown role {entry.get('role')!r}; known: {_list(ROLES)}")
        if entry.get("kind", "function") not in KINDS:
            raise CatalogueError(f"{file}: {where}: unknown kind {entry['kind']!r}; known: {_list(KINDS)}")
    return Library(file, table["package"], tuple(table["gate"]), table)


def service(file: str, table: Table) -> Table:
    """The checked form of one ``[[service]]`` of the HTTP file."""
    known(file, f"[[service]] {table.get('name', '?')}", table, _SERVICE)
    return table


def known(file: str, where: str, table: Table, keys: frozenset[str]) -> None:
    """Refuse keys that nobody reads: a misspelt key must not be silently without effect."""
    for key in table:
        if key not in keys:
            raise CatalogueError(f"{file}: {where}: unknown key '{key}'; known: {_list(keys)}")


def _list(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
