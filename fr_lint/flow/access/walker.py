"""Walks functions along their paths, from an entry point into whatever the project defines, and notes the grants.

A forward analysis over sets of paths; a call enters the function that it calls with what is known of its arguments, and
equal calls are walked once.  Face results, other checks and literal flags keep paths apart; everything else does not.
Must not know what follows from a grant.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Final

from fr_lint.catalogue.grants import CLAIM, Authenticators
from fr_lint.flow.access.calls import Calls
from fr_lint.flow.access.domain import (
    BLANK,
    BLANKS,
    UNKNOWN,
    Check,
    Env,
    Event,
    Exit,
    Facts,
    Gate,
    Seen,
    Summary,
    Token,
    Val,
    Vals,
    after,
    alternatives,
    but,
)
from fr_lint.flow.access.evaluate import Expressions
from fr_lint.flow.access.frame import MAX_EVENTS, attributes, fitting, telling
from fr_lint.flow.access.gates import Gates
from fr_lint.flow.access.granting import Granting
from fr_lint.flow.access.joining import joined
from fr_lint.flow.access.liveness import Liveness
from fr_lint.flow.access.looping import Looping
from fr_lint.flow.access.relevant import Relevant
from fr_lint.flow.access.rows import Rows, place_in_loops
from fr_lint.flow.access.tables import Tables
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.ir.keys import key
from fr_lint.ir.model import Attr, Const, Item, Name, Node, Op
from fr_lint.ir.walk import reads, results_in

MAX_PATHS: Final = 24  # paths that are kept apart at one node
MAX_EXITS: Final = 12  # ways to return that are kept apart
MAX_AGAIN: Final = 4  # how often a function is walked again for what it has left itself
MAX_DEPTH: Final = 14  # calls inside calls
MAX_RUNS: Final = 8  # different arguments with which one function is walked
MAX_ENV: Final = 96  # variables of which something is known on one path
MAX_FACTS: Final = 48  # decisions that are remembered on one path
MAX_STEPS: Final = 60_000  # nodes times paths, in one project
REST: Final = "<rest>"  # of too many paths, those of which no variables are known
RETURNED: Final = "<returned>"  # on the way through a `finally`

Path = tuple[Facts, Env]
Arguments = tuple[tuple[str, Vals], ...]
Bound = tuple[tuple[Func, str, Func], ...]  # decorator, its parameter, the function that it stands for


class Walker:
    """Runs functions; remembers what it has run."""

    def __init__(
        self,
        graph: CallGraph,
        expressions: Expressions,
        calls: Calls,
        granting: Granting,
        relevant: Relevant,
        words: Authenticators,
        gates: Gates,
    ) -> None:
        self.gates = gates
        self.relevant = relevant
        self.graph = graph
        self.tables = Tables(graph)
        self.rows = Rows(graph, self.tables)
        self.resolver = graph.resolver
        self.expressions = expressions
        self.calls = calls
        self.granting = granting
        self.words = words
        self.steps = 0
        self.clock: dict[Token, int] = {}
        self.visits: dict[Func, dict[int, set[Facts]]] = {}  # what was decided before each call of a function
        self._runs: dict[Func, int] = {}
        self._memo: dict[tuple[Func, Arguments, Bound, bool], Summary] = {}
        self.busy: set[Func] = set()
        self.bound: Bound = ()
        self._live: dict[Func, Liveness] = {}
        self._last_use: dict[Func, dict[int, int]] = {}
        expressions.demand = self._demand
        expressions.growing = lambda func, node: node in self.rows.growing(func)
        expressions.written = self.rows.written
        expressions.given = self._given

    def run(self, func: Func, arguments: Arguments = (), bound: Bound = (), *, called: bool = False) -> Summary:
        """What running a function with these arguments does; ``called``: with no others."""
        memo_key = (func, arguments, bound, called)
        if memo_key in self._memo:
            return self._memo[memo_key]
        if self._runs.get(func, 0) >= MAX_RUNS and arguments:
            return self.run(func, (), bound)
        self._runs[func] = self._runs.get(func, 0) + 1
        if func in self.busy or len(self.busy) >= MAX_DEPTH or self.steps > MAX_STEPS:
            return Summary(complete=func not in self.busy)
        self.busy.add(func)
        before, self.bound = self.bound, bound
        before_it = self._left(func)
        try:
            summary = Run(self, func, called=called).solve(dict(arguments))
            for _ in range(MAX_AGAIN):  # what it has left behind it may find the next time
                if self._left(func) == before_it:
                    break
                before_it = self._left(func)
                summary = Run(self, func, called=called).solve(dict(arguments))
        finally:
            self.busy.discard(func)
            self.bound = before
        self._memo[memo_key] = summary
        return summary

    def _given(self, func: Func) -> Vals:
        """What a property of an object of the project may be."""
        found: list[Val] = []
        for exit_ in self.run(func).exits if self.relevant.is_worth(func) else ():
            decided = frozenset(f for f in exit_.facts if not isinstance(f, Seen))
            found.extend(but(value, why=after(value.why, decided)) for value in exit_.values)
        return alternatives(found) if found else ()

    def _left(self, func: Func) -> list[int]:
        """How much is known of what a function leaves for itself."""
        places = sorted(number for _, number in self.expressions.own.get(func, ()))
        return [len(self.expressions.stored.get((func, number), ())) for number in places]

    def _demand(self, func: Func) -> None:
        if func not in self.busy and (func, (), (), False) not in self._memo:
            self.run(func)

    def liveness(self, func: Func) -> Liveness:
        """The live variables of a function."""
        if func not in self._live:
            self._live[func] = Liveness(func)
        return self._live[func]

    def last_use(self, func: Func) -> dict[int, int]:
        """Call node -> the last node that reads its value."""
        if func not in self._last_use:
            found: dict[int, int] = {}
            for number, node in enumerate(func.nodes):
                for expr in reads(node):
                    for result in results_in(expr):
                        found[result] = max(found.get(result, 0), number)
            self._last_use[func] = found
        return self._last_use[func]

    def backends(self, setting: str, method: str) -> tuple[tuple[Func, bool], ...]:
        """The methods of the project's classes that a setting lists; nothing if it lists others, or is not there."""
        found: list[tuple[Func, bool]] = []
        sources = self.graph.sources
        for path in sources.with_word(setting):
            unit = self.graph.program.unit(path)
            for func, number in unit.globals.get(setting, ()) if unit else ():
                for text in self.resolver.texts(func.nodes[number].value, func, number):
                    module, _, name = text.rpartition(".")
                    where = sources.resolve(path, module, 0)
                    target = self.graph.program.unit(where) if where else None
                    methods = (
                        [c.methods[method] for c in target.classes if c.name == name and method in c.methods]
                        if target
                        else []
                    )
                    if not methods:
                        return ()
                    found.extend((each, True) for each in methods)
        return tuple(found)

    def bound_to(self, func: Func, name: str) -> Func | None:
        """The decorated function that a name inside a decorator's wrapper stands for."""
        at = func.parent
        while at is not None:
            for decorator, param, target in self.bound:
                if decorator is at and param == name:
                    return target
            at = at.parent
        return None


