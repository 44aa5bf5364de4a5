"""What an import statement of the project means: the file it names, by the paths of the project alone.

Knows paths; must not read a file, nor know which libraries exist outside the project.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_INITS: Final = ("__init__.py", "__init__.pyw")


class Resolver:
    """Answers from dictionaries built once; a directory is its relative path, the root is ``""``."""

    def __init__(
        self, files: Iterable[str], projects: Sequence[str] = (), links: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._modules: dict[str, str] = {}  # "app/services/face" -> "app/services/face.py" or ".../face/__init__.py"
        self._packages: set[str] = set()  # directories with an __init__
        self._dirs: set[str] = set()  # directories with a Python file at any depth
        self._by_name: dict[str, list[str]] = {}  # "face" -> keys of _modules that end in it
        self._projects = tuple(projects)
        self._lasts: dict[str, set[str]] | None = None  # file -> last parts of its keys
        self._memo: dict[tuple[str, str, int, bool], str | None] = {}
        known = sorted(files)
        for path in known:
            self._add(path, path)
        for alias, target in links:
            for path in known:
                if path == target or path.startswith(target + "/"):
                    self._add(alias + path[len(target) :], path)
        for key in self._modules:
            self._by_name.setdefault(posixpath.basename(key), []).append(key)

    def resolve(self, importer: str, module: str, level: int, *, strict: bool = False) -> str | None:
        """The file of a module, or ``None``; ``strict``: only where Python itself would look, whoever starts it."""
        question = (importer, module, level, strict)
        if question not in self._memo:
            self._memo[question] = self._resolve(importer, module, level, strict)
        return self._memo[question]

    def package_dir(self, importer: str, module: str, level: int, *, strict: bool = False) -> str | None:
        """The directory of a regular or namespace package, or ``None`` if the name is no package of the project."""
        found = self.resolve(importer, module, level, strict=strict)
        if found is not None:
            return posixpath.dirname(found) if posixpath.basename(found) in _INITS else None
        tail = module.replace(".", "/")
        for base in self._bases(importer, level):
            place = _join(base, tail)
            if place in self._dirs:
                return place
        return None

    def is_package_dir(self, path: str) -> bool:
        """Does this directory hold Python files, at any depth?"""
        return path in self._dirs

    def submodule(self, package: str, name: str) -> str | None:
        """The file of module ``name`` in a package, given as its ``__init__`` file or its directory."""
        if posixpath.basename(package) in _INITS:
            package = posixpath.dirname(package)
        return self._modules.get(_join(package, name))

    def last_names(self, path: str) -> frozenset[str]:
        """The last parts of all dotted names under which a file can be imported."""
        if self._lasts is None:
            self._lasts = {}
            for key, file in self._modules.items():
                self._lasts.setdefault(file, set()).add(posixpath.basename(key))
        return frozenset(self._lasts.get(path, ()))

    def modules(self, directory: str) -> tuple[str, ...]:
        """The files of the modules that lie directly in a directory, but for a package's own."""
        found = {key: file for key, file in self._modules.items() if posixpath.dirname(key) == directory}
        return tuple(file for _, file in sorted(found.items()) if posixpath.dirname(file) == directory)

    def names(self, path: str) -> tuple[str, ...]:
        """Dotted names of a file, the one for messages first: below its top-level package, then below the root."""
        directory = base = posixpath.dirname(path)
        key = directory if posixpath.basename(path) in _INITS else path.rpartition(".")[0]
        while base and base in self._packages:
            base = posixpath.dirname(base)
        short = key.removeprefix("src/")
        every = (key[len(base) :].lstrip("/") if base != directory else short, short, key)
        return tuple(dict.fromkeys(name.replace("/", ".") or "__init__" for name in every))

    def _add(self, path: str, file: str) -> None:
        directory, name = posixpath.split(path)
        if name in _INITS:
            self._packages.add(directory)
            if directory:
                self._modules[directory] = file
        else:
            self._modules.setdefault(path.rpartition(".")[0], file)  # a package of the same name has the right of way
        while directory not in self._dirs:
            self._dirs.add(directory)
            directory = posixpath.dirname(directory)

    def _resolve(self, importer: str, module: str, level: int, strict: bool) -> str | None:
        tail = module.replace(".", "/")
        if level:
            for base in self._bases(importer, level):
                return self._modules.get(_join(base, tail))
            return None
        if not tail:
            return None
        for base in self._bases(importer, 0):
            found = self._modules.get(_join(base, tail))
            if found is not None and found != importer:
                return found
        return None if strict else self._guess(importer, tail)

    def _bases(self, importer: str, level: int) -> Iterator[str]:
        """Directories in which the first segment of a module is looked up, in order."""
        directory = posixpath.dirname(importer)
        if level:
            for _ in range(level - 1):
                if not directory:
                    return
                directory = posixpath.dirname(directory)
            yield directory
            return
        for place in _chain(directory):
            if place and place in self._packages:
                continue  # inside a package an absolute import does not see its neighbours
            yield place
            source = _join(place, "src")
            if source in self._dirs and source not in self._packages:
                yield source

    def _guess(self, importer: str, tail: str) -> str | None:
        """Where a program started elsewhere would find it: beside the importer, in a sibling project, anywhere once."""
        for place in _chain(posixpath.dirname(importer)):
            found = self._modules.get(_join(place, tail))
            if found is not None and found != importer:
                return found
        roots = [root for project in self._projects for root in (project, _join(project, "src"))]
        hits = {self._modules[key] for root in roots if (key := _join(root, tail)) in self._modules} - {importer}
        if not hits and "/" in tail:
            keys = self._by_name.get(posixpath.basename(tail), ())
            hits = {self._modules[key] for key in keys if key.endswith("/" + tail)} - {importer}
        return hits.pop() if len(hits) == 1 else None


def _chain(directory: str) -> Iterator[str]:
    """A directory and all above it, down to the root ``""``."""
    while directory:
        yield directory
        directory = posixpath.dirname(directory)
    yield ""


def _join(base: str, tail: str) -> str:
    return f"{base}/{tail}" if base and tail else base or tail
