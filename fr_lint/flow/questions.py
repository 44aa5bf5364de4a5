"""Further questions that a policy makes it necessary to ask: were people told, was a guardian or the age asked for?

Each is answered by the engine that answers for consent, with words and listed names of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fr_lint.catalogue.guards import guards
from fr_lint.catalogue.leaving import sharing_words
from fr_lint.catalogue.questions import NoticeWords, guardian_words, notice_words
from fr_lint.flow.bodies import is_stub
from fr_lint.flow.chains import DataFlow
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.listed import Listed
from fr_lint.flow.named import Named
from fr_lint.flow.program import Func
from fr_lint.flow.question import Question
from fr_lint.ir.model import Expr, Op

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine


class Announcing(Listed):
    """Calls that tell people: those that are listed, and those whose name says it and that do something."""

    def __init__(self, named: Named, patterns: Sequence[str], words: NoticeWords) -> None:
        super().__init__(named, patterns, by_calling=True)
        self._words = words

    def is_called(self, func: Func, node: int) -> bool:  # noqa: D102
        if super().is_called(func, node):
            return True
        if not self._words.tells(last_name(func.nodes[node].value)):
            return False
        bodies = [target for target, _ in self.named.graph.targets(func, node)]
        return not bodies or any(not is_stub(body) for body in bodies)


class Asking(Listed):
    """Nothing is listed; what a face call says about age is no test of it."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.named, ())
        self._engine = engine
        self._flows: dict[Func, DataFlow] = {}

    def denies(self, expr: Expr, func: Func, node: int) -> bool:  # noqa: D102
        if func not in self._flows:
            engine = self._engine
            self._flows[func] = DataFlow(func, engine.face_calls.of(func), engine.resolver, engine.images)
        flow = self._flows[func]
        return bool(flow.calls) and bool(flow.tokens(expr, node))


def notice(engine: Engine, patterns: Sequence[str]) -> Question:
    """Were people told before the call?"""
    words = notice_words()
    return Question(engine.graph, words, Announcing(engine.named, patterns, words), guards(), engine.marks)


def guardian(engine: Engine) -> Question:
    """Was a guardian's consent, or the age, tested before the call?"""
    return Question(engine.graph, guardian_words(), Asking(engine), guards(), engine.marks)


def sharing(engine: Engine) -> Question:
    """Was consent to transmission or sharing tested before the call?"""
    words = sharing_words()
    listed = [name for name in engine.policy.consent_guards if words.names(name)]
    return Question(engine.graph, words, Listed(engine.named, listed), guards(), engine.marks)


def tells(engine: Engine, func: Func) -> bool:
    """Does a function tell anybody anything: is there a call in it that is more than a line in a log?"""
    quiet = engine.asking.vocabulary.recording
    for node in func.nodes:
        if node.op == Op.CALL:
            name = last_name(node.value)
            if name and name not in LOGGING and name not in quiet - SHOWING:
                return True
        elif node.op == Op.RETURN and node.value is not None:
            return True
    return False


LOGGING = frozenset(("debug", "info", "warning", "warn", "error", "exception", "critical", "log"))
SHOWING = frozenset(("print", "show", "display", "render", "send", "notify", "write"))
