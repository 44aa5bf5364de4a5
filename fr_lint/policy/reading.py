"""Reading TOML with bounds: how large a file may be, what it may be, and where something is wrong in it.

Must not know which keys mean anything.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from typing import Any, Final

from fr_lint.options import PolicyError
from fr_lint.policy.kinds import Place
from fr_lint.policy.locate import key_lines

LARGEST: Final = 512 * 1024  # bytes
_DATE: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_BRACKETS: Final = re.compile(r"[\[{]")
DEEPEST: Final = 200  # brackets in a row that are open; the parsers recurse


def read_bytes(path: str, shown: str) -> bytes:
    """The bytes of a regular file.  :raises PolicyError: if it is none, is too large or cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise PolicyError(f"{shown}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise PolicyError(f"{shown}: expected a file, found something else")
    with os.fdopen(handle, "rb") as file:
        try:
            data = file.read(LARGEST + 1)
        except OSError as error:
            raise PolicyError(f"{shown}: cannot be read: {error.strerror or error}") from None
    if len(data) > LARGEST:
        raise PolicyError(f"{shown}: expected at most {LARGEST // 1024} KiB, found more")
    return data


def parsed(data: bytes, shown: str) -> tuple[Mapping[str, Any], Place]:
    """The table that a file holds, and the place of its beginning.  :raises PolicyError: if it is no TOML."""
    import tomli

    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{shown}:{line}: expected text in UTF-8, found other bytes") from None
    try:
        table = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise _broken(text, error, shown) from None
    except RecursionError:
        raise PolicyError(f"{shown}: nested too deeply") from None
    except (ValueError, OverflowError) as error:  # a number with more digits than Python converts
        raise PolicyError(f"{shown}: no TOML: {' '.join(str(error).split())[:200]}") from None
    return table, Place(shown, key_lines(text))


def _broken(text: str, error: Exception, shown: str) -> PolicyError:
    """What the parser said, with the line and its text; a date that is none is called one."""
    at = min(getattr(error, "pos", 0), max(0, len(text.rstrip()) - 1))  # the end is where the last line is
    number = text.count("\n", 0, at) + 1
    begin = text.rfind("\n", 0, at) + 1
    line = text[begin : text.find("\n", at) if "\n" in text[at:] else len(text)].strip()
    said = " ".join(str(getattr(error, "msg", error)).split())
    for found in _DATE.finditer(line):
        if begin + len(line) >= at >= begin and abs(found.start() - (at - begin)) <= 12:
            said = f"expected a date such as 2026-03-01, found {found[0]}"
    excerpt = line if len(line) <= 160 else line[:157] + "..."
    return PolicyError(f"{shown}:{number}: no TOML: {said[:200]}; the line is: {excerpt}")
