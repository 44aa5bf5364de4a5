"""One storing operation at one node, and where it works.

Must not know how operations are found, nor what becomes of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fr_lint.catalogue import sql
from fr_lint.catalogue.store_records import Operation
from fr_lint.flow.identity import Identity
from fr_lint.flow.program import Func
from fr_lint.ir.model import Expr, Node


@dataclass(frozen=True, slots=True)
class Place:
    """Where an operation works, and what becomes of what lies there."""

    identity: Identity
    source: Identity | None = None
    bounded: bool = False
    memory: bool = False


class Where:
    """A place that is looked for when it is asked for the first time: most operations are of no interest."""

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], Place]) -> None:
        self._find = find
        self._found: Place | None = None

    @classmethod
    def known(cls, place: Place) -> Where:
        """A place that need not be looked for."""
        return cls(lambda: place)

    def get(self) -> Place:
        """The place."""
        if self._found is None:
            self._found = self._find()
        return self._found


@dataclass(frozen=True, slots=True, eq=False)
class StoreCall:
    """One operation at one node."""

    func: Func
    node: int
    op: Operation
    action: str
    """``store``, ``delete``, ``expire``, ``hold``, ``drop``, ``read``, ``move``: as it is at this call; ``declare``:
    SQL text that says which rows go with which."""
    data: tuple[Expr, ...]
    """What is stored or taken up; expressions of ``func``."""
    files: tuple[Expr, ...]
    """Paths of files whose content is stored."""
    where: Where
    whole: bool
    """Of a deletion: everything goes."""
    handed: bool
    """The function is handed away here, to be called later."""
    statement: sql.Statement | None
    display: str

    @property
    def ir(self) -> Node:
        """The node."""
        return self.func.nodes[self.node]

    @property
    def identity(self) -> Identity:
        """What identifies the store."""
        return self.where.get().identity

    @property
    def source(self) -> Identity | None:
        """Of a move: where it came from."""
        return self.where.get().source

    @property
    def bounded(self) -> bool:
        """What this call stores expires or removes itself."""
        return self.where.get().bounded

    @property
    def memory(self) -> bool:
        """It stays in memory."""
        return self.where.get().memory
