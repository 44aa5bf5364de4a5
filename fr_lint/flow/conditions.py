"""What conditions say about consent: connectives, comparisons, membership, comprehensions.

Must not know control flow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    NOTHING,
    TEST,
    Atom,
    Chosen,
    Cond,
    Fact,
    Facts,
    Known,
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
from fr_lint.flow.frames import Frame, Symbol
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.subjects import Subjects, spell
from fr_lint.ir.model import (
    Attr,
    Binary,
    Bool,
    Compare,
    Comprehension,
    Const,
    Display,
    Expr,
    IfElse,
    Name,
    Result,
    Unary,
)
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.evaluate import Evaluator


class Conditions:
    """Values of conditions."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.resolver = evaluator.resolver
        self.vocabulary = evaluator.vocabulary
        self.subjects = evaluator.subjects

    def connective(self, expr: Bool, frame: Frame) -> Val | None:
        """The value of ``and`` and ``or``."""
        values = [self.evaluator.value(operand, frame) for operand in expr.operands]
        if expr.op == "or" and values[-1] == Known(True) and any(isinstance(value, Fact) for value in values[:-1]):
            return self.evaluator.presumptions.here(frame.func, frame.node, "a default")
        if (
            expr.op == "or"
            and len(values) == 2
            and isinstance(values[1], Known)
            and isinstance(values[0], (Fact, Presumed))
        ):
            if values[1].value and not self.vocabulary.is_negative_literal(values[1].value):
                return (
                    self.evaluator.presumptions.here(frame.func, frame.node, "a default")
                    if isinstance(values[0], Fact)
                    else values[0]
                )
            return values[0]
        conds = []
        for operand, value in zip(expr.operands, values, strict=True):
            conds.append(self.test(operand, value, frame))
        return conjunction(list(conds)) if expr.op == "and" else disjunction(list(conds))

    def conditional(self, expr: IfElse, frame: Frame) -> Val | None:
        """The value of ``a if test else b``."""
        test = outcome(self.test(expr.test, self.evaluator.value(expr.test, frame), frame))
        body, orelse = self.evaluator.value(expr.body, frame), self.evaluator.value(expr.orelse, frame)
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
        if not self.evaluator.asking.is_symbolic(inner, frame):
            return None
        yes = frozenset((Atom(TEST, "", Symbol(inner, frame.func, True)),))
        no = frozenset((Atom(TEST, "", Symbol(inner, frame.func, False)),))
        return Cond(yes, no) if positive else Cond(no, yes)

    def compare(self, expr: Compare, frame: Frame) -> Val | None:  # noqa: C901
        """The value of a comparison."""
        left, right = self.evaluator.value(expr.left, frame), self.evaluator.value(expr.right, frame)
        op = expr.op
        if op in ("in", "not in"):
            found = self._membership(expr, left, right, frame)
            return negate(found) if op == "not in" else found
        if isinstance(left, Known) and not isinstance(right, Known):
            left, right = right, left
            op = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(op, op)
        if not isinstance(right, Known):
            if op in ("<=", "<") and isinstance(right, Fact) and not isinstance(left, (Fact, Known)):
                return right  # a subset of those who consented
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
            picked = dict(left.choices).get(str(right.value).strip().lower())
            if picked is not None and op in ("==", "is", "!=", "is not"):
                return Fact(left.atoms, left.negative != (picked != positive))
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
            cond = outcome(left)
            if isinstance(right.value, int) and not isinstance(right.value, bool):
                return self._counted(cond, op, right.value)
            return cond if bool(right.value) == positive else Cond(cond.false, cond.true)
        return None

    @staticmethod
    def _counted(cond: Cond, op: str, number: int) -> Cond:
        """How many there are: more than none is some; more than one is some, but not more than one may be none."""
        least = {">": number + 1, ">=": number, "<": number, "<=": number + 1}.get(op)
        if least is None:
            some = Cond(cond.true, NONE if number else cond.false) if number else Cond(cond.false, cond.true)
            return some if op in ("==", "is") else Cond(some.false, some.true)
        many = cond if least == 1 else Cond(cond.true, NONE) if least > 1 else Cond(NONE, NONE)
        return many if op in (">", ">=") else Cond(many.false, many.true)

    @staticmethod
    def of_sets(expr: Binary, frame: Frame) -> bool:
        """Whether an operator works on sets, as far as the operands are written as such."""
        for at in (expr.left, expr.right):
            if isinstance(at, (Display, Comprehension)) and at.kind == "set":
                return True
            if isinstance(at, Result) and last_name(frame.func.nodes[at.node].value) in ("set", "frozenset"):
                return True
        return False

    def sets(self, expr: Binary, frame: Frame) -> Val | None:
        """Sets of people: nobody is left if those who consented are taken away; one in common is not everybody."""
        right = self.evaluator.value(expr.right, frame)
        if expr.op != "-" or not isinstance(right, Fact) or right.negative or right.text:
            return NOTHING
        subject = self.subjects.of(expr.left, frame.func)
        return Cond(NONE, frozenset(Atom(a.kind, subject or a.subject, a.extra) for a in right.atoms))

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
                return self.evaluator.reading(reading, self.subjects.of(expr.right, frame.func))
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
                neutral = [self.vocabulary.is_neutral_literal(option) for option in options]
                if not any(refusals) and not any(neutral):
                    return Fact(left.atoms, left.negative)
                if any(refusals) and all(no or open_ for no, open_ in zip(refusals, neutral, strict=True)):
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
                known = self.evaluator.value(element, frame)
                if not isinstance(known, Known):
                    return []
                found.append(known.value)
            return found
        if isinstance(expr, Const) and isinstance(expr.value, str):
            return [expr.value]
        return list(self.resolver.texts(expr, frame.func, frame.node))

    def comprehension(self, expr: Comprehension, frame: Frame) -> Val | None:
        """A selection: its elements satisfied the conditions; an empty one says that nobody did."""
        if not expr.conditions:
            inner = self.evaluator.value(expr.sources[0], frame) if expr.sources else None
            return inner if isinstance(inner, Chosen) else None
        cond = outcome(conjunction([self.evaluator.value(condition, frame) for condition in expr.conditions]))
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
        element = self.evaluator.value(expr.element, frame)
        cond = outcome(element)
        if expr.conditions:
            return None
        everyone = self.everyone(cond.true, expr, frame)
        return Cond(everyone, NONE) if everyone else None

    def any_of(self, expr: Expr | None, frame: Frame) -> Val | None:
        """``any(...)`` over a comprehension: false says the opposite of everyone."""
        if not isinstance(expr, Comprehension):
            return None
        parts = [self.evaluator.value(expr.element, frame), *(self.evaluator.value(c, frame) for c in expr.conditions)]
        cond = outcome(conjunction(parts))
        everyone = self.everyone(cond.false, expr, frame)
        return Cond(NONE, everyone) if everyone else None
