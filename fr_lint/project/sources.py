"""The project's source files as one value: their paths, their text, who mentions a word, what an import means.

Everything is read lazily, at most once, and kept in memory only; files that vanish or change are no error.  An overlay
(an editor's buffer, a test's program) replaces or adds files.  Must not know Python's grammar, the catalogue or a rule.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fr_lint.project.disk import MAX_FILES, Listing, Stamp, apart, stamped, walk
from fr_lint.project.imports import Resolver
from fr_lint.project.root import too_wide
from fr_lint.project.words import Index, add, extend, normal, words

if TYPE_CHECKING:
    from fr_lint.project.portions import Portion

__all__ = ["MAX_FILES", "Sources", "sources_at", "sources_for"]

_KEPT: Final = 16_000_000  # characters of text that are kept for a second reader
_TEST: Final = re.compile(r"(?:^|/)(?:tests?/.*|test_[^/]*|[^/]*_test|conftest)\.pyw?$")


class Sources:
    """The Python files of one project, by relative path with forward slashes."""

    def __init__(self, root: Path | None, overlay: Mapping[str, str] = MappingProxyType({}), also: str = "") -> None:
        """``root`` ``None`` means that the overlay is the whole project; ``also`` as for :func:`disk.walk`."""
        self._disk = _Disk(root, also)
        self._overlay = {posixpath.normpath(path): text for path, text in overlay.items()}

    @property
    def root(self) -> Path | None:
        """The directory that all paths are relative to."""
        return self._disk.root

    @property
    def also(self) -> str:
        """The hidden directory whose files are among the project's."""
        return self._disk.also

    @property
    def truncated(self) -> bool:
        """Did the walk stop at :data:`MAX_FILES`?"""
        return self._disk.listing.truncated

    @property
    def prints(self) -> Mapping[str, int]:
        """The ``hash`` of each text that was read from disk, in this process and for itself."""
        return self._disk.prints

    def reads_so(self, path: str, text: str) -> bool:
        """Is this what the index and the answers about texts are of?  Asked of a file that was read for them."""
        return self._disk.reads_so(path, text)

    @property
    def reads(self) -> Sequence[tuple[str, Stamp | None]]:
        """Each reading of a file from disk, in order, with the file's stamp as it was then; grows."""
        return self._disk.reads

    @property
    def listing(self) -> Listing:
        """What the walk found on disk."""
        return self._disk.listing

    def overlaid(self, path: str, text: str) -> Sources:
        """The same project with one file's text replaced; ``self`` if it reads so already.  Shares what was read."""
        path = posixpath.normpath(path)
        if self.text(path) == text:
            return self
        other = object.__new__(Sources)
        other._disk = self._disk
        other._overlay = {**self._overlay, path: text}
        return other

    def paths(self) -> tuple[str, ...]:
        """All source files, sorted."""
        return self._paths

    def holds(self, path: str) -> bool:
        """Is this one of the project's own files?  (A linted file may lie where the walk does not go.)"""
        return self._disk.root is None or path in self._disk.numbers

    def text(self, path: str) -> str | None:
        """A file's text as flake8 would give it to a plugin; ``None`` if it is unreadable, too large or unknown."""
        return self._overlay[path] if path in self._overlay else self._disk.text(path)

    def with_word(self, word: str) -> tuple[str, ...]:
        """The files whose text contains the identifier ``word`` as a whole, in code, comment or string."""
        word = normal(word)
        return self._merge(self._disk.with_word(word), lambda text: word in words(text))

    def with_part(self, part: re.Pattern[str]) -> frozenset[str]:
        """The files that contain an identifier in which ``part`` is found."""
        below = {path for word in self._disk.words(part) for path in self._disk.with_word(word)}
        return frozenset(self._merge(tuple(below), lambda text: any(map(part.search, words(text)))))

    def near(self, word: str, path: str, limit: int) -> tuple[str, ...]:
        """Like :meth:`with_word`, but at most ``limit`` files: those that share most folders with ``path``."""
        found = self.with_word(word)
        if len(found) <= limit:
            return found
        chosen: dict[str, None] = {}
        folder = posixpath.dirname(path)
        while folder and len(chosen) < limit:  # the paths are sorted: those below one folder stand together
            first, last = (bisect_left(found, f"{folder}{after}") for after in ("/", "0"))  # "0" comes next after "/"
            chosen.update(dict.fromkeys(found[first:last]))
            folder = posixpath.dirname(folder)
        if len(chosen) < limit:
            chosen.update(dict.fromkeys(found))
        return tuple(chosen)[:limit]

    def matching(self, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """The files whose text matches ``pattern`` anywhere."""
        return self._merge(self._disk.matching(pattern), lambda text: pattern.search(text) is not None)

    def any(self, fits: Callable[[str], bool]) -> bool:
        """Does some file's text fit?  Stops at the first; remembered for the files on disk."""
        return any(map(fits, self._overlay.values())) or self._disk.any(fits)

    def fitting(self, fits: Callable[[str], bool]) -> tuple[str, ...]:
        """The files whose text fits; remembered for the files on disk."""
        return self._merge(self._disk.fitting(fits), fits)

    def offer(self, portions: Callable[[], Iterable[Portion]], fits: Callable[[str], bool]) -> None:
        """Say who has read all files, in order, and was asked whether they fit; asked where it is first needed."""
        self._disk.offered = (portions, fits)

    def resolve(self, importer: str, module: str, level: int, *, strict: bool = False) -> str | None:
        """The file that ``import module`` or ``from <level dots>module import ...`` in ``importer`` names.

        Looked for beside the importer and in each directory above it, ``src`` included, but not inside a regular
        package, where Python would not look either.  Unless ``strict``, then also there, below any directory with a
        ``pyproject.toml``, ``setup.py`` or ``setup.cfg``, and, for a dotted module, anywhere if only one file fits.
        A caller that knows a *library* of this name asks strictly.  ``None`` for a namespace package
        (see :meth:`package_dir`) and for what the project does not hold.
        """
        return self._resolver.resolve(importer, module, level, strict=strict)

    def package_dir(self, importer: str, module: str, level: int, *, strict: bool = False) -> str | None:
        """The directory of the package, regular or not, that an import names; the root is ``""``."""
        return self._resolver.package_dir(importer, module, level, strict=strict)

    def is_package_dir(self, path: str) -> bool:
        """Does this directory hold Python files, at any depth?"""
        return self._resolver.is_package_dir(path)

    def submodule(self, package: str, name: str) -> str | None:
        """The file of module ``name`` inside a package, given as its ``__init__.py`` or its directory."""
        return self._resolver.submodule(package, name)

    def last_names(self, path: str) -> frozenset[str]:
        """The last parts of all dotted names under which a file can be imported; none for the root's ``__init__``."""
        return self._resolver.last_names(path)

    def modules(self, package: str) -> tuple[str, ...]:
        """The files of the modules directly in a package, given as its directory."""
        return self._resolver.modules(package)

    def module_name(self, path: str) -> str:
        """The dotted name for messages: below the parent of the file's top-level package, else below the root."""
        return self._resolver.names(path)[0]

    def module_names(self, path: str) -> tuple[str, ...]:
        """Every dotted name by which a policy may mean this file, the one for messages first."""
        return self._resolver.names(path)

    def is_test(self, path: str) -> bool:
        """Is this a test by its place or name (``tests/``, ``test_*.py``, ``*_test.py``, ``conftest.py``)?"""
        return _TEST.search(path) is not None

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        known = self._disk.listing.files
        extra = [path for path in self._overlay if path not in self._disk.numbers]
        return tuple(sorted([*known, *extra])) if extra else known

    @cached_property
    def _resolver(self) -> Resolver:
        if self._paths is self._disk.listing.files:
            return self._disk.resolver
        listing = self._disk.listing
        return Resolver(self._paths, listing.projects, listing.links)

    def _merge(self, found: tuple[str, ...], fits: Callable[[str], bool]) -> tuple[str, ...]:
        if not self._overlay:
            return found
        kept = {path for path in found if path not in self._overlay}
        return tuple(sorted(kept.union(path for path, text in self._overlay.items() if fits(text))))


@lru_cache(maxsize=64)
def sources_at(root: Path, *also: str) -> Sources:
    """The project below a root, read at most once in this process; ``also`` as for :class:`Sources`."""
    return Sources(root, also="".join(also))


def sources_for(root: Path, path: str) -> Sources:
    """The project that one of its files belongs to: with all of the hidden directory that the file lies in, if any."""
    project = sources_at(root)
    also = "" if project.holds(path) else apart(path)
    return sources_at(root, also) if also else project


class _Disk:
    """What was read from below one root; shared by all overlays on it."""

    def __init__(self, root: Path | None, also: str) -> None:
        self.root = root
        self.also = also
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._size = 0
        self._patterns: dict[re.Pattern[str], tuple[str, ...]] = {}
        self._fitting: dict[Callable[[str], bool], tuple[str, ...]] = {}
        self._any: dict[Callable[[str], bool], bool] = {}
        self.prints: dict[str, int] = {}
        self.offered: tuple[Callable[[], Iterable[Portion]], Callable[[str], bool]] | None = None
        self._words: Index | None = None
        self._digests: dict[str, str] = {}  # of the texts that somebody else has read
        self.reads: list[tuple[str, Stamp | None]] = []

    @cached_property
    def listing(self) -> Listing:
        """One walk."""
        return Listing() if self.root is None else walk(str(self.root), flat=too_wide(str(self.root)), also=self.also)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The place of each file in the listing."""
        return {path: number for number, path in enumerate(self.listing.files)}

    @cached_property
    def resolver(self) -> Resolver:
        """The imports of the files on disk."""
        return Resolver(self.listing.files, self.listing.projects, self.listing.links)

    def text(self, path: str) -> str | None:
        """A file's text; the last few are kept."""
        if path in self._texts:
            self._texts.move_to_end(path)
            return self._texts[path]
        text = self._read(path)
        if text is not None and len(text) <= _KEPT // 4:
            self._texts[path] = text
            self._size += len(text)
            while self._size > _KEPT:
                self._size -= len(self._texts.popitem(last=False)[1])
        return text

    def with_word(self, word: str) -> tuple[str, ...]:
        """The files with an identifier, from the index."""
        found = self._index.get(word, ())
        files = self.listing.files
        return (files[found],) if isinstance(found, int) else tuple(files[number] for number in found)

    def words(self, part: re.Pattern[str]) -> list[str]:
        """The identifiers of all files in which a part is found."""
        return list(filter(part.search, self._index))

    def matching(self, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """The files that match, from one pass for each pattern."""
        if pattern not in self._patterns:
            search = pattern.search
            self._patterns[pattern] = tuple(path for path, text in self._everything() if search(text))
        return self._patterns[pattern]

    def any(self, fits: Callable[[str], bool]) -> bool:
        """Does some file fit?  (A file that an overlay hides counts as well: the question is a quick one.)"""
        self._accept()
        if fits not in self._any:
            self._any[fits] = any(fits(text) for _, text in self._everything())
        return self._any[fits]

    def fitting(self, fits: Callable[[str], bool]) -> tuple[str, ...]:
        """The files that fit, from one pass for each question."""
        self._accept()
        if fits not in self._fitting:
            self._fitting[fits] = tuple(path for path, text in self._everything() if fits(text))
        return self._fitting[fits]

    def reads_so(self, path: str, text: str) -> bool:
        """Is this what the index is of?"""
        if path in self._digests:
            from fr_lint.project.portions import digest

            return self._digests[path] == digest(text)
        return self.prints.get(path) == hash(text)

    @property
    def _index(self) -> Index:
        """The identifiers of all files."""
        self._accept()
        if self._words is None:
            self._words = {}
            for path, text in self._everything():
                add(self._words, self.numbers[path], text)
        return self._words

    def _accept(self) -> None:
        """Know all files by what somebody else has read, if that is offered."""
        if self.offered is None:
            return
        portions, fits = self.offered
        self.offered = None
        words: Index = {}
        fitting: list[str] = []
        for each in portions():
            extend(words, each.words)
            fitting += each.fitting
            self._digests |= each.texts
            self.reads += each.reads
        self._words = words
        self._fitting[fits] = tuple(fitting)
        self._any[fits] = bool(fitting)

    def _everything(self) -> Iterator[tuple[str, str]]:
        """All readable files, in order; keeps what there is room for, and pushes nothing out."""
        for path in self.listing.files:
            text = self._texts.get(path)
            if text is None:
                text = self._read(path)
                if text is not None and self._size + len(text) <= _KEPT:
                    self._texts[path] = text
                    self._size += len(text)
            if text is not None:
                yield path, text

    def _read(self, path: str) -> str | None:
        if self.root is None or path not in self.numbers:
            return None
        text, stamp = stamped(f"{self.root}/{path}")
        self.reads.append((path, stamp))
        if text is not None:
            self.prints[path] = hash(text)
        return text
