"""What calling a project function establishes: facts on each way to return, and the value returned there.

Functional summaries (Sharir, Pnueli 1981), computed on demand, to a fixed point inside strongly connected components:
a function under way counts as never returning until shown otherwise.  Must not know callers.
"""

from __future__ import annotations

import builtins
from dataclasses import replace

from fr_lint.flow.asking import Asking
from fr_lint.flow.bodies import is_stub
from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    PRESUMED,
    QUERY,
    TERMS,
    TEST,
    Atom,
    Chosen,
    Cond,
    Fact,
    Facts,
    Known,
    Pair,
    State,
    Switch,
    Val,
    chosen,
)
from fr_lint.flow.frames import Argument, Frame, Symbol
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.solver import Solver
from fr_lint.flow.states import RAISED, Run
from fr_lint.flow.subjects import Subjects, spell
from fr_lint.ir.model import Const, Display, Mapping, Name, Op, Result, Text

Exits = list[tuple[Facts, Val | None]]
MAX_NODES = 4000
MAX_ROUNDS = 6
MAX_RUNS = 4000
MAX_EXITS = 16


class Summaries:
    """Summaries of project functions, memoised."""

    def __init__(self, solver: Solver, asking: Asking) -> None:
        self.solver = solver
        self.asking = asking
        self.evaluator = asking.evaluator
        self.subjects = asking.subjects
        solver.summaries = self
        asking.summaries = self
        self._done: dict[Func, Exits | None] = {}
        self._runs: dict[Func, Run] = {}
        self._active: list[Func] = []
        self._provisional: dict[Func, Exits | None] = {}
        self._low = 1 << 30
        self._count = 0
        self._refusals: dict[Func, frozenset[str] | None] = {}

    # ------------------------------------------------------------------------------------------------------- computing

    def exits(self, func: Func) -> Exits | None:
        """Facts and value at each normal return; ``None``: nothing worth saying."""
        if func in self._done:
            return self._done[func]
        if func in self._provisional:
            self._low = min(self._low, self._active.index(func))
            return self._provisional[func]
        self._count += 1
        if (
            len(func.nodes) > MAX_NODES
            or self._count > MAX_RUNS
            or len(self._active) > 24
            or func.ir.kind in ("module", "class")
        ):
            return None
        outer_low, self._low = self._low, 1 << 30
        depth = len(self._active)
        self._active.append(func)
        self._provisional[func] = []
        found: Exits | None = []
        for _ in range(MAX_ROUNDS):
            self._low = 1 << 30
            run = self.solver.run(func, {NONE: {}}, symbolic=True)
            found = self._simplify(run)
            if self._low > depth or found == self._provisional[func]:
                break
            self._provisional[func] = found
        else:
            found = None
        self._active.pop()
        del self._provisional[func]
        if self._low >= depth:
            self._done[func] = found
            self._low = outer_low
        else:
            self._low = min(self._low, outer_low)
        return found

    def _simplify(self, run: Run) -> Exits | None:
        found: Exits = []
        for facts, value in self._answers(run):
            if isinstance(value, Known) and not isinstance(value.value, (bool, type(None), str)):
                value = None
            pair = (facts, value)
            if pair not in found:
                found.append(pair)
        if len(found) > MAX_EXITS:
            return None
        if found and all(not facts for facts, _ in found):
            if all(value is None for _, value in found):
                return None
            values = {value for _, value in found}
            if len(values) > 1 and all(isinstance(value, Known) or value is None for value in values):
                return None
            if values == {Known(None)}:
                return None
        return found

    @staticmethod
    def _answers(run: Run) -> Exits:
        """The outcomes; where nothing is the answer of some paths, whatever is written out for others is something."""
        outcomes = run.outcomes()
        nothing = {facts for facts, value in outcomes if value == Known(None)}
        if not nothing or all(facts in nothing for facts, _ in outcomes):
            return outcomes
        found: Exits = []
        for number, pairs in run.exits.items():
            node = run.func.nodes[number]
            answer = node.value
            called = isinstance(answer, Result) and run.func.nodes[answer.node].op == Op.CALL
            listed = (isinstance(answer, Display) and answer.elements) or (
                isinstance(answer, Mapping) and answer.entries
            )
            something = Cond(NONE, None) if called or listed or isinstance(answer, Text) else None
            found.extend((f, something if value is None or isinstance(value, Pair) else value) for f, value in pairs)
        return list(dict.fromkeys(found))

    def never_returns(self, func: Func) -> bool:
        """Whether no path returns normally (and the function is not under way)."""
        if func in self._provisional or func.ir.is_generator or is_stub(func):
            return False
        found = self.exits(func)
        return found is not None and not found and func in self._done

    def true_return(self, func: Func) -> tuple[str, int, int, str] | None:
        """Where a function returns the literal ``True``."""
        for node in func.nodes:
            if node.op == Op.RETURN and isinstance(node.value, Const) and node.value.value is True:
                return (func.unit.path, node.line, node.col, f"the literal that {func.qualname}() returns")
        return None

    def refusals(self, func: Func) -> frozenset[str] | None:
        """The exception classes that a function raises by its own ``raise`` statements; ``None``: cannot tell."""
        if func in self._refusals:
            return self._refusals[func]
        self._refusals[func] = None
        kinds: set[str] = set()
        for number, node in enumerate(func.nodes):
            if node.op == Op.RAISE:
                expr = node.value
                if isinstance(expr, Result):
                    expr = func.nodes[expr.node].value
                name = last_name(expr)
                kinds.add(name if name[:1].isupper() else "*")
            elif node.op == Op.CALL:
                never = self.solver.never_returns(func, number)
                if never:
                    kinds.add(never)
                elif self._may_fail_first(func, number):
                    self._refusals[func] = None
                    return None
        self._refusals[func] = frozenset(kinds) or None
        return self._refusals[func]

    def _may_fail_first(self, func: Func, number: int) -> bool:
        """A call of another function, whose own exceptions cannot be told apart from a refusal."""
        node = func.nodes[number]
        if node.exc < 0 or func.nodes[node.exc].op != Op.RAISED or not isinstance(node.value, Name):
            return False
        name = node.value.id
        if name[:1].isupper() or hasattr(builtins, name):
            return False
        return not self.asking.visible(func, number) or self.refusals(self.asking.visible(func, number)[0][0]) is None

    def apply(self, target: Func, arguments: dict[str, Argument], frame: Frame) -> Exits | None:
        """A callee's exits in the words of one call."""
        exits = self.exits(target)
        if exits is None:
            return None
        return self._translate_all(exits, target, arguments, frame)

    def apply_at_yield(self, target: Func, arguments: dict[str, Argument], frame: Frame) -> list[Facts] | None:
        """What holds where a generator context manager yields."""
        return self.apply_at(
            target, [n for n, node in enumerate(target.nodes) if node.op == Op.YIELD], arguments, frame
        )

    def apply_at(
        self, target: Func, nodes: list[int], arguments: dict[str, Argument], frame: Frame
    ) -> list[Facts] | None:
        """What holds at certain nodes of a function, in the words of one call."""
        run = self.solver.run(target, {NONE: {}}, symbolic=True)
        pairs: Exits = [(facts, None) for n in nodes for facts in (run.states[n] or {})]
        if not pairs:
            return None
        return [facts for facts, _ in self._translate_all(pairs, target, arguments, frame)]

    def _translate_all(self, exits: Exits, target: Func, arguments: dict[str, Argument], frame: Frame) -> Exits:
        found: Exits = []
        for facts, value in exits:
            translated = self._facts(facts, target, arguments, frame)
            if translated is None:
                continue
            pair = (translated, self._value(value, target, arguments, frame))
            if pair not in found:
                found.append(pair)
        return found

    def _facts(self, facts: Facts, target: Func, arguments: dict[str, Argument], frame: Frame) -> Facts | None:
        found: set[Atom] = set()
        for atom in facts:
            if atom.kind == TEST and isinstance(atom.extra, Symbol):
                judged = self.asking.judge(atom.extra, arguments, frame)
                if judged is None:
                    return None
                found |= judged
            elif atom.kind == PRESUMED:
                found.add(atom)
            elif atom.kind in (CONSENT, TERMS):
                found.add(Atom(atom.kind, self._subject(atom.subject, target, arguments)))
            elif atom.kind == QUERY:
                subject = self._subject(atom.subject, target, arguments)
                if subject:
                    found.add(Atom(QUERY, subject, atom.extra))
        return frozenset(found)

    def _subject(self, subject: str, target: Func, arguments: dict[str, Argument]) -> str:
        if not subject:
            return ""
        root = Subjects.root(subject)
        if root.startswith(("self.", "cls.")):
            argument = arguments.get("self")
            owner = spell(argument.expr) if argument is not None and argument.expr is not None else ""
            return self.subjects.normal(owner + subject[4:]) if owner else ""
        candidates = [root] if root in arguments else [n for n in self.subjects.origins(root, target) if n in arguments]
        for name in candidates:
            argument = arguments[name]
            whole = spell(argument.expr) + subject[len(root) :] if name == root and spell(argument.expr) else ""
            if whole and self.subjects.persons.names_one(subject):
                return self.subjects.normal(whole)
            found = self.subjects.of(argument.expr, argument.func)
            if found:
                return found
        return ""

    def _value(self, value: Val | None, target: Func, arguments: dict[str, Argument], frame: Frame) -> Val | None:
        if isinstance(value, Fact):
            facts = self._facts(value.atoms, target, arguments, frame)
            return replace(value, atoms=facts, origin=-1) if facts else None
        if isinstance(value, Cond):
            true = None if value.true is None else self._facts(value.true, target, arguments, frame)
            false = None if value.false is None else self._facts(value.false, target, arguments, frame)
            return Cond(true, false) if (true, false) != (NONE, NONE) else None
        if isinstance(value, Switch):
            cases = []
            for known, atoms in value.cases:
                facts = self._facts(atoms, target, arguments, frame)
                if facts is not None:
                    cases.append((known, facts))
            return Switch(tuple(cases))
        if isinstance(value, Pair):
            return Pair(tuple(self._value(part, target, arguments, frame) for part in value.parts))
        if isinstance(value, Chosen):
            place = chosen(value)
            atom = Atom(CONSENT) if place is None else Atom(PRESUMED, "", place)
            return Chosen(Cond(value.cond.true and frozenset((atom,)), NONE))
        return value


__all__ = ["RAISED", "State", "Summaries"]
