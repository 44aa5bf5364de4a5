"""Paths that differ only in a decision after which everything is the same become one.

Where many faces are looked at on the way, this keeps the number of paths from doubling with each.  It is the merging
step of the tabulation of Boolean functions (E. J. McCluskey, *Minimization of Boolean Functions*, Bell System Technical
Journal, 1956), over the sides on which decisions were left.  Must not know programs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fr_lint.flow.access.domain import Env, Fact, Facts, Gate, Place

Path = tuple[Facts, Env]
Sides = frozenset[Gate]


def joined(paths: Iterable[Path]) -> list[Path]:
    """The paths, with a decision left on either side (``side`` is ``None``) in place of two."""
    groups: dict[tuple[frozenset[object], Facts], list[Sides]] = {}
    envs: dict[frozenset[object], Env] = {}
    for facts, env in paths:
        known: frozenset[object] = frozenset(env.items())
        envs.setdefault(known, env)
        gates = frozenset(f for f in facts if isinstance(f, Gate))
        groups.setdefault((known, facts - gates), []).append(gates)
    found: list[Path] = []
    for (known, rest), sides in groups.items():
        found.extend((rest | gates, envs[known]) for gates in _fewer(sides))
    return found


def _fewer(sides: list[Sides]) -> list[Sides]:
    if len(sides) < 2:
        return sides
    for branch in sorted({gate.branch for each in sides for gate in each}, key=lambda b: (b[0].key, b[1])):
        buckets: dict[Sides, list[Sides]] = {}
        for each in sides:
            buckets.setdefault(frozenset(g for g in each if g.branch != branch), []).append(each)
        sides = [one for rest, alike in buckets.items() for one in _either(branch, rest, alike)]
    return sides


def _either(branch: Place, rest: Sides, alike: list[Sides]) -> list[Sides]:
    """Paths that are alike but for one decision."""
    decided = [gate for each in alike for gate in each if gate.branch == branch]
    if len({gate.side for gate in decided}) < 2 or len(decided) < len(alike):
        return list(dict.fromkeys(alike))
    tokens = frozenset(token for gate in decided for token in gate.tokens)
    return [rest | {replace(decided[0], side=None, tokens=tokens)}]


def is_twin(one: Facts, other: Facts, branch: Place) -> bool:
    """Whether a place is reached with ``other`` just as with ``one``, but for the other side of a decision."""
    if frozenset(f for f in one if not isinstance(f, Gate)) != frozenset(f for f in other if not isinstance(f, Gate)):
        return False
    mine, its = _sides(one), _sides(other)
    if mine.keys() != its.keys() or (its[branch] is not None and its[branch] == mine[branch]):
        return False
    return all(side is None or side == mine[at] for at, side in its.items() if at != branch)


def _sides(facts: Iterable[Fact]) -> dict[Place, bool | None]:
    return {f.branch: f.side for f in facts if isinstance(f, Gate)}
