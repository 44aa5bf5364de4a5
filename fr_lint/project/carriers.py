"""Files that name no face API and may call one all the same: through an object that another file of the project made.

``from app.models import detector`` followed by ``detector.detect(image)`` holds no word of any library.  Such a file is
known by the module it imports.  Knows texts and paths only.
"""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from fr_lint.gate import has_face
from fr_lint.project.sources import Sources

_known: WeakKeyDictionary[Sources, re.Pattern[str] | None] = WeakKeyDictionary()


def carriers(project: Sources) -> re.Pattern[str] | None:
    """What finds the names of the modules that name a face API; ``None`` if the project has none."""
    if project not in _known:
        _known[project] = _pattern(project)
    return _known[project]


def _pattern(project: Sources) -> re.Pattern[str] | None:
    if not project.any(has_face):
        return None
    names: set[str] = set()
    for path in project.fitting(has_face):
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0]
        names.add(folder.rpartition("/")[2] if stem == "__init__" else stem)
    names.discard("")
    return re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, names))) + r")\b") if names else None
