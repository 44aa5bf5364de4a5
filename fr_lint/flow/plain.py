"""Calls of general libraries that do nothing but their own work: they ask nobody, and call nothing they are given.

What is known of a library stands in the catalogue (``[handed]`` in ``guards.toml``).  Must not know rules.
"""

from __future__ import annotations

from fr_lint.catalogue.guards import guards
from fr_lint.flow.known import Values
from fr_lint.flow.values import Ext, Inst, Value


def is_plain(callees: Values) -> bool:
    """Is a call with these callees known to be such a call, whichever of them it is?"""
    return bool(callees) and all(map(_is_plain, callees))


def _is_plain(callee: Value) -> bool:
    name = callee.name if isinstance(callee, Ext) else callee.type if isinstance(callee, Inst) else ""
    words = guards()
    return name.partition(".")[0] in words.handed_plain and name.rpartition(".")[2] not in words.handed_to
