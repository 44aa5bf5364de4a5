"""Which functions are worth walking: those that lead to a face result, to a grant or to another check.

Must not know paths or rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import SECRET, STAFF, TOKEN, Authenticators
from fr_lint.flow.access.granting import Granting
from fr_lint.flow.faces import FaceCalls
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import FuncV
from fr_lint.ir.model import Attr, Const, FunctionRef, Name, Op
from fr_lint.ir.walk import names_in, reads, walk

ROLES: Final = frozenset(("verify", "identify", "liveness", "encode"))
KINDS: Final = frozenset((SECRET, TOKEN, STAFF))
MAX_LOOKED_AT: Final = 300  # functions below one that are looked at


class Relevant:
    """Answers for functions, memoised."""

    def __init__(
        self,
        graph: CallGraph,
        faces: FaceCalls,
        granting: Granting,
        words: Authenticators,
        listed: Callable[[Func, int], bool],
        homemade: Callable[[], bool] = lambda: False,
    ) -> None:
        """``homemade``: whether the project may make templates of what a detection finds."""
        self.homemade = homemade
        self.listed = listed
        self.graph = graph
        self.faces = faces
        self.granting = granting
        self.words = words
        self._own: dict[Func, bool] = {}
        self._all: dict[Func, bool] = {}
        self._only: dict[tuple[Func, str], bool] = {}
        self._tested: dict[Func, frozenset[str]] = {}
        self._called: dict[Func, tuple[Func, ...]] = {}

    def is_worth(self, func: Func) -> bool:
        """Whether the function, or one that it calls, matters."""
        if func not in self._all:
            seen = {func: None}
            queue = [func]
            hit = False
            while queue:
                at = queue.pop()
                if self._matters(at) or self._all.get(at):
                    hit = True
                    break
                for callee in self.called(at):
                    if callee not in seen and len(seen) < MAX_LOOKED_AT:
                        seen[callee] = None
                        queue.append(callee)
            self._all[func] = hit
            if not hit:
                self._all.update(dict.fromkeys(seen, False))
        return self._all[func]

    def called(self, func: Func) -> tuple[Func, ...]:
        """The functions that a function enters or hands over."""
        if func not in self._called:
            found: dict[Func, None] = {}
            for number, node in enumerate(func.nodes):
                if (
                    node.op == Op.ASSIGN
                    and isinstance(node.target, Attr)
                    and isinstance(node.value, (Name, Attr, FunctionRef))
                ):
                    for value in self.graph.resolver.values(node.value, func, number):
                        if isinstance(value, FuncV):
                            found[value.func] = None
                elif node.op == Op.CALL:
                    entered = [target for target, _ in self.graph.targets(func, number)]
                    found.update(dict.fromkeys(entered))
                    keeps = bool(entered) or not self.faces.may_call_what_it_is_given(func, number)
                    handed = [] if keeps else [arg.value for arg in node.args]  # a function of ours says itself
                    if isinstance(node.value, Attr):
                        handed.append(node.value.base)
                    for expr in handed:
                        if isinstance(expr, (Name, Attr, FunctionRef)):
                            for value in self.graph.resolver.values(expr, func, number):
                                if isinstance(value, FuncV):
                                    found[value.func] = None
            self._called[func] = tuple(found)
        return self._called[func]

    def tested(self, func: Func) -> frozenset[str]:
        """The names that a function tests, or hands on to where they may be tested or say which device it is."""
        if func not in self._tested:
            self._tested[func] = frozenset()
            found: set[str] = set()
            for number, node in enumerate(func.nodes):
                if node.op == Op.BRANCH:
                    found |= names_in(node.value)
                elif node.op == Op.CALL and (
                    number in self.granting.of(func)
                    or any(self.is_worth(target) for target, _ in self.graph.targets(func, number))
                ):
                    for arg in node.args:
                        found |= names_in(arg.value)
            self._tested[func] = frozenset(found)
        return self._tested[func]

    def only_here(self, func: Func, spelled: str) -> bool:
        """Whether an attribute of an object is set by this method alone, but for its beginning."""
        holder, _, name = spelled.partition(".")
        if func.cls is None or holder != "self" or not name.isidentifier():
            return False
        if (func, name) not in self._only:
            places = list(self.graph.resolver.attribute_definitions(func.cls, name))
            beginning = access_words("values", "beginning")
            setting = {other for other, _ in places if other.name not in beginning and other.cls is not None}
            self._only[func, name] = bool(places) and setting <= {func}
        return self._only[func, name]

    def has_faces(self, func: Func) -> bool:
        """Whether a function holds a call that compares faces, or makes what can be compared."""
        roles = {c.api.role for c in self.faces.of(func) if c.api.duty}
        return bool(roles & ROLES) or ("detect" in roles and self.homemade())

    def _matters(self, func: Func) -> bool:
        if func not in self._own:
            self._own[func] = self._find(func)
        return self._own[func]

    def _find(self, func: Func) -> bool:
        return self._says(func) or bool(self.granting.of(func)) or self.has_faces(func)  # the quickest question first

    def _says(self, func: Func) -> bool:
        """Whether a function or something in it is named by a word of ways to be let in."""
        if self._speaks(func.name):
            return True
        for number, node in enumerate(func.nodes):
            if node.op == Op.CALL and last_name(node.value) in self.words.methods | {"input", "getpass", "abort"}:
                return True
            if node.op == Op.CALL and (self.listed(func, number) or self._measures(last_name(node.value))):
                return True
            for expr in reads(node):
                for at in walk(expr):
                    name = at.id if isinstance(at, Name) else at.name if isinstance(at, Attr) else None
                    if isinstance(at, Const):
                        name = at.value if isinstance(at.value, str) else None
                    if name is not None and 1 < len(name) < 60 and self._speaks(name):
                        return True
        return False

    def _measures(self, name: str) -> bool:
        """Whether a call of this name says how far apart two templates are."""
        return name != "match" and (self.words.compares_pictures(name) or name in self.words.distance_sizes)

    def _speaks(self, name: str) -> bool:
        return any(raw[0] in KINDS for raw in self.words.read(name))
