"""Runs a small program for real, on every run it can have, and says which face calls happen without consent.

A program is one module with an entry point ``run``.  Its parameters and its two stub modules are objects that choose:
``flag1`` is true or false, ``may_fail()`` returns or raises, ``items`` has none, one or two elements.  A *run* is the
list of choices that were made; :func:`explore` walks through all such lists (depth first, up to fixed bounds).

**When is a face call without consent?**  ``user.face_consent`` is an object whose ``__bool__`` (or comparison) is the
test.  A call is *cleared* when, earlier on the same run, a consent fact was tested and was given.  A run that reaches
the call in any other way is a witness: the fact was false, or nobody looked.  (As an untested fact cannot steer a
program, a run that never looks has a twin in which consent is refused; both definitions agree.)

**What may an analysis disagree about without being wrong?**  Each program is explored in two worlds:

========================  =====================================  ==================================================
what                      strict world (fewest runs)             lenient world (most runs)
========================  =====================================  ==================================================
``may_fail()``,           return, or raise ``ValueError``,       raise also ``KeyboardInterrupt`` and the program's
``probe()``, face calls   ``RuntimeError``, ``PermissionError``  own exceptions
``input``, ``form.get``,  never raise                            raise anything
``bool``, ``all``,
``any``, ``Lock()``, a
step of ``for``
reading a consent fact    never raises                           may raise anything (with ``precise``: only
                                                                 ``AttributeError`` or ``KeyError``)
two questions             one positive answer on the run is      the last answer counts
                          enough
``range(2)``              two rounds                             none to two
``session()``             an unknown context manager that        may swallow what is raised below it, and may raise
                          swallows nothing                       on entry
``mode``                  one value throughout                   a new value at each test
``flag1`` in a closure,   the value that ``run`` tests           any value
or in ``match``                                                  (in ``match`` also one that is no truth value)
========================  =====================================  ==================================================

A program whose answer differs between the two worlds is ambiguous under the rulebook and is dropped; so is one that
is too large to be explored completely, one whose silence rests on an empty list of people only, and one with a helper
function whose face call is never reached.  ``flag1`` and ``flag2`` keep their value during a run in both worlds: the
same unchanged name tested twice is correlated.  ``probe()`` is a new truth value at each call.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

MAX_RUNS: Final = 6000  # of one program in one world
MAX_CHOICES: Final = 26  # on one run
MAX_ROUNDS: Final = 7  # of all loops on one run
MAX_ITEMS: Final = 2
FACE_MODULE: Final = "face_recognition"
ENTRY: Final = ("run", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
MODES: Final = ("fast", "slow", "other")


class Stop(BaseException):
    """The run is over: the process ended, or a bound was reached."""


class Unfit(BaseException):
    """The program does something that the oracle does not model."""


@dataclass(slots=True)
class World:
    """One run: the choices made so far and what has been learnt of consent."""

    prefix: Sequence[int]
    lenient: bool
    precise: bool = False
    errors: tuple[type[BaseException], ...] = ()  # those of the program, and those that it handles
    taken: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    rounds: int = 0
    dead: bool = False
    broken: str = ""
    reached: set[int] = field(default_factory=set)
    witnessed: set[int] = field(default_factory=set)
    solid: set[int] = field(default_factory=set)  # reached with somebody's consent
    answers: list[Fact] = field(default_factory=list)

    def choose(self, width: int) -> int:
        if self.dead:
            return 0
        place = len(self.taken)
        if place >= MAX_CHOICES:
            self.stop()
        value = self.prefix[place] if place < len(self.prefix) else 0
        self.taken.append(value)
        self.widths.append(width)
        return value

    def stop(self) -> None:
        self.dead = True
        raise Stop

    def tick(self) -> None:
        self.rounds += 1
        if self.dead or self.rounds > MAX_ROUNDS:
            self.stop()

    def maybe_raise(self, kinds: Sequence[type[BaseException]]) -> None:
        pick = self.choose(len(kinds) + 1)
        if pick:
            raise kinds[pick - 1]("raised by the oracle")

    def call(self) -> None:
        """An unknown function: returns or raises anything."""
        kinds: list[type[BaseException]] = [ValueError, RuntimeError, PermissionError]
        if self.lenient:
            kinds += [KeyboardInterrupt, *(one for one in self.errors if one not in kinds)]
        self.maybe_raise(kinds)

    def known_call(self) -> None:
        """A function of the standard library or a step of a loop."""
        if self.lenient:
            self.call()

    def read(self, kind: type[BaseException]) -> None:
        """An attribute or an item."""
        if self.lenient and self.precise:
            self.maybe_raise([kind])
        elif self.lenient:
            self.call()

    def answered(self) -> bool:
        if self.lenient:
            return bool(self.answers) and self.answers[-1].passed
        return any(fact.passed for fact in self.answers)

    def face(self, image: object, line: int) -> list[int]:
        if not isinstance(image, Image):
            raise Unfit(f"no image: {image!r}")
        if not self.dead:
            self.reached.add(line)
            if not (image.cleared() or self.answered()):
                self.witnessed.add(line)
            elif not image.empty():
                self.solid.add(line)
        self.call()
        return [1]


class Fact:
    """Somebody's consent: decided when it is first tested."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.value: bool | None = None
        self.passed = False

    def test(self) -> bool:
        if self.value is None:
            self.value = bool(self.world.choose(2))
        if self.value:
            self.passed = True
        return self.value


