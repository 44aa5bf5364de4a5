"""Lowered modules that are kept: by the process as long as somebody holds them, and from run to run on disk.

The same text is parsed once.  Stands before the parser, which is not even imported where an entry is found.  Must not
know what a program means.
"""

from __future__ import annotations

import ast
from typing import Final
from weakref import WeakValueDictionary

from fr_lint.cache.codec import FORM, decode, encode
from fr_lint.cache.current import current, maker
from fr_lint.clock import work
from fr_lint.ir.model import Module
from fr_lint.project.portions import digest
from fr_lint.syntax import NotAnalysed, lower_source

SHORT: Final = 200  # characters of a text that is parsed as quickly as it is looked up
_held: WeakValueDictionary[tuple[str, str], Module] = WeakValueDictionary()  # by path and hash of the text


def lowered(source: str, path: str, tree: ast.Module | None = None) -> Module:
    """Like :func:`fr_lint.syntax.lower_source`, and raises what that raises.

    Two engines that read the same project, one with an unsaved text in it, share what is the same in both.
    """
    key = (path, digest(source))
    module = _held.get(key)
    if module is None:
        module = _held[key] = _lowered(source, path, tree)
    return module


def packed(source: str, path: str) -> tuple[str, str, bytes] | None:
    """A lowered module for another process to :func:`unpack`; none if it is that process that has to say why not."""
    try:
        return path, digest(source), encode(lowered(source, path))
    except (NotAnalysed, ValueError, TypeError, RecursionError):
        return None


def unpack(path: str, text: str, data: bytes) -> Module:
    """Have a module that another process lowered, given the digest of its text, as long as the caller holds it."""
    module = _held[path, text] = decode(data, path)
    return module


def _lowered(source: str, path: str, tree: ast.Module | None) -> Module:
    store = current()
    if store is None or len(source) < SHORT:
        return _parsed(source, path, tree)
    name = store.name("module", FORM, maker(), source)
    data = store.get(name)
    if data is not None:
        try:
            with work("programs, as they were kept"):
                return decode(data, path)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            store.drop(name)
    module = _parsed(source, path, tree)
    try:
        store.put(name, encode(module))
    except (ValueError, TypeError, RecursionError):  # what cannot be written is read again next time
        return module
    return module


def _parsed(source: str, path: str, tree: ast.Module | None) -> Module:
    with work("programs, parsed"):
        return lower_source(source, path, tree)
