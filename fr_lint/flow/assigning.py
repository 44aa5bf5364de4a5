"""What assignments do to a path state: what they kill, and what the new value says.

Must not know edges, calls or loops.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.flow.facts import (
    CONSENT,
    MAX_ENV,
    NONE,
    NOTHING,
    QUERY,
    Atom,
    Chosen,
    Cond,
    Either,
    Env,
    Fact,
    Facts,
    Known,
    State,
    Val,
    chosen,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.joined import join_state
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.states import re_root
from fr_lint.flow.subjects import Subjects, spell
from fr_lint.ir.model import Attr, Bool, Compare, Const, Expr, IfElse, Item, Name, Node, Op, Result, Unary
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.solver import Solver


class Assigning:
    """Assignments to names, attributes and items."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.evaluator = solver.evaluator
        self.asking = solver.asking
        self.vocabulary = solver.vocabulary

    def kill(self, facts: Facts, names: set[str], keep: frozenset[str]) -> Facts:
        """Facts that survive the rebinding of names (unless the new value is computed from the old)."""
        gone = names - keep
        if not gone:
            return facts
        return frozenset(a for a in facts if not a.subject or Subjects.root(a.subject) not in gone)

    def _kept(self, func: Func, number: int, facts: Facts, names: set[str]) -> Facts:
        """The consent of ``alice`` that was asked as ``person``'s stays hers when ``person`` is somebody else."""
        found = set(facts)
        for atom in facts:
            root = Subjects.root(atom.subject)
            if atom.kind != CONSENT or root not in names or atom.extra is not None:
                continue
            definitions, _ = self.solver.resolver.reaching(root, func, number)
            made = func.nodes[definitions[0]] if len(definitions) == 1 else None
            if made is None or made.op != Op.ASSIGN or not isinstance(made.target, Name):
                continue
            if isinstance(made.value, Name) and made.value.id not in func.defs and made.value.id not in names:
                found.add(Atom(CONSENT, made.value.id + atom.subject[len(root) :], frozenset((root,))))
        return frozenset(found)

    def forget(self, func: Func, env: Env, names: set[str]) -> Env:
        """What is known of other variables after the rebinding of names."""
        reads = self.solver.tested(func).reads
        fresh: Env = {}
        for spelled, value in env.items():
            if spelled[0] == "?":
                if names & reads.get(spelled[1:], frozenset()):
                    continue
            elif spelled[0] == "&":
                name, _, condition = spelled[1:].partition(" ")
                if name in names or names & reads.get(condition[1:], frozenset()):
                    continue
            elif spelled in names or (spelled[0] not in "#!@" and re_root(spelled) in names):
                continue
            fresh[spelled] = value
        return fresh

    def assign(self, func: Func, number: int, node: Node, facts: Facts, env: Env, symbolic: bool, out: State) -> None:
        """The states after an assignment, joined into ``out``."""
        target = node.target
        frame = Frame(func, number, env, None, 0, symbolic)
        value = self.evaluator.value(node.value, frame)
        if value is None and symbolic and isinstance(target, Name) and isinstance(node.value, (Unary, Bool, Compare)):
            value = self.evaluator.test(node.value, None, frame)  # a condition over parameters, by a name
        if value is None and isinstance(target, Name) and isinstance(node.value, Name):
            value = self._settled(node.value, env)
        if isinstance(target, (Attr, Item)):
            join_state(out, {facts: self._store(func, number, node, target, value, facts, env)})
            return
        names = set(target_names(target))
        related = frozenset(self.mentioned(node.value, func))
        facts = self._kept(func, number, facts, names - related)
        fresh = self.forget(func, env, names)
        cases = self.solver.cases(node.value, frame) if isinstance(target, Name) else None
        if cases is not None and isinstance(target, Name):
            for more, truth in cases:
                join_state(out, {self.kill(facts, names, related) | more: {**fresh, target.id: Known(truth)}})
            return
        if isinstance(target, Name):
            value = self._named(func, number, node, target.id, value, facts, env, related)
            useful = value is not None and (not isinstance(value, Known) or target.id in self.solver.tested(func).names)
            if value is not None and useful:
                if len(fresh) > MAX_ENV:
                    fresh.pop(next(iter(fresh)))
                fresh[target.id] = value
            if isinstance(node.value, IfElse):
                self._either(func, target.id, node.value, frame, fresh)
        after = self.kill(facts, names, related)
        derived = {a.extra for a in facts if a.kind == QUERY and a.subject in related}
        if isinstance(value, Chosen):
            derived.add(chosen(value))
        if derived:
            after = after | {Atom(QUERY, name, extra) for name in names for extra in derived}
        join_state(out, {after: fresh})

    def _either(self, func: Func, name: str, made: IfElse, frame: Frame, fresh: Env) -> None:
        """``ok = user.consent if strict else True``: what the variable is where the condition holds, and where not."""
        tested = self.solver.tested(func)
        asked, same = tested.asked(made.test)
        spelled = tested.key(asked)
        if not spelled or spelled not in tested.reads or name in tested.reads[spelled]:
            return
        sides = (self.evaluator.value(made.body, frame), self.evaluator.value(made.orelse, frame))
        if all(side is None or isinstance(side, (Fact, Known)) for side in sides) and any(sides):
            fresh[f"&{name} ?{spelled}"] = Either(*(sides if same else sides[::-1]))

    def _settled(self, copied: Name, env: Env) -> Val | None:
        """What an earlier test of a name, on this path, says of a copy of it."""
        known = env.get("?" + copied.id)
        if not isinstance(known, Known):
            return None
        return Cond(NONE, None) if known.value else Cond(None, NONE)

    def mentioned(self, expr: Expr | None, func: Func, depth: int = 0) -> set[str]:
        """All names that an expression reads, through the calls in it."""
        found: set[str] = set()
        for at in walk(expr):
            if isinstance(at, Name):
                found.add(at.id)
            elif isinstance(at, Attr) and spell(at).startswith("self."):
                found.add(spell(at))
            elif isinstance(at, Result) and depth < 8:
                call = func.nodes[at.node]
                if call.op == Op.CALL:
                    found |= self.mentioned(call.value, func, depth + 1)
                    for arg in call.args:
                        found |= self.mentioned(arg.value, func, depth + 1)
        return found

    def _named(
        self,
        func: Func,
        number: int,
        node: Node,
        name: str,
        value: Val | None,
        facts: Facts,
        env: Env,
        related: frozenset[str],
    ) -> Val | None:
        """A variable named after consent: a literal presumes, a first unknown value is believed, a second is not."""
        reading = self.vocabulary.read(name.partition("@")[0])
        if reading is None:
            return replace(value, origin=number) if isinstance(value, Fact) else value
        if isinstance(value, Known):
            literal = value.value
            if (
                reading.kind == READ_CONSENT
                and isinstance(node.value, Const)
                and self.asking.is_true(node.value) != reading.negative
            ):
                if not reading.negative or literal is False:
                    if any(a.kind == CONSENT for a in facts):
                        return value
                    return self.evaluator.presumptions.here(func, number, "an assignment")
            return value
        if value is not None:
            return replace(value, origin=number) if isinstance(value, Fact) else value
        prior = env.get(name)
        is_param = any(p.name == name for p in func.ir.params)
        if name not in related and (is_param or (isinstance(prior, Fact) and prior.origin != number)):
            return NOTHING
        if self._is_other(node.value, func):
            return NOTHING
        fact = self.evaluator.reading(reading, "")
        assert fact is not None
        return replace(fact, origin=number)

    def _is_other(self, expr: Expr | None, func: Func) -> bool:
        """Whether an expression says by its own words that it is something else than consent (a login, a switch)."""
        from fr_lint.catalogue.vocabulary import split

        while isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            call = func.nodes[expr.node]
            name = last_name(call.value)
            if self.vocabulary.not_consent.found(split(name), name):
                return True
            if call.args and last_name(call.value) in ("bool", "str", "get", "getattr"):
                expr = call.args[-1].value if name == "getattr" else call.args[0].value
                continue
            break
        spelled: object = (
            expr.index.value if isinstance(expr, Item) and isinstance(expr.index, Const) else last_name(expr)
        )
        if isinstance(expr, Const):
            spelled = expr.value
        return isinstance(spelled, str) and self.vocabulary.not_consent.found(split(spelled), spelled)

    def _store(
        self, func: Func, number: int, node: Node, target: Attr | Item, value: Val | None, facts: Facts, env: Env
    ) -> Env:
        """``obj.consent = value``, ``session["consent"] = value``."""
        fresh = dict(env)
        if isinstance(target, Attr):
            spelled, name = spell(target), target.name
        elif isinstance(target.index, Const) and isinstance(target.index.value, str):
            spelled, name = f"{spell(target.base)}[{target.index.value}]", target.index.value
        else:
            if spell(target.base):
                fresh[spell(target.base)] = Cond(NONE, None)
            return fresh
        if isinstance(target, Item) and spell(target.base):
            fresh[spell(target.base)] = Cond(NONE, None)  # not empty any more
        for other in list(fresh):
            if other == spelled or other.startswith(spelled + ".") or (other[0] in "?&" and spelled in other):
                del fresh[other]
        reading = self.vocabulary.read(name)
        if isinstance(value, Known):
            if (
                reading is not None
                and not reading.negative
                and self.asking.is_true(node.value)
                and not any(a.kind == CONSENT for a in facts)
            ):
                fresh[spelled] = self.evaluator.presumptions.here(func, number, "an assignment")
            elif reading is not None or spelled in self.solver.tested(func).names:
                fresh[spelled] = value
        elif value is not None:
            fresh[spelled] = value
        return fresh
