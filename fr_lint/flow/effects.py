"""What a function changes outside itself: does it delete something, does it take consent back?

For functions that a policy declares: evidence of the deed, not of whose data it is.  Must not know policies or rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.identity import Identity
from fr_lint.flow.program import Func
from fr_lint.ir.model import Attr, Const, Expr, Item, Mapping, Name, Node, Op, Result, Text
from fr_lint.ir.walk import walk

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine

TAKING: Final = frozenset(("delete", "expire"))
CHANGING: Final = frozenset(("store", "delete", "expire", "move", "drop", "hold"))
_CHANGE: Final = re.compile(r"\b(update|insert|delete|replace)\b", re.IGNORECASE)


class Effects:
    """Effects of functions, memoised."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._removed: dict[Func, tuple[Identity | None, ...]] = {}
        self._ends: dict[Func, bool] = {}

    # -------------------------------------------------------------------------------------------------------- deletions

    def deletes(self, functions: Collection[Func]) -> bool:
        """Do these functions together remove something from a store, or put a bound on one?"""
        return bool(self.removed(functions))

    def removed(self, functions: Collection[Func]) -> tuple[Identity | None, ...]:
        """The stores from which these functions together remove something; ``None`` for one that cannot be told."""
        found = [each for func in functions for each in self._removed_by(func)]
        if any(self._takes_out(func) for func in functions):
            # an entry is taken out of what was loaded, and the rest is written back
            calls = [call for func in functions for call in self.engine.store_calls.of(func)]
            found += [call.identity for call in calls if call.action == "store"]
        return tuple(found)

    def _removed_by(self, func: Func) -> tuple[Identity | None, ...]:
        if func not in self._removed:
            self._removed[func] = tuple(self._find_removed(func))
        return self._removed[func]

    def _takes_out(self, func: Func) -> bool:
        return any(call.action == "drop" for call in self.engine.store_calls.of(func)) or any(
            map(_takes_out, func.nodes)
        )

    def _find_removed(self, func: Func) -> Iterator[Identity | None]:
        calls = self.engine.store_calls.of(func)
        yield from (call.identity for call in calls if call.action in TAKING)
        if any(call.api.role == "delete" for call in self.engine.face_calls.of(func)):
            yield None
        seen = {call.node for call in calls}
        listed = self.engine.policy.deletions
        for number, node in enumerate(func.nodes):
            if node.op == Op.CALL and listed and self.engine.named.is_called(listed, func, number):
                yield None
            elif number not in seen and self._says_so(func, number, node):
                yield None

    def _says_so(self, func: Func, number: int, node: Node) -> bool:
        """A call into unseen code whose name begins with a verb of removal."""
        if node.op != Op.CALL or self.engine.graph.targets(func, number):
            return False
        return bool(access_words("effects", "removing") & set(split(last_name(node.value))[:1]))

    # ---------------------------------------------------------------------------------------------------------- consent

    def ends_consent(self, func: Func) -> bool:
        """Does the function itself write something about consent, or call something that takes it back?"""
        if func not in self._ends:
            changing = {call.node for call in self.engine.store_calls.of(func) if call.action in CHANGING}
            self._ends[func] = any(
                self._changes_consent(func, number, node, number in changing) for number, node in enumerate(func.nodes)
            )
        return self._ends[func]

    def _changes_consent(self, func: Func, number: int, node: Node, stored: bool) -> bool:
        if node.op in (Op.ASSIGN, Op.DELETE) and isinstance(node.target, (Attr, Item)):
            return self._is_consent(self._spelled(node.target, func, number))
        if node.op != Op.CALL:
            return False
        name = last_name(node.value)
        if name in access_words("effects", "logging") or (node.value is not None and self._is_logger(node.value)):
            return False
        if not self.engine.graph.targets(func, number) and access_words("effects", "ending") & set(split(name)):
            return True
        if any(arg.keyword and self._is_consent([arg.keyword]) for arg in node.args):
            return True
        words = [word for arg in node.args for word in self._spelled(arg.value, func, number)]
        if name == "setattr" or any(_CHANGE.search(word) for word in words if " " in word.strip()):
            return self._is_consent(words)
        if any(isinstance(arg.value, Mapping) and self._is_consent(_keys(arg.value)) for arg in node.args):
            return True
        if stored:
            if isinstance(node.value, Attr):
                words += self._spelled(node.value.base, func, number)
            return self._is_consent(words)
        return False

    @staticmethod
    def _is_logger(callee: Expr) -> bool:
        return isinstance(callee, Attr) and last_name(callee.base).lower() in access_words("effects", "loggers")

    def _spelled(self, expr: Expr, func: Func, node: int) -> list[str]:
        """Names and texts in an expression, and the texts that its names stand for."""
        found: list[str] = []
        for at in walk(expr):
            if isinstance(at, Const) and isinstance(at.value, str):
                found.append(at.value)
            elif isinstance(at, (Name, Attr)):
                found.append(last_name(at))
                found.extend(self.engine.resolver.texts(at, func, node)[:4])
            elif isinstance(at, Text):
                found.extend(self.engine.resolver.texts(at, func, node)[:4])
            elif isinstance(at, Result) and func.nodes[at.node].op == Op.CALL:
                call = func.nodes[at.node]
                found.append(last_name(call.value))
                for part in (*(arg.value for arg in call.args), *(() if call.value is None else (call.value,))):
                    found.extend(last_name(each) for each in walk(part) if isinstance(each, (Name, Attr)))
                    found.extend(
                        each.value for each in walk(part) if isinstance(each, Const) and isinstance(each.value, str)
                    )
        return found

    def _is_consent(self, words: list[str]) -> bool:
        """Does one of these speak of consent, whatever it says about it?"""
        vocabulary = self.engine.evaluator.vocabulary
        return any(vocabulary.consent.found(split(word), word) for word in words)


def _takes_out(node: Node) -> bool:
    if node.op == Op.DELETE and isinstance(node.target, Item):
        return True
    return node.op == Op.CALL and last_name(node.value) in access_words("effects", "taking")


def _keys(expr: Mapping) -> list[str]:
    return [
        entry.key.value for entry in expr.entries if isinstance(entry.key, Const) and isinstance(entry.key.value, str)
    ]
