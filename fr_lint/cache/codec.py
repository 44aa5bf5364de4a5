"""A lowered module as JSON, and back: flat tables, so that neither direction needs recursion.

Expressions stand in one list, each after its parts, which it names by their numbers; an expression that stands in two
places is written once and is one object again.  JSON, since reading it can run nothing.  Must not know files.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from fr_lint.ir.model import (
    OPAQUE,
    Arg,
    Attr,
    Binary,
    Bool,
    Caught,
    Class,
    ClassRef,
    Comment,
    Compare,
    Comprehension,
    Const,
    Display,
    Element,
    Entered,
    Entry,
    Expr,
    Function,
    FunctionRef,
    IfElse,
    Import,
    Item,
    Mapping,
    Module,
    Name,
    Node,
    Op,
    Opaque,
    Param,
    Result,
    Slice,
    Starred,
    Text,
    Unary,
)
from fr_lint.ir.walk import children

FORM: Final = "1"  # changes with whatever is written here
_NONE: Final = -1  # the number of no expression
_LARGE: Final = 1 << 63  # an integer beyond it is written in hexadecimal digits
_OPS: Final = tuple(Op)

Row = list[Any]


def encode(module: Module) -> bytes:
    """The module without its path.  Its strings may hold lone surrogates, as source text may."""
    return json.dumps(_Writer().module(module), ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def decode(data: bytes, path: str) -> Module:
    """The module again, as the one at ``path``.

    :raises ValueError, TypeError, LookupError, RecursionError: where the data were not written by :func:`encode`.
    """
    table = json.loads(data.decode("utf-8", "surrogatepass"))
    was_on = gc.isenabled()
    gc.disable()  # so many objects at once, and none of them garbage
    try:
        return _module(table, path)
    finally:
        if was_on:
            gc.enable()


class _Writer:
    """The table of expressions of one module."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._numbers: dict[int, int] = {}  # by identity: all expressions live as long as the module

    def module(self, module: Module) -> Row:
        functions = [self._function(each) for each in module.functions]
        classes = [self._class(each) for each in module.classes]
        comments = [[each.line, each.col, each.text, each.alone] for each in module.comments]
        return [self._rows, functions, classes, list(module.stars), comments]

    def _function(self, it: Function) -> Row:
        return [
            *(it.index, it.name, it.qualname, it.kind, it.parent, it.cls, it.line, it.col, it.end_line),
            [
                [each.name, each.kind, self.at(each.default), self.at(each.annotation), each.line, each.col]
                for each in it.params
            ],
            self._all(it.decorators),
            self.at(it.returns),
            *(it.is_async, it.is_generator),
            [self._node(each) for each in it.nodes],
            *(it.exit, it.raised, sorted(it.locals), sorted(it.globals), sorted(it.nonlocals)),
        ]

    def _class(self, it: Class) -> Row:
        return [
            *(it.index, it.name, it.qualname, it.parent, it.body, self._all(it.bases)),
            [[name, self.at(value)] for name, value in it.keywords],
            *(self._all(it.decorators), it.line, it.col),
        ]

    def _node(self, it: Node) -> Row:
        args = [[self.at(each.value), each.keyword, each.star, each.line, each.col] for each in it.args]
        row = [int(it.op), it.line, it.col, list(it.succ), it.exc, self.at(it.value), self.at(it.target)]
        if args or it.awaited or it.statement or it.annotation is not None:
            row += [args, it.awaited, it.statement, self.at(it.annotation)]
        return row

    def _all(self, parts: Iterable[Expr]) -> list[int]:
        return [self.at(part) for part in parts]

    def at(self, expr: Expr | None) -> int:
        """The number of an expression, written now unless it was before."""
        if expr is None:
            return _NONE
        numbers = self._numbers
        stack = [expr]
        while stack:
            top = stack[-1]
            if id(top) in numbers:
                stack.pop()
                continue
            missing = [part for part in _parts(top) if id(part) not in numbers]
            if missing:
                stack.extend(reversed(missing))
                continue
            numbers[id(top)] = len(self._rows)
            self._rows.append(_WRITE[type(top)](top, numbers))
            stack.pop()
        return numbers[id(expr)]


# ----------------------------------------------------------------------------------------------- one kind after another


def _const(it: Const) -> Row:
    value = it.value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _LARGE:
        return [1, f"{value:x}"]
    if isinstance(value, bytes):
        return [2, value.decode("latin-1")]
    if isinstance(value, complex):
        return [3, value.real, value.imag]
    if value is ...:
        return [4]
    if value is None or isinstance(value, (str, bool, int, float)):
        return [0, value]
    raise TypeError(f"no literal: {type(value).__name__}")


def _parts(expr: Expr) -> tuple[Expr, ...]:
    """All that an expression refers to: the targets of a comprehension as well, which are no values in it."""
    return (*children(expr), *expr.targets) if isinstance(expr, Comprehension) else children(expr)


def _write_mapping(it: Mapping, n: dict[int, int]) -> Row:
    return [17, [[_NONE if e.key is None else n[id(e.key)], n[id(e.value)], e.line, e.col] for e in it.entries]]


def _write_comprehension(it: Comprehension, n: dict[int, int]) -> Row:
    key = _NONE if it.key is None else n[id(it.key)]
    return [26, it.kind, n[id(it.element)], key, *(_ids(part, n) for part in (it.targets, it.sources, it.conditions))]


def _ids(parts: Iterable[Expr], numbers: dict[int, int]) -> list[int]:
    return [numbers[id(part)] for part in parts]


