"""Is a call of an unknown receiver a storing operation all the same?  By its arguments, its text, its receiver's way.

It must not know what any library does, faces or rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from fr_lint.catalogue import sql
from fr_lint.catalogue.places import Place
from fr_lint.catalogue.store_records import Operation
from fr_lint.flow.callview import CallView
from fr_lint.flow.handles import Handles
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.origins import Origin, Origins
from fr_lint.flow.spelling import Speller
from fr_lint.ir.model import Attr, Element, Expr, Result

MAX_CHAIN = 24  # calls and attributes along the way to an object


class Guessing:
    """Guesses for one project."""

    def __init__(self, origins: Origins, handles: Handles, speller: Speller) -> None:
        self.origins = origins
        self.handles = handles
        self.speller = speller

    def is_meant(self, operation: Operation, view: CallView, receiver: Expr) -> bool:
        """Whether a method of an unknown receiver is this operation, by what the operation says of itself."""
        last = last_name(receiver).lower()
        if last and any(fnmatchcase(last, glob) for glob in operation.receivers):
            return True
        return any(self._fits(guess, operation, view, receiver) for guess in operation.guess)

    def _fits(self, guess: str, operation: Operation, view: CallView, receiver: Expr) -> bool:
        paths = [place for part, place in operation.at if part == "path"]
        match guess:
            case "sql":
                place = next(place for part, place in operation.at if part == "sql")
                return any(sql.is_sql(text) for text in self.texts((place,), view))
            case "file":
                return any(self.handles.of(expr, view.func, view.node) for place in paths for expr in view.at(place))
            case "given":  # a position says nothing on an unknown receiver
                return any(arg.keyword in place.names for arg in view.args if arg.keyword for place in operation.given)
            case "data":
                return not paths or any(view.at(place) for place in paths)
            case "row":
                return not any(not arg.keyword for arg in view.args) and self._is_row(operation, view, receiver)
            case _:  # always
                return True

    def _is_row(self, operation: Operation, view: CallView, receiver: Expr) -> bool:
        """Whether an object was looked up in a database, or is one whose fields are set."""
        storing = operation.action == "store"
        for origin in self.origins.of(receiver, view.func, view.node):
            at = origin.expr.of if isinstance(origin.expr, Element) else origin.expr
            made = origin.func.nodes[at.node] if isinstance(at, Result) and storing else None
            if made is not None and last_name(made.value)[:1].isupper() and any(arg.keyword for arg in made.args):
                return True
            if any(name in operation.receivers for name in self._way(at, origin)):
                return True
        return storing and any(True for _ in view.set_on(receiver))

    @staticmethod
    def _way(at: Expr | None, origin: Origin) -> Iterator[str]:
        """The names along a chain of calls and attributes, from its end."""
        for _ in range(MAX_CHAIN):
            yield last_name(at)
            if isinstance(at, Attr):
                at = at.base
            elif isinstance(at, Result):
                at = origin.func.nodes[at.node].value
            else:
                return

    def texts(self, places: Iterable[Place], view: CallView) -> list[str]:
        """What is spelled at some places of a call."""
        found = [
            s.text
            for place in places
            for expr in view.at(place)
            for s in self.speller.spell(expr, view.func, view.node)
        ]
        return list(dict.fromkeys(found))
