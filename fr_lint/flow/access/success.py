"""Whether a returned value is one of success, for functions whose name promises it.

Must not know paths or rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import Grants
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.ir.model import Arg, Attr, Const, Display, Expr, Item, Mapping, Op, Result, Text, Unary
from fr_lint.ir.walk import walk

MAX_NAMING: Final = 12  # files that name a class and are searched for its routes


class Success:
    """Judges returned values."""

    def __init__(self, graph: CallGraph, grants: Grants) -> None:
        self.graph = graph
        self.grants = grants

    def promised(self, func: Func) -> str:
        """The class of success that a function promises by its name.

        One that is named after a verb of HTTP does so by its class and by its route.
        """
        if func.ir.kind != "function":
            return ""
        if func.cls is None or func.name not in self.grants.verbs_of_routes:
            return self.grants.success(func.name)
        names = (func.cls.name, *self._routes(func.cls.name))
        return next(filter(None, map(self.grants.success, names)), "")

    def _routes(self, name: str) -> Iterator[str]:
        """The parts of the addresses under which a class of handlers is registered, and the names of these routes."""
        sources = self.graph.sources
        for path in sources.with_word(name)[:MAX_NAMING]:
            unit = None if sources.is_test(path) else self.graph.program.unit(path)
            for func in unit.functions if unit else ():
                for node in func.nodes:
                    if node.op == Op.CALL and any(self._is_class(arg.value, name, func) for arg in node.args):
                        yield from _segments(node.args)

    @staticmethod
    def _is_class(expr: Expr, name: str, func: Func) -> bool:
        """Whether an argument is the class, or the view that is made of it."""
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            callee = func.nodes[expr.node].value
            return isinstance(callee, Attr) and callee.name == "as_view" and last_name(callee.base) == name
        return last_name(expr) == name

    def succeeds(self, value: Expr, func: Func, number: int, depth: int = 0) -> bool:
        """Whether a returned value may be one of success."""
        if isinstance(value, Const):
            if isinstance(value.value, str):
                return bool(value.value) and not self.grants.refuses(value.value)
            return bool(value.value) and value.value not in self.grants.refusing_status
        if isinstance(value, Unary):
            return not isinstance(value.operand, Const)
        if isinstance(value, Display):
            told = [e for n, e in enumerate(value.elements) if n == 0 or not (isinstance(e, Const) and e.value is None)]
            return bool(told) and all(self.succeeds(e, func, number, depth + 1) for e in told)
        if isinstance(value, Mapping):
            return not any(
                (
                    isinstance(e.value, Const)
                    and not (
                        isinstance(e.value.value, int) and not isinstance(e.value.value, bool) and e.value.value == 0
                    )
                    and not self.succeeds(e.value, func, number, depth + 1)
                )
                or (
                    isinstance(e.key, Const)
                    and isinstance(e.key.value, str)
                    and e.key.value in access_words("answers", "errors")
                )
                or (isinstance(e.value, Display) and not self.succeeds(e.value, func, number, depth + 1))
                for e in value.entries
            )
        if isinstance(value, Text):
            return all(not isinstance(p, Const) or not self.grants.refuses(str(p.value)) for p in value.parts)
        if isinstance(value, Result) and depth < 3:
            call = func.nodes[value.node]
            if call.op != Op.CALL or self.graph.targets(func, value.node):
                return True
            for arg in call.args:
                if arg.keyword in access_words("answers", "errors"):
                    return False
                if isinstance(arg.value, (Const, Mapping, Display)) and not self.succeeds(
                    arg.value, func, number, depth + 1
                ):
                    if not (
                        isinstance(arg.value, Const) and (arg.value.value is None or arg.keyword in ("safe", "indent"))
                    ):
                        return False
                if isinstance(arg.value, Attr) and set(split(arg.value.name)) & access_words("answers", "statuses"):
                    return False
            name = last_name(call.value)
            return not (self.grants.refuses(name) or name in access_words("answers", "pages"))
        if isinstance(value, Attr) and value.name.isupper():
            return not self.grants.refuses(value.name)
        return True

    def says_who(self, cookie: str) -> bool:
        """Whether a cookie is read by a function that finds out who is signed in: ``get_current_user``."""
        sources = self.graph.sources
        for path in sources.with_word(cookie)[:MAX_NAMING] if cookie.isidentifier() else ():
            unit = None if sources.is_test(path) else self.graph.program.unit(path)
            for func in unit.functions if unit else ():
                if "current" in split(func.name):
                    for name in self.grants.cookie_getters & func.calls.keys():
                        args = [func.nodes[number].args for number in func.calls[name]]
                        if any(a and isinstance(a[0].value, Const) and a[0].value.value == cookie for a in args):
                            return True
        return False

    @staticmethod
    def passes_silently(func: Func, number: int) -> bool:
        """Whether a function that answers by an exception alone ends here, and so says that all is well."""
        node = func.nodes[number]
        if node.op != Op.EXIT and not (node.op == Op.RETURN and _nothing(node.value)):
            return False
        ops = {each.op for each in func.nodes}
        gives = any(each.op == Op.RETURN and not _nothing(each.value) for each in func.nodes)
        return Op.RAISE in ops and Op.YIELD not in ops and not gives

    def half_way(self, func: Func, number: int) -> bool:
        """Whether a session was told before that somebody is only half-way in: the return leads to the next step."""
        for before, node in enumerate(func.nodes):
            target = node.target
            if node.op != Op.ASSIGN or func.order[before] > func.order[number] or not isinstance(target, (Item, Attr)):
                continue
            index = target.index.value if isinstance(target, Item) and isinstance(target.index, Const) else ""
            name = target.name if isinstance(target, Attr) else index
            if last_name(target.base) in self.grants.holders and isinstance(name, str):
                if set(split(name)) & self.grants.partial:
                    return True
        return False


def _nothing(value: Expr | None) -> bool:
    return value is None or (isinstance(value, Const) and value.value is None)


def _segments(args: Iterable[Arg]) -> Iterator[str]:
    for arg in args:
        for at in walk(arg.value):
            if isinstance(at, Const) and isinstance(at.value, str):
                yield from (part for part in at.value.split("/") if part)
