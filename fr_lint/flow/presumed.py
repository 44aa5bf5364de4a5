"""Where consent is a literal: defaults of parameters, fields, columns, options and settings, and flags set to true.

Answers with the place of the literal.  Must not know control flow.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.evaluate import Evaluator
from fr_lint.flow.facts import Known, Presumed, Val
from fr_lint.flow.frames import Frame
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func, Unit
from fr_lint.flow.values import ClassV, Inst, Obj
from fr_lint.ir.model import Arg, Attr, Const, Expr, Item, Mapping, Name, Node, Op, Param, Result
from fr_lint.ir.walk import reads, walk

DEFAULT_KEYWORDS = frozenset(
    {"default", "server_default", "initial", "value", "default_factory", "insert_default", "db_default"}
)
# calls whose first positional argument is the default of a declared field
FIELD_CALLS = frozenset(
    {"Form", "Query", "Body", "Field", "Header", "Cookie", "field", "mapped_column", "Option", "Param"}
)
SETTLING = frozenset(
    "config settings setting configure conf cfg options defaults prefs preferences environ dict chain namespace "
    "state profile setup init".split()
)  # words of a call that makes or changes settings
DECLARING_CALLS = frozenset(
    {"Column", "BooleanField", "NullBooleanField", "Boolean", "CharField", "SmallIntegerField", "IntegerField", "attrib", "ib",  # noqa: E501
     "BoolField", "Bool", "Checkbox", "CheckboxInput", "TextField", "StringField"}
) | FIELD_CALLS  # fmt: skip


# names under which people keep parsed command-line options
PARSED = frozenset({"args", "options", "opts", "namespace", "ns", "parsed", "arguments", "a", "o"})


class Presumptions:
    """Finds literals that stand where a person's answer should."""

    def __init__(self, evaluator: Evaluator, graph: CallGraph) -> None:
        self.evaluator = evaluator
        self.resolver = evaluator.resolver
        self.graph = graph
        self.sources = evaluator.resolver.sources
        self._attributes: dict[str, tuple[Presumed | None, bool]] = {}
        self._keys: dict[str, Presumed | None] = {}
        evaluator.presumptions = self

    def here(self, func: Func, node: int, what: str) -> Presumed:
        """A presumption at a node."""
        ir = func.nodes[node]
        return Presumed((func.unit.path, ir.line, ir.col, what))

    # ------------------------------------------------------------------------------------------------------ parameters

    def parameter(self, func: Func, name: str) -> Presumed | None:
        """A consent parameter whose default is true, seen from an entry point (callers are handled by the solver)."""
        param = next((p for p in func.ir.params if p.name == name), None)
        return self.default_of(func, param) if param is not None else None

    def default_of(self, func: Func, param: Param) -> Presumed | None:
        """The presumption of one parameter's default."""
        reading = self.evaluator.vocabulary.read(param.name)
        if reading is None or reading.negative or reading.kind != "consent":
            return None
        if param.default is None:
            return self._declared_option(func, param.name)
        if self.grants(param.default, func.parent or func):
            return Presumed((func.unit.path, param.line, param.col, f"the default of parameter {param.name}"))
        return None

    def _declared_option(self, func: Func, name: str) -> Presumed | None:
        """A command-line option declared by a decorator, on unless it is turned off."""
        parent = func.parent
        for decorator in func.ir.decorators:
            if not isinstance(decorator, Result) or parent is None:
                continue
            call = parent.nodes[decorator.node]
            if last_name(call.value) != "option":
                continue
            names = [
                n.lstrip("-").replace("-", "_")
                for a in call.args
                if not a.keyword and isinstance(a.value, Const)
                for n in str(a.value.value).split("/")
            ]
            if name in names and any(
                a.keyword == "default" and self.evaluator.asking.is_true(a.value) for a in call.args
            ):
                return Presumed((func.unit.path, call.line, call.col, f"the default of option {name}"))
        return None

    def grants(self, expr: Expr | None, func: Func) -> bool:
        """Whether a default expression is true: a literal, or a field declaration with a true default."""
        if isinstance(expr, Const):
            return self.evaluator.asking.is_true(expr)
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            call = func.nodes[expr.node]
            if last_name(call.value) not in DECLARING_CALLS:
                return False
            return any(self._grants_arg(arg, call, func) for arg in call.args)
        return False

    def _grants_arg(self, arg: Arg, call: Node, func: Func) -> bool:
        if arg.keyword in DEFAULT_KEYWORDS or (not arg.keyword and last_name(call.value) in FIELD_CALLS):
            if self.evaluator.asking.is_true(arg.value):
                return True
            if isinstance(arg.value, Result) and func.nodes[arg.value.node].op == Op.CALL:
                inner = func.nodes[arg.value.node]
                name = last_name(inner.value)
                return name == "true" or (
                    name == "text" and any(self.evaluator.asking.is_true(a.value) for a in inner.args)
                )
            return isinstance(arg.value, Name) and arg.value.id == "true"
        return False

    # -------------------------------------------------------------------------------------------------------- bindings

    def bindings(self, found: list[tuple[Func, int]], values: list[Val | None]) -> Presumed | None:
        """A module-level consent flag that is only ever the literal ``True``."""
        if values and all(isinstance(v, Known) and self._is_yes(v.value) for v in values):
            func, node = found[0]
            return self.here(func, node, "an assignment")
        return None

    @staticmethod
    def _is_yes(value: object) -> bool:
        return value is True or (isinstance(value, str) and value.lower() in ("yes", "true", "granted", "y", "given"))

    # ------------------------------------------------------------------------------------------------------ attributes

    def attribute(self, expr: Attr, func: Func, node: int) -> Presumed | None:
        """``obj.consent`` whose declaration says true."""
        owners = self.resolver.values(expr.base, func, node)
        for owner in owners:
            if isinstance(owner, (Obj, ClassV)):
                return self._of_class(owner, expr.name)
        found, ambiguous = self.field(expr.name)
        if found is not None and not ambiguous:
            return found
        parsed = any(isinstance(owner, Inst) and "parse_args" in owner.type for owner in owners)
        if parsed or last_name(expr.base).lower() in PARSED:
            option = self._option(expr.name, func.unit)
            if option is not None:
                return option
        return self.key(expr.name, expr.base, func, node) if not owners else self._setting(expr.name)

    def _of_class(self, owner: Obj | ClassV, name: str) -> Presumed | None:
        granting: list[tuple[Func, int]] = []
        for frame, node in self.resolver.attribute_definitions(owner.cls, name):
            value = frame.nodes[node].value
            if self.grants(value, frame):
                granting.append((frame, node))
            elif frame.ir.kind != "class":
                if isinstance(value, Name):
                    param = next((p for p in frame.ir.params if p.name == value.id), None)
                    presumed = self.default_of(frame, param) if param is not None else None
                    if presumed is not None and param is not None and not self._always_given(frame, param.name):
                        return presumed
                    if param is not None:
                        return self._given(frame, param.name)
                return None
        if not granting:
            return None
        frame, node = granting[0]
        if frame.ir.kind == "class" and self._replaced(owner, name):
            return None
        return self.here(frame, node, f"the default of {owner.cls.name}.{name}")

    def _given(self, func: Func, name: str) -> Presumed | None:
        """A visible caller that passes a literal for a parameter which stands for a person's answer."""
        reading = self.evaluator.vocabulary.read(name)
        if reading is None or reading.negative or reading.kind != "consent":
            return None
        for site in self.graph.sites(func):
            expr = self.graph.bound_arguments(func, site).get(name) if site.call else None
            if (
                expr is not None
                and self.evaluator.asking.is_true(expr)
                and not self.sources.is_test(site.func.unit.path)
            ):
                arg = next(a for a in site.func.nodes[site.node].args if a.value is expr)
                return Presumed((site.func.unit.path, arg.line, arg.col, f"the argument {name}"))
        return None

    def _always_given(self, func: Func, name: str) -> bool:
        """Every visible caller passes a real value for a parameter."""
        sites = [s for s in self.graph.sites(func) if s.call]
        if not sites:
            return False
        for site in sites:
            expr = self.graph.bound_arguments(func, site).get(name)
            if expr is None or self.evaluator.asking.is_true(expr):
                return False
        return True

    def _replaced(self, owner: Obj | ClassV, name: str) -> bool:
        """Every visible construction gives the field a real value."""
        seen = 0
        fields = [n for c in reversed(self.resolver.mro(owner.cls)) for n in c.body.defs]
        place = fields.index(name) if name in fields else -1
        for path in self.sources.with_word(owner.cls.name)[:40]:
            unit = self.resolver.program.unit(path)
            if unit is None:
                continue
            for func, number in self.graph.mentions(unit).calls.get(owner.cls.name, ()):
                if not any(
                    isinstance(v, ClassV) and v.cls is owner.cls for v in self.resolver.callee_values(func, number)
                ):
                    continue
                seen += 1
                args = func.nodes[number].args
                given = next((a.value for a in args if a.keyword == name), None)
                plain = [a.value for a in args if not a.keyword and not a.star]
                if given is None and 0 <= place < len(plain):
                    given = plain[place]
                if given is None or self.evaluator.asking.is_true(given):
                    return False
        return seen > 0

    def field(self, name: str) -> tuple[Presumed | None, bool]:
        """Fields of this name in any class of the project: the presumption, and whether another one disagrees."""
        if name in self._attributes:
            return self._attributes[name]
        self._attributes[name] = (None, False)
        granting: Presumed | None = None
        other = False
        for path in self.sources.with_word(name)[:40]:
            unit = self.resolver.program.unit(path)
            for cls in unit.classes if unit else ():
                for node in cls.body.defs.get(name, ()):
                    if self.grants(cls.body.nodes[node].value, cls.body):
                        owner = Obj(cls)
                        if not self._replaced(owner, name):
                            granting = granting or self.here(cls.body, node, f"the default of {cls.name}.{name}")
                        else:
                            other = True
                    else:
                        other = True
        self._attributes[name] = (granting, other)
        return self._attributes[name]

    # --------------------------------------------------------------------------------------------------- keys, options

    def key(self, key: str, base: Expr, func: Func, node: int) -> Presumed | None:  # noqa: ARG002
        """``config["consent"]`` and the like: a settings entry with a true literal."""
        root = last_name(base).lower()
        if root.endswith(("_state", "_data")):
            return None
        if root in (
            "form",
            "args",
            "json",
            "files",
            "cookies",
            "session",
            "data",
            "payload",
            "body",
            "query_params",
            "post",
            "request",
            "values",
            "cleaned_data",
        ):
            return self._option(key, func.unit) if root == "args" else None
        return self._setting(key)

    def _setting(self, key: str) -> Presumed | None:
        if key in self._keys:
            return self._keys[key]
        self._keys[key] = None
        granting: Presumed | None = None
        for path in self.sources.with_word(key)[:40]:
            unit = self.resolver.program.unit(path)
            if unit is None or self.sources.is_test(path):
                continue
            for presumed, grants in self._declared(unit, key):
                if not grants:
                    return None
                granting = granting or presumed
        self._keys[key] = granting
        return granting

    def _declared(self, unit: Unit, key: str) -> Iterator[tuple[Presumed, bool]]:
        """Every declaration of a setting in a module, and whether it says true."""
        for node in unit.body.defs.get(key, ()):
            ir = unit.body.nodes[node]
            if ir.op == Op.ASSIGN and isinstance(ir.value, Const):
                yield self.here(unit.body, node, f"the setting {key}"), self.evaluator.asking.is_true(ir.value)
        for func in unit.functions:
            for number, ir in enumerate(func.nodes):
                if (
                    ir.op == Op.ASSIGN
                    and isinstance(ir.target, Item)
                    and isinstance(ir.target.index, Const)
                    and ir.target.index.value == key
                ):
                    if isinstance(ir.value, Const):
                        yield self.here(func, number, f"the setting {key}"), self.evaluator.asking.is_true(ir.value)
                if ir.op == Op.CALL and not self._settles(ir):
                    continue  # what is given to a call says nothing of other places
                for expr in reads(ir):
                    for at in walk(expr):
                        if isinstance(at, Mapping):
                            for entry in at.entries:
                                if (
                                    isinstance(entry.key, Const)
                                    and entry.key.value == key
                                    and isinstance(entry.value, Const)
                                ):
                                    place = Presumed((unit.path, entry.line, entry.col, f"the setting {key}"))
                                    yield place, self.evaluator.asking.is_true(entry.value)

    @staticmethod
    def _settles(call: Node) -> bool:
        """Whether what a call is given are settings: ``app.config.update({...})``, ``Settings({...})``."""
        words = {*split(last_name(getattr(call.value, "base", None))), *split(last_name(call.value))}
        return bool(words & SETTLING)

    def _option(self, name: str, unit: Unit) -> Presumed | None:
        """A command-line option that is on unless turned off."""
        for path in (unit.path, *self.sources.with_word("add_argument")[:20]):
            other = self.resolver.program.unit(path)
            if other is None:
                continue
            for func, number in self.graph.mentions(other).calls.get("add_argument", ()):
                args = func.nodes[number].args
                flags = [str(a.value.value) for a in args if not a.keyword and isinstance(a.value, Const)]
                dest = next(
                    (str(a.value.value) for a in args if a.keyword == "dest" and isinstance(a.value, Const)), ""
                )
                if dest != name and name not in [flag.lstrip("-").replace("-", "_") for flag in flags]:
                    continue
                action = next((a.value.value for a in args if a.keyword == "action" and isinstance(a.value, Const)), "")
                default = next((a.value for a in args if a.keyword == "default"), None)
                if self.evaluator.asking.is_true(default) or (default is None and action == "store_false"):
                    return self.here(func, number, f"the default of option {name}")
                return None
        return None


__all__ = ["Frame", "Presumptions"]
