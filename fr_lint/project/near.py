"""Which files can exchange values with given ones: whatever imports them, and whatever those import.

Read from the import lines of the texts, without parsing.  Knows texts and paths only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from weakref import WeakKeyDictionary

from fr_lint.project.sources import Sources

HOPS: Final = 5  # imports of imports that are followed, in each direction
_IMPORT: Final = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n#;]*)|import[ \t]+([\w., \t]+))", re.MULTILINE
)
_WORD: Final = re.compile(r"\w+")
_graphs: WeakKeyDictionary[Sources, dict[str, tuple[str, ...]]] = WeakKeyDictionary()
_known: WeakKeyDictionary[Sources, dict[tuple[str, ...], frozenset[str]]] = WeakKeyDictionary()


def near(project: Sources, seeds: Iterable[str]) -> frozenset[str]:
    """The seeds, the files that import them, directly or not, and what all of these import."""
    key = tuple(seeds)
    known = _known.setdefault(project, {})
    if key not in known:
        known[key] = _reach(_reach(key, _importers(project)), _imports(project))
    return known[key]


def around(project: Sources, path: str) -> frozenset[str]:
    """The files that import a file, or what it imports (its settings, its models), directly or not."""
    imports = _imports(project)
    return _reach((path, *imports.get(path, ())), _importers(project))


def _importers(project: Sources) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, targets in _imports(project).items():
        if not project.is_test(path):  # a test sees everything, and connects nothing
            for target in targets:
                found.setdefault(target, []).append(path)
    return found


def _reach(seeds: Iterable[str], edges: dict[str, list[str]] | dict[str, tuple[str, ...]]) -> frozenset[str]:
    found = set(seeds)
    front = list(found)
    for _ in range(HOPS):
        front = [target for path in front for target in edges.get(path, ()) if target not in found]
        found.update(front)
    return frozenset(found)


def _imports(project: Sources) -> dict[str, tuple[str, ...]]:
    if project not in _graphs:
        _graphs[project] = {path: tuple(_of(project, path)) for path in project.paths()}
    return _graphs[project]


def _of(project: Sources, path: str) -> set[str]:
    found: set[str] = set()
    text = project.text(path)
    if text is None:
        return found
    for dots, module, names, plain in _IMPORT.findall(text):
        if plain:
            modules = [(part.split()[0], 0) for part in plain.split(",") if part.strip()]
        else:
            modules = [(module, len(dots))]
        for name, level in modules:
            target = project.resolve(path, name, level) if name or level else None
            if target is not None:
                found.add(target)
            for word in _WORD.findall(names):
                inner = project.resolve(path, f"{name}.{word}" if name else word, level)
                if inner is not None:
                    found.add(inner)
    found.discard(path)
    return found
