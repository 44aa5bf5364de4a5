"""Where in a program a finding stands, in terms that outlive an edit: function, call, extent.

Reads one ``ast`` tree.  Must not know rules, nor how a finding is shown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MODULE: Final = "<module>"
_LONGEST: Final = 120  # characters of a call's text


@dataclass(frozen=True, slots=True)
class Place:
    """The extent of what is reported; lines count from 1, columns from 0 in code points, the end is exclusive."""

    function: str  # qualified name of the innermost function or class around it; "<module>" outside
    call: str  # the callee's text, normalised; the first word of a statement that is no call
    end_line: int
    end_col: int


class Places:
    """The places of one file."""

    def __init__(self, text: str) -> None:
        """``text`` may be no Python at all: then every place is its first word on the line."""
        self._lines = text.split("\n")
        try:
            self._tree: ast.Module | None = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self._tree = None
        self._calls: dict[tuple[int, int], ast.expr] = {}
        self._functions: list[tuple[int, int, str]] = []
        if self._tree is not None:
            self._index(self._tree)

    def at(self, line: int, col: int) -> Place:
        """What stands at a place that a rule has named."""
        function = MODULE
        for first, last, name in self._functions:  # outer ones come first
            if first <= line <= last:
                function = name
        node = self._calls.get((line, col))
        text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        if node is None:
            return Place(function, " ".join(text.split())[:_LONGEST], line, max(len(text.rstrip()), col + 1))
        end_line, end_col = node.end_lineno or line, self._points(node.end_lineno or line, node.end_col_offset or 0)
        return Place(function, _callee(node), end_line, end_col)

    def _index(self, tree: ast.Module) -> None:
        stack: list[tuple[ast.AST, str]] = [(tree, "")]
        while stack:
            node, prefix = stack.pop()
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                prefix = f"{prefix}.{node.name}" if prefix else node.name
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                self._functions.append((first, node.end_lineno or node.lineno, prefix))
            elif isinstance(node, ast.Call):
                key = (node.lineno, self._points(node.lineno, node.col_offset))
                self._calls.setdefault(key, node)
            stack.extend((child, prefix) for child in reversed(list(ast.iter_child_nodes(node))))
        self._functions.sort(key=lambda each: (each[0], -each[1]))

    def _points(self, line: int, offset: int) -> int:
        """A column in code points, from one in bytes of UTF-8."""
        text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        return offset if text.isascii() else len(text.encode()[:offset].decode("utf-8", "ignore"))


def _callee(node: ast.expr) -> str:
    """The callee without what is handed to it: ``frs.client().detect(x)`` -> ``frs.client().detect``."""
    try:
        return "".join(_spelled(node.func if isinstance(node, ast.Call) else node))[:_LONGEST]
    except RecursionError:
        return ""


def _spelled(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield from _spelled(node.value)
        yield f".{node.attr}"
    elif isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Call):
        yield from _spelled(node.func)
        yield "()"
    elif isinstance(node, ast.Await):
        yield from _spelled(node.value)
    else:
        yield type(node).__name__.lower()
