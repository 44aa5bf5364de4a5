"""Abstract values: what an expression may stand for, as far as names, imports and constructors tell.

Plain identities; no behaviour.  Unknown is the absence of a value, never a value of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fr_lint.flow.program import ClassInfo, Func
    from fr_lint.ir.model import Expr


@dataclass(frozen=True, slots=True)
class Value:
    """Base of the abstract values."""


@dataclass(frozen=True, slots=True)
class Ext(Value):
    """Something outside the project by its dotted name: a module, function, class or constant."""

    name: str


@dataclass(frozen=True, slots=True)
class Inst(Value):
    """An object whose type (or origin) outside the project is known by name."""

    type: str
    func: Func | None = None  # where it was made ...
    node: int = -1  # ... by which call


@dataclass(frozen=True, slots=True)
class FuncV(Value):
    """A function of the project; ``self`` is what it is bound to."""

    func: Func
    self: Value | None = None


@dataclass(frozen=True, slots=True)
class ClassV(Value):
    """A class of the project."""

    cls: ClassInfo


@dataclass(frozen=True, slots=True)
class Obj(Value):
    """An instance of a project class (or of a subclass)."""

    cls: ClassInfo
    exact: bool = False  # made by calling this very class


@dataclass(frozen=True, slots=True)
class SuperV(Value):
    """``super()`` inside a method of the class."""

    cls: ClassInfo


@dataclass(frozen=True, slots=True)
class ModV(Value):
    """A module or package of the project, by path (a folder for a namespace package)."""

    path: str


@dataclass(frozen=True, slots=True)
class ConstV(Value):
    """A literal."""

    kind: str
    value: object


@dataclass(frozen=True, slots=True)
class Coll(Value):
    """A container written out in the project: its elements are found through the expression."""

    expr: Expr
    func: Func
    node: int


@dataclass(frozen=True, slots=True)
class Many(Value):
    """An iterable of which one element is known (a generator's yields, ``list(x)``, a comprehension)."""

    element: Value
