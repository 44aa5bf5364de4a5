"""The functions that a policy names: where they are, what they reach, and whether they get anywhere without a face.

A dotted name is looked for as a function, a class or a module of the project, also under the name by which another
module re-exports it.  Must not know what a declaration is for, nor how an answer is phrased.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.grants import grants
from fr_lint.flow.access.granting import Granting
from fr_lint.flow.bodies import is_stub
from fr_lint.flow.endings import says_wrong
from fr_lint.flow.faces import FaceCall
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.values import ClassV, FuncV, ModV, Obj, Value
from fr_lint.ir.model import Attr, Const, Expr, Name, Node, Op
from fr_lint.policy.names import is_path

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine

MAX_REACHED: Final = 400  # functions that are looked at from one declared function
QUIET: Final = frozenset(
    "print sleep debug info warning warn error exception critical log format str int float len range sorted list dict "
    "set tuple getattr isinstance get time now today perf_counter monotonic join strip lower upper split flash".split()
)  # calls that let nobody in


class Declared:
    """Declared functions over one program, memoised."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._found: dict[str, tuple[Func, ...] | None] = {}
        self._reached: dict[Func, tuple[Func, ...]] = {}
        self._needs: dict[Func, FaceCall | None] = {}

    # --------------------------------------------------------------------------------------------------------- finding

    def functions(self, name: str) -> tuple[Func, ...] | None:
        """The functions that a declaration means; empty if it exists without a visible body; ``None`` if it does not.

        A class stands for its methods, a module (also by its path) for all that is in it.
        """
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> tuple[Func, ...] | None:
        program = self.engine.program
        if is_path(name):
            path = name.replace("\\", "/").removeprefix("./")
            unit = program.unit(path) if path in self.engine.sources.paths() else None
            return tuple(unit.functions) if unit is not None else None
        parts = name.split(".")
        for split in range(len(parts), 0, -1):
            module = self._modules.get(".".join(parts[:split]))
            unit = program.unit(module) if module is not None else None
            if unit is None:
                continue
            if split == len(parts):
                return tuple(unit.functions)
            found = self._inside(unit, parts[split:])
            if found is not None:
                return found
        return self._anywhere(name, parts[-1])

    @cached_property
    def _modules(self) -> dict[str, str]:
        """Every dotted name of a module -> its file; of several the first."""
        found: dict[str, str] = {}
        for path in self.engine.sources.paths():
            for name in self.engine.sources.module_names(path):
                found.setdefault(name, path)
        return found

    def _inside(self, unit: Unit, parts: list[str]) -> tuple[Func, ...] | None:
        whole = ".".join(parts)
        direct = self._named(unit, whole)
        if direct:
            return direct
        values: list[Value] = list(self.engine.resolver.member(unit.path, parts[0]))
        exists = bool(values) or parts[0] in unit.globals
        for part in parts[1:]:
            values = [found for value in values for found in self._attribute(value, part)]
            exists = bool(values)
        functions = tuple(dict.fromkeys(func for value in values for func in self._bodies(value)))
        return functions if functions or exists else None

    @staticmethod
    def _named(unit: Unit, qualname: str) -> tuple[Func, ...]:
        """Functions of this very name, and the methods of a class of this name."""
        inside = qualname + "."
        return tuple(
            func
            for func in unit.functions
            if func.ir.kind != "module" and (func.qualname == qualname or func.qualname.startswith(inside))
        )

    def _attribute(self, value: Value, name: str) -> Iterator[Value]:
        if isinstance(value, ModV):
            yield from self.engine.resolver.member(value.path, name)
        elif isinstance(value, ClassV):
            yield from self.engine.resolver.class_attribute(value.cls, name, None)
        elif isinstance(value, Obj):
            yield from self.engine.resolver.class_attribute(value.cls, name, value)

    def _bodies(self, value: Value) -> Iterator[Func]:
        if isinstance(value, FuncV):
            yield value.func
        elif isinstance(value, (ClassV, Obj)):
            yield from value.cls.methods.values()
        elif isinstance(value, ModV):
            unit = self.engine.program.unit(value.path)
            yield from unit.functions if unit is not None else ()

    def _anywhere(self, name: str, last: str) -> tuple[Func, ...] | None:
        """A name without its module: any function whose own name ends like that."""
        for path in self.engine.sources.with_word(last):
            unit = self.engine.program.unit(path)
            found = self._named(unit, name) if unit is not None else ()
            if found:
                return found
        return None

    # -------------------------------------------------------------------------------------------------------- reaching

    def reached(self, func: Func) -> tuple[Func, ...]:
        """The function, whatever it calls or hands away, whatever these call, and so on; nearest first."""
        if func not in self._reached:
            found: dict[Func, None] = {func: None}
            queue = [func]
            while queue and len(found) < MAX_REACHED:
                at = queue.pop(0)
                for number, node in enumerate(at.nodes):
                    for target in self._called(at, number, node):
                        if target not in found:
                            found[target] = None
                            queue.append(target)
            self._reached[func] = tuple(found)
        return self._reached[func]

    def _called(self, func: Func, number: int, node: Node) -> Iterator[Func]:
        if node.op != Op.CALL:
            return
        yield from (target for target, _ in self.engine.graph.targets(func, number))
        for arg in node.args:
            if isinstance(arg.value, (Name, Attr)):
                for value in self.engine.resolver.values(arg.value, func, number):
                    if isinstance(value, FuncV):
                        yield value.func

    @staticmethod
    def is_empty(functions: tuple[Func, ...]) -> bool:
        """Is there nothing in any of them?"""
        return all(is_stub(func) for func in functions)

    def leads_nowhere(self, functions: tuple[Func, ...]) -> bool:
        """Does each of them only say something, raise, or return what is false?"""
        return not any(self._gets_around(func, ()) for func in functions if not is_stub(func))

    def is_offered(self, functions: tuple[Func, ...], beside: Func) -> bool:
        """Does something reach one of them, or are they as open to somebody outside of the project as ``beside`` is?"""
        live = self.engine.liveness
        if any(live.is_live(func) for func in functions):
            return True
        public = [func for func in functions if not func.name.startswith("_") and not live.callers(func)]
        return bool(public) and not live.is_live(beside)

    # ------------------------------------------------------------------------------------------------ without the face

    def needs_face(self, functions: tuple[Func, ...]) -> FaceCall | None:
        """The face call without which none of the functions gets anywhere."""
        found = [self._needed(func) for func in functions if not is_stub(func)]
        return found[0] if found and all(found) else None

    def _needed(self, func: Func) -> FaceCall | None:
        if func not in self._needs:
            self._needs[func] = None  # while it is under way: a function that calls itself
            self._needs[func] = self._first_needed(func)
        return self._needs[func]

    def _first_needed(self, func: Func) -> FaceCall | None:
        calls = {
            c.node: c for c in self.engine.face_calls.of(func) if c.api.duty and not self.engine.hiding.is_measure(c)
        }
        for number, node in enumerate(func.nodes):
            if node.op == Op.CALL and number not in calls:
                needed = [self._needed(target) for target, _ in self.engine.graph.targets(func, number)]
                if needed and all(needed):
                    calls[number] = needed[0]  # type: ignore[assignment]
        if not calls or self._gets_around(func, calls.keys()):
            return None
        return calls[min(calls)]

    def _gets_around(self, func: Func, faces: Collection[int]) -> bool:
        """Does a path end well without passing any of these nodes?

        Where something in the function lets people in, that is the good end.  Else it is a true value that is returned,
        or, where no face is looked at, having done something.
        """
        grants = self._grants(func)
        seen: set[tuple[int, bool]] = set()
        stack = [(0, False)]
        while stack:
            number, done = stack.pop()
            if number in faces or (number, done) in seen:
                continue
            seen.add((number, done))
            node = func.nodes[number]
            if number in grants:
                return True
            if node.op == Op.RETURN and node.value is not None:
                if not grants and not self._is_refusal(node.value, func):
                    return True
                continue
            if node.op == Op.EXIT and done and not faces and not grants:
                return True
            if node.op == Op.CALL and last_name(node.value) not in QUIET:
                done = True
            stack.extend((successor, done) for successor in node.succ)
            if node.exc >= 0:
                stack.append((node.exc, done))
        return False

    @staticmethod
    def _is_refusal(value: Expr, func: Func) -> bool:
        """A false value, a text that turns somebody away, an answer that speaks of an error."""
        if isinstance(value, Const):
            return not value.value or (isinstance(value.value, str) and grants().refuses(value.value))
        return says_wrong(value, func)

    def _grants(self, func: Func) -> set[int]:
        """The nodes of a function at which somebody is let in, here or in what is called."""
        found = {number for number, grant in self._granting.of(func).items() if not grant.success}
        for number, node in enumerate(func.nodes):
            if node.op == Op.CALL and number not in found:
                for target, _ in self.engine.graph.targets(func, number):
                    if any(
                        not grant.success for each in self.reached(target) for grant in self._granting.of(each).values()
                    ):
                        found.add(number)
        return found

    @cached_property
    def _granting(self) -> Granting:
        policy, named = self.engine.policy, self.engine.named
        return Granting(self.engine.graph, grants(), lambda func, node: named.is_called(policy.grants, func, node))
