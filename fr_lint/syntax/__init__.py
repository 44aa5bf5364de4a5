"""The door of the room that reads Python: source text in, intermediate representation out.

Only files of this package import libcst, and this one only when the first source is lowered, because that import
costs more than everything else a run over harmless code does.  What the code *means* (which library, which rule) must
not be known here.
"""

from __future__ import annotations

import ast

from fr_lint.ir.model import Module


class NotAnalysed(Exception):  # noqa: N818  # it is no error of the source, nor of ours
    """A source that cannot be read; ``reason`` says why in one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def lower_source(source: str, path: str, tree: ast.Module | None = None) -> Module:
    """Lower decoded source text (without a byte order mark) to the intermediate representation.

    ``tree`` is the ``ast`` tree of the same text where the caller has it already; it is read, never changed.
    Whatever goes wrong is raised as :class:`NotAnalysed`.
    """
    from fr_lint.syntax.lower import lower  # imports libcst

    return lower(source, path, tree)


__all__ = ["NotAnalysed", "lower_source"]
