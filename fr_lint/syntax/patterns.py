"""``match``: patterns as branches on the subject and its parts.

Patterns hold no calls, so their branches all stand where the pattern of their case stands.
"""

from __future__ import annotations

from typing import Any, Final

import libcst as cst

from fr_lint.ir.model import OPAQUE, Attr, Compare, Const, Display, Expr, Item, Name, Op, Opaque, Starred
from fr_lint.syntax.conditions import condition
from fr_lint.syntax.dispatch import block, statement, value
from fr_lint.syntax.frame import FALSE, TRUE, Frame, Frontier
from fr_lint.syntax.literals import identifier

# classes whose one positional sub-pattern is matched against the subject itself
_ITSELF: Final = frozenset(
    {"bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"}
)


@statement(cst.Match)
def _match(frame: Frame, node: cst.Match, twin: Any) -> None:
    line, col = frame.line, frame.col
    subject = value(frame, node.subject, twin.subject)
    plain = isinstance(subject, Display) and subject.kind == "tuple" and not _starred(subject)
    if not plain and not isinstance(subject, Name):
        kept = Name(f"match@{frame.unit.number()}")
        frame.bound.add(kept.id)
        frame.assign(line, col, kept, subject)
        subject = kept
    ends: Frontier = []
    for case, at in zip(node.cases, frame.twins(node.cases, twin.cases)):  # noqa: B905
        frame.line, frame.col = frame.place(at.pattern)
        frame.risky = False
        failed = _pattern(frame, case.pattern, subject)
        if case.guard is not None:
            _, true, false, _ = condition(frame, case.guard, at.guard)
            frame.frontier = true
            failed = failed + false
        block(frame, case.body, at.body)
        ends.extend(frame.frontier)
        frame.frontier = failed
    frame.frontier = ends + frame.frontier


def _starred(display: Display) -> bool:
    return any(isinstance(element, Starred) for element in display.elements)


def _test(frame: Frame, tree: Expr) -> Frontier:
    """Go on where a condition holds; the edge where it does not."""
    node = frame.fork(Op.BRANCH, frame.line, frame.col, tree)
    if frame.risky:
        frame.raises(node)
        frame.risky = False
    frame.frontier = [(node, TRUE)]
    return [(node, FALSE)]


def _capture(frame: Frame, node: Any, tree: Expr) -> None:
    name = identifier(node.value)
    frame.bound.add(name)
    frame.assign(frame.line, frame.col, Name(name), tree)


def _pattern(frame: Frame, node: Any, subject: Expr) -> Frontier:
    """Lower one pattern: the frontier is where it matches, the result where it does not."""
    kind = node.__class__
    if kind is cst.MatchValue:
        return _test(frame, Compare(subject, "==", value(frame, node.value, frame.nowhere())))
    if kind is cst.MatchSingleton:
        return _test(frame, Compare(subject, "is", value(frame, node.value, frame.nowhere())))
    if kind is cst.MatchAs:
        failed = [] if node.pattern is None else _pattern(frame, node.pattern, subject)
        if node.name is not None:
            _capture(frame, node.name, subject)
        return failed
    if kind is cst.MatchOr:
        matched: Frontier = []
        failed = frame.frontier
        for part in node.patterns:
            frame.frontier = failed
            failed = _pattern(frame, part.pattern, subject)
            matched.extend(frame.frontier)
        frame.frontier = matched
        return failed
    if kind is cst.MatchClass:
        return _class(frame, node, subject)
    if kind is cst.MatchMapping:
        return _mapping(frame, node, subject)
    return _sequence(frame, node, subject)


def _class(frame: Frame, node: cst.MatchClass, subject: Expr) -> Frontier:
    cls = value(frame, node.cls, frame.nowhere())
    failed = _test(frame, Compare(subject, "isinstance", cls))
    itself = isinstance(cls, Name) and cls.id in _ITSELF
    for element in node.patterns:
        failed = failed + _pattern(frame, element.value, subject if itself else OPAQUE)
    for keyword in node.kwds:
        failed = failed + _pattern(frame, keyword.pattern, Attr(subject, identifier(keyword.key.value)))
    return failed


def _mapping(frame: Frame, node: cst.MatchMapping, subject: Expr) -> Frontier:
    failed: Frontier = []
    if not node.elements:
        failed = _test(frame, Opaque())
    for element in node.elements:
        key = value(frame, element.key, frame.nowhere())
        failed = failed + _test(frame, Compare(key, "in", subject))
        failed = failed + _pattern(frame, element.pattern, Item(subject, key))
    if node.rest is not None:
        _capture(frame, node.rest, OPAQUE)
    return failed


def _sequence(frame: Frame, node: Any, subject: Expr) -> Frontier:
    """A display of known length is taken apart; of anything else nothing is known but that it may not fit."""
    parts = node.patterns
    count = len(parts)
    star = next((at for at, part in enumerate(parts) if part.__class__ is cst.MatchStar), -1)
    failed: Frontier = []
    known = isinstance(subject, Display) and star < 0 and len(subject.elements) == count
    if not known:
        failed = _test(frame, Opaque())
    for at, part in enumerate(parts):
        if at == star:
            if part.name is not None:
                _capture(frame, part.name, Display("list", (Starred(subject),)))
            continue
        if known and isinstance(subject, Display):
            inner = subject.elements[at]
        else:
            inner = Item(subject, Const(at if star < 0 or at < star else at - count))
        failed = failed + _pattern(frame, part.value, inner)
    return failed
