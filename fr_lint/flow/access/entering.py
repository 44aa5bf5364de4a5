"""How a function is entered: decorators, dependencies, defaults, and what they say of whoever gets in.

Must not know how calls are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import CLAIM, OPEN, SECRET, SESSION, STAFF
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.access.domain import (
    NONE,
    Check,
    Env,
    Exit,
    Fact,
    Facts,
    Gate,
    Raw,
    Summary,
    Val,
    after,
)
from fr_lint.flow.access.frame import Frame, callee_name, telling
from fr_lint.flow.access.gates import CALLS, DONE, TRUE, Before
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import Ext
from fr_lint.ir.model import Const, Display, Expr, Item, Result

Path = tuple[Facts, Env]
MAX_PAST: Final = 6  # ways past what stands before a function


def _needed(name: str) -> str:
    """What ``require_reviewer`` or ``reviewer_required`` requires."""
    return "_".join(word for word in split(name) if word not in access_words("calls", "needing"))


class Entering(Frame):
    """The ways in."""

    def entry(self, arguments: Env) -> Iterator[Path]:
        """The paths on which the function begins."""
        facts: Facts = NONE
        raws = self._decorated()
        if raws:
            facts = frozenset((Check(None, raws),))
        paths: list[Path] = [(facts, dict(arguments))]
        enclosing = self.func.parent or self.func
        for param in self.func.ir.params:
            if param.name in arguments:
                continue
            depends = self._dependency(param.default, enclosing) or self._dependency_in(param.annotation, enclosing)
            if depends is not None:
                paths = [p for path in paths for p in self._depend(path, param.name, depends, enclosing)]
            elif self._is_sent(param.name, enclosing):
                for _, env in paths:
                    env[param.name] = (Val(raw=frozenset(((OPEN, param.name),))),)
            elif (
                isinstance(param.default, Const) and isinstance(param.default.value, (bool, type(None))) and self.called
            ):
                for _, env in paths:
                    env[param.name] = (Val(param.default.value),)
        for decorator in self.func.ir.decorators:
            paths = [p for path in paths for p in self._dependencies(path, decorator, enclosing)]
        ways = ((),) if self.called else self.walker.gates.before(self.func)
        for way in ways:
            passed = [NONE]
            for before in way:
                passed = list(dict.fromkeys(after(one, more) for one in passed for more in self._past(before)))
            yield from ((after(more, facts), env) for facts, env in paths for more in passed[:MAX_PAST])

    def _is_sent(self, name: str, enclosing: Func) -> bool:
        """Whether a parameter is a part of an address that only the holder of a link knows: ``/link/<token>``."""
        if not set(split(name)) & access_words("calls", "links") or self.called:
            return False
        calls = (enclosing.nodes[d.node] for d in self.func.ir.decorators if isinstance(d, Result))
        texts = (a.value.value for call in calls for a in call.args if isinstance(a.value, Const))
        return any(isinstance(text, str) and re.search(rf"[<{{:]{name}[>}}:]", text) for text in texts)

    def _past(self, before: Before) -> list[Facts]:
        """What is decided when a function that runs first has let somebody pass."""
        func = before.func
        if func is self.func or func in self.walker.busy or not self.walker.relevant.is_worth(func):
            return [NONE]
        summary = self.walker.run(func)
        self.passed_on(summary, NONE, (func, 0))
        if before.how == CALLS:
            visits = self.walker.visits.get(func, {})
            return [facts for node in before.nodes for facts in visits.get(node, ())] or [NONE]
        found: list[Facts] = []
        for exit_ in self._named_exits(func, summary):
            for value in exit_.values:
                if before.how == TRUE:
                    if value.holds is not False:
                        found.append(self._true(func, after(exit_.facts, value.why), value))
                elif value.const is None or before.how == DONE:
                    found.append(after(exit_.facts, value.why))
        return found or [NONE]

    @staticmethod
    def _true(func: Func, facts: Facts, value: Val) -> Facts:
        """What is decided where an answer is true."""
        passed: set[Fact] = set()
        if value.holds is None and value.face:
            passed.add(Gate((func, 0), True, value.face, value.sign > 0 if value.sign else None))
        raws = frozenset(r for r in value.check if r[0] != CLAIM and (r[0] == SECRET or not value.face))
        if value.holds is None and raws and value.check_sign > 0:
            passed.add(Check((func, 0), raws))
        return after(facts, frozenset(passed))

    def _dependency(self, default: Expr | None, enclosing: Func) -> Result | None:
        if isinstance(default, Result) and last_name(enclosing.nodes[default.node].value) in access_words(
            "calls", "dependencies"
        ):
            return default
        return None

    def _dependency_in(self, annotation: Expr | None, enclosing: Func) -> Result | None:
        if isinstance(annotation, Item) and isinstance(annotation.index, Display):
            for part in annotation.index.elements:
                found = self._dependency(part, enclosing)
                if found is not None:
                    return found
        return None

    def _dependencies(self, path: Path, decorator: Expr, enclosing: Func) -> Iterator[Path]:
        """``dependencies=[Depends(f)]`` in a route's decorator."""
        paths = [path]
        if isinstance(decorator, Result):
            for arg in enclosing.nodes[decorator.node].args:
                if arg.keyword == "dependencies" and isinstance(arg.value, Display):
                    for part in arg.value.elements:
                        if self._dependency(part, enclosing) is not None and isinstance(part, Result):
                            paths = [p for each in paths for p in self._depend(each, "", part, enclosing)]
        yield from paths

    def _named_exits(self, target: Func, summary: Summary) -> Iterator[Exit]:
        """The ways out of a function, with what its name says."""
        raise NotImplementedError

    def _depend(self, path: Path, name: str, depends: Result, enclosing: Func) -> Iterator[Path]:
        facts, env = path
        call = enclosing.nodes[depends.node]
        targets: list[Func] = []
        if call.args:
            for value in self.walker.resolver.values(call.args[0].value, enclosing, depends.node):
                targets.extend(target for target, _ in self.walker.graph.enters(value))
        found = False
        for target in targets:
            summary = self.walker.run(target, (), self.walker.bound)
            self.passed_on(summary, facts, (enclosing, depends.node))
            values = [Exit(NONE, summary.yields)] if summary.yields else list(summary.exits)
            for exit_ in values:
                found = True
                changed = dict(env)
                if name and telling(exit_.values):
                    changed[name] = exit_.values
                yield after(facts, exit_.facts), changed
        if not found:
            spoken = {
                r
                for arg in call.args[:1]
                for r in self.expressions.spoken(_needed(last_name(arg.value)))
                if r[0] in (SESSION, STAFF)
            }
            sessions = any(self.words.gives_who_is_in(last_name(arg.value)) for arg in call.args[:1])
            raws = frozenset(spoken) or (frozenset(((SESSION, "login"),)) if sessions else frozenset())
            yield (facts | {Check(None, raws)} if raws else facts), env

    def _decorated(self) -> frozenset[Raw]:
        """What decorators, base classes and permission lists say of whoever gets in."""
        names: list[str] = []
        enclosing = self.func.parent or self.func
        names.extend(callee_name(decorator, enclosing) for decorator in self.func.ir.decorators)
        cls = self.func.cls
        if cls is not None and self.func.ir.kind == "function":
            names.extend(base.rpartition(".")[2] for base in self.walker.resolver.external_bases(cls))
            names.extend(callee_name(decorator, cls.parent) for decorator in cls.ir.decorators)
            for number in (n for key_ in ("permission_classes", "decorators") for n in cls.body.defs.get(key_, ())):
                value = cls.body.nodes[number].value
                if isinstance(value, Display):
                    names.extend(last_name(e) for e in value.elements)
        found: set[Raw] = set()
        if any(self.words.staff_only.has(each) for each in self._dotted(enclosing)) or any(
            param.name in self.words.staff_parameters for param in self.func.ir.params
        ):
            found.add((STAFF, "admin"))
        for name in names:
            if name in self.words.staff:
                found.add((STAFF, name))
            elif name in self.words.sessions:
                found.add((SESSION, name))
            else:
                found |= {r for r in self.words.read(name.replace("required", "")) if r[0] in (STAFF, SECRET)}
        return frozenset(found)

    def _dotted(self, enclosing: Func) -> Iterator[str]:
        """The dotted names of decorators and base classes."""
        resolver = self.walker.resolver
        for decorator in self.func.ir.decorators:
            if isinstance(decorator, Result):
                yield from self.calls.dotted(enclosing, decorator.node)
            else:
                yield from (v.name for v in resolver.values(decorator, enclosing, -1) if isinstance(v, Ext))
        if self.func.cls is not None:
            yield from resolver.external_bases(self.func.cls)
