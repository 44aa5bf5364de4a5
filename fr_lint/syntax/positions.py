"""Where things stand: columns in code points, and the twin that stands in when the two trees disagree.

libcst knows no positions without a costly provider, so every lowering function walks two trees in step: the libcst
node, which says what there is, and its *twin* in the ``ast`` tree, which says where it stands.  A function that looks
into its twin first compares the twin's class; if it is not the expected one, it goes on with :class:`Nowhere`.  This
file must not know about control flow.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from itertools import repeat

_NEWLINE = re.compile("\r\n|\r|\n")
_LONG = 512  # bytes; longer lines get a table


class Nowhere:
    """Takes the place of a missing twin: every part of it is itself, and its position is that of the statement."""

    __slots__ = ("col_offset", "end_lineno", "lineno")

    def __init__(self, line: int, col: int) -> None:
        self.lineno = line
        self.end_lineno = line
        self.col_offset = col

    def __getattr__(self, name: str) -> Nowhere:
        return self

    def __getitem__(self, index: int) -> Nowhere:
        return self

    def __iter__(self) -> Iterator[Nowhere]:
        return repeat(self)


class Columns:
    """Turns the ``ast`` module's columns, which count UTF-8 bytes, into code points."""

    __slots__ = ("_tables", "wide")

    def __init__(self, source: str) -> None:
        self.wide: dict[int, bytes] = {}  # the lines where the two differ
        self._tables: dict[int, array[int]] = {}
        if not source.isascii():
            for number, line in enumerate(_NEWLINE.split(source), 1):
                if not line.isascii():
                    self.wide[number] = line.encode("utf-8", "replace")

    def column(self, line: int, offset: int) -> int:
        """The code point at which a byte of one of the ``wide`` lines stands."""
        text = self.wide[line]
        if len(text) <= _LONG:
            return len(text[:offset].decode("utf-8", "replace"))
        table = self._tables.get(line)
        if table is None:
            table = array("l", [0])
            count = 0
            for byte in text:
                count += byte & 0xC0 != 0x80
                table.append(count)
            self._tables[line] = table
        return table[min(offset, len(table) - 1)]
