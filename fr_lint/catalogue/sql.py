"""A small reader of SQL text: which table a statement writes, empties or reads, and which columns.

Tolerant on purpose: it knows the heads of statements, not their grammar, so that every dialect and every half-known
text gives what it can.  Unknown parts of a text are written ``{}`` and make unknown names (``DELETE FROM {}_faces``).
This module must not know programs, libraries or rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

STORE: Final = frozenset("insert replace upsert merge copy update".split())
DELETE: Final = frozenset("delete truncate drop".split())
_HEADS: Final = STORE | DELETE | frozenset("select create alter with explain".split())
_FILLERS: Final = frozenset(
    "into from only table if exists or ignore replace abort fail rollback low_priority delayed high_priority quick"
    " overwrite temporary temp materialized view not concurrently".split()
)
_TOKEN: Final = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?\*/|\#[^\n]*)
      | (?P<text>'(?:[^']|'')*'|\$\$.*?\$\$)
      | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`|\[[^\]\d?][^\]]*\])
      | (?P<mark>%\(\w+\)s|%s|\?\d*|\$\d+|:\w+|@\w+)
      | (?P<word>(?:[^\W\d]|\{[^{}]*\})(?:[\w$]|\{[^{}]*\})*)
      | (?P<number>\d[\w.]*)
      | (?P<sign>::|.)""",
    re.VERBOSE | re.DOTALL,
)
_NEEDS: Final = {
    "insert": frozenset(("into", "values", "overwrite")),
    "replace": frozenset(("into", "values")),
    "upsert": frozenset(("into", "values")),
    "merge": frozenset(("into", "using")),
    "copy": frozenset(("from",)),
    "update": frozenset(("set",)),
    "delete": frozenset(("from", "where")),
    "select": frozenset(("from",)),
    "drop": frozenset(("table", "database", "schema")),
}
_SCHEDULING: Final = frozenset(("schedule", "schedule_in_database", "add_retention_policy", "add_drop_chunks_policy"))
_EMPTY: Final = frozenset(("null", "''", "'{}'", "x''", "'[]'"))
_LONGEST: Final = 20_000  # characters that are read


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.  All names are in lower case, without quotes; a table is without its schema."""

    verb: str
    """``insert``, ``replace``, ``upsert``, ``merge``, ``copy``, ``update``, ``delete``, ``truncate``, ``drop``,
    ``select``, ``create``, ``alter``, ..."""
    tables: tuple[str, ...]
    columns: tuple[str, ...] = ()
    """What an insert or an update writes; empty if the text does not name them."""
    nulls: tuple[str, ...] = ()
    """The columns that an update sets to NULL or to an empty text."""
    values: tuple[tuple[str, str], ...] = ()
    """Column and value of an update as written: ``("active", "0")``, ``("vec", "?")``."""
    where: tuple[str, ...] = ()
    """The names in the condition."""
    compares: bool = False
    """The condition asks for less or more than something."""
    cascades: tuple[str, ...] = ()
    """Of ``CREATE TABLE``: the tables with whose rows its own rows are deleted."""
    ttl: bool = False
    """The statement itself gives an expiry (``USING TTL``, an ``EVENT`` that deletes)."""

    @property
    def stores(self) -> bool:
        """Whether it writes something other than nothing."""
        return self.verb in STORE and not self.clears

    @property
    def clears(self) -> bool:
        """Whether it is an update that only takes values away."""
        return self.verb == "update" and bool(self.columns) and set(self.columns) == set(self.nulls)

    @property
    def deletes(self) -> bool:
        """Whether it removes rows, or values; it may store others as well."""
        return self.verb in DELETE or bool(self.nulls)

    @property
    def whole(self) -> bool:
        """Whether everything goes."""
        return self.verb in ("truncate", "drop") or (self.verb == "delete" and not self.where)


def is_sql(text: str) -> bool:
    """Whether a text begins as an SQL statement does."""
    return any(statement.tables for statement in read(text))


@lru_cache(maxsize=2000)
def read(text: str) -> tuple[Statement, ...]:
    """The statements of a text; none if it is no SQL."""
    if not re.search(r"[A-Za-z]{4}", text):
        return ()
    return tuple(found for part in _split(_tokens(text[:_LONGEST])) for found in _statement(part))


# A token is (kind, text): kind word (lower case), name (quoted), mark, text, number or sign.
_Token = tuple[str, str]


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "sign"
        if kind == "quoted":
            yield "name", match[0][1:-1].lower()
        elif kind == "word":
            yield "word", match[0].lower()
        elif kind != "skip":
            yield kind, match[0]


def _split(tokens: Iterator[_Token]) -> Iterator[list[_Token]]:
    part: list[_Token] = []
    for token in tokens:
        if token == ("sign", ";"):
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _statement(tokens: list[_Token]) -> Iterator[Statement]:
    at = _head(tokens)
    if at is None:
        return
    verb = tokens[at][1]
    rest = tokens[at + 1 :]
    words = [text for kind, text in rest if kind == "word"]
    if verb == "select" and _SCHEDULING & set(words):
        yield from _scheduled(rest, words)
        return
    if verb in _NEEDS and not _NEEDS[verb] & set(words):
        return  # prose that begins with a verb
    ttl = any(rest[i : i + 2] == [("word", "using"), ("word", "ttl")] for i in range(len(rest)))
    if verb == "update":
        yield _update(rest, ttl=ttl)
    elif verb in ("select", "delete"):
        yield Statement(
            verb, _sources(rest) if verb == "select" else _emptied(rest), where=_where(rest), compares=_compares(rest)
        )
    elif verb in ("truncate", "drop"):
        yield Statement(verb, tuple(_names(rest)) if verb == "truncate" or "table" in words[:3] else ())
    elif verb == "create":
        yield from _create(rest, words)
    elif verb == "alter":
        dropped = tuple(
            rest[i + 1 + (rest[i + 1][1] == "column")][1] for i in _places(rest, "drop") if i + 2 < len(rest)
        )
        tables = tuple(_names(rest))[:1]
        yield Statement("update" if dropped else verb, tables, dropped, dropped)
    else:
        columns = _columns(rest)
        yield Statement(verb, tuple(_names(rest))[:1], columns, ttl=ttl)


def _head(tokens: list[_Token]) -> int | None:
    """The verb: the first word, or behind common table expressions the first verb outside all brackets."""
    if not tokens or tokens[0][0] != "word" or tokens[0][1] not in _HEADS:
        return None
    if tokens[0][1] not in ("with", "explain"):
        return 0
    depth = 0
    for at, (kind, text) in enumerate(tokens[1:], 1):
        depth += (text == "(") - (text == ")") if kind == "sign" else 0
        if depth == 0 and kind == "word" and text in _HEADS - {"with", "explain"}:
            return at
    return None


def _names(tokens: list[_Token]) -> Iterator[str]:
    """The table names at the head of a statement: ``INTO a.b``, ``TABLE IF EXISTS a, b``."""
    at = 0
    while at < len(tokens) and tokens[at][0] == "word" and tokens[at][1] in _FILLERS:
        at += 1
    while at < len(tokens) and tokens[at][0] in ("word", "name"):
        name = tokens[at][1]
        at += 1
        while at + 1 < len(tokens) and tokens[at] == ("sign", ".") and tokens[at + 1][0] in ("word", "name"):
            name = tokens[at + 1][1]
            at += 2
        yield name
        if at >= len(tokens) or tokens[at] != ("sign", ","):
            return
        at += 1


def _columns(tokens: list[_Token]) -> tuple[str, ...]:
    """The list in brackets behind the table of an insert."""
    for at, (kind, text) in enumerate(tokens):
        if (kind, text) == ("sign", "("):
            end = next((i for i in range(at, len(tokens)) if tokens[i] == ("sign", ")")), len(tokens))
            return tuple(name for kind, name in tokens[at + 1 : end] if kind in ("word", "name"))
        if kind == "word" and text in ("values", "value", "select", "default", "set"):
            if text == "set":  # MySQL: INSERT INTO t SET a = 1
                return tuple(column for column, _ in _assignments(tokens[at + 1 :]))
            return ()
    return ()


def _update(tokens: list[_Token], *, ttl: bool) -> Statement:
    place = next(iter(_places(tokens, "set")), len(tokens))
    found = tuple(_assignments(tokens[place + 1 :]))
    nulls = tuple(column for column, value in found if value.replace(" ", "") in _EMPTY)
    tables = tuple(_names(tokens[:place]))[:1]
    return Statement(
        "update", tables, tuple(column for column, _ in found), nulls, found, _where(tokens), _compares(tokens), ttl=ttl
    )


def _assignments(tokens: list[_Token]) -> Iterator[tuple[str, str]]:
    depth, column = 0, ""
    value: list[str] = []
    for kind, text in (*tokens, ("word", "where")):
        depth += (text in "([") - (text in ")]") if kind == "sign" else 0
        ends = depth == 0 and (kind, text) in (
            ("word", "where"),
            ("word", "from"),
            ("word", "returning"),
            ("sign", ","),
        )
        if ends:
            if column:
                yield column, " ".join(value[1:] if value[:1] == ["="] else value)
            column, value = "", []
            if kind == "word":
                return
        elif value or (kind, text) == ("sign", "="):
            value.append(text.lower())
        elif kind in ("word", "name"):
            column = text


def _where(tokens: list[_Token]) -> tuple[str, ...]:
    for at in _places(tokens, "where"):
        return tuple(dict.fromkeys(text for kind, text in tokens[at + 1 :] if kind in ("word", "name"))) or ("{}",)
    return ()


def _compares(tokens: list[_Token]) -> bool:
    signs = {("sign", "<"), ("sign", ">"), ("word", "between")}
    return any(not signs.isdisjoint(tokens[at:]) for at in _places(tokens, "where"))


def _emptied(tokens: list[_Token]) -> tuple[str, ...]:
    """The table of a delete: the first behind ``FROM``; T-SQL may leave the word away."""
    return _sources(tokens)[:1] or tuple(_names(tokens))[:1]


def _sources(tokens: list[_Token]) -> tuple[str, ...]:
    """The table behind ``FROM`` outside brackets, and those joined to it."""
    depth = 0
    found: list[str] = []
    for at, (kind, text) in enumerate(tokens):
        depth += (text == "(") - (text == ")") if kind == "sign" else 0
        if depth == 0 and kind == "word" and text in ("from", "join", "using"):
            found += _names(tokens[at + 1 :])
        elif kind == "word" and text == "where":
            break
    return tuple(dict.fromkeys(found))


def _create(rest: list[_Token], words: list[str]) -> Iterator[Statement]:
    if "table" in words[:3]:
        cascades = []
        for at in _places(rest, "references"):
            names = list(_names(rest[at + 1 :]))[:1]
            after = [text for kind, text in rest[at + 1 : at + 16] if kind == "word"]
            if any(after[i : i + 3] == ["on", "delete", "cascade"] for i in range(len(after))):
                cascades += names
        yield Statement("create", tuple(_names(rest))[:1], cascades=tuple(cascades))
    elif words[:1] in (["event"], ["trigger"]) or words[1:2] == ["trigger"]:
        for at in _places(rest, "delete"):
            if at + 1 < len(rest) and rest[at + 1] == ("word", "from"):
                yield Statement("delete", _emptied(rest[at + 1 :]), where=("{}",), ttl=words[0] == "event")
    else:
        yield Statement("create", ())


def _scheduled(rest: list[_Token], words: list[str]) -> Iterator[Statement]:
    """What a database is told to do again and again: ``cron.schedule(...)``, ``add_retention_policy(...)``."""
    texts = [text.strip("$") if text[:1] == "$" else text[1:-1] for kind, text in rest if kind == "text"]
    if not {"schedule", "schedule_in_database"} & set(words):
        yield from (
            Statement("delete", (text.rpartition(".")[2].lower(),), where=("{}",), ttl=True) for text in texts[:1]
        )
        return
    for text in texts:
        for inner in read(text):
            if inner.deletes:
                yield Statement("delete", inner.tables, where=inner.where or ("{}",), ttl=True)


def _places(tokens: list[_Token], word: str) -> Iterator[int]:
    return (at for at, token in enumerate(tokens) if token == ("word", word))
