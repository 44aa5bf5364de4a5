"""Both parses of a source, guarded."""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst

from fr_lint.syntax import NotAnalysed


@contextmanager
def parsed(source: str, tree: ast.Module | None) -> Iterator[tuple[cst.Module, ast.Module]]:
    limit = sys.getrecursionlimit()
    collecting = gc.isenabled()
    try:
        gc.disable()
        if tree is None:
            try:
                tree = ast.parse(source)
            except SyntaxError as error:
                raise NotAnalysed(f"syntax error in line {error.lineno}: {error.msg}") from None
            except (ValueError, RecursionError, MemoryError) as error:
                raise NotAnalysed(f"cannot be parsed: {error}") from None
        try:
            module = cst.parse_module(source)
        except cst.ParserSyntaxError as error:
            raise NotAnalysed(f"libcst cannot parse line {error.raw_line}") from None
        sys.setrecursionlimit(200_000)
        yield module, tree
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()
