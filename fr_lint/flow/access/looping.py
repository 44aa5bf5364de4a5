"""Loops, and what an assignment binds.

A list that is written out, of functions or objects of the project, is gone through row by row: whoever goes through it
has asked each of them, and not any one.  Must not know grants or verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.grants import CLAIM, SECRET
from fr_lint.flow.access.comparisons import EQUAL, NEGATED
from fr_lint.flow.access.domain import (
    NONE,
    Check,
    Env,
    Facts,
    Gate,
    Val,
    Vals,
    after,
    alternatives,
    is_shorter,
    known,
    mix,
)
from fr_lint.flow.access.evaluate import element
from fr_lint.flow.access.following import Following
from fr_lint.flow.access.frame import telling
from fr_lint.flow.access.rows import count, row
from fr_lint.flow.access.several import added, exact
from fr_lint.flow.access.tables import Member
from fr_lint.flow.identifiers import dotted_name
from fr_lint.flow.program import target_names
from fr_lint.ir.keys import key
from fr_lint.ir.model import Attr, Compare, Comprehension, Const, Display, Expr, Item, Name, Node, Result, Starred


def _asked(expr: Expr | None) -> tuple[str, bool]:
    """The name that a comparison asks whether it is true or false, and which of these."""
    if isinstance(expr, Compare) and expr.op in EQUAL and isinstance(expr.right, Const):
        if isinstance(expr.right.value, bool) and isinstance(expr.left, (Name, Attr)):
            return dotted_name(expr.left), expr.right.value == (expr.op not in NEGATED)
    return "", True


class Looping(Following):
    """Loops."""

    def next_round(self, number: int, node: Node, facts: Facts, env: Env) -> list[tuple[int, Facts, Env]]:
        """The edges of a loop: one more round, and past it."""
        values = self.expressions.values(node.value, self.func, number, env)
        body = dict(env)
        self.unpack(node.target, alternatives(element(v) for v in values), body, NONE)
        inside, past = facts, facts
        if target := next((n for n in target_names(node.target) if "@" in n), ""):
            body["?" + target] = (Val(True),)  # a comprehension that is not empty on this path
        face = frozenset(t for v in values for t in v.face)
        target = next(iter(target_names(node.target)), "") if node.target is not None else ""
        if face and "@" not in target and number not in self.walker.rows.of(self.func):
            place = (self.func, number)
            rest = frozenset(f for f in facts if not (isinstance(f, Gate) and f.branch == place))
            inside = rest | {Gate(place, True, face, None)}
            past = (
                rest
                if any(isinstance(f, Gate) and f.branch == place and f.side for f in facts)
                else rest | {Gate(place, False, face, None)}
            )
        target, rows = self.walker.rows.of(self.func).get(number, ("", ()))
        if not rows:
            once, begun = [(node.succ[0], inside, body)], f"<{number}"
            if begun in env:
                return [*once, (node.succ[1], past, {k: v for k, v in env.items() if k != begun})]
            if self.walker.rows.runs(node.value, self.func, number):
                return [(node.succ[0], inside, {**body, begun: (Val(1),)})]
            return [*once, (node.succ[1], past, env)]
        gone = count(env, f"<{number}")
        body.pop(f"<{number}", None)
        made = self._made(number)
        if made and not gone:
            body[made] = (Val(()),)
        if gone < len(rows):
            known = [exact(value) for value in values]
            if not rows[gone] and all(each is not None and len(each) == len(rows) for each in known):
                self.unpack(node.target, alternatives(each[gone] for each in known if each), body, NONE)
            for beside, literal in self.walker.rows.beside(self.func, number, gone):
                body[beside] = self.expressions.values(literal, self.func, number, env)
            return [(node.succ[0], inside, {**body, f"<{target}": (Val(gone + 1),)})]
        return [(node.succ[1], past, {k: v for k, v in env.items() if k not in (f"<{number}", f"<{target}")})]

    def branch(self, number: int, node: Node, facts: Facts, env: Env) -> list[tuple[int, Facts, Env]]:
        """The edges of a condition, each with what it decides."""
        place = (self.func, number + len(self.nodes) * row(env))  # each row of a written list decides for itself
        edges: list[tuple[int, Facts, Env]] = []
        expr = node.value
        spelled = f"#{expr.node}" if isinstance(expr, Result) else dotted_name(expr) if expr is not None else ""
        asked, alike = _asked(expr)
        outcome = "?" + key(expr) if expr is not None and self.live.chosen else ""
        for narrow, value in self.told_apart(expr, number, env):
            base = after(facts, value.why)
            holds = value.holds
            for side, successor in ((True, node.succ[0]), (False, node.succ[1])):
                if holds is not None and holds != side:
                    continue
                if holds is not None:
                    edges.append((successor, base, narrow))
                    continue
                passed = frozenset(f for f in base if not (isinstance(f, (Gate, Check)) and f.branch == place))
                if value.face:
                    guess = None if not value.sign else value.sign > 0
                    passed |= {Gate(place, side, value.face, guess)}
                raws = frozenset(r for r in value.check if r[0] != CLAIM and (r[0] == SECRET or not value.face))
                if raws and side == (value.check_sign > 0):
                    passed |= {Check(place, raws)}
                changed = narrow
                again = isinstance(expr, Result) and self.last_use.get(expr.node, 0) > number
                if spelled and (value.face or value.check or value.why or again):
                    changed = {**narrow, spelled: (known(value, side),)}
                if asked and len(narrow.get(asked, ())) == 1:
                    changed = {**changed, asked: (known(narrow[asked][0], side == alike),)}
                if outcome in self.live.chosen:
                    changed = {**changed, outcome: (known(value, side),)}
                edges.append((successor, passed, changed))
        return edges

    def told_apart(self, expr: Expr | None, number: int, env: Env) -> Iterator[tuple[Env, Val]]:
        """What a condition may come to; of a state that is asked for, each possible one by itself."""
        values = self.expressions.values
        left = expr.left if isinstance(expr, Compare) and expr.op in EQUAL else None
        spelled = dotted_name(left) if isinstance(left, (Name, Attr)) else ""
        states = values(left, self.func, number, env) if spelled else ()
        told = bool(_asked(expr)[0]) or all(isinstance(state.const, (str, Member)) for state in states)
        if len(states) > 1 and told:
            for narrow in ({**env, spelled: (state,)} for state in states):
                yield from ((narrow, value) for value in values(expr, self.func, number, narrow))
        else:
            yield from ((env, value) for value in values(expr, self.func, number, env))

    def anew(self, number: int, env: Env) -> Env:
        """What is known when an endless loop begins its next round: a state that was reached by fewer decisions before
        is the same again.
        """
        changed = env
        for spelled, values in env.items():
            if len(values) == 1 and isinstance(values[0].const, Member):
                before = self.begun.setdefault((number, spelled, values[0].const), [])
                shorter = next((other for other in before if is_shorter(other, values[0])), None)
                if shorter is not None:
                    changed = {**changed, spelled: (shorter,)}
                elif values[0] not in before:
                    before.append(values[0])
        return changed

    def latched(self, node: Node, env: Env) -> Env:
        """What is known when a round ends: how many rows of a written list are done."""
        head = node.succ[0] if node.succ else -1
        spelled = f"<{self.walker.rows.of(self.func)[head][0]}" if head in self.walker.rows.of(self.func) else ""
        if spelled not in env:
            return env
        made = self._made(head)
        if made and made in env:
            env = dict(env)
            longer = self._longer_by(self.walker.rows.gathered(self.func)[head], env.pop(made)[0], head, env)
            if longer is not None:
                env[made] = (longer,)
        return {**env, f"<{head}": env[spelled]}

    def _made(self, head: int) -> str:
        """Where the elements stand so far of the comprehension that a loop makes."""
        made = self.walker.rows.gathered(self.func).get(head)
        return "<<" + next(n for n in target_names(made.targets[0]) if "@" in n) if made is not None else ""

    def _longer_by(self, made: Comprehension, before: Val, number: int, env: Env) -> Val | None:
        """A comprehension after one more round; nothing if it cannot be told what that has added."""
        for condition in made.conditions:
            said = {v.holds for v in self.expressions.values(condition, self.func, number, env)}
            if said == {False}:
                return before
            if said != {True}:
                return None
        found = self.expressions.values(made.element, self.func, number, env)
        return added(before, found[0] if len(found) == 1 else mix(found))

    def unpack(self, target: Expr | None, values: Vals, env: Env, facts: Facts) -> None:
        """Bind what an assignment or a loop binds."""
        if isinstance(target, Starred):
            target = target.value
        if isinstance(target, Display):
            for place, part in enumerate(target.elements):
                found = alternatives(dict(v.parts)[place] if place in dict(v.parts) else element(v) for v in values)
                self.unpack(part, found, env, facts)
            return
        if isinstance(target, (Name, Attr)):
            spelled = target.id if isinstance(target, Name) else dotted_name(target)
        elif isinstance(target, Item):
            spelled = key(target) if isinstance(target.index, Const) else ""
            if any(v.tainted for v in values):
                base = dotted_name(target.base)
                if base:
                    env[base] = (mix((*env.get(base, ()), *(self.why(v, facts) for v in values))),)
        else:
            return
        if not spelled:
            return
        for other in [k for k in env if k.startswith((spelled + ".", spelled + "["))]:
            del env[other]
        kept = alternatives(self.why(v, facts) for v in values)
        if telling(kept):
            env[spelled] = kept
        else:
            env.pop(spelled, None)
