"""Everything that a policy says, as a list of texts: two policies that say the same are the same to every rule.

Must not know what is done with the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from fr_lint.policy.model import Policy


def said(policy: Policy) -> list[str]:
    """The texts in the policy and its packs, in order."""
    return list(_said(policy))


def _said(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        yield type(value).__name__
        for each in fields(value):
            yield from _said(getattr(value, each.name))
    elif isinstance(value, Mapping):
        for word, each in value.items():
            yield from (*_said(word), *_said(each))
        yield "}"
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _said(each)
        yield "]"
    elif isinstance(value, (set, frozenset)):
        yield from sorted(repr(each) for each in value)
    else:
        yield repr(value)
