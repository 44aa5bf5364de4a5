"""The intermediate representation: one module as functions of small control-flow nodes over unresolved names.

Every later room reads these values and nothing else.  They are plain data: no parser node, no file handle, no
reference back to the source text.  This module must not know libcst, the catalogue, or any rule.

Shape (compare Aho, Lam, Sethi, Ullman, *Compilers*, chapter 6 and 8.4):

* A :class:`Module` holds :class:`Function` values; ``functions[0]`` is the module body itself.
* A :class:`Function` is a control-flow graph: a list of :class:`Node`; edges are indices into that list.
* A node carries *expressions*.  Expressions are pure trees.  What can have an effect or take control (a call, a
  ``yield``, a walrus) has been hoisted, in evaluation order, into nodes of its own; a tree refers to a call's value by
  :class:`Result`.  Conditions are atomic: ``and``, ``or``, ``not``, conditional expressions and comprehension
  conditions are edges wherever one of their operands holds a call or the whole stands in a condition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

# --------------------------------------------------------------------------------------------------------- expressions


class Expr:
    """Base of all expression trees.  Compared by identity; :func:`fr_lint.ir.keys.key` gives a canonical spelling."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Const(Expr):
    """A literal: ``str``, ``bytes``, ``int``, ``float``, ``complex``, ``bool``, ``None`` or ``...``.

    Adjacent string literals are joined.
    """

    value: object


@dataclass(slots=True, eq=False)
class Name(Expr):
    """A plain name.  A comprehension's own variable is spelled ``x@7`` (a number unique in the function)."""

    id: str


@dataclass(slots=True, eq=False)
class Attr(Expr):
    """``base.name``; private names inside a class are *not* mangled (both sides of the dot agree anyway)."""

    base: Expr
    name: str


@dataclass(slots=True, eq=False)
class Item(Expr):
    """``base[index]``; several subscripts make a tuple :class:`Display`; a slice makes a :class:`Slice`."""

    base: Expr
    index: Expr


@dataclass(slots=True, eq=False)
class Slice(Expr):
    """``lower:upper:step`` as a subscript; missing parts are absent from ``parts``."""

    parts: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Result(Expr):
    """The value of the ``CALL`` or ``YIELD`` node with this index in the same function."""

    node: int


@dataclass(slots=True, eq=False)
class Unary(Expr):
    """``op`` is ``not``, ``-``, ``+`` or ``~``."""

    op: str
    operand: Expr


@dataclass(slots=True, eq=False)
class Bool(Expr):
    """``and``/``or`` over two or more operands, used as a value."""

    op: str
    operands: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Compare(Expr):
    """One comparison; a chain ``a < b < c`` becomes a :class:`Bool` ``and`` of two.

    ``op``: ``==  !=  <  <=  >  >=  in  not in  is  is not`` and, from ``match``, ``isinstance`` (right: the class).
    """

    left: Expr
    op: str
    right: Expr


@dataclass(slots=True, eq=False)
class Binary(Expr):
    """Arithmetic and bit operators, ``op`` as spelled (``+``, ``%``, ``@`` ...)."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class IfElse(Expr):
    """``body if test else orelse`` as a value."""

    test: Expr
    body: Expr
    orelse: Expr


@dataclass(slots=True, eq=False)
class Display(Expr):
    """A list, tuple or set display (``kind``).  Displays of more than 256 constants keep the first 256."""

    kind: str
    elements: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Entry:
    """One entry of a dict display; ``key`` is ``None`` for ``**value``.  Line and column (0-based) are the key's."""

    key: Expr | None
    value: Expr
    line: int
    col: int


@dataclass(slots=True, eq=False)
class Mapping(Expr):
    """A dict display; truncated like :class:`Display` when it holds constants only."""

    entries: tuple[Entry, ...]


@dataclass(slots=True, eq=False)
class Text(Expr):
    """An f-string (or implicit concatenation with one): constants and embedded expressions in order."""

    parts: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class FunctionRef(Expr):
    """A ``def`` or ``lambda`` as a value: index into ``Module.functions``."""

    index: int


@dataclass(slots=True, eq=False)
class ClassRef(Expr):
    """A ``class`` statement as a value: index into ``Module.classes``."""

    index: int


@dataclass(slots=True, eq=False)
class Import(Expr):
    """What an import binds.

    ``import a.b`` binds ``a`` to ``Import("a", "", 0)``; ``import a.b as c`` binds ``Import("a.b", "", 0)``;
    ``from ..m import n as k`` binds ``Import("m", "n", 2)``; ``from . import n`` binds ``Import("", "n", 1)``.
    """

    module: str
    name: str
    level: int


@dataclass(slots=True, eq=False)
class Element(Expr):
    """One element of an iterable: what a ``for`` target receives."""

    of: Expr


@dataclass(slots=True, eq=False)
class Entered(Expr):
    """What ``with manager as target`` binds."""

    manager: Expr


@dataclass(slots=True, eq=False)
class Caught(Expr):
    """What ``except type as name`` binds."""

    type: Expr


@dataclass(slots=True, eq=False)
class Starred(Expr):
    """``*value`` inside a display."""

    value: Expr


@dataclass(slots=True, eq=False)
class Comprehension(Expr):
    """The value of a comprehension or generator expression.

    The loops themselves stand in the graph (``FOR``, ``BRANCH``, ``LATCH`` nodes).  ``kind``: ``list``, ``set``,
    ``dict``, ``generator``; ``element`` is the value for a dict; ``sources`` the iterables, outermost first;
    ``targets`` the loop variables (renamed, see :class:`Name`); ``conditions`` all ``if`` parts as values.
    """

    kind: str
    element: Expr
    key: Expr | None
    targets: tuple[Expr, ...]
    sources: tuple[Expr, ...]
    conditions: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Opaque(Expr):
    """Something whose value is not followed."""