class Truth:
    """What reading a consent attribute gives: true when given (or, for its opposite, when not given)."""

    def __init__(self, fact: Fact, positive: bool = True) -> None:
        self.fact = fact
        self.positive = positive

    def __bool__(self) -> bool:
        return self.fact.test() is self.positive

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, bool):
            raise Unfit("a truth value compared with something else")
        return bool(self) is other

    __hash__ = None  # type: ignore[assignment]


class Word:
    """A consent state or an answer as text: ``yes`` when given, ``no`` when not."""

    def __init__(self, fact: Fact, yes: str, no: str) -> None:
        self.fact = fact
        self.yes = yes
        self.no = no

    def plain(self) -> str:
        return self.yes if self.fact.test() else self.no

    def __eq__(self, other: object) -> bool:
        return self.plain() == other

    def __bool__(self) -> bool:
        raise Unfit("a text has no truth value here")

    def strip(self) -> Word:
        return self

    lower = strip

    __hash__ = None  # type: ignore[assignment]


class Flag:
    """An independent input: one value for the whole run, chosen when it is first needed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.value: bool | None = None

    def __bool__(self) -> bool:
        closure = self.world.lenient and sys._getframe(1).f_code.co_name not in ENTRY
        if self.value is None or closure:
            value = bool(self.world.choose(2))
            if closure:
                return value
            self.value = value
        return self.value


class Mode:
    """An independent input with a few text values."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.value: str | None = None

    def plain(self) -> str:
        if self.value is None or self.world.lenient:
            self.value = MODES[self.world.choose(len(MODES))]
        return self.value

    def __eq__(self, other: object) -> bool:
        return self.plain() == other

    __hash__ = None  # type: ignore[assignment]


@dataclass(slots=True)
class Image:
    """A picture, and how to learn whether whoever is on it consented."""

    cleared: Callable[[], bool]
    empty: Callable[[], bool] = lambda: False


class Person:
    """Attributes are recognised by their words; ``photo`` is the person's picture."""

    def __init__(self, world: World) -> None:
        self._fact = Fact(world)
        self.photo = Image(lambda: self._fact.passed)

    def __getattr__(self, name: str) -> object:
        fact = self._fact
        fact.world.read(AttributeError)
        if name.endswith("_status"):
            return Word(fact, "granted", "denied")
        words = name.split("_")
        if not {"consent", "consented", "opted", "opt"} & set(words):
            raise Unfit(f"unknown attribute {name}")
        return Truth(fact, not {"withdrawn", "revoked", "out", "no", "without"} & set(words))


class Form:
    """A mapping with a consent field."""

    def __init__(self, person: Person) -> None:
        self._fact = person._fact

    def get(self, key: str) -> Truth:
        self._fact.world.known_call()
        return Truth(self._fact)

    def __getitem__(self, key: str) -> Truth:
        self._fact.world.read(KeyError)
        if "consent" not in key:
            raise Unfit(f"unknown key {key}")
        return Truth(self._fact)

    def __contains__(self, key: str) -> bool:
        self._fact.world.read(TypeError)
        return self._fact.test()


