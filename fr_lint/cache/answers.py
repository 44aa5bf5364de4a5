"""Answers that are kept from run to run: what was found in a file, as long as nothing has changed that it rests on.

It rests on the file's text, all files of the project, the policy with its packs and documents, the day and the options.
An answer that says that something failed is not kept.  Must not know how anything is found.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import astuple
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from fr_lint.cache.current import current, maker, use
from fr_lint.cache.store import Store
from fr_lint.cache.summaries import summaries
from fr_lint.clock import work
from fr_lint.findings import Checked, Finding, Step, Suppressed
from fr_lint.options import Options
from fr_lint.project.disk import Stamp
from fr_lint.project.documents import Documents
from fr_lint.project.naming import names_face
from fr_lint.project.prints import Prints, prints
from fr_lint.project.sources import Sources, sources_at, sources_for

if TYPE_CHECKING:
    from fr_lint.policy.model import Policy

_looked: WeakKeyDictionary[Sources, tuple[Prints, int]] = WeakKeyDictionary()  # readings that agree with the prints


def answered(
    root: Path,
    path: str,
    text: str,
    options: Options,
    policy: Policy | None,
    examine: Callable[[], Checked],
) -> Checked:
    """The answer for one file, given by its path below ``root``: the one that was kept, or a new one.

    ``policy`` is the one in force, ``None`` where none is declared; ``examine`` finds the answer.
    """
    use(options.cache)
    store = current()
    if store is None:
        return examine()
    said = _everything(policy) if policy is not None else []
    documents = Documents(root)
    with work("what changed"):
        sources = sources_for(root, path)
        project = _project(store, root, sources)
    name = store.name(
        "answer",
        maker(),
        *(str(root), sources.also, path, text, options.cwd, options.policy or "", options.today.isoformat()),
        " ".join(sorted(options.codes)),
        project.whole,
        *said,
        "".join("01"[documents.exists(each)] for each in said),
    )
    data = store.get(name)
    if data is not None:
        try:
            with work("findings, as they were kept"):
                return _read(json.loads(data))
        except (ValueError, TypeError, LookupError, RecursionError):
            store.drop(name)
    found = examine()
    failed = any(each.code == "FRL901" for each in found.findings)
    if not failed and _holds(project, sources):
        store.put(name, json.dumps(_written(found)).encode())
    return found


def _holds(project: Prints, sources: Sources) -> bool:
    """Has nothing been read that the prints are not of?  Each reading is looked at once."""
    known, count = _looked.get(sources, (project, 0))
    count = count if known is project else 0
    total = len(sources.reads)
    if not project.hold(sources.reads[count:total]):
        return False
    _looked[sources] = (project, total)
    return True


def knows(root: Path) -> bool:
    """Did an earlier run of this program keep anything about the project?"""
    use(True)
    store = current()
    return store is not None and store.has(store.name("prints", maker(), os.path.abspath(root)))


def look(root: Path) -> Prints | None:
    """Look at what a project reads like, once in this process and its forks; none where nothing is kept."""
    use(True)
    store = current()
    return _project(store, root, sources_at(root)) if store is not None else None


def _everything(policy: Policy) -> list[str]:
    from fr_lint.policy.said import said

    return said(policy)


@lru_cache(maxsize=64)
def _project(store: Store, root: Path, sources: Sources) -> Prints:
    """What the project reads like in this run; like its text, asked once in a process."""
    name = store.name("prints", maker(), os.path.abspath(root), *filter(None, (sources.also,)))
    known: dict[str, tuple[Stamp, str]] = {}
    data = store.get(name)
    if data is not None:
        try:
            known = {path: ((a, b, c, d), digest) for path, ((a, b, c, d), digest) in json.loads(data).items()}
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            store.drop(name)
    found = prints(str(root), sources.listing, known)
    settled = {path: each for path, each in found.files.items() if path not in found.young}
    if settled != known:
        store.put(name, json.dumps(settled).encode())
    sources.offer(partial(summaries, root, sources.listing.files, found), names_face)
    return found


def _written(found: Checked) -> list[Any]:
    return [[astuple(each) for each in found.findings], [astuple(each) for each in found.suppressed]]


def _read(table: list[Any]) -> Checked:
    findings, suppressed = table
    return Checked(
        tuple(_finding(each) for each in findings),
        tuple(Suppressed(_finding(each), line, reason, until) for each, line, reason, until in suppressed),
    )


def _finding(row: list[Any]) -> Finding:
    path, line, col, code, message, steps, clauses = row
    return Finding(path, line, col, code, message, tuple(Step(*step) for step in steps), tuple(clauses))
