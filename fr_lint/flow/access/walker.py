"""Walks functions along their paths, from an entry point into whatever the project defines, and notes the grants.

A forward analysis over sets of paths; a call enters the function that it calls with what is known of its arguments, and
equal calls are walked once.  Face results, other checks and literal flags keep paths apart; everything else does not.
Must not know what follows from a grant.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import Final

from fr_lint.catalogue.grants import CLAIM, SECRET, SESSION, STAFF, Authenticators
from fr_lint.flow.access.calls import Calls
from fr_lint.flow.access.domain import (
    BLANK,
    BLANKS,
    NONE,
    SEEN,
    UNKNOWN,
    Check,
    Env,
    Event,
    Exit,
    Facts,
    Gate,
    Grant,
    Raw,
    Summary,
    Token,
    Val,
    Vals,
    after,
    alternatives,
    known,
    mix,
    renewed,
)
from fr_lint.flow.access.evaluate import Expressions, element
from fr_lint.flow.access.granting import Granting
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.identifiers import dotted_name, last_name
from fr_lint.flow.values import FuncV, Inst, Obj
from fr_lint.ir.keys import key
from fr_lint.ir.model import Attr, Const, Display, Expr, FunctionRef, Item, Name, Node, Op, Result, Starred
from fr_lint.ir.walk import reads, results_in

MAX_PATHS: Final = 48  # paths that are kept apart at one node
MAX_EXITS: Final = 12  # ways to return that are kept apart
MAX_EVENTS: Final = 160  # grants that a function passes on to its callers
MAX_DEPTH: Final = 14  # calls inside calls
MAX_STEPS: Final = 400_000  # nodes times paths, in one project
RETURNED: Final = "<returned>"  # on the way through a `finally`

Path = tuple[Facts, Env]
Arguments = tuple[tuple[str, Vals], ...]
Bound = tuple[tuple[Func, str, Func], ...]  # decorator, its parameter, the function that it stands for


class Walker:
    """Runs functions; remembers what it has run."""

    def __init__(self, graph: CallGraph, expressions: Expressions, calls: Calls, granting: Granting, words: Authenticators) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.expressions = expressions
        self.calls = calls
        self.granting = granting
        self.words = words
        self.steps = 0
        self.clock: dict[Token, int] = {}
        self.visits: dict[Func, dict[int, set[Facts]]] = {}  # what was decided before each call of a function
        self._memo: dict[tuple[Func, Arguments, Bound, bool], Summary] = {}
        self._busy: set[Func] = set()
        self._bound: Bound = ()
        self._last_use: dict[Func, dict[int, int]] = {}
        expressions.demand = self._demand

    def run(self, func: Func, arguments: Arguments = (), bound: Bound = (), *, called: bool = False) -> Summary:
        """What running a function with these arguments does; ``called``: with no others."""
        memo_key = (func, arguments, bound, called)
        if memo_key in self._memo:
            return self._memo[memo_key]
        if func in self._busy or len(self._busy) >= MAX_DEPTH or self.steps > MAX_STEPS:
            return Summary(complete=func not in self._busy)
        self._busy.add(func)
        before, self._bound = self._bound, bound
        try:
            summary = _Run(self, func, called=called).solve(dict(arguments))
        finally:
            self._busy.discard(func)
            self._bound = before
        self._memo[memo_key] = summary
        return summary

    def _demand(self, func: Func) -> None:
        if func not in self._busy and (func, (), (), False) not in self._memo:
            self.run(func)

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
                    methods = [c.methods[method] for c in target.classes if c.name == name and method in c.methods] if target else []
                    if not methods:
                        return ()
                    found.extend((each, True) for each in methods)
        return tuple(found)

    def bound_to(self, func: Func, name: str) -> Func | None:
        """The decorated function that a name inside a decorator's wrapper stands for."""
        at = func.parent
        while at is not None:
            for decorator, param, target in self._bound:
                if decorator is at and param == name:
                    return target
            at = at.parent
        return None


