"""What crossing a call does to a path state: what a body establishes, what an unseen guard demands, what never returns.

Bodies are known through their summaries only.  Must not know what the call's value says (see asking).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.flow.facts import (
    CONSENT,
    EMPTY,
    NONE,
    PRESUMED,
    QUERY,
    TERMS,
    Atom,
    Chosen,
    Cond,
    Env,
    Fact,
    Facts,
    Known,
    Presumed,
    State,
    both,
    chosen,
    outcome,
)
from fr_lint.flow.frames import Frame
from fr_lint.flow.identifiers import dotted_name, last_name
from fr_lint.flow.joined import join_state
from fr_lint.flow.program import Func
from fr_lint.flow.states import RAISED, Edges, marked, without
from fr_lint.flow.subjects import Subjects, spell
from fr_lint.flow.values import ClassV, Ext, Inst, Obj
from fr_lint.ir.model import Attr, Const, Expr, IfElse, Mapping, Name, Node, Op, Result

if TYPE_CHECKING:
    from fr_lint.flow.solver import Solver

LITERALS = frozenset({"setdefault", "update"})
FILLING = frozenset({"append", "add", "insert", "add_error", "appendleft"})


class Crossing:
    """Calls as steps of a path."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.asking = solver.asking
        self.resolver = solver.resolver
        self.vocabulary = solver.vocabulary
        self.subjects = solver.subjects
        self.guards = solver.guards
        self._never: dict[tuple[Func, int], str | None] = {}

    def step(self, func: Func, number: int, node: Node, state: State, symbolic: bool) -> Edges:  # noqa: C901
        """The edges of a call: on, and to a handler."""
        edges: Edges = []
        never = self.never_returns(func, number)
        if never is not None:
            if node.exc >= 0 and never:
                edges.append((node.exc, marked(state, never)))
            return edges
        visible = self.asking.visible(func, number)
        generator = any(target.ir.is_generator for target, _ in visible) or self._postponed(func, number, node, visible)
        constructors = [] if visible else self.asking.graph.targets(func, number)
        if constructors and not self.asking.mixed(func, number):
            makers = [(t, bound) for t, bound in constructors if t.name in ("__init__", "__post_init__")]
            if makers and any(self.solver.summaries.exits(t) for t, _ in makers):
                visible = makers
        out: State = dict(without(state, f"#{number}")) if visible and self.asking.mixed(func, number) else {}
        refusals: set[str] | None = set() if visible and not generator else None
        name = last_name(node.value)
        listed = self.asking.listed.establishes(func, number, self.vocabulary.raising)
        guarding = CONSENT if listed else ""
        if not listed and not visible and not constructors:
            guarding = self._guards(func, number, node, name)
        effect = False
        for facts, env in state.items():
            if (
                isinstance(node.value, Attr)
                and isinstance(node.value.base, Name)
                and node.value.base.id == "self"
                and visible
            ):
                env = {k: v for k, v in env.items() if not k.startswith(("self.", "?self."))}
            if f"#{number}" in env:
                env = dict(env)
                del env[f"#{number}"]
            if visible or node.statement:
                env = self._lent(node, env)
            frame = Frame(func, number, env, None, 0, symbolic)
            applied = False
            if visible and not generator:
                for target, bound in visible[:6]:
                    arguments = self.asking.arguments(target, bound, number, frame)
                    exits = self.solver.summaries.apply(target, arguments, frame)
                    if exits is None:
                        join_state(out, {facts: env})
                        continue
                    applied = effect = True
                    named = self.asking.bodies.consent_named(target)
                    answers = len({more for more, _ in exits}) > 1 and any(value for _, value in exits)
                    for more, value in exits:
                        fresh = env
                        if (
                            named
                            and isinstance(value, Known)
                            and value.value is True
                            and not any(a.kind == CONSENT for a in more)
                        ):
                            place = self.solver.summaries.true_return(target)
                            value = Presumed(place) if place is not None else value
                        if value is not None and (answers or value != Known(None)):
                            fresh = dict(env)
                            fresh[f"#{number}"] = value
                        join_state(out, {both(facts, more): fresh})
                    if refusals is not None:
                        kinds = self.solver.summaries.refusals(target)
                        if kinds is None:
                            refusals = None
                        else:
                            refusals |= kinds
                if not applied and not out:
                    join_state(out, {facts: env})
                continue
            more = self._by_validation(func, number, node, name)
            if isinstance(node.value, Attr) and name in FILLING and node.args:
                env = self._filled(func, node.value.base, node.args[-1].value, facts, env, frame)
            if guarding:
                subject = next((s for s in (self.subjects.of(a.value, func) for a in node.args) if s), "")
                more = frozenset((Atom(guarding, subject),))
            fresh = self._presuming(func, number, node, name, facts, env)
            if node.statement and isinstance(node.value, Attr):
                value = self.asking.call(number, frame)
                receiver = spell(node.value.base)
                if receiver and isinstance(value, (Chosen, Fact)) and name in self.guards.query_sql:
                    fresh = dict(env)
                    fresh[receiver] = value
                    if isinstance(value, Chosen):
                        more = more | {Atom(QUERY, receiver, chosen(value))}
            join_state(out, {both(facts, more): fresh})
        begun = None if symbolic else self.solver.marks(func).get(number)
        if begun is not None:
            marked_out: State = {}
            for facts, env in out.items():
                join_state(marked_out, {facts | {begun}: env})
            out = marked_out
        edges.extend((successor, out) for successor in node.succ)
        if node.exc >= 0 and not self._is_raised(func, number, name):
            if effect and refusals:
                for kind in sorted(refusals):
                    edges.append((node.exc, marked(state, kind)))
            else:
                edges.append((node.exc, without(state, RAISED)))
        return edges

    def _filled(self, func: Func, base: Expr, value: Expr, facts: Facts, env: Env, frame: Frame) -> Env:
        """``willing.append(guest)``: not empty any more, and of the chosen as long as all that is put in is."""
        if isinstance(base, IfElse):  # (willing if guest.face_consent else others).append(guest)
            cond = outcome(self.solver.evaluator.value(base.test, frame))
            if cond.true is not None:
                env = self._filled(func, base.body, value, facts | cond.true, env, frame)
            if cond.false is not None:
                env = self._filled(func, base.orelse, value, facts | cond.false, env, frame)
            return env
        filled = spell(base)
        if not filled:
            return env
        before = env.get(filled)
        atoms = self._of_chosen(func, value, facts)
        if atoms and (before == EMPTY or isinstance(before, Chosen)):
            return {**env, filled: Chosen(Cond(atoms, None))}
        if before is not None or filled in self.solver.tested(func).names:
            return {**env, filled: Cond(NONE, None)}
        return env

    @staticmethod
    def _lent(node: Node, env: Env) -> Env:
        """``collect(folder, found)``: an empty list that was given away need not be empty any more."""
        lent = [arg.value.id for arg in node.args if isinstance(arg.value, Name) and env.get(arg.value.id) == EMPTY]
        return {**env, **dict.fromkeys(lent, Cond(NONE, None))} if lent else env

    def _of_chosen(self, func: Func, value: Expr, facts: Facts) -> Facts:
        """What is known of the consent of whom an expression stands for."""
        roots = self.subjects.roots_of(value, func)
        about = [
            a
            for a in facts
            if (a.kind == CONSENT and (not a.subject or Subjects.root(a.subject) in roots))
            or (a.kind == QUERY and Subjects.root(a.subject) in roots)
        ]
        if not about:
            return NONE
        place = next((a.extra for a in about if a.kind == QUERY and a.extra is not None), None)
        return frozenset((Atom(CONSENT) if place is None else Atom(PRESUMED, "", place),))

    @staticmethod
    def _is_raised(func: Func, number: int, name: str) -> bool:
        """A call that makes the exception which the next node raises: it does not raise by itself."""
        following = func.nodes[number].succ
        if not name[:1].isupper() or not following:
            return False
        after = func.nodes[following[0]]
        return after.op == Op.RAISE and isinstance(after.value, Result) and after.value.node == number

    def _postponed(self, func: Func, number: int, node: Node, visible: list[tuple[Func, bool]]) -> bool:
        """A coroutine that is made here and not awaited: it runs some other time."""
        if node.awaited or not any(target.ir.is_async for target, _ in visible):
            return False
        for other in func.nodes[number + 1 :]:
            if other.op == Op.CALL and any(isinstance(a.value, Result) and a.value.node == number for a in other.args):
                return not (
                    other.awaited or last_name(other.value) in ("run", "run_until_complete", "async_to_sync", "gather")
                )
        return True

    def _by_validation(self, func: Func, number: int, node: Node, name: str) -> Facts:
        """Making a model, or ``is_valid(raise_exception=True)``, raises unless the consent field is true."""
        forms = self.asking.forms
        for value in self.resolver.callee_values(func, number):
            if isinstance(value, ClassV) and forms.is_model(value.cls):
                return forms.forced(value.cls)
        if name in self.guards.form_fields_validates and isinstance(node.value, Attr):
            raising = any(
                a.keyword == "raise_exception" and isinstance(a.value, Const) and a.value.value is True
                for a in node.args
            )
            for value in self.resolver.values(node.value.base, func, number) if raising else ():
                if isinstance(value, Obj):
                    return forms.forced(value.cls)
        if name in ("model_validate", "parse_obj", "model_validate_json", "parse_raw") and isinstance(node.value, Attr):
            for value in self.resolver.values(node.value.base, func, number):
                if isinstance(value, ClassV) and forms.is_model(value.cls):
                    return forms.forced(value.cls)
        return NONE

    def _presuming(self, func: Func, number: int, node: Node, name: str, facts: Facts, env: Env) -> Env:
        """``answers.setdefault("consent", True)``, ``answers.update(consent=True)``: a literal for an answer."""
        if not (isinstance(node.value, Attr) and name in LITERALS and node.statement and spell(node.value.base)):
            return env
        given: list[tuple[object, Expr]] = [(arg.keyword, arg.value) for arg in node.args if arg.keyword]
        if name == "setdefault" and len(node.args) == 2 and isinstance(node.args[0].value, Const):
            given.append((node.args[0].value.value, node.args[1].value))
        for arg in node.args:
            if isinstance(arg.value, Mapping):
                given.extend((getattr(entry.key, "value", None), entry.value) for entry in arg.value.entries)
        for key, value in given:
            reading = self.vocabulary.read(key) if isinstance(key, str) else None
            if reading is not None and reading.kind == READ_CONSENT and not reading.negative:
                if self.asking.is_true(value) and not any(a.kind == CONSENT for a in facts):
                    presumed = self.solver.evaluator.presumptions.here(func, number, "a default")
                    env = {**env, f"{spell(node.value.base)}[{key}]": presumed}
        return env

    def _guards(self, func: Func, number: int, node: Node, name: str) -> str:
        """What an unseen call returns only with: by its demanding name, or a prompt that aborts."""
        if node.value is None:
            return ""
        if any(a.keyword == "abort" and isinstance(a.value, Const) and a.value.value is True for a in node.args):
            found = self.asking.asked(node, Frame(func, number, {}))
            if found is not None:
                return CONSENT if found[0].kind == READ_CONSENT else TERMS
        if not node.statement:
            return ""
        whole = dotted_name(node.value) or name
        if isinstance(node.value, Attr) and isinstance(node.value.base, Result):
            inner = func.nodes[node.value.base.node].value
            whole = f"{dotted_name(inner) if inner is not None else ''}.{name}"
        whole = ".".join(whole.split(".")[-2:])
        if self.vocabulary.raises(name, name):
            return self._kind(name)
        if self.vocabulary.raises(name, whole.replace(".", "_")):
            return self._kind(whole.rpartition(".")[0].rpartition(".")[2])
        return ""

    def _kind(self, name: str) -> str:
        reading = self.vocabulary.read(name, guard=True)
        if reading is None:
            return ""
        return CONSENT if reading.kind == READ_CONSENT else TERMS

    def never_returns(self, func: Func, node: int) -> str | None:
        """The exception raised by a call that never returns (empty: the process ends); ``None`` if it may return."""
        memo_key = (func, node)
        if memo_key not in self._never:
            self._never[memo_key] = None
            self._never[memo_key] = self._find_never(func, node)
        return self._never[memo_key]

    def _find_never(self, func: Func, node: int) -> str | None:
        ir = func.nodes[node]
        for value in self.resolver.callee_values(func, node):
            name = value.name if isinstance(value, Ext) else value.type if isinstance(value, Inst) else ""
            if name in self.guards.never_returns:
                return self.guards.never_returns[name]
        spelled = dotted_name(ir.value) if ir.value is not None else ""
        if spelled and ".".join(spelled.split(".")[-2:]) in self.guards.never_returns_by_name_pairs:
            if not self.asking.graph.targets(func, node):
                return "SystemExit"
        visible = self.asking.visible(func, node)
        targets = self.asking.graph.targets(func, node)
        if targets and self.asking.mixed(func, node):
            return None
        if targets and all(last_name(t.ir.returns) in ("NoReturn", "Never") for t, _ in targets):
            return "*"
        if visible and all(self.solver.summaries.never_returns(t) for t, _ in visible):
            kinds = {k for t, _ in visible for k in (self.solver.summaries.refusals(t) or ())}
            return kinds.pop() if len(kinds) == 1 else "*"
        return None
