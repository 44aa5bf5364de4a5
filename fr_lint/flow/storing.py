"""The storing calls of a function: what keeps something, removes it or bounds it, and what identifies the store.

Answers from the catalogue of stores, for calls by whatever name, for functions that are handed away, and for items
that are set or deleted.  Whether what is stored is face data is somebody else's question.  It must not know rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fr_lint.catalogue import sql
from fr_lint.catalogue.carrying import carrying
from fr_lint.catalogue.galleries import gallery
from fr_lint.catalogue.paths import paths
from fr_lint.catalogue.places import holds
from fr_lint.catalogue.store_records import Operation
from fr_lint.catalogue.stores import KNOWN, Stores
from fr_lint.flow.callview import CallView
from fr_lint.flow.faces import FaceCalls
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.guessing import Guessing
from fr_lint.flow.handles import Handle, Handles
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.identity import Identity
from fr_lint.flow.models import Models
from fr_lint.flow.origins import Origins
from fr_lint.flow.parts import Finder, name
from fr_lint.flow.plain import is_plain
from fr_lint.flow.program import Func
from fr_lint.flow.spelling import Speller
from fr_lint.flow.storecall import Place, StoreCall, Where
from fr_lint.flow.values import ClassV, Ext, FuncV, Inst
from fr_lint.ir.model import Arg, Attr, Comprehension, Const, Display, Expr, Item, Name, Node, Op, Result

MAX_ARGS = 24  # of a builder of a query


class StoreCalls:
    """The storing calls of functions, memoised."""

    def __init__(self, graph: CallGraph, stores: Stores, faces: FaceCalls | None = None) -> None:
        """``faces``: where the galleries of face services are to be told as well."""
        self.graph = graph
        self.faces = faces
        self.resolver = graph.resolver
        self.stores = stores
        self.origins = Origins(graph)
        self.models = Models(self.origins, stores)
        self.handles = Handles(self.origins, stores, self.models)
        self.speller = Speller(self.origins, self.handles, paths())
        self.guessing = Guessing(self.origins, self.handles, self.speller)
        self._found: dict[Func, tuple[StoreCall, ...]] = {}
        self._at: dict[Func, dict[int, tuple[StoreCall, ...]]] = {}
        self._busy: set[Func] = set()

    def of(self, func: Func) -> tuple[StoreCall, ...]:
        """All operations of a function, in node order."""
        if func not in self._found:
            self._found[func] = ()
            self._busy.add(func)
            self._found[func] = tuple(self._search(func))
            self._busy.discard(func)
        return self._found[func]

    def at(self, func: Func, node: int) -> tuple[StoreCall, ...]:
        """The operations at a node."""
        if func not in self._at:
            found: dict[int, list[StoreCall]] = {}
            for call in self.of(func):
                found.setdefault(call.node, []).append(call)
            if func in self._busy:
                return tuple(found.get(node, ()))
            self._at[func] = {number: tuple(calls) for number, calls in found.items()}
        return self._at[func].get(node, ())

    # --------------------------------------------------------------------------------------------------------- search

    def _search(self, func: Func) -> Iterator[StoreCall]:
        galleries = {call.node: call for call in self.faces.of(func)} if self.faces is not None else {}
        for number, node in enumerate(func.nodes):
            if node.op == Op.CALL:
                face = galleries.get(number)
                operation = gallery(face.api) if face is not None else None
                if operation is not None and face is not None:
                    yield from self._made(operation, CallView(self.origins, func, number), handed=face.handed)
                    continue
                found = list(self._direct(func, number, node))
                yield from found or self._handed(func, number, node)
            elif isinstance(node.target, Item) and node.op in (Op.ASSIGN, Op.DELETE):
                yield from self._items(func, number, node, node.target)

    def _direct(self, func: Func, number: int, node: Node) -> Iterator[StoreCall]:
        callees = self.resolver.callee_values(func, number)
        if any(isinstance(callee, (FuncV, ClassV)) for callee in callees):
            return
        names = [c.name if isinstance(c, Ext) else c.type for c in callees if isinstance(c, (Ext, Inst))]
        view = self._bound(func, number, node) or CallView(self.origins, func, number)
        operations = dict.fromkeys(op for name in names for op in self.stores.operations(name))
        if not operations and isinstance(node.value, Attr) and node.value.name in KNOWN:
            names = [f"{chain}.{node.value.name}" for chain in self.handles.chains(node.value.base, func, number)]
            operations = dict.fromkeys(op for name in names for op in self.stores.operations(name))
        found = False
        for operation in operations:
            found = True
            yield from self._made(operation, view, handed=False)
        if not found and isinstance(node.value, Attr) and not self.graph.targets(func, number):
            for operation in self.stores.guesses(node.value.name):
                if self.guessing.is_meant(operation, view, node.value.base):
                    yield from self._made(operation, view, handed=False)

    def _bound(self, func: Func, number: int, node: Node) -> CallView | None:
        """The call of what ``save = partial(imwrite, path)`` made: with the arguments that were given there."""
        if not isinstance(node.value, (Name, Attr)) or "partial" not in self.graph.mentions(func.unit).calls:
            return None
        for origin in self.origins.of(node.value, func, number):
            made = origin.func.nodes[origin.expr.node] if isinstance(origin.expr, Result) else None
            if made is None or made.op != Op.CALL or last_name(made.value) != "partial" or not made.args:
                continue
            given = made.args[1:]
            if origin.func is not func and not all(isinstance(arg.value, (Const, Name)) for arg in given):
                continue
            first = made.args[0].value
            base = first.base if isinstance(first, Attr) else None
            return CallView(self.origins, func, number, own=(*given, *node.args), base=base)
        return None

    def _handed(self, func: Func, number: int, node: Node) -> Iterator[StoreCall]:
        """``submit(os.remove, path)``: a storing function as a value, with its arguments behind it."""
        if self.graph.targets(func, number) or is_plain(self.resolver.callee_values(func, number)):
            return
        for place, arg in enumerate(node.args):
            if not isinstance(arg.value, (Name, Attr)):
                continue
            base = arg.value.base if isinstance(arg.value, Attr) else None
            for value in self.resolver.values(arg.value, func, number):
                name = value.name if isinstance(value, Ext) else value.type if isinstance(value, Inst) else ""
                if not name or (isinstance(value, Inst) and base is None):
                    continue
                for operation in self.stores.operations(name):
                    view = CallView.handed(self.origins, func, number, place, base)
                    if last_name(node.value) in carrying().each:  # with each element
                        view.args = tuple(
                            Arg(self.origins.element(a.value), a.keyword, a.star, a.line, a.col) for a in view.args
                        )
                    yield from self._made(operation, view, handed=True)

    def _items(self, func: Func, number: int, node: Node, target: Item) -> Iterator[StoreCall]:
        method = "__setitem__" if node.op == Op.ASSIGN else "__delitem__"
        own = [Arg(target.index, "", 0, node.line, node.col)]
        if node.value is not None:
            own.append(Arg(node.value, "", 0, node.line, node.col))
        view = CallView(self.origins, func, number, own=tuple(own), base=target.base)
        chains = self.handles.chains(target.base, func, number)
        for operation in dict.fromkeys(op for chain in chains for op in self.stores.operations(f"{chain}.{method}")):
            yield from self._made(operation, view, handed=False)

    # --------------------------------------------------------------------------------------------------------- making

    def _made(self, operation: Operation, view: CallView, *, handed: bool) -> Iterator[StoreCall]:
        if operation.when and not holds(operation.when, view):
            return
        if operation.unless and holds(operation.unless, view):
            return
        if operation.given and not any(view.passed(place) for place in operation.given):
            return
        data = tuple(expr for place in operation.data if not place.file for expr in view.at(place))
        if any(place.word == "held" for place in operation.data):
            data += tuple(self._held(operation, view.func))
        files = tuple(expr for place in operation.data if place.file for expr in view.at(place))
        if operation.action == "store" and any(part == "model" for part, _ in operation.at):
            data += tuple(value for expr in data for value in view.set_on(expr))
        if operation.action == "sql":
            yield from self._sql(operation, view, data, handed=handed)
            return
        if operation.action == "run":
            yield from self._run(operation, view, data, handed=handed)
            return
        made = StoreCall(
            func=view.func,
            node=view.node,
            op=operation,
            action=operation.action,
            data=data,
            files=files,
            where=Where(lambda: self._place(operation, view)),
            whole=operation.whole,
            handed=handed,
            statement=None,
            display=self._display(operation, view),
        )
        yield made
        if made.action == "store" and operation.kind == "table":
            yield from self._uploads(made, view)

    def _place(self, operation: Operation, view: CallView) -> Place:
        found = self._finder(view)
        identity = Identity(operation.kind, {**dict(operation.fixed), **found.parts(operation.at)})
        if "field" in identity.parts and self.models.swept:  # the file goes with its row
            owners = tuple(text.rpartition(".")[0] for text in identity.parts["field"])
            identity = Identity("table", {"model": owners})
        source = None
        if operation.source is not None:
            source = Identity(operation.kind, self._finder(view).parts((("path", operation.source),)))
        return Place(identity, source, found.bounded or self._bounded(operation, view), found.memory)

    def _uploads(self, made: StoreCall, view: CallView) -> Iterator[StoreCall]:
        """The files that are stored with a row: those of its upload fields."""
        for part, place in made.op.at:
            if part not in ("model", "meta") or place.word == "assigned":
                continue
            for expr in view.at(place):
                for cls in self.models.of(expr, view.func, view.node):
                    for field in self.models.files(cls):
                        data = tuple(self._of_field(made, view, field, whole=part == "meta"))
                        identity = Identity("file", {"field": (f"{name(cls)}.{field}",)})
                        if data:
                            where = Where.known(Place(identity, made.source, bounded=False, memory=made.memory))
                            yield replace(made, data=data, where=where)

    def _of_field(self, made: StoreCall, view: CallView, field: str, *, whole: bool) -> Iterator[Expr]:
        for place in made.op.data:
            if place.word == "**":
                yield from (arg.value for arg in view.args if arg.keyword == field)
            elif whole:
                yield from view.at(place)
            elif place.word != "*":
                for expr in view.at(place):
                    yield self.origins.attribute(expr, field)
                    yield from view.set_on(expr, field)

    def _held(self, operation: Operation, func: Func) -> Iterator[Expr]:
        """What other calls of the function hand to the same module or object."""
        for number, node in enumerate(func.nodes):
            if node.op == Op.CALL:
                for callee in self.resolver.callee_values(func, number):
                    name = callee.name if isinstance(callee, Ext) else callee.type if isinstance(callee, Inst) else ""
                    for other in self.stores.operations(name):
                        if other.action == "hold" and other.owner == operation.owner:
                            view = CallView(self.origins, func, number)
                            yield from (expr for place in other.data for expr in view.at(place))

    def _sql(
        self, operation: Operation, view: CallView, data: tuple[Expr, ...], *, handed: bool
    ) -> Iterator[StoreCall]:
        place = next(place for part, place in operation.at if part == "sql")
        rest = tuple(pair for pair in operation.at if pair[0] != "sql")
        runs = [handle for expr in view.at(place) for handle in self._statements(expr, view)]
        if runs:
            yield from self._running(operation, view, runs, data, handed=handed)
            return
        statements = [found for text in self.guessing.texts((place,), view) for found in sql.read(text)]
        for statement in dict.fromkeys(statements):
            found = self._finder(view)
            parts = {**found.parts(rest), "table": statement.tables}
            for action in _actions(statement) if statement.tables else ():
                yield StoreCall(
                    view.func, view.node, operation, action, (*data, *view.at(place)), (),
                    Where.known(Place(Identity(operation.kind, parts), None, statement.ttl, found.memory)),
                    statement.whole, handed, statement, self._display(operation, view),
                )  # fmt: skip

    def _run(
        self, operation: Operation, view: CallView, data: tuple[Expr, ...], *, handed: bool
    ) -> Iterator[StoreCall]:
        runs = [handle for expr in data for handle in self._statements(expr, view)]
        yield from self._running(operation, view, runs, (), handed=handed)

    def _statements(self, expr: Expr, view: CallView) -> Iterator[tuple[Expr, Func, int, Handle]]:
        """Statement objects in an argument, or in a list of them."""
        for origin in self.origins.of(expr, view.func, view.node):
            inner: Iterable[Expr] = (origin.expr,)
            if isinstance(origin.expr, Display):
                inner = origin.expr.elements
            elif isinstance(origin.expr, Comprehension):
                inner = (origin.expr.element,)
            for each in inner:
                for handle in self.handles.of(each, origin.func, origin.node):
                    if handle.type.action and (
                        not handle.type.given
                        or (handle.made is not None and any(handle.made.passed(place) for place in handle.type.given))
                    ):
                        yield each, origin.func, origin.node, handle

    def _running(
        self, operation: Operation, view: CallView, runs: list[tuple[Expr, Func, int, Handle]], data: tuple[Expr, ...],
        *, handed: bool,
    ) -> Iterator[StoreCall]:  # fmt: skip
        for expr, func, node, handle in runs:
            found = self._finder(view)
            rest = tuple(pair for pair in operation.at if pair[0] != "sql")
            parts = {**found.parts(rest), **found.of_handle(handle)}
            given = self._builder(expr, func, node) if func is view.func else []
            yield StoreCall(
                view.func, view.node, operation, handle.type.action, (*data, *given, expr), (),
                Where.known(Place(Identity(handle.type.kind or operation.kind, parts), memory=found.memory)),
                False, handed, None, self._display(operation, view),
            )  # fmt: skip

    def _builder(self, expr: Expr, func: Func, node: int) -> list[Expr]:
        """The arguments along a chain of calls that builds a statement."""
        found: list[Expr] = []
        for origin in self.origins.of(expr, func, node):
            at: Expr | None = origin.expr
            while isinstance(at, Result) and origin.func is func and len(found) < MAX_ARGS:
                ir = func.nodes[at.node]
                found += [arg.value for arg in ir.args]
                at = ir.value.base if isinstance(ir.value, Attr) else None
        return found

    def _finder(self, view: CallView) -> Finder:
        return Finder(self.handles, self.speller, self.models, view)

    def _bounded(self, operation: Operation, view: CallView) -> bool:
        places = operation.expires
        if operation.bounded:
            return not any(holds(((place, operation.forever),), view) for place in places)
        return any(view.passed(place) and not holds(((place, operation.forever),), view) for place in places)

    @staticmethod
    def _display(operation: Operation, view: CallView) -> str:
        if operation.shown:
            return operation.shown
        owner = operation.owner.rpartition(".")[2]
        if operation.on and view.base is not None:
            owner = last_name(view.base) or (owner if owner[:1].isupper() else "")
        return f"{owner}.{operation.method}()" if owner and owner != "builtins" else f"{operation.method}()"


def _actions(statement: sql.Statement) -> Iterator[str]:
    """What a statement does: an update may store one column and empty another one."""
    if statement.cascades:
        yield "declare"
        return
    if statement.stores:
        yield "store"
    if statement.deletes:
        yield "delete"
    elif statement.verb == "select":
        yield "read"
