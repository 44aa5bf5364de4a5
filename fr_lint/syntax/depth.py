"""How deeply a source is nested, measured before a recursive parser sees it.

libcst's native parser recurses: on a stack of 8 MB it dies, by signal, of about 1000 nested brackets or a chain of 4000
calls; and it takes exponential time for nested ``match`` patterns.  The ``ast`` tree of the same source shows both in
time.  Four things are flat there and nested in libcst's tree: ``a or b or c``, the clauses of a comprehension, texts in
a row, and the name of a module.  CPython itself allows 200 open brackets and 100 levels of indentation.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
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
_CLAUSES: Final = frozenset({ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp})
_TEXT: Final = re.compile(
    r"""'''(?s:\\.|.)*?'''|\"\"\"(?s:\\.|.)*?\"\"\"|'(?:\\(?s:.)|[^'\\\n])*'|"(?:\\(?s:.)|[^"\\\n])*\""""
)

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
            deepest = max(deepest, level + _expression_depth(node, parts, lines))
    return deepest, worst


def _expression_depth(statement: Any, parts: tuple[str, ...], lines: list[str]) -> int:
    """Levels below one statement, without the statements in it."""
    deepest = 0
    stack: list[tuple[Any, int]] = [
        (child, 1)
        for name, child in ast.iter_fields(statement)
        if name not in parts and isinstance(child, (ast.AST, list))
    ]
    if statement.__class__ is ast.ImportFrom:
        deepest = (statement.module or "").count(".")
    while stack:
        node, level = stack.pop()
        kind = node.__class__
        if kind is list:
            stack.extend([(child, level) for child in node if isinstance(child, ast.AST)])
        elif kind is ast.BoolOp:
            level += len(node.values)
        elif kind in _CLAUSES:
            level += len(node.generators)
        elif kind is ast.Constant or kind is ast.JoinedStr:
            level += _texts(lines, node)
        elif kind is ast.alias:
            level += node.name.count(".")
        deepest = max(deepest, level)
        if kind is list:
            continue
        for name in node._fields:
            child = getattr(node, name, None)
            if child.__class__ is ast.JoinedStr and name == "format_spec":
                child = child.values
            if kind is ast.JoinedStr or name == "format_spec":  # the texts in it stand where the whole does
                child = [part for part in child or () if part.__class__ is not ast.Constant]
            if child.__class__ is list or isinstance(child, ast.expr):
                stack.append((child, level + 1))
            elif isinstance(child, (ast.arguments, ast.arg, ast.pattern)):
                stack.append((child, level + 1))
    return deepest


def _texts(lines: list[str], node: Any) -> int:
    """How many literals stand in a row where the tree has one text."""
    if not isinstance(getattr(node, "value", ""), (str, bytes)):
        return 0
    first, last = node.lineno - 1, node.end_lineno - 1
    if first == last:
        if node.end_col_offset - node.col_offset <= _SHORT:
            return 0
        text = _bytes(lines[first])[node.col_offset : node.end_col_offset].decode(errors="replace")
    else:
        text = "\n".join(lines[first : last + 1])  # what else is on the first and last line may be counted too
    return sum(1 for _ in _TEXT.finditer(text)) if text.count("'") + text.count('"') > _SHORT else 0


@lru_cache(maxsize=2)
def _bytes(line: str) -> bytes:
    """The tree counts bytes."""
    return line.encode(errors="replace")


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
