"""``for`` and ``while``."""

from __future__ import annotations

from typing import Any

import libcst as cst

from fr_lint.ir.model import Op
from fr_lint.syntax.conditions import condition
from fr_lint.syntax.dispatch import block, statement, value
from fr_lint.syntax.frame import FALSE, TRUE, Frame, Frontier, Label
from fr_lint.syntax.targets import pattern


@statement(cst.While)
def _while(frame: Frame, node: cst.While, twin: Any) -> None:
    line, col = frame.line, frame.col
    head = len(frame.nodes)  # a condition has at least one node
    _, true, false, _ = condition(frame, node.test, twin.test)
    frame.frontier = true
    _body(frame, node, twin, head, false, line, col)


@statement(cst.For)
def _for(frame: Frame, node: cst.For, twin: Any) -> None:
    line, col = frame.line, frame.col
    source = value(frame, node.iter, twin.iter)
    target = pattern(frame, node.target, twin.target)
    head = len(frame.nodes)
    loop = frame.fork(Op.FOR, line, col, source, target)
    frame.raises(loop)
    frame.frontier = [(loop, TRUE)]
    _body(frame, node, twin, head, [(loop, FALSE)], line, col)


def _body(frame: Frame, node: Any, twin: Any, head: int, done: Frontier, line: int, col: int) -> None:
    """The body, the way back, the ``else`` part."""
    outer = frame.breaks, frame.continues
    breaks, continues = Label(), Label()
    frame.breaks, frame.continues = breaks, continues
    block(frame, node.body, twin.body)
    frame.breaks, frame.continues = outer
    frame.frontier = frame.frontier + continues.waiting
    latch = frame.emit(Op.LATCH, line, col)
    latch.succ = (head,)
    frame.frontier = done
    if node.orelse is not None:
        block(frame, node.orelse.body, twin.orelse)
    frame.frontier = frame.frontier + breaks.waiting
