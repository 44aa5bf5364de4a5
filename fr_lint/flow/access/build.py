"""The fallback analysis put together for one project.  Wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fr_lint.catalogue.grants import authenticators, grants
from fr_lint.catalogue.guards import guards
from fr_lint.catalogue.vocabulary import vocabulary
from fr_lint.flow.access.calls import Calls
from fr_lint.flow.access.carried import Carried
from fr_lint.flow.access.declined import Declined
from fr_lint.flow.access.evaluate import Expressions
from fr_lint.flow.access.gates import Gates
from fr_lint.flow.access.granting import Granting
from fr_lint.flow.access.relevant import Relevant
from fr_lint.flow.access.roots import Roots
from fr_lint.flow.access.verdicts import FallbackEvidence, Fallbacks
from fr_lint.flow.access.walker import Walker

if TYPE_CHECKING:
    from fr_lint.flow.engine import Engine


def judged(engine: Engine) -> list[FallbackEvidence]:
    """Every face-gated grant of the engine's project, with its verdict and evidence."""
    words = authenticators()
    carried = Carried(engine.resolver, grants())
    expressions = Expressions(engine.resolver, words, carried)
    policy, named = engine.policy, engine.named
    granting = Granting(
        engine.graph,
        grants(),
        lambda func, node: named.is_called(policy.grants, func, node),
        lambda node: carried.signed(node) is not None,
    )
    roles = frozenset(policy.roles.fallback)
    calls = Calls(
        expressions,
        engine.face_calls,
        words,
        vocabulary(),
        roles,
        lambda func, node: named.is_called(policy.alternative_authenticators, func, node),
        guards(),
    )
    relevant = Relevant(engine.graph, engine.face_calls, granting, words, calls.listed, lambda: calls.homemade)
    gates = Gates(engine.graph, engine.hooks.asking, engine.entries, guards())
    walker = Walker(engine.graph, expressions, calls, granting, relevant, words, gates)
    roots = Roots(engine.entries, words.backends.values())
    declined = Declined(engine.entries, engine.graph)
    return Fallbacks(walker, granting, engine.face_calls, roots, declined, grants(), words).judge(engine.face_files())
