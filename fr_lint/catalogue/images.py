"""What is done to pictures, read from ``data/images.toml``.  Must not know programs or rules."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Images:
    """Sets of last names of calls."""

    hide: frozenset[str]
    applied: frozenset[str]
    mosaic: frozenset[str]
    filled: frozenset[str]
    filled_names: frozenset[str]
    neutral: frozenset[str]
    modules: frozenset[str]
    writing: frozenset[str]
    counting: frozenset[str]
    loaders: frozenset[str]
    blank: frozenset[str]
    filling: frozenset[str]
    samples: frozenset[str]
    converting: frozenset[str]


@cache
def images() -> Images:
    """The data that ships with the package."""
    text = resources.files("fr_lint.catalogue").joinpath("data/images.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Images(
        frozenset(data["hide"]["names"]),
        frozenset(data["hide"]["applied"]),
        frozenset(data["hide"]["mosaic"]),
        frozenset(data["hide"]["filled"]),
        frozenset(data["hide"]["filled-names"]),
        frozenset(data["neutral"]["names"]),
        frozenset(data["neutral"]["modules"]),
        frozenset(data["neutral"]["writing"]),
        frozenset(data["neutral"]["counting"]),
        frozenset(data["convert"]["loaders"]),
        frozenset(data["blank"]["makers"]),
        frozenset(data["blank"]["filling"]),
        frozenset(data["samples"]["makers"]),
        frozenset(data["blank"]["converting"]),
    )
