"""Where values come from, and whether they are face data: the door to the backward search.

Face data is what a face call says about a face, an image that was passed to a face call, what that was converted from
or to, and what is computed from these.  Names, times, statuses and scores that a match led to are none; what a hiding
operation puts out is none.  Must not know stores, rules or law.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.carrying import carrying
from fr_lint.flow.binding import handed_arguments
from fr_lint.flow.contents import ANY, Contents, Path, Put, contents_of
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.graph import Site
from fr_lint.flow.hidings import Hidings
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.keyed import Keyed
from fr_lint.flow.members import Members
from fr_lint.flow.nobody import Nobody
from fr_lint.flow.passing import Passing
from fr_lint.flow.program import ClassInfo, Func, Unit
from fr_lint.flow.tracing import Trace
from fr_lint.flow.values import Inst
from fr_lint.flow.whence import CALL, FACE, LOADED, NAME, PARAM, PLACE, SAID, Origin, State
from fr_lint.ir.model import Arg, Attr, Const, Expr, Import, Name, Op, Param

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine

DESCRIBING: Final = frozenset({"detect", "analyze", "encode"})
MAX_FILES: Final = 200  # files whose face calls are asked for their images
MAX_FIELD_FILES: Final = 12  # files searched for assignments to an attribute from outside its class


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a value is face data: the face call, and whether the value is an image that was passed to it."""

    call: FaceCall
    image: bool


