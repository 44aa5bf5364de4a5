"""Random programs run twice on the same choices: by Python, and by an interpreter of the lowered graph.

Every call consults a list of choices (return true, return false, raise one of two exceptions) and leaves a trace; both
runs must leave the same one.  So an edge too few, an edge too many, a wrong order or a wrong value shows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from fr_lint.ir.dump import dump
from fr_lint.ir.model import (
    Attr,
    Binary,
    Bool,
    Caught,
    Compare,
    Comprehension,
    Const,
    Display,
    Element,
    Entered,
    Expr,
    Function,
    IfElse,
    Item,
    Name,
    Node,
    Op,
    Result,
    Starred,
    Text,
    Unary,
)
from fr_lint.syntax import lower_source

STEPS = 400
PROGRAMS = 160
RUNS = 24


class E1(Exception):  # noqa: N818
    pass


class E2(Exception):  # noqa: N818
    pass


class Stop(BaseException):
    """The choices are used up."""


# ------------------------------------------------------------------------------------------------------------ the world


class World:
    """What the program's names mean, for one list of choices."""

    def __init__(self, choices: list[int]) -> None:
        self.choices = list(choices)
        self.trace: list[str] = []
        self.names: dict[str, Any] = {"E1": E1, "E2": E2, "Exception": Exception, "int": int, "TypeError": TypeError}
        for number in range(60):
            self.names[f"c{number}"] = self._stub(f"c{number}", self._truth)
            self.names[f"v{number}"] = self._stub(f"v{number}", self._number)
            self.names[f"r{number}"] = self._stub(f"r{number}", self._list)
            self.names[f"n{number}"] = self._note(f"n{number}")
            self.names[f"m{number}"] = self._stub(f"m{number}", self._manager)

    def choose(self, name: str, *args: object) -> int:
        shown = ",".join(str(arg) for arg in args)
        if not self.choices:
            self.trace.append(f"{name}({shown})=stop")
            raise Stop
        choice = self.choices.pop(0)
        self.trace.append(f"{name}({shown})={choice}")
        if choice == 8:
            raise E1
        if choice == 9:
            raise E2
        return choice

    def _stub(self, name: str, result: Callable[[str, int], object]) -> Callable[..., object]:
        def stub(*args: object) -> object:
            return result(name, self.choose(name, *args))

        return stub

    def _note(self, name: str) -> Callable[..., object]:
        def stub(*args: object) -> None:
            self.trace.append(f"{name}{args}")

        return stub

    def _truth(self, _: str, choice: int) -> object:
        return choice % 2 == 1

    def _number(self, _: str, choice: int) -> object:
        return choice % 4

    def _list(self, _: str, choice: int) -> object:
        return list(range(choice % 3))

    def _manager(self, name: str, _: int) -> object:
        return Manager(self, name)


class Manager:
    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name

    def __enter__(self) -> int:
        return self.world.choose(self.name + ".enter") % 4

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: object) -> bool:
        if kind is None or kind is Stop:
            self.world.trace.append(f"{self.name}.exit")
            return False
        return self.world.choose(self.name + ".exit") % 2 == 1


# ------------------------------------------------------------------------------------------------ running Python itself


def run_python(source: str, choices: list[int]) -> list[str]:
    world = World(choices)
    scope = dict(world.names)
    exec(compile(source, "<program>", "exec"), scope)
    try:
        scope["main"]()
        world.trace.append("end")
    except BaseException as error:  # noqa: BLE001  # it is the outcome
        world.trace.append(type(error).__name__)
    return world.trace


# ---------------------------------------------------------------------------------------------------- running the graph

COMPREHENSION = object()
OPERATIONS: dict[str, Callable[[Any, Any], object]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "in": lambda a, b: a in b,
    "is": lambda a, b: a is b,
    "is not": lambda a, b: a is not b,
    "isinstance": isinstance,
    "+": lambda a, b: a + b,
    "%": lambda a, b: a % b,
}


