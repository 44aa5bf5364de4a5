"""Whether two subjects are certainly two people: a visit's host and its guest, two objects of one class.

Follows local names to what they stand for.  Must not know what consent is, nor paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import Vocabulary, split
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.values import Inst, Obj
from fr_lint.ir.model import Attr, Const, Expr, Item, Name, Op, Result
from fr_lint.ir.walk import reads, walk

if TYPE_CHECKING:
    from fr_lint.flow.resolve import Resolver

COMMON = frozenset({"id", "pk", "name", "key", "uuid", "number", "title", "path", "created_at"})  # anything has them
MAX_STEPS = 8  # from a local name to what it stands for
Parts = tuple[str, ...]


class Persons:
    """Tells people apart by their places in one object."""

    def __init__(self, vocabulary: Vocabulary, resolver: Resolver | None) -> None:
        self.vocabulary = vocabulary
        self.resolver = resolver
        self._known: dict[tuple[str, str, Func], bool] = {}

    def roles(self, name: str) -> frozenset[str]:
        """The words of a name that say which of several people is meant: ``host`` of ``host_id``."""
        return frozenset(part.removesuffix("s") for part in split(name)) & self.vocabulary.people

    def names_one(self, subject: str) -> bool:
        """Whether a subject names one of several people in an object: ``visit.host``."""
        return any(self.roles(part) for part in subject.split(".")[1:])

    def is_thing(self, name: str, func: Func) -> bool:
        """Whether all that a local name stands for is of a kind that is nobody: an open file, a picture."""
        values = self.resolver.values(Name(name), func, -1) if self.resolver is not None and func.defs.get(name) else ()
        return bool(values) and all(isinstance(value, Inst) and self._of_things(value.type) for value in values)

    def _of_things(self, name: str) -> bool:
        return any(
            name.startswith(thing) and name[len(thing) :][:1] in (".", "(", "") for thing in self.vocabulary.things
        )

    def is_live(self, name: str, owner: str) -> bool:
        """Whether an attribute or a key holds what a camera sees just now, and its holder is not called a person."""
        return name in self.vocabulary.live and not any(self.roles(part) for part in owner.split("."))

    def apart(self, a: str, b: str, func: Func) -> bool:
        """Whether two subjects are different people in one object: ``visit.host`` and ``visit.guest``."""
        if not a or not b or a == b:
            return False
        key = (a, b, func)
        if key not in self._known:
            self._known[key] = False
            self._known[key] = self._differ(a, b, func)
        return self._known[key]

    def _differ(self, a: str, b: str, func: Func) -> bool:
        if self._side_by_side(a.partition(".")[0], b.partition(".")[0], func):
            return True
        one, other = self._place(tuple(a.split(".")), func, 0), self._place(tuple(b.split(".")), func, 0)
        shared = 0
        while shared < min(len(one), len(other)) and one[shared] == other[shared]:
            shared += 1
        if not shared or shared in (len(one), len(other)):
            return False
        first, second = self.roles(one[shared]), self.roles(other[shared])
        if first and second:
            return not first & second
        if any(self.vocabulary.for_others.found(split(name), name) for name in (one[shared], other[shared])):
            return False
        return self._same_class(one[: shared + 1], other[: shared + 1], func)

    def _side_by_side(self, one: str, other: str, func: Func) -> bool:
        """``for host, guest in visits``: two names of one target that are read alike, so that they are of one kind."""
        if one == other:
            return False
        together = any(
            {one, other} <= set(target_names(func.nodes[node].target)) and func.nodes[node].op == Op.FOR
            for node in func.defs.get(one, ())
        )
        if not together:
            return False
        read: dict[str, set[str]] = {one: set(), other: set()}
        for node in func.nodes:
            for expr in (*reads(node), *((node.value.base,) if isinstance(node.value, Attr) else ())):
                for at in walk(expr):
                    if isinstance(at, Attr) and isinstance(at.base, Name) and at.base.id in read:
                        read[at.base.id].add(at.name)
        return bool((read[one] & read[other]) - COMMON)

    def _place(self, parts: Parts, func: Func, depth: int) -> Parts:
        """The parts of a subject, its local root replaced by what it stands for."""
        root = parts[0]
        found = func.defs.get(root, ())
        if depth > MAX_STEPS or len(found) != 1 or func.nodes[found[0]].op != Op.ASSIGN:
            return parts
        target, value = func.nodes[found[0]].target, func.nodes[found[0]].value
        if not isinstance(target, Name):
            return parts
        stands = self._spelled(value, func)
        return self._place((*stands, *parts[1:]), func, depth + 1) if stands and stands[0] != root else parts

    def _spelled(self, expr: Expr | None, func: Func) -> Parts:
        """``("visit", "host")`` for ``visit.host``, ``visit["host"]`` and ``people.get(visit.host)``."""
        if isinstance(expr, Name):
            return (expr.id,)
        if isinstance(expr, Attr):
            base = self._spelled(expr.base, func)
            return (*base, expr.name) if base else ()
        if isinstance(expr, Item) and isinstance(expr.index, Const) and isinstance(expr.index.value, str):
            base = self._spelled(expr.base, func)
            return (*base, expr.index.value) if base else ()
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            given = [each for arg in func.nodes[expr.node].args if (each := self._spelled(arg.value, func))]
            telling = [each for each in given if self.roles(each[-1])]
            return telling[0] if len(telling) == 1 else ()
        return ()

    def _same_class(self, one: Parts, other: Parts, func: Func) -> bool:
        kinds = []
        for parts in (one, other):
            if self.resolver is None:
                return False
            expr: Expr = Name(parts[0])
            for name in parts[1:]:
                expr = Attr(expr, name)
            kinds.append({v.cls for v in self.resolver.values(expr, func, -1) if isinstance(v, Obj)})
        return len(kinds[0]) == 1 and kinds[0] == kinds[1]
