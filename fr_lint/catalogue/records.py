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

_LIBRARY: Final = frozenset("package checked gate base remote senders alias text type loader api".split())
_TYPE: Final = frozenset(
    "name made-by factories becomes-by literals not-literals models returns-self torch is-a shown unchecked".split()
)
_LOADER: Final = frozenset("name made-by runs returns-self torch unchecked".split())
_MODELS: Final = frozenset(("role", "globs"))
_API: Final = ROLES | frozenset(
    "in on suffixes kind remote persist deletes erases gallery container-only gallery-read face-data literals since"
    " until unchecked".split()
)
_SERVICE: Final = frozenset("name hosts needs-host gate persist deletes literals container read".split()) | ROLES


class CatalogueError(ValueError):
    """A data file that cannot be understood; the message names file, table and key."""


@dataclass(frozen=True, slots=True)
class Type:
    """One ``[[type]]``: what makes objects of a class, and of what kind it is."""

    name: str
    made_by: tuple[str, ...]
    becomes_by: tuple[str, ...]
    is_a: tuple[str, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class Loader:
    """One ``[[loader]]``: a general class whose objects a model file turns into face objects."""

    name: str
    made_by: tuple[str, ...]
    runs: tuple[str, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class Models:
    """Model files of one kind, by globs."""

    name: str
    role: str
    globs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One name of an ``[[api]]`` in one of its roles."""

    owner: str
    name: str
    role: str
    method: bool
    table: Table


@dataclass(frozen=True, slots=True)
class Library:
    """One file of ``data/faces`` with its dotted names written out."""

    file: str
    package: str
    gate: tuple[str, ...]
    aliases: Mapping[str, str]
    texts: Mapping[str, str]
    types: tuple[Type, ...]
    loaders: tuple[Loader, ...]
    operations: tuple[Operation, ...]
    table: Table


def texts(kind: str) -> Iterator[tuple[str, str]]:
    """Name and text of each data file of one kind, in the order of their names."""
    for path in sorted((_DATA / kind).glob("*.toml")):
        yield path.name, path.read_text(encoding="utf-8")


def text(kind: str, file: str) -> str:
    """The text of one data file."""
    return (_DATA / kind / file).read_text(encoding="utf-8")


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
    base: str = table.get("base", "")

    def full(name: str) -> str:
        return base + name if name[0] == "." else name

    def names(value: str | list[str]) -> tuple[str, ...]:
        return (full(value),) if isinstance(value, str) else tuple(map(full, value))

    types: list[Type] = []
    for entry in table.get("type", ()):
        where = f"[[type]] {entry.get('name', '?')}"
        known(file, where, entry, _TYPE)
        if "name" not in entry:
            raise CatalogueError(f"{file}: {where}: key 'name' is missing")
        made_by = names(entry.get("made-by", ()))
        for name in names(entry["name"]):
            own = tuple(f"{name}.{method}" for method in entry.get("factories", ()))
            types.append(
                Type(name, made_by + own, names(entry.get("becomes-by", ())), names(entry.get("is-a", ())), entry)
            )
    loaders: list[Loader] = []
    for entry in table.get("loader", ()):
        where = f"[[loader]] {entry.get('name', '?')}"
        known(file, where, entry, _LOADER)
        for key in ("name", "made-by", "runs"):
            if key not in entry:
                raise CatalogueError(f"{file}: {where}: key '{key}' is missing")
        loaders.append(Loader(full(entry["name"]), names(entry["made-by"]), tuple(entry["runs"]), entry))
    operations: list[Operation] = []
    for entry in table.get("api", ()):
        where = f"[[api]] {entry.get('in') or entry.get('on') or '?'}"
        known(file, where, entry, _API)
        roles = [key for key in entry if key in ROLES]
        if ("in" in entry) == ("on" in entry) or not roles:
            raise CatalogueError(
                f"{file}: {where}: needs one of 'in' (a module) and 'on' (a class), and the names under a role: "
                f"{_list(ROLES)}"
            )
        if entry.get("kind", "function") not in KINDS:
            raise CatalogueError(f"{file}: {where}: unknown kind '{entry['kind']}'; known: {_list(KINDS)}")
        owners, method = names(entry.get("on") or entry["in"]), "on" in entry
        operations += [
            Operation(owner, name, role, method, entry) for role in roles for owner in owners for name in entry[role]
        ]
    aliases = {full(spelling): full(name) for spelling, name in table.get("alias", {}).items()}
    held = {full(name): text for name, text in table.get("text", {}).items()}
    return Library(
        file,
        table["package"],
        tuple(table["gate"]),
        aliases,
        held,
        tuple(types),
        tuple(loaders),
        tuple(operations),
        table,
    )


def models(file: str, table: Table) -> tuple[tuple[Models, ...], tuple[str, ...]]:
    """The groups of model files, in their order, and the globs of what is none in spite of its name."""
    groups: list[Models] = []
    for name, group in table.items():
        if name != "never":
            known(file, f"[{name}]", group, _MODELS)
            groups.append(Models(name, group["role"], tuple(group["globs"])))
    return tuple(groups), tuple(table.get("never", ()))


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
