"""The steps of the backward search across parameters and attributes.

It must not know stores, rules or law.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.flow.contents import ANY, Path
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import ClassV, ModV, Obj
from fr_lint.flow.whence import ASIDE, LOADED, PARAM, PIECE, PLACE, Origin, Sites, State
from fr_lint.ir.model import Attr, Const, Item, Name, Param, Result
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.provenance import Provenance
    from fr_lint.flow.tracing import Trace


class Members:
    """Crosses parameters and attributes for one project."""

    def __init__(self, owner: Provenance) -> None:
        self.owner = owner

    # ------------------------------------------------------------------------------------------------------- parameters

    def param(self, trace: Trace, func: Func, param: Param, sites: Sites, path: Path, mode: int) -> None:
        """Go on at what callers pass for a parameter."""
        owner = self.owner
        receiver = owner.resolver.receiver(func, param)
        known = owner.sites(func)
        if sites:
            top = sites[-1]
            chosen = [site for site in known if (site.func, site.node) == top]
            known = tuple(chosen) or known
        if receiver is not None and func.cls is not None and path and isinstance(path[0], str) and path[0] != ANY:
            if self.fields(trace, func.cls, path[0], path[1:], mode):
                return
        if mode & LOADED and not (path or sites or mode & (PIECE | ASIDE)):
            trace.found[Origin(PLACE, func, -1, param.name, (), None, True)] = None
        open_ended = False  # handed away without an argument for it: a route table, a callback
        for site in known:
            rest = sites[:-1] if sites and (site.func, site.node) == sites[-1] else ()
            ir = site.func.nodes[site.node]
            if receiver is not None and site.skip_self and site.call and isinstance(ir.value, Attr):
                trace.push(ir.value.base, site.func, site.node, rest, path, mode)
                continue
            each: Path = (ANY,) if not site.call and last_name(ir.value) in owner.names.each else ()
            passed = list(owner.passed(func, param, site, path))
            for expr, at in passed:
                trace.push(expr, site.func, site.node, rest, (*each, *at), mode)
            open_ended = open_ended or not (passed or site.call)
        if param.annotation is not None and isinstance(param.annotation, Item) and func.parent is not None:
            for part in walk(param.annotation.index):
                if isinstance(part, Result):
                    trace.push(part, func.parent, part.node, (), path, mode)
        if param.default is not None and func.parent is not None:
            trace.push(param.default, func.parent, -1, (), path, mode)
        if not known or open_ended or owner.is_entry(func):
            trace.emit(PARAM, State(Name(param.name), func, -1, (), path, mode), -1, param.name)

    # ----------------------------------------------------------------------------------------------------------- fields

    def attribute(self, trace: Trace, expr: Attr, at: State) -> None:
        """Go on at what sets an attribute, or at the object that has it."""
        owner, name = self.owner, expr.name
        if at.mode & LOADED and not at.path and (owner.names.is_neutral(name) or name in owner.names.path_same):
            trace.on(at, expr.base, ())  # `temporary.name` says where the file itself lies
        known = False
        on_self = False
        for value in owner.resolver.values(expr.base, at.func, at.node):
            if isinstance(value, (Obj, ClassV)):
                method = next((c.methods[name] for c in owner.resolver.mro(value.cls) if name in c.methods), None)
                if method is not None and owner.resolver.is_property(method):
                    trace.returns(method, trace.down(at.sites, at.func, at.node), at.path, at.mode)
                    known = True
                elif self.fields(trace, value.cls, name, at.path, at.mode):
                    known = True
                on_self = on_self or (isinstance(expr.base, Name) and expr.base.id in ("self", "cls"))
            elif isinstance(value, ModV) and value.path.endswith(".py"):
                unit = owner.program.unit(value.path)
                if unit is not None:
                    trace.globals(unit.body, name, at.path, at.mode)
                    known = True
        if known and on_self:
            return
        if not trace.influence and not known and owner.names.is_neutral(name):
            return
        if not trace.influence and not known and not at.mode & LOADED and owner.names.gives_path(name):
            return  # it says where the thing is
        trace.on(at, expr.base, at.path if name in owner.names.content_attributes and not known else (name, *at.path))

    def fields(self, trace: Trace, cls: ClassInfo, name: str, path: Path, mode: int) -> bool:
        """Go on at whatever sets an attribute of a class's objects; whether anything does."""
        memo_key = ("field", cls, name, path, mode)
        if memo_key in trace.known:
            return trace.known[memo_key]
        trace.known[memo_key] = True
        places = self.owner.field_places(cls, name)
        known = False
        for func, node in places:
            if mode & LOADED and not (path or mode & (PIECE | ASIDE)):
                trace.found[Origin(PLACE, func, node, name, (), None, True)] = None
            value = func.nodes[node].value
            known = known or (func.ir.kind == "function" and not isinstance(value, Const))
            trace.push(value, func, node, (), path, mode)
        filled = False
        for func in self.owner.functions_of(cls):
            filled = filled or f"self.{name}" in self.owner.contents(func).filled
            trace.contents(func, f"self.{name}", path, mode, ())
            trace.contents(func, f"cls.{name}", path, mode, ())
        trace.known[memo_key] = known or filled
        return known or filled
