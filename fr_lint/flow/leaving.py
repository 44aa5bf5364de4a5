"""Where face data leaves: calls that send it over a network, and calls that write it to a log.

Which calls these are is data; whether a value is face data is asked of :mod:`fr_lint.flow.provenance`.  Must not know
policies, rules or law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.leaving import leaving
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.provenance import Evidence
from fr_lint.flow.record import starts
from fr_lint.flow.values import Ext, Inst
from fr_lint.ir.model import Attr, Node, Op

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine

NETWORK: Final = "network"
LOG: Final = "log"


@dataclass(frozen=True, slots=True)
class Departure:
    """One call by which face data leaves."""

    func: Func
    node: int
    where: str
    evidence: Evidence

    @property
    def ir(self) -> Node:
        """The call node."""
        return self.func.nodes[self.node]


class Departures:
    """Departures of functions, memoised."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.data = leaving()
        self._found: dict[tuple[Func, str], tuple[Departure, ...]] = {}

    def of(self, func: Func, where: str) -> tuple[Departure, ...]:
        """The departures of a function, to the network or to a log."""
        if (func, where) not in self._found:
            self._found[func, where] = tuple(self._search(func, where))
        return self._found[func, where]

    def _search(self, func: Func, where: str) -> Iterator[Departure]:
        if where == NETWORK:
            for chain in self.engine.record.chains(func):
                remote = [call for call in chain if call.api.remote]
                for call in starts(func, remote) if remote else ():
                    yield Departure(func, call.node, where, Evidence(call, True))
        taken = {call.node for call in self.engine.face_calls.of(func)}
        seen: set[tuple[int, int]] = set()
        for number, node in enumerate(func.nodes):
            if node.op != Op.CALL or number in taken or (node.line, node.col) in seen:
                continue
            if not (self._is_sent(func, number, node) if where == NETWORK else self._is_logged(func, number, node)):
                continue
            evidence = self._evidence(func, number, node, where)
            if evidence is not None:
                seen.add((node.line, node.col))
                yield Departure(func, number, where, evidence)

    # ------------------------------------------------------------------------------------------------------ which calls

    def _names(self, func: Func, number: int) -> list[str]:
        values = self.engine.resolver.callee_values(func, number)
        return [
            value.name if isinstance(value, Ext) else value.type for value in values if isinstance(value, (Ext, Inst))
        ]

    def _is_sent(self, func: Func, number: int, node: Node) -> bool:
        names = self._names(func, number)
        if any(self.data.network.fullmatch(name) for name in names):
            return not self._is_here(func, number, node)
        if any(
            call.op.kind in self.data.stores and call.action == "store"
            for call in self.engine.store_calls.at(func, number)
        ):
            return True
        if names or not isinstance(node.value, Attr) or self.engine.graph.targets(func, number):
            return False
        name = node.value.name
        if name in self.data.network_methods:
            return True
        if name in self.data.http_methods:
            told = any(arg.keyword in self.data.http_arguments for arg in node.args)
            return (told or self._has_address(func, number, node)) and not self._is_here(func, number, node)
        receiver = set(split(last_name(node.value.base)))
        return name in self.data.channel_methods and bool(receiver & self.data.channels)

    def _texts(self, func: Func, number: int, node: Node) -> list[str]:
        return [text for arg in node.args[:3] for text in self.engine.resolver.texts(arg.value, func, number)]

    def _has_address(self, func: Func, number: int, node: Node) -> bool:
        return any(text.startswith(("http://", "https://")) for text in self._texts(func, number, node))

    def _is_here(self, func: Func, number: int, node: Node) -> bool:
        return any(text.lower().startswith(self.data.here) for text in self._texts(func, number, node))

    def _is_logged(self, func: Func, number: int, node: Node) -> bool:
        names = self._names(func, number)
        if any(self.data.log.fullmatch(name) for name in names):
            return True
        if not isinstance(node.value, Attr) or node.value.name not in self.data.log_methods:
            return False
        return last_name(node.value.base) in self.data.loggers

    # ----------------------------------------------------------------------------------------------------------- what

    def _evidence(self, func: Func, number: int, node: Node, where: str) -> Evidence | None:
        provenance = self.engine.provenance
        for arg in node.args:
            found = provenance.face_data(arg.value, func, number)
            if found is None and where == NETWORK:
                found = provenance.face_data(arg.value, func, number, loaded=True)
            if found is not None and (where == NETWORK or found.image or found.call.api.role == "encode"):
                return found
        return None
