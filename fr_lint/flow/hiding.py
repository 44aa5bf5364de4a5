"""De-identification: detection whose results reach only operations that hide the face.

A forward taint of the boxes through one function, the project functions they are passed to, and the callers they are
returned to.  Must not know consent or rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.images import Images
from fr_lint.flow.faces import FaceCall, FaceCalls
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.identifiers import last_name
from fr_lint.flow.program import Func, target_names
from fr_lint.flow.subjects import spell
from fr_lint.flow.tainting import Either, Held, Taint, Tainting
from fr_lint.flow.values import Ext
from fr_lint.ir.model import Attr, Const, Expr, Item, Name, Node, Op, Result, Unary
from fr_lint.ir.walk import reads, walk

MAX_HOPS = 10
MAX_OWN = 8  # calls that a result goes through before it is looked at together with all others
FILLS = frozenset({"append", "extend", "add", "insert", "setdefault"})


class Hiding:
    """Tells privacy measures from face processing."""

    def __init__(self, graph: CallGraph, faces: FaceCalls, images: Images) -> None:
        self.graph = graph
        self.resolver = graph.resolver
        self.faces = faces
        self.images = images
        self._verdicts: dict[FaceCall, bool] = {}
        self._taintings: dict[Func, Tainting] = {}
        self._shared: dict[tuple[Func, frozenset[Held]], _Shared] = {}

    def is_measure(self, call: FaceCall) -> bool:
        """Whether a ``detect`` call serves to hide faces, and nothing else."""
        if call.api.role != "detect" or call.handed:
            return False
        if call not in self._verdicts:
            trace = _Trace(self)
            trace.detection(call.func, call.node)
            self._verdicts[call] = trace.hides and not trace.leaks
        return self._verdicts[call]

    def tainting(self, func: Func) -> Tainting:
        """The taints of a function, by the rules of boxes."""
        if func not in self._taintings:

            def step(number: int, taint: Taint) -> Iterator[Held]:
                return self._spread(func, number, taint)

            self._taintings[func] = Tainting(func, step)
        return self._taintings[func]

    def shared(self, func: Func, held: frozenset[Held]) -> _Shared:
        """What becomes of what some variables hold: asked once, however many detections end in these variables."""
        memo_key = (func, held)
        if memo_key not in self._shared:
            taint = self.tainting(func).close(held)
            hiding, leaking = set(), set()
            for number in taint.nodes:
                trace = _Trace(self)
                trace.judge(func, number, taint, 0)
                if trace.hides:
                    hiding.add(number)
                if trace.leaks:
                    leaking.add(number)
            self._shared[memo_key] = _Shared(taint, hiding, leaking)
        return self._shared[memo_key]

    # ----------------------------------------------------------------------------------------------------------- taint

    def _spread(self, func: Func, number: int, taint: Taint) -> Iterator[Held]:
        """What holds a box, or a crop by one, after a node."""
        node = func.nodes[number]
        if node.op in (Op.ASSIGN, Op.FOR) and taint.in_(node.value):
            if isinstance(node.target, Attr):
                yield spell(node.target)
            elif isinstance(node.target, Item) and not taint.in_(node.target.index):
                if spell(node.target.base):
                    yield spell(node.target.base)
            yield from target_names(node.target)
        elif node.op == Op.CALL and self._computes(func, number, node, taint):
            name = last_name(node.value)
            if name in FILLS and isinstance(node.value, Attr):
                if spell(node.value.base):
                    yield spell(node.value.base)
            elif name != "paste":
                given = any(taint.in_(arg.value) for arg in node.args)
                of_box = isinstance(node.value, Attr) and taint.in_(node.value.base)
                if of_box or not (given and self.graph.targets(func, number)):  # else it is judged inside the callee
                    yield number

    def _computes(self, func: Func, number: int, node: Node, taint: Taint) -> bool:
        """Whether a call is given boxes and makes something of them that still is one, or puts them somewhere."""
        name = last_name(node.value)
        if number in taint.held or name in self.images.counting or number in self.faces.nodes_of(func):
            return False
        if self.hides(func, number, node):
            return False
        of_box = isinstance(node.value, Attr) and taint.in_(node.value.base)
        if of_box:
            return True
        given = any(taint.in_(arg.value) for arg in node.args)
        return given and (self.is_neutral(func, number, name) or bool(self.graph.targets(func, number)))

    def fills(self, func: Func, number: int, taint: Taint) -> str:
        """The container into which a call puts a box; empty for none."""
        node = func.nodes[number]
        if last_name(node.value) not in FILLS or not isinstance(node.value, Attr):
            return ""
        return spell(node.value.base) if self._computes(func, number, node, taint) else ""

    def hides(self, func: Func, number: int, node: Node) -> bool:
        """Whether a call puts out a hidden face."""
        name = last_name(node.value)
        if self.graph.targets(func, number):
            return False  # judged inside
        if name in self.images.applied:
            nodes = (
                func.nodes[arg.value.node].value if isinstance(arg.value, Result) else arg.value for arg in node.args
            )
            return any(last_name(each) in self.images.hide for each in nodes)
        return name in self.images.hide

    def is_neutral(self, func: Func, number: int, name: str) -> bool:
        """Whether a call only computes: what it returns of a box is still one."""
        if name in self.images.neutral:
            return True
        if name in self.images.writing:
            return False
        found = self.resolver.callee_values(func, number)
        return bool(found) and all(
            isinstance(v, Ext) and v.name.partition(".")[0] in self.images.modules for v in found
        )

    def coarse(self, expr: Expr | None, func: Func, depth: int = 0) -> int:
        """How often a crop was made smaller or larger on the way to an expression: twice makes a mosaic."""
        most = 0
        for at in walk(expr) if depth < 8 else ():
            if isinstance(at, Name):
                for node in func.defs.get(at.id, ())[:4]:
                    if func.nodes[node].op == Op.ASSIGN:
                        most = max(most, self.coarse(func.nodes[node].value, func, depth + 1))
            elif isinstance(at, Result) and func.nodes[at.node].op == Op.CALL:
                call = func.nodes[at.node]
                given = [a.value for a in call.args[:1]]
                if isinstance(call.value, Attr):
                    given.append(call.value.base)
                below = max((self.coarse(each, func, depth + 1) for each in given), default=0)
                most = max(most, below + (last_name(call.value) in self.images.mosaic))
        return most


def _read(node: Node) -> Iterator[Expr]:
    return (at for expr in reads(node) for at in walk(expr))


class _Shared:
    """What becomes of variables: the taint, and the nodes that hide a face or let it out."""

    def __init__(self, taint: Taint, hiding: set[int], leaking: set[int]) -> None:
        self.taint = taint
        self.hiding = hiding
        self.leaking = leaking


class _Trace:
    """One taint from one detection."""

    def __init__(self, owner: Hiding) -> None:
        self.owner = owner
        self.images = owner.images
        self.hides = False
        self.leaks = False
        self.seen: set[tuple[Func, frozenset[Held]]] = set()

    def detection(self, func: Func, call: int) -> None:
        """Follow one call's result: its own uses by themselves, the variables that take it together with all others."""
        tainting = self.owner.tainting(func)
        own: set[Held] = {call}
        direct: set[int] = set()
        taken: set[Held] = set()
        for _ in range(MAX_OWN):
            direct.update(number for held in own for number in tainting.uses(held))
            taint = Taint(own, own)
            taken.update(held for number in sorted(direct) for held in tainting.step(number, taint))
            more = {held for held in taken if isinstance(held, int)} - own
            if not more:
                break
            own = own | more
        shared = self.owner.shared(func, frozenset(taken - own))
        both = Taint(Either(shared.taint.held, own), own)
        if any(held not in both.held for number in direct for held in tainting.step(number, both)):
            self.follow(func, frozenset((call,)), 0)
            return
        self.hides = len(shared.hiding) > len(shared.hiding & direct)
        self.leaks = len(shared.leaking) > len(shared.leaking & direct)
        for number in sorted(direct):
            self.judge(func, number, both, 0)

    def follow(self, func: Func, held: frozenset[Held], hops: int) -> None:
        """Follow tainted names and call results through a function."""
        state = (func, held)
        if self.leaks or state in self.seen:
            return
        self.seen.add(state)
        if hops > MAX_HOPS:
            self.leaks = True
            return
        taint = self.owner.tainting(func).close(held)
        for number in taint.nodes:
            self.judge(func, number, taint, hops)

    # -------------------------------------------------------------------------------------------------------- verdicts

    def judge(self, func: Func, number: int, taint: Taint, hops: int) -> None:
        """What one node does to what is tainted."""
        if self.leaks:
            return
        node = func.nodes[number]
        if node.op == Op.CALL:
            filled = self.owner.fills(func, number, taint)
            if filled and filled not in taint.start:
                self._fill(func, filled)
            self._judge_call(func, number, node, taint, hops)
        elif node.op == Op.ASSIGN and isinstance(node.target, Item):
            if taint.in_(node.target.index):
                hidden = self._hidden(node.value, func) or self.owner.coarse(node.value, func) > 1
                if taint.in_(node.value) and not hidden:
                    return  # the very crop is put back
                self.hides = True
        elif node.op == Op.ASSIGN and isinstance(node.target, Attr):
            if taint.in_(node.value):
                self._keep(func, spell(node.target), hops)
        elif node.op in (Op.RETURN, Op.YIELD) and taint.in_(node.value):
            sites = [s for s in self.owner.graph.sites(func) if s.call]
            if not sites:
                self.leaks = True
            mosaic = self.owner.coarse(node.value, func) > 1
            for site in sites:
                if mosaic and self._is_put_back(site.func, site.node):
                    self.hides = True
                else:
                    self.follow(site.func, frozenset((site.node,)), hops + 1)

    @staticmethod
    def _is_put_back(func: Func, call: int) -> bool:
        """Whether what a call gives goes into a part of a picture, and nowhere else."""
        users = [node for node in func.nodes if any(isinstance(at, Result) and at.node == call for at in _read(node))]
        return bool(users) and all(node.op == Op.ASSIGN and isinstance(node.target, Item) for node in users)

    def _judge_call(self, func: Func, number: int, node: Node, taint: Taint, hops: int) -> None:
        name = last_name(node.value)
        given = [arg for arg in node.args if taint.in_(arg.value)]
        of_box = isinstance(node.value, Attr) and taint.in_(node.value.base)
        if not given and not of_box:
            return
        project = self.owner.graph.targets(func, number)
        if self.owner.hides(func, number, node):
            self.hides = True
            return
        if name == "paste" and any(self.owner.coarse(arg.value, func) > 1 for arg in given):
            self.hides = True
        if not project and name in self.images.filled and self._is_filled(node):
            self.hides = True
            return
        if name in self.images.counting or self.owner.is_neutral(func, number, name):
            return
        if project:
            for target, bound in project:
                names: frozenset[Held] = frozenset(
                    param for param, expr in self.owner.graph.bind(target, node.args, bound) if taint.in_(expr)
                )
                if names:
                    self.follow(target, names, hops + 1)
            return
        if of_box and not given and number not in self.owner.faces.nodes_of(func):
            return  # a method of the box itself: left(), width()
        self.leaks = True

    def _fill(self, func: Func, name: str) -> None:
        """Something is put into a container; one that the caller gave is the caller's."""
        if any(param.name == name for param in func.ir.params) and name not in ("self", "cls"):
            sites = [s for s in self.owner.graph.sites(func) if s.call]
            if not sites:
                self.leaks = True
            for site in sites:
                given = self.owner.graph.bound_arguments(func, site).get(name)
                if isinstance(given, (Name, Attr)) and spell(given):
                    self.follow(site.func, frozenset((spell(given),)), 1)

    def _keep(self, func: Func, name: str, hops: int) -> None:
        """Something is kept in an attribute: of the object itself, its other methods are followed."""
        owner = self.owner.resolver.enclosing_class(func)
        if owner is None or not name.startswith("self."):
            self.leaks = True
            return
        for other in owner.unit.functions:
            if other is not func and other.cls is owner:
                self.follow(other, frozenset((".".join(name.split(".")[:2]),)), hops)

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
