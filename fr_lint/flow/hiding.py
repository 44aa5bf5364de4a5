"""De-identification: detection whose results reach only operations that hide the face.

A forward taint of the boxes through one function, the project functions they are passed to, and the callers they are
returned to.  Must not know consent or rules.
"""

from __future__ import annotations

from fr_lint.catalogue.images import Images
from fr_lint.flow.faces import FaceCall, FaceCalls
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.subjects import spell
from fr_lint.flow.values import Ext
from fr_lint.ir.model import Attr, Const, Expr, Item, Name, Node, Op, Result, Unary
from fr_lint.ir.walk import children, walk

MAX_HOPS = 10


class Hiding:
    """Tells privacy measures from face processing."""

    def __init__(self, graph: CallGraph, faces: FaceCalls, images: Images) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.faces = faces
        self.images = images
        self._verdicts: dict[FaceCall, bool] = {}

    def is_measure(self, call: FaceCall) -> bool:
        """Whether a ``detect`` call serves to hide faces, and nothing else."""
        if call.api.role != "detect" or call.handed:
            return False
        if call not in self._verdicts:
            trace = _Trace(self)
            trace.follow(call.func, frozenset(), {call.node}, 0)
            self._verdicts[call] = trace.hides and not trace.leaks
        return self._verdicts[call]


