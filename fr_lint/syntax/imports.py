"""Import statements: what they bind."""

from __future__ import annotations

from typing import Any

import libcst as cst

from fr_lint.ir.model import Import, Name, Op
from fr_lint.syntax.dispatch import statement
from fr_lint.syntax.frame import Frame
from fr_lint.syntax.literals import identifier


def _dotted(node: Any) -> str:
    parts: list[str] = []
    while node.__class__ is cst.Attribute:
        parts.append(identifier(node.attr.value))
        node = node.value
    parts.append(identifier(node.value))
    return ".".join(reversed(parts))


def _bind(frame: Frame, twin: Any, name: str, bound: Import) -> None:
    frame.bound.add(name)
    line, col = frame.place(twin)
    frame.risky = True
    frame.assign(line, col, Name(name), bound)


@statement(cst.Import)
def _import(frame: Frame, node: cst.Import, twin: Any) -> None:
    for alias, at in zip(node.names, frame.twins(node.names, twin.names)):  # noqa: B905
        module = _dotted(alias.name)
        if alias.asname is not None:
            target: Any = alias.asname.name
            _bind(frame, at, identifier(target.value), Import(module, "", 0))
        else:
            top = module.partition(".")[0]
            _bind(frame, at, top, Import(top, "", 0))


@statement(cst.ImportFrom)
def _import_from(frame: Frame, node: cst.ImportFrom, twin: Any) -> None:
    level = len(node.relative)
    module = "" if node.module is None else _dotted(node.module)
    names = node.names
    if isinstance(names, cst.ImportStar):
        frame.unit.stars.append((module, level))
        line, col = frame.line, frame.col
        frame.raises(frame.emit(Op.NOP, line, col, Import(module, "*", level)))
        return
    for alias, at in zip(names, frame.twins(names, twin.names)):  # noqa: B905
        name = _dotted(alias.name)
        target: Any = alias.name if alias.asname is None else alias.asname.name
        _bind(frame, at, identifier(target.value), Import(module, name, level))