class Run(Looping):
    """Solves one function."""

    def solve(self, arguments: Env) -> Summary:
        """Walk from the entry until nothing new is found."""
        rank = self.func.order
        waiting: dict[int, list[Path]] = {}
        seen: list[dict[object, None]] = [{} for _ in self.nodes]
        walked: dict[int, int] = {}  # node -> paths
        sizes: dict[tuple[int, int], int] = {}  # each round through a written list has paths of its own
        heap: list[tuple[int, int]] = []

        def add(number: int, facts: Facts, env: Env) -> None:
            if number < 0:
                return
            facts = self._few(facts)
            memo: object = (facts, frozenset(env.items()))
            if memo in seen[number]:
                return
            seen[number][memo] = None
            if number not in waiting:
                waiting[number] = []
                heapq.heappush(heap, (rank[number], number))
            waiting[number].append((facts, env))

        def fewer(number: int, paths: list[Path]) -> Iterator[Path]:
            if len(paths) + walked.get(number, 0) > MAX_PATHS // 2:
                paths = joined(paths)
            rest: list[Path] = []
            for facts, env in paths:
                at = (number, place_in_loops(env))
                if sizes.get(at, 0) < MAX_PATHS:
                    sizes[at] = sizes.get(at, 0) + 1
                    walked[number] = walked.get(number, 0) + 1
                    yield facts, env
                else:
                    rest.append((facts, {k: v for k, v in env.items() if k[:1] == "<" and k[1:2] != "<"}))
            for facts, env in joined(rest):
                at = (number, place_in_loops(env))
                memo: object = (REST, facts, frozenset(env.items()))
                if memo not in seen[number] and sizes[at] < 2 * MAX_PATHS:
                    seen[number][memo] = None
                    sizes[at] += 1
                    walked[number] = walked.get(number, 0) + 1
                    yield facts, env

        for facts, env in self.entry(arguments):
            add(0, facts, env)
        while heap:
            _, number = heapq.heappop(heap)
            for facts, env in fewer(number, waiting.pop(number)):
                self.walker.steps += 1
                for successor, later, changed in self._step(number, facts, env):
                    add(successor, later, self._kept(number, changed))
            if self.walker.steps > MAX_STEPS:
                break
        return Summary(
            tuple(self.exits)[:MAX_EXITS],
            tuple(self.raises)[:MAX_EXITS],
            alternatives(self.yields) if self.yields else (),
            tuple(self.yielding)[:MAX_EXITS],
            tuple(self.events.values())[:MAX_EVENTS],
        )

    def _kept(self, number: int, env: Env) -> Env:
        """What is still read; of a great many variables, those that were bound last."""
        dead = {spelled for spelled in env if not self.live.is_live(spelled, number)}
        over = len(env) - len(dead) - MAX_ENV
        if not dead and over <= 0:
            return env
        kept = [(k, v) for k, v in env.items() if k not in dead]
        return dict(kept[over:] if over > 0 else kept)

    def _few(self, facts: Facts) -> Facts:
        """The decisions on the way; of a great many, those that were taken last."""
        if len(facts) <= MAX_FACTS:
            return facts
        placed = [
            (f.branch[0] is self.func, f.branch[1], f.branch[0].key, f)
            for f in facts
            if not isinstance(f, Seen) and f.branch is not None
        ]
        placed.sort(key=lambda each: each[:3])
        return facts.difference(each[3] for each in placed[: len(facts) - MAX_FACTS])

    def _step(self, number: int, facts: Facts, env: Env) -> Iterable[tuple[int, Facts, Env]]:  # noqa: C901
        node = self.nodes[number]
        op = node.op
        if op == Op.BRANCH:
            edges = self.branch(number, node, facts, env)
        elif op == Op.CALL:
            return self.call(number, node, facts, env)
        elif op == Op.ASSIGN:
            edges = [(node.succ[0], facts, self._assign(number, node, facts, env))] if node.succ else []
        elif op == Op.FOR:
            edges = self.next_round(number, node, facts, env)
        elif op == Op.RETURN:
            self._return(number, node, facts, env)
            edges = [(s, facts, {RETURNED: BLANKS}) for s in node.succ if s != self.func.ir.exit]
        elif op == Op.RAISE:
            if node.exc == self.func.ir.raised or node.exc < 0:
                self.raises[facts] = None
                return []
            return [(node.exc, facts, env)]
        elif op == Op.YIELD:
            values = self.expressions.values(node.value, self.func, number, env)
            self.yielding[facts] = None
            self.yields.update(dict.fromkeys(self.why(v, facts) for v in values))
            if not telling(values):
                self.yields[BLANK] = None
            edges = [(s, facts, env) for s in node.succ]
        elif op == Op.UNWIND:
            swallows = last_name(self.made(node.value)) == "suppress"
            edges = [(s, facts, env) for s in (node.succ if swallows else node.succ[-1:])]
        elif op == Op.LATCH and self._endless(node):
            facts = frozenset(f for f in facts if isinstance(f, Check) and f.branch is None)
            env = self.anew(number, {k: v for k, v in env.items() if not self._open(k)})  # others may have set them
            edges = [(s, facts, env) for s in node.succ]
        elif op == Op.LATCH:
            edges = [(s, facts, self.latched(node, env)) for s in node.succ]
        elif op == Op.EXIT:
            grant = self.grants.get(number)
            if grant is not None:
                self.record(Event(grant, facts, target=grant.target))
            if RETURNED not in env:
                self.exits[Exit(facts, (Val(None),), attributes(env))] = None
            return []
        elif op == Op.RAISED:
            return []
        elif op == Op.DELETE:
            gone = key(node.target) if node.target is not None else ""
            edges = [(s, facts, {k: v for k, v in env.items() if k != gone}) for s in node.succ]
        else:
            edges = [(s, facts, env) for s in node.succ]
        if node.exc >= 0 and op not in (Op.CATCH, Op.UNWIND):
            edges.append((node.exc, facts, env))
        return edges

    def _open(self, spelled: str) -> bool:
        """Whether others may set what is spelled so: an attribute, an entry of a dictionary that is not local."""
        held, _, entry = spelled.partition("[")
        if self.walker.relevant.only_here(self.func, spelled):
            return False
        return "." in spelled or bool(entry and (self.func.ir.kind == "module" or held not in self.func.ir.locals))

    def _endless(self, latch: Node) -> bool:
        """Whether a loop has no condition: each round begins anew."""
        head = self.nodes[latch.succ[0]]
        return head.op != Op.FOR and (head.op != Op.BRANCH or isinstance(head.value, Const))

    def _assign(self, number: int, node: Node, facts: Facts, env: Env) -> Env:
        values = self.expressions.values(node.value, self.func, number, env)
        changed = dict(env)
        grant = self.grants.get(number)
        if grant is not None and any(v.const not in (False, None) or v.const is UNKNOWN for v in values):
            self.event(grant, facts, fitting(values, facts))
        kept = alternatives(self.why(v, facts) for v in values)
        keeps = isinstance(node.target, Item) and isinstance(node.target.index, Const)
        if (keeps or isinstance(node.target, (Name, Attr))) and telling(kept):
            stored = self.expressions.stored.setdefault((self.func, number), {})
            if len(stored) < 12:
                stored.update(dict.fromkeys(kept))
        elif isinstance(node.target, (Name, Attr)):
            self.expressions.stored.setdefault((self.func, number), {})[BLANK] = None
        if isinstance(node.target, Attr):
            self.installed(number, node, facts)
        self.unpack(node.target, values, changed, facts)
        return changed

    def _return(self, number: int, node: Node, facts: Facts, env: Env) -> None:
        values = self.expressions.values(node.value, self.func, number, env) if node.value is not None else (Val(None),)
        grant = self.grants.get(number)
        if grant is not None:
            for value in values:
                if value.holds is not False or value.const is None:
                    later = after(facts, value.why)
                    raws = frozenset(r for r in value.check if r[0] != CLAIM)
                    if value.face and value.sign >= 0 and value.truth is None:
                        later |= {Gate((self.func, number), True, value.face, True)}
                    self.record(Event(grant, later, value.face, raws, grant.target))
        self.exits[Exit(facts, tuple(self.why(v, facts) if v.tainted else v for v in values), attributes(env))] = None
