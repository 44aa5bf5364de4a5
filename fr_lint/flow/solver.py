"""The path-sensitive solver: which facts hold on which paths to each node of one function.

A worklist over the control-flow graph with the disjunctive domain of :mod:`fr_lint.flow.facts`.  Conditions are edges:
what a test says is added to the paths that pass it, and paths that contradict what is known are pruned (a flag, a
literal, the same unchanged condition tested twice).  Assignments kill what was known of the name and of its owner.
Exceptional edges carry the state before the node.  Must not know the project's call graph beyond its summaries.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TYPE_CHECKING

from fr_lint.flow.assigning import Assigning
from fr_lint.flow.catching import Catching
from fr_lint.flow.contexts import Contexts
from fr_lint.flow.crossing import Crossing
from fr_lint.flow.evaluate import Evaluator
from fr_lint.flow.facts import (
    NONE,
    NOTHING,
    QUERY,
    Atom,
    Chosen,
    Env,
    Fact,
    Facts,
    Known,
    Nothing,
    State,
    Val,
    both,
    chosen,
    negate,
    outcome,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.joined import join_state
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.rounds import Rounds
from fr_lint.flow.states import RAISED, READING, RETURNED, Edges, Run, marked, without
from fr_lint.flow.tested import Tested
from fr_lint.flow.together import lent, narrowed, split
from fr_lint.ir.model import Bool, Compare, Expr, Name, Node, Op, Unary
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.summaries import Summaries

READS = frozenset({Op.BRANCH, Op.ASSIGN, Op.RETURN})


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
        self.assigning = Assigning(self)
        self.rounds = Rounds(self)
        self.crossing = Crossing(self)
        self.contexts = Contexts(self)
        self.catching = Catching(self)
        self.kill = self.assigning.kill
        self.forget = self.assigning.forget
        self.never_returns = self.crossing.never_returns

    def tested(self, func: Func) -> Tested:
        """The conditions and names worth remembering."""
        if func not in self._tested:
            self._tested[func] = Tested(func)
        return self._tested[func]

    # -------------------------------------------------------------------------------------------------------- worklist

    def run(self, func: Func, entry: State, *, symbolic: bool = False) -> Run:
        """Solve ``func`` from the path states at its entry."""
        with self.evaluator.once.apart():
            return self._run(func, entry, symbolic)

    def _run(self, func: Func, entry: State, symbolic: bool) -> Run:
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
            edges.extend(self.crossing.step(func, number, node, lent(state, node, self.tested(func).rebound), symbolic))
        elif op == Op.ASSIGN:
            out: State = {}
            for facts, env in split(state, node.value):
                self.assigning.assign(func, number, node, facts, env, symbolic, out)
            edges.extend((successor, out) for successor in node.succ)
        elif op == Op.FOR:
            edges.extend(self.rounds.loop(run, number, node, state, latches, waiting))
        elif op == Op.RETURN:
            out = {}
            for facts, env in split(state, node.value):
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
                kind = self.catching.exception(node, func, number)
                edges.append((node.exc, marked(state, kind)))
        elif op == Op.LEAVE:
            edges.extend(self.contexts.leave(func, number, node, state, symbolic))
        elif op == Op.WITH:
            edges.extend(self.contexts.enter(func, number, node, state, symbolic))
        elif op == Op.UNWIND:
            edges.extend(self.contexts.unwind(func, number, node, state))
        elif op == Op.CATCH:
            edges.extend(self.catching.catch(func, number, node, state))
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
        for facts, env in split(state, node.value):
            frame = Frame(func, number, env, None, 0, symbolic)
            if node.value is None:
                found.append((facts, Known(None)))
                continue
            cases = self.cases(node.value, frame)
            if cases is not None:
                found.extend((both(facts, more), Known(truth)) for more, truth in cases)
                continue
            value = self.evaluator.value(node.value, frame)
            found.append((facts, value if value is not None else self.evaluator.test(node.value, None, frame)))
        return found

    def cases(self, expr: Expr | None, frame: Frame) -> list[tuple[Facts, bool]] | None:
        """The ways in which ``a or b`` comes out, where they say different things; ``None`` if one value says it all."""  # noqa: E501
        if isinstance(expr, Unary) and expr.op == "not":
            inner = self.cases(expr.operand, frame)
            return [(facts, not truth) for facts, truth in inner] if inner is not None else None
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
        asked, same = tested.asked(expr)
        spelled = tested.key(asked)
        remember = bool(spelled) and tested.counts[spelled] > 1
        answer = tested.answer(expr)
        answer = "?" + answer if tested.counts[answer] > 1 else ""
        true: State = {}
        false: State = {}
        for facts, env in split(state, expr):
            frame = Frame(func, number, env, None, 0, symbolic)
            known = env.get("?" + spelled) if remember else None
            value = known if same else negate(known)
            if known is None:
                value = self.evaluator.test(expr, self.evaluator.value(expr, frame), frame)
            cond = outcome(value)
            for says, out, truth in ((cond.true, true, True), (cond.false, false, False)):
                if says is None:
                    continue
                following = env
                if remember and known is None:
                    following = narrowed(env, "?" + spelled, truth is same)
                if truth and isinstance(value, Chosen):
                    says = says | self._chosen_atoms(expr, value)
                held = facts
                if answer and isinstance(expr, Compare):
                    equal = truth is (expr.op in ("==", "is"))
                    before = env.get(answer)
                    if equal and not says and isinstance(before, Fact) and self._is_answer(expr, value, frame):
                        held = facts - before.atoms  # not the one refusal, but another one
                    elif says and not equal and isinstance(value, Fact):
                        following = {**following, answer: Fact(value.atoms)}
                join_state(out, {both(held, says): following})
        return [(node.succ[0], true), (node.succ[1], false)] if len(node.succ) > 1 else [(s, true) for s in node.succ]

    def _is_answer(self, expr: Compare, value: Val | None, frame: Frame) -> bool:
        """Whether something is compared with a refusal, or with an answer that is neither yes nor no."""
        if isinstance(value, Fact):
            return True
        known = self.evaluator.value(expr.right, frame) if value is None else None
        return isinstance(known, Known) and self.evaluator.vocabulary.is_neutral_literal(known.value)

    @staticmethod
    def _chosen_atoms(expr: Expr, value: Val) -> Facts:
        return frozenset(Atom(QUERY, at.id, chosen(value)) for at in walk(expr) if isinstance(at, Name))