class People:
    """None, one or two people; the picture of them all is cleared when each one's fact was tested and given."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known: list[Person] = []
        self.complete = False
        self.photo = Image(
            lambda: self.complete and all(one._fact.passed for one in self.known), lambda: not self.known
        )

    def __iter__(self) -> Iterator[Person]:
        place = 0
        while True:
            self.world.known_call()
            if place == len(self.known):
                if self.complete or place == MAX_ITEMS or not self.world.choose(2):
                    self.complete = True
                    return
                self.known.append(Person(self.world))
            yield self.known[place]
            place += 1


class Items:
    """An iterable of unknown length."""

    def __init__(self, world: World, exact: bool = False) -> None:
        self.world = world
        self.exact = exact  # two of them, and no way to fail

    def __iter__(self) -> Iterator[int]:
        for number in range(MAX_ITEMS):
            if not self.exact:
                self.world.known_call()
            if not (self.exact and not self.world.lenient) and not self.world.choose(2):
                return
            yield number


class Session:
    """An unknown context manager."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __enter__(self) -> Self:
        if self.world.lenient:
            self.world.call()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        if kind is None or kind is Stop or self.world.dead:
            return False
        return self.world.lenient and bool(self.world.choose(2))


def _plain(value: object) -> object:
    if isinstance(value, Flag) and value.world.lenient:
        return (False, True, None)[value.world.choose(3)]
    if isinstance(value, Truth | Flag):
        return bool(value)
    if isinstance(value, Word | Mode):
        return value.plain()
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    return value


def _same(left: object, right: object) -> bool:
    return _plain(left) is right


class _Instrument(ast.NodeTransformer):
    """Counts rounds of loops, and lets ``is`` and ``match`` see plain values."""

    def _loop(self, node: ast.For | ast.While) -> ast.stmt:
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(ast.Call(ast.Name("__tick__", ast.Load()), [], [])))
        return node

    def visit_For(self, node: ast.For) -> ast.stmt:
        return self._loop(node)

    def visit_While(self, node: ast.While) -> ast.stmt:
        return self._loop(node)

    def visit_Match(self, node: ast.Match) -> ast.stmt:
        self.generic_visit(node)
        node.subject = ast.Call(ast.Name("__plain__", ast.Load()), [node.subject], [])
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Is | ast.IsNot):
            return node
        same = ast.Call(ast.Name("__same__", ast.Load()), [node.left, node.comparators[0]], [])
        return same if isinstance(node.ops[0], ast.Is) else ast.UnaryOp(ast.Not(), same)


def face_lines(tree: ast.AST) -> frozenset[int]:
    """The lines on which ``face_recognition`` is called."""
    return frozenset(
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == FACE_MODULE
    )


def uncalled(tree: ast.AST) -> set[str]:
    """Functions besides ``run`` whose name is never read."""
    nodes = list(ast.walk(tree))
    read = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)} - read - {"run"}


class Machine:
    """One program, compiled once, to be run often."""

    def __init__(self, text: str, optimize: int) -> None:
        tree = ast.parse(text)
        self.faces = face_lines(tree)
        defs = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name != "run"]
        self.helper_faces = frozenset[int]().union(*map(face_lines, defs))
        entry = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "run"), None)
        if entry is None:
            raise Unfit("no function run")
        if uncalled(tree):
            raise Unfit("a function that nothing calls is an entry point of its own")
        self.names = sorted({one.id for one in ast.walk(tree) if isinstance(one, ast.Name)})
        self.params = [arg.arg for arg in entry.args.args]
        marked = ast.fix_missing_locations(_Instrument().visit(tree))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jumps out of `finally` are on purpose
            self.code = compile(marked, "<program>", "exec", optimize=optimize)

    def run(self, prefix: Sequence[int], lenient: bool, precise: bool = False) -> World:
        world = World(prefix, lenient, precise)
        scope: dict[str, object] = {"__name__": "program", "__builtins__": _builtins(world)}
        scope |= {"__tick__": world.tick, "__plain__": _plain, "__same__": _same}
        try:
            exec(self.code, scope)
            named = [*scope.values(), *(vars(builtins).get(name) for name in self.names)]
            kinds = [one for one in named if isinstance(one, type) and issubclass(one, Exception)]
            world.errors = tuple(dict.fromkeys(kinds))
            inputs = _inputs(world)
            entry = scope["run"]
            assert callable(entry)
            entry(*[inputs[name] for name in self.params])
        except (NameError, TypeError, KeyError, AttributeError) as error:
            if str(error).strip("'") != "raised by the oracle":
                world.broken = repr(error)
        except Unfit as error:
            world.broken = repr(error)
        except (Stop, KeyboardInterrupt, SystemExit):
            pass  # a way to end like any other
        except Exception as error:  # noqa: BLE001  the program may end with any
            del error
        return world


