"""What a caller's facts say in the words of the function that it calls: whose consent is which parameter's.

Must not know how facts come about, nor which calls there are.
"""

from __future__ import annotations

from dataclasses import replace

from fr_lint.flow.facts import BEGUN, CONSENT, QUERY, TERMS, Atom, Cond, Fact, Facts, Switch, Val
from fr_lint.flow.program import Func
from fr_lint.flow.subjects import Subjects, spell
from fr_lint.ir.model import Attr, Expr, Name, Result


class Handing:
    """Facts and values on their way into a function."""

    def __init__(self, subjects: Subjects) -> None:
        self.subjects = subjects

    def facts(self, facts: Facts, owners: dict[str, str], caller: Func, nested: bool, bound: dict[str, Expr]) -> Facts:
        """Facts of the caller; ``owners`` are the subjects of the arguments, ``nested``: the function stands inside."""
        found: set[Atom] = set()
        for atom in facts:
            if atom.kind == BEGUN:
                continue
            if atom.kind not in (CONSENT, TERMS, QUERY) or not atom.subject or nested:
                found.add(atom)
                if not nested or not atom.subject:
                    continue
            if atom.subject.startswith("^"):
                found.update(() if nested else (self._still_others(atom, caller, bound),))
                continue
            same = [name for name, owner in owners.items() if self._is_same(atom, owner, bound.get(name), caller)]
            if same:
                found.update(
                    Atom(
                        atom.kind, self._inside(atom, name, bound.get(name)), atom.extra if atom.kind == QUERY else None
                    )
                    for name in same
                )
            elif atom.kind != QUERY and not nested:
                others = self._others(atom, owners, bound, caller)
                root = Subjects.root(atom.subject)
                found.add(Atom(atom.kind, "^" + root, others) if others else Atom(atom.kind))
        return frozenset(found)

    def _is_same(self, atom: Atom, owner: str, expr: Expr | None, caller: Func) -> bool:
        """Whether an argument may be whom a fact is about, or what belongs to that person."""
        if self.subjects.persons.apart(owner, atom.subject, caller):
            return False
        root = Subjects.root(atom.subject)
        others = atom.extra if isinstance(atom.extra, frozenset) else frozenset()
        if others & {Subjects.root(owner), *self.subjects.roots_of(expr, caller)}:
            return False
        if owner and atom.kind != QUERY and self.subjects.related(owner, atom.subject, caller):
            return True
        if root in self.subjects.roots_of(expr, caller):
            return True
        return bool(owner) and root in self.subjects.origins(Subjects.root(owner), caller)

    @staticmethod
    def _inside(atom: Atom, name: str, expr: Expr | None) -> str:
        """The subject by a parameter: ``visit.host`` of the caller is ``v.host``, if ``v`` is given the visit."""
        given = spell(expr) if atom.kind != QUERY and isinstance(expr, (Name, Attr)) else ""
        return name + atom.subject[len(given) :] if given and atom.subject.startswith(given + ".") else name

    def _others(self, atom: Atom, owners: dict[str, str], bound: dict[str, Expr], caller: Func) -> frozenset[str]:
        """``=photo``: the argument is a picture of somebody else; ``person``: it is somebody else."""
        if not self.subjects.is_person(atom.subject, caller):
            return frozenset()
        found: set[str] = set()
        for name, owner in owners.items():
            expr = bound.get(name)
            person = bool(owner) and self.subjects.is_person(owner, caller)
            if person and isinstance(expr, Name):
                found.add(name)
            if (person and isinstance(expr, Attr)) or self._is_others(expr, atom.subject, caller):
                found.add("=" + name)
        return frozenset(found)

    def _still_others(self, atom: Atom, caller: Func, bound: dict[str, Expr]) -> Atom:
        """Somebody else, or a picture of theirs, is handed on once more."""
        extra = atom.extra if isinstance(atom.extra, frozenset) else frozenset()
        found: set[str] = set()
        for name, expr in bound.items():
            roots = self.subjects.roots_of(expr, caller)
            if roots & {each for each in extra if not each.startswith("=")} and isinstance(expr, Name):
                found.add(name)
            elif roots & {each.lstrip("=") for each in extra}:
                found.add("=" + name)
        return Atom(atom.kind, atom.subject, frozenset(found)) if found else Atom(atom.kind)

    def _is_others(self, expr: Expr | None, subject: str, caller: Func) -> bool:
        """Whether an argument is made of what belongs to other people: ``load(guest.photo)``."""
        owners = self.subjects.owners(expr, caller) if isinstance(expr, (Name, Result)) else set()
        whole = {o for o in owners if not any(other.startswith(o + ".") for other in owners)}
        people = {owner for owner in whole if self.subjects.is_person(owner, caller)}
        return bool(people) and not any(self.subjects.related(subject, owner, caller) for owner in people)

    def value(self, value: Val, owners: dict[str, str], caller: Func, nested: bool) -> Val:
        """What is known of an argument."""
        if isinstance(value, Fact):
            return replace(value, atoms=self.facts(value.atoms, owners, caller, nested, {}), origin=-1)
        if isinstance(value, Cond):
            return Cond(
                None if value.true is None else self.facts(value.true, owners, caller, nested, {}),
                None if value.false is None else self.facts(value.false, owners, caller, nested, {}),
            )
        if isinstance(value, Switch):
            return Switch(tuple((known, self.facts(atoms, owners, caller, nested, {})) for known, atoms in value.cases))
        return value
