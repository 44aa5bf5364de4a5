"""Processing chains: face calls of one function that are connected by face data, also through a later face call.

A flow of definitions (reaching definitions, then union-find over the calls).  Must not know consent or rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from fr_lint.catalogue.images import Images
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.resolve import Resolver
from fr_lint.flow.subjects import spell
from fr_lint.ir.model import Attr, Comprehension, Element, Expr, FunctionRef, Item, Name, Op, Result
from fr_lint.ir.walk import children

Image = tuple[str, frozenset[int]]


class DataFlow:
    """What the values in one function are computed from."""

    def __init__(self, func: Func, calls: Sequence[FaceCall], resolver: Resolver, images: Images) -> None:
        self.func = func
        self.resolver = resolver
        self.images = images
        self.calls = {call.node for call in calls}
        self._definitions: dict[int, frozenset[int]] = {}
        self._busy: set[int] = set()
        self._contents: dict[str, list[int]] | None = None

    # --------------------------------------------------------------------------------------------------------- results

    def tokens(self, expr: Expr | None, node: int) -> frozenset[int]:
        """The face calls whose results an expression holds."""
        found: set[int] = set()
        stack: list[Expr] = [expr] if expr is not None else []
        while stack:
            at = stack.pop()
            if isinstance(at, Result):
                if at.node in self.calls:
                    found.add(at.node)
                    continue
                call = self.func.nodes[at.node]
                if call.op == Op.CALL:
                    stack.extend(arg.value for arg in call.args)
                    if call.value is not None:
                        stack.append(call.value.base if isinstance(call.value, Attr) else call.value)
                continue
            if isinstance(at, Name):
                found |= self._named(at.id, node)
            elif isinstance(at, Attr):
                found |= self._attribute(spell(at))
            stack.extend(children(at))
        return frozenset(found)

    def _named(self, name: str, node: int) -> frozenset[int]:
        found: set[int] = set()
        for definition in self.reaching(name, node):
            found |= self._defined(definition)
        for store in self.contents.get(name, ()):
            found |= self._stored(store)
        return frozenset(found)

    def _attribute(self, spelled: str) -> frozenset[int]:
        found: set[int] = set()
        for node in self.func.stores.get(spelled.rpartition(".")[2], ()):
            target = self.func.nodes[node].target
            if isinstance(target, Attr) and spell(target) == spelled:
                found |= self._defined(node)
        for store in self.contents.get(spelled, ()):
            found |= self._stored(store)
        return frozenset(found)

    def _defined(self, definition: int) -> frozenset[int]:
        if definition in self._definitions:
            return self._definitions[definition]
        if definition in self._busy:
            return frozenset()
        self._busy.add(definition)
        found = self.tokens(self.func.nodes[definition].value, definition)
        self._busy.discard(definition)
        if not self._busy:
            self._definitions[definition] = found
        return found

    def _stored(self, node: int) -> frozenset[int]:
        if node in self._busy:
            return frozenset()
        ir = self.func.nodes[node]
        if ir.op != Op.CALL:
            return self._defined(node)
        self._busy.add(node)
        found = frozenset().union(*(self.tokens(arg.value, node) for arg in ir.args)) if ir.args else frozenset()
        self._busy.discard(node)
        return found

    def reaching(self, name: str, node: int) -> list[int]:
        """Definitions of a name that reach a node."""
        found = self.func.defs.get(name, [])
        if len(found) > 1 and node >= 0:
            return self.resolver.reaching(name, self.func, node)[0]
        return found

    @property
    def contents(self) -> dict[str, list[int]]:
        """Container -> the nodes that put something into it."""
        if self._contents is None:
            self._contents = {}
            for number in self.func.stores.get("[]", ()):
                target = self.func.nodes[number].target
                if isinstance(target, Item):
                    self._contents.setdefault(spell(target.base), []).append(number)
            for number, node in enumerate(self.func.nodes):
                if (
                    node.op == Op.CALL
                    and isinstance(node.value, Attr)
                    and node.value.name
                    in ("append", "extend", "add", "insert", "update", "put", "setdefault", "put_nowait")
                ):
                    self._contents.setdefault(spell(node.value.base), []).append(number)
        return self._contents

    # ---------------------------------------------------------------------------------------------------------- images

    def pictures(self, call: FaceCall) -> set[Image]:
        """The images that a face call is given, and those they were converted from, as (name, definitions)."""
        found: set[Image] = set()
        ir = call.ir
        for arg in ir.args:
            self._lineage(arg.value, call.node, found, 0)
        return found

    def _lineage(self, expr: Expr, node: int, found: set[Image], depth: int) -> None:
        if depth > 8 or isinstance(expr, FunctionRef):
            return
        if isinstance(expr, Name):
            definitions = self.reaching(expr.id, node)
            image = (expr.id, frozenset(definitions))
            if image in found:
                return
            is_param = any(p.name == expr.id for p in self.func.ir.params)
            if definitions or is_param:
                found.add(image)
            for definition in definitions:
                ir = self.func.nodes[definition]
                if ir.op == Op.ASSIGN and ir.value is not None:
                    self._lineage(ir.value, definition, found, depth + 1)
        elif isinstance(expr, Attr):
            spelled = spell(expr)
            if spelled:
                found.add((spelled, frozenset()))
        elif isinstance(expr, Item):
            self._lineage(expr.base, node, found, depth + 1)
        elif isinstance(expr, Result):
            call = self.func.nodes[expr.node]
            if call.op != Op.CALL or last_name(call.value) in self.images.loaders:
                return
            for arg in call.args[:3]:
                self._lineage(arg.value, expr.node, found, depth + 1)
            if isinstance(call.value, Attr) and not call.args:
                self._lineage(call.value.base, expr.node, found, depth + 1)
        elif isinstance(expr, (Element, Comprehension)):
            return
        else:
            for child in children(expr):
                self._lineage(child, node, found, depth + 1)


def chains(func: Func, calls: Sequence[FaceCall], resolver: Resolver, images: Images) -> list[list[FaceCall]]:
    """Group the face calls of a function into chains, in node order."""
    if len(calls) < 2:
        return [list(calls)] if calls else []
    flow = DataFlow(func, calls, resolver, images)
    parent = {call.node: call.node for call in calls}

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    owner: dict[Image, int] = {}
    for call in calls:
        ir = call.ir
        exprs: list[Expr] = [arg.value for arg in ir.args]
        if isinstance(ir.value, Attr):
            exprs.append(ir.value.base)
        for expr in exprs:
            for token in flow.tokens(expr, call.node):
                parent[find(token)] = find(call.node)
        for image in flow.pictures(call):
            if image in owner:
                parent[find(owner[image])] = find(call.node)
            else:
                owner[image] = call.node
    groups: dict[int, list[FaceCall]] = {}
    for call in calls:
        groups.setdefault(find(call.node), []).append(call)
    same_place: dict[tuple[int, int], int] = {}
    for root, group in list(groups.items()):  # copies of a finally block stand for one call
        for call in group:
            place = (call.ir.line, call.ir.col)
            if place in same_place and same_place[place] != root and same_place[place] in groups and root in groups:
                groups[same_place[place]].extend(groups.pop(root))
                break
            same_place[place] = root
    return list(groups.values())
