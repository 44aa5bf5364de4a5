"""The shape of a store file, read strictly: what a key may be called, and what it may hold.

Whatever a file says that this module does not know is an error that names the file, the table and the key.  This module
must not know how names are looked up, what a rule is, or what Python source looks like.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fr_lint.catalogue.places import Condition, Place, condition, place
from fr_lint.catalogue.records import CatalogueError, Table, known
from fr_lint.catalogue.store_records import (
    ACTIONS,
    GUESSES,
    KINDS,
    PARTS,
    Cascade,
    Library,
    Model,
    Operation,
    Parts,
    Type,
    View,
)

_LIBRARY: Final = frozenset(
    "package checked roots base kind remote alias type call view field cascade model sweepers".split()
)
_TYPE: Final = frozenset(
    "name made-by is-a item attribute fluent chain carries at kind action given memory bounded unless join"
    " unchecked".split()
)
_CALL: Final = frozenset(ACTIONS) | frozenset(
    "in on kind data at fixed source expires bounded forever when unless given whole updates erases remote guess"
    " receivers shown why unchecked".split()
)
_VIEW: Final = frozenset("base register models at methods denied unchecked".split())
_FIELD: Final = frozenset("name kind unchecked".split())
_CASCADE: Final = frozenset("name side target when unless unchecked".split())
_MODEL: Final = frozenset("name kind table bounds unchecked".split())


def library(file: str, table: Table) -> Library:
    """The checked form of one store file; :class:`CatalogueError` names whatever is wrong."""
    known(file, "the top of the file", table, _LIBRARY)
    for key in ("package", "checked", "roots"):
        if not table.get(key):
            raise CatalogueError(f"{file}: key '{key}' is missing at the top of the file")
    return _Reader(file, table).library()


class _Reader:
    def __init__(self, file: str, table: Table) -> None:
        self.file, self.table = file, table
        self.base: str = table.get("base", "")
        self.where = ""

    def library(self) -> Library:
        table = self.table
        return Library(
            file=self.file,
            package=table["package"],
            roots=tuple(table["roots"]),
            aliases={self.full(old): self.full(new) for old, new in table.get("alias", {}).items()},
            types=tuple(each for entry in table.get("type", ()) for each in self.types(entry)),
            operations=tuple(each for entry in table.get("call", ()) for each in self.operations(entry)),
            views=tuple(each for entry in table.get("view", ()) for each in self.views(entry)),
            cascades=tuple(each for entry in table.get("cascade", ()) for each in self.cascades(entry)),
            models=tuple(each for entry in table.get("model", ()) for each in self.models(entry)),
            fields=dict(pair for entry in table.get("field", ()) for pair in self.fields(entry)),
            table=table,
        )

    def types(self, entry: Table) -> Iterable[Type]:
        self.enter("type", entry, "name", _TYPE, ("name",))
        memory = entry.get("memory", {})
        for name in self.names(entry["name"]):
            yield Type(
                name=name,
                made_by=self.names(entry.get("made-by", ())),
                is_a=self.names(entry.get("is-a", ())),
                item=self.full(entry.get("item", "")),
                attribute=self.full(entry.get("attribute", "")),
                fluent=self.flag(entry, "fluent"),
                chain=frozenset(entry.get("chain", ())),
                carries=frozenset(entry.get("carries", ())),
                at=self.parts(entry.get("at", {})),
                kind=self.one(entry, "kind", KINDS, self.table.get("kind", "")),
                action=self.one(entry, "action", ACTIONS, ""),
                given=self.places("given", entry.get("given", ())),
                memory=self.condition("memory", {} if memory is True else memory),
                in_memory=memory is True,
                bounded=self.flag(entry, "bounded"),
                unless=self.condition("unless", entry.get("unless", {})),
                join=frozenset(entry.get("join", ())),
                unchecked=self.flag(entry, "unchecked"),
            )

    def operations(self, entry: Table) -> Iterable[Operation]:
        self.where = f"[[call]] {entry.get('in') or entry.get('on') or '?'}"
        known(self.file, self.where, entry, _CALL)
        actions = [key for key in entry if key in ACTIONS]
        if ("in" in entry) == ("on" in entry) or not actions:
            raise self.error(
                f"needs one of 'in' (a module) and 'on' (a class), and the names under an action: {_list(ACTIONS)}"
            )
        guess = tuple(entry.get("guess", ()))
        if unknown := set(guess) - set(GUESSES):
            raise self.error(f"unknown guess '{min(unknown)}'; known: {_list(GUESSES)}")
        at = self.parts(entry.get("at", {}))
        if "sql" in actions and not any(part == "sql" for part, _ in at):
            raise self.error("action 'sql' needs a place at.sql")
        if "move" in actions and "source" not in entry:
            raise self.error("action 'move' needs a place 'source'")
        for owner in self.names(entry.get("on") or entry["in"]):
            for action in actions:
                for name in entry[action]:
                    yield Operation(
                        owner=f"{owner}.{name}".rpartition(".")[0],
                        method=name.rpartition(".")[2],
                        action=action,
                        kind=self.one(entry, "kind", KINDS, self.table.get("kind", "")),
                        package=self.table["package"],
                        on="on" in entry,
                        data=self.places("data", entry.get("data", ())),
                        at=at,
                        fixed=tuple((part, tuple(texts)) for part, texts in entry.get("fixed", {}).items()),
                        source=self.place("source", entry["source"]) if "source" in entry else None,
                        expires=self.places("expires", entry.get("expires", ())),
                        bounded=self.flag(entry, "bounded"),
                        forever=("None", *entry.get("forever", ())),
                        when=self.condition("when", entry.get("when", {})),
                        unless=self.condition("unless", entry.get("unless", {})),
                        given=self.places("given", entry.get("given", ())),
                        whole=self.flag(entry, "whole"),
                        updates=self.flag(entry, "updates"),
                        erases=entry.get("erases", True),
                        remote=entry.get("remote", self.table.get("remote", False)),
                        guess=guess,
                        receivers=tuple(entry.get("receivers", ())),
                        shown=entry.get("shown", ""),
                        why=entry.get("why", ""),
                        unchecked=self.flag(entry, "unchecked"),
                    )

    def views(self, entry: Table) -> Iterable[View]:
        self.enter("view", entry, "base" if "base" in entry else "register", _VIEW, ())
        if ("base" in entry) == ("register" in entry):
            raise self.error("needs one of 'base' (a class) and 'register' (a function)")
        for name in self.names(entry.get("base") or entry["register"]):
            yield View(
                base=name if "base" in entry else "",
                register=name if "register" in entry else "",
                models=tuple(entry.get("models", ())),
                at=self.place("at", entry["at"]) if "at" in entry else None,
                methods=tuple(entry.get("methods", ())),
                denied=tuple(entry.get("denied", ())),
                unchecked=self.flag(entry, "unchecked"),
            )

    def cascades(self, entry: Table) -> Iterable[Cascade]:
        self.enter("cascade", entry, "name", _CASCADE, ("name", "side", "target"))
        if entry["side"] not in ("child", "parent"):
            raise self.error(f"unknown side '{entry['side']}'; known: child, parent")
        for name in self.names(entry["name"]):
            yield Cascade(
                name,
                entry["side"],
                self.place("target", entry["target"]),
                self.condition("when", entry.get("when", {})),
                self.condition("unless", entry.get("unless", {})),
                self.flag(entry, "unchecked"),
            )

    def models(self, entry: Table) -> Iterable[Model]:
        self.enter("model", entry, "name", _MODEL, ("name",))
        kind = self.one(entry, "kind", KINDS, self.table.get("kind", ""))
        for name in self.names(entry["name"]):
            table, bounds = tuple(entry.get("table", ())), frozenset(entry.get("bounds", ()))
            yield Model(name, kind, table, bounds, self.flag(entry, "unchecked"))

    def fields(self, entry: Table) -> Iterable[tuple[str, str]]:
        self.enter("field", entry, "name", _FIELD, ("name",))
        kind = self.one(entry, "kind", KINDS, "file")
        for name in self.names(entry["name"]):
            yield name, kind

    # --------------------------------------------------------------------------------------------------------- parts

    def enter(self, kind: str, entry: Table, key: str, keys: frozenset[str], needed: tuple[str, ...]) -> None:
        """Remember where we are, and refuse unknown and missing keys."""
        name = entry.get(key, "?")
        self.where = f"[[{kind}]] {name if isinstance(name, str) else name[0]}"
        known(self.file, self.where, entry, keys)
        for each in needed:
            if each not in entry:
                raise self.error(f"key '{each}' is missing")

    def full(self, name: str) -> str:
        return self.base + name if name[:1] == "." else name

    def names(self, value: str | list[str]) -> tuple[str, ...]:
        return (self.full(value),) if isinstance(value, str) else tuple(map(self.full, value))

    def flag(self, entry: Table, key: str) -> bool:
        value = entry.get(key, False)
        if not isinstance(value, bool):
            raise self.error(f"'{key}' is true or false")
        return value

    def one(self, entry: Table, key: str, options: Mapping[str, str], default: str) -> str:
        value: str = entry.get(key, default)
        if value and value not in options:
            raise self.error(f"unknown {key} '{value}'; known: {_list(options)}")
        return value

    def parts(self, table: Mapping[str, str]) -> Parts:
        for part in table:
            if part not in PARTS:
                raise self.error(f"at: unknown part '{part}'; known: {_list(PARTS)}")
        return tuple((part, self.place("at", spelling)) for part, spelling in table.items())

    def place(self, key: str, spelling: str) -> Place:
        try:
            return place(spelling)
        except ValueError as error:
            raise self.error(f"{key}: {error}") from None

    def places(self, key: str, spellings: str | list[str]) -> tuple[Place, ...]:
        return tuple(self.place(key, each) for each in ([spellings] if isinstance(spellings, str) else spellings))

    def condition(self, key: str, table: Mapping[str, list[Any]]) -> Condition:
        try:
            return condition(table)
        except (ValueError, AttributeError) as error:
            raise self.error(f"{key}: {error}") from None

    def error(self, text: str) -> CatalogueError:
        return CatalogueError(f"{self.file}: {self.where}: {text}")


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
