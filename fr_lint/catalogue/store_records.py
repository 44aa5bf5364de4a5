"""What a store file says, as plain values: types, operations, views, cascades, models.

Each file of ``data/stores`` becomes one :class:`Library`, see :mod:`fr_lint.catalogue.store_reader`.  This module must
not know how names are looked up, what a rule is, or what Python source looks like.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fr_lint.catalogue.places import Condition, Place
from fr_lint.catalogue.records import Table

ACTIONS: Final = {
    "store": "what `data` holds outlives the process there",
    "delete": "removes from the store (`erases = false`: it only looks like it)",
    "expire": "puts a bound on the store",
    "hold": "an object in memory takes up `data`",
    "drop": "an object in memory gives up an entry",
    "read": "loads from the store: the result holds what was stored",
    "move": "what was at `source` is now at `at`",
    "sql": "the text at `at.sql` decides",
    "run": "the statement object at `data` decides",
    "path": "makes a path, without storing",
    "handle": "makes an object that stands for a store, without storing",
}
KINDS: Final = {
    "file": "files and folders, by path",
    "table": "rows, by table name or model class",
    "document": "documents of a collection",
    "key": "values under a key",
    "object": "objects of a bucket",
    "vector": "vectors of an index or a collection",
    "gallery": "what a face service keeps",
}
PARTS: Final = frozenset(
    "path folder sql table model meta field database collection key bucket prefix index namespace service"
    " gallery".split()
)
GUESSES: Final = {
    "always": "the method's name says enough",
    "data": "if the receiver itself holds what is stored, and it is said where",
    "sql": "if the text at `at.sql` is an SQL statement",
    "given": "if one of the arguments of `given` is passed",
    "file": "if an argument is an open file or a path",
    "row": "if the receiver was looked up by one of `receivers`, or is an object whose fields are set",
}
Parts = tuple[tuple[str, Place], ...]


@dataclass(frozen=True, slots=True)
class Type:
    """One ``[[type]]``: an object that stands for a store, or for a part of one, by one of the ways to make it.

    Several entries may have one name: what they say of the object is put together, ``at``, ``memory`` and ``bounded``
    belong to the making.
    """

    name: str
    made_by: tuple[str, ...]
    """What gives such an object: dotted functions, ``Type.method``, ``Type.attribute``."""
    is_a: tuple[str, ...]
    item: str
    """The type of ``x[...]``, or of what a loop over it gives."""
    attribute: str
    """The type of an attribute that is not otherwise known."""
    fluent: bool
    """Each method gives back such an object: builders of queries."""
    chain: frozenset[str]
    """The methods that give back such an object."""
    carries: frozenset[str]
    """Methods of a builder whose arguments it takes up: ``insert(T).values(...)``."""
    at: Parts
    """What identifies it, in the call that makes it."""
    kind: str
    action: str
    """Of a statement object: what running it does ..."""
    given: tuple[Place, ...]
    """... if one of these was passed to its making."""
    memory: Condition
    """Literals in the making call by which it lives in memory only ..."""
    in_memory: bool
    """... or ``memory = true``: it always does."""
    bounded: bool
    """It removes itself, but for ``unless``."""
    unless: Condition
    join: frozenset[str]
    """Operators and methods that lead to something below it (``/``, ``joinpath``)."""
    unchecked: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One name of a ``[[call]]`` under one of its actions."""

    owner: str
    method: str
    """The last part of its name."""
    action: str
    kind: str
    package: str
    on: bool
    """A method of a type rather than a function of a module."""
    data: tuple[Place, ...]
    at: Parts
    fixed: tuple[tuple[str, tuple[str, ...]], ...]
    """Parts of the identity that no argument names: a table that the library always uses."""
    source: Place | None
    expires: tuple[Place, ...]
    """Arguments by which what is stored expires, if they are passed and not ``None`` (nor one of ``forever``)."""
    bounded: bool
    """It expires by itself unless one of ``expires`` says forever."""
    forever: tuple[str | float, ...]
    when: Condition
    """It is this operation only where one of these literals stands there."""
    unless: Condition
    given: tuple[Place, ...]
    """It is this operation only where one of these is passed."""
    whole: bool
    """Of a deletion: everything goes."""
    updates: bool
    """It writes into entries that exist: storing a literal ``None`` removes."""
    erases: bool
    remote: bool
    guess: tuple[str, ...]
    """On a receiver of unknown type it is this operation under one of these conditions."""
    receivers: tuple[str, ...]
    """... or where the receiver's last name matches one of these globs."""
    shown: str
    why: str
    unchecked: bool

    @property
    def name(self) -> str:
        """The dotted name."""
        return f"{self.owner}.{self.method}"


@dataclass(frozen=True, slots=True)
class View:
    """A class or a call by which a framework deletes rows of a model for the user."""

    base: str
    """A base class ..."""
    register: str
    """... or a function that is called with the model at ``at``."""
    models: tuple[str, ...]
    """Class attributes that name the model, dotted for nested classes: ``queryset``, ``Meta.model``."""
    at: Place | None
    methods: tuple[str, ...]
    """If the class limits its methods (``http_method_names``), one of these must be left."""
    denied: tuple[str, ...]
    """Attributes and methods of the class which, being false, forbid it."""
    unchecked: bool


@dataclass(frozen=True, slots=True)
class Cascade:
    """A declaration by which rows go with the row they belong to."""

    name: str
    side: str
    """``child``: stands in the class whose rows go; ``parent``: in the class they go with."""
    target: Place
    when: Condition
    unless: Condition
    unchecked: bool


@dataclass(frozen=True, slots=True)
class Model:
    """A base class of classes whose objects are rows or documents."""

    name: str
    kind: str
    table: tuple[str, ...]
    """Class attributes that name the table."""
    bounds: frozenset[str]
    """Keys and arguments in the class by which what it keeps expires, and what such columns are made by."""
    unchecked: bool


@dataclass(frozen=True, slots=True)
class Library:
    """One file of ``data/stores`` with its dotted names written out."""

    file: str
    package: str
    roots: tuple[str, ...]
    aliases: Mapping[str, str]
    types: tuple[Type, ...]
    operations: tuple[Operation, ...]
    views: tuple[View, ...]
    cascades: tuple[Cascade, ...]
    models: tuple[Model, ...]
    fields: Mapping[str, str]
    """Declared fields that hold more than a column: dotted name -> kind of store."""
    table: Table
