"""How texts and paths are put together, read from ``data/paths.toml``.  Must not know programs or rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fr_lint.catalogue import records


@dataclass(frozen=True, slots=True)
class Paths:
    """Sets of names, as the data file groups them."""

    same: frozenset[str]
    same_methods: frozenset[str]
    join: frozenset[str]
    join_methods: frozenset[str]
    parent: frozenset[str]
    parent_attributes: frozenset[str]
    last: frozenset[str]
    last_attributes: frozenset[str]
    with_name: frozenset[str]
    with_suffix: frozenset[str]
    handle_attributes: frozenset[str]
    listing: frozenset[str]
    walks: frozenset[str]
    deep: frozenset[str]
    patterns: frozenset[str]
    names: frozenset[str]
    lookups: frozenset[str]
    constants: Mapping[str, str]


@cache
def paths() -> Paths:
    """The data that ships with the package."""
    data = records.parse("paths.toml", records.text(".", "paths.toml"))
    groups = {key.replace("-", "_"): frozenset(names) for key, names in data["paths"].items()}
    return Paths(**groups, constants=data["constants"])