_WRITE: Final[dict[type[Expr], Callable[[Any, dict[int, int]], Row]]] = {
    Const: lambda it, _: _const(it),
    Name: lambda it, _: [5, it.id],
    Attr: lambda it, n: [6, n[id(it.base)], it.name],
    Item: lambda it, n: [7, n[id(it.base)], n[id(it.index)]],
    Slice: lambda it, n: [8, _ids(it.parts, n)],
    Result: lambda it, _: [9, it.node],
    Unary: lambda it, n: [10, it.op, n[id(it.operand)]],
    Bool: lambda it, n: [11, it.op, _ids(it.operands, n)],
    Compare: lambda it, n: [12, n[id(it.left)], it.op, n[id(it.right)]],
    Binary: lambda it, n: [13, it.op, n[id(it.left)], n[id(it.right)]],
    IfElse: lambda it, n: [14, n[id(it.test)], n[id(it.body)], n[id(it.orelse)]],
    Display: lambda it, n: [15, it.kind, _ids(it.elements, n)],
    Opaque: lambda it, _: [16, it is OPAQUE],
    Mapping: _write_mapping,
    Text: lambda it, n: [18, _ids(it.parts, n)],
    FunctionRef: lambda it, _: [19, it.index],
    ClassRef: lambda it, _: [20, it.index],
    Import: lambda it, _: [21, it.module, it.name, it.level],
    Element: lambda it, n: [22, n[id(it.of)]],
    Entered: lambda it, n: [23, n[id(it.manager)]],
    Caught: lambda it, n: [24, n[id(it.type)]],
    Starred: lambda it, n: [25, n[id(it.value)]],
    Comprehension: _write_comprehension,
}


def _pick(numbers: list[int], done: list[Expr]) -> tuple[Expr, ...]:
    return tuple([done[number] for number in numbers])


def _maybe(number: int, done: list[Expr]) -> Expr | None:
    return None if number < 0 else done[number]


def _entry(row: Row, done: list[Expr]) -> Entry:
    return Entry(_maybe(row[0], done), done[row[1]], row[2], row[3])


# by the number that a row begins with
_READ: Final[tuple[Callable[[Row, list[Expr]], Expr], ...]] = (
    lambda r, _: Const(r[1]),
    lambda r, _: Const(int(r[1], 16)),
    lambda r, _: Const(r[1].encode("latin-1")),
    lambda r, _: Const(complex(r[1], r[2])),
    lambda _, __: Const(...),
    lambda r, _: Name(r[1]),
    lambda r, d: Attr(d[r[1]], r[2]),
    lambda r, d: Item(d[r[1]], d[r[2]]),
    lambda r, d: Slice(_pick(r[1], d)),
    lambda r, _: Result(r[1]),
    lambda r, d: Unary(r[1], d[r[2]]),
    lambda r, d: Bool(r[1], _pick(r[2], d)),
    lambda r, d: Compare(d[r[1]], r[2], d[r[3]]),
    lambda r, d: Binary(r[1], d[r[2]], d[r[3]]),
    lambda r, d: IfElse(d[r[1]], d[r[2]], d[r[3]]),
    lambda r, d: Display(r[1], _pick(r[2], d)),
    lambda r, _: OPAQUE if r[1] else Opaque(),
    lambda r, d: Mapping(tuple([_entry(each, d) for each in r[1]])),
    lambda r, d: Text(_pick(r[1], d)),
    lambda r, _: FunctionRef(r[1]),
    lambda r, _: ClassRef(r[1]),
    lambda r, _: Import(r[1], r[2], r[3]),
    lambda r, d: Element(d[r[1]]),
    lambda r, d: Entered(d[r[1]]),
    lambda r, d: Caught(d[r[1]]),
    lambda r, d: Starred(d[r[1]]),
    lambda r, d: Comprehension(r[1], d[r[2]], _maybe(r[3], d), _pick(r[4], d), _pick(r[5], d), _pick(r[6], d)),
)


def _module(table: Row, path: str) -> Module:
    rows, functions, classes, stars, comments = table
    done: list[Expr] = []
    add, read = done.append, _READ
    for row in rows:
        add(read[row[0]](row, done))
    return Module(
        path,
        [_function(each, done) for each in functions],
        [_class(each, done) for each in classes],
        tuple([(module, level) for module, level in stars]),
        tuple([Comment(*each) for each in comments]),
    )


def _function(row: Row, done: list[Expr]) -> Function:
    *head, params, decorators, returns, is_async, yields, nodes, leave, raised, names, shared, outer = row
    index, name, qualname, kind, parent, cls, line, col, end = head
    function = Function(index, name, qualname, kind, parent, cls, line, col, end)
    function.params = tuple([Param(p[0], p[1], _maybe(p[2], done), _maybe(p[3], done), p[4], p[5]) for p in params])
    function.decorators, function.returns = _pick(decorators, done), _maybe(returns, done)
    function.is_async, function.is_generator = is_async, yields
    function.nodes = [_node(each, done) for each in nodes]
    function.exit, function.raised = leave, raised
    function.locals, function.globals, function.nonlocals = frozenset(names), frozenset(shared), frozenset(outer)
    return function


def _node(row: Row, done: list[Expr]) -> Node:
    value, target = row[5], row[6]
    node = Node(
        _OPS[row[0]],
        row[1],
        row[2],
        None if value < 0 else done[value],
        None if target < 0 else done[target],
        (),
        tuple(row[3]),
        row[4],
    )
    if len(row) > 7:
        node.args = tuple([Arg(done[each[0]], each[1], each[2], each[3], each[4]) for each in row[7]])
        node.awaited, node.statement, node.annotation = row[8], row[9], _maybe(row[10], done)
    return node


def _class(row: Row, done: list[Expr]) -> Class:
    index, name, qualname, parent, body, bases, keywords, decorators, line, col = row
    named = tuple([(word, done[value]) for word, value in keywords])
    return Class(index, name, qualname, parent, body, _pick(bases, done), named, _pick(decorators, done), line, col)
