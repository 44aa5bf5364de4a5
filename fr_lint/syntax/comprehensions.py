"""Comprehensions and generator expressions: loops in the graph, with variables of their own."""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from fr_lint.ir.model import Comprehension, Expr, Op
from fr_lint.syntax.conditions import condition
from fr_lint.syntax.dispatch import expression, value
from fr_lint.syntax.frame import FALSE, TRUE, Frame, Frontier
from fr_lint.syntax.literals import identifier
from fr_lint.syntax.targets import pattern

_KINDS: dict[type, tuple[str, type]] = {
    cst.ListComp: ("list", ast.ListComp),
    cst.SetComp: ("set", ast.SetComp),
    cst.DictComp: ("dict", ast.DictComp),
    cst.GeneratorExp: ("generator", ast.GeneratorExp),
}


@expression(cst.ListComp, cst.SetComp, cst.GeneratorExp, cst.DictComp)
def _comprehension(frame: Frame, node: Any, twin: Any) -> Expr:
    kind, expected = _KINDS[node.__class__]
    if twin.__class__ is not expected:
        twin = frame.nowhere()
    clauses: list[cst.CompFor] = []
    clause = node.for_in
    while clause is not None:
        clauses.append(clause)
        clause = clause.inner_for_in
    twins = frame.twins(clauses, twin.generators)
    outer = frame.renames
    number = frame.unit.number()
    own: dict[str, str] = {}
    for clause in clauses:
        for name in target_names(clause.target):
            own[name] = f"{name}@{number}"

    risky = frame.risky
    frame.risky = False
    targets: list[Expr] = []
    sources: list[Expr] = []
    conditions: list[Expr] = []
    heads: list[tuple[int, Any, Frontier]] = []  # per loop: its head, where it stands, the edges to its end
    for clause, at in zip(clauses, twins):  # noqa: B905  # a stand-in has no end
        source = value(frame, clause.iter, at.iter)
        if not heads:
            frame.renames = {**outer, **own}
        line, col = frame.place(at.target)
        target = pattern(frame, clause.target, at.target)
        head = len(frame.nodes)
        loop = frame.fork(Op.FOR, line, col, source, target)
        frame.raises(loop)
        frame.risky = False
        frame.frontier = [(loop, TRUE)]
        skipped: Frontier = []
        tests = frame.twins(clause.ifs, at.ifs)
        for test, at_test in zip(clause.ifs, tests):  # noqa: B905
            tree, true, false, _ = condition(frame, test.test, at_test)
            frame.risky = False
            frame.frontier = true
            skipped.extend(false)
            conditions.append(tree)
        targets.append(target)
        sources.append(source)
        heads.append((head, (line, col), skipped))
    frame.effects += 1
    key: Expr | None = None
    if kind == "dict":
        key = value(frame, node.key, twin.key)
        element = value(frame, node.value, twin.value)
    else:
        element = value(frame, node.elt, twin.elt)
    frame.risky = risky or frame.risky
    frame.renames = outer
    for head, (line, col), skipped in reversed(heads):
        frame.frontier = frame.frontier + skipped
        latch = frame.emit(Op.LATCH, line, col)
        latch.succ = (head,)
        frame.frontier = [(frame.nodes[head], FALSE)]
    return Comprehension(kind, element, key, tuple(targets), tuple(sources), tuple(conditions))


def target_names(node: Any) -> list[str]:
    """The names that a comprehension's target binds."""
    found: list[str] = []
    stack = [node]
    while stack:
        at = stack.pop()
        kind = at.__class__
        if kind is cst.Name:
            found.append(identifier(at.value))
        elif kind in (cst.Tuple, cst.List):
            stack.extend(element.value for element in at.elements)
    return found