class Machine:
    """Follows the edges of one function's graph."""

    def __init__(self, function: Function, world: World) -> None:
        self.nodes = function.nodes
        self.world = world
        self.env: dict[str, Any] = {}
        self.results: dict[int, Any] = {}
        self.iterators: dict[int, Any] = {}
        self.managers: dict[int, Any] = {}
        self.pending: list[BaseException] = []  # of the `finally` copies being run
        self.flying: BaseException | None = None
        self.caught: BaseException | None = None
        self.element: Any = None

    def run(self) -> list[str]:
        at = 0
        for _ in range(STEPS):
            node = self.nodes[at]
            landing = node.op in (Op.CATCH, Op.UNWIND, Op.RAISED)
            if self.flying is not None and not landing:
                self.pending.append(self.flying)
                self.flying = None
            elif self.flying is None and landing:
                self.flying = self.pending.pop()
            if node.op == Op.EXIT:
                return [*self.world.trace, "end"]
            if node.op == Op.RAISED:
                return [*self.world.trace, type(self.flying).__name__]
            try:
                at = self.step(at, node)
            except BaseException as error:
                if node.exc < 0:
                    raise AssertionError(f"node {at} has no exceptional edge for {error!r}") from error
                self.flying = error
                at = node.exc
        raise AssertionError("no end")

    def step(self, at: int, node: Node) -> int:  # noqa: C901  # a case an operation
        value = self.value
        if node.op == Op.ASSIGN:
            assert node.value is not None
            assert isinstance(node.target, Name)
            self.env[node.target.id] = value(node.value)
        elif node.op == Op.CALL:
            assert node.value is not None
            args = [value(arg.value) for arg in node.args]
            self.results[at] = value(node.value)(*args)
        elif node.op == Op.BRANCH:
            assert node.value is not None
            return node.succ[0 if value(node.value) else 1]
        elif node.op == Op.FOR:
            if at not in self.iterators:
                assert node.value is not None
                self.iterators[at] = iter(value(node.value))
            try:
                element = next(self.iterators[at])
            except StopIteration:
                del self.iterators[at]
                return node.succ[1]
            assert isinstance(node.target, Name)
            self.env[node.target.id] = element
            return node.succ[0]
        elif node.op in (Op.RETURN, Op.NOP):
            if node.value is not None:
                value(node.value)
        elif node.op == Op.RAISE:
            if node.value is None:
                assert self.caught is not None
                raise self.caught
            raise value(node.value)
        elif node.op == Op.ASSERT:
            assert node.value is not None
            if not value(node.value):
                raise AssertionError
        elif node.op == Op.WITH:
            assert node.value is not None
            self.env[f"entered {id(node.value)}"] = value(node.value).__enter__()
        elif node.op == Op.LEAVE:
            assert node.value is not None
            value(node.value).__exit__(None, None, None)
        elif node.op == Op.UNWIND:
            return self.unwind(node)
        elif node.op == Op.CATCH:
            if node.value is not None and not isinstance(self.flying, value(node.value)):
                return node.succ[1]
            self.caught, self.flying = self.flying, None
            return node.succ[0]
        self.leave_loops(at, node.succ[0])
        return node.succ[0]

    def unwind(self, node: Node) -> int:
        assert node.value is not None
        flying, self.flying = self.flying, None
        try:
            swallowed = self.value(node.value).__exit__(type(flying), flying, None)
        except BaseException as error:  # noqa: BLE001  # an `__exit__` that raises goes where the exception would have gone
            self.flying = error
            return node.succ[1]
        if swallowed:
            return node.succ[0]
        self.flying = flying
        return node.succ[1]

    def leave_loops(self, at: int, to: int) -> None:
        """A loop entered anew starts anew: only its latch leads back into a running one."""
        if self.nodes[to].op == Op.FOR and self.nodes[at].op != Op.LATCH:
            self.iterators.pop(to, None)

    def value(self, expr: Expr) -> Any:  # noqa: C901  # a case a kind
        value = self.value
        match expr:
            case Const():
                return expr.value
            case Name():
                return self.env[expr.id] if expr.id in self.env else self.world.names[expr.id]
            case Result():
                return self.results[expr.node]
            case Unary():
                return not value(expr.operand) if expr.op == "not" else -value(expr.operand)
            case Bool():
                found = None
                for operand in expr.operands:
                    found = value(operand)
                    if bool(found) != (expr.op == "and"):
                        break
                return found
            case Compare():
                return OPERATIONS[expr.op](value(expr.left), value(expr.right))
            case Binary():
                return OPERATIONS[expr.op](value(expr.left), value(expr.right))
            case IfElse():
                return value(expr.body if value(expr.test) else expr.orelse)
            case Display():
                found = []
                for element in expr.elements:
                    if isinstance(element, Starred):
                        found.extend(value(element.value))
                    else:
                        found.append(value(element))
                return {"list": list, "tuple": tuple, "set": set}[expr.kind](found)
            case Item():
                return value(expr.base)[value(expr.index)]
            case Attr():
                return getattr(value(expr.base), expr.name)
            case Text():
                return "".join(str(value(part)) for part in expr.parts)
            case Comprehension():
                return COMPREHENSION
            case Caught():
                return self.caught
            case Entered():
                return self.env[f"entered {id(expr.manager)}"]
            case Element():
                return self.element
        raise AssertionError(expr)


def run_graph(source: str, choices: list[int]) -> list[str]:
    world = World(choices)
    function = lower_source(source, "program.py").functions[1]
    try:
        return Machine(function, world).run()
    except AssertionError as error:
        raise AssertionError(f"{error}\n{world.trace}\n{source}\n{dump(function)}") from error


