"""Whose consent, whose face: subjects as dotted spellings, and whether two of them may be one person.

Must not know what consent is; knows the words for roots that stand for the situation rather than for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import Vocabulary
from fr_lint.flow.persons import Persons
from fr_lint.flow.program import Func
from fr_lint.ir.model import (
    Attr,
    ClassRef,
    Comprehension,
    Const,
    Element,
    Entered,
    Expr,
    FunctionRef,
    Import,
    Item,
    Name,
    Op,
    Result,
    Starred,
)
from fr_lint.ir.walk import children, walk

if TYPE_CHECKING:
    from fr_lint.flow.resolve import Resolver


def spell(expr: Expr | None) -> str:
    """``a.b.c`` for attributes and subscripts on a name (subscripts dropped), else an empty string."""
    parts: list[str] = []
    while True:
        if isinstance(expr, Attr):
            parts.append(expr.name)
            expr = expr.base
        elif isinstance(expr, (Item,)):
            expr = expr.base
        elif isinstance(expr, Name):
            parts.append(expr.id)
            return ".".join(reversed(parts))
        else:
            return ""


def _place(expr: Expr | None) -> int | None:
    """0 of ``guests[0].profile``."""
    while isinstance(expr, Attr) or (isinstance(expr, Item) and not isinstance(expr.base, Name)):
        expr = expr.base
    if isinstance(expr, Item) and isinstance(expr.index, Const) and isinstance(expr.index.value, int):
        return expr.index.value
    return None


class Subjects:
    """Subjects within one program."""

    def __init__(self, vocabulary: Vocabulary, resolver: Resolver | None = None) -> None:
        self.vocabulary = vocabulary
        self.persons = Persons(vocabulary, resolver)
        self._origins: dict[tuple[Func, str], frozenset[str]] = {}

    def of(self, expr: Expr | None, func: Func) -> str:
        """The subject that an expression denotes; empty for the situation."""
        if isinstance(expr, Result):
            call = func.nodes[expr.node]
            if call.op != Op.CALL:
                return ""
            for arg in call.args:
                subject = self.of(arg.value, func)
                if subject:
                    return subject
            return self.of(call.value.base, func) if isinstance(call.value, Attr) else ""
        if isinstance(expr, (Element, Entered, Starred)):
            inner = next(iter(children(expr)))
            return self.of(inner, func)
        if isinstance(expr, Comprehension):
            return self.of(expr.sources[0], func)
        spelled = self._spell(expr)
        if not spelled:
            return ""
        root, dot, rest = spelled.partition(".")
        if any(func.nodes[node].op == Op.FOR for node in func.defs.get(root, ())):
            return spelled  # each round another one
        place = _place(expr)
        if place is not None and self._gone_through(root, func):
            return f"{root}#{place}{dot}{rest}"
        return self.normal(spelled)

    def _gone_through(self, root: str, func: Func) -> bool:
        """Whether a loop goes through all that a name holds: one of them, by its place, is not each of them."""
        return any(ir.op == Op.FOR and root in self._roots(ir.value, func, 0) for ir in func.nodes)

    def _spell(self, expr: Expr | None) -> str:
        """Like :func:`spell`, with the keys that say which of several people is meant: ``visit["host"]``."""
        if isinstance(expr, Attr):
            base = self._spell(expr.base)
            return base and f"{base}.{expr.name}"
        if isinstance(expr, Item):
            base = self._spell(expr.base)
            key = expr.index.value if isinstance(expr.index, Const) else None
            return f"{base}.{key}" if base and isinstance(key, str) and self.persons.roles(key) else base
        return expr.id if isinstance(expr, Name) else ""

    def normal(self, spelled: str) -> str:
        """Drop ambient roots: ``self.guest`` is ``guest``'s own spelling, ``request.form`` is nobody's."""
        root, _, rest = spelled.partition(".")
        if not rest:
            return "" if self.is_ambient(root) else spelled
        if root in ("self", "cls"):
            return "" if self.is_ambient(rest.split(".")[0]) else spelled
        return "" if self.is_ambient(root) and not self.persons.names_one(spelled) else spelled

    def is_ambient(self, name: str) -> bool:
        """Whether a name stands for the situation."""
        plain = name.partition("@")[0].lstrip("_").lower()
        return plain in self.vocabulary.ambient or plain.endswith(
            ("_form", "_request", "_data", "_record", "_var", "_box")
        )

    def origins(self, name: str, func: Func) -> frozenset[str]:
        """All names from which a local name is computed (itself included), over every definition."""
        memo_key = (func, name)
        if memo_key in self._origins:
            return self._origins[memo_key]
        seen: set[str] = set()
        stack = [name]
        while stack:
            at = stack.pop()
            if at in seen:
                continue
            seen.add(at)
            for node in func.defs.get(at, ())[:16]:
                value = func.nodes[node].value
                stack.extend(self._roots(value, func, 0))
        self._origins[memo_key] = frozenset(seen)
        return self._origins[memo_key]

    def _roots(self, expr: Expr | None, func: Func, depth: int, receivers: bool = False) -> list[str]:
        found: list[str] = []
        for at in walk(expr):
            if isinstance(at, Attr):
                spelled = spell(at)
                if spelled.startswith(("self.", "cls.")):
                    found.append(".".join(spelled.split(".")[:2]))
            if isinstance(at, Name) and at.id not in ("self", "cls"):
                found.append(at.id)
            elif isinstance(at, Result) and depth < 12:
                call = func.nodes[at.node]
                if call.op == Op.CALL:
                    given = [root for arg in call.args for root in self._roots(arg.value, func, depth + 1, receivers)]
                    if (receivers or not given) and isinstance(call.value, Attr):
                        given += self._roots(call.value.base, func, depth + 1, receivers)
                    found.extend(given)
        return found

    def roots_of(self, expr: Expr | None, func: Func, *, receivers: bool = False) -> frozenset[str]:
        """All names that an expression is computed from; ``receivers``: by their methods as well, whatever is given."""
        found: set[str] = set()
        for name in self._roots(expr, func, 0, receivers):
            found |= self.origins(name, func)
        return frozenset(found)

    def owners(self, expr: Expr | None, func: Func, depth: int = 0) -> set[str]:
        """The people-like objects of whom an image is an attribute or item: ``encode(load(bob.photo))`` -> ``{"bob"}``."""  # noqa: E501
        found: set[str] = set()
        if expr is None or depth > 10:
            return found
        for at in walk(expr):
            if isinstance(at, Attr) and isinstance(at.base, (Name, Attr, Item)):
                subject = self.normal(self._spell(at.base))
                if subject and not self.persons.is_live(at.name, subject):
                    found.add(subject)
            elif isinstance(at, Item) and isinstance(at.base, (Name, Item)) and isinstance(at.index, Const):
                subject = self.normal(self._spell(at.base)) if isinstance(at.index.value, str) else ""
                if subject and not self.persons.is_live(str(at.index.value), subject):
                    found.add(subject)
            elif isinstance(at, Name):
                for node in func.defs.get(at.id, ())[:8]:
                    ir = func.nodes[node]
                    if ir.op == Op.ASSIGN:
                        found |= self.owners(ir.value, func, depth + 1)
            elif isinstance(at, Result):
                call = func.nodes[at.node]
                if call.op == Op.CALL:
                    for arg in call.args[:3]:
                        found |= self.owners(arg.value, func, depth + 1)
                    if isinstance(call.value, Attr) and isinstance(call.value.base, Result):
                        found |= self.owners(call.value.base, func, depth + 1)
                    elif isinstance(call.value, Attr) and isinstance(call.value.base, (Attr,)):
                        found |= self.owners(call.value.base, func, depth + 1)
        return found

    def related(self, a: str, b: str, func: Func) -> bool:
        """Whether two subjects may be the same person: the same root, or one computed from what the other is."""
        if self.persons.apart(a, b, func):
            return False
        root_a, root_b = self.root(a), self.root(b)
        if root_a == root_b:
            return True
        if "#" in root_b:
            root_a, root_b = root_b, root_a
        if "#" in root_a:  # one of many: itself by another name, but not the element of a loop, nor what is made of it
            origins = self.origins(root_b, func)
            each = any(func.nodes[node].op == Op.FOR for name in origins for node in func.defs.get(name, ()))
            return not each and root_a.partition("#")[0] in origins
        shared = self.origins(root_a, func) & self.origins(root_b, func)
        return any(name in (root_a, root_b) or not self._only_asked(name, (root_a, root_b), func) for name in shared)

    def _only_asked(self, name: str, roots: tuple[str, ...], func: Func) -> bool:  # noqa: ARG002
        """Whether both come from calls on one object with different literals: ``db.get(1)`` and ``db.get(2)``."""
        spelled: set[object] = set()
        for root in roots:
            for node in func.defs.get(root, ()):
                value = func.nodes[node].value
                if not isinstance(value, Result) or func.nodes[value.node].op != Op.CALL:
                    return False
                call = func.nodes[value.node]
                literals = tuple(arg.value.value for arg in call.args if isinstance(arg.value, Const))
                if not call.args or len(literals) != len(call.args) or literals in spelled:
                    return False
                spelled.add(literals)
        return len(spelled) > 1

    def is_person(self, subject: str, func: Func) -> bool:
        """Whether a subject's root is a local value that may stand for a person: no module, class or function."""
        root = self.root(subject).partition("#")[0]
        if self.is_ambient(root.rpartition(".")[2]) and not self.persons.names_one(subject):
            return False
        if any(param.name == root for param in func.ir.params):
            return True
        if self.persons.is_thing(root, func):
            return False
        found = func.defs.get(root, ())
        return bool(found) and not any(
            isinstance(func.nodes[node].value, (Import, FunctionRef, ClassRef)) for node in found
        )

    @staticmethod
    def root(subject: str) -> str:
        """``guest`` of ``guest.profile``; ``self.guest`` of ``self.guest.profile``."""
        parts = subject.split(".")
        return ".".join(parts[:2]) if parts[0] in ("self", "cls") and len(parts) > 1 else parts[0]
