"""The deletions that a policy lists: the user's word, which wins over a visible body.

What such a function deletes is not asked; only that something reaches it.  Must not know rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fr_lint.flow.deletions import Deletion
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.identity import Identity
from fr_lint.flow.program import Func
from fr_lint.ir.model import Op

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine

MAX_FILES: Final = 200  # that hold a listed name


class ListedDeletions:
    """The listed functions of a project and the calls of listed names in it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @cached_property
    def live(self) -> tuple[Deletion, ...]:
        """Those that something reaches."""
        liveness = self.engine.liveness
        return tuple(each for each in self._all() if liveness.is_live(*each.place))

    def _all(self) -> Iterator[Deletion]:
        patterns = self.engine.policy.deletions
        if not patterns:
            return
        for func in self._functions():
            if func.ir.kind == "function" and self.engine.named.is_listed(patterns, func):
                yield Deletion((func, -1), Identity("listed", {}), None, f"{func.qualname}()")
            for number, node in enumerate(func.nodes):
                if node.op == Op.CALL and self.engine.named.is_called(patterns, func, number):
                    yield Deletion((func, number), Identity("listed", {}), None, f"{last_name(node.value)}()")

    def _functions(self) -> Iterator[Func]:
        """The functions of the files that hold the last word of a pattern; of every file of faces for a glob."""
        sources = self.engine.program.sources
        paths: dict[str, None] = {}
        for pattern in self.engine.policy.deletions:
            word = pattern.rpartition(".")[2]
            paths.update(dict.fromkeys(sources.with_word(word) if word.isidentifier() else self.engine.face_files()))
        for path in list(paths)[:MAX_FILES]:
            unit = None if sources.is_test(path) else self.engine.program.unit(path)
            if unit is not None:
                yield from unit.functions
