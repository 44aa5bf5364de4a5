"""Which calls keep data, remove it or put a bound on it: the matcher over the data files in ``data/stores``.

The door to the rest of the program: :func:`stores` gives the one :class:`Stores` of the process.  A file is read when a
name of one of its ``roots`` is asked for, so a project pays for the libraries that it uses.  This module must not know
syntax trees, control flow, rules or the law.

Names are chains from what a program imports on: ``sqlite3.connect().cursor().execute``,
``pymongo.MongoClient[].people.insert_one``.  Brackets of calls do not count; ``[]`` stands for an item or an element.
Step by step a chain is turned into the catalogue's own types, so the last name is asked of ``sqlite3.Cursor`` and of
``pymongo.collection.Collection``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from fr_lint.catalogue import records
from fr_lint.catalogue.store_index import GUESSES, METHODS, ROOTS
from fr_lint.catalogue.store_reader import library
from fr_lint.catalogue.store_records import Cascade, Library, Model, Operation, Type, View

ITEM = "[]"
KNOWN = frozenset(METHODS)  # last names of calls; no other call does anything to a store
_State = tuple[str, Type | None]  # a name, and the entry of what made the object, if the catalogue has one


class Stores:
    """The matcher.  Questions are answered from dictionaries that grow with the files that were needed."""

    def __init__(
        self,
        load: Callable[[str], Library],
        roots: Mapping[str, tuple[str, ...]],
        guesses: Mapping[str, tuple[str, ...]],
    ) -> None:
        """``load`` reads a file by name; ``roots`` and ``guesses`` say which files to read for a name."""
        self._load = load
        self._roots = roots
        self._guesses = guesses
        self._libraries: dict[str, Library] = {}
        self._aliases: dict[str, str] = {}
        self._types: dict[str, tuple[Type, ...]] = {}
        self._made: dict[str, tuple[Type, ...]] = {}
        self._operations: dict[str, tuple[Operation, ...]] = {}
        self._guessed: dict[str, tuple[Operation, ...]] = {}
        self._views: dict[str, View] = {}
        self._cascades: dict[str, tuple[Cascade, ...]] = {}
        self._models: dict[str, Model] = {}
        self._fields: dict[str, str] = {}
        self._chains: dict[str, tuple[_State, ...]] = {}

    # ---------------------------------------------------------------------------------------------------- questions

    def operations(self, chain: str) -> tuple[Operation, ...]:
        """All that a call of this name may do; conditions on its arguments are left to whoever asks."""
        owner, _, method = _plain(chain).rpartition(".")
        if not owner:
            return ()
        found: list[Operation] = []
        for name, _ in self._states(owner):
            found += self._own(name, method)
        return tuple(dict.fromkeys(found))

    def types(self, chain: str) -> tuple[Type, ...]:
        """What an object obtained in this way is: the entries of the last thing in the chain that made it."""
        return tuple(entry for _, entry in self._states(_plain(chain)) if entry is not None)

    def bases(self, name: str) -> Iterator[str]:
        """The type of that name and its known bases, nearest first."""
        seen = [name]
        for each in seen:
            yield each
            self._need(each)
            seen += [base for kind in self._types.get(each, ()) for base in kind.is_a if base not in seen]

    def guesses(self, method: str) -> tuple[Operation, ...]:
        """What a method of that name on an unknown receiver may be; see ``guess`` and ``receivers`` of each."""
        if method not in self._guessed:
            for file in self._guesses.get(method, ()):
                self._read(file)
            self._guessed[method] = tuple(
                operation
                for file in self._guesses.get(method, ())
                for operation in self._libraries[file].operations
                if operation.method == method and (operation.guess or operation.receivers)
            )
        return self._guessed[method]

    def view(self, name: str) -> View | None:
        """A class, or a call, by which a framework deletes a model's rows."""
        return next((self._views[each] for each in self._spelled(name) if each in self._views), None)

    def cascades(self, name: str) -> tuple[Cascade, ...]:
        """What a declaration of that name makes go with what."""
        return next((self._cascades[each] for each in self._spelled(name) if each in self._cascades), ())

    def model(self, name: str) -> Model | None:
        """A base class of classes whose objects are rows or documents."""
        return next((self._models[each] for each in self._spelled(name) if each in self._models), None)

    def field(self, name: str) -> str:
        """The kind of store behind a declared field (``file`` for upload fields), or an empty text."""
        return next((self._fields[each] for each in self._spelled(name) if each in self._fields), "")

    @property
    def sweepers(self) -> tuple[str, ...]:
        """Packages that remove the files of declared fields with their rows, where a project names them."""
        return tuple(word for read in self._libraries.values() for word in read.table.get("sweepers", ()))

    @property
    def libraries(self) -> Mapping[str, Library]:
        """The files read so far, for tests and tools."""
        return self._libraries

    def read_all(self) -> None:
        """Read every file, for tests and tools."""
        for files in (*self._roots.values(), *self._guesses.values()):
            for file in files:
                self._read(file)

    # --------------------------------------------------------------------------------------------------------- walk

    def _spelled(self, name: str) -> tuple[str, ...]:
        """The spellings under which the catalogue may have a name that need not be an object's."""
        plain = _plain(name)
        self._need(plain)
        return (self._canonical(plain), *(state for state, _ in self._states(plain)))

    def _states(self, chain: str) -> tuple[_State, ...]:
        """The types that a chain of names leads to, or the names as they stand."""
        known = self._chains.get(chain)
        if known is None:
            owner, _, last = chain.rpartition(".")
            if owner:
                known = tuple(dict.fromkeys(end for state in self._states(owner) for end in self._step(state, last)))
            else:
                self._need(chain)
                known = self._named(self._canonical(chain))
            self._chains[chain] = known
        return known

    def _named(self, name: str) -> tuple[_State, ...]:
        """A name that nothing in particular has made: an instance of itself."""
        kinds = sorted(self._types.get(name, ()), key=lambda kind: bool(kind.made_by))
        return tuple((name, kind) for kind in kinds[:1]) or ((name, None),)

    def _step(self, state: _State, name: str) -> tuple[_State, ...]:
        bases = tuple(self.bases(state[0]))
        for base in bases:
            made = self._made.get(self._canonical(f"{base}.{name}"))
            if made:
                return tuple((kind.name, kind) for kind in made)
        for kind in (kind for base in bases for kind in self._types.get(base, ())):
            if name == ITEM:
                if kind.item:
                    return self._at(kind.item)
            elif name in kind.chain or name in kind.carries or name in kind.join:
                return (state,)
            elif not self._own(state[0], name):
                if kind.fluent:
                    return (state,)
                if kind.attribute:
                    return self._at(kind.attribute)
        return self._named(self._canonical(f"{state[0]}.{name}"))

    def _at(self, name: str) -> tuple[_State, ...]:
        """What stands in, or at an attribute of, another object: the entry without a maker, if there is one."""
        self._need(name)
        kinds = self._types.get(name, ())
        return tuple((name, kind) for kind in kinds if not kind.made_by) or self._named(name)

    def _own(self, name: str, method: str) -> tuple[Operation, ...]:
        for base in self.bases(name):
            found = self._operations.get(self._canonical(f"{base}.{method}"))
            if found:
                return found
        return ()

    def _canonical(self, name: str) -> str:
        for _ in range(4):
            target = self._aliases.get(name)
            if target is None:
                return name
            self._need(target)
            name = target
        return name

    # ----------------------------------------------------------------------------------------------------- building

    def _need(self, name: str) -> None:
        for file in self._roots.get(name.partition(".")[0], ()):
            self._read(file)

    def _read(self, file: str) -> None:
        if file in self._libraries:
            return
        read = self._libraries[file] = self._load(file)
        self._aliases.update(read.aliases)
        for kind in read.types:
            self._types[kind.name] = (*self._types.get(kind.name, ()), kind)
            for maker in kind.made_by:
                self._made[maker] = (*self._made.get(maker, ()), kind)
        for operation in read.operations:
            self._operations[operation.name] = (*self._operations.get(operation.name, ()), operation)
        for view in read.views:
            self._views[view.base or view.register] = view
        for cascade in read.cascades:
            self._cascades[cascade.name] = (*self._cascades.get(cascade.name, ()), cascade)
        self._models.update((model.name, model) for model in read.models)
        self._fields.update(read.fields)


def _plain(chain: str) -> str:
    return chain.replace("()", "").replace(ITEM, f".{ITEM}")


@cache
def stores() -> Stores:
    """The catalogue of the installed package."""
    tables: dict[str, dict[str, Any]] = json.loads(records.text(".", "stores.json"))
    return Stores(lambda file: library(file, tables[file]), _by_word(ROOTS), _by_word(GUESSES))


def _by_word(files: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for file, words in files.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), file)
    return found
