"""Which nodes of a function let somebody in, and to what: by the library's name, by the words of a call, by hardware
that stands among such words, by what is put into a session, by a success that a function's name promises.

Must not know paths or rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import ATTENDANCE, DOOR, PAYMENT, SIGN_IN, Grants
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.access.domain import Grant
from fr_lint.flow.access.naming import fields, is_false, is_less, is_true, names, short
from fr_lint.flow.access.success import Success
from fr_lint.flow.access.targets import Targets
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import dotted_name, last_name
from fr_lint.flow.program import Func
from fr_lint.flow.values import Ext, Inst
from fr_lint.ir.model import (
    Attr,
    Bool,
    Compare,
    Const,
    Entered,
    Expr,
    IfElse,
    Item,
    Name,
    Node,
    Op,
    Result,
)
from fr_lint.ir.walk import walk

LISTED: Final = "listed"  # the class of grants that only the policy knows


class Granting:
    """Finds grants, memoised per function."""

    def __init__(
        self,
        graph: CallGraph,
        grants: Grants,
        listed: Callable[[Func, int], bool],
        half_way: Callable[[Node], bool] = lambda _: False,
    ) -> None:
        """``listed``: whether the user says that a call is a grant; ``half_way``: whether it only signs a step."""
        self.half_way = half_way
        self.graph = graph
        self.resolver = graph.resolver
        self.grants = grants
        self.listed = listed
        self.success = Success(graph, grants)
        self.targets = Targets(graph, grants)
        self._found: dict[Func, dict[int, Grant]] = {}

    def of(self, func: Func) -> dict[int, Grant]:
        """Node -> grant."""
        if func not in self._found:
            self._found[func] = {}
            found = {grant.node: grant for grant in self._search(func)}
            self._found[func] = found
        return self._found[func]

    def _search(self, func: Func) -> Iterator[Grant]:
        success = self.success.promised(func)
        for number, node in enumerate(func.nodes):
            if node.op == Op.CALL:
                grant = self._call(func, number, node)
            elif node.op == Op.ASSIGN and isinstance(node.target, (Item, Attr)):
                grant = self._store(func, number, node, node.target)
            elif success and self.success.passes_silently(func, number):
                shown = f"{func.name}(), which raises unless it succeeds,"
                grant = Grant(func, number, success, shown, success=True)
            elif node.op == Op.RETURN and success:
                grant = self._returned(func, number, node, success)
            else:
                continue
            if grant is not None:
                yield grant

    # -------------------------------------------------------------------------------------------------------- calls

    def _call(self, func: Func, number: int, node: Node) -> Grant | None:
        name = last_name(node.value)
        values = self.resolver.callee_values(func, number)
        dotted = [v.name if isinstance(v, Ext) else v.type for v in values if isinstance(v, (Ext, Inst))]
        dotted = [each.replace("()", "") for each in dotted]
        if self.half_way(node):
            return None
        for each in dotted:
            kind = self.grants.by_call(each)
            if kind:
                return Grant(func, number, kind, f"{short(node, name)}()")
        if any(self.grants.hardware.has(each) for each in dotted):
            return self._hardware(func, number, node, name)
        if name == "success" and any(self._says_passed(t) for t in self.resolver.strings_of(node.args, func, number)):
            return Grant(func, number, "kyc", f"{short(node, name)}()")
        if self.listed(func, number):
            kind = self.grants.by_name(name, self._around(func, node, name, wide=False)) or f"{LISTED} {name}"
            return Grant(func, number, kind, f"{short(node, name)}()")
        if (name in access_words("grants", "quiet") and not (name == "open" and isinstance(node.value, Attr))) or any(
            self.grants.no_grant.has(each) for each in dotted
        ):
            return None
        targets = self.graph.targets(func, number)
        fields = self._sets(func, number, node, name) if name in self.grants.setting and not targets else None
        if fields is not None:
            return fields
        around = self._around(func, node, name, wide=False)
        kind = self.grants.by_name(name, around)
        if kind and not (targets and name[:1].isupper()):
            return Grant(
                func,
                number,
                kind,
                f"{short(node, name)}()",
                self.targets.literals(func, number, node, kind),
                named=bool(targets),
            )
        if targets:
            return None
        kind = self._written(func, number, node, name)
        if kind:
            return Grant(func, number, kind, f"{short(node, name)}()")
        if not dotted and name in self.grants.hardware_methods and isinstance(node.value, Attr):
            return self._hardware(func, number, node, name)
        if name in self.grants.cookie_setters and node.args and isinstance(node.args[0].value, Const):
            cookie = str(node.args[0].value.value)
            if set(split(cookie)) & self.grants.cookies or self.success.says_who(cookie):
                return Grant(func, number, SIGN_IN, f"{name}()")
        if name == "setattr" and len(node.args) == 3 and isinstance(node.args[1].value, Const):
            return self._attribute(func, number, str(node.args[1].value.value), "", node.args[2].value)
        return None

    def _sets(self, func: Func, number: int, node: Node, name: str) -> Grant | None:
        """``rows.update(kyc_status="approved")``: a call that sets fields."""
        holder = " ".join(names(node.value.base, func)) if isinstance(node.value, Attr) else ""
        for field, value in fields(node):
            found = self._attribute(func, number, field, holder, value)
            if found is not None:
                return Grant(func, number, found.kind, f"{short(node, name)}({field}=...)")
        return None

    def _says_passed(self, text: str) -> bool:
        """Whether a text tells somebody that the identity check is passed."""
        parts = set(split(text))
        return (
            bool(parts & {"kyc", "ekyc"})
            and bool(parts & access_words("grants", "passed"))
            and not self.grants.refuses(text)
        )

    def _around(self, func: Func, node: Node, name: str, *, wide: bool) -> tuple[str, ...]:
        """The words around a call: its receiver and arguments; ``wide``: function, class and file as well."""
        found: list[str] = []
        if isinstance(node.value, Attr):
            found.extend(names(node.value.base, func))
        for arg in node.args:
            if wide or not isinstance(arg.value, Const):
                found.extend(names(arg.value, func) if wide else ())
            if wide:
                found.extend(self.resolver.texts(arg.value, func, -1))
        if wide:
            found.append(func.name)
            if func.cls is not None:
                found.append(func.cls.name)
            found.append(func.unit.path.rpartition("/")[2].removesuffix(".py"))
        del name
        return tuple(sorted({part for each in found for part in split(each)}))

    def _hardware(self, func: Func, number: int, node: Node, name: str) -> Grant | None:
        at: Func | None = func
        while at is not None:
            if at.ir.kind == "function" and self.grants.closes(at.name):
                return None
            at = at.parent
        receiver = set(names(node.value.base, func)) if isinstance(node.value, Attr) else set()
        parts = self._around(func, node, name, wide=True)
        if not self.grants.door_around(parts) or self._says_no(node):
            return None
        own = {p for arg in node.args[:1] for each in names(arg.value, func) for p in split(each)} | {
            p for e in receiver for p in split(e)
        }
        if own & access_words("grants", "signals") and not self.grants.door_around(own):
            return None
        return Grant(func, number, DOOR, f"{short(node, name)}()", self.targets.device(func, number, node), device=True)

    def _says_no(self, node: Node) -> bool:
        """Whether what a device is sent is a refusal: ``line.write(b"DENY")``."""
        sent = [arg.value.value for arg in node.args if isinstance(arg.value, Const)]
        texts = [each.decode("latin-1") if isinstance(each, bytes) else each for each in sent]
        told = [each for each in texts if isinstance(each, str)]
        return bool(told) and all(self.grants.refuses(each) for each in told)

    def _written(self, func: Func, number: int, node: Node, name: str) -> str:
        """A row that is written: SQL text, a model that is made or added, a sheet that is appended to."""
        if name in access_words("grants", "statements"):
            for text in self.resolver.texts(node.args[0].value, func, number) if node.args else ():
                verb = text.strip().split(" ", 1)[0].lower()
                if verb in access_words("grants", "writing"):
                    return self._class_of(split(text), text)
            return ""
        verbs = next(c for c in self.grants.classes if c.name == ATTENDANCE).verbs
        if name not in verbs and not name[:1].isupper():
            return ""
        found: list[str] = []
        if isinstance(node.value, Attr):
            found.extend(names(node.value.base, func))
        if name == "append":  # a list of something else may hold anything
            return self._class_of(tuple(p for each in found for p in split(each)), " ".join(found))
        copies = name in access_words("grants", "copying")
        if not name[:1].isupper():
            for arg in node.args[:2]:
                for at in walk(arg.value):
                    if isinstance(at, Result) and func.nodes[at.node].op == Op.CALL:
                        found.append(last_name(func.nodes[at.node].value))
                    elif isinstance(at, Name) and not (copies and self._is_read(at, func, number)):
                        found.extend(self._made_by(at, func, number))
            if not found and isinstance(node.value, Attr):
                found.extend(names(node.value, func))
            if name in access_words("grants", "rows"):
                found.append(func.name)
                found.extend(arg.value.id for arg in node.args[:1] if isinstance(arg.value, Name))
                if isinstance(node.value, Attr):
                    found.extend(self._behind(node.value.base, func, number, 0))
            return self._class_of(tuple(p for each in found for p in split(each)), " ".join(found))
        return ""

    def _is_read(self, expr: Name, func: Func, number: int) -> bool:
        """Whether a name goes through rows that there are already: who exports them has marked nobody."""
        bound = self.resolver.definitions(expr.id, func, number)
        return bool(bound) and all(frame.nodes[at].op == Op.FOR for frame, at in bound)

    def _behind(self, expr: Expr | None, func: Func, number: int, depth: int) -> Iterator[str]:
        """What the receiver of a write was made from: the file of a CSV writer."""
        if isinstance(expr, Name):
            yield from self._made_by(expr, func, number)
            for frame, at in self.resolver.definitions(expr.id, func, number)[:2] if depth < 3 else ():
                yield from self._behind(frame.nodes[at].value, frame, at, depth + 1)
        elif isinstance(expr, Entered):
            yield from self._behind(expr.manager, func, number, depth)
        elif isinstance(expr, Result) and depth < 3 and func.nodes[expr.node].op == Op.CALL:
            for arg in func.nodes[expr.node].args:
                yield from self._behind(arg.value, func, expr.node, depth + 1)

    def _made_by(self, expr: Name, func: Func, number: int) -> Iterator[str]:
        for frame, definition in self.resolver.definitions(expr.id, func, number)[:3]:
            for at in walk(frame.nodes[definition].value):
                if isinstance(at, Result) and frame.nodes[at.node].op == Op.CALL:
                    call = frame.nodes[at.node]
                    yield last_name(call.value)
                    yield from names(call.value, frame)
                    if not last_name(call.value)[:1].isupper():  # a file, a sheet; what a row holds says little
                        yield from (t for arg in call.args[:2] for t in self.resolver.texts(arg.value, frame, at.node))
                else:
                    yield from names(at, frame)

    def _root_made_by(self, expr: Expr | None, func: Func, number: int) -> Iterator[str]:
        """What the table was made from whose row is set: ``table.loc[n] = ...``."""
        while isinstance(expr, (Attr, Item)):
            expr = expr.base
        if isinstance(expr, Name):
            yield from self._made_by(expr, func, number)

    def _class_of(self, parts: tuple[str, ...], text: str) -> str:
        for each in self.grants.classes:
            if each.name in (ATTENDANCE, "kyc", "exam") and (
                set(parts) & each.nouns or any(w in text for w in each.chinese)
            ):
                return each.name
        return ""

    # ------------------------------------------------------------------------------------------------------- stores

    def _store(self, func: Func, number: int, node: Node, target: Item | Attr) -> Grant | None:
        if isinstance(target, Item):
            holder = set(split(last_name(target.base)))
            index = target.index.value if isinstance(target.index, Const) else None
            if holder & self.grants.holders and isinstance(index, str) and self.grants.session_key(index):
                return (
                    None
                    if is_false(node.value)
                    else Grant(func, number, SIGN_IN, f'{dotted_name(target.base)}["{index}"] = ...')
                )
            said = list(names(target.base, func))
            if index is None or not self._plain(target.base):
                said.extend(self._root_made_by(target.base, func, number))
                spoken = tuple(p for each in said for p in split(each))
                kind = self._class_of(spoken, last_name(target.base))
                return Grant(func, number, kind, f"{last_name(target.base)}[...] = ...") if kind == ATTENDANCE else None
            if isinstance(index, str):
                return self._attribute(func, number, index, last_name(target.base), node.value)
            return None
        return self._attribute(func, number, target.name, last_name(target.base), node.value)

    @staticmethod
    def _plain(expr: Expr) -> bool:
        return isinstance(expr, (Name, Attr))

    def _attribute(self, func: Func, number: int, name: str, holder: str, value: Expr | None) -> Grant | None:
        if is_false(value):
            return None
        if isinstance(value, IfElse):
            arms = (self._attribute(func, number, name, holder, arm) for arm in (value.body, value.orelse))
            return next((grant for grant in arms if grant is not None), None)
        shown = f"{holder}.{name} = ..." if holder else f"{name} = ..."
        parts = set(split(name))
        if name in self.grants.session_attributes or (
            holder in self.grants.holders and self.grants.session_key(name) and holder != "st"
        ):
            if isinstance(value, Const) and isinstance(value.value, str) and self.grants.refuses(value.value):
                return None
            return Grant(func, number, SIGN_IN, shown)
        texts = {
            p
            for t in ([value.value] if isinstance(value, Const) and isinstance(value.value, str) else self._enum(value))
            for p in split(t)
        }
        for each in self.grants.classes:
            if each.name == PAYMENT:
                if parts & each.attributes and (
                    is_less(value) or (parts & access_words("grants", "settled") and is_true(value))
                ):
                    return Grant(func, number, PAYMENT, shown)
                continue
            near = parts | (set(split(holder)) if holder != "self" else set())
            if (
                each.attributes
                and parts & each.attributes
                and isinstance(value, Const)
                and value.value is True
                and not parts & access_words("grants", "undone")
            ):
                return Grant(func, number, each.name, shown)
            passed = access_words("grants", "passed") - ({"open"} if each.name == "kyc" else set())
            if texts & passed and parts & access_words("grants", "progress"):
                if near & (each.attributes | each.nouns) or texts & each.nouns or {"kyc", "identity"} & texts:
                    return Grant(func, number, each.name, shown)
        outcome = isinstance(value, (Item, Compare, Name, Attr, Bool)) and not set(split(holder)) & access_words(
            "grants", "answering"
        )
        if outcome and name in access_words("grants", "outcomes"):
            return Grant(func, number, "kyc", shown)
        if parts & access_words("grants", "attended") and isinstance(value, Const) and value.value is True:
            return Grant(func, number, ATTENDANCE, shown)
        if name in access_words("grants", "locked") and isinstance(value, Const) and value.value is False:
            return Grant(func, number, DOOR, shown)
        if name in access_words("grants", "unlocked") and isinstance(value, Const) and value.value is True:
            return Grant(func, number, DOOR, shown)
        if name in self.grants.hardware_attributes and self.grants.door_around(
            split(holder) if holder != "self" else ()
        ):
            return None if self.grants.closes(func.name) else Grant(func, number, DOOR, shown)
        return None

    @staticmethod
    def _enum(value: Expr | None) -> list[str]:
        return [value.name] if isinstance(value, Attr) and value.name.isupper() else []

    def _returned(self, func: Func, number: int, node: Node, kind: str) -> Grant | None:
        value = node.value
        if value is None or not self.success.succeeds(value, func, number) or self.success.half_way(func, number):
            return None
        return Grant(func, number, kind, f"the success that {func.name}() returns", success=True)


__all__ = ["Granting"]
