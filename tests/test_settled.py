"""Questions that lead to one another: the least fixed point, whoever asks first, and none asked too often."""

from __future__ import annotations

import random
import sys

import pytest

from fr_lint.flow.settled import DEEPEST, Settled


class Graph:
    """Each node asks others, and adds a number of its own."""

    def __init__(self, edges: dict[int, list[int]]) -> None:
        self.edges = edges
        self.settled = Settled()
        self.made = 0

    def ask(self, node: int) -> tuple[int, ...]:
        return self.settled.find(node, lambda: self._make(node), ())

    def _make(self, node: int) -> tuple[int, ...]:
        self.made += 1
        return tuple(sorted({node}.union(*(self.ask(other) for other in self.edges[node]))))

    def reachable(self, node: int) -> tuple[int, ...]:
        seen, todo = {node}, [node]
        while todo:
            for other in self.edges[todo.pop()]:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return tuple(sorted(seen))


@pytest.mark.parametrize("seed", range(60))
def test_every_order_gives_the_least_fixed_point(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.randrange(1, 14)
    edges = {n: [chance.randrange(size) for _ in range(chance.randrange(4))] for n in range(size)}
    for _ in range(4):
        graph = Graph(edges)
        order = chance.sample(range(size), size)
        assert {node: graph.ask(node) for node in order} == {node: graph.reachable(node) for node in order}
        again = graph.made
        assert all(graph.ask(node) == graph.reachable(node) for node in order)
        assert graph.made == again, "what is known is not made again"


@pytest.mark.parametrize("size", [10, 20, 40, 80])
def test_what_is_asked_twice_on_each_level_is_made_once(size: int) -> None:
    graph = Graph({n: [n + 1, n + 1] if n < size else [] for n in range(size + 1)})
    assert graph.ask(0) == tuple(range(size + 1))
    assert graph.made == size + 1


@pytest.mark.parametrize("size", [10, 20, 40, 80])
def test_a_ring_with_short_cuts_is_gone_round_a_few_times(size: int) -> None:
    graph = Graph({n: [(n + 1) % size, (n + 2) % size] for n in range(size)})
    assert graph.ask(0) == tuple(range(size))
    assert graph.made <= 6 * size


def test_what_lies_too_deep_is_nothing_but_is_answered_when_asked_for_itself() -> None:
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 5000))
    size = DEEPEST * 2
    graph = Graph({n: [n + 1] if n < size else [] for n in range(size + 1)})
    assert graph.ask(0) == tuple(range(DEEPEST))
    assert graph.ask(size - 5) == tuple(range(size - 5, size + 1)), "the cut is not remembered"
    assert graph.ask(size - DEEPEST) == tuple(range(size - DEEPEST, size + 1))


def test_an_error_leaves_nothing_half_done() -> None:
    graph = Graph({0: [1], 1: [2, 0], 2: [0]})
    real = graph._make
    fail = [2]

    def make(node: int) -> tuple[int, ...]:
        if node in fail:
            raise RuntimeError
        return real(node)

    graph._make = make  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(RuntimeError):
            graph.ask(0)
    fail.clear()
    assert [graph.ask(n) for n in range(3)] == [(0, 1, 2)] * 3