class _Run:
    """One function on its way."""

    def __init__(self, walker: Walker, func: Func, *, called: bool = False) -> None:
        self.walker = walker
        self.called = called
        self.func = func
        self.nodes = func.nodes
        self.expressions = walker.expressions
        self.calls = walker.calls
        self.grants = walker.granting.of(func)
        self.last_use = walker.last_use(func)
        self.exits: dict[Exit, None] = {}
        self.raises: dict[Facts, None] = {}
        self.yields: dict[Val, None] = {}
        self.events: dict[object, Event] = {}

    def solve(self, arguments: Env) -> Summary:
        rank = self.func.order
        waiting: dict[int, list[Path]] = {}
        seen: list[dict[object, None]] = [{} for _ in self.nodes]
        heap: list[tuple[int, int]] = []

        def add(number: int, facts: Facts, env: Env) -> None:
            if number < 0:
                return
            memo: object = (facts, frozenset(env.items()))
            known_here = seen[number]
            if memo in known_here:
                return
            if len(known_here) >= MAX_PATHS:
                env = {}
                memo = (facts, frozenset())
                if memo in known_here or len(known_here) >= 2 * MAX_PATHS:
                    return
            known_here[memo] = None
            if number not in waiting:
                waiting[number] = []
                heapq.heappush(heap, (rank[number], number))
            waiting[number].append((facts, env))

        for facts, env in self._entry(arguments):
            add(0, facts, env)
        while heap:
            _, number = heapq.heappop(heap)
            for facts, env in waiting.pop(number):
                self.walker.steps += 1
                for successor, later, changed in self._step(number, facts, env):
                    add(successor, later, changed)
            if self.walker.steps > MAX_STEPS:
                break
        return Summary(
            tuple(self.exits)[:MAX_EXITS],
            tuple(self.raises)[:MAX_EXITS],
            alternatives(self.yields) if self.yields else (),
            tuple(self.events.values())[:MAX_EVENTS],
        )

    # -------------------------------------------------------------------------------------------------------- entry

    def _entry(self, arguments: Env) -> Iterator[Path]:
        facts: Facts = NONE
        raws = self._decorated()
        if raws:
            facts = frozenset((Check(None, raws),))
        paths: list[Path] = [(facts, dict(arguments))]
        enclosing = self.func.parent or self.func
        for param in self.func.ir.params:
            if param.name in arguments:
                continue
            depends = self._dependency(param.default, enclosing) or self._dependency_in(param.annotation, enclosing)
            if depends is not None:
                paths = [p for path in paths for p in self._depend(path, param.name, depends, enclosing)]
            elif isinstance(param.default, Const) and isinstance(param.default.value, (bool, type(None))) and self.called:
                for _, env in paths:
                    env[param.name] = (Val(param.default.value),)
        for decorator in self.func.ir.decorators:
            paths = [p for path in paths for p in self._dependencies(path, decorator, enclosing)]
        yield from paths

    def _dependency(self, default: Expr | None, enclosing: Func) -> Result | None:
        if isinstance(default, Result) and last_name(enclosing.nodes[default.node].value) in ("Depends", "Security"):
            return default
        return None

    def _dependency_in(self, annotation: Expr | None, enclosing: Func) -> Result | None:
        if isinstance(annotation, Item) and isinstance(annotation.index, Display):
            for part in annotation.index.elements:
                found = self._dependency(part, enclosing)
                if found is not None:
                    return found
        return None

    def _dependencies(self, path: Path, decorator: Expr, enclosing: Func) -> Iterator[Path]:
        """``dependencies=[Depends(f)]`` in a route's decorator."""
        paths = [path]
        if isinstance(decorator, Result):
            for arg in enclosing.nodes[decorator.node].args:
                if arg.keyword == "dependencies" and isinstance(arg.value, Display):
                    for part in arg.value.elements:
                        if self._dependency(part, enclosing) is not None and isinstance(part, Result):
                            paths = [p for each in paths for p in self._depend(each, "", part, enclosing)]
        yield from paths

    def _depend(self, path: Path, name: str, depends: Result, enclosing: Func) -> Iterator[Path]:
        facts, env = path
        call = enclosing.nodes[depends.node]
        targets: list[Func] = []
        if call.args:
            for value in self.walker.resolver.values(call.args[0].value, enclosing, depends.node):
                targets.extend(target for target, _ in self.walker.graph.enters(value))
        found = False
        for target in targets:
            summary = self.walker.run(target, (), self.walker._bound)
            self._passed_on(summary, facts, (enclosing, depends.node))
            values = [Exit(NONE, summary.yields)] if summary.yields else list(summary.exits)
            for exit_ in values:
                found = True
                changed = dict(env)
                if name and _telling(exit_.values):
                    changed[name] = exit_.values
                yield after(facts, exit_.facts), changed
        if not found:
            spoken = {r for arg in call.args[:1] for r in self.expressions.spoken(last_name(arg.value)) if r[0] in (SESSION, STAFF)}
            sessions = any(last_name(arg.value) in self.words.sessions for arg in call.args[:1])
            raws = frozenset(spoken) or (frozenset(((SESSION, "login"),)) if sessions else frozenset())
            yield (facts | {Check(None, raws)} if raws else facts), env

    @property
    def words(self) -> Authenticators:
        return self.walker.words

    def _decorated(self) -> frozenset[Raw]:
        """What decorators, base classes and permission lists say of whoever gets in."""
        names: list[str] = []
        enclosing = self.func.parent or self.func
        for decorator in self.func.ir.decorators:
            names.append(_callee_name(decorator, enclosing))
        cls = self.func.cls
        if cls is not None and self.func.ir.kind == "function":
            names.extend(base.rpartition(".")[2] for base in self.walker.resolver.external_bases(cls))
            for decorator in cls.ir.decorators:
                names.append(_callee_name(decorator, cls.parent))
            for number in (n for key_ in ("permission_classes", "decorators") for n in cls.body.defs.get(key_, ())):
                value = cls.body.nodes[number].value
                if isinstance(value, Display):
                    names.extend(last_name(e) for e in value.elements)
        found: set[Raw] = set()
        for name in names:
            if name in self.words.staff:
                found.add((STAFF, name))
            elif name in self.words.sessions:
                found.add((SESSION, name))
            else:
                found |= {r for r in self.words.read(name.replace("required", "")) if r[0] in (STAFF, SECRET)}
        return frozenset(found)

    # -------------------------------------------------------------------------------------------------------- steps

    def _step(self, number: int, facts: Facts, env: Env) -> Iterable[tuple[int, Facts, Env]]:  # noqa: C901
        node = self.nodes[number]
        op = node.op
        if op == Op.BRANCH:
            edges = self._branch(number, node, facts, env)
        elif op == Op.CALL:
            return self._call(number, node, facts, env)
        elif op == Op.ASSIGN:
            edges = [(node.succ[0], facts, self._assign(number, node, facts, env))] if node.succ else []
        elif op == Op.FOR:
            edges = self._for(number, node, facts, env)
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
            self.yields.update(dict.fromkeys(self._why(v, facts) for v in values))
            if not _telling(values):
                self.yields[BLANK] = None
            edges = [(s, facts, env) for s in node.succ]
        elif op == Op.UNWIND:
            swallows = last_name(self._made(node.value)) == "suppress"
            edges = [(s, facts, env) for s in (node.succ if swallows else node.succ[-1:])]
        elif op == Op.LATCH and self._endless(node):
            facts = frozenset(f for f in facts if isinstance(f, Check) and f.branch is None)
            edges = [(s, facts, env) for s in node.succ]
        elif op == Op.EXIT:
            if RETURNED not in env:
                self.exits[Exit(facts, (Val(None),), _attributes(env))] = None
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

    def _endless(self, latch: Node) -> bool:
        """Whether a loop has no condition: each round begins anew."""
        head = self.nodes[latch.succ[0]]
        return head.op != Op.FOR and (head.op != Op.BRANCH or isinstance(head.value, Const))

    def _made(self, expr: Expr | None) -> Expr | None:
        return self.nodes[expr.node].value if isinstance(expr, Result) else expr

    def _why(self, value: Val, facts: Facts) -> Val:
        """A value with what was decided where it came to be."""
        decided = frozenset(f for f in facts if f is not SEEN and not (isinstance(f, Check) and f.branch is None))
        why = after(value.why, decided)
        if why == value.why:
            return value
        return Val(value.const, value.truth, value.face, value.sign, value.template, value.raw, value.check, value.check_sign, why, value.parts)  # noqa: E501

    # ------------------------------------------------------------------------------------------------------ branches

    def _branch(self, number: int, node: Node, facts: Facts, env: Env) -> list[tuple[int, Facts, Env]]:
        place = (self.func, number)
        edges: list[tuple[int, Facts, Env]] = []
        expr = node.value
        spelled = f"#{expr.node}" if isinstance(expr, Result) else dotted_name(expr) if expr is not None else ""
        for value in self.expressions.values(expr, self.func, number, env):
            base = after(facts, value.why)
            holds = value.holds
            for side, successor in ((True, node.succ[0]), (False, node.succ[1])):
                if holds is not None and holds != side:
                    continue
                if holds is not None:
                    edges.append((successor, base, env))
                    continue
                passed = frozenset(f for f in base if not (isinstance(f, (Gate, Check)) and f.branch == place))
                if value.face:
                    guess = None if not value.sign else value.sign > 0
                    passed |= {Gate(place, side, value.face, guess)}
                raws = frozenset(r for r in value.check if r[0] != CLAIM and (r[0] == SECRET or not value.face))
                if raws and side == (value.check_sign > 0):
                    passed |= {Check(place, raws)}
                changed = env
                again = isinstance(expr, Result) and self.last_use.get(expr.node, 0) > number
                if spelled and (value.face or value.check or value.why or again):
                    changed = {**env, spelled: (known(value, side),)}
                edges.append((successor, passed, changed))
        return edges

    def _for(self, number: int, node: Node, facts: Facts, env: Env) -> list[tuple[int, Facts, Env]]:
        values = self.expressions.values(node.value, self.func, number, env)
        body = dict(env)
        self._unpack(node.target, alternatives(element(v) for v in values), body, facts)
        inside, past = facts, facts
        face = frozenset(t for v in values for t in v.face)
        target = next(iter(target_names(node.target)), "") if node.target is not None else ""
        if face and "@" not in target:
            place = (self.func, number)
            rest = frozenset(f for f in facts if not (isinstance(f, Gate) and f.branch == place))
            inside = rest | {Gate(place, True, face, None)}
            past = rest if any(isinstance(f, Gate) and f.branch == place and f.side for f in facts) else rest | {Gate(place, False, face, None)}
        return [(node.succ[0], inside, body), (node.succ[1], past, env)]

    # --------------------------------------------------------------------------------------------------- assignments

    def _assign(self, number: int, node: Node, facts: Facts, env: Env) -> Env:
        values = self.expressions.values(node.value, self.func, number, env)
        changed = dict(env)
        grant = self.grants.get(number)
        if grant is not None and any(v.const not in (False, None) or v.const is UNKNOWN for v in values):
            self._event(grant, facts, values)
        kept = alternatives(self._why(v, facts) for v in values)
        if isinstance(node.target, (Name, Attr)) and _telling(kept):
            stored = self.expressions.stored.setdefault((self.func, number), {})
            if len(stored) < 12:
                stored.update(dict.fromkeys(kept))
        elif isinstance(node.target, (Name, Attr)):
            self.expressions.stored.setdefault((self.func, number), {})[BLANK] = None
        if isinstance(node.target, Attr):
            self._installed(number, node, facts)
        self._unpack(node.target, values, changed, facts)
        self._drop(number, changed)
        return changed

    def _unpack(self, target: Expr | None, values: Vals, env: Env, facts: Facts) -> None:
        if isinstance(target, Starred):
            target = target.value
        if isinstance(target, Display):
            for place, part in enumerate(target.elements):
                found = alternatives(dict(v.parts)[place] if place in dict(v.parts) else element(v) for v in values)
                self._unpack(part, found, env, facts)
            return
        if isinstance(target, (Name, Attr)):
            spelled = target.id if isinstance(target, Name) else dotted_name(target)
        elif isinstance(target, Item):
            spelled = key(target) if isinstance(target.index, Const) else ""
            if any(v.tainted for v in values):
                base = dotted_name(target.base)
                if base:
                    env[base] = (mix((*env.get(base, ()), *(self._why(v, facts) for v in values))),)
        else:
            return
        if not spelled:
            return
        for other in [k for k in env if k.startswith((spelled + ".", spelled + "["))]:
            del env[other]
        kept = alternatives(self._why(v, facts) for v in values)
        if _telling(kept):
            env[spelled] = kept
        else:
            env.pop(spelled, None)

    def _drop(self, number: int, env: Env) -> None:
        """Forget the values of calls that nobody reads any more."""
        for spelled in [k for k in env if k.startswith("#") and self.last_use.get(int(k[1:]), 0) <= number]:
            del env[spelled]

    def _return(self, number: int, node: Node, facts: Facts, env: Env) -> None:
        values = self.expressions.values(node.value, self.func, number, env) if node.value is not None else (Val(None),)
        grant = self.grants.get(number)
        if grant is not None:
            for value in values:
                if value.holds is not False:
                    later = after(facts, value.why)
                    raws = frozenset(r for r in value.check if r[0] != CLAIM)
                    if value.face and value.sign >= 0 and value.truth is None:
                        later |= {Gate((self.func, number), True, value.face, True)}
                    self._record(Event(grant, later, value.face, raws, grant.target))
        self.exits[Exit(facts, tuple(self._why(v, facts) if v.tainted else v for v in values), _attributes(env))] = None

    # ---------------------------------------------------------------------------------------------------------- calls

    def _call(self, number: int, node: Node, facts: Facts, env: Env) -> list[tuple[int, Facts, Env]]:
        grant = self.grants.get(number)
        face = self.calls.face(self.func, number)
        self.walker.visits.setdefault(self.func, {}).setdefault(number, set()).add(facts)
        targets = () if face is not None else self._targets(number, node) or self._backends(number)
        inner = False
        edges: list[tuple[int, Facts, Env]] = []
        succ = node.succ[0] if node.succ else -1
        if targets:
            for target, bound in targets[:8]:
                summary, prefix = self._enter(target, bound, number, node, env)
                inner |= self._passed_on(summary, facts, (self.func, number)) and grant is not None and any(
                    e.grant.kind == grant.kind for e in summary.events
                )
                for each in summary.raises:
                    if node.exc == self.func.ir.raised or node.exc < 0:
                        self.raises[after(facts, each)] = None
                    else:
                        edges.append((node.exc, after(facts, each), env))
                if not summary.complete and not summary.exits:
                    edges.append((succ, facts, env) if target not in self.walker._busy else (-1, facts, env))
                for exit_ in self._named_exits(target, summary):
                    edges.append((succ, after(facts, exit_.facts), self._returned(number, env, exit_, prefix)))
        else:
            if face is not None:
                token = Token(self.func, number)
                facts = renewed(facts, token) | {SEEN}
                self.walker.clock.setdefault(token, len(self.walker.clock))
            handed = self._hand_over(number, node, facts, env)
            values = handed or self.calls.value(self.func, number, node, env)
            for value in values:
                for token in value.face:
                    self.walker.clock.setdefault(token, len(self.walker.clock))
                    if token.node == number and token.func is self.func and face is None:
                        facts = renewed(facts, token)
            facts = self._refuses(number, node, facts, values)
            self._mutate(node, facts, env, values, number)
            if self.calls.ends(self.func, number):
                if node.exc == self.func.ir.raised or node.exc < 0:
                    self.raises[facts] = None
                else:
                    edges.append((node.exc, facts, env))
                return edges
            changed = env
            if _telling(values) and number in self.last_use:
                changed = {**env, f"#{number}": values}
            elif f"#{number}" in env:
                changed = {k: v for k, v in env.items() if k != f"#{number}"}
            edges.append((succ, facts, self._mutated(node, changed, values, number, facts)))
        if grant is not None and not (grant.named and inner):
            given = tuple(v for arg in node.args for v in self.expressions.values(arg.value, self.func, number, env))
            self._event(grant, facts, given, self._device(grant, number, node, env))
        if node.exc >= 0 and node.exc != self.func.ir.raised:
            edges.append((node.exc, facts, env))
        return edges

    def _targets(self, number: int, node: Node) -> tuple[tuple[Func, bool], ...]:
        found = self.walker.graph.targets(self.func, number)
        if not found and isinstance(node.value, Name):
            bound = self.walker.bound_to(self.func, node.value.id)
            if bound is not None:
                return ((bound, False),)
        return found

    def _backends(self, number: int) -> tuple[tuple[Func, bool], ...]:
        """The classes of a setting that a framework asks in turn; a call that asks others as well is not followed."""
        for dotted in self.calls.dotted(self.func, number):
            if dotted in self.words.backends:
                return self.walker.backends(*self.words.backends[dotted])
        return ()

    def _enter(self, target: Func, bound: bool, number: int, node: Node, env: Env) -> tuple[Summary, str]:
        given: dict[str, Vals] = {}
        optional = {p.name for p in target.ir.params if p.default is not None}
        for name, expr in self.walker.graph.bind(target, node.args, bound):
            values = self.expressions.values(expr, self.func, number, env)
            if _telling(values) or name in optional:
                given[name] = values
        prefix = ""
        if bound and isinstance(node.value, Attr):
            base = node.value.base
            prefix = dotted_name(base) if not isinstance(base, Result) else "self" if last_name(self._made(base)) == "super" else ""
            if prefix:
                inside = target.ir.params[0].name if target.ir.params else "self"
                for spelled, values in env.items():
                    if spelled.startswith(prefix + "."):
                        given[inside + spelled[len(prefix) :]] = values
        bindings = self.walker._bound if target.parent is not None else ()
        arguments = tuple(sorted(given.items(), key=lambda item: item[0]))
        plain = not any(arg.star for arg in node.args)
        return self.walker.run(target, arguments, bindings, called=plain), prefix

    def _passed_on(self, summary: Summary, facts: Facts, place: tuple[Func, int]) -> bool:
        for event in summary.events:
            self._record(Event(event.grant, after(facts, event.facts), event.face, event.raws, event.target, (place, *event.stack)))
        return bool(summary.events)

    def _named_exits(self, target: Func, summary: Summary) -> Iterator[Exit]:
        """The exits of a function; where its body tells nothing of a check that its name speaks of, the name does."""
        if summary.yields:
            yield Exit(NONE, (mix(summary.yields) if len(summary.yields) > 1 else summary.yields[0],))
            return
        exits = summary.exits
        raws = frozenset(r for r in self.words.read(target.name) if r[0] not in (CLAIM, SESSION))
        told = any(isinstance(f, (Gate, Check)) for e in exits for f in e.facts) or any(v.face or v.check for e in exits for v in e.values)
        if not raws or told:
            yield from exits
            return
        truths = {v.holds for e in exits for v in e.values}
        for exit_ in exits:
            if truths >= {True, False} or (None in truths and len(truths) == 1 and any(not _plain(v) for v in exit_.values)):
                if all(v.holds is True for v in exit_.values):
                    yield Exit(exit_.facts | {Check((target, 0), raws)}, exit_.values, exit_.attributes)
                    continue
                values = tuple(v if v.holds is not None else Val(raw=v.raw, check=raws, why=v.why) for v in exit_.values)
                yield Exit(exit_.facts, values, exit_.attributes)
            else:
                yield exit_

    def _returned(self, number: int, env: Env, exit_: Exit, prefix: str) -> Env:
        changed = env
        if number in self.last_use:
            changed = dict(env)
            changed.pop(f"#{number}", None)
            if _telling(exit_.values):
                changed[f"#{number}"] = exit_.values
        if prefix:
            changed = {k: v for k, v in changed.items() if not k.startswith(prefix + ".")}
            for spelled, values in exit_.attributes:
                changed[prefix + spelled] = values
        return changed

    def _hand_over(self, number: int, node: Node, facts: Facts, env: Env) -> Vals | None:
        """Functions of the project among the arguments run where they are handed over."""
        found: list[Val] = []
        hit = False
        for place, arg in enumerate(node.args):
            if not isinstance(arg.value, (Name, Attr, FunctionRef)):
                continue
            for value in self.walker.resolver.values(arg.value, self.func, number):
                if not isinstance(value, FuncV):
                    continue
                for target, bound in self.walker.graph.enters(value):
                    own = self.walker.graph._handed_arguments(node.args, place + 1)
                    given: dict[str, Vals] = {}
                    for name, expr in self.walker.graph.bind(target, own, bound):
                        values = self.expressions.values(expr, self.func, number, env)
                        given.setdefault(name, values)
                    summary = self.walker.run(target, tuple(sorted(given.items(), key=lambda item: item[0])))
                    self._passed_on(summary, facts, (self.func, number))
                    hit = True
                    found.extend(self._why(v, e.facts) for e in summary.exits for v in e.values if v.const is not None)
        return alternatives(found) if hit and any(v.tainted or v.why for v in found) else None

    def _installed(self, number: int, node: Node, facts: Facts) -> None:
        """``client.on_message = answer``: somebody else will call it."""
        if isinstance(node.value, (Name, Attr, FunctionRef)):
            for value in self.walker.resolver.values(node.value, self.func, number):
                if isinstance(value, FuncV):
                    for target, _ in self.walker.graph.enters(value):
                        self._passed_on(self.walker.run(target), facts, (self.func, number))

    def _mutate(self, node: Node, facts: Facts, env: Env, values: Vals, number: int) -> None:
        """Nothing yet: effects on other objects are seen through attributes."""

    def _mutated(self, node: Node, env: Env, values: Vals, number: int, facts: Facts) -> Env:
        """``names.append(found)``: the container holds what it was given."""
        if not isinstance(node.value, Attr) or node.value.name not in ("append", "add", "extend", "insert", "update", "put", "appendleft"):
            return env
        base = dotted_name(node.value.base)
        given = [v for arg in node.args for v in self.expressions.values(arg.value, self.func, number, env)]
        if not base or not any(v.tainted or v.why or _gates(facts) for v in given):
            return env
        held = tuple(v for v in env.get(base, ()) if v.const is UNKNOWN)
        return {**env, base: (mix((*held, *(self._why(v, facts) for v in given))),)}

    # --------------------------------------------------------------------------------------------------------- events

    def _device(self, grant: Grant, number: int, node: Node, env: Env) -> frozenset[str]:
        """Which device: a literal that a caller has passed."""
        if grant.target or not grant.device or not node.args:
            return grant.target
        found = {v.const for v in self.expressions.values(node.args[0].value, self.func, number, env)}
        only = found.pop() if len(found) == 1 else None
        known_here = isinstance(only, (int, str)) and not isinstance(only, bool)
        return frozenset((f"device:{only}",)) if known_here else frozenset()

    def _refuses(self, number: int, node: Node, facts: Facts, values: Vals) -> Facts:
        """A check that raises unless it is passed, or whose value nobody reads."""
        raws = frozenset(r for v in values for r in v.check if r[0] != CLAIM)
        if not raws or not (node.statement or any(self.words.raising.has(each) for each in self.calls.dotted(self.func, number))):
            return facts
        name = last_name(node.value)
        if node.statement and not self.calls.is_check(self.func, number, name):
            return facts
        return facts | {Check((self.func, number), raws)}

    def _event(self, grant: Grant, facts: Facts, given: Iterable[Val], target: frozenset[str] = frozenset()) -> None:
        values = tuple(given)
        whole = mix(values) if values else BLANK
        raws = frozenset(r for r in whole.check | (whole.raw if grant.kind == "payment" else frozenset()) if r[0] != CLAIM)
        self._record(Event(grant, after(facts, whole.why), whole.face, raws, target or grant.target))

    def _record(self, event: Event) -> None:
        facts = frozenset(f for f in event.facts)
        memo = (event.grant, facts, event.face, event.raws, event.target)
        before = self.events.get(memo)
        if before is None or len(before.stack) > len(event.stack):
            if before is not None or len(self.events) < MAX_EVENTS:
                self.events[memo] = event


def _telling(values: Vals) -> bool:
    """Whether anything worth keeping is known of a value."""
    return any(v.tainted or v.why or v.truth is not None or v.parts or isinstance(v.const, (bool, type(None))) or (v.const is not UNKNOWN) for v in values)


def _plain(value: Val) -> bool:
    return value.const is None


def _gates(facts: Facts) -> bool:
    return any(isinstance(f, Gate) for f in facts)


def _attributes(env: Env) -> tuple[tuple[str, Vals], ...]:
    return tuple(sorted(((k[4:], v) for k, v in env.items() if k.startswith("self.")), key=lambda item: item[0]))


def _callee_name(decorator: Expr, enclosing: Func) -> str:
    if isinstance(decorator, Result):
        return last_name(enclosing.nodes[decorator.node].value)
    return last_name(decorator)


__all__ = ["Inst", "Obj", "Walker"]
