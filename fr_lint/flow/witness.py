"""Why a face call is silent: the tests of consent that stand before it, as places.

Reads solved functions backwards from the call to the edges on which consent came in; where it was there from the
beginning, goes on in the callers.  Must not know rules, nor how an answer is shown.
"""

from __future__ import annotations

from typing import Final

from fr_lint.findings import Step
from fr_lint.flow.entry import Entries
from fr_lint.flow.facts import CONSENT, QUERY, State
from fr_lint.flow.program import Func

MAX_FUNCTIONS: Final = 40  # callers further up are not looked at


def guards(entries: Entries, func: Func, node: int) -> tuple[Step, ...]:
    """The places at which the paths to a node pass a test of consent with consent given; empty if none does."""
    found: set[Step] = set()
    seen: set[tuple[Func, int]] = set()
    stack = [(func, node)]
    while stack and len(seen) < MAX_FUNCTIONS:
        at = stack.pop()
        if at in seen:
            continue
        seen.add(at)
        places, from_callers = _inside(entries, *at)
        found.update(places)
        if from_callers:
            here = at[0]
            if here.ir.decorators or here.cls is not None or entries.is_entry(here):
                if entries.hooks.before(here) and any(_consents(facts) for facts in entries.hooks.before(here)):
                    found.add(Step(here.unit.path, here.ir.line, f"what stands before {here.qualname}()"))
            stack += [(site.func, site.node) for site in entries.callers(here)]
    return tuple(sorted(found))


def _inside(entries: Entries, func: Func, node: int) -> tuple[set[Step], bool]:
    """The places in one function, and whether some path held consent when the function was entered."""
    states = entries.run(func).states
    places: set[Step] = set()
    if not _given(states[node]):
        return places, False
    seen = {node}
    stack = [node]
    entered = False
    while stack:
        number = stack.pop()
        if number == 0:
            entered = True
        for before in func.preds[number]:
            if before in seen or not states[before]:
                continue
            if _given(states[before]):
                seen.add(before)
                stack.append(before)
            elif entries.solver.never_returns(func, before) is None:
                places.add(Step(func.unit.path, func.nodes[before].line, f"consent is tested in {func.qualname}"))
    return places, entered


def _given(state: State | None) -> bool:
    return bool(state) and all(_consents(facts) for facts in state or ())


def _consents(facts: frozenset[object]) -> bool:
    return any(getattr(atom, "kind", "") in (CONSENT, QUERY) for atom in facts)
