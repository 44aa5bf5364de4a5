"""What the value of an expression says about consent: facts, literals, answers, conditions.

Evaluates pure expressions under an environment; calls are read by :mod:`fr_lint.flow.asking`.  Works for one function
frame at a time; ``bound`` gives parameters the values of one particular call.  Must not know control flow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.catalogue.vocabulary import Reading, Vocabulary
from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    NOTHING,
    TERMS,
    TEST,
    Atom,
    Chosen,
    Cond,
    Env,
    Fact,
    Facts,
    Known,
    Nothing,
    Pair,
    Presumed,
    Switch,
    Val,
    conjunction,
    disjunction,
    meet,
    negate,
    outcome,
    simple,
    union,
)
from fr_lint.flow.program import Func
from fr_lint.flow.resolve import last_name
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
    Text,
    Unary,
)
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.asking import Asking
    from fr_lint.flow.presumed import Presumptions
    from fr_lint.flow.resolve import Resolver


@dataclass(slots=True)
class Frame:
    """Where an expression is evaluated: the function, the node, what is known there, and the call's arguments."""

    func: Func
    node: int
    env: Env
    bound: dict[str, Argument] | None = None
    depth: int = 0
    symbolic: bool = False
    loops: dict[str, Expr] = field(default_factory=dict)


@dataclass(slots=True)
class Argument:
    """What one call passes for a parameter: the expression in the caller's frame, and its value there."""

    expr: Expr | None
    func: Func
    node: int
    value: Val | None


