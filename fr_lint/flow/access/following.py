"""What a call does on one path: it enters a function of the project, or gives what an outside call gives.

Must not know verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import CLAIM, SECRET, SESSION, STAFF, TOKEN
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.access.domain import (
    NO_RAWS,
    NONE,
    SEEN,
    UNKNOWN,
    Check,
    Env,
    Exit,
    Facts,
    Gate,
    Raw,
    Summary,
    Token,
    Val,
    Vals,
    after,
    alternatives,
    but,
    mix,
    renewed,
)
from fr_lint.flow.access.entering import Entering
from fr_lint.flow.access.frame import callee_name, fitting, gates, plain, telling
from fr_lint.flow.access.several import added
from fr_lint.flow.callers import INSPECTS
from fr_lint.flow.graph import Site
from fr_lint.flow.identifiers import dotted_name, last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import FuncV
from fr_lint.ir.model import Attr, Const, Expr, FunctionRef, Name, Node, Op, Result
from fr_lint.ir.walk import results_in


class Following(Entering):
    """Calls."""

    chosen: frozenset[Func] | None = None  # what a table holds under the key that it is asked with

    def call(self, number: int, node: Node, facts: Facts, env: Env) -> list[tuple[int, Facts, Env]]:
        """Where a call leads, and what is decided and known there; a table is asked with each key that it may get."""
        if self.calls.listed(self.func, number):
            return self._listed(number, node, facts, env)
        asked = self.walker.tables.asked(self.func, number)
        if asked is None:
            return self._call(number, node, facts, env)
        edges: list[tuple[int, Facts, Env]] = []
        for value in self.expressions.values(asked[0], self.func, number, env):
            self.chosen = asked[1].get(value.const) if value.const is not UNKNOWN else None
            edges.extend(self._call(number, node, after(facts, value.why), env))
            self.chosen = None
        return edges

    def _call(self, number: int, node: Node, facts: Facts, env: Env) -> list[tuple[int, Facts, Env]]:  # noqa: C901
        grant = self.grants.get(number)
        face = self.calls.face(self.func, number)
        self.walker.visits.setdefault(self.func, {}).setdefault(number, set()).add(facts)
        targets = () if face is not None else self._targets(number, node, env) or self._backends(number)
        inner = False
        edges: list[tuple[int, Facts, Env]] = []
        succ = node.succ[0] if node.succ else -1
        if targets:
            for target, bound in targets[:8]:
                summary, prefix = self._enter(target, bound, number, node, env)
                inner |= (
                    self.passed_on(summary, facts, (self.func, number), target=grant.target if grant else frozenset())
                    and grant is not None
                    and any(e.grant.kind == grant.kind for e in summary.events)
                )
                for each in summary.raises:
                    if node.exc == self.func.ir.raised or node.exc < 0:
                        self.raises[after(facts, each)] = None
                    else:
                        edges.append((node.exc, after(facts, each), env))
                if not summary.complete and not summary.exits:
                    edges.append((succ, facts, env) if target not in self.walker.busy else (-1, facts, env))
                edges.extend(
                    (succ, after(facts, exit_.facts), self._returned(number, env, exit_, prefix))
                    for exit_ in self._named_exits(target, summary, self._presented(target, number, node, env))
                )
            if any(target.ir.is_async for target, _ in targets[:8]) and not (
                node.awaited or self._is_run(number, edges)
            ):
                edges.append((succ, facts, env))  # it has not run yet
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
            facts = self.refuses(number, node, facts, values)
            if self.calls.ends(self.func, number):
                if node.exc == self.func.ir.raised or node.exc < 0:
                    self.raises[facts] = None
                else:
                    edges.append((node.exc, facts, env))
                return edges
            changed = env
            if telling(values) and number in self.last_use:
                changed = {**env, f"#{number}": values}
            elif f"#{number}" in env:
                changed = {k: v for k, v in env.items() if k != f"#{number}"}
            edges.append((succ, facts, self._mutated(node, changed, number, facts)))
        for left in self.expressions.carried.leaves(self.func, number):
            kept = (self.why(v, facts) for v in self.expressions.values(left, self.func, number, env))
            self.expressions.stored.setdefault((self.func, number), {}).update(dict.fromkeys(islice(kept, 4)))
        if grant is not None and not (grant.named and inner):
            found = (self.expressions.values(arg.value, self.func, number, env) for arg in node.args)
            given = tuple(v for values in found for v in fitting(values, facts))
            self.event(grant, facts, given, self.device(grant, number, node, env))
        if node.exc >= 0 and node.exc != self.func.ir.raised:
            edges.append((node.exc, facts, env))
        return edges

    def _is_run(self, number: int, edges: list[tuple[int, Facts, Env]]) -> bool:
        """Whether a coroutine ends before its maker goes on, which awaits a call that is handed it, or gathers."""
        takers = [n for n in self.nodes if n.op == Op.CALL and n.awaited] if edges else []
        gathering = access_words("calls", "gathering")
        return any(last_name(n.value) in gathering or number in _results(n) for n in takers)

    def _listed(self, number: int, node: Node, facts: Facts, env: Env) -> list[tuple[int, Facts, Env]]:
        """A call that the policy lists as an alternative authenticator: the user's word, whatever its body says."""
        raws = frozenset(((SECRET, last_name(node.value) or "listed"),))
        for target, bound in self._targets(number, node, env)[:4]:
            self.passed_on(self._enter(target, bound, number, node, env)[0], facts, (self.func, number))
        if node.statement:
            facts = facts | {Check((self.func, number), raws)}
        grant = self.grants.get(number)
        if grant is not None:
            self.event(grant, facts | {Check((self.func, number), raws)}, ())
        edges = [(node.succ[0], facts, {**env, f"#{number}": (Val(check=raws),)})] if node.succ else []
        if node.exc >= 0 and node.exc != self.func.ir.raised:
            edges.append((node.exc, facts, env))
        return edges

    def _targets(self, number: int, node: Node, env: Env) -> tuple[tuple[Func, bool], ...]:
        known = self.walker.graph.targets(self.func, number)
        if self.chosen is not None:
            return tuple(each for each in known if each[0] in self.chosen)
        asked = self.walker.rows.asked(self.func, node, known, env)
        found = asked if asked is not known else tuple(e for e in known if self.walker.relevant.is_worth(e[0]))
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
            values = self._passed(target, name, self.expressions.values(expr, self.func, number, env))
            if telling(values) or name in optional:
                given[name] = values
        prefix = ""
        if bound and isinstance(node.value, Attr):
            base = node.value.base
            prefix = (
                dotted_name(base)
                if not isinstance(base, Result)
                else "self"
                if last_name(self.made(base)) == "super"
                else ""
            )
            if prefix:
                inside = target.ir.params[0].name if target.ir.params else "self"
                for spelled, values in env.items():
                    if spelled.startswith(prefix + "."):
                        given[inside + spelled[len(prefix) :]] = values
        bindings = self.walker.bound if target.parent is not None else ()
        arguments = tuple(sorted(given.items(), key=lambda item: item[0]))
        plain = not any(arg.star for arg in node.args)
        return self.walker.run(target, arguments, bindings, called=plain), prefix

    def _passed(self, target: Func, name: str, values: Vals) -> Vals:
        """What a callee may make something of, so that calls are alike where they do alike."""
        tested = name in self.walker.relevant.tested(target)
        found: list[Val] = []
        for value in values:
            if value.const is not UNKNOWN and not isinstance(value.const, (bool, type(None))) and not tested:
                value = Val(raw=value.raw)
            elif value.face or (value.why and value.const is UNKNOWN and value.truth is None):
                value = but(value, why=NONE)
            found.append(value)
        return alternatives(found)

    def _presented(self, target: Func, number: int, node: Node, env: Env) -> frozenset[Raw]:
        """What a function is given that somebody presented, if its name says that it decides about it."""
        if not self.calls.decides(target.name):
            return NO_RAWS
        given = (v for arg in node.args for v in self.expressions.values(arg.value, self.func, number, env))
        return frozenset(raw for v in given for raw in v.raw if raw[0] in (SECRET, TOKEN))

    def _named_exits(self, target: Func, summary: Summary, presented: frozenset[Raw] = NO_RAWS) -> Iterator[Exit]:
        """The exits of a function; where its body tells nothing of a check that its name speaks of, the name does."""
        if summary.yields and self._is_context(target):
            yield from (Exit(facts, (mix(summary.yields),)) for facts in summary.yielding)
            return
        if summary.yields:
            yield Exit(NONE, (mix(summary.yields) if len(summary.yields) > 1 else summary.yields[0],))
            return
        exits = summary.exits
        raws = frozenset(r for r in self.words.read(target.name) if r[0] not in (CLAIM, SESSION)) or presented
        told = any(isinstance(f, (Gate, Check)) for e in exits for f in e.facts) or any(
            v.face or v.check for e in exits for v in e.values
        )
        if not raws or told:
            yield from exits
            return
        truths = {v.holds for e in exits for v in e.values}
        refusing = self._answers_with_refusals(target)
        for exit_ in exits:
            if refusing:
                fine = all(v.holds is False for v in exit_.values)
                facts = exit_.facts | {Check((target, 0), raws)} if fine else exit_.facts
                yield Exit(facts, exit_.values, exit_.attributes)
            elif truths >= {True, False} or (
                (truths == {None} or (truths == {None, False} and self.calls.decides(target.name)))
                and any(not plain(v) for v in exit_.values)
            ):
                if all(v.holds is True for v in exit_.values):
                    yield Exit(exit_.facts | {Check((target, 0), raws)}, exit_.values, exit_.attributes)
                    continue
                values = tuple(
                    v if v.holds is not None else Val(raw=v.raw, check=raws, why=v.why) for v in exit_.values
                )
                yield Exit(exit_.facts, values, exit_.attributes)
            else:
                yield exit_

    @staticmethod
    def _is_context(func: Func) -> bool:
        """Whether a generator stands for a ``with`` block: what it decides before it yields holds in the block."""
        enclosing = func.parent or func
        names = (callee_name(decorator, enclosing) for decorator in func.ir.decorators)
        return any(name in access_words("calls", "contexts") for name in names)

    def _answers_with_refusals(self, target: Func) -> bool:
        """Whether a function gives an error to whoever fails, and nothing to the others."""
        given = [
            (n, node.value) for n, node in enumerate(target.nodes) if node.op == Op.RETURN and node.value is not None
        ]
        told = [(n, v) for n, v in given if not (isinstance(v, Const) and not v.value)]
        success = self.walker.granting.success
        return bool(told) and not any(success.succeeds(v, target, n) for n, v in told)

    def _returned(self, number: int, env: Env, exit_: Exit, prefix: str) -> Env:
        changed = env
        if number in self.last_use:
            changed = dict(env)
            changed.pop(f"#{number}", None)
            if telling(exit_.values):
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
        handed: list[tuple[int, Expr]] = [(place, arg.value) for place, arg in enumerate(node.args)]
        if isinstance(node.value, Attr) and node.value.name not in INSPECTS:
            handed.append((-1, node.value.base))  # `work.delay(...)`
        for place, expr in handed:
            if not isinstance(expr, (Name, Attr, FunctionRef)):
                continue
            for value in self.walker.resolver.values(expr, self.func, number):
                if not isinstance(value, FuncV):
                    continue
                for target, bound in self.walker.graph.enters(value):
                    site = Site(self.func, number, False, place + 1, bound)
                    given: dict[str, Vals] = {}
                    for name, argument in self.walker.graph.bound_arguments(target, site).items():
                        values = self.expressions.values(argument, self.func, number, env)
                        given.setdefault(name, values)
                    summary = self.walker.run(target, tuple(sorted(given.items(), key=lambda item: item[0])))
                    self.passed_on(summary, facts, (self.func, number), later=not self._at_once(node))
                    hit = True
                    found.extend(self.why(v, e.facts) for e in summary.exits for v in e.values if v.const is not None)
        return alternatives(found) if hit and any(v.tainted or v.why for v in found) else None

    @staticmethod
    def _at_once(node: Node) -> bool:
        """Whether what is handed over runs now, for whoever stands there, and not when a button is pressed."""
        return bool(set(split(last_name(node.value))) & access_words("calls", "at-once"))

    def installed(self, number: int, node: Node, facts: Facts) -> None:
        """``client.on_message = answer``, ``porter_button.when_pressed = open_door``: somebody else will call it."""
        holder = last_name(node.target.base) if isinstance(node.target, Attr) else ""
        pressed = frozenset(raw for raw in self.words.read(holder) if raw[0] in (STAFF, TOKEN)) if holder else NO_RAWS
        facts = facts | {Check((self.func, number), pressed)} if pressed else facts
        if isinstance(node.value, (Name, Attr, FunctionRef)):
            for value in self.walker.resolver.values(node.value, self.func, number):
                if isinstance(value, FuncV):
                    for target, _ in self.walker.graph.enters(value):
                        self.passed_on(self.walker.run(target), facts, (self.func, number), later=True)

    def _mutated(self, node: Node, env: Env, number: int, facts: Facts) -> Env:
        """``names.append(found)``: the container holds what it was given."""
        if not isinstance(node.value, Attr) or node.value.name not in (
            "append",
            "add",
            "extend",
            "insert",
            "update",
            "put",
            "appendleft",
            *access_words("calls", "sql"),
        ):
            return env
        if node.value.name in access_words("calls", "sql") and not self.calls.selected(self.func, number, node):
            return env
        base = dotted_name(node.value.base)
        given = [v for arg in node.args for v in self.expressions.values(arg.value, self.func, number, env)]
        if node.value.name in access_words("calls", "sql"):
            given = [Val(raw=frozenset(r for v in given for r in v.raw) | self.calls.selected(self.func, number, node))]
        longer = self._longer(node, base, given, env, number, facts)
        if longer is not None:
            return {**env, base: longer}
        if not base or not any(v.tainted or v.why or gates(facts) for v in given):
            filled = node.value.name not in access_words("calls", "sql") and base in env
            if filled and all(v.const is not UNKNOWN for v in env[base]):
                return {k: v for k, v in env.items() if k != base}  # no longer the empty one that it was
            return env
        held = tuple(v for v in env.get(base, ()) if v.const is UNKNOWN)
        return {**env, base: (mix((*held, *(self.why(v, facts) for v in given))),)}

    def _longer(self, node: Node, base: str, given: list[Val], env: Env, number: int, facts: Facts) -> Vals | None:
        """A list of this function's own that is one element longer."""
        rows = self.walker.rows
        if last_name(node.value) not in ("append", "add") or len(given) != 1 or base not in rows.closed(self.func):
            return None
        if len(env.get(base, ())) != 1 or number in rows.growing(self.func):
            return None
        found = added(env[base][0], self.why(given[0], facts))
        return None if found is None else (found,)


def _results(node: Node) -> set[int]:
    """The calls whose values a call is handed."""
    return {number for arg in node.args for number in results_in(arg.value)}
