"""Variables that collect over a loop: a flag put out by the first refusal, answers joined by ``and``, a list of names.

What every round established of its element unless the variable shows otherwise, holds of all elements if the variable
ends as it began.  Must not know how a round is solved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.flow.facts import CONSENT, NONE, NOTHING, TERMS, Atom, Cond, Facts, State, Val, outcome
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.subjects import Subjects, spell
from fr_lint.ir.model import Attr, Binary, Bool, Const, Display, Expr, IfElse, Name, Node, Op

if TYPE_CHECKING:
    from fr_lint.flow.rounds import Rounds

GROWING = frozenset({"append", "add", "insert", "appendleft", "extend", "update", "add_error", "setdefault"})
SHRINKING = frozenset({"clear", "pop", "popleft", "remove", "discard", "popitem"})

NEVER: frozenset[bool] = frozenset()


class Collected:
    """What variables say after a loop over people."""

    def __init__(self, rounds: Rounds) -> None:
        self.rounds = rounds
        self._bodies: dict[tuple[Func, int], tuple[int, ...]] = {}
        self._ways: dict[tuple[Func, int], dict[str, frozenset[bool]]] = {}

    def after(self, func: Func, head: int, latch: int, looped: State, names: set[str], subject: str) -> dict[str, Val]:
        """Variable -> its value past the loop at ``head``, where the rounds tell more than the last one does."""
        found: dict[str, Val] = {}
        for name, ways in self._of_loop(func, head, latch).items():
            said = {truth: self._common(looped, name, names, truth) for truth in ways}
            if any(said.values()):
                true, false = (
                    frozenset(Atom(kind, subject) for kind in said.get(truth, ())) for truth in (True, False)
                )
                found[name] = Cond(true, false)
            elif not ways and self._last_only(looped, name, names):
                found[name] = NOTHING
        return found

    # ------------------------------------------------------------------------------------------------- what rounds say

    @staticmethod
    def kinds(facts: Facts, names: set[str]) -> frozenset[str]:
        """The kinds of fact about the loop's element, or about whoever is there."""
        return frozenset(
            a.kind for a in facts if a.kind in (CONSENT, TERMS) and (not a.subject or Subjects.root(a.subject) in names)
        )

    def _common(self, looped: State, name: str, names: set[str], truth: bool) -> frozenset[str]:
        """The kinds that each round established of its element unless it left ``name`` with the other truth."""
        common: frozenset[str] | None = None
        for facts, env in looped.items():
            cond = outcome(env.get(name))
            says = cond.true if truth else cond.false
            if says is None:
                continue
            kinds = self.kinds(facts | says, names)
            common = kinds if common is None else common & kinds
        return common or frozenset()

    def _last_only(self, looped: State, name: str, names: set[str]) -> bool:
        """Whether each round gave the variable the answer of its own element: the last one is what is left."""
        for env in looped.values():
            cond = outcome(env.get(name))
            if not self.kinds((cond.true or NONE) | (cond.false or NONE), names):
                return False
        return bool(looped)

    # ----------------------------------------------------------------------------------------------- what the loop does

    def _of_loop(self, func: Func, head: int, latch: int) -> dict[str, frozenset[bool]]:
        """The variables that a loop changes, each with the truths that it cannot come back to once it has lost them."""
        place = (func, head)
        if place not in self._ways:
            ways: dict[str, frozenset[bool]] = {}
            for number in self.body(func, head, latch):
                for name, keeps in changes(func.nodes[number]):
                    ways[name] = ways.get(name, frozenset((True, False))) & keeps
            self._ways[place] = ways
        return self._ways[place]

    def body(self, func: Func, head: int, latch: int) -> tuple[int, ...]:
        """The nodes of the natural loop of a back edge (Aho, Lam, Sethi, Ullman, 9.6.6), without its head."""
        place = (func, head)
        if place not in self._bodies:
            seen = {head, latch}
            stack = [latch]
            while stack:
                for number in func.preds[stack.pop()]:
                    if number not in seen:
                        seen.add(number)
                        stack.append(number)
            self._bodies[place] = tuple(sorted(seen - {head}))
        return self._bodies[place]


def changes(node: Node) -> list[tuple[str, frozenset[bool]]]:
    """The variables that a node changes, and which truth of each is certain to have been there before."""
    if node.op == Op.CALL and isinstance(node.value, Attr):
        name = spell(node.value.base)
        if name and node.value.name in GROWING:
            return [(name, frozenset((False,)))]
        return [(name, NEVER)] if name and node.value.name in SHRINKING else []
    if node.op == Op.ASSIGN and isinstance(node.target, Name):
        return [(node.target.id, kept(node.value, node.target.id))]
    if node.op in (Op.ASSIGN, Op.FOR):
        return [(name, NEVER) for name in target_names(node.target)]
    return []


def kept(value: Expr | None, name: str) -> frozenset[bool]:
    """If the new value of ``name`` has this truth, the old one had it."""
    if isinstance(value, Name) and value.id == name:
        return frozenset((True, False))
    if isinstance(value, Const):
        return frozenset((not value.value,))
    if isinstance(value, IfElse):
        return kept(value.body, name) & kept(value.orelse, name)
    if isinstance(value, Bool):
        operands, op = value.operands, value.op
    elif isinstance(value, Binary) and value.op in ("&", "|"):
        operands, op = (value.left, value.right), "and" if value.op == "&" else "or"
    elif isinstance(value, Binary) and value.op == "+":
        operands = (value.left, value.right)
        more = any(
            (isinstance(at, Const) and isinstance(at.value, int) and at.value > 0)
            or (isinstance(at, Display) and at.elements)
            for at in operands
        )
        op = "or" if more else ""
    else:
        return NEVER
    if not op or not any(isinstance(at, Name) and at.id == name for at in operands):
        return NEVER
    return frozenset((op == "and",))
