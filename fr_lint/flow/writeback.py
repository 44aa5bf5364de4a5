"""Taking an entry out and writing the rest back: a deletion from a store that is written as a whole.

``people = load(); people.pop(name); save(people)``.  The container that a storing call writes is followed backwards; an
entry that is taken out of it counts if the store is written afterwards.  It must not know faces, rules or law.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from fr_lint.flow.contents import container
from fr_lint.flow.deletions import Deletion, Deletions
from fr_lint.flow.identity import Identity, Verdict, same
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.resolve import last_name
from fr_lint.flow.shelves import Key, Shelves, key
from fr_lint.flow.storecall import StoreCall
from fr_lint.flow.whence import CALL, State
from fr_lint.ir.model import Attr, Binary, Compare, Comprehension, Expr, Item, Name, Op, Result
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine

MAX_CALLS: Final = 3


class WriteBack:
    """Entries that are taken out of stores that are written as a whole."""

    def __init__(self, engine: Engine, deletions: Deletions) -> None:
        self.engine = engine
        self.calls = engine.store_calls
        self.deletions = deletions
        self.names = engine.provenance.names
        self._shelves: dict[Unit, Shelves[StoreCall]] = {}
        self._taken_by: dict[int, list[Deletion]] = {}  # by identity: the calls live as long as their functions
        self._found: dict[tuple[Unit, tuple[Key, ...]], tuple[list[Deletion], set[int]]] = {}

    def of(self, wanted: Iterable[Identity], call: StoreCall) -> list[Deletion]:
        """The places at which an entry is taken out before the store is written again."""
        wanted = list(wanted)
        memo_key = (call.func.unit, tuple(key(store) for store in wanted))
        if memo_key not in self._found:
            shelves = self._written(call.func.unit)
            writers = {
                place: writer
                for store in wanted
                for place, writer, verdict in shelves.like(store)
                if verdict is Verdict.YES
            }
            found = [deletion for _, writer in sorted(writers.items()) for deletion in self._by(writer)]
            self._found[memo_key] = (found, {id(writer) for writer in writers.values()})
        found, known = self._found[memo_key]
        return list(found) if id(call) in known else [*found, *self._by(call)]

    def _written(self, unit: Unit) -> Shelves[StoreCall]:
        """Everything that is stored where something may be deleted, or in a module."""
        if unit not in self._shelves:
            self._shelves[unit] = Shelves(
                (call.identity, call)
                for each in dict.fromkeys((unit, *self.deletions.units))
                for func in each.functions
                for call in self.calls.of(func)
                if call.action == "store"
            )
        return self._shelves[unit]

    def _by(self, writer: StoreCall) -> list[Deletion]:
        if id(writer) not in self._taken_by:
            self._taken_by[id(writer)] = [
                Deletion((func, node), writer.identity, None, "taken out and written back")
                for func, node in self._taken(writer)
                if self.engine.liveness.is_live(func, node)
                and self._is_written_after(func, node, writer, self._emptied(func, node))
            ]
        return self._taken_by[id(writer)]

    # -------------------------------------------------------------------------------------------------------- taken out

    def _taken(self, writer: StoreCall) -> Iterator[tuple[Func, int]]:
        """Where an entry is taken out of what a storing call writes."""
        places: dict[tuple[Func, int], None] = {}
        done: set[tuple[Func, str]] = set()
        for expr in writer.data:
            for state in self.engine.provenance.way(expr, writer.func, writer.node):
                for func, spelled in self._containers(state):
                    if (func, spelled) not in done:
                        done.add((func, spelled))
                        places.update(dict.fromkeys(self._from_name(func, spelled)))
                if self._is_filter(state, writer):
                    places[state.func, max(state.node, 0)] = None
        yield from places

    def _containers(self, state: State) -> Iterator[tuple[Func, str]]:
        expr, func = state.expr, state.func
        if isinstance(expr, Name):
            yield func, expr.id
            if expr.id not in func.ir.locals or func.ir.kind == "module":
                yield from ((other, expr.id) for other in func.unit.functions if expr.id not in other.ir.locals)
        elif isinstance(expr, Attr) and isinstance(expr.base, Name) and expr.base.id in ("self", "cls"):
            owner = self.engine.resolver.enclosing_class(func)
            if owner is not None:
                yield from ((each, f"self.{expr.name}") for each in self.engine.provenance.functions_of(owner))

    def _is_filter(self, state: State, writer: StoreCall) -> bool:
        """Whether an expression keeps some of what was read from the very store: ``[r for r in rows if r != x]``."""
        expr = state.expr
        source: Expr | None = None
        if isinstance(expr, Comprehension) and expr.conditions:
            source = expr.sources[0]
        elif isinstance(expr, Item) and any(isinstance(at, Compare) for at in walk(expr.index)):
            source = expr.base
        elif isinstance(expr, Result):
            call = state.func.nodes[expr.node]
            if call.op == Op.CALL and last_name(call.value) in self.names.filtering:
                source = call.args[0].value if call.args else None
                if isinstance(call.value, Attr):
                    source = call.value.base
        if source is None:
            return False
        for origin in self.engine.provenance.origins(source, state.func, state.node):
            if origin.kind == CALL:
                for read in self.calls.at(origin.func, origin.node):
                    if read.action == "read" and same(writer.identity, read.identity) is not Verdict.NO:
                        return True
        return False

    def _from_name(self, func: Func, spelled: str) -> Iterator[tuple[Func, int]]:
        spellings = {spelled, *self._parts(func, spelled)}
        for number, node in enumerate(func.nodes):
            if node.op == Op.DELETE and isinstance(node.target, Item):
                if self._spelled(node.target.base, func) in spellings:
                    yield func, number
            elif node.op == Op.CALL and isinstance(node.value, Attr):
                if node.value.name in self.names.removing and self._spelled(node.value.base, func) in spellings:
                    yield func, number
                elif node.value.name in self.names.without and node.args:
                    first = node.args[0].value  # np.delete(vectors, index)
                    if isinstance(first, (Name, Attr)) and self._spelled(first, func) in spellings:
                        yield func, number

    def _spelled(self, expr: Expr, func: Func) -> str:
        return container(expr, func, self.names.part_methods)[0]

    def _parts(self, func: Func, spelled: str) -> Iterator[str]:
        """Names for parts of a container, and for parts of these."""
        parts = self.engine.provenance.contents(func).parts
        for name, _ in parts.get(spelled, ()):
            yield name
            yield from (inner for inner, _ in parts.get(name, ()))

    # ----------------------------------------------------------------------------------------------------- written back

    def _emptied(self, func: Func, node: int) -> str:
        """The container from which everything is taken at a node: what is written then must be what is left."""
        callee = func.nodes[node].value
        if func.nodes[node].op == Op.CALL and isinstance(callee, Attr) and callee.name in self.names.emptying:
            return self._spelled(callee.base, func)
        return ""

    def _is_written_after(self, func: Func, node: int, writer: StoreCall, emptied: str) -> bool:
        """Whether the store is written after a node, by the function itself, by what it calls, or by its callers."""
        front = [(func, node)]
        for level in range(MAX_CALLS):
            following: list[tuple[Func, int]] = []
            for at, place in front:
                if self._writes_after(at, place, writer, emptied, called=level > 0):
                    return True
                following += self.engine.liveness.callers(at)
            front = following[:16]
        return False

    def _writes_after(self, func: Func, node: int, writer: StoreCall, emptied: str, *, called: bool) -> bool:
        """``called``: the entry is taken out in a call at the node; ``emptied``: not if something is put in again."""
        filled = self._fills(func, emptied) if emptied else frozenset()
        seen: set[int] = set()
        stack = list(func.nodes[node].succ) if called else [node]
        while stack:
            number = stack.pop()
            if number in seen or number in filled:
                continue
            seen.add(number)
            ir = func.nodes[number]
            if func is writer.func and number == writer.node:
                return True
            if ir.op in (Op.CALL, Op.WITH, Op.LEAVE) and self._leads_to(func, number, writer, 0):
                if not (emptied and any(self._fills(t, emptied) for t, _ in self.engine.graph.targets(func, number))):
                    return True
            stack.extend(ir.succ)
        return False

    def _fills(self, func: Func, spelled: str) -> frozenset[int]:
        """The nodes at which a function puts something into a container."""
        puts = self.engine.provenance.contents(func).puts.get(spelled, ())
        found = {put.node for put in puts if not put.fills}
        found |= {
            number
            for number in func.defs.get(spelled, ())
            if isinstance(value := func.nodes[number].value, Binary) and self._spelled(value.left, func) == spelled
        }
        return frozenset(found)

    def _leads_to(self, func: Func, number: int, writer: StoreCall, depth: int) -> bool:
        if depth > MAX_CALLS:
            return False
        for target, _ in self.engine.graph.targets(func, number):
            if target is writer.func:
                return True
            if depth < MAX_CALLS and target is not func:
                for inner, node in enumerate(target.nodes):
                    if node.op == Op.CALL and self._leads_to(target, inner, writer, depth + 1):
                        return True
        return False