class _Trace:
    """One taint from one detection."""

    def __init__(self, owner: Hiding) -> None:
        self.owner = owner
        self.images = owner.images
        self.hides = False
        self.leaks = False
        self.seen: set[tuple[Func, frozenset[str], frozenset[int]]] = set()

    def follow(self, func: Func, names: frozenset[str], calls: set[int], hops: int) -> None:
        """Follow tainted names and call results through a function."""
        state = (func, names, frozenset(calls))
        if self.leaks or state in self.seen:
            return
        self.seen.add(state)
        if hops > MAX_HOPS:
            self.leaks = True
            return
        tainted = set(names)
        results = set(calls)
        changed = True
        while changed:
            before = len(tainted) + len(results)
            for number, node in enumerate(func.nodes):
                self._spread(func, number, node, tainted, results)
            changed = len(tainted) + len(results) > before
        for number, node in enumerate(func.nodes):
            self._judge(func, number, node, tainted, results, hops)

    # ----------------------------------------------------------------------------------------------------------- taint

    def holds(self, expr: Expr | None, tainted: set[str], results: set[int]) -> bool:
        """Whether an expression's value holds a box or a crop by one."""
        if expr is None:
            return False
        if isinstance(expr, Name):
            return expr.id in tainted
        if isinstance(expr, Attr) and spell(expr) in tainted:
            return True
        if isinstance(expr, Result):
            return expr.node in results
        return any(self.holds(child, tainted, results) for child in children(expr))

    def _spread(self, func: Func, number: int, node: Node, tainted: set[str], results: set[int]) -> None:
        if node.op in (Op.ASSIGN, Op.FOR) and self.holds(node.value, tainted, results):
            if isinstance(node.target, Attr):
                tainted.add(spell(node.target))
            elif isinstance(node.target, Item) and not self.holds(node.target.index, tainted, results):
                if spell(node.target.base):
                    tainted.add(spell(node.target.base))
            tainted.update(target_names(node.target))
        elif node.op == Op.CALL and number not in results:
            name = last_name(node.value)
            if name in self.images.counting or self._is_face(func, number):
                return
            if self._hides(func, number, node):
                return
            given = any(self.holds(arg.value, tainted, results) for arg in node.args)
            of_box = isinstance(node.value, Attr) and self.holds(node.value.base, tainted, results)
            computes = of_box or self._neutral(func, number, name) or self.owner.graph.targets(func, number)
            if (given or of_box) and computes:
                if name in ("append", "extend", "add", "insert", "setdefault") and isinstance(node.value, Attr):
                    self._fill(func, spell(node.value.base), tainted)
                    return
                if name == "paste":
                    return
                if self.owner.graph.targets(func, number) and given and not of_box:
                    return  # judged inside the callee
                results.add(number)

    def _hides(self, func: Func, number: int, node: Node) -> bool:
        """Whether a call puts out a hidden face."""
        name = last_name(node.value)
        if self.owner.graph.targets(func, number):
            return False  # judged inside
        if name in self.images.applied:
            nodes = (
                func.nodes[arg.value.node].value if isinstance(arg.value, Result) else arg.value for arg in node.args
            )
            return any(last_name(each) in self.images.hide for each in nodes)
        return name in self.images.hide

    def _neutral(self, func: Func, number: int, name: str) -> bool:
        """Whether a call only computes: what it returns of a box is still one."""
        if name in self.images.neutral:
            return True
        if name in self.images.writing:
            return False
        found = self.owner.resolver.callee_values(func, number)
        return bool(found) and all(
            isinstance(v, Ext) and v.name.partition(".")[0] in self.images.modules for v in found
        )

    def _coarse(self, expr: Expr | None, func: Func, depth: int = 0) -> int:
        """How often a crop was made smaller or larger on the way to an expression: twice makes a mosaic."""
        most = 0
        for at in walk(expr) if depth < 8 else ():
            if isinstance(at, Name):
                for node in func.defs.get(at.id, ())[:4]:
                    if func.nodes[node].op == Op.ASSIGN:
                        most = max(most, self._coarse(func.nodes[node].value, func, depth + 1))
            elif isinstance(at, Result) and func.nodes[at.node].op == Op.CALL:
                call = func.nodes[at.node]
                given = [a.value for a in call.args[:1]]
                if isinstance(call.value, Attr):
                    given.append(call.value.base)
                below = max((self._coarse(each, func, depth + 1) for each in given), default=0)
                most = max(most, below + (last_name(call.value) in self.images.mosaic))
        return most

    def _fill(self, func: Func, name: str, tainted: set[str]) -> None:
        """Something is put into a container; one that the caller gave is the caller's."""
        if not name or name in tainted:
            return
        tainted.add(name)
        if any(param.name == name for param in func.ir.params) and name not in ("self", "cls"):
            sites = [s for s in self.owner.graph.sites(func) if s.call]
            if not sites:
                self.leaks = True
            for site in sites:
                given = self.owner.graph.bound_arguments(func, site).get(name)
                if isinstance(given, (Name, Attr)) and spell(given):
                    self.follow(site.func, frozenset((spell(given),)), set(), 1)

    def _keep(self, func: Func, name: str, hops: int) -> None:
        """Something is kept in an attribute: of the object itself, its other methods are followed."""
        owner = self.owner.resolver.enclosing_class(func)
        if owner is None or not name.startswith("self."):
            self.leaks = True
            return
        for other in owner.unit.functions:
            if other is not func and other.cls is owner:
                self.follow(other, frozenset((".".join(name.split(".")[:2]),)), set(), hops)

    def _is_face(self, func: Func, number: int) -> bool:
        return any(call.node == number for call in self.owner.faces.of(func))

    # -------------------------------------------------------------------------------------------------------- verdicts

    def _judge(self, func: Func, number: int, node: Node, tainted: set[str], results: set[int], hops: int) -> None:
        if self.leaks:
            return
        if node.op == Op.CALL:
            self._judge_call(func, number, node, tainted, results, hops)
        elif node.op == Op.ASSIGN and isinstance(node.target, Item):
            if self.holds(node.target.index, tainted, results):
                hidden = self._hidden(node.value, func) or self._coarse(node.value, func) > 1
                if self.holds(node.value, tainted, results) and not hidden:
                    return  # the very crop is put back
                self.hides = True
        elif node.op == Op.ASSIGN and isinstance(node.target, Attr):
            if self.holds(node.value, tainted, results):
                self._keep(func, spell(node.target), hops)
        elif node.op in (Op.RETURN, Op.YIELD) and self.holds(node.value, tainted, results):
            sites = [s for s in self.owner.graph.sites(func) if s.call]
            if not sites:
                self.leaks = True
            for site in sites:
                self.follow(site.func, frozenset(), {site.node}, hops + 1)

    def _judge_call(self, func: Func, number: int, node: Node, tainted: set[str], results: set[int], hops: int) -> None:
        name = last_name(node.value)
        given = [arg for arg in node.args if self.holds(arg.value, tainted, results)]
        of_box = isinstance(node.value, Attr) and self.holds(node.value.base, tainted, results)
        if not given and not of_box:
            return
        project = self.owner.graph.targets(func, number)
        if self._hides(func, number, node):
            self.hides = True
            return
        if name == "paste" and any(self._coarse(arg.value, func) > 1 for arg in given):
            self.hides = True
        if not project and name in self.images.filled and self._is_filled(node):
            self.hides = True
            return
        if name in self.images.counting or self._neutral(func, number, name):
            return
        targets = self.owner.graph.targets(func, number)
        if targets:
            for target, bound in targets:
                names = frozenset(
                    param
                    for param, expr in self.owner.graph.bind(target, node.args, bound)
                    if self.holds(expr, tainted, results)
                )
                if names:
                    self.follow(target, names, set(), hops + 1)
            return
        if of_box and not given and not self._is_face(func, number):
            return  # a method of the box itself: left(), width()
        self.leaks = True

    def _is_filled(self, node: Node) -> bool:
        for place, arg in enumerate(node.args):
            if arg.keyword == "fill":
                return True
            value = arg.value
            if arg.keyword in ("thickness", "") and (arg.keyword or place >= 3):
                if isinstance(value, Const) and value.value == -1:
                    return True
                if (
                    isinstance(value, Unary)
                    and value.op == "-"
                    and isinstance(value.operand, Const)
                    and value.operand.value == 1
                ):
                    return True
                if last_name(value) in self.images.filled_names:
                    return True
        return False

    def _hidden(self, expr: Expr | None, func: Func) -> bool:
        return any(
            isinstance(at, Result) and last_name(func.nodes[at.node].value) in self.images.hide for at in walk(expr)
        )
