"""Where the keys of a TOML text stand: key path -> line.

A walk over the text that skips values, in one pass and without recursion.  It relies on a parser having accepted the
text, and must not know which keys mean anything.
"""

from __future__ import annotations

import re
from typing import Final

Path = tuple[str | int, ...]

DEEPEST: Final = 8  # parts of a path; what lies deeper is walked over without being noted
MOST: Final = 20_000  # places that are noted

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_KEY: Final = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_TEXT: Final = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}(?!")|'''
    r"""\'\'\'.*?'{3,5}(?!')|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,\]}#]+(?: \d[^\s,\]}#]*)?""",
    re.DOTALL,
)


class _Lost(Exception):  # noqa: N818  # never leaves this file
    """The text is not what the parser accepted."""


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 1, at which each key and each table stands; entries of arrays are numbered from 0."""
    walk = _Walk(text)
    try:
        walk.document()
    except _Lost:
        pass  # what was found until here stands
    return walk.found


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._line_number = 1
        self._counted = 0
        self.found: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}  # arrays of tables: how many entries there are so far

    def document(self) -> None:
        table: Path = ()
        while self._skip(_BLANK) and self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                table = self._header("]]")
            elif self.text.startswith("[", self.at):
                table = self._header("]")
            else:
                self._pair(table)

    def _header(self, close: str) -> Path:
        line = self._line()
        self.at += len(close)
        names = self._key()
        if not self.text.startswith(close, self.at):
            raise _Lost
        self.at += len(close)
        path: Path = ()
        for number, name in enumerate(names[: DEEPEST - 1], 1):
            path = self._note(path, name, line)
            if number < len(names) and path in self._counts:  # on the way: the latest entry
                path = (*path, self._counts[path] - 1)
        if close == "]]":
            self._counts[path] = self._counts.get(path, 0) + 1
            path = self._note(path, self._counts[path] - 1, line)
        return path

    def _pair(self, table: Path) -> None:
        stack: list[tuple[str, Path, int]] = [("}", table, -1)]  # closing bracket, path, number of the next entry
        self._enter_value(stack)
        while len(stack) > 1:
            self._skip(_BLANK)
            close, path, number = stack[-1]
            if self.text.startswith(close, self.at):
                self.at += 1
                stack.pop()
            elif self.text.startswith(",", self.at):
                self.at += 1
            elif close == "]":
                stack[-1] = (close, path, number + 1)
                self._value(self._note(path, number, self._line()), stack)
            else:
                self._enter_value(stack)

    def _enter_value(self, stack: list[tuple[str, Path, int]]) -> None:
        line = self._line()
        path = stack[-1][1]
        for name in self._key():
            path = self._note(path, name, line)
        if not self.text.startswith("=", self.at):
            raise _Lost
        self.at += 1
        self._skip(_SPACE)
        self._value(path, stack)

    def _value(self, path: Path, stack: list[tuple[str, Path, int]]) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening in ("[", "{"):
            self.at += 1
            stack.append(("]" if opening == "[" else "}", path, 0))
            return
        found = _TEXT.match(self.text, self.at)
        if found is None:
            raise _Lost
        self.at = found.end()

    def _key(self) -> list[str]:
        names: list[str] = []
        while True:
            self._skip(_SPACE)
            found = _KEY.match(self.text, self.at)
            if found is None:
                raise _Lost
            names.append(found[0][1:-1] if found[0][0] in "\"'" else found[0])
            self.at = found.end()
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return names
            self.at += 1

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return True

    def _line(self) -> int:
        self._line_number += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line_number

    def _note(self, path: Path, part: str | int, line: int) -> Path:
        """One part further down; its place is noted unless it is too deep or one of too many."""
        if len(path) >= DEEPEST:
            return path
        path = (*path, part)
        if len(self.found) < MOST:
            self.found.setdefault(path, line)
        return path
