"""Deletions and bounds of stores, anywhere in a project: calls, statements, framework views, cascades.

It must not know faces beyond the images that are read from somewhere, how a finding is worded, nor law.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.gate_words import REMOVING
from fr_lint.catalogue.places import holds
from fr_lint.catalogue.stores import stores
from fr_lint.flow.callview import CallView
from fr_lint.flow.emptied import emptied, empties, written
from fr_lint.flow.identity import Identity, Verdict, same
from fr_lint.flow.parts import name as model_name
from fr_lint.flow.program import ClassInfo, Func, Unit
from fr_lint.flow.resolve import last_name
from fr_lint.flow.shell import Shell
from fr_lint.flow.shelves import Shelves
from fr_lint.flow.storecall import StoreCall
from fr_lint.flow.values import ClassV, Obj
from fr_lint.ir.model import Attr, ClassRef, Const, Expr, Name, Op, Result
from fr_lint.ir.walk import walk
from fr_lint.project.near import around, near

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine

REMOVES: Final = (  # parts of words, in small letters: one of them stands wherever something is removed
    "delete remove unlink rmtree drop truncate expire ttl lifecycle flush clear purge erase prune forget admin reset "
    "cascade evict discard destroy rmdir replace rename move deleter wipe empty shred srm schedule"
).split()
_ENDS: Final = re.compile(rf"pop\b|\b(?:del|rm|{'|'.join(map(str.lower, REMOVING))})\b")  # and whole words
MAX_FILES: Final = 200
MAX_NAMING: Final = 40  # files that are near nothing, and name the store
MAX_STEPS: Final = 4  # from an argument to the settings in it
_WORD: Final = re.compile(r"[A-Za-z_]\w+")
COMMON: Final = frozenset(
    "self data file files path paths image images name json result index args user users this item element".split()
)


def removes(text: str) -> bool:
    """May something be removed here, by the words of the text?"""
    lower = text.lower()
    return any(word in lower for word in REMOVES) or _ENDS.search(lower) is not None


@dataclass(frozen=True, slots=True)
class Deletion:
    """Something that removes from a store, or puts a bound on it."""

    place: tuple[Func, int]
    identity: Identity
    call: StoreCall | None
    shown: str
    emptied: frozenset[str] = frozenset()
    """Of an update that sets columns to nothing: their names."""
    command: bool = False
    """A command of the operating system removes it."""

    @staticmethod
    def own(call: StoreCall) -> Deletion:
        """The bound that a storing call itself gives."""
        return Deletion((call.func, call.node), call.identity, call, call.display)

    @property
    def line(self) -> int:
        """Its line, from 1."""
        func, node = self.place
        return func.nodes[node].line if node >= 0 else func.ir.line


class Deletions:
    """All of a project's, found once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.calls = engine.store_calls
        self.stores = stores()
        self.shell = Shell(engine.store_calls.speller)
        self._sharing: dict[Unit, tuple[Unit, ...]] = {}
        self._of_unit: dict[Unit, tuple[Deletion, ...]] = {}
        self._shelves: dict[Unit, Shelves[Deletion]] = {}
        self._written: dict[StoreCall, tuple[frozenset[str], bool]] = {}

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The modules in which something may be deleted that faces can reach."""
        return self._load(self._paths & near(self.engine.sources, self.engine.face_files()), MAX_FILES)

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(p for p in self.engine.sources.fitting(removes) if not self.engine.sources.is_test(p))

    def _load(self, paths: Iterable[str], most: int) -> tuple[Unit, ...]:
        found = (self.engine.program.unit(path) for path in sorted(paths)[:most])
        return tuple(unit for unit in found if unit is not None)

    def _around(self, unit: Unit) -> tuple[Unit, ...]:
        """The modules that share something with one: they import it, or what it imports."""
        if unit not in self._sharing:
            self._sharing[unit] = self._load(self._paths & around(self.engine.sources, unit.path), MAX_FILES)
        return self._sharing[unit]

    def _naming(self, wanted: Iterable[Identity], call: StoreCall) -> tuple[Unit, ...]:
        """Other modules that name what identifies a store, and may delete something."""
        words = {
            word
            for store in wanted
            for part, texts in store.parts.items()
            for text in texts
            for word in _WORD.findall(text.rpartition(":")[2] if part == "model" else text)
            if len(word) > 3 and word not in COMMON
        }
        words |= {name for arg in call.ir.args for name in self._constants(arg.value, call.func, 0)}
        mentioning = {path for word in sorted(words) for path in self.engine.sources.with_word(word)}
        return self._load(mentioning & self._paths, MAX_NAMING)

    def _constants(self, expr: Expr, func: Func, depth: int) -> Iterator[str]:
        """The settings of which an argument is made: names in capitals."""
        for at in walk(expr):
            name = at.name if isinstance(at, Attr) else at.id if isinstance(at, Name) else ""
            if name.isupper() and len(name) > 3:
                yield name
            if depth >= MAX_STEPS:
                continue
            if isinstance(at, Result):
                ir = func.nodes[at.node]
                for each in (ir.value, *(arg.value for arg in ir.args)):
                    yield from self._constants(each, func, depth + 1) if each is not None else ()
            elif isinstance(at, Name):
                owner = func if at.id in func.ir.locals else func.unit.body
                for site in owner.defs.get(at.id, ())[:2]:
                    value = owner.nodes[site].value
                    yield from self._constants(value, owner, depth + 1) if value is not None else ()

    def _known(self, unit: Unit) -> tuple[Deletion, ...]:
        if unit not in self._of_unit:
            self._of_unit[unit] = tuple(self._in_unit(unit))
        return self._of_unit[unit]

    def _in_unit(self, unit: Unit) -> Iterator[Deletion]:
        for func in unit.functions:
            for node, identity in self.shell.removals(func):
                yield Deletion((func, node), identity, None, last_name(func.nodes[node].value), command=True)
            for call in self.calls.of(func):
                if (call.action == "delete" and call.op.erases) or call.action == "expire":
                    nulls = frozenset(call.statement.nulls if call.statement is not None else ())
                    yield Deletion((func, call.node), call.identity, call, call.display, nulls)
                elif call.action == "store" and call.op.updates and (names := emptied(call)):
                    yield Deletion((func, call.node), call.identity, call, call.display, names)
                elif empties(call):
                    yield Deletion((func, call.node), call.identity, None, call.display)
        yield from self._views(unit)

    @cached_property
    def moves(self) -> tuple[StoreCall, ...]:
        """Everything that moves stored things."""
        return tuple(c for unit in self.units for f in unit.functions for c in self.calls.of(f) if c.action == "move")

    # --------------------------------------------------------------------------------------------------------- matching

    def of(self, wanted: Iterable[Identity], call: StoreCall) -> list[Deletion]:
        """The deletions of a store, those of its parents included."""
        found: list[Deletion] = []
        wanted = list(wanted)
        parents = [identity for store in wanted for identity in self._parents(store, call)]
        units = dict.fromkeys((call.func.unit, *self.units, *self._around(call.func.unit), *self._naming(wanted, call)))
        for unit in units:
            shelves = self._shelved(unit)
            counts: dict[int, Deletion] = {}
            for store in wanted:
                counts.update(
                    (place, deletion)
                    for place, deletion, verdict in shelves.like(store)
                    if verdict is Verdict.YES or self._is_near(deletion, call)
                )
            for parent in parents:
                counts.update((place, each) for place, each, verdict in shelves.like(parent) if verdict is Verdict.YES)
            found += [deletion for _, deletion in sorted(counts.items()) if self._is_emptied(deletion, call)]
        return found

    def _shelved(self, unit: Unit) -> Shelves[Deletion]:
        if unit not in self._shelves:
            self._shelves[unit] = Shelves((each.identity, each) for each in self._known(unit))
        return self._shelves[unit]

    def _is_emptied(self, deletion: Deletion, call: StoreCall) -> bool:
        """Of an update that sets columns to nothing: is one of them a column into which a call puts face data?"""
        if not deletion.emptied:
            return True
        if call not in self._written:
            provenance = self.engine.provenance
            self._written[call] = written(call, lambda e, node: provenance.face_data(e, call.func, node) is not None)
        names, sure = self._written[call]
        if names & deletion.emptied:
            return sure or deletion.call is None or deletion.call.statement is None or deletion.call.statement.clears
        return not names and deletion.call is not None and deletion.call.statement is not None

    def _is_near(self, deletion: Deletion, call: StoreCall) -> bool:
        """Where the store cannot be told apart, a deletion of the same kind in the same class or module counts."""
        func = deletion.place[0]
        mine = self.engine.resolver.enclosing_class(call.func)
        theirs = self.engine.resolver.enclosing_class(func)
        return func.unit is call.func.unit or (mine is not None and mine is theirs)

    def moved(self, call: StoreCall) -> list[Identity]:
        """Where what a call stores is moved to."""
        return [
            move.identity
            for move in self.moves
            if move.source is not None
            and same(call.identity, move.source) is Verdict.YES
            and self.engine.liveness.is_live(move.func, move.node)
        ]

    # -------------------------------------------------------------------------------------------------- views, cascades

    def _views(self, unit: Unit) -> Iterator[Deletion]:
        models = self.calls.models
        for cls in unit.classes:
            if models.is_model(cls) and (bound := models.bound(cls)):
                yield Deletion((cls.parent, self._made_at(cls)), self._rows(cls), None, bound)
            for base in self.engine.resolver.external_bases(cls):
                view = self.stores.view(base)
                if view is None or (view.methods and not self._is_allowed(cls, view.methods)):
                    continue
                if self._is_denied(cls, view.denied):
                    continue
                for model in models.named(cls, view.models):
                    if self._is_used(cls):
                        yield Deletion((cls.parent, self._made_at(cls)), self._rows(model), None, cls.name)
        for func in unit.functions:
            for number, node in enumerate(func.nodes):
                if node.op != Op.CALL:
                    continue
                for value in self.engine.resolver.callee_values(func, number):
                    dotted = getattr(value, "name", "") or getattr(value, "type", "")
                    names = self.engine.resolver.external_bases(value.cls) if isinstance(value, ClassV) else (dotted,)
                    view = next((view for name in names if name and (view := self.stores.view(name))), None)
                    if view is None or view.at is None or self._is_refused(func, number, view.denied):
                        continue
                    for expr in CallView(self.calls.origins, func, number).at(view.at):
                        for model in models.of(expr, func, number):
                            yield Deletion((func, number), self._rows(model), None, last_name(node.value))

    @staticmethod
    def _made_at(made: ClassInfo) -> int:
        """The node at which a class statement stands."""
        index = made.unit.classes.index(made)
        nodes = made.parent.nodes
        return next((n for n, ir in enumerate(nodes) if isinstance(ir.value, ClassRef) and ir.value.index == index), -1)

    def _is_allowed(self, cls: ClassInfo, methods: tuple[str, ...]) -> bool:
        for each in self.engine.resolver.mro(cls):
            for node in each.body.defs.get("http_method_names", ()):
                texts = self.engine.resolver.texts(each.body.nodes[node].value, each.body, node)
                return any(method in texts for method in methods)
        return True

    def _is_refused(self, func: Func, number: int, names: tuple[str, ...]) -> bool:
        """Whether the class that is registered with the model, or decorated by the registration, forbids it."""
        exprs = [arg.value for arg in func.nodes[number].args]
        if (callee := func.nodes[number].value) is not None:
            exprs.append(callee)
        values = (value for expr in exprs for value in self.calls.resolver.values(expr, func, number))
        given = [value.cls for value in values if isinstance(value, (ClassV, Obj))]
        given += [
            cls
            for cls in func.unit.classes
            if cls.parent is func and any(isinstance(d, Result) and d.node == number for d in cls.ir.decorators)
        ]
        return any(self._is_denied(cls, names) for cls in given)

    def _is_denied(self, cls: ClassInfo, names: tuple[str, ...]) -> bool:
        for each in self.engine.resolver.mro(cls):
            for name in names:
                method = each.methods.get(name)
                values = (
                    [node.value for node in method.nodes if node.op == Op.RETURN]
                    if method is not None
                    else [each.body.nodes[site].value for site in each.body.defs.get(name, ())]
                )
                if values and all(isinstance(value, Const) and not value.value for value in values):
                    return True
        return False

    def _is_used(self, cls: ClassInfo) -> bool:
        if cls.ir.decorators:
            return True
        return bool(self.engine.liveness._uses(cls)) or any(
            path != cls.unit.path and not self.engine.sources.is_test(path)
            for path in self.engine.sources.with_word(cls.name)
        )

    def _rows(self, model: ClassInfo) -> Identity:
        tables, kind = tuple(self.calls.models.tables(model)), self.calls.models.kind(model)
        return Identity(kind, {"model": (model_name(model),), "table": tables})

    def _parents(self, store: Identity, call: StoreCall) -> list[Identity]:
        """The tables with whose rows the rows of a store are deleted."""
        del call
        found: list[Identity] = []
        front = [store]
        for _ in range(3):
            following: list[Identity] = []
            for identity in front:
                following += self._cascades(identity)
            found += following
            front = following
        return found

    def _cascades(self, store: Identity) -> Iterator[Identity]:
        for child, parent in self._declared:
            if same(store, child) is Verdict.YES:
                yield parent

    @cached_property
    def _declared(self) -> tuple[tuple[Identity, Identity], ...]:
        """Pairs of tables: the rows of the first go with rows of the second."""
        return tuple(self._find_declared())

    def _find_declared(self) -> Iterator[tuple[Identity, Identity]]:
        models = self.calls.models
        for unit in self.units:
            for cls in unit.classes:
                if models.is_model(cls):
                    for number, node in enumerate(cls.body.nodes):
                        if node.op == Op.CALL:
                            yield from self._declaration(cls, number)
            for func in unit.functions:
                for call in self.calls.of(func):
                    statement = call.statement
                    if statement is not None and statement.cascades:
                        for table in statement.tables:
                            for parent in statement.cascades:
                                yield Identity("table", {"table": (table,)}), Identity("table", {"table": (parent,)})

    def _declaration(self, cls: ClassInfo, number: int) -> Iterator[tuple[Identity, Identity]]:
        body = cls.body
        for value in self.engine.resolver.callee_values(body, number):
            dotted = getattr(value, "name", "") or getattr(value, "type", "")
            for cascade in self.stores.cascades(dotted) if dotted else ():
                view = CallView(self.calls.origins, body, number)
                if (cascade.when and not holds(cascade.when, view)) or holds(cascade.unless, view):
                    continue
                for expr in view.at(cascade.target):
                    for other in self._targets(expr, body, number):
                        pair = (self._rows(cls), other) if cascade.side == "child" else (other, self._rows(cls))
                        yield pair

    def _targets(self, expr: Expr, body: Func, number: int) -> Iterator[Identity]:
        classes = self.calls.models.of(expr, body, number)
        for model in classes:
            yield self._rows(model)
        for text in () if classes else self.engine.resolver.texts(expr, body, number):
            plain = text.rpartition(".")[2] if text[:1].isupper() or text.rpartition(".")[2][:1].isupper() else text
            for unit in self.units:
                for other in unit.classes:
                    if other.name == plain and self.calls.models.is_model(other):
                        yield self._rows(other)
            yield Identity("table", {"table": (text.partition(".")[0].lower(),)})
