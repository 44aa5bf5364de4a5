"""Which files can exchange values with given ones: whatever imports them, and whatever those import.

Read from the import lines of the texts, without parsing.  Knows texts and paths only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final
from weakref import WeakKeyDictionary, ref

from fr_lint.project.sources import Sources

HOPS: Final = 5  # imports of imports that are followed, in each direction
_IMPORT: Final = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n#;]*)|import[ \t]+([\w., \t]+))", re.MULTILINE
)
_WORD: Final = re.compile(r"\w+")
_INITS: Final = ("__init__.py", "__init__.pyw")
_graphs: WeakKeyDictionary[Sources, _Graph] = WeakKeyDictionary()


def near(project: Sources, seeds: Iterable[str]) -> frozenset[str]:
    """The seeds, the files that import them, directly or not, and what all of these import."""
    graph = _graph(project)
    key = tuple(seeds)
    if key not in graph.known:
        graph.known[key] = _reach(_reach(key, graph.importers), graph.imports)
    return graph.known[key]


def around(project: Sources, path: str) -> frozenset[str]:
    """The files that import a file, or what it imports (its settings, its models), directly or not."""
    graph = _graph(project)
    return _reach((path, *graph.imports(path)), graph.importers)


class _Graph:
    """The imports of a project, file by file as they are asked for."""

    def __init__(self, project: Sources) -> None:
        self.known: dict[tuple[str, ...], frozenset[str]] = {}
        self._project = ref(project)  # which holds this graph
        self._imports: dict[str, tuple[str, ...]] = {}
        self._importers: dict[str, tuple[str, ...]] = {}

    def imports(self, path: str) -> tuple[str, ...]:
        """The files that a file imports."""
        if path not in self._imports:
            project = self._project()
            self._imports[path] = tuple(_of(project, path)) if project is not None else ()
        return self._imports[path]

    def importers(self, path: str) -> tuple[str, ...]:
        """The files that import a file, but for tests: a test sees everything, and connects nothing."""
        if path not in self._importers:
            project = self._project()
            worth = _naming(project, path) if project is not None else set()
            found = (other for other in sorted(worth) if project is not None and not project.is_test(other))
            self._importers[path] = tuple(other for other in found if path in self.imports(other))
        return self._importers[path]


def _naming(project: Sources, path: str) -> set[str]:
    """The files that may import a file: they hold its name, or lie in its package and need no name for it."""
    found = {other for name in project.last_names(path) for other in project.with_word(name)}
    folder, _, name = path.rpartition("/")
    if name in _INITS:
        found.update(other for other in project.paths() if not folder or other.startswith(folder + "/"))
    return found


def _graph(project: Sources) -> _Graph:
    if project not in _graphs:
        _graphs[project] = _Graph(project)
    return _graphs[project]


def _reach(seeds: Iterable[str], edges: Callable[[str], tuple[str, ...]]) -> frozenset[str]:
    found = set(seeds)
    front = list(found)
    for _ in range(HOPS):
        front = [target for path in front for target in edges(path) if target not in found]
        found.update(front)
    return frozenset(found)


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
