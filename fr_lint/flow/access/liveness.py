"""Which variables of a function are still read after a node: what nobody reads any more need not keep paths apart.

A backward analysis over sets of names as bits (Aho, Lam, Sethi, Ullman, *Compilers*, 9.2.5).  Must not know values.
"""

from __future__ import annotations

from fr_lint.flow.program import Func, target_names
from fr_lint.ir.keys import key
from fr_lint.ir.model import Attr, Bool, Comprehension, IfElse, Item, Name, Node, Op, Result
from fr_lint.ir.walk import reads, walk


class Liveness:
    """The live names after each node of a function: ``#7`` is the value of call 7; ``user.x`` lives with ``user``."""

    def __init__(self, func: Func) -> None:
        self._bits: dict[str, int] = {}
        nodes = func.nodes
        used = [0] * len(nodes)
        bound = [0] * len(nodes)
        for number, node in enumerate(nodes):
            for expr in reads(node):
                for at in walk(expr):
                    if isinstance(at, Name):
                        used[number] |= self._bit(at.id)
                    elif isinstance(at, Result):
                        used[number] |= self._bit(f"#{at.node}")
                    elif isinstance(at, Comprehension):
                        for name in target_names(at.targets[0]):
                            used[number] |= self._bit("<<" + name)
            if node.op in (Op.ASSIGN, Op.FOR) and isinstance(node.target, Name):
                bound[number] |= self._bit(node.target.id)
            elif node.op == Op.CALL:
                bound[number] |= self._bit(f"#{number}")
            if isinstance(node.target, (Attr, Item)):
                for name in _roots(node.target):
                    used[number] |= self._bit(name)
        self._after = [0] * len(nodes)
        before = [0] * len(nodes)
        order = sorted(range(len(nodes)), key=lambda n: -func.order[n])
        changed = True
        rounds = 0
        while changed and rounds < 12:
            changed = False
            rounds += 1
            for number in order:
                node = nodes[number]
                after = 0
                for successor in (*node.succ, node.exc) if node.exc >= 0 else node.succ:
                    after |= before[successor]
                live = used[number] | (after & ~bound[number])
                if after != self._after[number] or live != before[number]:
                    self._after[number], before[number] = after, live
                    changed = True
        self.settled = not changed
        self.chosen, self.choosing, self.gathering = _choices(nodes)
        self.always = {p.name for p in func.ir.params[:1]} if func.cls is not None else set()
        self.module = func.ir.kind == "module"

    def _bit(self, name: str) -> int:
        return 1 << self._bits.setdefault(name, len(self._bits))

    def is_live(self, spelled: str, node: int) -> bool:
        """Whether a variable, or an attribute of one, is still read after a node."""
        root = spelled.partition(".")[0].partition("[")[0]
        if spelled[:1] == "?":
            return node not in (self.gathering if "@" in spelled else self.choosing)
        if not self.settled or root in self.always or (root[:1] == "<" and root[1:2] != "<"):
            return True
        bit = self._bits.get(root)
        return bit is not None and bool(self._after[node] >> bit & 1)


def _choices(nodes: list[Node]) -> tuple[set[str], set[int], set[int]]:
    """The conditions on whose outcome a later value depends (``and``, ``or``, ``if ... else``), and the nodes with such
    values, and those with the value of a comprehension.
    """
    chosen: set[str] = set()
    choosing: set[int] = set()
    gathering: set[int] = set()
    for number, node in enumerate(nodes):
        for expr in reads(node) if node.op != Op.BRANCH else ():
            for at in walk(expr):
                parts = at.operands if isinstance(at, Bool) else (at.test,) if isinstance(at, IfElse) else ()
                chosen.update("?" + key(part) for part in parts)
                if parts:
                    choosing.add(number)
                if isinstance(at, Comprehension):
                    gathering.add(number)
    return chosen, choosing, gathering


def _roots(target: Attr | Item) -> set[str]:
    return {name for at in walk(target) if isinstance(at, Name) for name in target_names(at)}