OPAQUE: Final = Opaque()

# --------------------------------------------------------------------------------------------------------------- nodes


class Op(IntEnum):
    """What a node does.  ``succ`` is the normal successor unless stated."""

    ENTRY = 0  # the first node
    EXIT = 1  # normal end of the function
    RAISED = 2  # the function is left by an exception
    NOP = 3
    ASSIGN = 4  # target := value
    CALL = 5  # value = the callee, args = the arguments
    BRANCH = 6  # value = an atomic condition; succ = (when true, when false)
    FOR = 7  # take the next element: target := Element(value); succ = (body, exhausted)
    LATCH = 8  # all back edges of one loop pass here; succ = (loop head,)
    RETURN = 9  # value or None; succ = what follows (a copy of a finally block, EXIT)
    RAISE = 10  # value or None (re-raise); no succ, only exc
    WITH = 11  # enter: value = the manager, target = the `as` part (an ASSIGN of Entered(value) follows) or None
    UNWIND = 12  # an exception leaves a `with` body: value = the manager; succ = (after the with when swallowed, outer)
    CATCH = (
        13  # value = exception type expression or None for bare except; succ = (handler body, next handler or outer)
    )
    YIELD = 14  # value or None
    DELETE = 15  # target
    ASSERT = 16  # value = the condition; failing goes along exc (the condition proves nothing: python -O)
    LEAVE = 17  # normal end of a `with` body: value = the manager


@dataclass(slots=True, eq=False)
class Arg:
    """One argument: ``keyword`` is ``""`` for positional ones; ``star`` is 0, 1 (``*``) or 2 (``**``)."""

    value: Expr
    keyword: str
    star: int
    line: int
    col: int


@dataclass(slots=True, eq=False)
class Node:
    """One control-flow node.  ``line`` is 1-based, ``col`` 0-based in code points.

    For ``CALL`` the position is where the call expression begins.  ``exc`` is where an exception raised here goes: the
    next ``CATCH`` or ``UNWIND``, a copy of a ``finally`` block, or the ``RAISED`` node; ``-1`` if the node cannot
    raise.
    """

    op: Op
    line: int
    col: int
    value: Expr | None = None
    target: Expr | None = None
    args: tuple[Arg, ...] = ()
    succ: tuple[int, ...] = ()
    exc: int = -1
    awaited: bool = False  # CALL: stands under `await`
    statement: bool = False  # CALL: is an expression statement of its own (its value is dropped)
    annotation: Expr | None = None  # ASSIGN from `target: annotation = value`; quoted ones as in Param


# ----------------------------------------------------------------------------------------------- functions and modules


@dataclass(slots=True, eq=False)
class Param:
    """A parameter.  ``kind``: ``positional`` (only), ``normal``, ``args``, ``keyword`` (only), ``kwargs``.

    ``default`` and ``annotation`` belong to the frame of the *enclosing* function (``Result`` counts its nodes).
    A quoted annotation is lowered as the expression it holds where it parses, else kept as :class:`Const`.
    """

    name: str
    kind: str
    default: Expr | None
    annotation: Expr | None
    line: int
    col: int


@dataclass(slots=True, eq=False)
class Function:
    """A module body, class body, ``def`` or ``lambda``.

    ``decorators`` and ``returns`` belong to the enclosing frame, like defaults; ``decorators`` run bottom up.
    """

    index: int
    name: str  # "<module>", "<lambda>", or the def's name; a class body has the class's name
    qualname: str  # "Class.method", "outer.inner" (no "<locals>"), "<module>", "outer.<lambda>"
    kind: str  # "module", "class", "function", "lambda"
    parent: int  # index of the lexically enclosing function or class body; -1 for the module
    cls: int  # index of the class this is a method (or the body) of; -1 otherwise
    line: int  # of the `def` keyword's name line (not the decorator)
    col: int
    end_line: int
    params: tuple[Param, ...] = ()
    decorators: tuple[Expr, ...] = ()
    returns: Expr | None = None
    is_async: bool = False
    is_generator: bool = False
    nodes: list[Node] = field(default_factory=list)
    exit: int = 1  # index of the EXIT node
    raised: int = 2  # index of the RAISED node
    locals: frozenset[str] = frozenset()  # names bound here (parameters included), less global/nonlocal ones
    globals: frozenset[str] = frozenset()  # declared `global`
    nonlocals: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Class:
    """A ``class`` statement.  ``bases``, ``keywords`` and ``decorators`` belong to the frame of function ``parent``."""

    index: int
    name: str
    qualname: str
    parent: int  # function (or class body) in which the statement stands
    body: int  # the Function of kind "class"
    bases: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    decorators: tuple[Expr, ...]
    line: int
    col: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment token; ``line`` is 1-based, ``col`` 0-based; ``alone``: no code stands before it on its line."""

    line: int
    col: int
    text: str
    alone: bool


@dataclass(slots=True, eq=False, weakref_slot=True)
class Module:
    """One source file.  ``comments`` holds the comment tokens that mention ``fr-lint``."""

    path: str
    functions: list[Function]
    classes: list[Class]
    stars: tuple[tuple[str, int], ...] = ()  # `from m import *` as (module, level)
    comments: tuple[Comment, ...] = ()
    renamed: dict[str, str] | None = None  # imported members that are read under their own names, once that was done
