"""What calls do to the data that they are given, read from ``data/carrying.toml``: pass it on, or only tell of it.

Sets of last names of calls, attributes and keys.  Must not know programs or rules.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


@dataclass(frozen=True, slots=True)
class Carrying:
    """The lists; what each is for stands in the data file."""

    same_functions: frozenset[str]
    same_methods: frozenset[str]
    one: frozenset[str]
    load: frozenset[str]
    cameras: frozenset[str]
    contents: frozenset[str]
    content_attributes: frozenset[str]
    path_same: frozenset[str]
    path_words: frozenset[str]
    path_made: frozenset[str]
    path_made_words: frozenset[str]
    tables: frozenset[str]
    over: frozenset[str]
    converts: frozenset[str]
    other_files: tuple[str, ...]
    text_files: tuple[str, ...]
    tell: frozenset[str]
    tell_words: frozenset[str]
    put_items: frozenset[str]
    put_whole: frozenset[str]
    put_pictures: frozenset[str]
    part_methods: frozenset[str]
    part_attributes: frozenset[str]
    fill: frozenset[str]
    handles: frozenset[str]
    buffers: frozenset[str]
    queues: frozenset[str]
    receiving: frozenset[str]
    making: frozenset[str]
    taking: frozenset[str]
    removing: frozenset[str]
    emptying: frozenset[str]
    without: frozenset[str]
    filtering: frozenset[str]
    each: frozenset[str]
    runners: frozenset[str]
    depends: frozenset[str]
    times: frozenset[str]
    identifiers: frozenset[str]
    neutral: frozenset[str]
    arguments: frozenset[str]
    how: frozenset[str]
    ciphers: frozenset[str]
    numbers: frozenset[str]
    reductions: frozenset[str]
    texts: frozenset[str]
    services: frozenset[str]
    requests: frozenset[str]

    def tells(self, name: str) -> bool:
        """Whether a call of this last name gives something about its arguments rather than a form of them."""
        return name.lower() in self.tell or any(part in self.tell_words for part in parts(name))

    def is_path(self, name: str) -> bool:
        """Whether a value of this name says where something is."""
        return any(part in self.path_words for part in parts(name))

    def gives_path(self, name: str) -> bool:
        """Whether a call of this last name says where something is, rather than giving it."""
        return name in self.path_made or parts(name)[-1:] in {(word,) for word in self.path_made_words}

    def is_service(self, name: str) -> bool:
        """Whether a value of this name takes things without giving them back."""
        return any(part in self.services for part in parts(name))

    def is_id(self, name: str) -> bool:
        """Whether a value of this name says who or which."""
        return any(part in self.identifiers for part in parts(name)[-1:])

    def says_how(self, name: str) -> bool:
        """Whether an argument of this name says how something is done, and is not what it is done to."""
        return any(part in self.how for part in parts(name)[-1:])

    def is_neutral(self, key: object) -> bool:
        """Whether an attribute or key is a name, a time, a status, a score or a size."""
        return isinstance(key, str) and (key.lower() in self.neutral or parts(key)[-1:] in (("id",), ("at",)))


@cache
def parts(name: str) -> tuple[str, ...]:
    """The words of an identifier, in lower case: ``saveFace_v2`` -> ``save``, ``face``, ``v``, ``2``."""
    return tuple(part.lower() for part in _PARTS.findall(name))


@cache
def carrying() -> Carrying:
    """The data that ships with the package."""
    text = resources.files("fr_lint.catalogue").joinpath("data/carrying.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)

    def names(table: str, key: str = "names") -> frozenset[str]:
        return frozenset(data[table][key])

    return Carrying(
        same_functions=names("same", "functions"),
        same_methods=names("same", "methods"),
        one=names("same", "one"),
        load=names("load"),
        cameras=names("load", "cameras"),
        contents=names("load", "contents"),
        content_attributes=names("load", "attributes"),
        path_same=names("path", "same"),
        path_words=names("path", "words"),
        path_made=names("path", "made"),
        path_made_words=names("path", "made-words"),
        tables=names("same", "tables"),
        over=names("same", "over"),
        converts=names("same", "converts"),
        other_files=tuple(data["path"]["other-files"]),
        text_files=tuple(data["path"]["text-files"]),
        tell=names("tell"),
        tell_words=names("tell", "words"),
        put_items=names("put", "items"),
        put_whole=names("put", "whole"),
        put_pictures=names("put", "pictures"),
        part_methods=names("put", "part-methods"),
        part_attributes=names("put", "part-attributes"),
        fill=names("put", "fill"),
        handles=names("put", "handles"),
        buffers=names("put", "buffers"),
        queues=names("put", "queues"),
        receiving=names("put", "receiving"),
        making=names("rows", "making"),
        taking=names("rows", "taking"),
        removing=names("rows", "removing"),
        emptying=names("rows", "emptying"),
        without=names("rows", "without"),
        filtering=names("rows", "filtering"),
        each=names("run", "each"),
        runners=names("run"),
        depends=names("run", "depends"),
        times=names("rows", "times"),
        identifiers=names("neutral", "identifiers"),
        neutral=names("neutral"),
        arguments=names("neutral", "arguments"),
        how=names("how", "words"),
        ciphers=names("how", "ciphers"),
        numbers=names("tell", "numbers"),
        reductions=names("tell", "reductions"),
        texts=names("same", "texts"),
        services=names("service", "words"),
        requests=names("request", "attributes"),
    )
