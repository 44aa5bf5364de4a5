"""Who runs a function without a visible call, read from ``data/live.toml``.  Must not know programs or rules."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Live:
    """The lists; what each is for stands in the data file."""

    methods: frozenset[str]
    prefixes: tuple[str, ...]
    special: frozenset[str]
    passive: frozenset[str]
    narrow: frozenset[str]
    narrow_methods: frozenset[str]
    narrow_prefixes: tuple[str, ...]
    hooks: frozenset[str]
    decorators: frozenset[str]
    emptying: frozenset[str]
    strings: frozenset[str]
    signatures: frozenset[tuple[str, ...]]

    def runs(self, bases: Collection[str], name: str) -> bool:
        """Whether a framework calls a method of that name on classes with these bases (last names) of its own."""
        narrow = any(base in self.narrow for base in bases)
        prefixes = self.narrow_prefixes if narrow else self.prefixes
        methods = self.narrow_methods if narrow else self.methods
        return name in methods or any(name.startswith(prefix) and name != prefix for prefix in prefixes)


@cache
def live() -> Live:
    """The data that ships with the package."""
    text = resources.files("fr_lint.catalogue").joinpath("data/live.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    methods = data["methods"]
    return Live(
        methods=frozenset(methods["names"]),
        prefixes=tuple(methods["prefixes"]),
        special=frozenset(methods["special"]),
        passive=frozenset(methods["passive"]),
        narrow=frozenset(data["narrow"]["bases"]),
        narrow_methods=frozenset(data["narrow"]["methods"]),
        narrow_prefixes=tuple(data["narrow"]["prefixes"]),
        hooks=frozenset(methods["hooks"]),
        decorators=frozenset(data["decorators"]["names"]),
        emptying=frozenset(data["emptying"]["words"]),
        strings=frozenset(data["strings"]["callers"]),
        signatures=frozenset(tuple(names.split()) for names in data["functions"]["signatures"]),
    )
