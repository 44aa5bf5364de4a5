"""Building one control-flow graph: nodes, open edges, labels, and the state of one function while it is lowered.

Edges are open until the node they lead to exists: the *frontier* holds those that lead to whatever comes next, a
:class:`Label` those that lead to a place still to come (or, once known, to its index).  This file must not know
libcst's nodes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from fr_lint.ir.model import Class, Expr, Function, Node, Op
from fr_lint.syntax.positions import Columns, Nowhere

NEXT: Final = 0  # succ = (target,)
TRUE: Final = 1  # succ[0] of two
FALSE: Final = 2  # succ[1] of two
RAISES: Final = 3  # exc

Edge = tuple[Node, int]
Frontier = list[Edge]  # never changed in place once it is stored in a frame


def connect(edges: Frontier, index: int) -> None:
    """Let open edges lead to a node."""
    for node, slot in edges:
        if slot == NEXT:
            node.succ = (index,)
        elif slot == TRUE:
            node.succ = (index, node.succ[1])
        elif slot == FALSE:
            node.succ = (node.succ[0], index)
        else:
            node.exc = index


class Label:
    """A place to jump to, known (``index``) or still to come (``waiting``)."""

    __slots__ = ("index", "waiting")

    def __init__(self, index: int = -1) -> None:
        self.index = index
        self.waiting: Frontier = []

    def take(self, edges: Frontier) -> None:
        """Let open edges lead here."""
        if self.index >= 0:
            connect(edges, self.index)
        else:
            self.waiting.extend(edges)


class Mark(NamedTuple):
    """A state to go back to, see :meth:`Frame.restore`."""

    length: int
    frontier: Frontier
    waiting: int


class Unit:
    """What the functions of one module share while they are lowered."""

    __slots__ = ("classes", "columns", "done", "functions", "numbers", "queue", "stars")

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.stars: list[tuple[str, int]] = []
        self.queue: deque[Callable[[], None]] = deque()  # bodies still to be lowered
        self.done: dict[int, int] = {}  # id of a definition's node -> its index: copies of `finally` define once
        self.numbers = 0

    def number(self) -> int:
        """A number for an invented name."""
        self.numbers += 1
        return self.numbers


class Frame:
    """One function while it is lowered."""

    __slots__ = (
        "bound",
        "breaks",
        "col",
        "continues",
        "effects",
        "exc",
        "final_depth",
        "frontier",
        "function",
        "globals",
        "line",
        "nodes",
        "nonlocals",
        "renames",
        "returns",
        "risky",
        "unit",
        "wide",
    )

    def __init__(self, unit: Unit, function: Function, renames: dict[str, str]) -> None:
        self.unit = unit
        self.function = function
        self.renames = renames  # comprehension variables in reach, by source name
        self.wide = unit.columns.wide
        self.line = function.line  # of the statement at hand
        self.col = function.col
        entry = Node(Op.ENTRY, function.line, function.col)
        self.nodes = function.nodes
        self.nodes.extend((entry, Node(Op.EXIT, function.end_line, 0), Node(Op.RAISED, function.end_line, 0)))
        self.frontier: Frontier = [(entry, NEXT)]
        self.exc = Label(function.raised)
        self.returns = Label(function.exit)
        self.breaks: Label | None = None
        self.continues: Label | None = None
        self.final_depth = 0  # how many `finally` bodies enclose the statement at hand
        self.risky = False  # whether the tree under construction may raise outside the nodes already emitted
        self.effects = 0  # counts what pure trees do not show: calls, yields, walruses, comprehension loops
        self.bound: set[str] = {param.name for param in function.params}
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()

    # ------------------------------------------------------------------------------------------------------- positions

    def place(self, twin: Any) -> tuple[int, int]:
        """Line and column of a twin."""
        line: int = twin.lineno
        col: int = twin.col_offset
        if col and line in self.wide and twin.__class__ is not Nowhere:
            col = self.unit.columns.column(line, col)
        return line, col

    def nowhere(self) -> Nowhere:
        """A twin for what has none."""
        return Nowhere(self.line, self.col)

    def twins(self, nodes: Any, twins: Any) -> Any:
        """The twins if there are as many of them as nodes, else stand-ins."""
        if twins.__class__ is list and len(twins) == len(nodes):
            return twins
        return self.nowhere()

    # ----------------------------------------------------------------------------------------------------------- nodes

    def emit(self, op: Op, line: int, col: int, value: Expr | None = None, target: Expr | None = None) -> Node:
        """Append a node with one successor, which follows whatever came before."""
        node = Node(op, line, col, value, target)
        nodes = self.nodes
        connect(self.frontier, len(nodes))
        nodes.append(node)
        self.frontier = [(node, NEXT)]
        return node

    def fork(self, op: Op, line: int, col: int, value: Expr | None, target: Expr | None = None) -> Node:
        """Append a node with two successors; the caller places its edges ``TRUE`` and ``FALSE``."""
        node = Node(op, line, col, value, target, (), (-1, -1))
        nodes = self.nodes
        connect(self.frontier, len(nodes))
        nodes.append(node)
        self.frontier = []
        return node

    def raises(self, node: Node) -> None:
        """Give a node its exceptional edge."""
        label = self.exc
        if label.index >= 0:
            node.exc = label.index
        else:
            label.waiting.append((node, RAISES))

    def assign(self, line: int, col: int, target: Expr, value: Expr) -> Node:
        """Append an ``ASSIGN``, which raises if the trees since ``risky`` was last reset do."""
        node = self.emit(Op.ASSIGN, line, col, value, target)
        if self.risky:
            self.raises(node)
            self.risky = False
        return node

    def jump(self, label: Label) -> None:
        """Leave for a label: what is emitted next has no predecessor."""
        label.take(self.frontier)
        self.frontier = []

    # ------------------------------------------------------------------------------------------------------ going back

    def mark(self) -> Mark:
        """The present state, for :meth:`restore`."""
        return Mark(len(self.nodes), self.frontier, len(self.exc.waiting))

    def restore(self, mark: Mark) -> None:
        """Forget the nodes emitted since a mark; none of them may be the target of an edge outside the mark."""
        del self.nodes[mark.length :]
        self.frontier = mark.frontier
        del self.exc.waiting[mark.waiting :]

    def finish(self) -> None:
        """Close the graph and settle which names are local."""
        self.jump(self.returns)
        function = self.function
        function.locals = frozenset(self.bound - self.globals - self.nonlocals)
        function.globals = frozenset(self.globals)
        function.nonlocals = frozenset(self.nonlocals)