class Evaluator:
    """Values of expressions."""

    def __init__(self, resolver: Resolver, vocabulary: Vocabulary, subjects: Subjects) -> None:
        self.resolver = resolver
        self.vocabulary = vocabulary
        self.subjects = subjects
        self.asking: Asking
        self.presumptions: Presumptions

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
            return self.asking.call(expr.node, frame)
        if isinstance(expr, Unary):
            return negate(self.value(expr.operand, frame)) if expr.op == "not" else None
        if isinstance(expr, Bool):
            return self._bool(expr, frame)
        if isinstance(expr, IfElse):
            return self._conditional(expr, frame)
        if isinstance(expr, Compare):
            return self._compare(expr, frame)
        if isinstance(expr, Comprehension):
            return self._comprehension(expr, frame)
        if isinstance(expr, (Entered, Starred)):
            return self.value(next(iter(walk_children(expr))), frame)
        if isinstance(expr, Element):
            inner = self.value(expr.of, frame)
            return inner if isinstance(inner, Fact) else None
        if isinstance(expr, Binary) and expr.op in ("&", "|"):
            values = [self.value(expr.left, frame), self.value(expr.right, frame)]
            return conjunction(values) if expr.op == "&" else disjunction(values)
        if isinstance(expr, Display):
            if not expr.elements:
                return Cond(None, NONE)
            if expr.kind == "tuple" and len(expr.elements) < 8:
                parts = tuple(self.test(element, self.value(element, frame), frame) for element in expr.elements)
                return Pair(parts) if any(part is not None for part in parts) else None
        if isinstance(expr, Mapping) and not expr.entries:
            return Cond(None, NONE)
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
            if len(values) == 1 and isinstance(values[0], (Fact, Cond)):
                return values[0]
            return fact
        if len(values) == 1 and isinstance(values[0], (Fact, Cond, Known, Switch)):
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
        if expr.name in ("value", "name") and isinstance(expr.base, Attr) and last_name(expr.base.base)[:1].isupper():
            return self.value(expr.base, frame)
        reading = self.vocabulary.read(expr.name)
        subject = self.subjects.of(expr.base, frame.func)
        declared = self.asking.property_value(expr, frame)
        if declared is not None:
            return declared
        if reading is not None:
            if reading.kind == READ_CONSENT and self._about_other(expr.base):
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
        stored = self._stored(expr, frame)
        if stored is not None:
            return stored
        return None

    def _about_other(self, base: Expr) -> bool:
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
            return None
        func, node = found[0]
        if isinstance(func.nodes[node].value, (Display, Mapping)):
            return None  # filled elsewhere
        value = self.value(func.nodes[node].value, Frame(func, node, {}, None, frame.depth + 6))
        if isinstance(value, (Presumed, Nothing)):
            return value
        return value if isinstance(value, (Fact, Cond)) else None

    def item(self, expr: Item, frame: Frame) -> Val | None:
        """The value of ``base[index]``."""
        spelled = spell(expr.base)
        if isinstance(expr.index, Const) and isinstance(expr.index.value, str):
            known = frame.env.get(f"{spelled}[{expr.index.value}]") if spelled else None
            if known is not None:
                return known
            reading = self.vocabulary.read(expr.index.value)
            if reading is not None:
                if self._about_other(expr.base):
                    return None
                presumed = (
                    self.presumptions.key(expr.index.value, expr.base, frame.func, frame.node)
                    if not reading.negative
                    else None
                )
                return presumed or self.reading(reading, self.subjects.of(expr.base, frame.func))
        base = self.value(expr.base, frame)
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

    # -------------------------------------------------------------------------------------------------------- booleans

    def _bool(self, expr: Bool, frame: Frame) -> Val | None:
        values = [self.value(operand, frame) for operand in expr.operands]
        if expr.op == "or" and values[-1] == Known(True) and any(isinstance(value, Fact) for value in values[:-1]):
            return self.presumptions.here(frame.func, frame.node, "a default")
        if (
            expr.op == "or"
            and len(values) == 2
            and isinstance(values[1], Known)
            and isinstance(values[0], (Fact, Presumed))
        ):
            if values[1].value and not self.vocabulary.is_negative_literal(values[1].value):
                return (
                    self.presumptions.here(frame.func, frame.node, "a default")
                    if isinstance(values[0], Fact)
                    else values[0]
                )
            return values[0]
        conds = []
        for operand, value in zip(expr.operands, values, strict=True):
            conds.append(self.test(operand, value, frame))
        return conjunction(list(conds)) if expr.op == "and" else disjunction(list(conds))

    def _conditional(self, expr: IfElse, frame: Frame) -> Val | None:
        test = outcome(self.test(expr.test, self.value(expr.test, frame), frame))
        body, orelse = self.value(expr.body, frame), self.value(expr.orelse, frame)
        if isinstance(body, Known) and isinstance(orelse, Known):
            cases = [(known, facts) for known, facts in ((body, test.true), (orelse, test.false)) if facts is not None]
            return Switch(tuple(cases))
        a, b = outcome(body), outcome(orelse)
        return simple(
            Cond(
                meet((union(test.true, a.true), union(test.false, b.true))),
                meet((union(test.true, a.false), union(test.false, b.false))),
            )
        )

    def test(self, expr: Expr, value: Val | None, frame: Frame) -> Val | None:
        """The condition ``expr`` in a test; over parameters of which nothing is known it stays symbolic."""
        if value is not None or not frame.symbolic:
            return value
        inner, positive = expr, True
        while isinstance(inner, Unary) and inner.op == "not":
            inner, positive = inner.operand, not positive
        if not self.asking.is_symbolic(inner, frame):
            return None
        yes = frozenset((Atom(TEST, "", Symbol(inner, frame.func, True)),))
        no = frozenset((Atom(TEST, "", Symbol(inner, frame.func, False)),))
        return Cond(yes, no) if positive else Cond(no, yes)

    # ----------------------------------------------------------------------------------------------------- comparisons

    def _compare(self, expr: Compare, frame: Frame) -> Val | None:  # noqa: C901
        left, right = self.value(expr.left, frame), self.value(expr.right, frame)
        op = expr.op
        if op in ("in", "not in"):
            found = self._membership(expr, left, right, frame)
            return negate(found) if op == "not in" else found
        if isinstance(left, Known) and not isinstance(right, Known):
            left, right = right, left
            op = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(op, op)
        if not isinstance(right, Known):
            if isinstance(left, Fact) and op in (">", ">="):
                return Fact(left.atoms, left.negative)
            if isinstance(left, Fact) and op in ("<", "<="):
                return Fact(left.atoms, not left.negative)
            if isinstance(left, Fact) and op in ("==", "is", "!=", "is not"):
                other = expr.right
                return self._compare_unknown(left, op, other, frame)
            return None
        positive = op in ("==", "is", ">", ">=")
        if isinstance(left, Known):
            if op in ("==", "is", "!=", "is not"):
                same = left == right or (
                    left.value == right.value
                    and isinstance(left.value, (bool, int)) == isinstance(right.value, (bool, int))
                )
                return Known(same == (op in ("==", "is")))
            return None
        if isinstance(left, Switch):
            true = meet(facts for known, facts in left.cases if known == right)
            false = meet(facts for known, facts in left.cases if known != right)
            return Cond(true, false) if op in ("==", "is") else Cond(false, true)
        if isinstance(left, Fact):
            if self.vocabulary.is_neutral_literal(right.value):
                return None
            if left.text and isinstance(right.value, int) and not isinstance(right.value, bool):
                turned = not positive  # the number of the answer that was picked
            elif op in (">", ">="):
                turned = False
            elif op in ("<", "<="):
                turned = True
            else:
                turned = self.vocabulary.is_negative_literal(right.value) == positive
            return Fact(left.atoms, left.negative != turned)
        if isinstance(left, Presumed):
            agrees = not self.vocabulary.is_negative_literal(right.value)
            return left if agrees == positive else Cond(None, outcome(left).true)
        if isinstance(left, (Cond, Chosen)):
            if isinstance(right.value, int) and op in (">", ">="):
                return left
            cond = outcome(left)
            return cond if bool(right.value) == positive else Cond(cond.false, cond.true)
        return None

    def _compare_unknown(self, fact: Fact, op: str, other: Expr, frame: Frame) -> Val | None:
        """Compared with a name: its own words say which answer it is (``Answer.YES``, ``GPIO.LOW``, ``YES``)."""
        spelled = spell(other)
        texts = self.resolver.texts(other, frame.func, frame.node)
        word = texts[0] if texts else spelled.rpartition(".")[2]
        if not word:
            return None
        turned = self.vocabulary.is_negative_literal(word)
        return Fact(fact.atoms, fact.negative != (turned != (op in ("!=", "is not"))))

    def _membership(self, expr: Compare, left: Val | None, right: Val | None, frame: Frame) -> Val | None:
        if isinstance(left, Known) and isinstance(left.value, str):
            reading = self.vocabulary.read(left.value)
            if reading is not None:
                return self.reading(reading, self.subjects.of(expr.right, frame.func))
        if isinstance(right, (Fact, Chosen)) and not isinstance(expr.right, Display):
            subject = self.subjects.of(expr.left, frame.func)
            if isinstance(right, Fact):
                atoms = frozenset(Atom(a.kind, subject or a.subject, a.extra) for a in right.atoms)
                return Fact(atoms, right.negative)
            true = right.cond.true if right.cond.true is not None else NONE
            return simple(
                Cond(
                    frozenset(Atom(a.kind, subject, a.extra) for a in true) or frozenset((Atom(CONSENT, subject),)),
                    NONE,
                )
            )
        if isinstance(left, (Fact, Presumed)):
            options = self._options(expr.right, frame)
            if options:
                refusals = [self.vocabulary.is_negative_literal(option) for option in options]
                if isinstance(left, Presumed):
                    return left if not any(refusals) else None
                if not any(refusals):
                    return Fact(left.atoms, left.negative)
                if all(refusals):
                    return Fact(left.atoms, not left.negative)
                return None
            if isinstance(expr.right, (Name, Attr)) and isinstance(left, Fact):
                negative = self.vocabulary.is_negative(last_name(expr.right))
                return Fact(left.atoms, left.negative != negative)
        if isinstance(left, Switch):
            options = self._options(expr.right, frame)
            inside = meet(facts for known, facts in left.cases if known.value in options)
            return Cond(inside, meet(facts for known, facts in left.cases if known.value not in options))
        return None

    def _options(self, expr: Expr, frame: Frame) -> list[object]:
        if isinstance(expr, Display):
            found: list[object] = []
            for element in expr.elements:
                known = self.value(element, frame)
                if not isinstance(known, Known):
                    return []
                found.append(known.value)
            return found
        if isinstance(expr, Const) and isinstance(expr.value, str):
            return [expr.value]
        return list(self.resolver.texts(expr, frame.func, frame.node))

    # -------------------------------------------------------------------------------------------------- comprehensions

    def _comprehension(self, expr: Comprehension, frame: Frame) -> Val | None:
        """A selection: its elements satisfied the conditions; an empty one says that nobody did."""
        if not expr.conditions:
            inner = self.value(expr.sources[0], frame) if expr.sources else None
            return inner if isinstance(inner, Chosen) else None
        cond = outcome(conjunction([self.value(condition, frame) for condition in expr.conditions]))
        empty = self.everyone(cond.false, expr, frame)
        if cond.true:
            return Chosen(Cond(NONE, empty))
        return Cond(NONE, empty) if empty else None

    def everyone(self, facts: Facts | None, expr: Comprehension, frame: Frame) -> Facts:
        """Facts about the loop variable, said of all that were looped over."""
        if not facts or not expr.sources:
            return NONE
        subject = self.subjects.of(expr.sources[0], frame.func)
        names = {at.id for target in expr.targets for at in walk(target) if isinstance(at, Name)}
        return frozenset(
            Atom(a.kind, subject, a.extra) if not a.subject or Subjects.root(a.subject) in names else a for a in facts
        )

    def all_of(self, expr: Expr | None, frame: Frame) -> Val | None:
        """``all(...)`` over a comprehension."""
        if not isinstance(expr, Comprehension):
            return None
        element = self.value(expr.element, frame)
        cond = outcome(element)
        if expr.conditions:
            return None
        everyone = self.everyone(cond.true, expr, frame)
        return Cond(everyone, NONE) if everyone else None

    def any_of(self, expr: Expr | None, frame: Frame) -> Val | None:
        """``any(...)`` over a comprehension: false says the opposite of everyone."""
        if not isinstance(expr, Comprehension):
            return None
        parts = [self.value(expr.element, frame), *(self.value(c, frame) for c in expr.conditions)]
        cond = outcome(conjunction(parts))
        everyone = self.everyone(cond.false, expr, frame)
        return Cond(NONE, everyone) if everyone else None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A condition over a function's parameters that was found true or false."""

    expr: Expr
    func: Func
    truth: bool


def walk_children(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression."""
    from fr_lint.ir.walk import children

    return children(expr)


__all__ = ["NOTHING", "Argument", "Evaluator", "Frame", "Symbol", "Text"]
