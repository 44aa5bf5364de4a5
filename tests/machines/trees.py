"""What the rewrites need to know of a program: names, scopes, and small pieces of syntax."""

# ruff: noqa: N802  the names of the methods are those of the parser

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterator
from typing import Final

import libcst as cst

from .samples import Sources

SUFFIX: Final = "_zz"  # of every name that a rewrite makes up
BUILTINS: Final = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__"}
OPAQUE: Final = frozenset({"locals", "globals", "vars", "eval", "exec", "dir"})

Transform = Callable[[cst.Module], cst.Module]
Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


def per_file(transform: Transform) -> Callable[[Sources], Sources]:
    """Apply to every file of a project."""

    def all_files(sources: Sources) -> Sources:
        return {path: transform(cst.parse_module(text)).code for path, text in sources.items()}

    return all_files


def visitor(make: Callable[[], cst.CSTTransformer]) -> Callable[[Sources], Sources]:
    """Visit every file of a project with a transformer of its own."""
    return per_file(lambda module: module.visit(make()))


def statement(text: str) -> Statement:
    """One statement from its text."""
    node = cst.parse_statement(text)
    assert isinstance(node, Statement)
    return node


def parenthesised(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.with_changes(lpar=[cst.LeftParen(), *node.lpar], rpar=[*node.rpar, cst.RightParen()])


def negated(node: cst.BaseExpression) -> cst.BaseExpression:
    """``not (node)``; a ``not`` that is there already goes."""
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not) and not node.lpar:
        return parenthesised(node.expression)
    return cst.UnaryOperation(cst.Not(), parenthesised(node))


def spaced(test: cst.BaseExpression) -> dict[str, object]:
    """The changes that give an ``if`` a new test: the old one may have stood without a blank."""
    return {"test": test, "whitespace_before_test": cst.SimpleWhitespace(" ")}


def leaves(block: cst.BaseSuite) -> bool:
    """Does the block end in a jump?"""
    if not isinstance(block, cst.IndentedBlock) or not block.body:
        return False
    last = block.body[-1]
    return isinstance(last, cst.SimpleStatementLine) and isinstance(
        last.body[-1], cst.Return | cst.Raise | cst.Continue | cst.Break
    )


def is_docstring(node: cst.BaseStatement) -> bool:
    return (
        isinstance(node, cst.SimpleStatementLine)
        and len(node.body) == 1
        and isinstance(node.body[0], cst.Expr)
        and isinstance(node.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    )


def contains(node: cst.CSTNode, kinds: tuple[type[cst.CSTNode], ...]) -> bool:
    return isinstance(node, kinds) or any(contains(child, kinds) for child in node.children)


# ------------------------------------------------------------------------------------------------------------- names


def bound_names(tree: ast.AST) -> list[str]:
    """Every binding in the tree, in whatever scope, once for each place that binds."""
    out: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                out.append(name)
            case ast.arg(arg=name):
                out.append(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                out.append(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                out += [alias.asname or alias.name.split(".")[0] for alias in aliases]
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                out.append(name)
            case ast.MatchMapping(rest=str(name)):
                out.append(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                out += names
            case _:
                pass
    return out


def used_names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def scope_nodes(function: AnyFunction) -> Iterator[ast.AST]:
    """The nodes of a function's own scope, without those of nested functions, classes and lambdas."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)


def parameters(function: AnyFunction | ast.Lambda) -> list[str]:
    args = function.args
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs, *(one for one in (args.vararg, args.kwarg) if one)]
    return [one.arg for one in every]


def is_generator(function: AnyFunction) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in scope_nodes(function))


def plain_functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The undecorated functions of a module that are defined once."""
    counts = bound_names(tree)
    return {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and counts.count(node.name) == 1
    }


def imported_elsewhere(sources: Sources, path: str) -> set[str]:
    """Names that other files of the project may take from this one, by import, attribute or text."""
    others = "\n".join(text for other, text in sources.items() if other != path)
    return set(re.findall(r"\w+", others))


class Renamer(cst.CSTTransformer):
    """Renames plain names; attributes, keywords of calls and imported names stay."""

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self.names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        new = self.names.get(original_node.value)
        return updated_node if new is None else updated_node.with_changes(value=new)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_MatchKeywordElement(
        self, original_node: cst.MatchKeywordElement, updated_node: cst.MatchKeywordElement
    ) -> cst.MatchKeywordElement:
        return updated_node.with_changes(key=original_node.key)

    def leave_ImportAlias(self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias) -> cst.ImportAlias:
        return original_node

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.ImportFrom:
        return original_node


class Dotter(Renamer):
    """Replaces plain names by other expressions, where the name is read."""

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        new = self.names.get(original_node.value)
        if new is None:
            return updated_node
        return cst.parse_expression(new).with_changes(lpar=updated_node.lpar, rpar=updated_node.rpar)

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        return updated_node.with_changes(name=original_node.name)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        return updated_node.with_changes(name=original_node.name)
