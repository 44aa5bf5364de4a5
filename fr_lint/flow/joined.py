"""How path states are joined where ways meet: paths with the same facts become one, with what both know of variables.

Must not know programs, names or words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fr_lint.flow.facts import (
    BEGUN,
    CONSENT,
    EMPTY,
    MAX_ENV,
    NONE,
    TERMS,
    TEST,
    Atom,
    Chosen,
    Either,
    Env,
    Facts,
    Known,
    Nothing,
    Pair,
    Presumed,
    State,
    Val,
    join_values,
    meet,
)

MAX_DISJUNCTS: Final = 24
MAX_TOLD: Final = 2  # conditions that one variable goes with


def _sides(env: Env, key: str, value: Val | None, wanted: bool) -> tuple[Val | None, ...]:
    """What ``value`` adds to one side of an :class:`Either`: nothing, where the condition is known to be otherwise."""
    known = env.get(key)
    return () if isinstance(known, Known) and known.value is not wanted else (value,)


def _either(into: Env, other: Env, name: str, key: str) -> Either | None:
    """What two kinds of path together say of a variable under a condition; ``None``: no more than without it."""
    sides: list[Val | None] = []
    for wanted in (True, False):
        values: list[Val | None] = []
        for env in (into, other):
            kept = env.get(f"&{name} {key}")
            if isinstance(kept, Either):
                values.append(kept.true if wanted else kept.false)
            else:
                values.extend(_sides(env, key, env.get(name), wanted))
        sides.append(values[0] if len(values) == 1 else join_values(values[0], values[1]) if values else None)
    # what a list holds changes without an assignment
    if sides[0] == sides[1] or any(isinstance(side, (Chosen, Pair)) or side == EMPTY for side in sides):
        return None
    return Either(sides[0], sides[1])


def _related(into: Env, other: Env) -> Env:
    """The variables that go with a condition on which the two kinds of path differ, or that went with one before."""
    kept = {spelled for env in (into, other) for spelled in env if spelled[0] == "&"}
    told = [
        key
        for key, value in into.items()
        if key[0] == "?" and key[1] != "~" and "self." not in key and key in other and other[key] != value
    ]
    if told and len(into) <= MAX_ENV:
        for name in (*into, *(one for one in other if one not in into)):
            if name.isidentifier() and into.get(name) != other.get(name):
                kept.update(f"&{name} {key}" for key in told[-MAX_TOLD:])
    found: Env = {}
    for spelled in sorted(kept):
        name, _, key = spelled[1:].partition(" ")
        both = _either(into, other, name, key)
        if both is not None:
            found[spelled] = both
    return found


def join_env(into: Env, other: Env) -> bool:
    """Join ``other`` into ``into``; whether anything changed."""
    related = _related(into, other)
    changed = False
    for spelled in [spelled for spelled in into if spelled[0] == "&" and spelled not in related]:
        del into[spelled]
        changed = True
    for name in list(into):
        if name[0] == "&":
            continue
        if name not in other:
            if not isinstance(into[name], (Presumed, Nothing)):
                del into[name]
                changed = True
            continue
        joined = join_values(into[name], other[name])
        if joined is None:
            del into[name]
            changed = True
        elif joined != into[name]:
            into[name] = joined
            changed = True
    for name, value in other.items():
        if name not in into and isinstance(value, (Presumed, Nothing)):
            into[name] = value
            changed = True
    for spelled, either in related.items():
        if into.get(spelled) != either:
            into[spelled] = either
            changed = True
    return changed


def join_state(into: State, other: State) -> bool:
    """Join path states; whether ``into`` changed."""
    changed = False
    for facts, env in other.items():
        mine = into.get(facts)
        if mine is None:
            into[facts] = dict(env)
            changed = True
        elif mine is not env:
            changed = join_env(mine, env) or changed
    if len(into) > MAX_DISJUNCTS:
        collapse(into)
        changed = True
    return changed


def collapse(state: State) -> None:
    """Too many kinds of path: forget conditions over parameters first, then what only some paths know."""
    keepers: tuple[Callable[[Atom], bool], ...] = (
        lambda atom: atom.kind not in (TEST, BEGUN),
        lambda atom: atom.kind in (CONSENT, TERMS) and not atom.extra,
    )
    every: Facts = frozenset().union(*state)
    for keep in keepers:
        gone = frozenset(atom for atom in every if not keep(atom))
        if not gone:
            continue
        merged: State = {}
        for facts, env in state.items():
            smaller = facts - gone
            if smaller in merged:
                join_env(merged[smaller], env)
            else:
                merged[smaller] = dict(env)
        state.clear()
        state.update(merged)
        if len(state) <= MAX_DISJUNCTS:
            return
    shared = meet(state)
    joined: Env = {}
    for number, other in enumerate(list(state.values())):
        if number == 0:
            joined = dict(other)
        else:
            join_env(joined, other)
    state.clear()
    state[shared or NONE] = joined
