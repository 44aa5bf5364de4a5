"""What the result of a call is made of: the step of the backward search that crosses a call.

Project functions and constructors are entered; what is unseen is judged by the lists of
:mod:`fr_lint.catalogue.carrying`.  It must not know stores, rules or law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.flow.contents import ANY, Path, selector
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import ClassInfo
from fr_lint.flow.tracing import Trace
from fr_lint.flow.values import ClassV, Ext, FuncV, Inst
from fr_lint.flow.whence import ASIDE, CALL, FACE, LOADED, PIECE, WEAK, State
from fr_lint.ir.model import Arg, Attr, Binary, Const, Expr, Mapping, Name, Node, Result

if TYPE_CHECKING:
    from fr_lint.flow.provenance import Provenance


class Passing:
    """Crosses calls for one project."""

    def __init__(self, owner: Provenance) -> None:
        self.owner = owner
        self.names = owner.names

    def step(self, trace: Trace, number: int, at: State) -> None:
        """From the result of a call to what it is made of."""
        func = at.func
        node = func.nodes[number]
        face = self.owner.face_call(func, number)
        if face is not None and face.api.duty:
            trace.emit(FACE, at, number, face.api.display, face)
            return
        at = State(at.expr, func, number, at.sites, at.path, at.mode)
        entered = False
        for value in self.owner.resolver.callee_values(func, number):
            if isinstance(value, ClassV):
                self._constructed(trace, value.cls, node, at)
                entered = True
        for target, _ in () if entered else self.owner.graph.targets(func, number):
            trace.returns(target, trace.down(at.sites, func, number), at.path, at.mode)
            entered = True
        if not entered:
            self._unseen(trace, node, at)

    # ----------------------------------------------------------------------------------------------------- constructors

    def _constructed(self, trace: Trace, cls: ClassInfo, node: Node, at: State) -> None:
        """An attribute of a new object is what the constructor was given for it; the object is all it was given."""
        path = at.path
        if at.mode & PIECE:
            trace.emit(CALL, at, at.node, cls.name)
        if not path or path[0] == ANY:
            for arg in node.args:
                if trace.influence or not self.names.is_neutral(arg.keyword):
                    trace.push(arg.value, at.func, at.node, at.sites, (), at.mode)
            return
        name = path[0]
        order = self.owner.constructor_order(cls)
        plain = [arg for arg in node.args if not arg.keyword and not arg.star]
        for arg in node.args:
            if arg.keyword == name:
                trace.push(arg.value, at.func, at.node, at.sites, path[1:], at.mode)
            elif arg.star == 2:
                trace.push(arg.value, at.func, at.node, at.sites, path, at.mode)
        if name in order and order.index(name) < len(plain):
            trace.push(plain[order.index(name)].value, at.func, at.node, at.sites, path[1:], at.mode)
        down = trace.down(at.sites, at.func, at.node)
        for frame, site in self.owner.field_places(cls, str(name)):
            inside = down if frame.name in ("__init__", "__post_init__") else ()
            trace.push(frame.nodes[site].value, frame, site, inside, path[1:], at.mode)

    # ----------------------------------------------------------------------------------------------------- unseen calls

    def _unseen(self, trace: Trace, node: Node, at: State) -> None:  # noqa: C901
        name = last_name(node.value)
        receiver = node.value.base if isinstance(node.value, Attr) else None
        args = node.args
        path = at.path
        if name in self.names.over and name != "zip":
            args = tuple(arg for arg in args if not self.owner.keyed.is_mapping(arg.value, at.func))
        if name in self.names.runners or name in self.names.depends:
            if self._run(trace, node, at, name):
                return
        if at.mode & LOADED and name in self.names.path_made and name not in self.names.path_same:
            self._args(trace, args, at, (), at.mode | PIECE)
        if at.mode & LOADED and name in self.names.path_same:
            self._args(trace, args[:1], at, path, at.mode)
            if not args:
                trace.push(receiver, at.func, at.node, at.sites, path, at.mode)
            return
        if not (name == "getattr" or (receiver is not None and name in ("get", "pop", "getlist", "setdefault"))):
            trace.emit(CALL, at, at.node, name)
        if name in ("get", "pop", "getlist", "setdefault", "__getitem__") and receiver is not None:
            self._taken(trace, receiver, args, at, name)
        elif receiver is not None and name in self.names.requests and self._is_module(receiver, at):
            trace.push(receiver, at.func, at.node, at.sites, (name, *path), at.mode)  # `request.get_json()`
        elif name == "join" and isinstance(receiver, Const) and len(args) == 1:  # a text out of pieces
            self._args(trace, args, at, (ANY,), at.mode)
        elif name == "getattr" and len(args) >= 2:
            trace.push(args[0].value, at.func, at.node, at.sites, (*selector(args[1].value), *path), at.mode)
        elif name == "enumerate" and args:
            if path[1:2] != (0,):
                self._args(trace, args[:1], at, (ANY, *path[2:]), at.mode)
        elif name == "zip":
            for place, arg in enumerate(args):
                keys = self.owner.keyed.is_mapping(arg.value, at.func)
                if not keys and (len(path) < 2 or path[1] in (place, ANY) or arg.star):
                    self._args(trace, (arg,), at, (ANY, *path[2:]), at.mode)
        elif name == "items" and receiver is not None and not args:
            if path[1:2] != (0,):
                trace.push(receiver, at.func, at.node, at.sites, (ANY, *path[2:]), at.mode)
        elif name == "map" and len(args) >= 2:
            for value in self.owner.resolver.values(args[0].value, at.func, at.node):
                if isinstance(value, FuncV):
                    trace.returns(value.func, trace.down(at.sites, at.func, at.node), path[1:], at.mode)
            self._args(trace, args[1:], at, path, at.mode)
        elif name == "dict" and receiver is None and any(arg.keyword for arg in args):
            for arg in args:
                if not path or path[0] in (arg.keyword, ANY) or not arg.keyword:
                    self._args(trace, (arg,), at, path[1:] if arg.keyword else path, at.mode)
        elif name in self.names.tables and args:
            columns = isinstance(args[0].value, Mapping) or self.owner.keyed.is_mapping(args[0].value, at.func)
            self._args(trace, args[:1], at, path if columns or not path else (ANY, *path), at.mode)
        elif name in self.names.one:
            self._args(trace, args[:1], at, (ANY, *path), at.mode)
            trace.push(receiver, at.func, at.node, at.sites, (ANY, *path), at.mode)
        elif receiver is not None and name in self.names.contents and not self._is_function(receiver, args, at):
            if name == "read" and self._is_camera(receiver, at):
                return
            if name == "open" and args and not isinstance(args[0].value, Const):  # of a storage, by name
                self._args(trace, args[:1], at, path, at.mode | LOADED)
                return
            trace.push(receiver, at.func, at.node, at.sites, path, at.mode)
            self._args(trace, args, at, (), at.mode | WEAK)
        elif name in self.names.load:
            self._args(trace, args[:1], at, path, at.mode | LOADED)
            self._args(trace, args[:1], at, path, at.mode & ~LOADED)
            if receiver is not None:  # `path.open()`
                trace.push(receiver, at.func, at.node, at.sites, path, at.mode | LOADED)
        elif receiver is not None and name in self.names.same_methods:
            trace.push(receiver, at.func, at.node, at.sites, path, at.mode)
            self._args(trace, args, at, path, at.mode | WEAK)
        elif name in self.names.same_functions:
            self._args(trace, args, at, path, at.mode)
            if receiver is not None and not self._is_module(receiver, at):
                trace.push(receiver, at.func, at.node, at.sites, path, at.mode)
        elif name in self.names.contents:  # `base64.b64decode(text)`
            self._args(trace, args, at, (), at.mode)
        elif self.names.tells(name) or (receiver is None and self._is_number(name, args, at)):
            if trace.influence:
                self._args(trace, args, at, (), at.mode)
                if receiver is not None:
                    trace.push(receiver, at.func, at.node, at.sites, (), at.mode)
        else:
            self._converted(trace, receiver, args, at)

    def _converted(self, trace: Trace, receiver: Expr | None, args: tuple[Arg, ...], at: State) -> None:
        """A function that nothing is known of: its result may be another form of what it was given."""
        mode = at.mode
        callees = self.owner.resolver.callee_values(at.func, at.node)
        outside = any(isinstance(v, Ext) or (isinstance(v, Inst) and len(args) == 1) for v in callees)
        name = last_name(at.func.nodes[at.node].value)
        weak = 0 if outside or (receiver is not None and not args) or name in self.names.converts else WEAK
        told = [arg for arg in args if not isinstance(arg.value, Const)]
        first = next((arg for arg in told if not self._says_how(arg)), told[0] if told else None)
        for arg in args:
            if trace.influence or not self.names.is_neutral(arg.keyword):
                self._args(trace, (arg,), at, (), mode | (weak if arg is first or arg.star else WEAK | ASIDE))
        if receiver is not None and not (args and name in self.names.ciphers) and not self._is_module(receiver, at):
            trace.push(receiver, at.func, at.node, at.sites, (), mode | weak)

    def _is_number(self, name: str, args: tuple[Arg, ...], at: State) -> bool:
        """Whether one number is left of whatever was put in: ``float(sum(x * x for x in vector) ** 0.5)``."""
        expr: Expr | None = args[0].value if name in self.names.numbers and args else None
        while isinstance(expr, Binary):
            expr = expr.left if not isinstance(expr.left, Const) else expr.right
        return isinstance(expr, Result) and last_name(at.func.nodes[expr.node].value) in self.names.reductions

    def _says_how(self, arg: Arg) -> bool:
        """Whether an argument says how something is done rather than to what: a key, a size, a quality."""
        return self.names.says_how(arg.keyword) or self.names.says_how(last_name(arg.value))

    def _taken(self, trace: Trace, receiver: Expr, args: tuple[Arg, ...], at: State, name: str) -> None:
        key: Path = selector(args[0].value) if args else (ANY,)
        if not trace.influence and key and self.names.is_neutral(key[0]):
            return
        if self.owner.is_service_name(receiver):
            trace.emit(CALL, at, at.node, name)
            return
        trace.push(receiver, at.func, at.node, at.sites, (*key, *at.path), at.mode)
        if len(args) > 1:
            trace.push(args[1].value, at.func, at.node, at.sites, at.path, at.mode)

    def _args(self, trace: Trace, args: tuple[Arg, ...], at: State, path: Path, mode: int) -> None:
        for arg in args:
            value: Expr = arg.value
            where = path
            if arg.star == 1:
                where = (ANY, *path)
            if isinstance(value, Mapping) and arg.star == 2:
                where = ()
            trace.push(value, at.func, at.node, at.sites, where, mode)

    def _run(self, trace: Trace, node: Node, at: State, name: str) -> bool:
        """A function that is handed over to be run: its result is what comes out in the end."""
        ran = False
        for arg in node.args:
            if not isinstance(arg.value, (Name, Attr, Result)):
                continue
            for value in self.owner.resolver.values(arg.value, at.func, at.node):
                if isinstance(value, FuncV):
                    path = at.path[1:] if name in self.names.each else at.path
                    trace.returns(value.func, trace.down(at.sites, at.func, at.node), path, at.mode)
                    ran = True
        return ran

    def _is_function(self, receiver: Expr, args: tuple[Arg, ...], at: State) -> bool:
        """Whether a callee is a function of a module that is given something, rather than a method."""
        return any(not isinstance(arg.value, Const) for arg in args) and self._is_module(receiver, at)

    def _is_module(self, receiver: Expr | None, at: State) -> bool:
        return receiver is not None and any(
            isinstance(value, Ext) for value in self.owner.resolver.values(receiver, at.func, at.node)
        )

    def _is_camera(self, receiver: Expr, at: State) -> bool:
        return any(
            isinstance(value, Inst) and value.type.rpartition(".")[2] in self.names.cameras
            for value in self.owner.resolver.values(receiver, at.func, at.node)
        )
