"""What an expression says on one path: which face results and checks it comes from, and what its truth would mean.

Calls are not followed here (see :mod:`fr_lint.flow.access.calls`): their values stand in the environment.  Must not
know grants or rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import CLAIM, OPEN, SESSION, STAFF, TOKEN
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.access.counting import Counting
from fr_lint.flow.access.domain import (
    BLANK,
    BLANKS,
    NO_RAWS,
    NONE,
    UNKNOWN,
    Env,
    Raw,
    Token,
    Val,
    Vals,
    after,
    alternatives,
    but,
    mix,
)
from fr_lint.flow.access.likeness import contrasted, cut, differs, selects
from fr_lint.flow.access.several import MAX_COUNTED, every, exact, listed, negated, passed, says, some
from fr_lint.flow.access.tables import Member, member
from fr_lint.flow.identifiers import dotted_name
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.values import ConstV
from fr_lint.ir.keys import key
from fr_lint.ir.model import (
    Attr,
    Binary,
    Bool,
    Compare,
    Comprehension,
    Const,
    Display,
    Element,
    Entered,
    Expr,
    IfElse,
    Item,
    Mapping,
    Name,
    Result,
    Slice,
    Starred,
    Text,
    Unary,
)
from fr_lint.ir.walk import results_in


class Expressions(Counting):
    """Evaluates expressions of one project."""

    # ----------------------------------------------------------------------------------------------------- dispatch

    def values(self, expr: Expr | None, func: Func, node: int, env: Env) -> Vals:  # noqa: C901
        """What an expression may be; alternatives are never mixed."""
        if expr is None:
            return (Val(None),)
        if isinstance(expr, Const):
            if isinstance(expr.value, bytes):
                return (Val(expr.value.decode("latin-1")),)
            return (Val(expr.value),) if isinstance(expr.value, (bool, str, int, float, type(None))) else BLANKS
        if isinstance(expr, Result):
            return env.get(f"#{expr.node}", BLANKS)
        if isinstance(expr, Name):
            return self._name(expr, func, node, env)
        if isinstance(expr, Attr):
            return self._attribute(expr, func, node, env)
        if isinstance(expr, Item):
            return self._item(expr, func, node, env)
        if isinstance(expr, Compare):
            return self._compare(expr, func, node, env)
        if isinstance(expr, Unary):
            return alternatives(
                negated(v) if expr.op == "not" else mix((v,)) for v in self.values(expr.operand, func, node, env)
            )
        if isinstance(expr, Bool):
            return self._bool(expr, func, node, env)
        if isinstance(expr, IfElse):
            return self._if_else(expr, func, node, env)
        if isinstance(expr, (Display, Mapping)):
            return self._display(expr, func, node, env)
        if isinstance(expr, Binary):
            return self._binary(expr, func, node, env)
        if isinstance(expr, (Element, Starred, Entered)):
            inner = expr.of if isinstance(expr, Element) else expr.value if isinstance(expr, Starred) else expr.manager
            return alternatives(
                element(v) if isinstance(expr, Element) else v for v in self.values(inner, func, node, env)
            )
        if isinstance(expr, Comprehension):
            return self._comprehension(expr, func, node, env)
        if isinstance(expr, (Text, Slice)):
            return self._mixed(expr.parts, func, node, env)
        return BLANKS

    def _comprehension(self, expr: Comprehension, func: Func, node: int, env: Env) -> Vals:
        first = next((n for n in target_names(expr.targets[0]) if "@" in n), "")
        if "<<" + first in env:
            return env["<<" + first]
        if first and "?" + first not in env and expr.kind != "dict":
            return (Val(truth=False),)
        if len(expr.targets) == 1 and not expr.conditions and isinstance(expr.targets[0], Name) and first:
            sources = self.values(expr.sources[0], func, node, env)
            known = [exact(source) for source in sources]
            if all(known) and not results_in(expr.element):
                return alternatives(
                    listed(mix(self.values(expr.element, func, node, {**env, first: (part,)})) for part in parts)
                    for parts in known
                    if parts
                )
        return self._mixed((expr.element, *expr.conditions), func, node, env)

    def _mixed(self, parts: Iterable[Expr], func: Func, node: int, env: Env) -> Vals:
        return self.combined([self.values(part, func, node, env) for part in parts], mix)

    # -------------------------------------------------------------------------------------------------------- names

    def named(self, name: str, found: Vals) -> Vals:
        """Values under a name: what the name says is added where nothing better is known."""
        raws = self.spoken(name)
        if raws and all(raw[0] == CLAIM for raw in raws):
            return alternatives(claimed(v) for v in found)
        if not raws:
            return found
        states = self.words.states(name)
        return alternatives(self._with_name(v, raws, states) for v in found)

    def _with_name(self, value: Val, raws: frozenset[Raw], states: bool) -> Val:
        if value.const is not UNKNOWN and not isinstance(value.const, str):
            return value
        if value.const is not UNKNOWN or value.face:
            return value if value.face else but(value, raw=value.raw | raws)
        better = frozenset(raw for raw in raws if raw[0] != CLAIM)
        check = value.check
        if not check and (states or any(raw[0] in (STAFF, SESSION) for raw in better)):
            check = better
        return but(value, raw=value.raw | (better or raws), check=check)

    def _name(self, expr: Name, func: Func, node: int, env: Env) -> Vals:
        found = env.get(expr.id)
        if found is not None:
            return self.named(expr.id, found)
        if expr.id in func.ir.locals and func.ir.kind != "module":
            return self.named(expr.id.partition("@")[0], BLANKS)
        literal = self.literal(expr.id, func)
        if literal is not UNKNOWN:
            value = Val(literal)
            return (value,) if not isinstance(literal, str) else self.named(expr.id, (value,))
        places = [place for place in self.resolver.definitions(expr.id, func, node) if place[0] is not func]
        return self.named(expr.id, self.seen(places) if places else BLANKS)

    def _attribute(self, expr: Attr, func: Func, node: int, env: Env) -> Vals:
        one = member(expr, func, node, self.resolver)
        if one is not None:
            return tuple(but(v, const=one) for v in self.named(expr.name, BLANKS))
        spelled = dotted_name(expr)
        if spelled and spelled in env:
            return self.named(expr.name, env[spelled])
        kept = self.kept(expr.base, expr.name, env, present=False)
        if kept is not None:
            return kept
        bases = self.values(expr.base, func, node, env)
        if all(not b.face for b in bases):
            written = self.column(expr.name)
            if written is not None:
                return written
        if all(not b.tainted for b in bases):
            found = self.member(expr, func, node)
            if found is not None:
                return self.named(expr.name, found)
        read = alternatives(self._part(b, expr.name) for b in bases)
        if not self.words.states(expr.name):
            read = alternatives(but(v, check=NO_RAWS) if v.check and v.const is UNKNOWN else v for v in read)
        root = expr.base.name if isinstance(expr.base, Attr) else expr.base.id if isinstance(expr.base, Name) else ""
        both = self.named(f"{root}_{expr.name}" if root in ("current_user", "request", "g") else expr.name, read)
        return self._stated(root, expr.name, both) if root and self.words.states(expr.name) else both

    def _stated(self, root: str, name: str, found: Vals) -> Vals:
        """``card.is_valid``, ``key_switch.is_pressed``: a thing of which the attribute says that it is right."""
        raws = self.spoken(root)
        right = bool(set(split(name)) & (self.words.state - {"is"})) or {raw[0] for raw in raws} <= {TOKEN, STAFF}
        if not raws or not right or any(v.const is not UNKNOWN for v in found):
            return self.named(root, found)
        return alternatives(self._with_name(v, raws, states=True) for v in found)

    def _part(self, base: Val, name: object) -> Val:
        for part, value in base.parts:
            if part == name:
                return value
        if base.const is None:
            return BLANK
        value = mix((base,))
        if value.template and name in self.words.template_none_attributes:
            value = but(value, template=frozenset())
        if value.face and isinstance(name, str) and set(split(name)) & access_words("values", "opposite"):
            value = but(value, sign=-value.sign)
        return value

    def _item(self, expr: Item, func: Func, node: int, env: Env) -> Vals:
        index = expr.index.value if isinstance(expr.index, Const) else UNKNOWN
        spelled = key(expr) if index is not UNKNOWN and isinstance(expr.base, (Name, Attr)) else ""
        if spelled and spelled in env:
            return env[spelled]
        kept = self.kept(expr.base, index, env, present=True) if isinstance(index, str) else None
        if kept is not None:
            return kept
        shared = self.shelf(expr, func) if spelled else None
        if shared is not None and any(v.tainted or v.why for v in shared):
            return self.named(index, shared) if isinstance(index, str) else shared
        bases = self.values(expr.base, func, node, env)
        if index is UNKNOWN:
            indices = self.values(expr.index, func, node, env)
            taken = self.combined([tuple(element(b) for b in bases), indices], mix)
            return alternatives(cut(v) if v.area else v for v in taken) if selects(expr.index) else taken
        found = alternatives(self._part(b, index) for b in bases)
        if isinstance(index, str):
            found = self.named(index, found)
            if not self.spoken(index) and all(not v.raw and not v.face for v in found) and self.presented(expr.base):
                found = alternatives(but(v, raw=frozenset(((OPEN, index),))) for v in found)
        if not any(v.tainted for v in bases):
            literal = [v.value for v in self.resolver.values(expr, func, node) if isinstance(v, ConstV)]
            if len(literal) == 1 and literal[0] is False:
                return (Val(False),)
        return found

    @staticmethod
    def presented(expr: Expr) -> bool:
        """Whether an expression is what a request holds."""
        spelled = dotted_name(expr)
        return spelled.rpartition(".")[2] in access_words("values", "requests") and "request" in spelled.lower()

    # ------------------------------------------------------------------------------------------------ compounds

    def _display(self, expr: Display | Mapping, func: Func, node: int, env: Env) -> Vals:
        if isinstance(expr, Display):
            named: list[tuple[object, Expr]] = list(enumerate(expr.elements))
        else:
            named = [(e.key.value if isinstance(e.key, Const) else UNKNOWN, e.value) for e in expr.entries]
        if not named:
            return (Val(()),) if isinstance(expr, Display) else BLANKS
        if any(isinstance(part, Starred) for _, part in named):
            return self._mixed([part for _, part in named[:16]], func, node, env)
        if len(named) > MAX_COUNTED:
            return self._mixed([part for _, part in named[:16]], func, node, env)
        names = [name for name, _ in named]

        def make(chosen: tuple[Val, ...]) -> Val:
            whole = mix(chosen)
            return but(whole, truth=True, parts=tuple(zip(names, chosen, strict=True)))

        return self.combined([self.values(part, func, node, env) for _, part in named], make)

    @staticmethod
    def _decided(expr: Expr, env: Env) -> Vals:
        """A condition whose outcome on this path is known, for it was a branch."""
        if isinstance(expr, Unary) and expr.op == "not":
            return tuple(negated(v) for v in env.get("?" + key(expr.operand), ()))
        return env.get("?" + key(expr), ())

    def _bool(self, expr: Bool, func: Func, node: int, env: Env) -> Vals:
        decisive = expr.op == "or"
        found: list[Vals] = []
        for operand in expr.operands:
            values = self._decided(operand, env) or self.values(operand, func, node, env)
            truths = {v.holds for v in values}
            if truths == {not decisive} and operand is not expr.operands[-1]:
                continue
            found.append(values)
            if truths == {decisive}:
                break
        if not found:
            return BLANKS
        if decisive:
            last = len(found) - 1
            return alternatives(v for n, vs in enumerate(found) for v in vs if n == last or v.holds is not False)
        return self.combined(found, conjunction)

    def _if_else(self, expr: IfElse, func: Func, node: int, env: Env) -> Vals:
        found: list[Val] = []
        for test in self._decided(expr.test, env) or self.values(expr.test, func, node, env):
            spelled = expr.test.id if isinstance(expr.test, Name) and expr.test.id in env else ""
            narrow = {**env, spelled: (test,)} if spelled else env
            for side, branch in ((True, expr.body), (False, expr.orelse)):
                if test.holds in (None, side):
                    for value in self.values(branch, func, node, narrow):
                        if test.holds is None and isinstance(value.const, Member):
                            value = but(value, why=after(value.why, passed(test, (func, node), side=side)))
                        elif test.holds is None and test.face and value.const is not UNKNOWN:
                            sign = test.sign if bool(value.const) == side else -test.sign
                            value = Val(face=test.face, sign=sign if isinstance(value.const, bool) else 0)
                        elif test.holds is None and test.tainted and not value.tainted:
                            checked = test.check if side == (test.check_sign > 0) else NO_RAWS
                            value = but(value, face=test.face, check=checked, sign=0)
                        found.append(value)
        return alternatives(found)

    def _binary(self, expr: Binary, func: Func, node: int, env: Env) -> Vals:
        sides = [self.values(e, func, node, env) for e in (expr.left, expr.right)]
        if expr.op in ("|", "&") and all(says(v) for side in sides for v in side):
            judge = some if expr.op == "|" else every
            return alternatives(v for chosen in product(*sides) for v in judge(chosen))

        def make(chosen: tuple[Val, ...]) -> Val:
            counted = self._counted(expr, chosen, func, node)
            if counted is not None:
                return counted
            value = mix(chosen)
            if value.template:
                if expr.op == "@":
                    token = min((t for t, _ in value.template), key=lambda t: t.node)
                    return but(value, template=frozenset(), face=value.face | {Token(func, token.node)})
                value = but(value, template=frozenset((t, True) for t, _ in value.template))
            value = contrasted(value) if differs(expr.op, *chosen) else value
            return but(value, check=NO_RAWS) if value.check and expr.op in ("+", "-", "%") else value

        return self.combined(sides, make)

    def _compare(self, expr: Compare, func: Func, node: int, env: Env) -> Vals:
        if expr.op in ("in", "not in") and isinstance(expr.left, Const) and isinstance(expr.left.value, str):
            kept = self.kept(expr.right, expr.left.value, env, present=False)
            if kept is not None:
                return alternatives(Val((v.holds is not False) == (expr.op == "in"), why=v.why) for v in kept)
        sides = [self.values(e, func, node, env) for e in (expr.left, expr.right)]
        several = self._several(expr, sides, func, node, env)
        if several is not None:
            return several

        def make(chosen: tuple[Val, ...]) -> Val:
            return self.compared(chosen[0], expr, chosen[1], func, node)

        return self.combined(sides, make)


def claimed(value: Val) -> Val:
    """Something that was typed under a name which only says who somebody wants to be."""
    return but(value, raw=frozenset(r for r in value.raw if r[0] != OPEN)) if value.raw else value


def element(value: Val) -> Val:
    """One element of an iterable: one of the staff is somebody, not the staff's approval."""
    if not (value.tainted or value.why):
        return BLANK
    one = mix((value,))
    if not any(raw[0] == STAFF for raw in one.raw | one.check):
        return one
    kept = (frozenset(r for r in raws if r[0] != STAFF) for raws in (one.raw, one.check))
    return but(one, **dict(zip(("raw", "check"), kept, strict=True)))


def conjunction(parts: tuple[Val, ...]) -> Val:
    """All of the values are true."""
    for part in parts if len(parts) > 1 else ():
        if part.holds is False:
            return Val(False, why=part.why)
    return but(mix(parts), raw=NO_RAWS) if len(parts) > 1 else parts[0]


__all__ = ["NONE", "Expressions"]
