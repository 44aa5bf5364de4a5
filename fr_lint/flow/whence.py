"""Origins: what a backward search for the sources of a value finds, and where it stands.  Plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fr_lint.flow.contents import ANY, Path, Selector
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.program import Func
from fr_lint.ir.model import Display, Expr, Name, Starred

LOADED: Final = 1  # what lies where the value says, not the value
WEAK: Final = 2  # through a call whose effect is not known
PIECE: Final = 4  # a piece of the text that says where something lies
ASIDE: Final = 8  # through an argument that says how something is done

FACE: Final = "face"
CALL: Final = "call"
PARAM: Final = "param"
NAME: Final = "name"
PLACE: Final = "place"
SAID: Final = "said"

Sites = tuple[tuple[Func, int], ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from.

    ``kind``: ``face`` (the result of ``call``), ``call`` (of something unseen, by ``node``), ``param`` (of an entry
    point), ``name`` (something outside the project), ``place`` (a binding of a value that says where something lies;
    ``loaded`` origins only), ``said`` (a call that gave a piece of such a value).  ``path``: which part of it.
    ``weak``: through a call of which nothing is known.
    """

    kind: str
    func: Func
    node: int
    name: str
    path: Path = ()
    call: FaceCall | None = None
    loaded: bool = False
    weak: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """One place of the search."""

    expr: Expr
    func: Func
    node: int
    sites: Sites
    path: Path
    mode: int


def spots(target: Expr | None, name: str) -> Iterator[Path]:
    """Where a name stands in an assignment's target, as selectors of the value."""
    if isinstance(target, Name):
        if target.id == name:
            yield ()
    elif isinstance(target, Starred):
        for _ in spots(target.value, name):
            yield (ANY,)
    elif isinstance(target, Display):
        for place, element in enumerate(target.elements):
            for spot in spots(element, name):
                first: Selector = ANY if isinstance(element, Starred) else place
                yield (first, *spot)