# ------------------------------------------------------------------------------------------------------ random programs


class Writer:
    """Writes one random program; every loop ends when the choices do."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.calls = 0
        self.kept_in = 0  # how many blocks around the statement at hand must not be left by `return`
        self.lines: list[str] = ["def main():", "    x = y = z = 0"]

    def call(self, kind: str = "c", *args: str) -> str:
        self.calls += 1
        return f"{kind}{self.calls % 60}({', '.join(args)})"

    def condition(self, depth: int) -> str:
        pick = self.random.randrange(14) if depth else self.random.randrange(2)
        inner = depth - 1
        if pick <= 1:
            return self.call("c", *self.random.sample(["x", "y", "z"], self.random.randrange(2)))
        if pick <= 3:
            return f"({self.condition(inner)} and {self.condition(inner)})"
        if pick <= 5:
            return f"({self.condition(inner)} or {self.condition(inner)})"
        if pick == 6:
            return f"(not {self.condition(inner)})"
        if pick == 7:
            return f"({self.condition(inner)} if {self.condition(inner)} else {self.condition(inner)})"
        if pick == 8:
            return f"({self.call('v')} < {self.call('v')} {self.random.choice(['<=', '!=', '=='])} {self.call('v')})"
        if pick == 9:
            # a name of its own: a tree reads a name when it is used, not where it stands
            return f"(u{self.calls} := {self.condition(inner)})"
        if pick == 10:
            return f"({self.random.choice(['x', 'y', 'z', 'True', 'None'])} and {self.condition(inner)})"
        if pick in (11, 12):  # may raise: names may hold texts and lists
            return f"({self.random.choice('xyz')} < {self.call('v')})"
        return f"({self.condition(inner)} and {self.condition(inner)} or {self.condition(inner)} and x)"

    def value(self) -> str:
        pick = self.random.randrange(7)
        if pick == 0:
            return self.call("v", self.call("v"), self.call("v", "x"))
        if pick == 3:
            return f"f'{{{self.call('v')}}} {{x}} {{{self.call('v')}}}'"
        if pick == 4:
            return f"{self.random.choice('xyz')} + {self.call('v')} % 3"
        if pick == 5:
            return f"[{self.call('v')}, x, *{self.call('r')}]"
        return self.condition(2)

    def comprehension(self) -> str:
        if self.random.random() < 0.5:
            return f"[{self.call('c', 'a')} for a in {self.call('r')} if {self.condition(1)}]"
        first, second = self.call("r"), self.call("r", "a")
        return f"{{{self.call('v', 'a', 'b')}: b for a in {first} for b in {second} if {self.condition(1)}}}"

    def line(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def block(self, indent: int, depth: int, loop: bool, handler: bool = False, final: int = 0) -> None:
        first = len(self.lines)
        for _ in range(self.random.randint(1, 3)):
            self.statement(indent, depth, loop, final)
        # the machine remembers but the last exception caught
        if handler and self.random.random() < 0.25 and not any("except" in line for line in self.lines[first:]):
            self.line(indent, "raise")

    def statement(self, indent: int, depth: int, loop: bool, final: int) -> None:
        pick = self.random.randrange(20)
        if depth == 0 or pick < 7:
            self.simple(indent, loop)
        elif pick < 10:
            self.branch(indent, depth, loop, final)
        elif pick == 10:
            self.line(indent, f"while {self.condition(1)}:")
            self.block(indent + 1, depth - 1, True, final=final)
            self.orelse(indent, depth, loop, final)
        elif pick == 11:
            self.line(indent, f"for {self.random.choice('xyz')} in {self.call('r')}:")
            self.block(indent + 1, depth - 1, True, final=final)
            self.orelse(indent, depth, loop, final)
        elif pick == 12:
            self.line(indent, "while True:")
            self.line(indent + 1, f"if {self.call()}: break")
            self.block(indent + 1, depth - 1, True, final=final)
        elif pick == 13:
            self.with_(indent, depth, loop, final)
        elif pick == 14:
            self.match(indent, depth, loop, final)
        else:
            self.try_(indent, depth, loop, final)

    def orelse(self, indent: int, depth: int, loop: bool, final: int) -> None:
        if self.random.random() < 0.3:
            self.line(indent, "else:")
            self.block(indent + 1, depth - 1, loop, final=final)

    def branch(self, indent: int, depth: int, loop: bool, final: int) -> None:
        self.line(indent, f"if {self.condition(2)}:")
        self.block(indent + 1, depth - 1, loop, final=final)
        while self.random.random() < 0.3:
            self.line(indent, f"elif {self.condition(1)}:")
            self.block(indent + 1, depth - 1, loop, final=final)
        self.orelse(indent, depth, loop, final)

    def with_(self, indent: int, depth: int, loop: bool, final: int) -> None:
        items = [self.call("m") + self.random.choice(["", " as x", " as y"]) for _ in range(self.random.randint(1, 2))]
        self.line(indent, f"with {', '.join(items)}:")
        # the graph does not show when a manager is left by a jump
        self.kept_in += 1
        self.block(indent + 1, depth - 1, False, final=final + 10)
        self.kept_in -= 1

    def match(self, indent: int, depth: int, loop: bool, final: int) -> None:
        self.line(indent, f"match {self.call('v')}:")
        patterns = ["0", "1 | 2", "y", "True | None", "int(z)", "(3 | 1) as x"]
        for pattern in self.random.sample(patterns[:2] + patterns[4:], 2):
            guard = f" if {self.condition(1)}" if self.random.random() < 0.5 else ""
            self.line(indent + 1, f"case {pattern}{guard}:")
            self.block(indent + 2, depth - 1, loop, final=final)
        if self.random.random() < 0.5:
            self.line(indent + 1, f"case {self.random.choice(['y', '_'])}:")
            self.block(indent + 2, depth - 1, loop, final=final)

    def try_(self, indent: int, depth: int, loop: bool, final: int) -> None:
        self.line(indent, "try:")
        self.block(indent + 1, depth - 1, loop, final=final)
        kinds = self.random.choice([[], ["E1"], ["E1", "E2"], ["(E1, E2)"], ["Exception"], ["E2", ""], ["TypeError"]])
        if loop or final % 10 >= 2:
            kinds = [kind or "Exception" for kind in kinds]  # `except:` would swallow Stop and loop for ever
        for kind in kinds:
            self.line(
                indent, f"except {kind}{' as e' if kind and self.random.random() < 0.3 else ''}:".replace(" :", ":")
            )
            self.block(indent + 1, depth - 1, loop, handler=True, final=final)
        if kinds and self.random.random() < 0.3:
            self.line(indent, "else:")
            self.block(indent + 1, depth - 1, loop, final=final)
        if final % 10 < 2 and (not kinds or self.random.random() < 0.4):
            self.line(indent, "finally:")
            if final % 10 == 1:  # the machine would not notice that two are left at once
                self.line(indent + 1, self.call("n", "x", "y", "z"))
            else:
                self.block(indent + 1, depth - 1, loop, final=final + 1)
        elif not kinds:
            self.line(indent, "except E2: pass")

    def simple(self, indent: int, loop: bool) -> None:
        pick = self.random.randrange(14)
        jump = self.lines[-1].rstrip().endswith(":") or self.random.random() < 0.4
        if pick == 0 and jump and not self.kept_in:
            self.line(indent, f"return {self.value()}")
        elif pick == 1 and jump:
            self.line(indent, f"raise {self.random.choice(['E1', 'E2'])}")
        elif pick in (2, 3) and loop:
            self.line(indent, self.random.choice(["break", "continue"]))
        elif pick == 4:
            self.line(indent, f"assert {self.condition(1)}, {self.call('n', 'x')}")
        elif pick == 5:
            self.line(indent, f"x, y = {self.call('v')}, x")
        elif pick == 6:
            self.line(indent, f"x, (y, z) = y, (z, {self.call('v', 'x', 'y', 'z')})")
        elif pick == 7:
            self.line(
                indent, f"y += {self.call('v', 'y')}" if self.random.random() < 0.5 else f"x = y = {self.call('v')}"
            )
        elif pick == 8:
            # its value is not known to the machine, so nobody reads it
            self.line(indent, f"w = {self.call()} and {self.comprehension()}")
        elif pick < 11:
            self.line(indent, f"{self.random.choice('xyz')} = {self.value()}")
        else:
            self.line(indent, self.condition(2))

    def program(self) -> str:
        self.block(1, 3, False)
        self.line(1, self.call("c", "x", "y", "z"))
        return "\n".join(self.lines) + "\n"


def choices(seed: int) -> list[int]:
    chooser = random.Random(seed)
    return [chooser.choices([0, 1, 2, 3, 8, 9], [5, 5, 2, 2, 1, 1])[0] for _ in range(chooser.randint(1, 30))]


def check(seed: int) -> None:
    source = Writer(seed).program()
    function = lower_source(source, "program.py").functions[1]
    for run in range(RUNS):
        picked = choices(seed * 1000 + run)
        world = World(picked)
        try:
            found = Machine(function, world).run()
        except (AssertionError, TypeError, KeyError, NameError) as error:
            pytest.fail(f"{error!r}\n{picked}\n{world.trace}\n{source}\n{dump(function)}")
        expected = run_python(source, picked)
        assert found == expected, f"{picked}\n{source}\n{dump(function)}"


@pytest.mark.parametrize("part", range(8))
def test_python_and_the_graph_agree(part: int) -> None:
    for seed in range(part, PROGRAMS, 8):
        check(seed)
