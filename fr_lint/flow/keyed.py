"""Which names of a function stand for mappings, as far as their use tells: going over one gives keys.

``known.values()``, ``known.items()``, ``known = {}``, ``for who in known: known[who]``.  It must not know faces, stores
or rules.
"""

from __future__ import annotations

from fr_lint.flow.contents import container
from fr_lint.flow.program import Func
from fr_lint.flow.resolve import Resolver
from fr_lint.ir.model import Attr, Const, Expr, Item, Mapping, Name, Op, Result
from fr_lint.ir.walk import reads, walk

VIEWS = frozenset(("keys", "values", "items"))
MAKERS = frozenset(("dict", "defaultdict", "OrderedDict"))


class Keyed:
    """The mappings of a project's functions, memoised."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._of: dict[Func, frozenset[str]] = {}

    def is_mapping(self, expr: Expr, func: Func) -> bool:
        """Whether an expression is a name or attribute that the function, its class or its module uses as a mapping."""
        if not isinstance(expr, (Name, Attr)):
            return False
        spelled, at = container(expr, func)
        if not spelled or at:
            return False
        return any(spelled in self._used(each) for each in self._sharing(spelled, func))

    def _sharing(self, spelled: str, func: Func) -> list[Func]:
        """The functions in which a spelling means the same thing."""
        if "." in spelled:
            owner = self.resolver.enclosing_class(func)
            return [each for each in func.unit.functions if self.resolver.enclosing_class(each) is owner]
        at: Func | None = func
        while at is not None and spelled not in at.ir.locals and at.ir.kind != "module":
            at = at.parent
        if at is None or at.ir.kind == "module":
            return [each for each in func.unit.functions if spelled not in each.ir.locals or each is at]
        return [each for each in func.unit.functions if each is at or each.parent is at]

    def _used(self, func: Func) -> frozenset[str]:
        if func not in self._of:
            self._of[func] = frozenset(self._search(func))
        return self._of[func]

    @staticmethod
    def _search(func: Func) -> set[str]:
        found: set[str] = set()
        gone_over: dict[str, set[str]] = {}  # loop variable -> what it goes over
        for node in func.nodes:
            callee = node.value
            if node.op == Op.CALL and isinstance(callee, Attr) and callee.name in VIEWS and not node.args:
                found.add(container(callee.base, func)[0])
            elif node.op == Op.FOR and isinstance(node.target, Name) and isinstance(node.value, (Name, Attr)):
                gone_over.setdefault(node.target.id, set()).add(container(node.value, func)[0])
            elif node.op == Op.ASSIGN and isinstance(node.target, (Name, Attr)):
                made = node.value
                name = func.nodes[made.node].value if isinstance(made, Result) else None
                if isinstance(made, Mapping) or (isinstance(name, Name) and name.id in MAKERS):
                    found.add(container(node.target, func)[0])
            elif node.op == Op.ASSIGN and isinstance(node.target, Item) and isinstance(node.target.index, Const):
                if isinstance(node.target.index.value, str):
                    found.add(container(node.target.base, func)[0])
        for node in func.nodes if gone_over else ():
            for expr in reads(node):
                for at in walk(expr):
                    if isinstance(at, Item) and isinstance(at.index, Name) and at.index.id in gone_over:
                        found |= gone_over[at.index.id] & {container(at.base, func)[0]}
        return found - {""}
