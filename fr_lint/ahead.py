"""What a run over many files finds out before they are handed out: what concerns the whole project.

The processes that lint the files are forked from the one that did this, and need not ask again.  Must not know how a
file is linted, nor how a process is started that lints one.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fr_lint.cache.answers import knows, look
from fr_lint.cache.current import use
from fr_lint.cache.modules import packed, unpack
from fr_lint.cache.summaries import summary
from fr_lint.gate import may_store
from fr_lint.ir.model import Module
from fr_lint.options import Options
from fr_lint.project.carriers import carrying
from fr_lint.project.disk import read
from fr_lint.project.naming import names_face
from fr_lint.project.near import near
from fr_lint.project.portions import Portion, portion, portions
from fr_lint.project.prints import Prints
from fr_lint.project.root import find_root
from fr_lint.project.sources import Sources, sources_at
from fr_lint.workers import pool_of

LEAST: Final = 100  # files from which reading them is worth sharing
PORTIONS: Final = 4  # for each process: they do not all take as long
MOST: Final = 4000  # programs that are lowered ahead


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was found out.  Nothing where the project has no face, is small, or reads as in an earlier run."""

    first: str | None = None  # the file to be linted first: it leads to the questions that concern the whole project
    modules: tuple[Module, ...] = ()  # to be held while files are linted


def ahead(options: Options, names: Sequence[str], jobs: int) -> Ahead:
    """Read the project that most of these files belong to, with so many processes."""
    root = _main(options, names)
    if root is None or (options.cache and _is_settled(root)):
        return Ahead()
    project = sources_at(root)
    if len(project.paths()) < LEAST or not project.any(names_face):
        return Ahead()
    _read(options, root, project, jobs)
    faces = project.fitting(names_face)
    modules = _lowered(options, root, project, jobs)
    wanted = set(names)
    named = {os.path.relpath(root / path, options.cwd): path for path in faces}
    asked = [name for name in named if name in wanted]
    first = max(asked, key=lambda name: _weight(project, named[name]), default=None)
    return Ahead(first, tuple(modules))


def _weight(project: Sources, path: str) -> tuple[bool, int]:
    """How much a file is likely to ask: a test little, another one as often as it speaks of faces."""
    return not project.is_test(path), (project.text(path) or "").lower().count("face")


def _main(options: Options, names: Sequence[str]) -> Path | None:
    """The root that most of the files have."""
    cwd = Path(options.cwd)
    found: Counter[Path] = Counter()
    for folder, number in Counter(map(os.path.dirname, names)).items():
        found[find_root(cwd / folder / "x.py", cwd)] += number
    root, number = found.most_common(1)[0]
    return root if 2 * number > len(names) else None


def _is_settled(root: Path) -> bool:
    """Did an earlier run keep what it found, and has nothing changed?  Looked at once for all processes."""
    if not knows(root):
        return False
    found = look(root)
    return found is not None and found.settled


def _read(options: Options, root: Path, project: Sources, jobs: int) -> None:
    """Every text once, and its words."""
    paths = project.paths()
    known = look(root) if options.cache else None
    with suppress(BrokenProcessPool), pool_of(jobs) as pool:  # without it each question reads for itself
        asked = [pool.submit(_summary, root, some, first, known) for first, some in portions(paths)]
        import fr_lint.analysis  # noqa: F401  # takes a while, and is needed next

        found = [each.result() for each in asked]
        project.offer(lambda: found, names_face)
        project.any(names_face)


def _summary(root: Path, paths: Sequence[str], first: int, known: Prints | None) -> Portion:
    return summary(root, paths, first, known) if known is not None else portion(root, paths, first, names_face)


def _lowered(options: Options, root: Path, project: Sources, jobs: int) -> list[Module]:
    """The programs of the files from which a finding may arise: they are needed in any case."""
    faces = project.fitting(names_face)
    around = (path for path in near(project, faces) if may_store(project.text(path) or ""))
    paths = sorted({*faces, *carrying(project), *around})[:MOST]
    shares = [paths[number :: jobs * PORTIONS] for number in range(jobs * PORTIONS)]
    modules: list[Module] = []
    with suppress(BrokenProcessPool), pool_of(jobs) as pool:
        asked = [pool.submit(_packed, root, share, options.cache) for share in shares if share]
        modules += (unpack(*each) for got in asked for each in got.result())
    return modules


def _packed(root: Path, paths: Sequence[str], cache: bool) -> list[tuple[str, str, bytes]]:
    use(cache)
    texts = ((path, read(f"{root}/{path}")) for path in paths)
    found = (packed(text, path) for path, text in texts if text is not None)
    return [each for each in found if each is not None]
