"""Variables that go with a condition: ``ok = True``, then ``flag and (ok := consent)``, then ``ok and flag``.

Paths with the same facts are merged.  Where they differ in a condition that is asked again, what a variable is on
either side of it is kept (:class:`fr_lint.flow.facts.Either`); where the variable is read, the paths are taken apart
again.

Must not know what a variable says.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.flow.facts import Either, Env, Facts, Known, State
from fr_lint.ir.model import Expr, Name, Node
from fr_lint.ir.walk import names_in


def narrowed(env: Env, key: str, truth: bool) -> Env:
    """The paths of ``env`` on which a condition comes out so."""
    fresh = dict(env)
    fresh[key] = Known(truth)
    for spelled, value in env.items():
        if spelled[0] == "&" and isinstance(value, Either):
            name, _, on = spelled[1:].partition(" ")
            if on == key:
                del fresh[spelled]
                side = value.true if truth else value.false
                if side is not None:
                    fresh[name] = side
                else:
                    fresh.pop(name, None)
    return fresh


def apart(env: Env, read: Expr | None) -> Iterator[Env]:
    """The kinds of path in ``env``, taken apart where ``read`` asks for a variable that goes with a condition."""
    going = [spelled[1:].partition(" ") for spelled in env if spelled[0] == "&"]
    names = frozenset(names_in(read)) if going and read is not None else frozenset()
    key = next((key for name, _, key in going if name in names), "")
    if not key:
        yield env
        return
    for truth in (True, False):
        yield from apart(narrowed(env, key, truth), read)


def split(state: State, read: Expr | None) -> Iterator[tuple[Facts, Env]]:
    """The kinds of path of a state, taken apart likewise."""
    for facts, env in state.items():
        for each in apart(env, read):
            yield facts, each


def lent(state: State, node: Node, rebound: frozenset[str]) -> State:
    """After a call: what is handed to it, whose method it is, and what nested functions rebind may have changed."""
    if not any(spelled[0] == "&" for env in state.values() for spelled in env):
        return state
    base = getattr(node.value, "base", None)
    names = {value.id for value in (base, *(arg.value for arg in node.args)) if isinstance(value, Name)}
    names |= rebound
    return {
        facts: {
            spelled: value
            for spelled, value in env.items()
            if spelled[0] != "&" or spelled[1:].partition(" ")[0] not in names
        }
        for facts, env in state.items()
    }
