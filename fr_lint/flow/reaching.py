"""Reaching definitions of local names: by a search backwards, and by a table where a name is asked for again and again.

The search costs what lies between a use and its definitions; a name that is defined at the top of a long function and
used all over it would pay for the whole function each time (Aho, Lam, Sethi, Ullman, *Compilers*, 9.2.4).  Must not
know what a definition gives.
"""

from __future__ import annotations

from heapq import nsmallest
from typing import Final

from fr_lint.flow.program import Func

MAX_REACHING: Final = 256  # definitions of one name at one node; the first ones are kept
ENTRY: Final = -1  # stands for the function's entry among definitions
PATIENCE: Final = 6  # searches may pass so many nodes for each node of the function before a table is made

_Table = list[frozenset[int]]
_NONE: Final[frozenset[int]] = frozenset()


class Reaching:
    """The definitions that reach each node of one function."""

    __slots__ = ("_definitions", "_func", "_passed", "_sorted", "_tables")

    def __init__(self, func: Func) -> None:
        self._func = func
        self._definitions: dict[str, frozenset[int]] = {}
        self._passed: dict[str, int] = {}
        self._tables: dict[str, _Table] = {}
        self._sorted: dict[frozenset[int], tuple[list[int], bool]] = {}

    def at(self, name: str, node: int) -> tuple[list[int], bool]:
        """The nodes that define a name and reach a node, ascending, and whether the function's entry does."""
        table = self._tables.get(name)
        if table is None:
            if self._passed.get(name, 0) <= PATIENCE * len(self._func.nodes):
                return self._search(name, node)
            table = self._tables[name] = self._table(self._sources(name))
        return self._listed(table[node])

    def _sources(self, name: str) -> frozenset[int]:
        found = self._definitions.get(name)
        if found is None:
            found = self._definitions[name] = frozenset(self._func.defs.get(name, ()))
        return found

    def _search(self, name: str, node: int) -> tuple[list[int], bool]:
        definitions = self._sources(name)
        preds = self._func.preds
        seen: set[int] = set()
        stack = list(preds[node])
        found: list[int] = []
        from_entry = node == 0
        while stack:
            at = stack.pop()
            if at in seen:
                continue
            seen.add(at)
            if at in definitions:
                found.append(at)
                continue
            if at == 0:
                from_entry = True
            stack.extend(preds[at])
        self._passed[name] = self._passed.get(name, 0) + len(seen)
        found.sort()
        return found[:MAX_REACHING], from_entry

    def _table(self, definitions: frozenset[int]) -> _Table:
        """What reaches each node, by rounds over the nodes in order until nothing changes."""
        preds = self._func.preds
        made = {number: frozenset((number,)) for number in definitions}
        table = [_NONE] * len(preds)
        table[0] = frozenset((ENTRY,))
        order = sorted(range(len(preds)), key=self._func.order.__getitem__)
        changed = True
        while changed:
            changed = False
            for number in order:
                before = after = table[number]
                for pred in preds[number]:
                    coming = made.get(pred) or table[pred]
                    if coming is not after and not coming <= after:
                        after = after | coming if after else coming
                if after is not before:
                    limit = MAX_REACHING + (ENTRY in after)
                    if len(after) > limit:
                        after = frozenset(nsmallest(limit, after))
                    if after != before:
                        table[number] = after
                        changed = True
        return table

    def _listed(self, reached: frozenset[int]) -> tuple[list[int], bool]:
        listed = self._sorted.get(reached)
        if listed is None:
            places = sorted(reached)
            from_entry = bool(places) and places[0] == ENTRY
            listed = self._sorted[reached] = (places[from_entry:][:MAX_REACHING], from_entry)
        return list(listed[0]), listed[1]
