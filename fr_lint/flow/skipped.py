"""Can what a function stores survive it, although it deletes it on some path?

An edge cut: with the deletions taken away, can an exit be reached from the store (M. Kellogg and others, *Lightweight
and Modular Resource Leak Verification*, FSE 2021; W. Weimer, G. Necula, *Finding and preventing run-time error handling
mistakes*, OOPSLA 2004)?  It must not know libraries, faces or rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

from fr_lint.catalogue.guards import guards
from fr_lint.flow.asked import Asked
from fr_lint.flow.deciding import is_command, is_setting, named
from fr_lint.flow.endings import is_wrong_exit, is_wrong_name, polarity, side_left
from fr_lint.flow.program import Func
from fr_lint.flow.reachable import Reachable
from fr_lint.flow.resolve import last_name
from fr_lint.ir.model import Attr, Const, Expr, Name, Node, Op, Result
from fr_lint.ir.walk import walk

BROAD: Final = frozenset({"Exception", "BaseException"})


class Outcome(Enum):
    """How the paths from a store to the ends of its function stand."""

    NONE = "no deletion follows"
    OVERWRITTEN = "the deletion comes before the store only"
    FAILED = "deleted only where something went wrong"
    CLEAN = "deleted on every path"
    LEAK = "deleted on one path, not on another"


@dataclass(frozen=True, slots=True)
class Skip:
    """The outcome, and for a leak the line at which the path leaves the deletion out, and how."""

    outcome: Outcome
    line: int = 0
    how: str = ""
    nodes: frozenset[int] = frozenset()
    """The deletions that the outcome speaks of."""


class Paths:
    """The paths of one function from one store on."""

    def __init__(
        self,
        func: Func,
        store: int,
        deletions: Collection[int],
        later: Collection[int] = (),
        never: Callable[[int], bool] = lambda _: False,
    ) -> None:
        """``later``: those of the deletions that are only arranged there and happen at the end, whatever comes.

        ``never``: whether the call at a node never returns.
        """
        self.never = never
        self.later = frozenset(later)
        self.func = func
        self.nodes = func.nodes
        self.store = store
        self.asked = Asked(func)
        self.deletions = frozenset(deletions)
        self.reach = Reachable(func, self.deletions, exceptions=False, rounds=False)
        self.loops = self._clearing_loops()
        heads = {node.succ[0] for node in self.nodes if node.op == Op.LATCH and node.succ}
        self.storing = [body for head in sorted(heads) if store in (body := self._round(head))]  # loops around it
        self.reached: set[int] = set()
        self.ends: list[tuple[int, int, bool]] = []  # exit reached without deletion: (exit, last node, exceptional)

    def judge(self) -> Skip:
        """The verdict."""
        before = frozenset(d for d in self.deletions if d != self.store and self.reach.comes_after(self.store, d))
        before -= {d for d in before if d not in self.later and self._is_told(d)}
        self.deletions -= self._elsewhere()
        if before & self.later:
            return Skip(Outcome.CLEAN, nodes=before & self.later)
        self._walk()
        if not self.reached and (caught := self._caught()):
            return Skip(Outcome.FAILED, nodes=caught)
        if not self.reached:
            return Skip(Outcome.OVERWRITTEN, nodes=before) if before else Skip(Outcome.NONE)
        if not self.ends:
            return Skip(Outcome.CLEAN, nodes=frozenset(self.reached))
        good = [d for d in self.reached if not self._is_failure(d)]
        normal = [(last, line) for end, last, wrong in self.ends if not wrong and (line := self.nodes[last].line)]
        kept = [last for last, _ in normal if not self._is_wrong(last)]
        if not good:
            if kept or not normal:
                return Skip(Outcome.FAILED, nodes=frozenset(self.reached))
        if normal:
            last = min((last for last, _ in normal), key=lambda n: self.nodes[n].line)
            how = "return" if self.nodes[last].op == Op.RETURN else "branch"
            return Skip(Outcome.LEAK, self.nodes[last].line, how, frozenset(self.reached))
        last = min((last for _, last, _ in self.ends), key=lambda n: self.nodes[n].line)
        how = "raise" if self.nodes[last].op == Op.RAISE else "exception"
        return Skip(Outcome.LEAK, self.nodes[last].line, how, frozenset(self.reached))

    def _elsewhere(self) -> set[int]:
        """The deletions that other ways through the function lead to as well: what they delete was there before."""
        seen: set[int] = set()
        stack = [0]
        while stack:
            at = stack.pop()
            if at not in seen and at != self.store:
                seen.add(at)
                around = [body for body in self.storing if at in body]  # a loop that stores runs at least once
                stack.extend(to for to in self.nodes[at].succ if all(to in body for body in around))
        return {d for d in self.deletions if d not in self.later and self._is_apart(d, d in seen)}

    def _is_told(self, deletion: int) -> bool:
        """Whether a deletion before the store is a command of its own: neither needs the other."""
        branch = self._controlling(deletion, range(len(self.nodes)))
        if branch is None or not is_command(self.nodes[branch[0]].value, self.func):
            return False
        return self._leads(0, self.store, deletion) and self._leads(deletion, self.func.ir.exit, self.store)

    def _leads(self, start: int, end: int, around: int) -> bool:
        """Whether a node can be reached from another one without passing a third."""
        seen: set[int] = set()
        stack = [start]
        while stack:
            at = stack.pop()
            if at == end:
                return True
            if at not in seen and at != around:
                seen.add(at)
                stack.extend(self.nodes[at].succ)
        return False

    def _is_apart(self, deletion: int, avoidable: bool) -> bool:
        """Whether something else than what was stored decides about a deletion: a command, a button, the weather."""
        branch = self._controlling(deletion, self._without_exceptions)
        if branch is None:
            return avoidable
        asked = named(self.asked.at(branch[0]), self.func)
        if not asked:
            return True  # asked of the world: `sys.argv`, a button
        return avoidable and not any(self._is_stored_name(name) for name in asked)

    # ------------------------------------------------------------------------------------------------------------ graph

    def _walk(self) -> None:
        """Everything that the store reaches without passing a deletion; ends are noted with what led there."""
        seen: set[tuple[int, bool]] = set()
        stack = [(successor, self.store, False) for successor in self.nodes[self.store].succ]
        while stack:
            number, last, wrong = stack.pop()
            if number in self.deletions:
                self.reached.add(number)
                continue
            if number in (self.func.ir.exit, self.func.ir.raised):
                self.ends.append((number, last, number == self.func.ir.raised))
                continue
            if (number, wrong) in seen:
                continue
            seen.add((number, wrong))
            node = self.nodes[number]
            if self._ends_it(number):
                stack.append((node.exc if node.exc >= 0 else self.func.ir.raised, number, True))
                continue
            leaving = self.nodes[last].op in (Op.RETURN, Op.RAISE) and node.op != Op.CATCH
            here = number if node.op in (Op.RETURN, Op.RAISE) or not leaving else last
            stack.extend((successor, here, wrong) for successor in self._normal(number, node))
            if node.exc >= 0 and self._can_raise(node):
                stack.append((node.exc, number, True))
        if self.loops and not self.reached:
            self.reached |= {
                d for d in self.deletions if any(d in body for body in self.loops.values())
            } & self._forward(lambda ir: ir.succ if ir.op != Op.LATCH else self._past(ir.succ[0]))

    def _caught(self) -> frozenset[int]:
        """The deletions in handlers of exceptions, of whatever is not expected to raise one."""

        def steps(node: Node) -> tuple[int, ...]:
            return (*(node.succ if node.op != Op.LATCH else ()), *((node.exc,) if node.exc >= 0 else ()))

        return frozenset(self._forward(steps) & self.deletions)

    def _forward(self, steps: Callable[[Node], Iterable[int]]) -> set[int]:
        """All nodes after the store, by the steps that are taken from each of them."""
        seen: set[int] = set()
        stack = list(self.nodes[self.store].succ)
        while stack:
            at = stack.pop()
            if at not in seen:
                seen.add(at)
                stack.extend(steps(self.nodes[at]))
        return seen

    def _normal(self, number: int, node: Node) -> tuple[int, ...]:
        succ = node.succ
        if node.op == Op.LATCH:
            return self._past(succ[0]) if succ else ()
        if number in self.loops:
            self.reached |= self.loops[number] & self.deletions
            return ()
        if node.op == Op.BRANCH and len(succ) == 2:
            if isinstance(node.value, Const):
                return (succ[0] if node.value.value else succ[1],)
            if self._asks_existence(self.asked.at(number, calls=True)):
                return (succ[0],) if self._before_deletion(succ[0]) else succ
            if isinstance(node.value, Attr) and self._before_deletion(succ[0]):
                if self._is_stored_name(node.value.name):
                    return (succ[0],)
            left = side_left(self.asked.at(number), self._is_deleted)
            if left is not None:
                return (succ[left],)
        if node.op == Op.CATCH and len(succ) == 2:
            if node.value is None or last_name(node.value) in BROAD:
                return (succ[0],)
        if node.op == Op.UNWIND and len(succ) == 2 and not self._swallows(node.value):
            return (succ[1],)
        return succ

    def _past(self, head: int) -> tuple[int, ...]:
        """After the last round of a loop: the next round stores something else."""
        node = self.nodes[head]
        if node.op in (Op.FOR, Op.BRANCH) and len(node.succ) == 2:
            if head in self.loops:
                return ()
            if isinstance(node.value, Const) and node.value.value:
                return self._breaks(head)
            return (node.succ[1],)
        return tuple(node.succ)

    def _breaks(self, head: int) -> tuple[int, ...]:
        """Where an endless loop is left, if a deletion comes after it and none is in it."""
        body = self._round(head)
        if body & self.deletions:
            return ()
        ends = (self.func.ir.exit, self.func.ir.raised)
        found = {after for at in body for after in self.nodes[at].succ if after not in body and after not in ends}
        return tuple(sorted(at for at in found if any(self.reach.comes_before(at, d) for d in self.deletions)))

    def _round(self, head: int) -> set[int]:
        """The nodes of a loop: those that lead to its head and come after it."""
        found = {head}
        stack = [at for at in self.func.preds[head] if self.nodes[at].op == Op.LATCH]
        while stack:
            at = stack.pop()
            if at not in found:
                found.add(at)
                stack.extend(self.func.preds[at])
        return found

    def _clearing_loops(self) -> dict[int, frozenset[int]]:
        """Loops that delete each element: the head of the loop stands for the deletion (of none, if there are none)."""
        found: dict[int, frozenset[int]] = {}
        for number, node in enumerate(self.nodes):
            if node.op == Op.FOR and len(node.succ) == 2:
                body = self._body(number)
                if self.store not in body and body & self.deletions:
                    found[number] = frozenset(body)
        return found

    def _body(self, head: int) -> set[int]:
        """The nodes of a loop: what its first successor reaches before the loop's end, and that leads back to it."""
        seen: set[int] = set()
        stack = [self.nodes[head].succ[0]]
        end = self.nodes[head].succ[1]
        while stack:
            at = stack.pop()
            if at in seen or at in (head, end, self.func.ir.exit, self.func.ir.raised):
                continue
            seen.add(at)
            stack.extend(self.nodes[at].succ)
        return seen if any(head in self.nodes[at].succ for at in seen) else set()

    def _before_deletion(self, number: int) -> bool:
        """Whether a deletion comes at once on this way, but for what cannot fail."""
        for _ in range(12):
            if number in self.deletions:
                return True
            node = self.nodes[number]
            if node.op not in (Op.NOP, Op.CALL, Op.ASSIGN) or len(node.succ) != 1 or self._can_raise(node):
                return number in self.loops
            number = node.succ[0]
        return False

    def _asks_existence(self, expr: Expr | None) -> bool:
        return isinstance(expr, Result) and last_name(self.nodes[expr.node].value) in guards().outcome_existence

    def _is_stored_name(self, name: str) -> bool:
        """Whether the deletion is guarded by the very name of what was stored: it is set once it is stored."""
        return any(
            any(isinstance(at, Name) and at.id == name for arg in self.nodes[d].args for at in walk(arg.value))
            or (
                isinstance(callee := self.nodes[d].value, Attr)
                and any(isinstance(at, Name) and at.id == name for at in walk(callee))
            )
            for d in self.deletions
        )

    def _is_deleted(self, name: str) -> bool:
        """Whether a name stands for what is deleted, or says where it lies."""
        firsts = [self.nodes[d].args[0].value for d in self.deletions if self.nodes[d].args]
        firsts += [callee.base for d in self.deletions if isinstance(callee := self.nodes[d].value, Attr)]
        return any(isinstance(at, Name) and at.id == name for first in firsts for at in walk(first))

    def _swallows(self, manager: Expr | None) -> bool:
        name = last_name(manager)
        if isinstance(manager, Result):
            name = last_name(self.nodes[manager.node].value)
        return name in guards().outcome_swallowing

    def _ends_it(self, number: int) -> bool:
        """Whether a node is a call that never returns."""
        return self.nodes[number].op == Op.CALL and self.never(number)

    @staticmethod
    def _can_raise(node: Node) -> bool:
        if node.op in (Op.RAISE, Op.YIELD):
            return True
        if node.op == Op.CALL:
            return last_name(node.value) not in guards().outcome_safe
        return node.op in (Op.CATCH, Op.UNWIND)

    # ---------------------------------------------------------------------------------------------------------- failure

    def _is_failure(self, deletion: int) -> bool:
        """Whether a deletion happens only where something went wrong."""
        if deletion not in self._without_exceptions:
            return True
        branch = self._controlling(deletion, self._without_exceptions)
        if branch is not None and not is_setting(self.nodes[branch[0]].value):
            sign = polarity(self._condition(branch[0]), self.func, branch[1])
            if sign is not None:
                return not sign
        exits = self._exits_after(deletion)
        return bool(exits) and all(self._is_wrong(last) for last in exits)

    def _condition(self, branch: int) -> Expr | None:
        """What a branch asks: the attribute that a name stands for, if that is what says that something is wrong."""
        whole = self.asked.at(branch, calls=True)
        return whole if isinstance(whole, Attr) and is_wrong_name(whole.name) else self.asked.at(branch)

    @cached_property
    def _without_exceptions(self) -> set[int]:
        return self._forward(lambda ir: ir.succ)

    def _controlling(self, deletion: int, among: Iterable[int]) -> tuple[int, bool] | None:
        """The last of some branches that decides whether a deletion happens, and on which side it does."""
        found: tuple[int, bool] | None = None
        for number in sorted(among):
            node = self.nodes[number]
            if node.op != Op.BRANCH or len(node.succ) != 2 or node.succ[0] == node.succ[1]:
                continue
            if self._asks_existence(self.asked.at(number, calls=True)):
                continue
            if any(number in body and deletion not in body for body in self.storing):
                continue  # when the loop ends
            sides = [self.reach.comes_before(successor, deletion) for successor in node.succ]
            if sides[0] != sides[1]:
                found = (number, sides[0])
        return found

    def _is_wrong(self, last: int) -> bool:
        return self._ends_it(last) or is_wrong_exit(self.func, last)

    def _exits_after(self, deletion: int) -> list[int]:
        """The last statements on the ways from a deletion to an end of the function."""
        found: list[int] = []
        seen: set[int] = set()
        stack = [(successor, deletion) for successor in self.nodes[deletion].succ]
        while stack:
            at, last = stack.pop()
            node = self.nodes[at]
            if at in (self.func.ir.exit, self.func.ir.raised):
                found.append(last)
                continue
            if at in seen:
                continue
            seen.add(at)
            if self._ends_it(at):
                found.append(at)
                continue
            here = at if node.op in (Op.RETURN, Op.RAISE) else last
            stack.extend((successor, here) for successor in node.succ)
            if node.op == Op.RAISE and node.exc >= 0:
                stack.append((node.exc, here))
        return found
