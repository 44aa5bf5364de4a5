"""Written lists of checks: which functions a row stands for, and where all rows are gone through one by one.

``for check in CHECKS: if not check(who): return``, ``all(check(who) for check in CHECKS)`` and ``sum(...) >= 2`` ask
every one of them.  Must not know paths, grants or rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fr_lint.catalogue.access import access_words
from fr_lint.flow.access.domain import Env
from fr_lint.flow.access.tables import Tables
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import ClassInfo, Func
from fr_lint.flow.values import Coll, ConstV, FuncV, Obj
from fr_lint.ir.model import Attr, Comprehension, Const, Display, Expr, Mapping, Name, Node, Op, Result, Starred
from fr_lint.ir.walk import reads, walk

MAX_ROWS: Final = 6  # rows of a list that are gone through one by one

Row = frozenset[Func | ClassInfo]
Targets = tuple[tuple[Func, bool], ...]


class Rows:
    """Finds them, memoised per function."""

    def __init__(self, graph: CallGraph, tables: Tables) -> None:
        self.graph = graph
        self.tables = tables
        self.resolver = graph.resolver
        self._rows: dict[Func, dict[int, tuple[str, tuple[Row, ...]]]] = {}
        self._named: dict[Func, dict[str, tuple[Row, ...]]] = {}
        self._growing: dict[Func, frozenset[int]] = {}
        self._closed: dict[Func, frozenset[str]] = {}
        self._beside: dict[tuple[Func, int], list[tuple[str, list[Expr | None]]]] = {}
        self._gathered: dict[Func, dict[int, Comprehension]] = {}

    # ----------------------------------------------------------------------------------------------------------- rows

    def of(self, func: Func) -> dict[int, tuple[str, tuple[Row, ...]]]:
        """A loop through a written list -> its variable that stands for a function or object, what each row is."""
        if func not in self._rows:
            self._rows[func] = {}
            found: dict[int, tuple[str, tuple[Row, ...]]] = {}
            for number, node in enumerate(func.nodes):
                if node.op == Op.FOR and isinstance(node.target, (Name, Display)):
                    listed = self._listed(node.target, node.value, func, number)
                    if listed is not None:
                        found[number] = listed
            self._rows[func] = found
            self._named[func] = dict(found.values())
        return self._rows[func]

    def _listed(
        self, target: Name | Display, expr: Expr | None, func: Func, number: int
    ) -> tuple[str, tuple[Row, ...]] | None:
        names: list[Expr] = [target] if isinstance(target, Name) else list(target.elements)
        method = ""
        while isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            call = func.nodes[expr.node]
            called = last_name(call.value)
            if isinstance(call.value, Attr) and called in ("items", "values") and not call.args and not method:
                expr, method = call.value.base, called
            elif called in ("enumerate", "list", "tuple") and len(call.args) == 1 and isinstance(call.value, Name):
                expr = call.args[0].value
                names = names[1:] if called == "enumerate" else names
            else:
                return None
        lists = [v for v in self.resolver.values(expr, func, number) if isinstance(v, Coll)] if expr is not None else []
        if len(lists) != 1:
            return None
        rows = list(self._elements(lists[0].expr, method))
        if isinstance(names[0], Name) and 0 < len(rows) <= MAX_ROWS and self._are_keys(names, rows, func):
            self._note(func, number, names[0], list(rows))
            return names[0].id, (frozenset(),) * len(rows)
        if not 1 < len(rows) <= MAX_ROWS:
            return None
        if method == "items":
            keyed, names = names[0], names[1:]
            self._note(func, number, keyed, list(self._keys(lists[0].expr)))
        listed: tuple[str, tuple[Row, ...]] | None = None
        for place, name in enumerate(names):
            if isinstance(name, Name):
                parts = [self._part(row, place, alone=len(names) == 1) for row in rows]
                found = () if listed else tuple(self._row(part, lists[0]) for part in parts)
                if found and all(found):
                    listed = name.id, found
                else:
                    self._note(func, number, name, parts)
        return listed or self._outcomes(names, rows, lists[0], func)

    @staticmethod
    def _outcomes(names: list[Expr], rows: list[Expr], held: Coll, func: Func) -> tuple[str, tuple[Row, ...]] | None:
        """A list of what this very function has found out: the loop stands at one after the other."""
        if held.func is not func or func.ir.kind == "module" or all(isinstance(row, Const) for row in rows):
            return None
        name = names[-1] if names else None
        return (name.id, (frozenset(),) * len(rows)) if isinstance(name, Name) else None

    def _are_keys(self, names: list[Expr], rows: list[Expr], func: Func) -> bool:
        """Whether a loop goes through keys by which a table of functions is asked."""
        name = names[0].id if len(names) == 1 and isinstance(names[0], Name) else ""
        if not name or not all(isinstance(row, Const) for row in rows):
            return False
        asked = (self.tables.asked(func, n) for n, node in enumerate(func.nodes) if node.op == Op.CALL)
        return any(each is not None and isinstance(each[0], Name) and each[0].id == name for each in asked)

    def _note(self, func: Func, number: int, name: Expr, parts: list[Expr | None]) -> None:
        """Remember what literals a variable of a loop stands for, row by row."""
        if isinstance(name, Name) and all(isinstance(part, Const) for part in parts):
            self._beside.setdefault((func, number), []).append((name.id, parts))

    def beside(self, func: Func, number: int, gone: int) -> Iterator[tuple[str, Expr]]:
        """The literals that stand in a row beside its function or object, by the variable of the loop."""
        for name, parts in self._beside.get((func, number), ()):
            part = parts[gone]
            if part is not None:
                yield name, part

    @staticmethod
    def _elements(expr: Expr, method: str) -> Iterator[Expr]:
        if isinstance(expr, Display) and expr.kind != "set" and not method:
            yield from expr.elements
        elif isinstance(expr, Mapping) and method:
            yield from (entry.value for entry in expr.entries if entry.key is not None)

    @staticmethod
    def _keys(expr: Expr) -> Iterator[Expr | None]:
        yield from (e.key for e in expr.entries if e.key is not None) if isinstance(expr, Mapping) else ()

    @staticmethod
    def _part(row: Expr, place: int, *, alone: bool) -> Expr | None:
        if alone:
            return row
        return row.elements[place] if isinstance(row, Display) and place < len(row.elements) else None

    def _row(self, element: Expr | None, held: Coll) -> Row:
        values = self.resolver.values(element, held.func, held.node) if element is not None else ()
        functions = [v.func for v in values if isinstance(v, FuncV)]
        return frozenset((*functions, *(v.cls for v in values if isinstance(v, Obj))))

    def asked(self, func: Func, node: Node, found: Targets, env: Env) -> Targets:
        """Of the functions that a call may enter, those of the row that a loop is at."""
        callee = node.value.base if isinstance(node.value, Attr) else node.value
        at = count(env, f"<{callee.id}") if isinstance(callee, Name) else 0
        if not at or not isinstance(callee, Name):
            return found
        self.of(func)
        row = self._named[func][callee.id][at - 1]
        if not row:
            return found
        family = {cls for each in row if isinstance(each, ClassInfo) for cls in self.resolver.mro(each)}
        return tuple(each for each in found if each[0] in row or each[0].cls in family)

    # ---------------------------------------------------------------------------------------------------- containers

    def gathered(self, func: Func) -> dict[int, Comprehension]:
        """A loop through a written list -> the comprehension that it makes, if that has no other loop."""
        if func not in self._gathered:
            rows = self.of(func)
            made = {
                _first(at.targets[0]): at
                for node in func.nodes
                for expr in reads(node)
                for at in walk(expr)
                if isinstance(at, Comprehension) and len(at.targets) == 1
            }
            self._gathered[func] = {
                number: made[name]
                for number in rows
                if (name := _first(func.nodes[number].target)) in made and "@" in name
            }
        return self._gathered[func]

    def growing(self, func: Func) -> frozenset[int]:
        """The nodes inside a loop that goes round more often than a written list is long."""
        if func not in self._growing:
            preds: dict[int, list[int]] = {}
            for number, node in enumerate(func.nodes):
                for successor in (*node.succ, node.exc):
                    preds.setdefault(successor, []).append(number)
            inside: set[int] = set()
            rows = self.of(func)
            for number, node in enumerate(func.nodes):
                head = node.succ[0] if node.op == Op.LATCH and node.succ else -1
                if head < 0 or head in rows:
                    continue
                seen, queue = {head, number}, [number]
                while queue:
                    for before in preds.get(queue.pop(), ()):
                        if before not in seen:
                            seen.add(before)
                            queue.append(before)
                inside |= seen
            self._growing[func] = frozenset(inside)
        return self._growing[func]

    def runs(self, expr: Expr | None, func: Func, number: int) -> bool:
        """Whether a loop goes round at least once: through what is written out, or so many times."""
        if isinstance(expr, Result) and func.nodes[expr.node].op == Op.CALL:
            call = func.nodes[expr.node]
            last = call.args[-1].value if call.args and last_name(call.value) == "range" else None
            if isinstance(last, (Name, Attr)):
                values = self.resolver.values(last, func, number)
                return len(values) == 1 and isinstance(values[0], ConstV) and _is_many(values[0].value)
            return isinstance(last, Const) and len(call.args) < 3 and _is_many(last.value)
        if isinstance(expr, Display):
            return any(not isinstance(part, Starred) for part in expr.elements)
        return bool(self.written(expr, func, number))

    def closed(self, func: Func) -> frozenset[str]:
        """The local names that no call is given which might change what they hold."""
        if func not in self._closed:
            open_: set[str] = set()
            for node in func.nodes:
                if node.op == Op.CALL and last_name(node.value) not in access_words("calls", "looking"):
                    open_.update(arg.value.id for arg in node.args if isinstance(arg.value, Name))
                elif node.op == Op.ASSIGN and isinstance(node.value, Name):
                    open_.add(node.value.id)
            names = func.defs if func.ir.kind != "module" else {}
            self._closed[func] = frozenset(name for name in names if name not in open_)
        return self._closed[func]

    def written(self, expr: Expr | None, func: Func, number: int) -> tuple[Expr, ...] | None:
        """The elements of a constant list, tuple or set of the project."""
        if not isinstance(expr, (Name, Attr)):
            return None
        lists = [v for v in self.resolver.values(expr, func, number) if isinstance(v, Coll)]
        if len(lists) != 1 or not isinstance(lists[0].expr, (Display, Mapping)):
            return None
        held = lists[0]
        made = held.expr
        if held.func.ir.kind not in ("module", "class") and isinstance(expr, Name):
            return None
        parts = made.elements if isinstance(made, Display) else ()
        parts = tuple(e.value for e in made.entries) if isinstance(made, Mapping) else parts
        if any(isinstance(part, Starred) for part in parts) or self.resolver.containers.is_filled(expr, held, func):
            return None
        return parts


def _first(target: Expr | None) -> str:
    return next((at.id for at in walk(target) if isinstance(at, Name)), "") if target is not None else ""


def _is_many(literal: object) -> bool:
    return isinstance(literal, int) and literal > 1


def count(env: Env, spelled: str) -> int:
    """A number that is kept for a loop."""
    const = env[spelled][0].const if spelled in env else 0
    return const if isinstance(const, int) else 0


def place_in_loops(env: Env) -> int:
    """Where the loops through written lists are, between their rounds as well."""
    at = 0
    for spelled in env:
        if spelled[:1] == "<" and spelled[1:2] != "<":
            at = at * (MAX_ROWS + 1) + count(env, spelled)
    return at


def row(env: Env) -> int:
    """At which rows the loops are that go through written lists: different numbers for different rows."""
    at = 0
    for spelled in env:
        if spelled[:1] == "<" and spelled[1:2].isidentifier():
            at = at * (MAX_ROWS + 1) + count(env, spelled)
    return at