class Provenance:
    """Origins of values, memoised for a project."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.resolver = engine.resolver
        self.graph = engine.graph
        self.program = engine.program
        self.names = carrying()
        self.calls = Passing(self)
        self.members = Members(self)
        self.keyed = Keyed(self.resolver)
        self.nobody = Nobody(self)
        self.hidings = Hidings(self)
        self._origins: dict[tuple[Expr, Func, int, bool, bool], frozenset[Origin]] = {}
        self._handed: dict[Func, dict[str, list[int]]] = {}
        self._contents: dict[Func, Contents] = {}
        self._faces: dict[Func, dict[int, FaceCall]] = {}
        self._fields: dict[tuple[ClassInfo, str], tuple[tuple[Func, int], ...]] = {}
        self._functions: dict[ClassInfo, tuple[Func, ...]] = {}
        self._orders: dict[ClassInfo, list[str]] = {}
        self._sites: dict[Func, tuple[Site, ...]] = {}
        self._reaching: dict[tuple[str, Func, int], tuple[list[int], bool]] = {}

    # -------------------------------------------------------------------------------------------------------- questions

    def origins(
        self, expr: Expr, func: Func, node: int, *, influence: bool = False, loaded: bool = False
    ) -> frozenset[Origin]:
        """Where the value of an expression comes from, as node ``node`` of ``func`` evaluates it.

        ``influence``: comparisons, truth values, indices and choices carry as well.  ``loaded``: asked for is what lies
        where the value says (the value is a path), not the value.
        """
        memo_key = (expr, func, node, influence, loaded)
        if memo_key not in self._origins:
            mode = LOADED if loaded else 0
            self._origins[memo_key] = Trace(self, influence).run(expr, func, node, mode)
        return self._origins[memo_key]

    def way(self, expr: Expr, func: Func, node: int) -> list[State]:
        """The expressions that a value passes on its way from its origins."""
        trace = Trace(self, influence=False)
        trace.run(expr, func, node)
        return trace.passed

    def face_calls(self, expr: Expr, func: Func, node: int, *, influence: bool = False) -> frozenset[FaceCall]:
        """The face calls from whose results a value comes."""
        return frozenset(o.call for o in self.origins(expr, func, node, influence=influence) if o.call is not None)

    def face_data(
        self, expr: Expr, func: Func, node: int, *, loaded: bool = False, known: Container[tuple[Func, int, str]] = ()
    ) -> Evidence | None:
        """Why a value is face data; ``None`` if there is no evidence that it is.

        ``loaded``: the value is a path, and asked for is the file there.  ``known``: calls (and parameters, with -1)
        that looked up an object of which only what is new counts.
        """
        found = self.origins(expr, func, node, loaded=loaded)
        for origin in sorted(found, key=_place):
            if origin.call is not None and self._describes(origin) and not self.nobody.is_of(origin.call):
                return Evidence(origin.call, False)
        if self.nobody.are(found):
            return None
        for origin in sorted(found, key=_place):
            if (origin.func, origin.node, origin.name) in known:
                continue
            if origin.kind == FACE or not self._may_be_image(origin):
                continue
            for other in self._passed.get(_root(origin), ()):
                if self._same_thing(origin, other[0]):
                    return Evidence(other[1], True)
        return None

    @cached_property
    def image_paths(self) -> dict[Origin, FaceCall]:
        """Where paths are bound whose files are passed to face calls."""
        return {origin: call for found in self._passed.values() for origin, call in found if origin.kind == PLACE}

    @cached_property
    def loaded_results(self) -> dict[tuple[Func, int], FaceCall]:
        """The calls whose result says where an image lies, or is a piece of such a text."""
        return {
            (origin.func, origin.node): call
            for found in self._passed.values()
            for origin, call in found
            if origin.loaded and origin.kind in (CALL, SAID)
        }

    # -------------------------------------------------------------------------------------------------------- face data

    def _describes(self, origin: Origin) -> bool:
        call = origin.call
        if call is None or call.api.role not in DESCRIBING or self.engine.hiding.is_measure(call):
            return False
        return not any(self.names.is_neutral(key) for key in origin.path)

    def _may_be_image(self, origin: Origin) -> bool:
        if origin.kind not in (CALL, PARAM, NAME, PLACE) or (origin.weak and origin.kind != CALL):
            return False
        if any(self.names.is_neutral(key) for key in origin.path):
            return False
        if origin.kind in (PARAM, NAME) and not origin.loaded:
            told = [key for key in (origin.name, *origin.path) if isinstance(key, str)]
            return not (self.names.is_path(told[-1]) or self.names.is_id(told[-1]))
        return origin.kind != CALL or origin.loaded or not self.names.gives_path(origin.name)

    @staticmethod
    def _same_thing(a: Origin, b: Origin) -> bool:
        if a.kind == PLACE and not (a.loaded and b.loaded):
            return False
        short, long = sorted((_content(a.path), _content(b.path)), key=len)
        return long[: len(short)] == short and (bool(short) or a.kind != NAME)

    @cached_property
    def _passed(self) -> dict[tuple[object, ...], list[tuple[Origin, FaceCall]]]:
        """Where the images come from that are passed to face calls, anywhere in the project."""
        found: dict[tuple[object, ...], list[tuple[Origin, FaceCall]]] = {}
        for path in self.engine.face_files()[:MAX_FILES]:
            unit = self.program.unit(path)
            for func in unit.functions if unit is not None else ():
                for call in self.engine.face_calls.of(func):
                    if not call.api.duty or call.api.role == "liveness" or self.engine.hiding.is_measure(call):
                        continue
                    for origin in self._given(call):
                        if origin.kind == SAID or (origin.kind != FACE and not origin.weak):
                            found.setdefault(_root(origin), []).append((origin, call))
        return found

    def _given(self, call: FaceCall) -> Iterator[Origin]:
        for expr in self.pictures(call):
            for loaded in (False, True):
                yield from self.origins(expr, call.func, call.node, loaded=loaded)

    def pictures(self, call: FaceCall) -> Iterator[Expr]:
        """The arguments of a face call that may hold an image or a path to one."""
        args: tuple[Arg, ...] = call.ir.args
        for arg in args:
            if arg.keyword and (arg.keyword.lower() in self.names.arguments or self.names.is_neutral(arg.keyword)):
                continue
            if not isinstance(arg.value, Const) or isinstance(arg.value.value, str):
                yield arg.value

    # -------------------------------------------------------------------------------------------- what the search asks

    def face_call(self, func: Func, node: int) -> FaceCall | None:
        """The face call at a node."""
        if func not in self._faces:
            self._faces[func] = {call.node: call for call in self.engine.face_calls.of(func)}
        return self._faces[func].get(node)

    def contents(self, func: Func) -> Contents:
        """What a function puts into containers."""
        if func not in self._contents:
            self._contents[func] = contents_of(func, self.names)
        return self._contents[func]

    def handed(self, func: Func) -> dict[str, list[int]]:
        """The calls of a function that are given a named value, by its name."""
        if func not in self._handed:
            found: dict[str, list[int]] = {}
            for number, node in enumerate(func.nodes):
                for arg in node.args if node.op == Op.CALL else ():
                    if isinstance(arg.value, Name):
                        found.setdefault(arg.value.id, []).append(number)
            self._handed[func] = found
        return self._handed[func]

    def is_service(self, put: Put, func: Func) -> bool:
        """Whether a call hands something to a database or the like rather than to a container."""
        callee = func.nodes[put.node].value
        return isinstance(callee, Attr) and self.is_service_name(callee.base)

    def is_service_name(self, receiver: Expr) -> bool:
        """Whether an expression is named like a database connection, a client or a logger."""
        name = last_name(receiver)
        return bool(name) and self.names.is_service(name)

    def is_buffer(self, put: Put, func: Func) -> bool:
        """Whether what a call fills is a buffer in memory or an open file."""
        base = put.base
        return base is not None and any(
            isinstance(value, Inst) and value.type.rpartition(".")[2] in self.names.buffers
            for value in self.resolver.values(base, func, put.node)
        )

    def reaching(self, name: str, func: Func, node: int) -> tuple[list[int], bool]:
        """The definitions that reach a node, memoised."""
        memo_key = (name, func, node)
        if memo_key not in self._reaching:
            self._reaching[memo_key] = self.resolver.reaching(name, func, node)
        return self._reaching[memo_key]

    def is_hidden(self, name: str, func: Func, node: int) -> bool:
        """Whether the faces in a picture have been hidden in place before a node."""
        return self.hidings.before(name, func, node)

    def sites(self, func: Func) -> tuple[Site, ...]:
        """From where a function is entered; tests only if there is nothing else."""
        if func not in self._sites:
            self._sites[func] = self.engine.entries.callers(func)[:64]
        return self._sites[func]

    def is_entry(self, func: Func) -> bool:
        """Whether a framework calls the function."""
        return self.engine.entries.is_entry(func)

    def passed(self, func: Func, param: Param, site: Site, path: Path) -> Iterator[tuple[Expr, Path]]:
        """What a site passes for a parameter, and which part of it is asked for."""
        ir = site.func.nodes[site.node]
        if ir.op != Op.CALL:
            return
        args = ir.args if site.call else handed_arguments(ir.args, site.offset)
        if param.kind == "kwargs":
            for arg in args:
                if arg.star == 2 or (arg.keyword and (not path or path[0] in (arg.keyword, ANY))):
                    yield arg.value, path if arg.star else path[1:]
            return
        for name, expr in self.graph.bind(func, args, site.skip_self):
            if name == param.name:
                yield expr, path[1:] if param.kind == "args" else path
        if not site.call or not any(arg.star for arg in args):
            return
        for arg in args:
            if arg.star == 2:
                yield arg.value, (param.name, *path)
            elif arg.star == 1:
                yield arg.value, (ANY, *path)

    def field_places(self, cls: ClassInfo, name: str) -> tuple[tuple[Func, int], ...]:
        """The nodes that set an attribute of a class's objects: in the class, its family, and elsewhere."""
        memo_key = (cls, name)
        if memo_key not in self._fields:
            self._fields[memo_key] = ()
            found = dict.fromkeys(self.resolver.attribute_definitions(cls, name))
            for below in self.resolver.subclasses(cls):
                found.update(dict.fromkeys(self.resolver.attribute_definitions(below, name)))
            found.update(dict.fromkeys(self._set_outside(cls, name)))
            self._fields[memo_key] = tuple(found)
        return self._fields[memo_key]

    def _set_outside(self, cls: ClassInfo, name: str) -> Iterator[tuple[Func, int]]:
        for path in self.resolver.glances.storing(name)[:MAX_FIELD_FILES]:
            unit = self.program.unit(path)
            for func in unit.functions if unit is not None else ():
                for node in func.stores.get(name, ()):
                    target = func.nodes[node].target
                    if isinstance(target, Attr) and not (isinstance(target.base, Name) and target.base.id == "self"):
                        if self.resolver.classes.is_instance(target.base, func, node, cls):
                            yield func, node

    def functions_of(self, cls: ClassInfo) -> tuple[Func, ...]:
        """The methods of a class and its family, and what is nested in them."""
        if cls not in self._functions:
            family = {*self.resolver.mro(cls), *self.resolver.subclasses(cls)}
            found = []
            for unit in dict.fromkeys(each.unit for each in family):
                for func in unit.functions:
                    owner = self.resolver.enclosing_class(func)
                    if owner is not None and owner in family:
                        found.append(func)
            self._functions[cls] = tuple(found)
        return self._functions[cls]

    def constructor_order(self, cls: ClassInfo) -> list[str]:
        """The positional parameters of a class without an ``__init__`` of its own: its fields in order."""
        if cls not in self._orders:
            order: list[str] = []
            for each in reversed(self.resolver.mro(cls)):
                if "__init__" in each.methods:
                    order = [
                        p.name for p in each.methods["__init__"].ir.params[1:] if p.kind in ("positional", "normal")
                    ]
                    continue
                for node in each.body.nodes:
                    if isinstance(node.target, Name) and node.op == Op.ASSIGN and node.target.id not in order:
                        if node.annotation is not None or node.value is not None:
                            order.append(node.target.id)
            self._orders[cls] = order
        return self._orders[cls]

    def imported(self, expr: Import, unit: Unit) -> tuple[Unit, str] | None:
        """The project module and the name in it that an import binds."""
        if not expr.name:
            return None
        path = self.program.sources.resolve(unit.path, expr.module, expr.level)
        if path is None or path == unit.path:
            return None
        other = self.program.unit(path)
        return None if other is None else (other, expr.name)


def _root(origin: Origin) -> tuple[object, ...]:
    return (origin.kind, origin.func, origin.node, origin.name)


def _content(path: Path) -> Path:
    """A path without what only reads the content."""
    return tuple(key for key in path if key not in ("file", "stream", "content", "raw", "data", ANY))


def _place(origin: Origin) -> tuple[str, int, str, str]:
    return (origin.func.unit.path, origin.node, origin.kind, str(origin.path))
