"""By which words the search for other ways reads a program, from ``data/access.toml``.

Must not know programs, paths or rules.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Final

SECTIONS: Final = {
    "calls": (
        "reading",
        "deciding",
        "judging",
        "finding",
        "requiring",
        "sql",
        "typed",
        "dependencies",
        "at-once",
        "contexts",
        "looking",
        "gathering",
        "labels",
        "links",
        "needing",
    ),
    "carried": ("setters", "getters", "signers", "steps", "columns", "feeders", "takers", "queues"),
    "values": ("opposite", "cameras", "requests", "beginning"),
    "comparisons": ("refusing", "near", "alike"),
    "grants": (
        "quiet",
        "passed",
        "progress",
        "undone",
        "attended",
        "locked",
        "unlocked",
        "signals",
        "statements",
        "writing",
        "rows",
        "copying",
        "settled",
        "outcomes",
        "answering",
        "means",
    ),
    "pictures": ("cutting", "differing", "measuring", "classifying", "persons", "moods"),
    "answers": ("pages", "errors", "statuses"),
    "classes": ("plain", "methods", "parts", "including", "listed"),
    "effects": ("ending", "removing", "logging", "loggers", "taking"),
}


@cache
def access_words(section: str, name: str) -> frozenset[str]:
    """One list of the file; what each is for stands there.  Raises ``KeyError`` for one that is not declared above."""
    return _lists()[section][name]


@cache
def _lists() -> dict[str, dict[str, frozenset[str]]]:
    text = resources.files("fr_lint.catalogue").joinpath("data/access.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return {section: {name: frozenset(data[section][name]) for name in names} for section, names in SECTIONS.items()}
