"""What the parts of the solver share: the result of a run, and small operations on path states.

Must not know how a state comes about.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fr_lint.flow.facts import (
    Facts,
    Raised,
    State,
    Val,
)
from fr_lint.flow.program import Func

RAISED = "!exc"

RETURNED = "@ret"

READING = "?"  # what reading an attribute or an item may raise

Edges = list[tuple[int, State]]


@dataclass(slots=True)
class Run:
    """The result of solving one function."""

    func: Func
    states: list[State | None]
    exits: dict[int, list[tuple[Facts, Val | None]]] = field(default_factory=dict)
    steps: int = 0

    def outcomes(self) -> list[tuple[Facts, Val | None]]:
        """Facts and value at every normal end, without duplicates."""
        return list(dict.fromkeys(pair for pairs in self.exits.values() for pair in pairs))


def re_root(spelled: str) -> str:
    """The root name of a spelling such as ``user.consent`` or ``session[consent]``."""
    for place, char in enumerate(spelled):
        if char in ".[":
            return spelled[:place]
    return spelled


def without(state: State, name: str) -> State:
    """The state with one name forgotten."""
    if not any(name in env for env in state.values()):
        return state
    return {facts: {k: v for k, v in env.items() if k != name} for facts, env in state.items()}


def marked(state: State, kind: str) -> State:
    """The state with an exception under way."""
    if kind == "*":  # of an unknown class
        return without(state, RAISED)
    return {facts: {**env, RAISED: Raised(frozenset((kind,)))} for facts, env in state.items()}
