"""Does a text that holds a face word name a face API with it, or is the word a variable of its own, or in a comment?

``dlib = lib + "_d"`` names none, and neither does a remark; an import, an attribute, a string, or a name that comes
from elsewhere may.  Knows one text at a time, and Python's own grammar; must not know what the words mean.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from fr_lint.gate import has_face

_IMPORT: Final = re.compile(r"^[ \t]*(?:import|from)[ \t].*$", re.MULTILINE)


def names_face(text: str) -> bool:
    """May the text name a face API?  One that cannot be read may."""
    return has_face(text) and (has_face("\n".join(_IMPORT.findall(text))) or _is_said(text))


def _is_said(text: str) -> bool:
    try:
        said = set(_said(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return has_face("\n".join(said))


def _said(tree: ast.Module) -> Iterator[str]:
    """Every name and string that may stand for something of another module."""
    names: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (names if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Attribute):
            yield node.attr
            if isinstance(node.value, ast.Name):  # dlib.face_detector is said in one
                yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            yield str(node.value)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.name for alias in node.names)
            yield getattr(node, "module", None) or ""
        elif isinstance(node, ast.keyword):
            yield node.arg or ""
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
    yield from names - bound
