"""``def``, ``lambda`` and ``class``: what is evaluated where they stand; their bodies are queued."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import libcst as cst

from fr_lint.ir.model import Class, ClassRef, Const, Expr, Function, FunctionRef, Name, Op, Param, Starred
from fr_lint.syntax.dispatch import block, expression, statement, value
from fr_lint.syntax.expressions import arguments
from fr_lint.syntax.frame import Frame, Unit
from fr_lint.syntax.literals import identifier

_QUOTED_LENGTH: Final = 400


# --------------------------------------------------------------------------------------------------------- annotations


@contextmanager
def detached(frame: Frame) -> Iterator[None]:
    """Lower what is not evaluated here: its nodes exist, but no path leads to them."""
    frontier, risky = frame.frontier, frame.risky
    frame.frontier = []
    yield
    frame.frontier, frame.risky = frontier, risky


def annotation(frame: Frame, node: Any, twin: Any) -> Expr:
    """An annotation; a quoted one is read as the expression it holds."""
    if node.__class__ not in (cst.SimpleString, cst.ConcatenatedString):
        return value(frame, node, twin)
    tree = value(frame, node, twin)
    if not isinstance(tree, Const) or not isinstance(tree.value, str) or len(tree.value) > _QUOTED_LENGTH:
        return tree
    text = tree.value.strip()
    if text.isidentifier() and not keyword.iskeyword(text):
        return Name(identifier(text))
    try:
        ast.parse(text, mode="eval")
        inner = cst.parse_expression(text)
    except Exception:  # noqa: BLE001  # whatever it is, it is no expression
        return tree
    line, col, nowhere = frame.line, frame.col, frame.nowhere()
    nowhere.lineno, nowhere.col_offset = frame.line, frame.col = frame.place(twin)
    tree = value(frame, inner, nowhere)
    frame.line, frame.col = line, col
    return tree


# ---------------------------------------------------------------------------------------------------------- parameters


def _parameters(frame: Frame, node: cst.Parameters, twin: Any) -> tuple[Param, ...]:
    """Defaults first, then annotations, as Python evaluates them."""
    if twin.__class__ is not ast.arguments:
        twin = frame.nowhere()
    star: Any = node.star_arg
    if star.__class__ is not cst.Param:
        star = None
    found: list[tuple[cst.Param, str, Any]] = []
    for nodes, kind, twins in (
        (node.posonly_params, "positional", twin.posonlyargs),
        (node.params, "normal", twin.args),
        ((star,) if star is not None else (), "args", [twin.vararg]),
        (node.kwonly_params, "keyword", twin.kwonlyargs),
        ((node.star_kwarg,) if node.star_kwarg is not None else (), "kwargs", [twin.kwarg]),
    ):
        if nodes:
            found.extend((param, kind, at) for param, at in zip(nodes, frame.twins(nodes, twins)))  # noqa: B905
    defaults: list[Expr | None] = []
    given = [param for param, kind, _ in found if param.default is not None and kind in ("positional", "normal")]
    positional = iter(frame.twins(given, twin.defaults))
    named = iter(frame.twins(node.kwonly_params, twin.kw_defaults))
    for param, kind, _ in found:
        at = next(named) if kind == "keyword" else None
        if param.default is None:
            defaults.append(None)
        else:
            defaults.append(value(frame, param.default, next(positional) if at is None else at))
    params: list[Param] = []
    for (param, kind, at), default in zip(found, defaults, strict=True):
        meant = None if param.annotation is None else annotation(frame, param.annotation.annotation, at.annotation)
        line, col = frame.place(at)
        params.append(Param(identifier(param.name.value), kind, default, meant, line, col))
    return tuple(params)


# ----------------------------------------------------------------------------------------------------------- functions


def _qualified(frame: Frame, name: str) -> str:
    outer = frame.function
    return name if outer.kind == "module" else f"{outer.qualname}.{name}"


def _function(frame: Frame, name: str, kind: str, twin: Any, params: tuple[Param, ...], cls: int = -1) -> Function:
    line, col = frame.place(twin)
    functions = frame.unit.functions
    function = Function(
        len(functions),
        name,
        _qualified(frame, name),
        kind,
        frame.function.index,
        cls,
        line,
        col,
        twin.end_lineno,
        params,
    )
    functions.append(function)
    return function


def _type_names(node: Any) -> set[str]:
    """The type parameters of ``def f[T]`` or ``class C[T]``; their bounds are not evaluated there."""
    if node.type_parameters is None:
        return set()
    return {identifier(item.param.name.value) for item in node.type_parameters.params}


def _lower_body(unit: Unit, function: Function, node: Any, twins: Any, names: set[str]) -> None:
    inner = Frame(unit, function, {})
    inner.bound |= names
    block(inner, node.body, twins)
    inner.finish()


@statement(cst.FunctionDef)
def _def(frame: Frame, node: cst.FunctionDef, twin: Any) -> None:
    line, col = frame.line, frame.col
    unit = frame.unit
    name = identifier(node.name.value)
    index = unit.done.get(id(node))
    if index is None:
        decorators = _decorators(frame, node.decorators, twin)
        params = _parameters(frame, node.params, twin.args)
        returns = None if node.returns is None else annotation(frame, node.returns.annotation, twin.returns)
        owner = frame.function.cls if frame.function.kind == "class" else -1
        function = _function(frame, name, "function", twin, params, owner)
        function.decorators = decorators
        function.returns = returns
        function.is_async = node.asynchronous is not None
        index = unit.done[id(node)] = function.index
        names = _type_names(node)
        unit.queue.append(lambda: _lower_body(unit, function, node, twin.body, names))
    frame.bound.add(name)
    if node.decorators:
        frame.risky = True  # they are applied
    frame.assign(line, col, Name(name), FunctionRef(index))


def _decorators(frame: Frame, nodes: Any, twin: Any) -> tuple[Expr, ...]:
    twins = frame.twins(nodes, twin.decorator_list)
    return tuple([value(frame, node.decorator, at) for node, at in zip(nodes, twins)])  # noqa: B905


@expression(cst.Lambda)
def _lambda(frame: Frame, node: cst.Lambda, twin: Any) -> Expr:
    unit = frame.unit
    index = unit.done.get(id(node))
    if index is not None:
        return FunctionRef(index)
    if twin.__class__ is not ast.Lambda:
        twin = frame.nowhere()
    params = _parameters(frame, node.params, twin.args)
    function = _function(frame, "<lambda>", "lambda", twin, params)
    unit.done[id(node)] = function.index
    own = {param.name for param in params}
    renames = {old: new for old, new in frame.renames.items() if old not in own}
    unit.queue.append(lambda: _lower_lambda(unit, function, node, twin.body, renames))
    return FunctionRef(function.index)


def _lower_lambda(unit: Unit, function: Function, node: cst.Lambda, twin: Any, renames: dict[str, str]) -> None:
    inner = Frame(unit, function, renames)
    tree = value(inner, node.body, twin)
    line, col = inner.place(twin)
    at = inner.emit(Op.RETURN, line, col, tree)
    if inner.risky:
        inner.raises(at)
    inner.finish()


# ------------------------------------------------------------------------------------------------------------- classes


@statement(cst.ClassDef)
def _class(frame: Frame, node: cst.ClassDef, twin: Any) -> None:
    line, col = frame.line, frame.col
    unit = frame.unit
    name = identifier(node.name.value)
    index = unit.done.get(id(node))
    if index is None:
        decorators = _decorators(frame, node.decorators, twin)
        args = arguments(frame, (*node.bases, *node.keywords), twin.bases, twin.keywords)
        index = unit.done[id(node)] = len(unit.classes)
        body = _function(frame, name, "class", twin, (), index)
        plain = [arg for arg in args if not arg.keyword and arg.star < 2]
        bases = tuple([Starred(arg.value) if arg.star else arg.value for arg in plain])
        keywords = tuple([(arg.keyword, arg.value) for arg in args if arg.keyword or arg.star == 2])
        parent = frame.function.index
        made = Class(index, name, body.qualname, parent, body.index, bases, keywords, decorators, line, col)
        unit.classes.append(made)
        names = _type_names(node)
        unit.queue.append(lambda: _lower_body(unit, body, node, twin.body, names))
    frame.bound.add(name)
    frame.risky = True  # the body runs, decorators are applied
    frame.assign(line, col, Name(name), ClassRef(index))
