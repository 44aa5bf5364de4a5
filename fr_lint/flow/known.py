"""What the parts of the resolver share: the shape of an answer, and the door to the catalogue.

Must not know how anything is resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from fr_lint.flow.values import Value

Values = tuple[Value, ...]
MAX_VALUES = 24
BUILTIN_NAMES: frozenset[str] = frozenset(dir(__import__("builtins")))


class Products(Protocol):
    """The part of the catalogue that says what factories make."""

    def canonical(self, dotted: str) -> str: ...  # noqa: D102
    def products(self, dotted: str, strings: Callable[[], Sequence[str]]) -> tuple[str, ...] | None: ...  # noqa: D102
    def returns_self(self, type_name: str, method: str) -> bool: ...  # noqa: D102
    def text(self, dotted: str) -> str | None: ...  # noqa: D102
    @property
    def libraries(self) -> frozenset[str]: ...  # noqa: D102


def distinct(values: Iterable[Value]) -> Values:
    """Without duplicates, in order, at most ``MAX_VALUES``."""
    return tuple(dict.fromkeys(values))[:MAX_VALUES]
