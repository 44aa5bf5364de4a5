"""Pictures that show nobody whose face the program took: drawn by it, or shipped with a library.

Asked of the origins that a backward search has found: is one of them such a picture, and does no other stand for a
picture from outside?  Must not know stores, rules or law.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from fr_lint.catalogue.images import images
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.values import Ext
from fr_lint.flow.whence import CALL, FACE, Origin
from fr_lint.ir.model import Attr, Const, Name, Op, Result

if TYPE_CHECKING:
    from fr_lint.flow.provenance import Provenance


class Nobody:
    """Judges origins for one project."""

    def __init__(self, owner: Provenance) -> None:
        self.owner = owner
        self.images = images()
        self._faces: dict[FaceCall, bool] = {}
        self._made: dict[tuple[Func, int], bool] = {}

    def are(self, origins: Collection[Origin]) -> bool:
        """Whether a value comes from a picture of nobody, and from no other picture."""
        rest = self._pictures(origins)
        return bool(rest) and all(self._is_nobody(origin) for origin in rest)

    def is_of(self, call: FaceCall) -> bool:
        """Whether a face call is given such pictures only."""
        if call not in self._faces:
            known = dict(self._faces)
            self._faces[call] = True  # what leads round in a circle brings nothing new
            if not self._is_given(call):
                self._faces = {**known, call: False}
        return self._faces[call]

    def _is_given(self, call: FaceCall) -> bool:
        found = [self.owner.origins(expr, call.func, call.node) for expr in self.owner.pictures(call)]
        faces = {origin.call for origins in found for origin in origins if origin.call is not None}
        others = [rest for origins in found if (rest := self._pictures(origins))]
        return bool(others or faces - {call}) and all(map(self.are, others)) and all(map(self.is_of, faces - {call}))

    def _pictures(self, origins: Collection[Origin]) -> list[Origin]:
        return [origin for origin in origins if origin.kind != FACE and not self._passes_on(origin)]

    def _is_nobody(self, origin: Origin) -> bool:
        place = (origin.func, origin.node)
        if origin.kind != CALL or origin.loaded:
            return False
        if place not in self._made:
            self._made[place] = self._judge(*place)
        return self._made[place]

    def _judge(self, func: Func, node: int) -> bool:
        made = {v.name for v in self.owner.resolver.callee_values(func, node) if isinstance(v, Ext)}
        if made & self.images.samples:
            return True
        if not made or not made <= self.images.blank:
            return False
        blank = self.owner.graph.blank
        for number, ir in enumerate(func.nodes):
            if ir.op == Op.ASSIGN and isinstance(ir.value, Result) and ir.value.node == node:
                if not all(blank.is_blank(Name(each), func, number + 1) for each in target_names(ir.target)):
                    return False
        return True

    def _passes_on(self, origin: Origin) -> bool:
        """Whether a call only gives another form of what it was given: where that comes from is an origin as well."""
        if origin.kind != CALL or origin.loaded or self._is_nobody(origin):
            return False
        names, ir = self.owner.names, origin.func.nodes[origin.node]
        if origin.name in names.load or names.tells(origin.name):
            return False
        if origin.weak or origin.name in names.buffers or any(not isinstance(arg.value, Const) for arg in ir.args):
            return True
        return isinstance(ir.value, Attr) and origin.name in names.same_methods | names.contents | names.converts
