"""How deeply a source is nested, measured before a recursive parser sees it.

libcst's native parser recurses: on a stack of 8 MB it dies, by signal, of about 1000 nested brackets or a chain of 4000
calls; and it takes exponential time for nested ``match`` patterns.  The ``ast`` tree of the same source shows both in
time.  CPython itself allows 200 open brackets and 100 levels of indentation.
"""

from __future__ import annotations

import ast
import re
from typing import Any, Final

_SHORT: Final = 100  # a statement of so few characters needs no look: each level takes at least one
_BRACKETS: Final = re.compile(r"(?:[(\[{]\s*){24}")  # parentheses leave no trace in the ast tree
_NEWLINE: Final = re.compile("\r\n|\r|\n")
_PARTS: Final[dict[type, tuple[str, ...]]] = {
    ast.FunctionDef: ("body",),
    ast.AsyncFunctionDef: ("body",),
    ast.ClassDef: ("body",),
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.TryStar: ("body", "handlers", "orelse", "finalbody"),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
}
_NONE: Final[tuple[str, ...]] = ()

# log2 of what one more level of a pattern costs libcst's parser, in quarters; measured
_PATTERN_TOKEN: Final = re.compile(
    r"""(?:'''[\s\S]*?'''|\"\"\"[\s\S]*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\#[^\n]*)|(\w\s*\(|[(\[{])|([)\]}])"""
)
_PATTERN_COST: Final = {"(": 8, "[": 4, "{": 9}
_CLASS_COST: Final = 4
PATTERN_LIMIT: Final = 60  # about 0.1 s


def measure(source: str, tree: ast.Module) -> tuple[int, int]:
    """The number of levels (or a bound of it), and the cost of the worst ``match`` pattern in quarters of log2."""
    lines = source.split("\n") if "\r" not in source else _NEWLINE.split(source)
    deepest = _SHORT if _BRACKETS.search(source) is None else _SHORT + 200
    worst = 0
    count = len(lines)
    stack: list[tuple[list[Any], int]] = [(tree.body, 1)]
    while stack:
        body, level = stack.pop()
        deepest = max(deepest, level)
        for node in body:
            kind = node.__class__
            parts = _PARTS.get(kind, _NONE)
            for part in parts:
                inner = getattr(node, part)
                if inner:
                    stack.append((inner, level + 1))
            if kind is ast.match_case:
                worst = max(worst, _pattern_cost(lines, node))
                continue
            first = node.lineno
            if not parts:
                last = node.end_lineno
            elif kind is ast.Match:
                last = node.subject.end_lineno
            else:
                last = node.body[0].lineno
                decorators = getattr(node, "decorator_list", None)
                if decorators:
                    first = decorators[0].lineno
            if last == first:
                if first <= count and len(lines[first - 1]) <= _SHORT:
                    continue
            elif last - first < 4 and sum([len(line) for line in lines[first - 1 : last]]) <= _SHORT:
                continue
            deepest = max(deepest, level + _expression_depth(node, parts))
    return deepest, worst


def _expression_depth(statement: Any, parts: tuple[str, ...]) -> int:
    """Levels below one statement, without the statements in it."""
    deepest = 0
    stack: list[tuple[Any, int]] = [
        (child, 1)
        for name, child in ast.iter_fields(statement)
        if name not in parts and isinstance(child, (ast.AST, list))
    ]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        if node.__class__ is list:
            stack.extend([(child, level) for child in node if isinstance(child, ast.AST)])
            continue
        for name in node._fields:
            child = getattr(node, name, None)
            if child.__class__ is list or isinstance(child, ast.expr):
                stack.append((child, level + 1))
            elif isinstance(child, (ast.arguments, ast.arg, ast.pattern)):
                stack.append((child, level + 1))
    return deepest


def _pattern_cost(lines: list[str], case: ast.match_case) -> int:
    """What the brackets of one pattern cost, outermost to innermost; of the text, since parentheses count too."""
    first = case.pattern.lineno
    last = case.body[0].lineno
    while first > 1 and not lines[first - 1].lstrip().startswith("case"):
        first -= 1
    open_costs: list[int] = []
    cost = worst = 0
    text = "\n".join(lines[first - 1 : last])
    text = text[: len(text) - len(lines[last - 1]) + case.body[0].col_offset]
    for match in _PATTERN_TOKEN.finditer(text):
        opened = match[1]
        if opened is not None:
            open_costs.append(_PATTERN_COST[opened] if len(opened) == 1 else _CLASS_COST)
            cost += open_costs[-1]
            worst = max(worst, cost)
        elif match[2] is not None and open_costs:
            cost -= open_costs.pop()
    return worst
