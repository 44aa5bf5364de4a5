"""Makes a program smaller as long as it keeps a property."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Final

BLOCKS: Final = ("body", "orelse", "finalbody", "handlers", "cases")


def _parts(tree: ast.AST) -> list[tuple[ast.AST, str]]:
    return [(node, name) for node in ast.walk(tree) for name in BLOCKS if isinstance(getattr(node, name, None), list)]


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in BLOCKS:
        for part in getattr(node, name, None) or [] if isinstance(getattr(node, name, None), list) else []:
            if isinstance(part, ast.ExceptHandler | ast.match_case):
                yield part.body
            else:
                yield getattr(node, name)
                break


def _fewer_parameters(text: str) -> Iterator[str]:
    tree = ast.parse(text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "run":
            node.args.args = [one for one in node.args.args if one.arg in used]
    yield ast.unparse(tree) + "\n"


def _smaller(text: str) -> Iterator[str]:
    yield from (one for one in _fewer_parameters(text) if len(one) < len(text))
    tree = ast.parse(text)
    count = len(_parts(tree))
    for place in range(count):
        owner, name = _parts(tree)[place]
        for number, part in enumerate(getattr(owner, name)):
            options: list[list[ast.AST]] = [[]]
            if isinstance(part, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Match):
                options += [list(block) for block in _blocks(part)]
            if isinstance(part, ast.If | ast.While):
                options += _simpler_tests(part)
            for option in options:
                twin = copy.deepcopy(tree)
                twin_owner, _ = _parts(twin)[place]
                getattr(twin_owner, name)[number : number + 1] = copy.deepcopy(option)
                if name == "body" and not getattr(twin_owner, name) and not isinstance(twin_owner, ast.Module):
                    twin_owner.body = [ast.Pass()]  # type: ignore[attr-defined]
                try:
                    smaller = ast.unparse(ast.fix_missing_locations(twin)) + "\n"
                    compile(smaller, "<program>", "exec")
                except (SyntaxError, ValueError, AttributeError):
                    continue
                if len(smaller) < len(text):
                    yield smaller


def _simpler_tests(part: ast.If | ast.While) -> list[list[ast.AST]]:
    test = part.test
    simpler: list[ast.expr] = []
    if isinstance(test, ast.BoolOp):
        simpler += test.values
    if isinstance(test, ast.UnaryOp):
        inner = test.operand
        if isinstance(inner, ast.BoolOp):
            simpler += [ast.UnaryOp(ast.Not(), value) for value in inner.values]
    if isinstance(test, ast.IfExp):
        simpler += [test.test, test.body]
    out: list[list[ast.AST]] = []
    for one in simpler:
        twin = copy.copy(part)
        twin.test = one
        out.append([twin])
    return out


def shrink(text: str, keeps: Callable[[str], bool]) -> str:
    """The smallest text that is found by leaving out statements, unwrapping blocks and simplifying conditions."""
    normal = ast.unparse(ast.parse(text)) + "\n"
    if keeps(normal):
        text = normal
    while True:
        for smaller in _smaller(text):
            if keeps(smaller):
                text = smaller
                break
        else:
            return text
