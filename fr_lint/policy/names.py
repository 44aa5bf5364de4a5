"""Patterns over file paths and dotted names, matched in time that is bounded by their lengths.

No regular expression is made from what a policy says, so that no pattern can be slow.  Must not know files or programs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_ONE: Final = 1  # any characters but "/"
_ALL: Final = 2  # any characters
_DIRS: Final = 3  # nothing, or any characters up to a "/"


@lru_cache(maxsize=4096)
def path_fits(pattern: str, path: str) -> bool:
    """Does a glob cover a file?  Both relative to the project's root, with forward slashes.

    ``*`` stays within a segment, ``**`` crosses, ``?`` is one character.  A pattern for a folder covers what is in it.
    """
    pattern = pattern.replace("\\", "/").removeprefix("./")
    if pattern.endswith("/"):
        pattern += "**"
    return _fits(_tokens(pattern), path) or (
        not pattern.endswith((".py", ".pyw", "*")) and _fits(_tokens(pattern + "/**"), path)
    )


def name_fits(pattern: str, names: Iterable[str]) -> bool:
    """Does a dotted pattern fit one of the names that something goes by?  ``*`` stands for any characters."""
    return any(_name(pattern, name) for name in names)


def is_inside(outer: str, name: str) -> bool:
    """Is a dotted name that of ``outer`` (in which ``*`` stands for any characters) or of something nested in it?"""
    parts = name.split(".")
    if "*" not in outer:
        return name == outer or name.startswith(outer + ".")
    return any(_name(outer, ".".join(parts[:end])) for end in range(len(parts), 0, -1))


def is_path(entry: str) -> bool:
    """Does an entry of ``code`` mean files?  Else it is a dotted name."""
    return "/" in entry or "\\" in entry or entry.endswith((".py", ".pyw")) or not entry.strip("*")


@lru_cache(maxsize=8192)
def _name(pattern: str, name: str) -> bool:
    if "*" not in pattern:
        return pattern == name
    return _fits(tuple(_ALL if char == "*" else char for char in pattern), name)


@lru_cache(maxsize=1024)
def _tokens(pattern: str) -> tuple[str | int, ...]:
    out: list[str | int] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at) and (at == 0 or pattern[at - 1] == "/"):
            out.append(_DIRS)
            at += 3
        elif pattern.startswith("**", at):
            out.append(_ALL)
            at += 2
        elif pattern[at] == "*":
            out.append(_ONE)
            at += 1
        else:
            out.append(pattern[at])
            at += 1
    return tuple(out)


def _fits(tokens: tuple[str | int, ...], text: str) -> bool:
    """All states of the pattern at once, one character after the other (K. Thompson, 1968).

    A state is the number of the next token; ``~number`` is a folder of ``**/`` whose slash is still to come.
    """
    states = _closed({0}, tokens)
    for char in text:
        after: set[int] = set()
        for state in states:
            if state < 0:
                after.add(state if char != "/" else ~state)
                continue
            if state == len(tokens):
                continue
            wanted = tokens[state]
            if wanted == _ALL or (wanted == _ONE and char != "/"):
                after.add(state)
            elif wanted == _DIRS:
                after.add(~state)
            elif wanted == char or (wanted == "?" and char != "/"):
                after.add(state + 1)
        if not after:
            return False
        states = _closed(after, tokens)
    return len(tokens) in states


def _closed(states: set[int], tokens: tuple[str | int, ...]) -> set[int]:
    """The states with those that are reached by reading nothing: a star may stand for no character."""
    out = set(states)
    for state in states:
        while 0 <= state < len(tokens) and isinstance(tokens[state], int):
            state += 1
            out.add(state)
    return out
