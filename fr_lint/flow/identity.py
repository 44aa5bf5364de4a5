"""What identifies a store, and whether a deletion removes from it.

A part of an identity (a path, a table, a collection, a key) is a set of spellings with names for what is unknown, see
:mod:`fr_lint.flow.spelling`.  Two of them are compared piece by piece: a literal against another one decides; the same
unknown value on both sides is the same; what is only unknown proves nothing.  This module must not know programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Final


class Verdict(IntEnum):
    """Whether two identities are one store."""

    NO = 0
    UNKNOWN = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Identity:
    """What a call stores into or deletes from."""

    kind: str
    """``file``, ``table``, ``document``, ``key``, ``object``, ``vector``, ``gallery``."""
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Part -> spellings.  ``model`` holds ``path:Class`` of project classes, with their table names in ``table``."""

    @property
    def shown(self) -> str:
        """For messages: the store in a few words."""
        for part in (*_MAIN.get(self.kind, ()), "database"):
            for text in self.parts.get(part, ()):
                plain = _PLACE.sub("*", text)
                plain = plain.rpartition(":")[2] if part in ("model", "field") else plain
                if plain.strip("*/."):
                    return plain if part in ("path", "folder") else f"{_NAMES.get(part, part)} {plain}"
        return _KINDS.get(self.kind, self.kind)


_MAIN: Final[Mapping[str, tuple[str, ...]]] = {
    "file": ("path", "folder", "field"),
    "table": ("model", "table"),
    "document": ("model", "collection"),
    "key": ("key", "path"),
    "object": ("bucket", "key", "prefix"),
    "vector": ("collection", "index", "namespace", "path"),
    "gallery": ("gallery",),
}
_NAMES: Final = {"model": "table of", "meta": "table of"}
_KINDS: Final = {
    "file": "a file",
    "table": "a table",
    "document": "a collection",
    "key": "a key-value store",
    "object": "an object store",
    "vector": "a vector store",
    "gallery": "the provider's gallery",
}
_PLACE: Final = re.compile(r"\{[^{}]*\}")
_DEEP: Final = "{**}"
_SHARED: Final = 2  # letters that two half-known names must share to be taken for one


def same(store: Identity, deletion: Identity) -> Verdict:
    """Whether ``deletion`` removes from ``store``: a folder for what is in it, a table for its rows."""
    if store.kind != deletion.kind:
        return Verdict.NO
    if store.kind == "file":
        return _same_file(store, deletion)
    main, others = _GROUPS[store.kind]
    found = [verdict for group in main for verdict in _same_group(store, deletion, group)]
    against = [verdict for group in others for verdict in _same_group(store, deletion, group)]
    if Verdict.NO in found or Verdict.NO in against:
        return Verdict.NO
    if found:
        return min(found)
    return max(against, default=Verdict.UNKNOWN)


_Groups = tuple[tuple[str, ...], ...]
# For each kind what has to agree, and what must not disagree; a group's parts name one thing in different ways.
_GROUPS: Final[Mapping[str, tuple[_Groups, _Groups]]] = {
    "table": ((("model", "table"),), (("database",),)),
    "document": ((("model", "collection"),), (("database",),)),
    "key": ((("key",),), (("path",), ("database",))),
    "object": ((("bucket",),), (("key", "prefix"),)),
    "vector": ((("collection", "index"),), (("namespace",), ("path",), ("database",))),
    "gallery": ((("service",), ("gallery",)), ()),
}


def _same_group(store: Identity, deletion: Identity, group: tuple[str, ...]) -> Iterable[Verdict]:
    verdicts = [
        alike(mine, theirs)
        for part in group
        for mine in store.parts.get(part, ())
        for theirs in deletion.parts.get(part, ())
    ]
    if "prefix" in group:
        verdicts += [
            _under(mine, theirs) for mine in store.parts.get("key", ()) for theirs in deletion.parts.get("prefix", ())
        ]
    return (max(verdicts),) if verdicts else ()


# ---------------------------------------------------------------------------------------------------------------- names


@lru_cache(maxsize=20_000)
def alike(mine: str, theirs: str) -> Verdict:
    """Whether two spellings of one name are the same."""
    mine, theirs = mine.strip().lower(), theirs.strip().lower()
    if mine == theirs:
        return Verdict.YES if _PLACE.sub("", mine) or _named(mine) else Verdict.UNKNOWN
    if "{" not in mine and "{" not in theirs:
        return Verdict.NO
    if not _fits(mine, theirs) or _siblings(mine, theirs):
        return Verdict.NO
    return Verdict.YES if _common(mine, theirs) else Verdict.UNKNOWN


def _siblings(mine: str, theirs: str) -> bool:
    """Whether they are two attributes of one object: ``args.store`` and ``args.log``."""
    if not (_PLACE.fullmatch(mine) and _PLACE.fullmatch(theirs)):
        return False
    a, b = mine[1:-1].rpartition(":")[2], theirs[1:-1].rpartition(":")[2]
    return "." in a and "." in b and a != b and a.rpartition(".")[0] == b.rpartition(".")[0]


