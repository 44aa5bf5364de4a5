"""Texts and paths as far as they can be put together, with a name for each part that stays unknown.

``os.path.join(UPLOADS, f"{uuid4()}.jpg")`` becomes ``/srv/uploads/{#12}.jpg``.  Unknown parts that are one and the same
value have one and the same name; ``{}`` is a part of which nothing is known, ``{**}`` any number of folders.  An open
file is spelled as its path.
It must not know what any library does: that is data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fr_lint.catalogue.paths import Paths
from fr_lint.catalogue.places import holds
from fr_lint.flow.handles import Handle, Handles
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.origins import Origin, Origins
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.settled import Settled
from fr_lint.flow.values import ClassV, Ext, Obj
from fr_lint.ir.keys import key
from fr_lint.ir.model import Arg, Attr, Binary, Const, Element, Expr, Item, Mapping, Name, Node, Op, Result, Text

MAX_SPELLINGS = 8
MAX_UNITS = 12  # files looked at for the values of one column or setting
_UNKNOWN = re.compile(r"[{}/\\]")


@dataclass(frozen=True, slots=True)
class Spelled:
    """A text, and whether it names something that removes itself, or that lives in memory."""

    text: str
    bounded: bool = False
    memory: bool = False


UNKNOWN = Spelled("{}")
DEEP = "{**}"  # any number of folders


class Speller:
    """Spellings of expressions."""

    def __init__(self, origins: Origins, handles: Handles, paths: Paths) -> None:
        self.origins = origins
        self.handles = handles
        self.models = handles.models
        self.resolver = origins.resolver
        self.paths = paths
        self._memo = Settled()

    def spell(self, expr: Expr, func: Func, node: int) -> tuple[Spelled, ...]:
        """The spellings that an expression may have; at least one."""
        found = [spelled for origin in self.origins.of(expr, func, node) for spelled in self.at(origin)]
        return tuple(dict.fromkeys(found))[:MAX_SPELLINGS] or (UNKNOWN,)

    def at(self, origin: Origin) -> tuple[Spelled, ...]:
        """The spellings of an origin."""
        return self._memo.find(origin.place, lambda: self._find(origin), (UNKNOWN,))

    def _find(self, origin: Origin) -> tuple[Spelled, ...]:
        return tuple(dict.fromkeys(self._spell(origin)))[:MAX_SPELLINGS] or (Spelled(self.symbol(origin)),)

    def symbol(self, origin: Origin) -> str:
        """The name of an unknown value, in braces."""
        expr = origin.expr
        if isinstance(expr, Result):
            return f"{{#{_clean(origin.func.unit.path)}:{origin.func.ir.index}:{expr.node}}}"
        for value in self.resolver.values(expr, origin.func, origin.node):
            if isinstance(value, Ext):
                return f"{{{_clean(value.name)}}}"
        if isinstance(expr, Attr):
            owners = [v.cls for v in self.resolver.values(expr.base, origin.func, origin.node) if isinstance(v, Obj)]
            where = f"{_clean(owners[0].unit.path)}:{owners[0].name}" if owners else f"?{self._where(origin)}:"
            return f"{{{where}.{expr.name}}}" if owners else f"{{{where}{_clean(key(expr))}}}"
        if isinstance(expr, (Name, Element, Item)):
            return f"{{?{self._where(origin)}:{_clean(key(expr))}}}"
        return "{}"

    @staticmethod
    def _where(origin: Origin) -> str:
        return f"{_clean(origin.func.unit.path)}:{origin.func.ir.index}"

    # ---------------------------------------------------------------------------------------------------- composition

    def _spell(self, origin: Origin) -> Iterator[Spelled]:
        expr, func, node = origin.expr, origin.func, origin.node
        if isinstance(expr, Const):
            if isinstance(expr.value, (str, int)) and not isinstance(expr.value, bool):
                yield Spelled(str(expr.value))
            elif isinstance(expr.value, bytes):
                yield Spelled(expr.value.decode("utf-8", "replace"))
        elif isinstance(expr, Text):
            yield from self._joined(expr.parts, "", func, node)
        elif isinstance(expr, Binary) and any(_is_number(each) for each in (expr.left, expr.right)):
            return
        elif isinstance(expr, Binary) and expr.op in ("+", "/"):
            yield from self._joined((expr.left, expr.right), "" if expr.op == "+" else "/", func, node)
        elif isinstance(expr, Binary) and expr.op == "%":
            for left in self.spell(expr.left, func, node):
                yield replace(left, text=re.sub(r"%(\(\w+\))?[-+ 0#]*\d*(\.\d+)?[sdrfxi]", "{}", left.text))
        elif isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            yield from self._call(origin, func.nodes[expr.node], expr.node)
        elif isinstance(expr, Attr):
            yield from self._attribute(origin, expr)
        elif isinstance(expr, Element):
            yield from self._element(origin)
        elif isinstance(expr, Item):
            yield from self._item(origin, expr)

    def _joined(self, parts: tuple[Expr, ...], joint: str, func: Func, node: int) -> Iterator[Spelled]:
        whole = [Spelled("")]
        for place, part in enumerate(parts):
            whole = [
                Spelled(_join(a.text, joint if place else "", b.text), a.bounded or b.bounded, a.memory or b.memory)
                for a in whole
                for b in self.spell(part, func, node)
            ][:MAX_SPELLINGS]
        yield from whole

    # ---------------------------------------------------------------------------------------------------------- calls

    def _call(self, origin: Origin, ir: Node, node: int) -> Iterator[Spelled]:
        func, names = origin.func, self.paths
        handles = self.handles.at(origin)
        callee = {v.name for v in self.resolver.callee_values(func, node) if isinstance(v, Ext)}
        last = last_name(ir.value)
        base = ir.value.base if isinstance(ir.value, Attr) else None
        plain = [arg for arg in ir.args if not arg.keyword and not arg.star]
        for name in callee & names.constants.keys():
            yield Spelled(names.constants[name])
            return
        if callee & names.join or (last in names.join and not callee):
            yield from self._joined(tuple(arg.value for arg in plain), "/", func, node)
        elif callee & names.patterns and plain:
            for spelled in self.spell(plain[0].value, func, node):
                pieces = (piece.replace("*", "{}") for piece in spelled.text.split("**"))
                yield replace(spelled, text=DEEP.join(pieces))
        elif base is not None and last in names.join_methods and not isinstance(base, Const):
            yield from self._joined((base, *(arg.value for arg in plain)), "/", func, node)
        elif last in names.parent and plain:
            yield from (_up(spelled) for spelled in self.spell(plain[0].value, func, node))
        elif last in names.last and plain:
            yield from (_last(spelled) for spelled in self.spell(plain[0].value, func, node))
        elif base is not None and last in names.with_name | names.with_suffix and plain:
            yield from self._renamed(base, plain[0], last, func, node)
        elif last == "format" and base is not None:
            for spelled in self.spell(base, func, node):
                yield replace(spelled, text=re.sub(r"\{[^{}]*\}", "{}", spelled.text))
        elif base is not None and last in names.same_methods:
            yield from self.spell(base, func, node)
        elif last in names.same and plain and (callee or not self.resolver.callee_values(func, node)):
            yield from self._joined(tuple(arg.value for arg in plain), "/", func, node)
        elif handles:
            for handle in handles:
                yield from self.handle(handle)
        elif last in names.lookups:
            yield from self._lookup(plain, callee, func, node)

    def _renamed(self, base: Expr, arg: Arg, last: str, func: Func, node: int) -> Iterator[Spelled]:
        for spelled in self.spell(base, func, node):
            for new in self.spell(arg.value, func, node):
                if last in self.paths.with_name:
                    yield replace(spelled, text=_join(_up(spelled).text, "/", new.text))
                else:
                    head, dot, tail = spelled.text.rpartition(".")
                    yield replace(spelled, text=(head if dot and "/" not in tail else spelled.text) + new.text)

    def _lookup(self, plain: list[Arg], callee: set[str], func: Func, node: int) -> Iterator[Spelled]:
        """A named setting: what the project sets it to, the default, else a name for it."""
        if not plain or not isinstance(plain[0].value, Const) or not isinstance(plain[0].value.value, str):
            return
        name = plain[0].value.value
        found = list(self.setting(name, func))
        for default in plain[1:2]:
            found += [each for each in self.spell(default.value, func, node) if each.text not in ("", "{}")]
        yield from found or [Spelled(f"{{{_clean(name)}}}" if callee or name.isupper() else "{}")]

    def handle(self, handle: Handle) -> Iterator[Spelled]:
        """The path (or the folder) behind an object."""
        view = handle.made
        if view is None:
            return
        kind = handle.type
        bounded = kind.bounded and not holds(kind.unless, view)
        memory = kind.in_memory or holds(kind.memory, view)
        found = False
        for part, place in kind.at:
            if part not in ("path", "folder"):
                continue
            for expr in view.at(place):
                if place.word == "result":
                    spelled = [Spelled(self.symbol(Origin(Result(view.node), view.func, view.node)))]
                else:
                    spelled = list(self.spell(expr, view.func, view.node))
                for each in spelled:
                    found = True
                    yield Spelled(each.text, each.bounded or bounded, each.memory or memory)
        if not found and (memory or bounded):
            yield Spelled(self.symbol(handle.origin), bounded, memory)

    # ----------------------------------------------------------------------------------------------- members, settings

    def _attribute(self, origin: Origin, expr: Attr) -> Iterator[Spelled]:
        func, node = origin.func, origin.node
        for value in self.resolver.values(expr, func, node):
            if isinstance(value, Ext) and value.name in self.paths.constants:
                yield Spelled(self.paths.constants[value.name])
                return
        streams = [handle for handle in self.handles.at(origin) if handle.type.in_memory]
        if streams:  # sys.stdout
            for handle in streams:
                yield from self.handle(handle)
            return
        if expr.name in self.paths.parent_attributes:
            yield from (_up(spelled) for spelled in self.spell(expr.base, func, node))
            return
        if expr.name in self.paths.handle_attributes:
            listed = [s for inner in self.origins.of(expr.base, func, node) for s in self._element(inner)]
            if listed:
                yield from (_last(s) for s in listed) if expr.name in self.paths.last_attributes else listed
                return
        handles = self.handles.of(expr.base, func, node)
        held = [spelled for handle in handles for spelled in self.handle(handle)]
        if held and expr.name in self.paths.handle_attributes:
            if not any("/" in kind.join for kind in {handle.type for handle in handles}):
                yield from held
                return
        if expr.name in self.paths.last_attributes and handles:
            yield from (_last(spelled) for spelled in self.spell(expr.base, func, node))
            return
        if expr.name.isupper():
            yield from self.setting(expr.name, func)
            return
        owners = [v.cls for v in self.resolver.values(expr.base, func, node) if isinstance(v, (Obj, ClassV))]
        owners += self.models.of(expr.base, func, node)
        yield from self._column(expr.name, owners, func)

    def setting(self, name: str, func: Func) -> Iterator[Spelled]:
        """What the project sets an upper-case name to, in a module, a class, or as an item."""
        if not name.isupper():
            return
        for path in self.resolver.sources.with_word(name)[:MAX_UNITS]:
            unit = self.resolver.program.unit(path)
            for frame in unit.functions if unit else ():
                sites = [*(frame.defs.get(name, ()) if frame.ir.kind in ("module", "class") else ())]
                sites += frame.stores.get(name, [])
                sites += [
                    site
                    for site in frame.stores.get("[]", ())
                    if isinstance(target := frame.nodes[site].target, Item)
                    and isinstance(target.index, Const)
                    and target.index.value == name
                ]
                for site in sites:
                    value = frame.nodes[site].value
                    if value is not None:
                        yield from (s for s in self.spell(value, frame, site) if s.text not in ("", "{}"))
        del func

    def _column(self, name: str, owners: list[ClassInfo], func: Func) -> Iterator[Spelled]:
        """What is assigned to an attribute of that name: by keyword where an object is made, or on an object."""
        if not owners or len(name) < 4:
            return
        for path in self.resolver.sources.with_word(name)[:MAX_UNITS]:
            unit = self.resolver.program.unit(path)
            for frame in unit.functions if unit else ():
                for number, ir in enumerate(frame.nodes):
                    if ir.op == Op.CALL:
                        for arg in ir.args:
                            if arg.keyword == name:
                                yield from self.spell(arg.value, frame, number)
                    elif ir.op == Op.ASSIGN and isinstance(ir.target, Attr) and ir.target.name == name:
                        if ir.value is not None and not isinstance(ir.value, Const):
                            yield from self.spell(ir.value, frame, number)
        del func

    def _item(self, origin: Origin, expr: Item) -> Iterator[Spelled]:
        index = expr.index.value if isinstance(expr.index, Const) else None
        if isinstance(expr.base, Element) and index == 0:
            walked = list(self._listed(Origin(expr.base, origin.func, origin.node), walk=True))
            walked = walked or list(self._keys(expr.base, origin))
            if walked:
                yield from walked
                return
        handles = self.handles.of(expr.base, origin.func, origin.node)
        for handle in handles:
            yield from self.handle(handle)
        if not handles and isinstance(index, str) and index.isupper():
            found = list(self.setting(index, origin.func))
            yield from found or [Spelled(f"{{{_clean(index)}}}")]

    def _keys(self, element: Element, origin: Origin) -> Iterator[Spelled]:
        """The keys of a mapping that is written out, where a loop goes over its items."""
        for inner in self.origins.of(element.of, origin.func, origin.node):
            ir = inner.func.nodes[inner.expr.node] if isinstance(inner.expr, Result) else None
            if ir is None or not isinstance(ir.value, Attr) or ir.value.name != "items":
                continue
            for made in self.origins.of(ir.value.base, inner.func, inner.node):
                for entry in made.expr.entries if isinstance(made.expr, Mapping) else ():
                    if entry.key is not None:
                        yield from self.spell(entry.key, made.func, made.node)

    def _element(self, origin: Origin) -> Iterator[Spelled]:
        """One of what a folder holds."""
        yield from self._listed(origin, walk=False)

    def _listed(self, origin: Origin, *, walk: bool) -> Iterator[Spelled]:
        expr, names = origin.expr, self.paths
        if not isinstance(expr, Element):
            return
        for inner in self.origins.of(expr.of, origin.func, origin.node):
            if not isinstance(inner.expr, Result) or inner.func.nodes[inner.expr.node].op != Op.CALL:
                continue
            ir, node = inner.func.nodes[inner.expr.node], inner.expr.node
            callee = {v.name for v in self.resolver.callee_values(inner.func, node) if isinstance(v, Ext)}
            known = callee | {last_name(ir.value)}
            folder = ir.value.base if isinstance(ir.value, Attr) and not callee else None
            folder = folder or (ir.args[0].value if ir.args else None)
            if walk:
                if folder is not None and known & names.walks:
                    for spelled in self.spell(folder, inner.func, node):
                        yield replace(spelled, text=_join(spelled.text, "/", DEEP))
            elif known & names.names:
                yield Spelled(self.symbol(origin))
            elif callee & names.patterns:
                yield from self.at(inner)
            elif folder is not None and known & names.listing:
                for spelled in self.spell(folder, inner.func, node):
                    last = DEEP if known & names.deep else self.symbol(origin)
                    yield replace(spelled, text=_join(spelled.text, "/", last))


def _is_number(expr: Expr) -> bool:
    return isinstance(expr, Const) and isinstance(expr.value, (int, float)) and not isinstance(expr.value, bool)


def _join(left: str, joint: str, right: str) -> str:
    if joint and right.startswith("/"):
        return right  # an absolute path
    return left.rstrip("/") + joint + right if joint and left else left + right


def _up(spelled: Spelled) -> Spelled:
    head, slash, _ = spelled.text.rstrip("/").rpartition("/")
    return replace(spelled, text=(head or slash) if slash else ("." if "{" not in spelled.text else "{}"))


def _last(spelled: Spelled) -> Spelled:
    return Spelled(spelled.text.rstrip("/").rpartition("/")[2])


def _clean(text: str) -> str:
    return _UNKNOWN.sub(".", text)
