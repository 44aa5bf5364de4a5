"""Is a file that is stored a picture which a face call reads later from the same place?

It must not know deletions, rules or law.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fr_lint.flow.faces import FaceCall
from fr_lint.flow.identity import Verdict, path_alike, path_below
from fr_lint.flow.program import Func
from fr_lint.flow.provenance import Evidence
from fr_lint.flow.storecall import StoreCall
from fr_lint.flow.whence import CALL, NAME, PARAM
from fr_lint.ir.model import Attr, Expr

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine

_UNTOLD: Final = re.compile(r"(?:\{[^{}]*\}|[/.\s])*")  # a path of which no part is known


class ReadLater:
    """The pictures that face calls read, of one project."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.calls = engine.store_calls

    def image_at(self, call: StoreCall) -> Evidence | None:
        """Whether a file is stored where a face call reads its images from."""
        if call.identity.kind != "file" or call.op.action != "store" or not self.may_be_picture(call):
            return None
        for mine in (*call.identity.parts.get("path", ()), *call.identity.parts.get("folder", ())):
            for texts, folder, face in self._read_by_faces:
                if _UNTOLD.fullmatch(mine) and face.func.unit is not call.func.unit:
                    continue  # an argument of two programs, say: nothing makes it one file
                for theirs in texts:
                    alike = path_below(mine, theirs) if folder else path_alike(mine, theirs, relative=True)
                    if alike is Verdict.YES:
                        return Evidence(face, True)
        return None

    def may_be_picture(self, call: StoreCall) -> bool:
        """Whether nothing speaks against a picture in what a call stores."""
        provenance = self.engine.provenance
        if any(text.lower().endswith(provenance.names.other_files) for text in call.identity.parts.get("path", ())):
            return False
        if call.files:
            return True
        for expr in call.data:
            found = provenance.origins(expr, call.func, call.node)
            for origin in () if provenance.nobody.are(found) else found:
                if origin.kind in (CALL, PARAM, NAME) and not provenance.names.is_neutral(origin.name):
                    told = origin.kind == CALL and provenance.names.tells(origin.name)
                    told = told or (origin.kind == CALL and origin.name in provenance.names.texts)
                    if not told and not any(provenance.names.is_neutral(key) for key in origin.path):
                        return True
        return False

    @cached_property
    def _read_by_faces(self) -> tuple[tuple[tuple[str, ...], bool, FaceCall], ...]:
        found: list[tuple[tuple[str, ...], bool, FaceCall]] = []
        provenance = self.engine.provenance
        for path in self.engine.face_files()[:200]:
            unit = self.engine.program.unit(path)
            for func in unit.functions if unit is not None else ():
                for face in self.engine.face_calls.of(func):
                    if not face.api.duty or self.engine.hiding.is_measure(face):
                        continue
                    found += [
                        (self._spelled(arg.value, func, face.node), True, face)
                        for arg in face.ir.args
                        if arg.keyword == "db_path"
                    ]
                    for expr in provenance.pictures(face):
                        found.append((self._spelled(expr, func, face.node), False, face))
                        for origin in provenance.origins(expr, func, face.node):
                            if origin.kind == CALL and origin.name in provenance.names.load:
                                ir = origin.func.nodes[origin.node]
                                target = ir.args[0].value if ir.args else None
                                if isinstance(ir.value, Attr) and not ir.args:
                                    target = ir.value.base
                                if target is not None:
                                    found.append((self._spelled(target, origin.func, origin.node), False, face))
        return tuple(found)

    def _spelled(self, expr: Expr, func: Func, node: int) -> tuple[str, ...]:
        return tuple(s.text for s in self.calls.speller.spell(expr, func, node) if s.text.replace("{}", "").strip("/."))
