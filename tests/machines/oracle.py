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
import functools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from .world import FACE_MODULE, Stop, Unfit, World, inputs, plain, same, sandbox

MAX_RUNS: Final = 6000  # of one program in one world


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
        scope: dict[str, object] = {"__name__": "program", "__builtins__": sandbox(world)}
        scope |= {"__tick__": world.tick, "__plain__": plain, "__same__": same}
        try:
            exec(self.code, scope)
            named = [*scope.values(), *(vars(builtins).get(name) for name in self.names)]
            kinds = [one for one in named if isinstance(one, type) and issubclass(one, Exception)]
            world.errors = tuple(dict.fromkeys(kinds))
            known = inputs(world)
            entry = scope["run"]
            assert callable(entry)
            entry(*[known[name] for name in self.params])
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
