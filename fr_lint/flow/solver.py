"""The path-sensitive solver: which facts hold on which paths to each node of one function.

A worklist over the control-flow graph with the disjunctive domain of :mod:`fr_lint.flow.facts`.  Conditions are edges:
what a test says is added to the paths that pass it, and paths that contradict what is known are pruned (a flag, a
literal, the same unchanged condition tested twice).  Assignments kill what was known of the name and of its owner.
Exceptional edges carry the state before the node.  Must not know the project's call graph beyond its summaries.
"""

from __future__ import annotations

import builtins
import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.flow.evaluate import Evaluator, Frame
from fr_lint.flow.facts import (
    CONSENT,
    MAX_ENV,
    NONE,
    NOTHING,
    QUERY,
    TERMS,
    Atom,
    Chosen,
    Cond,
    Env,
    Fact,
    Facts,
    Known,
    Nothing,
    Presumed,
    State,
    Val,
    join_state,
    outcome,
)
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.resolve import dotted_name, last_name
from fr_lint.flow.subjects import Subjects, spell
from fr_lint.flow.values import ClassV, Ext, Inst, Obj
from fr_lint.ir.keys import key
from fr_lint.ir.model import Attr, Bool, Const, Display, Expr, Item, Name, Node, Op, Result
from fr_lint.ir.walk import names_in, walk

if TYPE_CHECKING:
    from fr_lint.flow.summaries import Summaries

RAISED = "!exc"
FILLING = frozenset({"append", "add", "insert", "add_error", "appendleft"})
RETURNED = "@ret"
READING = "?"  # what reading an attribute or an item may raise
READ_ERRORS = frozenset({"AttributeError", "KeyError", "IndexError", "LookupError", "TypeError", "NameError", "UnboundLocalError", "ZeroDivisionError", "ArithmeticError"})  # fmt: skip  # noqa: E501
READS = frozenset({Op.BRANCH, Op.ASSIGN, Op.RETURN})
Edges = list[tuple[int, State]]


@dataclass(slots=True)
class Run:
    """The result of solving one function."""

    func: Func
    states: list[State | None]
    exits: dict[int, list[tuple[Facts, Val | None]]] = field(default_factory=dict)
    steps: int = 0

    def outcomes(self) -> list[tuple[Facts, Val | None]]:
        """Facts and value at every normal end, without duplicates."""
        return list(dict.fromkeys(pair for pairs in self.exits.values() for pair in pairs))


class Tested:
    """Which conditions and names of a function are worth remembering (found once per function)."""

    __slots__ = ("counts", "names", "reads")

    def __init__(self, func: Func) -> None:
        self.counts: Counter[str] = Counter()
        self.reads: dict[str, frozenset[str]] = {}
        names: set[str] = set()
        for node in func.nodes:
            if node.op == Op.BRANCH and node.value is not None:
                spelled = self.key(node.value)
                if spelled:
                    self.counts[spelled] += 1
                    if spelled not in self.reads:
                        self.reads[spelled] = frozenset(names_in(node.value))
                names |= names_in(node.value)
                for at in walk(node.value):
                    if isinstance(at, Attr):
                        names.add(spell(at))
            elif (
                node.op in (Op.RETURN, Op.ASSIGN)
                and node.value is not None
                and not isinstance(node.value, (Const, Display))
            ):
                names |= names_in(node.value)
        self.names = frozenset(names)

    @staticmethod
    def key(expr: Expr) -> str:
        """The spelling of a condition that can be tested again; empty if it holds a call's value."""
        if any(isinstance(at, Result) for at in walk(expr)):
            return ""
        return key(expr)


