"""The functions of a source tree, the calls in them, and which may call which, by name only."""

from __future__ import annotations

import ast
import io
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

HOPS = 3
MODULE = "<module>"
# Names too common to follow from call to function.
COMMON = frozenset(name for kind in (str, bytes, int, float, list, dict, set, io.TextIOWrapper) for name in dir(kind))

Node = tuple[str, str]  # path within the tree, qualified name of the function


@dataclass(frozen=True)
class Function:
    """A function, and what it calls or hands away by name."""

    name: str
    first: int
    last: int
    calls: frozenset[str]


class Outline:
    """The functions and calls of one file."""

    def __init__(self, source: bytes) -> None:
        """Read the file; one that Python rejects has no functions."""
        self.functions: list[Function] = []
        self.calls: list[ast.Call] = []
        self.parsed = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.parsed = False
            return
        pending: list[tuple[ast.AST, tuple[str, ...], tuple[int, int]]] = [(tree, (), (0, sys.maxsize))]
        while pending:
            owner, names, (first, last) = pending.pop()
            calls: set[str] = set()
            for part, inner in _own_parts(owner, names):
                if isinstance(part, ast.Call):
                    self.calls.append(part)
                    named = [part.func, *part.args, *(keyword.value for keyword in part.keywords)]
                    calls.update(filter(None, map(_last_name, named)))
                elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                    start = min([part.lineno, *(decorator.lineno for decorator in part.decorator_list)])
                    pending.append((part, inner, (start, part.end_lineno or part.lineno)))
            self.functions.append(Function(".".join(names) or MODULE, first, last, frozenset(calls)))

    def function(self, line: int) -> str:
        """The qualified name of the innermost function around a line."""
        around = [f for f in self.functions if f.first <= line <= f.last]
        return max(around, key=lambda f: (f.first, -f.last)).name if around else MODULE

    def span(self, line: int, api: str) -> tuple[int, int]:
        """The first and last line of the call that a label on this line means."""
        here = [call for call in self.calls if call.lineno <= line <= (call.end_lineno or line)]
        words = set(re.findall(r"\w+", api))
        named = [call for call in here if _last_name(call.func) in words] or [c for c in here if c.lineno == line]
        if not named:
            return line, line
        call = max(named, key=lambda c: (c.lineno, -(c.end_lineno or 0)))
        return min(line, call.lineno), max(line, call.end_lineno or line)


def _own_parts(owner: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    """The nodes of a function but for those of the functions in it, each with its qualified name."""
    pending = [(child, names) for child in ast.iter_child_nodes(owner)]
    while pending:
        node, inner = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = (*inner, node.name)
        yield node, inner
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pending += [(child, inner) for child in ast.iter_child_nodes(node)]


def _last_name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@dataclass
class SourceTree:
    """A folder of Python files."""

    root: Path
    outlines: dict[str, Outline] = field(default_factory=dict)

    def outline(self, path: str) -> Outline:
        """The outline of a file, empty when there is none."""
        if path not in self.outlines:
            file = self.root / path
            self.outlines[path] = Outline(file.read_bytes() if file.is_file() else b"")
        return self.outlines[path]

    @cached_property
    def defined(self) -> dict[str, list[Node]]:
        """The functions of the tree by last name."""
        found: dict[str, list[Node]] = defaultdict(list)
        for file in sorted(self.root.rglob("*.py")):
            if file.is_file():
                path = file.relative_to(self.root).as_posix()
                for function in self.outline(path).functions:
                    found[function.name.rpartition(".")[2]].append((path, function.name))
        return found

    @cached_property
    def callees(self) -> dict[Node, set[Node]]:
        """Which function may call which, by name; a name defined in the caller's own file means that one."""
        edges: dict[Node, set[Node]] = defaultdict(set)
        defined = self.defined
        for path, outline in self.outlines.items():
            for function in outline.functions:
                for name in function.calls - COMMON:
                    all_of_them = defined.get(name, [])
                    edges[path, function.name].update([n for n in all_of_them if n[0] == path] or all_of_them)
        return edges

    @cached_property
    def callers(self) -> dict[Node, set[Node]]:
        """The edges of `callees`, turned round."""
        edges: dict[Node, set[Node]] = defaultdict(set)
        for caller, callees in self.callees.items():
            for callee in callees:
                edges[callee].add(caller)
        return edges

    def below(self, starts: Iterable[Node]) -> set[Node]:
        """The functions that these lead to within some hops, and these themselves."""
        seen, edge = set(starts), set(starts)
        for _ in range(HOPS):
            edge = {callee for node in edge for callee in self.callees.get(node, ())} - seen
            seen |= edge
        return seen

    def around(self, start: Node) -> set[Node]:
        """The functions from which one is reached, and those that they reach, within some hops in all."""
        up, down = {start}, {start}
        for _ in range(HOPS):
            down |= {callee for node in up | down for callee in self.callees.get(node, ())}
            up |= {caller for node in up for caller in self.callers.get(node, ())}
        return up | down
