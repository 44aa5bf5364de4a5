"""The face calls that a project's policy adds: wrappers of its own, and libraries that the catalogue lacks.

The user's word wins over a visible body: what such a wrapper does inside is no face call of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from fr_lint.catalogue.faces import Api
from fr_lint.flow.named import Named
from fr_lint.flow.program import Func
from fr_lint.flow.values import Value
from fr_lint.policy.model import Api as Declared


class OwnApis:
    """The declared face calls over one program."""

    def __init__(self, declared: Sequence[Declared], named: Named) -> None:
        self.named = named
        self.patterns = tuple(each.name for each in declared)
        self._apis = [(each.name, _api(each)) for each in declared]

    def called(self, func: Func, node: int) -> Api | None:
        """The declared face call that a call node is."""
        return next((api for name, api in self._apis if self.named.is_called((name,), func, node)), None)

    def value(self, value: Value) -> Api | None:
        """The declared face call that calling a value is."""
        return next((api for name, api in self._apis if self.named.is_value((name,), value)), None)

    def is_inside(self, func: Func) -> bool:
        """Is a function the body of a declared face call?"""
        return bool(self._apis) and self.named.is_listed(self.patterns, func)


def _api(declared: Declared) -> Api:
    parts = declared.name.split(".")
    first = next((number for number, part in enumerate(parts) if part[:1].isupper()), len(parts) - 2)
    shown = ".".join(parts[max(0, first) :])
    return Api(declared.name, declared.role, "", shown, "function", erases=declared.role == "delete")