class Solver:
    """Solves one function at a time."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.asking = evaluator.asking
        self.resolver = evaluator.resolver
        self.vocabulary = evaluator.vocabulary
        self.subjects = evaluator.subjects
        self.guards = evaluator.asking.guards
        self.summaries: Summaries
        self.marks: Callable[[Func], dict[int, Atom]] = lambda _: {}
        self._tested: dict[Func, Tested] = {}
        self._never: dict[tuple[Func, int], str | None] = {}

    def tested(self, func: Func) -> Tested:
        """The conditions and names worth remembering."""
        if func not in self._tested:
            self._tested[func] = Tested(func)
        return self._tested[func]

    # -------------------------------------------------------------------------------------------------------- worklist

    def run(self, func: Func, entry: State, *, symbolic: bool = False) -> Run:
        """Solve ``func`` from the path states at its entry."""
        nodes = func.nodes
        run = Run(func, [None] * len(nodes))
        run.states[0] = {facts: dict(env) for facts, env in entry.items()}
        rank = func.order
        latches = {node.succ[0]: number for number, node in enumerate(nodes) if node.op == Op.LATCH and node.succ}
        heap = [(rank[0], 0)]
        queued = {0}
        waiting: set[int] = set()
        budget = 40 * len(nodes) + 2000
        while heap or waiting:
            if not heap:
                heap = [(rank[number], number) for number in waiting]
                heapq.heapify(heap)
                queued = set(waiting)
                for number in waiting:
                    latches.pop(number, None)
                waiting = set()
            _, number = heapq.heappop(heap)
            queued.discard(number)
            run.steps += 1
            if run.steps > budget:
                break
            edges = self._step(run, number, symbolic, latches, waiting)
            for successor, state in edges:
                if not state:
                    continue
                known = run.states[successor]
                if known is None:
                    run.states[successor] = {facts: dict(env) for facts, env in state.items()}
                elif not join_state(known, state) and successor not in waiting:
                    continue
                if successor not in queued:
                    queued.add(successor)
                    heapq.heappush(heap, (rank[successor], successor))
        return run

    def _step(self, run: Run, number: int, symbolic: bool, latches: dict[int, int], waiting: set[int]) -> Edges:  # noqa: C901
        func = run.func
        node = func.nodes[number]
        state = run.states[number]
        assert state is not None
        op = node.op
        edges: Edges = []
        if node.exc >= 0 and op not in (Op.RAISE, Op.CALL, Op.CATCH, Op.UNWIND):
            edges.append((node.exc, marked(state, READING) if op in READS else without(state, RAISED)))
        if op == Op.BRANCH:
            edges.extend(self._branch(func, number, node, state, symbolic))
        elif op == Op.CALL:
            edges.extend(self._call(func, number, node, state, symbolic))
        elif op == Op.ASSIGN:
            out: State = {}
            for facts, env in state.items():
                self._assign(func, number, node, facts, env, symbolic, out)
            edges.extend((successor, out) for successor in node.succ)
        elif op == Op.FOR:
            edges.extend(self._for(run, number, node, state, latches, waiting))
        elif op == Op.RETURN:
            out = {}
            for facts, env in state.items():
                frame = Frame(func, number, env, None, 0, symbolic)
                value = self.evaluator.value(node.value, frame) if node.value is not None else Known(None)
                if value is None and node.value is not None:
                    value = self.evaluator.test(node.value, None, frame)
                fresh = dict(env)
                fresh[RETURNED] = value if value is not None else NOTHING
                join_state(out, {facts: fresh})
            edges.extend((successor, out) for successor in node.succ)
            if func.ir.exit in node.succ:
                run.exits[number] = self._ends(func, number, node, state, symbolic)
        elif op == Op.RAISE:
            if node.exc >= 0:
                kind = self._exception(node, func, number)
                edges.append((node.exc, marked(state, kind)))
        elif op == Op.LEAVE:
            edges.extend(self._leave(func, number, node, state, symbolic))
        elif op == Op.WITH:
            edges.extend(self._with(func, number, node, state, symbolic))
        elif op == Op.UNWIND:
            edges.extend(self._unwind(func, number, node, state))
        elif op == Op.CATCH:
            edges.extend(self._catch(func, number, node, state))
        elif op == Op.DELETE:
            out = {}
            names = set(target_names(node.target))
            for facts, env in state.items():
                join_state(out, {self.kill(facts, names, frozenset()): self.forget(func, env, names)})
            edges.extend((successor, out) for successor in node.succ)
        else:
            edges.extend((successor, state) for successor in node.succ)
        if op != Op.RETURN and func.ir.exit in node.succ:
            run.exits[number] = [
                (facts, self._returned(env))
                for target, out in edges
                if target == func.ir.exit
                for facts, env in out.items()
            ]
        return edges

    def _ends(
        self, func: Func, number: int, node: Node, state: State, symbolic: bool
    ) -> list[tuple[Facts, Val | None]]:
        found: list[tuple[Facts, Val | None]] = []
        for facts, env in state.items():
            frame = Frame(func, number, env, None, 0, symbolic)
            if node.value is None:
                found.append((facts, Known(None)))
                continue
            cases = self.cases(node.value, frame)
            if cases is not None:
                found.extend((facts | more, Known(truth)) for more, truth in cases)
                continue
            value = self.evaluator.value(node.value, frame)
            found.append((facts, value if value is not None else self.evaluator.test(node.value, None, frame)))
        return found

    def cases(self, expr: Expr | None, frame: Frame) -> list[tuple[Facts, bool]] | None:
        """The ways in which ``a or b`` comes out, where they say different things; ``None`` if one value says it all."""  # noqa: E501
        if not isinstance(expr, Bool) or expr.op != "or":
            return None
        if self.evaluator.value(expr.operands[-1], frame) == Known(True):
            return None
        so_far = NONE
        found: list[tuple[Facts, bool]] = []
        for operand in expr.operands:
            cond = outcome(self.evaluator.test(operand, self.evaluator.value(operand, frame), frame))
            if cond.true is not None:
                found.append((so_far | cond.true, True))
            if cond.false is None:
                break
            so_far = so_far | cond.false
        else:
            found.append((so_far, False))
        telling = {facts for facts, truth in found if truth}
        return found if len(telling) > 1 and any(telling) else None

    @staticmethod
    def _returned(env: Env) -> Val | None:
        value = env.get(RETURNED, Known(None))
        return None if isinstance(value, Nothing) else value

    # ------------------------------------------------------------------------------------------------------- branching

    def _branch(self, func: Func, number: int, node: Node, state: State, symbolic: bool) -> Edges:
        tested = self.tested(func)
        expr = node.value
        assert expr is not None
        spelled = tested.key(expr)
        remember = bool(spelled) and tested.counts[spelled] > 1
        true: State = {}
        false: State = {}
        for facts, env in state.items():
            frame = Frame(func, number, env, None, 0, symbolic)
            known = env.get("?" + spelled) if remember else None
            value = known if known is not None else self.evaluator.test(expr, self.evaluator.value(expr, frame), frame)
            cond = outcome(value)
            for says, out, truth in ((cond.true, true, True), (cond.false, false, False)):
                if says is None:
                    continue
                following = env
                if remember and known is None:
                    following = dict(env)
                    following["?" + spelled] = Known(truth)
                if truth and isinstance(value, Chosen):
                    says = says | self._chosen_atoms(expr)
                join_state(out, {facts | says: following})
        return [(node.succ[0], true), (node.succ[1], false)] if len(node.succ) > 1 else [(s, true) for s in node.succ]

    @staticmethod
    def _chosen_atoms(expr: Expr) -> Facts:
        return frozenset(Atom(QUERY, at.id) for at in walk(expr) if isinstance(at, Name))

    # ----------------------------------------------------------------------------------------------------- assignments

    def kill(self, facts: Facts, names: set[str], keep: frozenset[str]) -> Facts:
        """Facts that survive the rebinding of names (unless the new value is computed from the old)."""
        gone = names - keep
        if not gone:
            return facts
        return frozenset(a for a in facts if not a.subject or Subjects.root(a.subject) not in gone)

    def forget(self, func: Func, env: Env, names: set[str]) -> Env:
        """What is known of other variables after the rebinding of names."""
        reads = self.tested(func).reads
        fresh: Env = {}
        for spelled, value in env.items():
            if spelled[0] == "?":
                if names & reads.get(spelled[1:], frozenset()):
                    continue
            elif spelled in names or (spelled[0] not in "#!@" and re_root(spelled) in names):
                continue
            fresh[spelled] = value
        return fresh

    def _assign(self, func: Func, number: int, node: Node, facts: Facts, env: Env, symbolic: bool, out: State) -> None:
        target = node.target
        frame = Frame(func, number, env, None, 0, symbolic)
        value = self.evaluator.value(node.value, frame)
        if isinstance(target, (Attr, Item)):
            join_state(out, {facts: self._store(func, number, node, target, value, facts, env)})
            return
        names = set(target_names(target))
        related = frozenset(self._mentioned(node.value, func))
        fresh = self.forget(func, env, names)
        cases = self.cases(node.value, frame) if isinstance(target, Name) else None
        if cases is not None and isinstance(target, Name):
            for more, truth in cases:
                join_state(out, {self.kill(facts, names, related) | more: {**fresh, target.id: Known(truth)}})
            return
        if isinstance(target, Name):
            value = self._named(func, number, node, target.id, value, facts, env, related)
            useful = value is not None and (not isinstance(value, Known) or target.id in self.tested(func).names)
            if value is not None and useful:
                if len(fresh) > MAX_ENV:
                    fresh.pop(next(iter(fresh)))
                fresh[target.id] = value
        after = self.kill(facts, names, related)
        derived = {a.subject for a in facts if a.kind == QUERY} & related
        if derived or isinstance(value, Chosen):
            after = after | {Atom(QUERY, name) for name in names}
        join_state(out, {after: fresh})

    def _mentioned(self, expr: Expr | None, func: Func, depth: int = 0) -> set[str]:
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
                    found |= self._mentioned(call.value, func, depth + 1)
                    for arg in call.args:
                        found |= self._mentioned(arg.value, func, depth + 1)
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
            return Fact(value.atoms, value.negative, value.text, number) if isinstance(value, Fact) else value
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
            return Fact(value.atoms, value.negative, value.text, number) if isinstance(value, Fact) else value
        prior = env.get(name)
        is_param = any(p.name == name for p in func.ir.params)
        if name not in related and (is_param or (isinstance(prior, Fact) and prior.origin != number)):
            return NOTHING
        if self._is_other(node.value, func):
            return NOTHING
        fact = self.evaluator.reading(reading, "")
        assert fact is not None
        return Fact(fact.atoms, fact.negative, fact.text, number)

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
            if other == spelled or other.startswith(spelled + ".") or (other[0] == "?" and spelled in other):
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
            elif reading is not None or spelled in self.tested(func).names:
                fresh[spelled] = value
        elif value is not None:
            fresh[spelled] = value
        return fresh

    # ----------------------------------------------------------------------------------------------------------- loops

    def _for(
        self, run: Run, number: int, node: Node, state: State, latches: dict[int, int], waiting: set[int]
    ) -> Edges:
        func = run.func
        names = set(target_names(node.target))
        related = frozenset(self._mentioned(node.value, func))
        body: State = {}
        for facts, env in state.items():
            inner = self.kill(facts, names, frozenset())
            value = self.evaluator.value(node.value, Frame(func, number, env))
            if (
                isinstance(value, Chosen)
                or {a.subject for a in facts if a.kind == QUERY} & related
                or self._yields_chosen(func, number, node)
            ):
                inner = inner | {Atom(QUERY, name) for name in names}
            join_state(body, {inner: self.forget(func, env, names)})
        edges: Edges = [(node.succ[0], body)]
        latch = latches.get(number)
        if latch is None:
            edges.append((node.succ[1], state))
            return edges
        looped = run.states[latch]
        if looped is None:
            waiting.add(number)
            return edges
        waiting.discard(number)
        everyone = self._everyone(looped, names, node, func)
        after: State = {}
        for facts, env in state.items():
            join_state(after, {facts | everyone: env})
        edges.append((node.succ[1], after))
        return edges

    def _yields_chosen(self, func: Func, number: int, node: Node) -> bool:
        """Whether the loop takes what a generator yields only for those who consented."""
        if not isinstance(node.value, Result) or func.nodes[node.value.node].op != Op.CALL:
            return False
        for target, _ in self.asking.visible(func, node.value.node):
            if target.ir.is_generator:
                frame = Frame(func, number, {})
                ways = self.summaries.apply_at_yield(target, {}, frame)
                return bool(ways) and all(any(a.kind == CONSENT for a in facts) for facts in ways or ())
        return False

    def _everyone(self, looped: State, names: set[str], node: Node, func: Func) -> Facts:
        """What every finished round established of its element holds of all of them after the loop."""
        common: Facts | None = None
        for facts in looped:
            about = frozenset(a.kind for a in facts if a.kind in (CONSENT, TERMS) and Subjects.root(a.subject) in names)
            kinds = frozenset(Atom(kind) for kind in about)
            common = kinds if common is None else common & kinds
        if not common:
            return NONE
        subject = self.subjects.of(node.value, func)
        return frozenset(Atom(a.kind, subject) for a in common)

    # ----------------------------------------------------------------------------------------------------------- calls

    def _call(self, func: Func, number: int, node: Node, state: State, symbolic: bool) -> Edges:  # noqa: C901
        edges: Edges = []
        never = self.never_returns(func, number)
        if never is not None:
            if node.exc >= 0 and never:
                edges.append((node.exc, marked(state, never)))
            return edges
        visible = self.asking.visible(func, number)
        generator = any(target.ir.is_generator for target, _ in visible) or self._postponed(func, number, node, visible)
        constructors = [] if visible else self.asking.graph.targets(func, number)
        if constructors and not self.asking.mixed(func, number):
            makers = [(t, bound) for t, bound in constructors if t.name == "__init__"]
            if makers and any(self.summaries.exits(t) for t, _ in makers):
                visible = makers
        out: State = without(state, f"#{number}") if visible and self.asking.mixed(func, number) else {}
        refusals: set[str] | None = set() if visible and not generator else None
        name = last_name(node.value)
        guarding = not visible and not constructors and self._is_guard(func, number, node, name)
        effect = False
        for facts, env in state.items():
            if (
                isinstance(node.value, Attr)
                and isinstance(node.value.base, Name)
                and node.value.base.id == "self"
                and visible
            ):
                env = {k: v for k, v in env.items() if not k.startswith(("self.", "?self."))}
            if f"#{number}" in env:
                env = dict(env)
                del env[f"#{number}"]
            frame = Frame(func, number, env, None, 0, symbolic)
            applied = False
            if visible and not generator:
                for target, bound in visible[:6]:
                    arguments = self.asking.arguments(target, bound, number, frame)
                    exits = self.summaries.apply(target, arguments, frame)
                    if exits is None:
                        join_state(out, {facts: env})
                        continue
                    applied = effect = True
                    named = self.asking._consent_named(target)
                    for more, value in exits:
                        fresh = env
                        if (
                            named
                            and isinstance(value, Known)
                            and value.value is True
                            and not any(a.kind == CONSENT for a in more)
                        ):
                            place = self.summaries.true_return(target)
                            value = Presumed(place) if place is not None else value
                        if value is not None and value != Known(None):
                            fresh = dict(env)
                            fresh[f"#{number}"] = value
                        join_state(out, {facts | more: fresh})
                    if refusals is not None:
                        kinds = self.summaries.refusals(target)
                        if kinds is None:
                            refusals = None
                        else:
                            refusals |= kinds
                if not applied and not out:
                    join_state(out, {facts: env})
                continue
            more = self._by_validation(func, number, node, name)
            if isinstance(node.value, Attr) and name in FILLING:
                filled = spell(node.value.base)
                if filled and (filled in env or filled in self.tested(func).names):
                    env = {**env, filled: Cond(NONE, None)}
            if guarding:
                subject = next((s for s in (self.subjects.of(a.value, func) for a in node.args) if s), "")
                more = frozenset((Atom(CONSENT, subject),))
            fresh = env
            if node.statement and isinstance(node.value, Attr):
                value = self.asking.call(number, frame)
                receiver = spell(node.value.base)
                if receiver and isinstance(value, (Chosen, Fact)) and name in self.guards.query_sql:
                    fresh = dict(env)
                    fresh[receiver] = value
                    if isinstance(value, Chosen):
                        more = more | {Atom(QUERY, receiver)}
            join_state(out, {facts | more: fresh})
        begun = None if symbolic else self.marks(func).get(number)
        if begun is not None:
            marked_out: State = {}
            for facts, env in out.items():
                join_state(marked_out, {facts | {begun}: env})
            out = marked_out
        edges.extend((successor, out) for successor in node.succ)
        if node.exc >= 0 and not self._is_raised(func, number, name):
            if effect and refusals:
                for kind in sorted(refusals):
                    edges.append((node.exc, marked(state, kind)))
            else:
                edges.append((node.exc, without(state, RAISED)))
        return edges

    @staticmethod
    def _is_raised(func: Func, number: int, name: str) -> bool:
        """A call that makes the exception which the next node raises: it does not raise by itself."""
        following = func.nodes[number].succ
        if not name[:1].isupper() or not following:
            return False
        after = func.nodes[following[0]]
        return after.op == Op.RAISE and isinstance(after.value, Result) and after.value.node == number

    def _postponed(self, func: Func, number: int, node: Node, visible: list[tuple[Func, bool]]) -> bool:
        """A coroutine that is made here and not awaited: it runs some other time."""
        if node.awaited or not any(target.ir.is_async for target, _ in visible):
            return False
        for other in func.nodes[number + 1 :]:
            if other.op == Op.CALL and any(isinstance(a.value, Result) and a.value.node == number for a in other.args):
                return not (
                    other.awaited or last_name(other.value) in ("run", "run_until_complete", "async_to_sync", "gather")
                )
        return True

    def _by_validation(self, func: Func, number: int, node: Node, name: str) -> Facts:
        """Making a model, or ``is_valid(raise_exception=True)``, raises unless the consent field is true."""
        forms = self.asking.forms
        for value in self.resolver.callee_values(func, number):
            if isinstance(value, ClassV) and forms.is_model(value.cls):
                return forms.forced(value.cls)
        if name in self.guards.form_fields_validates and isinstance(node.value, Attr):
            raising = any(
                a.keyword == "raise_exception" and isinstance(a.value, Const) and a.value.value is True
                for a in node.args
            )
            for value in self.resolver.values(node.value.base, func, number) if raising else ():
                if isinstance(value, Obj):
                    return forms.forced(value.cls)
        if name in ("model_validate", "parse_obj", "model_validate_json", "parse_raw") and isinstance(node.value, Attr):
            for value in self.resolver.values(node.value.base, func, number):
                if isinstance(value, ClassV) and forms.is_model(value.cls):
                    return forms.forced(value.cls)
        return NONE

    def _is_guard(self, func: Func, number: int, node: Node, name: str) -> bool:
        """An unseen call that returns only with consent: by its demanding name, or a prompt that aborts."""
        if node.value is None:
            return False
        if any(a.keyword == "abort" and isinstance(a.value, Const) and a.value.value is True for a in node.args):
            found = self.asking.asked(node, Frame(func, number, {}))
            if found is not None and found[0].kind == READ_CONSENT:
                return True
        if not node.statement:
            return False
        whole = dotted_name(node.value) or name
        if isinstance(node.value, Attr) and isinstance(node.value.base, Result):
            inner = func.nodes[node.value.base.node].value
            whole = f"{dotted_name(inner) if inner is not None else ''}.{name}"
        whole = ".".join(whole.split(".")[-2:])
        if self.vocabulary.raises(name, name):
            reading = self.vocabulary.read(name, guard=True)
            return reading is not None and reading.kind == READ_CONSENT
        if self.vocabulary.raises(name, whole.replace(".", "_")):
            reading = self.vocabulary.read(whole.rpartition(".")[0].rpartition(".")[2], guard=True)
            return reading is not None and reading.kind == READ_CONSENT
        return False

    def never_returns(self, func: Func, node: int) -> str | None:
        """The exception raised by a call that never returns (empty: the process ends); ``None`` if it may return."""
        memo_key = (func, node)
        if memo_key not in self._never:
            self._never[memo_key] = None
            self._never[memo_key] = self._find_never(func, node)
        return self._never[memo_key]

    def _find_never(self, func: Func, node: int) -> str | None:
        ir = func.nodes[node]
        for value in self.resolver.callee_values(func, node):
            name = value.name if isinstance(value, Ext) else value.type if isinstance(value, Inst) else ""
            if name in self.guards.never_returns:
                return self.guards.never_returns[name]
        spelled = dotted_name(ir.value) if ir.value is not None else ""
        if spelled and ".".join(spelled.split(".")[-2:]) in self.guards.never_returns_by_name_pairs:
            if not self.asking.graph.targets(func, node):
                return "SystemExit"
        visible = self.asking.visible(func, node)
        targets = self.asking.graph.targets(func, node)
        if targets and self.asking.mixed(func, node):
            return None
        if targets and all(last_name(t.ir.returns) in ("NoReturn", "Never") for t, _ in targets):
            return "*"
        if visible and all(self.summaries.never_returns(t) for t, _ in visible):
            kinds = {k for t, _ in visible for k in (self.summaries.refusals(t) or ())}
            return kinds.pop() if len(kinds) == 1 else "*"
        return None

    # -------------------------------------------------------------------------------------------- contexts, exceptions

    def _with(self, func: Func, number: int, node: Node, state: State, symbolic: bool) -> Edges:
        out: State = {}
        for facts, env in state.items():
            for more in self._entered(func, number, node, env, symbolic):
                join_state(out, {facts | more: env})
        return [(successor, out) for successor in node.succ]

    def _leave(self, func: Func, number: int, node: Node, state: State, symbolic: bool) -> Edges:
        """What a generator context manager checks after its ``yield`` holds after the body."""
        manager = node.value
        out: State = {}
        for facts, env in state.items():
            ways: list[Facts] = [NONE]
            if isinstance(manager, Result) and func.nodes[manager.node].op == Op.CALL:
                for target, bound in self.asking.visible(func, manager.node):
                    if target.ir.is_generator:
                        frame = Frame(func, number, env, None, 0, symbolic)
                        exits = self.summaries.apply(
                            target, self.asking.arguments(target, bound, manager.node, frame), frame
                        )
                        ways = [more for more, _ in exits] if exits else [NONE]
            for more in ways:
                join_state(out, {facts | more: env})
        return [(successor, out) for successor in node.succ]

    def _entered(self, func: Func, number: int, node: Node, env: Env, symbolic: bool) -> list[Facts]:
        """What entering a context manager establishes."""
        manager = node.value
        frame = Frame(func, number, env, None, 0, symbolic)
        if isinstance(manager, Result) and func.nodes[manager.node].op == Op.CALL:
            call = func.nodes[manager.node]
            visible = self.asking.visible(func, manager.node)
            for target, bound in visible:
                if target.ir.is_generator:
                    arguments = self.asking.arguments(target, bound, manager.node, frame)
                    found = self.summaries.apply_at_yield(target, arguments, frame)
                    if found is not None:
                        return found
            if visible:
                return [NONE]
            classes = [v for v in self.resolver.callee_values(func, manager.node) if isinstance(v, ClassV)]
            for value in classes:
                for name in ("__enter__", "__aenter__", "__init__"):
                    for cls in self.resolver.mro(value.cls):
                        if name in cls.methods:
                            exits = self.summaries.apply(cls.methods[name], {}, frame)
                            if exits is not None and any(more for more, _ in exits):
                                return [more for more, _ in exits]
                            break
            if classes:
                return [NONE]
            reading = self.vocabulary.read(last_name(call.value), guard=True)
            if (
                reading is not None
                and reading.kind == READ_CONSENT
                and not reading.negative
                and not self.vocabulary.records(last_name(call.value))
            ):
                subject = next((s for s in (self.subjects.of(a.value, func) for a in call.args) if s), "")
                return [frozenset((Atom(CONSENT, subject),))]
        return [NONE]

    def _unwind(self, func: Func, number: int, node: Node, state: State) -> Edges:
        swallow = False
        for value in self.resolver.values(node.value, func, number):
            if isinstance(value, Inst) and value.type in self.guards.contexts_swallow:
                return self._suppressed(func, number, node, state)
            if hasattr(value, "cls"):
                swallow = swallow or self._exit_swallows(value)
        edges: Edges = []
        if len(node.succ) > 1:
            edges.append((node.succ[1], state))
            if swallow:
                edges.append((node.succ[0], without(state, RAISED)))
        else:
            edges.extend((successor, state) for successor in node.succ)
        return edges

    def _suppressed(self, func: Func, number: int, node: Node, state: State) -> Edges:
        """``suppress(A, B)`` swallows what a handler for ``(A, B)`` would catch."""
        call = func.nodes[node.value.node] if isinstance(node.value, Result) else None
        caught = Display("tuple", tuple(arg.value for arg in call.args)) if call is not None else None
        after: State = {}
        further: State = {}
        for facts, env in state.items():
            raised = env.get(RAISED)
            kind = raised.value if isinstance(raised, Known) and isinstance(raised.value, str) else None
            verdict = self._catches(caught, None if kind == "*" else kind, func, number)
            if verdict is not False:
                join_state(after, {facts: {k: v for k, v in env.items() if k != RAISED}})
            if verdict is not True:
                join_state(further, {facts: env})
        return list(zip(node.succ, (after, further), strict=False))

    def _exit_swallows(self, value: object) -> bool:
        cls = getattr(value, "cls", None)
        if cls is None:
            return False
        for name in ("__exit__", "__aexit__"):
            for candidate in self.resolver.mro(cls):
                method = candidate.methods.get(name)
                if method is not None:
                    return any(
                        n.op == Op.RETURN
                        and n.value is not None
                        and not (isinstance(n.value, Const) and not n.value.value)
                        for n in method.nodes
                    )
        return False

    def _exception(self, node: Node, func: Func, number: int) -> str:  # noqa: ARG002
        """The name of the exception class that a ``raise`` raises; ``*`` if unknown."""
        expr = node.value
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            callee = func.nodes[expr.node].value
            name = last_name(callee)
        else:
            callee, name = expr, last_name(expr)
        return name if name[:1].isupper() and callee is not None else "*"

    def _catch(self, func: Func, number: int, node: Node, state: State) -> Edges:
        body: State = {}
        further: State = {}
        for facts, env in state.items():
            raised = env.get(RAISED)
            kind = raised.value if isinstance(raised, Known) else None
            verdict = self._catches(node.value, kind if isinstance(kind, str) and kind != "*" else None, func, number)
            if verdict is not False:
                fresh = dict(env)
                fresh.pop(RAISED, None)
                join_state(body, {facts: fresh})
            if verdict is not True:
                join_state(further, {facts: env})
        edges: Edges = []
        if node.succ:
            edges.append((node.succ[0], body))
        if len(node.succ) > 1:
            edges.append((node.succ[1], further))
        return edges

    def _catches(self, expr: Expr | None, kind: str | None, func: Func, number: int) -> bool | None:  # noqa: ARG002
        """Whether a handler catches an exception class; ``None`` if it may."""
        if expr is None:
            return True
        names = [last_name(e) for e in expr.elements] if isinstance(expr, Display) else [last_name(expr)]
        if "BaseException" in names:
            return True
        if kind is None:
            return True if "Exception" in names else None
        if kind == READING:
            if "Exception" in names:
                return True
            return None if any(name in READ_ERRORS or not hasattr(builtins, name) for name in names) else False
        if kind in names:
            return True
        ancestors = self._ancestors(kind, func)
        if ancestors is None:
            return True if "Exception" in names else None
        if any(name in ancestors for name in names):  # noqa: SIM103
            return True
        return False

    def _ancestors(self, kind: str, func: Func) -> set[str] | None:
        builtin = getattr(builtins, kind, None)
        if isinstance(builtin, type) and issubclass(builtin, BaseException):
            return {cls.__name__ for cls in builtin.__mro__}
        for value in self.resolver.name_values(kind, func, -1):
            if isinstance(value, ClassV):
                names = {cls.name for cls in self.resolver.mro(value.cls)}
                for base in self.resolver.external_bases(value.cls):
                    last = base.rpartition(".")[2]
                    names.add(last)
                    names |= self._ancestors(last, func) or {"Exception"}
                return names
            if isinstance(value, Ext):
                return {kind, "Exception"}
        if kind in ("HTTPException", "StopException", "Abort", "UsageError", "Exit", "Skipped", "Failed", "SkipTest"):
            return {kind, "Exception", "RuntimeError"} if kind in ("Abort", "Exit") else {kind, "Exception"}
        return None


def re_root(spelled: str) -> str:
    """The root name of a spelling such as ``user.consent`` or ``session[consent]``."""
    for place, char in enumerate(spelled):
        if char in ".[":
            return spelled[:place]
    return spelled


def without(state: State, name: str) -> State:
    """The state with one name forgotten."""
    if not any(name in env for env in state.values()):
        return state
    return {facts: {k: v for k, v in env.items() if k != name} for facts, env in state.items()}


def marked(state: State, kind: str) -> State:
    """The state with an exception under way."""
    return {facts: {**env, RAISED: Known(kind)} for facts, env in state.items()}
