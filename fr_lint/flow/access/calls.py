"""What a call gives that is not followed into the project: a face result, a checked password, a typed code, nothing.

Must not know paths, grants or rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import CLAIM, OPEN, SECRET, SESSION, STAFF, TOKEN, Authenticators
from fr_lint.catalogue.guards import Guards
from fr_lint.catalogue.vocabulary import Vocabulary, split
from fr_lint.flow.access.domain import (
    BLANK,
    NO_RAWS,
    NO_TOKENS,
    PLACE,
    UNKNOWN,
    Env,
    Raw,
    Token,
    Val,
    Vals,
    alternatives,
    but,
    mix,
)
from fr_lint.flow.access.evaluate import Expressions
from fr_lint.flow.access.likeness import Likeness
from fr_lint.flow.access.several import every, exact, listed, pairs, some, tally
from fr_lint.flow.faces import FaceCall, FaceCalls
from fr_lint.flow.identifiers import dotted_name, last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import Ext, Inst
from fr_lint.ir.model import Attr, Const, Expr, Name, Node, Op, Result
from fr_lint.ir.walk import walk

EMPTY: Final = ("set", "list", "tuple", "frozenset")


class Calls:
    """The values of calls."""

    def __init__(
        self,
        expressions: Expressions,
        faces: FaceCalls,
        words: Authenticators,
        vocabulary: Vocabulary,
        roles: frozenset[str],
        listed: Callable[[Func, int], bool],
        guards: Guards,
    ) -> None:
        self.expressions = expressions
        self.faces = faces
        self.words = words
        self.vocabulary = vocabulary
        self.guards = guards
        self.roles = roles
        self.listed = listed
        self.resolver = expressions.resolver
        self.likeness = Likeness(expressions.resolver, words)
        self.about: dict[Token, frozenset[Raw]] = {}  # what was presented to say whom a comparison is about
        self._homemade: bool | None = None
        self._faces: dict[Func, dict[int, FaceCall]] = {}
        self._dotted: dict[tuple[Func, int], tuple[str, ...]] = {}
        self._never: dict[tuple[Func, int], bool] = {}

    def face(self, func: Func, number: int) -> FaceCall | None:
        """The face call at a node."""
        if func not in self._faces:
            self._faces[func] = {call.node: call for call in self.faces.of(func)}
        return self._faces[func].get(number)

    def dotted(self, func: Func, number: int) -> tuple[str, ...]:
        """The dotted names of what a call calls outside the project."""
        if (func, number) not in self._dotted:
            values = self.resolver.callee_values(func, number)
            names = [v.name if isinstance(v, Ext) else v.type for v in values if isinstance(v, (Ext, Inst))]
            self._dotted[func, number] = tuple(name.replace("()", "") for name in names)
        return self._dotted[func, number]

    def ends(self, func: Func, number: int) -> bool:
        """Whether an outside call never returns."""
        if (func, number) not in self._never:
            spelled = self.dotted(func, number)
            callee = func.nodes[number].value
            short = ".".join(dotted_name(callee).split(".")[-2:]) if callee is not None else ""
            named = short in self.guards.never_returns_by_name_pairs
            self._never[func, number] = named or any(name in self.guards.never_returns for name in spelled)
        return self._never[func, number]

    # ------------------------------------------------------------------------------------------------------ results

    def value(self, func: Func, number: int, node: Node, env: Env) -> Vals:
        """What an outside call returns on one path."""
        kept = self._kept(func, number, node, env)
        if kept is not None:
            return kept
        parts = [self.expressions.values(arg.value, func, number, env) for arg in node.args]
        several = self._several(func, number, node, env, parts)
        if several is not None:
            return several
        if isinstance(node.value, Attr):
            parts.append(self.expressions.values(node.value.base, func, number, env))
        elif not isinstance(node.value, Name):
            parts.append(self.expressions.values(node.value, func, number, env))
        face = self.face(func, number)
        if face is not None:
            return (self._of_face(face, mix(v for part in parts for v in part), Token(func, number)),)
        spoken = self._spoken(func, number, node)
        return Expressions.combined(parts, lambda chosen: self._outside(func, number, node, chosen, spoken))

    def _kept(self, func: Func, number: int, node: Node, env: Env) -> Vals | None:
        """``session.get("step")``: what an earlier request left there, if that was decided by a check or a face."""
        carried = self.expressions.carried
        entries = carried.entries(node) or carried.queued(func, number)
        if entries:
            return self.expressions.brought(entries, present=False)
        if not isinstance(node.value, Attr) or node.value.name not in ("get", "pop") or not node.args:
            return None
        text = node.args[0].value
        if not isinstance(text, Const) or not isinstance(text.value, str):
            return None
        return self.expressions.kept(node.value.base, text.value, env, present=False)

    def _several(self, func: Func, number: int, node: Node, env: Env, parts: list[Vals]) -> Vals | None:
        """A built-in function or method that says something of all elements of a container that are known."""
        name = last_name(node.value)
        if name in access_words("calls", "gathering") and node.args:
            return self._gathered(node, parts)
        if isinstance(node.value, Attr):
            if name not in ("values", "items", "count", "issubset", "issuperset") or len(parts) > 1:
                return None
            bases = self.expressions.values(node.value.base, func, number, env)
            if name == "items" and not parts:
                return alternatives(map(pairs, bases)) if all(exact(v) is not None for v in bases) else None
            if name == "values" and not parts:
                known = [exact(v) for v in bases]
                return alternatives(listed(each or ()) for each in known) if None not in known else None
            if name == "count" and parts and all(v.const is True for v in parts[0]):
                known = [exact(v) for v in bases]
                return alternatives(tally(each or ()) for each in known) if None not in known else None
            return None
        if not isinstance(node.value, Name) or len(parts) != 1:
            return (Val(()),) if isinstance(node.value, Name) and name in EMPTY and not parts else None
        if name not in (*EMPTY, "all", "any", "sum", "len", "sorted", "reversed"):
            return None
        found: list[Val] = []
        for value in parts[0]:
            elements = exact(value)
            if elements is None:
                written = self.expressions.written(node.args[0].value, func, number) if name == "len" else None
                if written is None or value.tainted:
                    return None
                return (Val(len(written)),)
            if name == "all":
                found.extend(every(elements))
            elif name == "any":
                found.extend(some(elements))
            elif name == "sum":
                found.append(tally(elements))
            else:
                found.append(Val(len(elements), why=value.why) if name == "len" else value)
        return alternatives(found)

    @staticmethod
    def _gathered(node: Node, parts: list[Vals]) -> Vals | None:
        """What several coroutines come to: ``gather(one(), other())``, ``gather(*coroutines)``."""
        stars = [bool(arg.star) for arg in node.args]
        if any(star and any(exact(v) is None for v in part) for star, part in zip(stars, parts, strict=True)):
            return None

        def make(chosen: tuple[Val, ...]) -> Val:
            both = zip(stars, chosen, strict=True)
            return listed(v for star, value in both for v in (exact(value) or () if star else (value,)))

        return Expressions.combined(parts, make)

    def _of_face(self, call: FaceCall, given: Val, token: Token) -> Val:
        known = self.about.get(token, NO_RAWS)
        self.about[token] = known | given.raw | given.check
        if call.api.role in self.roles and call.api.duty and call.api.face_data != ("server",):
            sign = -1 if set(split(call.api.name)) & access_words("values", "opposite") else 1
            return Val(face=frozenset((token,)), sign=sign)
        if call.api.role == "encode" and "verify" in self.roles:
            return Val(template=frozenset(((token, False),)), raw=given.raw)
        if call.api.role == "detect" and call.api.duty and "verify" in self.roles and self.homemade:
            return Val(area=frozenset(((token, PLACE),)))
        return BLANK

    @property
    def homemade(self) -> bool:
        """Whether the project may make templates itself."""
        if self._homemade is None:
            self._homemade = self.likeness.compares()
        return self._homemade

    def _outside(self, func: Func, number: int, node: Node, parts: tuple[Val, ...], spoken: frozenset[Raw]) -> Val:
        name = last_name(node.value)
        dotted = self.dotted(func, number)
        value = mix(parts)
        value = self._compared(func, number, name, value)
        value = self.likeness.called(func, number, name, dotted, value, len(node.args)) if value.area else value
        if name in ("any", "bool", "len", "sum") and len(parts) == 1 and parts[0].holds is False:
            return Val(False)
        if name in ("all", "any", "bool", "len", "str", "int", "float") and len(parts) == 1 and value.face:
            return but(value, raw=NO_RAWS)
        if any(self.words.check.has(each) for each in dotted) or (name in self.words.methods):
            raws = frozenset(raw for raw in value.raw if raw[0] not in (CLAIM, OPEN, SESSION)) or frozenset(
                ((SECRET, name),)
            )
            return but(value, check=raws | value.check, raw=NO_RAWS, check_sign=1, template=frozenset())
        if name in self.words.empty and not (node.args and name in access_words("calls", "judging")):
            return but(value, raw=NO_RAWS, check=value.check if name in access_words("calls", "finding") else NO_RAWS)
        if name in self.words.sessions:
            return but(value, check=value.check | {(SESSION, name)})
        if name in self.guards.ask_truth or name in self.guards.ask_text or name in self.words.ask:
            return self._asked(func, number, node, name, value, spoken)
        if any(each in access_words("calls", "typed") for each in dotted):
            return self._asked(func, number, node, name, value, spoken)
        if name in self.words.same or name == "get" or (name == "pop" and node.args):
            return self._handed_on(node, name, value, spoken)
        if spoken and all(word in self.words.typed for _, word in spoken):
            spoken = self.prompted(func, number, node) or spoken  # the digits of what?
        if self._about_consent(node, name):
            return but(value, raw=NO_RAWS, check=NO_RAWS)
        raws = frozenset(raw for raw in value.raw | spoken if raw[0] != CLAIM)
        first = (split(name) or ("",))[0]
        if first in access_words("calls", "reading") and not value.raw:
            return but(value, raw=value.raw | spoken)
        if raws and node.args and self._looks_up(name):
            found = frozenset(raw for raw in raws if raw[0] in (SECRET, TOKEN))
            return but(value, check=value.check | found, raw=value.raw | spoken)
        if not raws or (raws <= spoken and not self.decides(name)):
            return but(value, raw=value.raw | spoken)
        if name[:1].isupper() and not self.words.states(name):
            return but(value, raw=value.raw | spoken)
        return but(value, check=raws | value.check, raw=value.raw | spoken)

    def _about_consent(self, node: Node, name: str) -> bool:
        """Whether a call asks for somebody's consent: by whatever it is looked up, that is no check of identity."""
        receiver = last_name(node.value.base) if isinstance(node.value, Attr) else ""
        return any(self.vocabulary.read(each) is not None for each in (name, receiver) if each)

    def is_check(self, func: Func, number: int, name: str) -> bool:
        """Whether a call that is a statement of its own refuses by raising."""
        if any(self.words.check.has(each) for each in self.dotted(func, number)) or name in self.words.methods:
            return True
        return bool(set(split(name)[:1]) & access_words("calls", "requiring"))

    def _looks_up(self, name: str) -> bool:
        """Whether a call finds something by what it is given."""
        parts = split(name)
        return bool(set(parts) & self.words.lookups) or name in self.words.selecting

    def decides(self, name: str) -> bool:
        """Whether a name says that something is looked into, or stated to be right."""
        return bool(set(split(name)) & access_words("calls", "deciding")) or self.words.states(name)

    def _compared(self, func: Func, number: int, name: str, value: Val) -> Val:
        """A template that goes into an outside call: compared, handed on, changed, or only looked at."""
        if not value.template or name in self.words.template_same:
            return value
        if name in access_words("calls", "sql") and self._compares(func, number):
            token = Token(func, number)
            return but(value, template=frozenset(), face=value.face | {token}, sign=0, raw=NO_RAWS)
        if name in self.words.template_none:
            return but(value, template=frozenset())
        if name in self.words.distance_sizes and not any(done for _, done in value.template):
            return but(value, template=frozenset())
        if self.words.is_distance(name):
            token = Token(func, number)
            self.about[token] = self.about.get(token, NO_RAWS) | value.raw | value.check
            return but(value, template=frozenset(), face=value.face | {token}, sign=0, raw=NO_RAWS)
        return but(value, template=frozenset(((Token(func, number), True),)))

    def _compares(self, func: Func, number: int) -> bool:
        """Whether SQL text holds a distance between vectors."""
        args = func.nodes[number].args
        texts = self.resolver.texts(args[0].value, func, number) if args else []
        return any(sign in text for text in texts for sign in self.words.distance_signs)

    def _asked(self, func: Func, number: int, node: Node, name: str, value: Val, spoken: frozenset[Raw]) -> Val:
        receiver = node.value.base if isinstance(node.value, Attr) else None
        near = {part for at in walk(receiver) for part in split(last_name(at))} if receiver is not None else set()
        if near & access_words("values", "cameras"):
            return but(value, raw=NO_RAWS)
        raws = spoken | self.prompted(func, number, node)
        typed = any(each in access_words("calls", "typed") for each in self.dotted(func, number))
        if not raws and typed:
            raws = frozenset(((OPEN, name),))
        check = value.check
        if name in self.guards.ask_truth:
            check = check | frozenset(raw for raw in raws if raw[0] == STAFF)
        return but(value, raw=value.raw | raws, check=check)

    def _handed_on(self, node: Node, name: str, value: Val, spoken: frozenset[Raw]) -> Val:
        if name not in ("get", "getlist", "pop") or not isinstance(node.value, Attr):
            return value
        base = node.value.base
        key = node.args[0].value if node.args else None
        text = key.value if isinstance(key, Const) else UNKNOWN
        if isinstance(text, str):
            for part, inner in value.parts:
                if part == text:
                    return inner
            raws = self.expressions.spoken(text)
            if self.words.states(text):
                return mix(self.expressions.named(text, (value,)))
            if raws and all(raw[0] == CLAIM for raw in raws):
                return value
            if not raws and (Expressions.presented(base) or last_name(base) in access_words("values", "requests")):
                raws = frozenset(((OPEN, text),))
            return but(value, raw=value.raw | raws)
        looked = frozenset(raw for raw in value.raw | spoken if raw[0] != CLAIM)
        return but(value, check=value.check | looked) if value.raw else value

    def _spoken(self, func: Func, number: int, node: Node) -> frozenset[Raw]:
        """The authenticators that a call's name, receiver and keywords speak of."""
        name = last_name(node.value)
        found = set(self.expressions.spoken(name))
        if isinstance(node.value, Attr) and name not in ("get", "append"):
            receiver = self._receiver(node.value.base, name)
            if isinstance(node.value.base, Result) and func.nodes[node.value.base.node].op == Op.CALL:
                receiver = last_name(func.nodes[node.value.base.node].value)
            found |= {raw for raw in self.expressions.spoken(receiver) if raw[0] != CLAIM}
        for arg in node.args:
            if arg.keyword and not isinstance(arg.value, Const):
                found |= set(self.expressions.spoken(arg.keyword))
        if name in access_words("calls", "sql"):
            found |= self.selected(func, number, node)
        return frozenset(raw for raw in found if raw[0] != CLAIM)

    def _receiver(self, base: Expr, name: str) -> str:
        """The name of what a method is called on; of a selection through a manager, what is selected from."""
        while name in self.words.selecting and isinstance(base, Attr) and not self.expressions.spoken(base.name):
            base = base.base
        return last_name(base)

    def selected(self, func: Func, number: int, node: Node) -> frozenset[Raw]:
        """The authenticators by which SQL text selects: the columns after its ``WHERE``."""
        found: set[Raw] = set()
        for text in self.resolver.texts(node.args[0].value, func, number) if node.args else ():
            head, _, tail = text.partition("WHERE") if "WHERE" in text else text.partition("where")
            if head.strip().lower().startswith("select"):
                for word in re.findall(r"[^\W\d]\w*", tail):
                    found.update(raw for raw in self.words.read(word) if raw[0] in (SECRET, TOKEN))
        return frozenset(found)

    def prompted(self, func: Func, number: int, node: Node) -> frozenset[Raw]:
        """The authenticator that a question asks for, if it is one question and about nothing else."""
        found: set[Raw] = set()
        for text in self.resolver.strings_of(node.args, func, number)[:4]:
            parts = split(text)
            if self.vocabulary.prompt(text) is not None or self.vocabulary.face.found(parts, text) or "or" in parts:
                return NO_RAWS
            raws = set(self.words.read(text[:120]))
            found |= raws
        better = frozenset(raw for raw in found if raw[0] != CLAIM)
        return (
            better
            if len({raw[0] for raw in better}) == 1
            else frozenset(r for r in better if r[0] == STAFF) or frozenset(found - better)
        )


__all__ = ["NO_TOKENS", "Calls"]
