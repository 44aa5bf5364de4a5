"""From source text to the intermediate representation of a module: the order of the steps, nothing else."""

from __future__ import annotations

import ast
from typing import Any

from fr_lint.ir.model import Function, Module
from fr_lint.syntax import (  # the files imported for their entries in the tables stand here too
    NotAnalysed,
    comprehensions,
    conditions,
    definitions,
    expressions,
    imports,
    literals,
    loops,
    patterns,
    statements,
    tries,
)
from fr_lint.syntax.comments import marked_comments
from fr_lint.syntax.dispatch import block
from fr_lint.syntax.frame import Frame, Unit
from fr_lint.syntax.parse import parsed
from fr_lint.syntax.positions import Columns

_TABLES = (
    comprehensions, conditions, definitions, expressions, imports, literals, loops, patterns, statements, tries
)  # fmt: skip


def lower(source: str, path: str, tree: ast.Module | None) -> Module:
    """See :func:`fr_lint.syntax.lower_source`."""
    try:
        with parsed(source, tree) as (module, twin):
            return _lower_module(source, path, module, twin)
    except NotAnalysed:
        raise
    except RecursionError:
        raise NotAnalysed("the code is nested too deeply") from None
    except Exception as error:
        raise NotAnalysed(f"internal error while reading the code: {type(error).__name__}: {_line(error)}") from error


def _lower_module(source: str, path: str, module: Any, twin: ast.Module) -> Module:
    unit = Unit(Columns(source))
    last = max(1, source.count("\n") + (not source.endswith("\n")))
    body = Function(0, "<module>", "<module>", "module", -1, -1, 1, 0, last)
    unit.functions.append(body)
    frame = Frame(unit, body, {})
    block(frame, module, twin.body)
    frame.finish()
    queue = unit.queue
    while queue:
        queue.popleft()()
    return Module(path, unit.functions, unit.classes, tuple(dict.fromkeys(unit.stars)), marked_comments(source))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
