"""Files that a program lets a command of the operating system remove: ``subprocess.run(["rm", path])``.

Which commands these are is data.  Must not know faces or rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.commands import commands
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.identity import Identity
from fr_lint.flow.program import Func
from fr_lint.flow.spelling import Speller
from fr_lint.flow.values import Ext
from fr_lint.ir.model import Arg, Display, Expr, Op

MAX_WORDS = 24


class Shell:
    """Commands of one project."""

    def __init__(self, speller: Speller) -> None:
        self.speller = speller
        self.commands = commands()
        self._names = frozenset(name.rpartition(".")[2] for name in self.commands.runners)

    def removals(self, func: Func) -> Iterator[tuple[int, Identity]]:
        """The nodes at which a function runs a command that removes something, and what that is."""
        for number, ir in enumerate(func.nodes):
            if ir.op != Op.CALL or not ir.args or not self._runs(func, number):
                continue
            for path, deep in self.commands.removed(self._words(ir.args, func, number)):
                text = path.replace("*", "{}")
                yield number, Identity("file", {"folder" if deep else "path": (text,)})

    def _runs(self, func: Func, number: int) -> bool:
        if last_name(func.nodes[number].value) not in self._names:
            return False
        values = self.speller.resolver.callee_values(func, number)
        return any(isinstance(value, Ext) and value.name in self.commands.runners for value in values)

    def _words(self, args: tuple[Arg, ...], func: Func, number: int) -> list[str]:
        plain = [arg.value for arg in args if not arg.keyword]
        first = next((arg.value for arg in args if not arg.keyword or arg.keyword in ("args", "cmd")), None)
        if first is None:
            return []
        origins = self.speller.origins.of(first, func, number)
        for origin in origins:
            if isinstance(origin.expr, Display):
                elements = origin.expr.elements[:MAX_WORDS]
                return [self._text(each, origin.func, origin.node) for each in elements]
        if len(plain) > 1:
            return [self._text(each, func, number) for each in plain[:MAX_WORDS]]
        return self._text(first, func, number).split()

    def _text(self, expr: Expr, func: Func, number: int) -> str:
        return self.speller.spell(expr, func, number)[0].text
