"""The objects that a small program meets when it is run: inputs that choose, people with consent, stub modules.

What each of them may do in the strict and in the lenient world stands in :mod:`.oracle`.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

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
            self.broken = "too many choices"
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


def plain(value: object) -> object:
    if isinstance(value, Flag) and value.world.lenient:
        return (False, True, None)[value.world.choose(3)]
    if isinstance(value, Truth | Flag):
        return bool(value)
    if isinstance(value, Word | Mode):
        return value.plain()
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    return value


def same(left: object, right: object) -> bool:
    return plain(left) is right


def inputs(world: World) -> dict[str, object]:
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


def sandbox(world: World) -> dict[str, object]:
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
