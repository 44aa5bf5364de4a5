"""The face calls of a function: which calls of it, by whatever name, are operations of the catalogue.

Must not know consent or rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fr_lint.catalogue.faces import Api, Faces
from fr_lint.catalogue.guards import guards
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.named import Named
from fr_lint.flow.ownapis import OwnApis
from fr_lint.flow.ownlibrary import OwnLibrary
from fr_lint.flow.plain import is_plain
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.values import Ext, FuncV, Inst, Obj, Value
from fr_lint.ir.model import Attr, Const, Expr, Name, Node, Op, Result
from fr_lint.ir.walk import walk


@dataclass(frozen=True, slots=True)
class FaceCall:
    """One face call; ``handed`` when the operation is handed over to something that will call it."""

    func: Func
    node: int
    api: Api
    handed: bool = False

    @property
    def ir(self) -> Node:
        """The call node."""
        return self.func.nodes[self.node]


class FaceCalls:
    """Finds face calls, memoised per function."""

    def __init__(self, graph: CallGraph, faces: Faces, own: OwnApis | None = None) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.faces = faces
        self.own = own or OwnApis((), Named(graph))
        self.library = OwnLibrary(graph, faces)
        self.words = guards()
        graph.settled = self.library.is_reported_elsewhere
        graph.offered = lambda func: self.library.of(func) is not None
        self._found: dict[Func, tuple[FaceCall, ...]] = {}
        self._nodes: dict[Func, frozenset[int]] = {}
        self._busy: set[Func] = set()

    def of(self, func: Func) -> tuple[FaceCall, ...]:
        """The face calls of a function, in node order, all roles."""
        if func not in self._found:
            self._found[func] = ()
            self._busy.add(func)
            self._found[func] = tuple(self._search(func))
            self._busy.discard(func)
        return self._found[func]

    def nodes_of(self, func: Func) -> frozenset[int]:
        """The nodes of the face calls of a function."""
        if func not in self._nodes:
            found = frozenset(call.node for call in self.of(func))
            if func in self._busy:
                return found
            self._nodes[func] = found
        return self._nodes[func]

    def in_unit(self, unit: Unit) -> Iterator[FaceCall]:
        """The face calls of a module."""
        for func in unit.functions:
            yield from self.of(func)

    def _search(self, func: Func) -> Iterator[FaceCall]:
        if self.own.is_inside(func) or self.library.is_inside(func):
            return
        for number, node in enumerate(func.nodes):
            if node.op != Op.CALL:
                continue
            own = self.own.called(func, number) or self.library.called(func, number)
            api, handed = (own, False) if own is not None else self._api(func, number, node)
            if api is not None:
                yield FaceCall(func, number, api, handed)

    def _api(self, func: Func, number: int, node: Node) -> tuple[Api | None, bool]:
        callees = self.resolver.callee_values(func, number)

        def strings() -> list[str]:
            return self.resolver.strings_of(node.args, func, number)

        for callee in callees:
            api = self._operation(callee, strings) or self._rebound(callee, func) or self._overridden(callee)
            if api is not None:
                return api, False
        name = _name(func, node)
        if name in self.faces.senders:
            for arg in node.args:
                for value in self.resolver.values(arg.value, func, number):
                    if isinstance(value, Inst):
                        api = self.faces.request(value.type)
                        if api is not None:
                            return api, False
        api = self._rest(func, number, node, name) or self._through(func, number, node, 0)
        if api is not None:
            return api, False
        if not any(isinstance(c, FuncV) for c in callees) and self.may_call_what_it_is_given(func, number):
            return self._handed(func, number, node, name), True
        return None, False

    def _operation(self, callee: Value, strings: Callable[[], Sequence[str]]) -> Api | None:
        if isinstance(callee, Ext):
            return self.faces.chosen(callee.name, strings)
        if isinstance(callee, Inst):
            return self.faces.chosen(callee.type, strings) or self.faces.chosen(callee.type + ".__call__", strings)
        return None

    def _overridden(self, callee: Value) -> Api | None:
        """A method written anew below a face type, that hands its work to another function of the same library."""
        if not isinstance(callee, FuncV) or callee.func.cls is None or not isinstance(callee.self, Obj):
            return None
        target = callee.func
        for base in self.resolver.external_bases(callee.func.cls):
            api = self.faces.chosen(f"{base}.{target.name}", list)
            if api is None:
                continue
            package = base.partition(".")[0]
            calls = [number for number, node in enumerate(target.nodes) if node.op == Op.CALL]
            inside = [value for number in calls for value in self.resolver.callee_values(target, number)]
            known = any(self._operation(value, list) is not None for value in inside)
            if not known and any(isinstance(v, Ext) and v.name.partition(".")[0] == package for v in inside):
                return api
        return None

    def _rebound(self, callee: Value, func: Func) -> Api | None:
        """A method of an object that a late loading call has made a face object: ``cascade.load("...face.xml")``."""
        if not isinstance(callee, Inst) or callee.func is None:
            return None
        owner, _, method = callee.type.rpartition(".")
        loaders = [name for name in self.faces.rebinds if name.rpartition(".")[0] == owner]
        for loader in loaders:
            units = {func.unit, callee.func.unit}
            for unit in units:
                for caller, number in self.graph.mentions(unit).calls.get(loader.rpartition(".")[2], ()):
                    for value in self.resolver.callee_values(caller, number):
                        if isinstance(value, Inst) and value.func is callee.func and value.node == callee.node:
                            args = caller.nodes[number].args
                            for made in (
                                self.faces.products(loader, lambda: self.resolver.strings_of(args, caller, number))  # noqa: B023
                                or ()
                            ):
                                api = self.faces.chosen(f"{made}.{method}", list)
                                if api is not None:
                                    return api
        return None

    def may_call_what_it_is_given(self, func: Func, number: int) -> bool:
        """May a call node that enters no function of the project call a function or an object among its arguments?"""
        if _name(func, func.nodes[number]) in self.words.handed_never:
            return False
        return not is_plain(self.resolver.callee_values(func, number))

    def _handed(self, func: Func, number: int, node: Node, name: str) -> Api | None:
        for arg in node.args:
            value = arg.value
            if not isinstance(value, (Name, Attr)):
                continue
            for found in self.resolver.values(value, func, number):
                api = None
                if own := self.own.value(found) or self.library.value(found):
                    api = own
                elif isinstance(found, Ext):
                    api = self.faces.chosen(found.name, list)
                elif isinstance(found, Inst):
                    if isinstance(value, Attr):
                        api = self.faces.chosen(found.type, list)
                    if api is None and name in self.words.handed_objects:
                        api = self.faces.chosen(found.type + ".__call__", list)
                if api is not None and (api.duty or api.role == "delete"):
                    return api
        return None

    # ------------------------------------------------------------------------------------------------------------- HTTP

    def _through(self, func: Func, number: int, node: Node, depth: int) -> Api | None:
        """A call of the project's own request helper that puts in the telling part of the URL."""
        if depth > 1 or not node.args:
            return None
        for target, bound in self.graph.targets(func, number)[:2]:
            if not any(ir.op == Op.CALL and ir.args and _requests(_name(target, ir)) for ir in target.nodes):
                continue
            with self.resolver.texts_of.called(target, bound, node, func, number) as says:
                for inner, ir in enumerate(target.nodes) if says else ():
                    if ir.op == Op.CALL and ir.args:
                        api = self._rest(target, inner, ir, _name(target, ir), own=False)
                        api = api or self._through(target, inner, ir, depth + 1)
                        if api is not None:
                            return api
        return None

    def _rest(self, func: Func, number: int, node: Node, name: str, *, own: bool = True) -> Api | None:
        """The operation behind a request; ``own``: its URL is told by this function, not by a caller."""
        if not node.args or len(node.args) > 12:
            return None
        if not _requests(name):
            return None
        method = name.upper() if name in ("get", "post", "put", "patch", "delete") else ""
        chosen = _chosen(func, node)
        for value in [arg.value for arg in node.args[:4]] if chosen is None else [chosen]:
            verbs = self.resolver.texts(value, func, number) if isinstance(value, (Const, Name)) else []
            if len(verbs) == 1 and verbs[0].upper() in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                method = verbs[0].upper()
        for arg in node.args[:4]:
            if arg.keyword not in ("", "url", "path", "endpoint", "uri"):
                continue
            for text in self.resolver.texts(arg.value, func, number):
                if "/" not in text or " " in text.strip():
                    continue
                api = self.faces.rest(text, method)
                if api is not None and self._is_local(arg.value, func, number, text) == own:
                    if not api.literals or any(
                        lit in t for t in self.resolver.strings_of(node.args, func, number) for lit in api.literals
                    ):
                        return api
        return None

    def _is_local(self, expr: Expr, func: Func, node: int, text: str) -> bool:
        """Whether the telling part of a URL is put in by this function, not by its callers."""
        wanted = text.rstrip("/").rpartition("/")[2].partition("?")[0].replace("{}", "")
        params = {p.name for p in func.ir.params}
        if not any(isinstance(at, Name) and at.id in params for at in self._parts(expr, func, node, 0)):
            return True
        return any(
            isinstance(at, Const) and isinstance(at.value, str) and wanted and wanted in at.value
            for at in self._parts(expr, func, node, 0)
        )

    def _parts(self, expr: Expr, func: Func, node: int, depth: int) -> Iterator[Expr]:
        for at in walk(expr):
            yield at
            if depth > 6:
                continue
            if isinstance(at, Name):
                for frame, definition in self.resolver.definitions(at.id, func, node):
                    value = frame.nodes[definition].value
                    if value is not None and frame is func:
                        yield from self._parts(value, func, definition, depth + 1)
            elif isinstance(at, Result) and func.nodes[at.node].op == Op.CALL:
                call = func.nodes[at.node]
                if isinstance(call.value, Attr):
                    yield from self._parts(call.value.base, func, at.node, depth + 1)
                for arg in call.args:
                    yield from self._parts(arg.value, func, at.node, depth + 1)


def _requests(name: str) -> bool:
    """Whether a call of this name may send a request."""
    words = guards()
    return name in words.sending_calls or any(word in name.lower() for word in words.sending_parts)


def _chosen(func: Func, node: Node) -> Expr | None:
    """What names the method of ``getattr(session, verb)(url)``; ``None`` for any other call."""
    made = func.nodes[node.value.node] if isinstance(node.value, Result) else None
    if made is None or made.op != Op.CALL or len(made.args) < 2 or last_name(made.value) != "getattr":
        return None
    return made.args[1].value


def _name(func: Func, node: Node) -> str:
    """The last name of a callee; a method that a variable chooses sends a request for all that is known."""
    return last_name(node.value) or ("request" if _chosen(func, node) is not None else "")