def _named(text: str) -> bool:
    """Whether what is unknown in it at least has a name."""
    found = _PLACE.findall(text)
    return bool(found) and all(len(each) > 2 for each in found)


def _fits(mine: str, theirs: str) -> bool:
    """Whether one text can be both: the known beginnings and the known ends agree."""
    a, b = _PLACE.split(mine), _PLACE.split(theirs)
    if len(a) == 1 or len(b) == 1:
        pattern, text = (a, theirs) if len(b) == 1 else (b, mine)
        return re.fullmatch(".*".join(map(re.escape, pattern)), text, re.DOTALL) is not None
    head = min(len(a[0]), len(b[0]))
    tail = min(len(a[-1]), len(b[-1]))
    return a[0][:head] == b[0][:head] and (not tail or a[-1][-tail:] == b[-1][-tail:])


def _common(mine: str, theirs: str) -> bool:
    """Whether they share a known beginning, or an unknown part with a name."""
    a, b = _PLACE.split(mine), _PLACE.split(theirs)
    if min(len(a[0]), len(b[0])) >= _SHARED:
        return True
    named = {each for each in _PLACE.findall(mine) if len(each) > 2}
    return bool(named & set(_PLACE.findall(theirs)))


def _under(key: str, prefix: str) -> Verdict:
    known = _PLACE.split(prefix)[0]
    if not known:
        return Verdict.UNKNOWN
    begins = _PLACE.split(key)[0]
    size = min(len(known), len(begins))
    return (Verdict.YES if size >= len(known) else Verdict.UNKNOWN) if known[:size] == begins[:size] else Verdict.NO


# ---------------------------------------------------------------------------------------------------------------- files


def _same_file(store: Identity, deletion: Identity) -> Verdict:
    fields = [alike(a, b) for a in store.parts.get("field", ()) for b in deletion.parts.get("field", ())]
    found = list(fields)
    for kept in ("path", "folder"):
        for mine in store.parts.get(kept, ()):
            found += [path_alike(mine, theirs) for theirs in deletion.parts.get("path", ())]
            found += [path_below(mine, theirs) for theirs in deletion.parts.get("folder", ())]
    return max(found, default=Verdict.UNKNOWN)


@lru_cache(maxsize=20_000)
def path_alike(mine: str, theirs: str, *, relative: bool = False) -> Verdict:
    """Whether two paths can be the same file, compared from the end.

    ``relative``: one that begins with a folder may be the end of a longer one, although its last part is unknown.
    """
    a, b = _segments(mine), _segments(theirs)
    if not a or not b:
        return Verdict.UNKNOWN
    if _DEEP in b:
        return path_below(mine, "/".join(b[: b.index(_DEEP)]) or "{}")
    shorter = min(len(a), len(b))
    open_end = _PLACE.fullmatch((a if len(a) <= len(b) else b)[0]) is not None
    verdicts = [_segment(x, y, last=place == 0) for place, (x, y) in enumerate(zip(a[::-1], b[::-1], strict=False))]
    if len(a) != len(b) and open_end:
        verdicts[shorter - 1] = Verdict.UNKNOWN  # it may stand for several segments
    if Verdict.NO in verdicts:
        return Verdict.NO
    if len(a) != len(b) and not open_end and verdicts[0] is not Verdict.YES:
        if not relative or a[0] == "" or b[0] == "" or Verdict.YES not in verdicts[1:]:
            return Verdict.UNKNOWN
    return Verdict.YES if Verdict.YES in verdicts else Verdict.UNKNOWN


@lru_cache(maxsize=20_000)
def path_below(mine: str, folder: str) -> Verdict:
    """Whether a path is the folder, or lies below it."""
    a, b = _segments(mine), _segments(folder)
    if not a or not b:
        return Verdict.UNKNOWN
    if len(b) > len(a):
        return Verdict.UNKNOWN if any("{" in part for part in a) else Verdict.NO
    verdicts = [_segment(x, y, last=False) for x, y in zip(a, b, strict=False)]
    if Verdict.NO in verdicts:
        return Verdict.NO
    return Verdict.YES if Verdict.YES in verdicts else Verdict.UNKNOWN


def _segments(path: str) -> list[str]:
    parts = path.replace("\\", "/").split("/")
    root = [""] if parts and not parts[0] and len(parts) > 1 else []
    return root + [part for part in parts if part not in ("", ".")]


def _segment(mine: str, theirs: str, *, last: bool) -> Verdict:
    """One folder or file name: of two differently named constants for folders at most one is meant."""
    if mine == theirs:
        if not mine:
            return Verdict.UNKNOWN  # the root
        return Verdict.YES if _PLACE.sub("", mine).strip(".") or _named(mine) else Verdict.UNKNOWN
    verdict = alike(mine, theirs)
    if last or verdict is not Verdict.UNKNOWN:
        return verdict
    if _PLACE.fullmatch(mine) and _PLACE.fullmatch(theirs) and _constant(mine) and _constant(theirs):
        return Verdict.NO
    return verdict


def _constant(text: str) -> bool:
    """A named constant: a setting, an attribute of an object, not the result of a call or a parameter."""
    return len(text) > 2 and not text.startswith(("{#", "{?"))
