"""Which calls send data over a network or write it to a log, as data.  Must not know programs."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from fr_lint.catalogue.vocabulary import CONSENT, Reading, Vocabulary, Words, split, vocabulary


@dataclass(frozen=True, slots=True)
class Leaving:
    """The lists of ``data/leaving.toml``."""

    network: re.Pattern[str]
    network_methods: frozenset[str]
    http_methods: frozenset[str]
    http_arguments: frozenset[str]
    channel_methods: frozenset[str]
    channels: frozenset[str]
    stores: frozenset[str]
    here: tuple[str, ...]
    log: re.Pattern[str]
    log_methods: frozenset[str]
    loggers: frozenset[str]
    gate: re.Pattern[str]
    """Finds a text in which such a call can stand."""


class SharingWords(Vocabulary):
    """Consent counts where the same name or text names transmission or sharing as well."""

    def __init__(self, base: Vocabulary, words: Words) -> None:
        self.__dict__.update(base.__dict__)
        self._base = base
        self._words = words

    def read(self, name: str, *, guard: bool = False) -> Reading | None:  # noqa: D102
        return self._kept(self._base.read(name, guard=guard), name)

    def prompt(self, text: str) -> Reading | None:  # noqa: D102
        return self._kept(self._base.prompt(text), text)

    def names(self, text: str) -> bool:
        """Does a text name transmission or sharing?"""
        return self._words.found(split(text), text)

    def _kept(self, reading: Reading | None, text: str) -> Reading | None:
        return reading if reading is not None and reading.kind == CONSENT and self.names(text) else None


@cache
def leaving() -> Leaving:
    """The lists of the installed package, read once."""
    table = tomllib.loads(resources.files("fr_lint.catalogue").joinpath("data/leaving.toml").read_text("utf-8"))
    network, log = table["network"], table["log"]
    lasts = {name.rpartition(".")[2] for name in (*network["calls"], *log["calls"])}
    words = {*lasts, *network["methods"], *network["http-methods"], *network["channel-methods"], *log["methods"]}
    gate = "|".join(sorted(re.escape(word).replace(r"\*", r"\w*") for word in words if word.strip("*")))
    return Leaving(
        _globs(network["calls"]),
        frozenset(network["methods"]),
        frozenset(network["http-methods"]),
        frozenset(network["http-arguments"]),
        frozenset(network["channel-methods"]),
        frozenset(network["channels"]),
        frozenset(network["stores"]),
        tuple(network["here"]),
        _globs(log["calls"]),
        frozenset(log["methods"]),
        frozenset(log["loggers"]),
        re.compile(rf"\b(?:{gate}|upload\w*|put_object)\("),
    )


def _globs(names: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(r"[\w.()\[\]]*".join(map(re.escape, name.split("*"))) for name in names))


@cache
def sharing_words() -> SharingWords:
    """The words of the question whether sharing was consented to."""
    table = tomllib.loads(resources.files("fr_lint.catalogue").joinpath("data/leaving.toml").read_text("utf-8"))
    words = table["sharing"]
    return SharingWords(vocabulary(), Words(words["words"], words["phrases"], words["chinese"]))
