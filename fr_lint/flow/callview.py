"""One call as the store catalogue looks at it: what stands at a place, and which literals may stand there.

A function that is handed away with its arguments (``executor.submit(os.remove, path)``) is viewed as the call that it
will be.  It must not know what any library does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fr_lint.catalogue.places import Literal, Place
from fr_lint.flow.origins import Origins
from fr_lint.flow.program import Func
from fr_lint.flow.values import Ext
from fr_lint.ir.model import Arg, Attr, Const, Display, Expr, Item, Mapping, Name, Op, Result, Starred, Text

NOT_OWN = frozenset(("target", "name", "daemon", "group"))  # keywords of a thread, not of what it runs
BUNDLES = frozenset(("args", "kwargs", "kwds"))
MAX_LITERALS = 32


class CallView:
    """A call, an item that is set or deleted, or the item or attribute that stands for an object."""

    def __init__(
        self, origins: Origins, func: Func, node: int, *, expr: Expr | None = None, own: tuple[Arg, ...] | None = None,
        base: Expr | None = None,
    ) -> None:  # fmt: skip
        """``own`` and ``base``: arguments and receiver, where they are not simply those of the node's call."""
        self.origins = origins
        self.func = func
        self.node = node
        self.expr = expr
        ir = func.nodes[node] if node >= 0 else None
        callee = ir.value if ir is not None and expr is None else None
        self.base = base or (callee.base if isinstance(callee, Attr) else None)
        if isinstance(expr, (Item, Attr)):
            self.base = expr.base
        self.args = own if own is not None else (ir.args if ir is not None and expr is None else ())

    @classmethod
    def handed(cls, origins: Origins, func: Func, node: int, place: int, base: Expr | None) -> CallView:
        """The call that will be made of the function at argument ``place``, with the arguments behind it."""
        own: list[Arg] = []
        for arg in func.nodes[node].args[place + 1 :]:
            if arg.keyword in BUNDLES and isinstance(arg.value, Display):
                own += [Arg(part, "", 0, arg.line, arg.col) for part in arg.value.elements]
            elif arg.keyword in BUNDLES and isinstance(arg.value, Mapping):
                own += [
                    Arg(entry.value, str(entry.key.value), 0, arg.line, arg.col)
                    for entry in arg.value.entries
                    if isinstance(entry.key, Const)
                ]
            elif not arg.keyword and isinstance(arg.value, Display) and arg.value.kind != "set" and not own:
                own += [Arg(part, "", 0, arg.line, arg.col) for part in arg.value.elements]  # Timer(60, f, [x])
            elif arg.keyword not in NOT_OWN:
                own.append(arg)
        return cls(origins, func, node, own=tuple(own), base=base)

    # ------------------------------------------------------------------------------------------------------- places

    def at(self, place: Place) -> tuple[Expr, ...]:
        """The expressions at a place, as far as they can be seen."""
        if place.word == "receiver":
            return (self.base,) if self.base is not None else ()
        if place.word in ("result", "item"):
            return (self.expr or Result(self.node),)
        if place.word == "assigned":
            return tuple(value for _, value in self.assigned())
        if place.word == "held":
            return ()  # whoever looks at the whole function knows
        if place.word == "*":
            return tuple(arg.value for arg in self.args if not arg.keyword and arg.star < 2)
        if place.word == "**":
            return tuple(arg.value for arg in self.args if arg.keyword or arg.star == 2)
        return tuple(self._arguments(place))

    def assigned(self) -> Iterator[tuple[Expr, Expr]]:
        """Object and value of each attribute that the function assigns, but for its own object's."""
        for target, value in self._attributes():
            if not (isinstance(target.base, Name) and target.base.id in ("self", "cls")):
                yield target.base, value

    def set_on(self, expr: Expr, field: str = "") -> Iterator[Expr]:
        """What the function assigns to attributes of a named object, or to one of them."""
        if isinstance(expr, Name):
            for target, value in self._attributes():
                if isinstance(target.base, Name) and target.base.id == expr.id and field in ("", target.name):
                    yield value

    def _attributes(self) -> Iterator[tuple[Attr, Expr]]:
        for ir in self.func.nodes:
            if ir.op == Op.ASSIGN and isinstance(ir.target, Attr) and ir.value is not None:
                yield ir.target, ir.value

    def _arguments(self, place: Place) -> Iterator[Expr]:
        plain = 0
        for arg in self.args:
            if arg.keyword:
                if arg.keyword in place.names:
                    yield arg.value
            elif arg.star == 2:
                yield from self._from_mapping(arg.value, place)
            elif arg.star == 1:
                if isinstance(arg.value, Display):
                    for part in arg.value.elements:
                        if plain == place.index or (place.rest and plain >= place.index):
                            yield part
                        plain += 1
                elif place.index >= plain:
                    yield arg.value
                    return
            else:
                if plain == place.index or (place.rest and plain >= place.index >= 0):
                    yield arg.value
                plain += 1

    def _from_mapping(self, expr: Expr, place: Place) -> Iterator[Expr]:
        for origin in self.origins.of(expr, self.func, self.node):
            if isinstance(origin.expr, Mapping):
                for entry in origin.expr.entries:
                    if isinstance(entry.key, Const) and entry.key.value in place.names:
                        yield entry.value

    # ---------------------------------------------------------------------------------------------------- conditions

    def passed(self, place: Place) -> bool:
        """Whether an argument stands there that is not plainly ``None``."""
        return any(
            not (isinstance(expr, Const) and expr.value is None) for expr in self.at(place)
        )  # a variable may be anything

    def literals(self, place: Place) -> Sequence[Literal]:
        """The literals that may stand there: constants, the keys of dicts, the dotted names of outside constants."""
        found: list[Literal] = []
        for expr in self.at(place):
            found += self._literals(expr, self.func, self.node, 0)
        return found[:MAX_LITERALS]

    def _literals(self, expr: Expr, func: Func, node: int, depth: int) -> Iterator[Literal]:
        for origin in self.origins.of(expr, func, node):
            inner = origin.expr
            if isinstance(inner, Const):
                if inner.value is None or isinstance(inner.value, (str, int, float, bytes)):
                    yield inner.value
            elif isinstance(inner, Mapping):
                for entry in inner.entries:
                    if isinstance(entry.key, Const) and isinstance(entry.key.value, str):
                        yield entry.key.value
            elif isinstance(inner, (Display, Starred)) and depth < 3:
                for part in inner.elements if isinstance(inner, Display) else (inner.value,):
                    yield from self._literals(part, origin.func, origin.node, depth + 1)
            elif isinstance(inner, Text):
                yield "".join(str(part.value) if isinstance(part, Const) else "{}" for part in inner.parts)
            else:
                for value in self.origins.resolver.values(inner, origin.func, origin.node):
                    if isinstance(value, Ext):
                        yield value.name
