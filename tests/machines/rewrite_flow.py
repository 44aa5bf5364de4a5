"""Rewrites of control flow: the same runs, written otherwise."""

# ruff: noqa: N802  the names of the methods are those of the parser

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst

from .trees import SUFFIX, contains, is_docstring, leaves, negated, parenthesised, spaced, statement

TAKES_CONTROL = (cst.NamedExpr, cst.Await, cst.Yield)
BodyChange = Callable[[list[cst.BaseStatement]], list[cst.BaseStatement]]


def _pass() -> cst.IndentedBlock:
    return cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])])


class InvertIf(cst.CSTTransformer):
    """``if a: x else: y`` -> ``if not a: y else: x``."""

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If:
        other = updated_node.orelse
        if not isinstance(other, cst.Else):
            return updated_node
        return updated_node.with_changes(
            **spaced(negated(updated_node.test)), body=other.body, orelse=other.with_changes(body=updated_node.body)
        )


class NotToElse(cst.CSTTransformer):
    """``if not a: x`` -> ``if a: pass else: x``."""

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If:
        test = updated_node.test
        if updated_node.orelse is not None or not isinstance(test, cst.UnaryOperation):
            return updated_node
        if not isinstance(test.operator, cst.Not):
            return updated_node
        return updated_node.with_changes(**spaced(negated(test)), body=_pass(), orelse=cst.Else(updated_node.body))


class DeMorgan(cst.CSTTransformer):
    """``if a or b`` -> ``if not (not a and not b)``, and the same for ``and``."""

    @staticmethod
    def _other(test: cst.BaseExpression) -> cst.BaseExpression | None:
        if not isinstance(test, cst.BooleanOperation):
            return None
        swapped = cst.And() if isinstance(test.operator, cst.Or) else cst.Or()
        inner = cst.BooleanOperation(negated(test.left), swapped, negated(test.right))
        return negated(inner)

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If:
        other = self._other(updated_node.test)
        return updated_node if other is None else updated_node.with_changes(**spaced(other))

    def leave_While(self, original_node: cst.While, updated_node: cst.While) -> cst.While:
        other = self._other(updated_node.test)
        if other is None:
            return updated_node
        return updated_node.with_changes(test=other, whitespace_after_while=cst.SimpleWhitespace(" "))


class ExitToNesting(cst.CSTTransformer):
    """``if a: return`` and what follows -> ``if a: return else: what follows``."""

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        body = list(updated_node.body)
        for place, node in enumerate(body[:-1]):
            if isinstance(node, cst.If) and node.orelse is None and leaves(node.body):
                rest = cst.Else(cst.IndentedBlock(body[place + 1 :]))
                return updated_node.with_changes(body=[*body[:place], node.with_changes(orelse=rest)])
        return updated_node


class NestingToExit(cst.CSTTransformer):
    """An ``if`` at the end of a function or a loop -> ``if not a: return`` (``continue``), and its body."""

    @staticmethod
    def _flat(block: cst.BaseSuite, way: str) -> cst.BaseSuite:
        if not isinstance(block, cst.IndentedBlock) or not block.body:
            return block
        last = block.body[-1]
        if not isinstance(last, cst.If) or last.orelse is not None or not isinstance(last.body, cst.IndentedBlock):
            return block
        refuse = cst.If(negated(last.test), cst.IndentedBlock([statement(way)]), leading_lines=last.leading_lines)
        return block.with_changes(body=[*block.body[:-1], refuse, *last.body.body])

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return updated_node.with_changes(body=self._flat(updated_node.body, "return"))

    def leave_For(self, original_node: cst.For, updated_node: cst.For) -> cst.For:
        return updated_node.with_changes(body=self._flat(updated_node.body, "continue"))

    def leave_While(self, original_node: cst.While, updated_node: cst.While) -> cst.While:
        return updated_node.with_changes(body=self._flat(updated_node.body, "continue"))


class NameCondition(cst.CSTTransformer):
    """``if a:`` -> ``test = a`` and ``if test:``."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def _named(self, body: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        out: list[cst.BaseStatement] = []
        for node in body:
            if (
                isinstance(node, cst.If)
                and not isinstance(node.test, cst.Name)
                and not contains(node.test, TAKES_CONTROL)
            ):
                self.count += 1
                name = cst.Name(f"test{self.count}{SUFFIX}")
                assign = cst.Assign([cst.AssignTarget(name)], parenthesised(node.test))
                out.append(cst.SimpleStatementLine([assign], leading_lines=node.leading_lines))
                out.append(node.with_changes(**spaced(name), leading_lines=[]))
            else:
                out.append(node)
        return out

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return updated_node.with_changes(body=self._named(updated_node.body))


class Bodies(cst.CSTTransformer):
    """Changes the body of each function, after its docstring."""

    def __init__(self, change: BodyChange) -> None:
        super().__init__()
        self.change = change

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        block = updated_node.body
        if not isinstance(block, cst.IndentedBlock):
            return updated_node
        body = list(block.body)
        start = 1 if body and is_docstring(body[0]) else 0
        if not body[start:]:
            return updated_node
        return updated_node.with_changes(body=block.with_changes(body=[*body[:start], *self.change(body[start:])]))


def in_if_true(body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    return [cst.If(cst.Name("True"), cst.IndentedBlock(body))]


def in_try_finally(body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    return [cst.Try(cst.IndentedBlock(body), finalbody=cst.Finally(_pass()))]


def in_with(body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    item = cst.WithItem(cst.parse_expression("contextlib.nullcontext()"))
    return [statement("import contextlib"), cst.With([item], cst.IndentedBlock(body))]


def with_dead_code(body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    last = body[-1]
    ends = isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[-1], cst.Return | cst.Raise)
    never = [statement(f"if False:\n    unused{SUFFIX} = 1\n")]
    return [statement(f"unused{SUFFIX} = 0"), *body, *([statement(f"print(unused{SUFFIX})")] if ends else []), *never]


def unrelated(module: cst.Module) -> cst.Module:
    """Dead code in every function, and a function and a class that have nothing to do with the rest."""
    function = statement(f"def unrelated{SUFFIX}(left, right):\n    return left + right\n")
    group = statement(f"class Unrelated{SUFFIX}:\n    size = {len(module.body)}\n")
    changed = module.visit(Bodies(with_dead_code))
    return changed.with_changes(body=[*changed.body, function, group])


class Remarks(cst.CSTTransformer):
    """A comment and a blank line above every statement."""

    LINES = (cst.EmptyLine(), cst.EmptyLine(comment=cst.Comment("# a remark")))

    def _above(self, node: cst.BaseStatement) -> cst.BaseStatement:
        lines = getattr(node, "leading_lines", None)
        return node if lines is None else node.with_changes(leading_lines=[*self.LINES, *lines])

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return updated_node.with_changes(body=[self._above(node) for node in updated_node.body])
