"""``try``, ``finally`` and ``with``: where exceptions go, and what runs on the way out.

A ``finally`` block is lowered once for each kind of way out that is really taken (normal end, exception, ``return``,
``break``, ``continue``).  Inside two ``finally`` blocks a third is lowered once for all ways out together, so that the
graph stays linear in the source; the ways out are then told apart by branches on nothing known.
"""

from __future__ import annotations

from typing import Any, Final

import libcst as cst

from fr_lint.ir.model import OPAQUE, Caught, Entered, Name, Op, Opaque
from fr_lint.syntax.dispatch import block, statement, value
from fr_lint.syntax.frame import FALSE, TRUE, Frame, Frontier, Label
from fr_lint.syntax.literals import identifier
from fr_lint.syntax.targets import assign

_COPIED_DEPTH: Final = 2


@statement(cst.Try, cst.TryStar)
def _try(frame: Frame, node: Any, twin: Any) -> None:
    if node.finalbody is None:
        _protected(frame, node, twin)
        return
    exc, returns, breaks, continues = frame.exc, frame.returns, frame.breaks, frame.continues
    frame.exc, frame.returns = Label(), Label()
    if breaks is not None:
        frame.breaks, frame.continues = Label(), Label()
    _protected(frame, node, twin)
    ways: list[tuple[Frontier, Label | None]] = [
        (frame.frontier, None),
        (frame.exc.waiting, exc),
        (frame.returns.waiting, returns),
    ]
    if frame.breaks is not None and frame.continues is not None:
        ways.append((frame.breaks.waiting, breaks))
        ways.append((frame.continues.waiting, continues))
    frame.exc, frame.returns, frame.breaks, frame.continues = exc, returns, breaks, continues
    taken = [way for way in ways if way[0]] or ways[:1]
    body, twins = node.finalbody.body, twin.finalbody
    after: Frontier = []
    frame.final_depth += 1
    if frame.final_depth <= _COPIED_DEPTH:
        for edges, label in taken:
            frame.frontier = edges
            block(frame, body, twins)
            if label is None:
                after = frame.frontier
            else:
                frame.jump(label)
    else:
        line, col = frame.line, frame.col
        frame.frontier = [edge for edges, _ in taken for edge in edges]
        block(frame, body, twins)
        for number, (_, label) in enumerate(taken):
            following: Frontier = []
            if number + 1 < len(taken):
                fork = frame.fork(Op.BRANCH, line, col, Opaque())
                frame.frontier, following = [(fork, TRUE)], [(fork, FALSE)]
            if label is None:
                after = frame.frontier
            else:
                frame.jump(label)
            frame.frontier = following
    frame.final_depth -= 1
    frame.frontier = after


def _protected(frame: Frame, node: Any, twin: Any) -> None:
    """Body, handlers and ``else`` part."""
    if not node.handlers:
        block(frame, node.body, twin.body)
        return
    outer = frame.exc
    inner = Label()
    frame.exc = inner
    block(frame, node.body, twin.body)
    frame.exc = outer
    if node.orelse is not None:
        block(frame, node.orelse.body, twin.orelse)
    ends = list(frame.frontier)
    frame.frontier = inner.waiting
    every = node.__class__ is cst.TryStar  # several handlers may run, one after another
    for handler, at in zip(node.handlers, frame.twins(node.handlers, twin.handlers)):  # noqa: B905
        line, col = frame.place(at)
        if handler.type is None:
            frame.emit(Op.CATCH, line, col)
            block(frame, handler.body, at.body)
            ends.extend(frame.frontier)
            frame.frontier = []
            break
        frame.line, frame.col = line, col
        kind = value(frame, handler.type, at.type)
        catch = frame.fork(Op.CATCH, line, col, kind)
        frame.frontier = [(catch, TRUE)]
        frame.risky = False
        if handler.name is not None:
            target: Any = handler.name.name
            name = identifier(target.value)
            frame.bound.add(name)
            frame.assign(line, col, Name(name), Caught(kind))
        block(frame, handler.body, at.body)
        following: Frontier = [(catch, FALSE)]
        if every and handler is not node.handlers[-1]:
            fork = frame.fork(Op.BRANCH, line, col, Opaque())
            following.append((fork, TRUE))
            ends.append((fork, FALSE))
        else:
            ends.extend(frame.frontier)
        frame.frontier = following
    frame.jump(outer)
    frame.frontier = ends


@statement(cst.With)
def _with(frame: Frame, node: cst.With, twin: Any) -> None:
    outer = frame.exc
    entered: list[tuple[Any, Label, int, int]] = []
    for item, at in zip(node.items, frame.twins(node.items, twin.items)):  # noqa: B905
        line, col = frame.place(at.context_expr)
        frame.risky = False
        manager = value(frame, item.item, at.context_expr)
        enter = frame.emit(Op.WITH, line, col, manager)
        frame.raises(enter)
        frame.risky = False
        label = Label()
        entered.append((manager, frame.exc, line, col))
        frame.exc = label
        if item.asname is not None:
            target = item.asname.name
            first = len(frame.nodes)
            assign(frame, target, at.optional_vars, Entered(manager))
            bound = [made.target for made in frame.nodes[first:] if made.op == Op.ASSIGN]
            enter.target = bound[0] if len(bound) == 1 else OPAQUE
    block(frame, node.body, twin.body)
    for manager, before, line, col in reversed(entered):
        frame.emit(Op.LEAVE, line, col, manager)
        raised = frame.exc.waiting
        frame.exc = before
        if raised:
            after = frame.frontier
            frame.frontier = raised
            unwind = frame.fork(Op.UNWIND, line, col, manager)
            before.take([(unwind, FALSE)])
            frame.frontier = [*after, (unwind, TRUE)]
    frame.exc = outer
