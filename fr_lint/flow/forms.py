"""Declared forms and request models: which fields a framework forces to be true before the code sees them.

Pydantic's ``Literal[True]``, required boolean form fields, validating methods of forms, serializers and models.
Must not know faces or control flow.
"""

from __future__ import annotations

from fr_lint.catalogue.guards import Guards
from fr_lint.catalogue.vocabulary import CONSENT as READ_CONSENT
from fr_lint.flow.asking import Asking
from fr_lint.flow.facts import CONSENT, NONE, TERMS, Atom, Fact, Facts
from fr_lint.flow.frames import Argument, Frame
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.summaries import Summaries
from fr_lint.flow.values import Ext, FuncV, Inst, Obj
from fr_lint.ir.model import Const, Expr, Item, Op, Result
from fr_lint.ir.walk import walk


class Forms:
    """What validated objects of a class guarantee, memoised."""

    def __init__(self, asking: Asking, summaries: Summaries, guards: Guards) -> None:
        self.asking = asking
        self.resolver = asking.resolver
        self.summaries = summaries
        self.guards = guards
        self.vocabulary = asking.vocabulary
        self._forced: dict[ClassInfo, Facts] = {}
        asking.forms = self

    def forced(self, cls: ClassInfo) -> Facts:
        """The facts that hold of a validated object of the class."""
        if cls not in self._forced:
            self._forced[cls] = NONE
            self._forced[cls] = frozenset(
                Atom(kind)
                for kind in (CONSENT, TERMS)
                if any(self._class_forces(candidate, cls, kind) for candidate in self.resolver.mro(cls))
            )
        return self._forced[cls]

    def is_model(self, cls: ClassInfo) -> bool:
        """Whether an object of the class has been validated by being made (pydantic and its kin)."""
        return any(
            base.rpartition(".")[2] in self.guards.form_fields_models for base in self.resolver.external_bases(cls)
        )

    def reads(self, name: str) -> str:
        """The kind of fact that a field's name states, if it is a positive one."""
        reading = self.vocabulary.read(name)
        if reading is None or reading.negative:
            return ""
        return CONSENT if reading.kind == READ_CONSENT else TERMS

    def _class_forces(self, cls: ClassInfo, owner: ClassInfo, kind: str) -> bool:
        for name, nodes in cls.body.defs.items():
            for node in nodes:
                ir = cls.body.nodes[node]
                if self.reads(name) == kind:
                    if self.is_literal_true(ir.annotation) or self._is_required(ir.value, cls.body, owner):
                        return True
                    if self._is_validated(ir.annotation, cls.body, kind):
                        return True
                if ir.annotation is not None and self._holds(ir.annotation, cls, kind):
                    return True
        return any(self._method_forces(name, method, kind) for name, method in cls.methods.items())

    def _holds(self, annotation: Expr, cls: ClassInfo, kind: str) -> bool:
        """Whether a field is itself a model that forces it."""
        absent = any(
            last_name(at) == "Optional" or (isinstance(at, Const) and at.value is None) for at in walk(annotation)
        )
        if absent or not self.is_model(cls):
            return False
        inner = self.resolver.annotation_values(annotation, cls.body)
        return any(
            isinstance(value, Obj)
            and value.cls is not cls
            and self.is_model(value.cls)
            and Atom(kind) in self.forced(value.cls)
            for value in inner
        )

    def _is_validated(self, annotation: Expr | None, frame: Func, kind: str) -> bool:
        """``Annotated[bool, AfterValidator(must_be_true)]``, whose function refuses what is not."""
        for at in walk(annotation):
            if isinstance(at, Result) and last_name(frame.nodes[at.node].value) in self.guards.form_fields_annotations:
                for arg in frame.nodes[at.node].args[:1]:
                    for value in self.resolver.values(arg.value, frame, at.node):
                        if isinstance(value, FuncV) and self._passes(value.func, kind):
                            return True
        return False

    def _passes(self, method: Func, kind: str) -> bool:
        """Whether a validating function returns only if what it is given is true."""
        params = [p.name for p in method.ir.params if p.name not in ("self", "cls")]
        given = {p: Argument(None, method, -1, Fact(frozenset((Atom(kind),)))) for p in params[:1]}
        exits = self.summaries.apply(method, given, Frame(method, -1, {}))
        return bool(exits) and all(any(a.kind == kind for a in facts) for facts, _ in exits or ())

    @staticmethod
    def is_literal_true(annotation: Expr | None) -> bool:
        """``Literal[True]``, also inside ``Annotated``."""
        for at in walk(annotation):
            if isinstance(at, Item) and last_name(at.base) == "Literal":
                return isinstance(at.index, Const) and at.index.value is True
        return False

    def _is_required(self, value: Expr | None, frame: Func, owner: ClassInfo) -> bool:
        if not isinstance(value, Result) or frame.nodes[value.node].op != Op.CALL:
            return False
        call = frame.nodes[value.node]
        if last_name(call.value) not in self.guards.form_fields_required_true:
            return False
        for arg in call.args:
            names = {last_name(at) for at in walk(arg.value)}
            for at in walk(arg.value):
                if isinstance(at, Result):
                    names.add(last_name(frame.nodes[at.node].value))
            if names & self.guards.form_fields_validators:
                return True
            if arg.keyword == "required":
                return (
                    isinstance(arg.value, Const)
                    and arg.value.value is True
                    and self._is_django_form(call.value, frame, value.node, owner)
                )
        return self._is_django_form(call.value, frame, value.node, owner)

    def _is_django_form(self, callee: Expr | None, frame: Func, node: int, owner: ClassInfo) -> bool:  # noqa: ARG002
        names = [v.name for v in self.resolver.values(callee, frame, node) if isinstance(v, Ext)]
        names += [v.type for v in self.resolver.values(callee, frame, node) if isinstance(v, Inst)]
        return any(name.startswith("django.forms") for name in names)

    def _method_forces(self, name: str, method: Func, kind: str) -> bool:
        decorated = [
            str(arg.value.value)
            for decorator in method.ir.decorators
            if isinstance(decorator, Result) and method.parent is not None
            for call in (method.parent.nodes[decorator.node],)
            if last_name(call.value) in self.guards.form_fields_decorators
            for arg in call.args
            if isinstance(arg.value, Const)
        ]
        prefix, _, field = name.partition("_")
        is_field_method = prefix in ("validate", "clean") and self.reads(field) == kind
        if is_field_method or any(self.reads(field) == kind for field in decorated):
            return self._passes(method, kind)
        if name in ("clean", "validate") or (
            any(last_name(d) in self.guards.form_fields_decorators for d in method.ir.decorators) and not decorated
        ):
            exits = self.summaries.exits(method)
            return bool(exits) and all(any(a.kind == kind for a in facts) for facts, _ in exits or ())
        return False