def _inputs(world: World) -> dict[str, object]:
    user = Person(world)
    alice, bob = Person(world), Person(world)
    return {
        "user": user,
        "image": user.photo,
        "snapshot": user.photo,
        "form": Form(user),
        "flag1": Flag(world),
        "flag2": Flag(world),
        "items": Items(world),
        "mode": Mode(world),
        "people": (people := People(world)),
        "group_photo": people.photo,
        "alice": alice,
        "bob": bob,
    }


def _builtins(world: World) -> dict[str, object]:
    def face_call(image: object) -> list[int]:
        return world.face(image, sys._getframe(1).f_lineno)

    def may_fail() -> None:
        world.call()

    def probe() -> bool:
        world.call()
        return bool(world.choose(2))

    def ask(text: str) -> Word:
        world.known_call()
        fact = Fact(world)
        world.answers.append(fact)
        return Word(fact, "y", "n")

    def careful(known: Callable[..., object]) -> Callable[..., object]:
        def call(*values: object) -> object:
            world.known_call()
            return known(*values)

        return call

    def end(status: int = 0) -> None:
        world.stop()

    modules: Mapping[str, object] = {
        FACE_MODULE: types.SimpleNamespace(face_encodings=face_call, face_locations=face_call),
        "station": types.SimpleNamespace(may_fail=may_fail, probe=probe, session=lambda: Session(world)),
        "os": types.SimpleNamespace(_exit=end),
        "sys": sys,
        "contextlib": contextlib,
        "functools": functools,
        "threading": types.SimpleNamespace(Lock=careful(threading.Lock)),
    }

    def find(name: str, *rest: object) -> object:
        if name not in modules:
            raise Unfit(f"import of {name}")
        return modules[name]

    return {
        **vars(builtins),
        "__import__": find,
        "input": ask,
        "range": lambda count: Items(world, exact=True),
        "bool": careful(bool),
        "all": careful(all),
        "any": careful(any),
    }


@dataclass(slots=True)
class Runs:
    """What all runs of a program together show; each a set of lines of face calls."""

    reached: set[int] = field(default_factory=set)
    witnessed: set[int] = field(default_factory=set)
    solid: set[int] = field(default_factory=set)


def explore(machine: Machine, lenient: bool, precise: bool = False) -> Runs | None:
    """All runs (until all calls have a witness); None where there are too many, or one cannot be followed."""
    runs = Runs()
    prefix: list[int] = []
    for _ in range(MAX_RUNS):
        world = machine.run(prefix, lenient, precise)
        if world.broken:
            return None
        runs.witnessed |= world.witnessed
        runs.reached |= world.reached
        runs.solid |= world.solid
        prefix = world.taken
        while prefix and prefix[-1] + 1 >= world.widths[len(prefix) - 1]:
            prefix.pop()
        if not prefix or runs.witnessed == machine.faces:
            return runs
        prefix[-1] += 1
    return None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The lines to be reported, and the lines of face calls that happen on some run."""

    reported: frozenset[int]
    reached: frozenset[int]


def _settled(text: str, optimize: int, precise: bool) -> Judgement | None:
    try:
        machine = Machine(text, optimize)
    except (Unfit, SyntaxError):
        return None
    strict = explore(machine, lenient=False)
    if strict is None or (strict.reached - strict.witnessed) - strict.solid:
        return None
    if machine.helper_faces - strict.reached:
        return None
    if strict.witnessed != machine.faces:
        lenient = explore(machine, lenient=True, precise=precise)
        if lenient is None or lenient.witnessed != strict.witnessed:
            return None
    return Judgement(frozenset(strict.witnessed), frozenset(strict.reached))


@functools.lru_cache(maxsize=65536)
def judge(text: str, precise: bool = False) -> Judgement | None:
    """What must be reported in a program, or None when the rulebook leaves it open (or the oracle cannot say).

    ``assert`` counts as absent: the program is explored as under ``python -O``, and dropped where the answer without
    ``-O`` names a further call.
    """
    judgement = _settled(text, 1, precise)
    if judgement is not None and "assert " in text:
        other = _settled(text, 0, precise)
        if other is None or not other.reported <= judgement.reported:
            return None
    return judgement
