"""What the value of an expression says about consent: facts, literals, answers, conditions.

Evaluates pure expressions under an environment; calls are read by :mod:`fr_lint.flow.asking`.  Works for one function
frame at a time; ``bound`` gives parameters the values of one particular call.  Must not know control flow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.guards import guards
from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.catalogue.vocabulary import Reading, Vocabulary
from fr_lint.flow.conditions import Conditions
from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    NOTHING,
    PRESUMED,
    TERMS,
    Atom,
    Chosen,
    Cond,
    Fact,
    Known,
    Nothing,
    Pair,
    Presumed,
    Switch,
    Val,
    conjunction,
    disjunction,
    negate,
    outcome,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.listed import Listed, given
from fr_lint.flow.once import Once
from fr_lint.flow.subjects import Subjects, spell
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
    Op,
    Result,
    Starred,
    Unary,
)
from fr_lint.ir.walk import children

if TYPE_CHECKING:
    from fr_lint.flow.asking import Asking
    from fr_lint.flow.presumed import Presumptions
    from fr_lint.flow.program import Func
    from fr_lint.flow.resolve import Resolver

MAX_STORES = 8  # assignments of one attribute that are looked at


class Evaluator:
    """Values of expressions."""

    def __init__(self, resolver: Resolver, vocabulary: Vocabulary, subjects: Subjects, listed: Listed) -> None:
        self.resolver = resolver
        self.vocabulary = vocabulary
        self.subjects = subjects
        self.listed = listed
        self.once = Once()
        self.asking: Asking
        self.presumptions: Presumptions
        self.conditions = Conditions(self)
        self.test = self.conditions.test
        self.everyone = self.conditions.everyone
        self.all_of = self.conditions.all_of
        self.any_of = self.conditions.any_of

    # ----------------------------------------------------------------------------------------------------- expressions

    def value(self, expr: Expr | None, frame: Frame) -> Val | None:  # noqa: C901
        """What is known of an expression's value; ``None``: nothing."""
        if expr is None or frame.depth > 24:
            return None
        if isinstance(expr, Const):
            return Known(expr.value) if isinstance(expr.value, (str, int, bool, type(None))) else None
        if isinstance(expr, Name):
            return self.name(expr.id, frame)
        if isinstance(expr, Attr):
            return self.attribute(expr, frame)
        if isinstance(expr, Item):
            return self.item(expr, frame)
        if isinstance(expr, Result):
            if frame.func.nodes[expr.node].op != Op.CALL:
                return None
            return self.once.find(expr.node, frame, self.asking.call)
        if isinstance(expr, Unary):
            return negate(self.value(expr.operand, frame)) if expr.op == "not" else None
        if isinstance(expr, Bool):
            return self.conditions.connective(expr, frame)
        if isinstance(expr, IfElse):
            return self.conditions.conditional(expr, frame)
        if isinstance(expr, Compare):
            return self.conditions.compare(expr, frame)
        if isinstance(expr, Comprehension):
            return self.conditions.comprehension(expr, frame)
        if isinstance(expr, (Entered, Starred)):
            return self.value(next(iter(children(expr))), frame)
        if isinstance(expr, Element):
            inner = self.value(expr.of, frame)
            return inner if isinstance(inner, Fact) else None
        if isinstance(expr, Binary) and expr.op in ("&", "|", "-") and self.conditions.of_sets(expr, frame):
            return self.conditions.sets(expr, frame)
        if isinstance(expr, Binary) and expr.op in ("&", "|"):
            values = [self.value(expr.left, frame), self.value(expr.right, frame)]
            if isinstance(values[0], Fact) and values[0].text and isinstance(values[1], Known):
                return values[0]  # the lower bits of a key
            return conjunction(values) if expr.op == "&" else disjunction(values)
        if isinstance(expr, Binary):
            return self._computed(expr, frame)
        if isinstance(expr, Display):
            if not expr.elements:
                return Cond(None, NONE)
            if expr.kind == "tuple" and len(expr.elements) < 8:
                parts = tuple(self.test(element, self.value(element, frame), frame) for element in expr.elements)
                return Pair(parts) if any(part is not None for part in parts) else None
        if isinstance(expr, Mapping) and not expr.entries:
            return Cond(None, NONE)
        return None

    def _computed(self, expr: Binary, frame: Frame) -> Val | None:
        """``CONSENTS / person``, where consents are kept; and, if facts are numbers, what is computed from them."""
        left = self.value(expr.left, frame) if expr.op in ("/", "-", "//") else None
        if isinstance(left, Fact) and self.vocabulary.of_numbers:
            return left
        if isinstance(left, Fact) and expr.op == "/":
            subject = self.subjects.of(expr.right, frame.func)
            return Fact(frozenset(Atom(a.kind, subject or a.subject, a.extra) for a in left.atoms), left.negative)
        if expr.op == "-" and self.vocabulary.of_numbers:
            right = self.value(expr.right, frame)
            return negate(right) if isinstance(right, Fact) else None
        return None

    def reading(self, reading: Reading | None, subject: str, *, text: bool = False) -> Fact | None:
        """The fact that a name states."""
        if reading is None:
            return None
        kind = CONSENT if reading.kind == READ_CONSENT else TERMS
        return Fact(frozenset((Atom(kind, subject),)), reading.negative, text)

    # ----------------------------------------------------------------------------------------------------------- names

    def name(self, name: str, frame: Frame) -> Val | None:
        """The value of a plain name."""
        known = frame.env.get(name)
        if known is not None:
            return known
        plain = name.partition("@")[0]
        func = frame.func
        is_param = any(p.name == name for p in func.ir.params)
        if is_param and frame.bound is not None:
            argument = frame.bound.get(name)
            if argument is not None and argument.value is not None:
                return argument.value
        fact = self.reading(self.vocabulary.read(plain), "")
        asked = frame.env.get("?" + name) if fact is None else None
        if isinstance(asked, Known):  # its truth was found out on this path
            return Cond(NONE, None) if asked.value else Cond(None, NONE)
        if name in func.ir.locals and func.ir.kind != "module":
            if fact is not None and is_param and name not in func.defs:
                if frame.bound is not None and name not in frame.bound:
                    return self.presumptions.parameter(func, name) or fact
                if frame.symbolic and frame.bound is None:
                    return None  # the caller's argument decides
            return fact
        return self._outer_name(name, fact, frame)

    def _outer_name(self, name: str, fact: Fact | None, frame: Frame) -> Val | None:
        """A name of an enclosing function or of the module: judged by everything that binds it."""
        found = self.resolver.definitions(name, frame.func, -1)
        outer = [(func, node) for func, node in found if func is not frame.func]
        if not outer or len(found) != len(outer):
            return fact
        values: list[Val | None] = []
        for func, node in outer[:8]:
            ir = func.nodes[node]
            if ir.op != Op.ASSIGN or ir.target is None or not isinstance(ir.target, Name):
                return fact
            at = Frame(func, node, {}, None, frame.depth + 6)
            values.append(self.value(ir.value, at))
        if fact is not None:
            presumed = self.presumptions.bindings(outer, values)
            if presumed is not None:
                return presumed
            if len(values) == 1 and isinstance(values[0], (Fact, Cond, Presumed)):
                return values[0]
            return fact
        if len(values) == 1 and isinstance(values[0], (Fact, Cond, Known, Switch, Presumed)):
            return values[0]
        return None

    def attribute(self, expr: Attr, frame: Frame) -> Val | None:
        """The value of ``base.name``."""
        spelled = spell(expr)
        known = frame.env.get(spelled) if spelled else None
        if known is not None:
            return known
        base_name = last_name(expr.base)
        if base_name[:1].isupper() and (expr.name.isupper() or expr.name[:1].isupper()):
            return Known(expr.name.lower())  # an enumeration member
        if self.listed.is_named(expr, frame.func, frame.node):
            return given(self.subjects.of(expr.base, frame.func))
        if self.listed.denies(expr, frame.func, frame.node):
            return NOTHING
        if expr.name in ("value", "name") and isinstance(expr.base, Attr) and last_name(expr.base.base)[:1].isupper():
            return self.value(expr.base, frame)
        reading = self.vocabulary.read(expr.name)
        subject = self.subjects.of(expr.base, frame.func)
        declared = self.asking.property_value(expr, frame)
        if declared is not None:
            return declared
        if reading is not None:
            if reading.kind == READ_CONSENT and self.about_other(expr.base):
                return None
            presumed = self.presumptions.attribute(expr, frame.func, frame.node) if not reading.negative else None
            if presumed is not None:
                return presumed
            stored = self._stored(expr, frame)
            if stored is not None:
                return stored
            return self.reading(reading, subject)
        base = self.value(expr.base, frame)
        if isinstance(base, Fact):
            return self._member_of_fact(base, expr.name)
        if isinstance(base, Presumed) and expr.name in guards().ask_ticked:
            return base
        stored = self._stored(expr, frame)
        if stored is not None:
            return stored
        return None

    def about_other(self, base: Expr) -> bool:
        """``cookie_banner.consent``: the object says that it is consent to something else."""
        name = last_name(base)
        if name in ("cookies", "COOKIES"):
            return False  # where it is kept, not what it is about
        parts = name and self.vocabulary.other.found(tuple(name.lower().split("_")), name)
        return bool(parts) and not self.vocabulary.face.found(tuple(name.lower().split("_")), name)

    def _member_of_fact(self, base: Fact, name: str) -> Val | None:
        """A further attribute of something that is a fact: ``record.revoked_at``, ``consent.granted``."""
        from fr_lint.catalogue.vocabulary import split

        parts = split(name)
        if self.vocabulary.is_negative(name):
            return Fact(base.atoms, not base.negative)
        if parts and all(part in self.vocabulary.state.words for part in parts):
            return Fact(base.atoms, base.negative, base.text)
        return None

    def _stored(self, expr: Attr, frame: Frame) -> Val | None:
        """An attribute of ``self``: judged by the only assignment of it in the class, if there is just one."""
        if not isinstance(expr.base, Name) or expr.base.id not in ("self", "cls") or frame.depth > 12:
            return None
        owner = self.resolver.enclosing_class(frame.func)
        if owner is None:
            return None
        found = list(self.resolver.attribute_definitions(owner, expr.name))
        if len(found) != 1:
            return self._answered(found, frame)
        func, node = found[0]
        if isinstance(func.nodes[node].value, (Display, Mapping)):
            return None  # filled elsewhere
        value = self.value(func.nodes[node].value, Frame(func, node, {}, None, frame.depth + 6))
        if isinstance(value, (Presumed, Nothing)):
            return value
        return value if isinstance(value, (Fact, Cond)) else None

    def _answered(self, found: list[tuple[Func, int]], frame: Frame) -> Fact | None:
        """An attribute that is false until a question is answered: the one fact among what is assigned to it."""
        facts: list[Fact] = []
        for func, node in found if len(found) <= MAX_STORES else ():
            value = self.value(func.nodes[node].value, Frame(func, node, {}, None, frame.depth + 8))
            if isinstance(value, Fact) and not value.negative and not value.text:
                facts.append(value)
            elif not isinstance(value, Known) or value.value not in (None, False):
                return None
        return facts[0] if facts and all(fact.atoms == facts[0].atoms for fact in facts) else None

    def _masked(self, expr: Item, frame: Frame) -> Chosen | None:
        """Rows of a table for which a condition on its own columns holds: ``table[table["consent"] == "yes"]``."""
        index = expr.index
        if isinstance(index, Display) and index.elements:
            index = index.elements[0]
        if not isinstance(index, (Compare, Unary, Binary, Item, Attr, Name, Result)):
            return None
        root = spell(expr.base).partition(".")[0]
        if not root or root not in self.subjects.roots_of(index, frame.func):
            return None
        if isinstance(index, Unary) and index.op == "~":
            cond = outcome(negate(self.value(index.operand, frame)))
        else:
            cond = outcome(self.value(index, frame))
        if cond.true and any(a.kind in (CONSENT, PRESUMED) for a in cond.true):
            atoms = frozenset(Atom(a.kind, "", a.extra) for a in cond.true if a.kind in (CONSENT, PRESUMED))
            return Chosen(Cond(atoms, NONE))
        return None

    def item(self, expr: Item, frame: Frame) -> Val | None:
        """The value of ``base[index]``."""
        if self.listed.denies(expr, frame.func, frame.node):
            return NOTHING
        spelled = spell(expr.base)
        if isinstance(expr.index, Const) and isinstance(expr.index.value, str):
            known = frame.env.get(f"{spelled}[{expr.index.value}]") if spelled else None
            if known is not None:
                return known
            reading = self.vocabulary.read(expr.index.value)
            if reading is not None:
                if self.about_other(expr.base):
                    return None
                presumed = (
                    self.presumptions.key(expr.index.value, expr.base, frame.func, frame.node)
                    if not reading.negative
                    else None
                )
                return presumed or self.reading(reading, self.subjects.of(expr.base, frame.func))
        masked = self._masked(expr, frame)
        if masked is not None:
            return masked
        base = self.value(expr.base, frame)
        if isinstance(base, Chosen):
            return base
        if isinstance(base, Pair):
            place = expr.index.value if isinstance(expr.index, Const) else None
            return base.parts[place] if isinstance(place, int) and -len(base.parts) <= place < len(base.parts) else None
        if isinstance(base, Fact):
            if isinstance(expr.index, Const):
                return self._member_of_fact(base, expr.index.value) if isinstance(expr.index.value, str) else base
            subject = self.subjects.of(expr.index, frame.func)
            return Fact(
                frozenset(Atom(a.kind, subject or a.subject, a.extra) for a in base.atoms), base.negative, base.text
            )
        if isinstance(expr.index, (Name, Attr)):
            for text in self.resolver.texts(expr.index, frame.func, frame.node)[:1]:
                reading = self.vocabulary.read(text)
                if reading is not None:
                    return self.reading(reading, self.subjects.of(expr.base, frame.func))
        return None
