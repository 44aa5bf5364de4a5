"""Path states at function entries: what every visible caller, decorator, hook and dependency has established.

Top-down over the callers of a function up to the entry points, to a fixed point (the meet-over-callers half of a
summary-based analysis).  Must not know faces or findings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fr_lint.catalogue.guards import Guards
from fr_lint.flow.asking import Asking
from fr_lint.flow.facts import (
    CONSENT,
    NONE,
    QUERY,
    Atom,
    Chosen,
    Env,
    Facts,
    Known,
    Nothing,
    Presumed,
    State,
    Val,
    chosen,
)
from fr_lint.flow.frames import Argument, Frame
from fr_lint.flow.graph import CallGraph, Site
from fr_lint.flow.handing import Handing
from fr_lint.flow.hooks import Hooks
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.joined import join_state
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.solver import Solver
from fr_lint.flow.states import Run
from fr_lint.flow.values import Ext, Inst
from fr_lint.ir.model import Attr, Const, Element, Expr, Name, Result

MAX_ANCESTORS = 600


@dataclass(frozen=True, slots=True)
class Caller:
    """A function that was entered from a site; ``None`` as site: an entry point."""

    func: Func
    site: Site | None


class Entries:
    """Entry states and solved functions, memoised."""

    def __init__(self, graph: CallGraph, solver: Solver, asking: Asking, hooks: Hooks, guards: Guards) -> None:
        self.graph = graph
        self.solver = solver
        self.asking = asking
        self.hooks = hooks
        self.guards = guards
        self.evaluator = asking.evaluator
        self.subjects = asking.subjects
        self.handing = Handing(asking.subjects)
        self.sources = graph.sources
        self._runs: dict[Func, Run] = {}
        self._callers: dict[Func, tuple[Site, ...]] = {}
        self._entry: dict[Func, bool] = {}
        self._free: dict[Func, Run] = {}
        self._specialised: dict[tuple[Func, ClassInfo, int], Run] = {}

    # --------------------------------------------------------------------------------------------------------- callers

    def callers(self, func: Func) -> tuple[Site, ...]:
        """The sites that count: calls from tests only where there is nothing else."""
        if func not in self._callers:
            sites = self.graph.sites(func)
            real = tuple(s for s in sites if not self.is_test(s.func))
            only_tests = bool(sites) and not real and not self.graph.offered(func)
            if only_tests and (self.is_test(func) or not self.is_framework_entry(func)):
                real = sites
            self._callers[func] = real
        return self._callers[func]

    def is_test(self, func: Func) -> bool:
        """Whether a function belongs to the tests: by its file, its class, or its name."""
        if self.sources.is_test(func.unit.path):
            return True
        owner = self.graph.resolver.enclosing_class(func)
        if owner is not None and any(base.endswith("TestCase") for base in self.graph.resolver.external_bases(owner)):
            return True
        return func.name.startswith("test_") and (owner is None or owner.name.startswith("Test"))

    def is_framework_entry(self, func: Func) -> bool:
        """Whether a framework calls the function: by its decorators, or because it is a module."""
        if func.ir.kind in ("module", "class"):
            return True
        for decorator in func.ir.decorators:
            name = last_name(decorator)
            if isinstance(decorator, Result) and func.parent is not None:
                name = last_name(func.parent.nodes[decorator.node].value)
            if name in self.guards.entry_decorators and not self.hooks.project_decorator(func, decorator):
                return not self._is_queued(func, decorator, name)
        return False

    def _is_queued(self, func: Func, decorator: Expr, name: str) -> bool:
        """Whether a task (or a handler) is entered only from where the project hands it to its queue (or router)."""
        values = self.graph.resolver.values(decorator, func.parent, -1) if func.parent is not None else ()
        known = {v.type.removesuffix("()") for v in values if isinstance(v, Inst)}
        known |= {v.name for v in values if isinstance(v, Ext)}
        if not (name in self.guards.entry_queued or known & self.guards.entry_listed):
            return False
        if known & self.guards.entry_commands:
            return False
        named = re.compile(rf"""["'](?:\w+[.:])+{re.escape(func.name)}["']""")  # a schedule names tasks by their path
        if any(named.search(self.sources.text(path) or "") for path in self.sources.with_word(func.name)):
            return False
        return any(self.is_test(func) or not self.is_test(site.func) for site in self.graph.sites(func))

    def is_entry(self, func: Func) -> bool:
        """Whether some way into the function comes from outside the visible project."""
        if func not in self._entry:
            self._entry[func] = self.is_framework_entry(func) or not self.callers(func)
        return self._entry[func]

    # --------------------------------------------------------------------------------------------------------- solving

    def run(self, func: Func) -> Run:
        """The function solved from all its callers."""
        if func not in self._runs:
            self._solve(func)
        return self._runs[func]

    def _solve(self, wanted: Func) -> None:  # noqa: C901
        order: list[Func] = []
        seen: set[Func] = {wanted}
        queue = [wanted]
        while queue:
            func = queue.pop(0)
            order.append(func)
            if func in self._runs:
                continue
            for site in self.callers(func):
                if site.func not in seen and len(seen) < MAX_ANCESTORS:
                    seen.add(site.func)
                    queue.append(site.func)
        entry: dict[Func, State] = {}
        callees: dict[Func, list[tuple[Func, Site]]] = {}
        for func in order:
            if func in self._runs:
                continue
            entry[func] = {}
            for site in self.callers(func):
                callees.setdefault(site.func, []).append((func, site))
        pending = list(reversed(order))
        runs = {func: self._runs[func] for func in order if func in self._runs}
        for func in pending:
            if func not in runs and (self.is_entry(func) or any(s.func not in seen for s in self.callers(func))):
                self._add(entry[func], self.entry_state(func), func)
        rounds = 0
        while pending and rounds < 40 * len(order) + 40:
            rounds += 1
            func = pending.pop(0)
            if func not in runs or func not in self._runs:
                if not entry[func]:
                    continue  # not reached yet
                runs[func] = self.solver.run(func, entry[func])
            for callee, site in callees.get(func, ()):
                if self._add(entry[callee], self.site_state(callee, site, runs[func]), callee):
                    if callee not in pending:
                        pending.append(callee)
        for func in reversed(order):  # callers first
            if func in self._runs:
                continue
            if func not in runs:  # reached only from itself: take it as an entry point; or from nowhere
                state: State = {}
                for site in self.callers(func):
                    if site.func in runs:
                        self._add(state, self.site_state(func, site, runs[site.func]), func)
                if not state and not self._is_dead(func, runs):
                    self._add(state, self.entry_state(func), func)
                runs[func] = self.solver.run(func, state)
            self._runs[func] = runs[func]

    def _is_dead(self, func: Func, runs: dict[Func, Run]) -> bool:
        """Whether whatever calls a function does so where nothing gets, whatever its own callers pass."""
        seen = {func}
        stack = [func]
        told = False  # a call was seen where nothing gets: not only calls round in a circle
        while stack:
            for site in self.callers(stack.pop()):
                run = runs.get(site.func) or self._runs.get(site.func)
                if run is not None and run.states[0]:
                    if self._freely(site.func).states[site.node]:
                        return False
                    told = True
                elif site.func not in seen:
                    if self.is_entry(site.func):
                        return False
                    seen.add(site.func)
                    stack.append(site.func)
        return told

    def _freely(self, func: Func) -> Run:
        """The function solved as if anybody might call it."""
        if func not in self._free:
            self._free[func] = self.solver.run(func, {NONE: {}})
        return self._free[func]

    def _add(self, into: State, state: State, func: Func) -> bool:
        """Join a way in, after what stands before every call of the function."""
        if not state:
            return False
        more = self.hooks.before(func)
        if more != [NONE]:
            mixed: State = {}
            for facts, env in state.items():
                for extra in more:
                    join_state(mixed, {facts | extra: self._dependency_env(func, env)})
            state = mixed
        return join_state(into, state)

    def _dependency_env(self, func: Func, env: Env) -> Env:  # noqa: ARG002
        return env

    # ---------------------------------------------------------------------------------------------------------- states

    def entry_state(self, func: Func) -> State:
        """Entered from outside: nothing is known but the defaults of the parameters."""
        env: Env = {}
        for param in func.ir.params:
            presumed = self.evaluator.presumptions.default_of(func, param)
            if presumed is not None:
                env[param.name] = presumed
            dependency = self.hooks.dependency_value(func, param)
            if dependency is not None:
                env[param.name] = dependency
        return {NONE: env}

    def site_state(self, callee: Func, site: Site, run: Run) -> State:
        """What one site passes on: facts and arguments in the callee's words."""
        caller = site.func
        if self._is_template(callee, site):
            run = self._as_class(callee, run)
        state = run.states[site.node]
        if state is None:
            return {}
        bound = self.graph.bound_arguments(callee, site)
        given = [expr for expr in bound.values() if not isinstance(expr, Const)]
        idle = bool(given) and all(self.graph.blank.is_blank(expr, caller, site.node) for expr in given)
        nested = self._encloses(caller, callee)
        ways = self.hooks.routers.registration(caller, site.node) if not site.call else [NONE]
        found: State = {}
        owners = {name: self.subjects.of(expr, caller) for name, expr in bound.items()}
        if site.skip_self and callee.ir.params:
            node = caller.nodes[site.node]
            receiver = getattr(node.value, "base", None)
            if receiver is not None and site.call:
                owners[callee.ir.params[0].name] = self.subjects.of(receiver, caller)
        for facts, env in state.items():
            inner: Env = {}
            frame = Frame(caller, site.node, env)
            for param in callee.ir.params:
                value = self._argument(callee, param.name, bound, frame, site, facts)
                if value is not None:
                    inner[param.name] = self.handing.value(value, owners, caller, nested)
            passed = self.handing.facts(facts, owners, caller, nested, bound)
            drawn = {n: self.evaluator.value(e.of, frame) for n, e in bound.items() if isinstance(e, Element)}
            selected = {name: value for name, value in (drawn | inner).items() if isinstance(value, Chosen)}
            passed |= {Atom(QUERY, name, chosen(value)) for name, value in selected.items()}
            # a picture that is made up is nobody's: there is nobody to ask
            if idle:
                passed = passed | {Atom(CONSENT)}
            for way in ways:
                join_state(found, {passed | way: inner})
        return found

    def _is_template(self, callee: Func, site: Site) -> bool:
        """Whether a method of a base class calls this method of a subclass on ``self``."""
        caller = site.func
        if callee.cls is None or caller.cls is None or callee.cls is caller.cls:
            return False
        value = caller.nodes[site.node].value
        on_self = isinstance(value, Attr) and isinstance(value.base, Name) and value.base.id == "self"
        return on_self and caller.cls in self.graph.resolver.mro(callee.cls)

    def _as_class(self, callee: Func, run: Run) -> Run:
        """A base class's method solved for objects of the subclass."""
        assert callee.cls is not None
        memo_key = (run.func, callee.cls, len(run.states[0] or {}))
        if memo_key not in self._specialised:
            self.asking.receiver = (run.func, callee.cls)
            try:
                self._specialised[memo_key] = self.solver.run(run.func, run.states[0] or {})
            finally:
                self.asking.receiver = None
        return self._specialised[memo_key]

    @staticmethod
    def _encloses(caller: Func, callee: Func) -> bool:
        at = callee.parent
        while at is not None:
            if at is caller and caller.ir.kind != "module":
                return True
            at = at.parent
        return False

    def _argument(
        self, callee: Func, name: str, bound: dict[str, Expr], frame: Frame, site: Site, facts: Facts
    ) -> Val | None:
        param = next(p for p in callee.ir.params if p.name == name)
        reading = self.evaluator.vocabulary.read(name)
        expr = bound.get(name)
        if expr is None:
            if not site.call and not bound:
                return self.evaluator.presumptions.default_of(callee, param)
            presumed = self.evaluator.presumptions.default_of(callee, param)
            if presumed is not None:
                return presumed
            if isinstance(param.default, Const) and isinstance(param.default.value, (bool, str, type(None))):
                return Known(param.default.value)
            return None
        value = self.evaluator.value(expr, frame)
        if reading is not None and reading.kind == "consent" and not reading.negative:
            if isinstance(expr, Const) and self.asking.is_true(expr) and not any(a.kind == CONSENT for a in facts):
                node = frame.func.nodes[site.node]
                arg = next((a for a in node.args if a.value is expr), None)
                line, col = (arg.line, arg.col) if arg is not None else (node.line, node.col)
                return Presumed((frame.func.unit.path, line, col, f"the argument {name}"))
        if isinstance(value, Known) and not isinstance(value.value, (bool, str, type(None))):
            return None
        return value


__all__ = ["Argument", "Chosen", "Entries", "Nothing"]
