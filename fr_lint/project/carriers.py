"""Files that name no face API and may call one all the same: through an object that another file of the project made.

``from app.models import detector`` followed by ``detector.detect(image)`` holds no word of any library.  Such a file is
known by the module it imports, or by the name of the attribute or key under which the object is kept.  Knows texts and
paths only.
"""

from __future__ import annotations

import re
from typing import Final
from weakref import WeakKeyDictionary

from fr_lint.gate import has_face
from fr_lint.project.naming import names_face
from fr_lint.project.sources import Sources

# something is put where other files can reach it: app.state.detector = ..., app.extensions["faces"] = ...
_PUT: Final = re.compile(
    r"""^[ \t]*(?P<line>\w+(?:\.\w+|\[\w+\])*(?:\.(?P<attribute>\w{4,})|\[["'](?P<key>\w{4,})["']\])[ ]*=(?!=).*)$""",
    re.MULTILINE,
)
# an object that somebody else put here under a name that says what it does
_SPEAKING: Final = r"face_?(?:detect|recogni|encod|embed|analy|landmark|mesh|match|verif|identif)"
_known: WeakKeyDictionary[Sources, re.Pattern[str] | None] = WeakKeyDictionary()
_carrying: WeakKeyDictionary[Sources, frozenset[str]] = WeakKeyDictionary()


def carriers(project: Sources) -> re.Pattern[str] | None:
    """What finds the names of the modules that name a face API; ``None`` if the project has none."""
    if project not in _known:
        _known[project] = _pattern(project)
    return _known[project]


def carries(project: Sources, path: str, text: str) -> bool:
    """Does a text name such a module or object?  Of a file on disk it is known from the words of the project."""
    pattern = carriers(project)
    if pattern is None:
        return False
    if not project.reads_so(path, text):
        return pattern.search(text) is not None
    return path in carrying(project)


def carrying(project: Sources) -> frozenset[str]:
    """The files on disk that name such a module or object; none where no file names a face API."""
    if project not in _carrying:
        names = _names(project)
        found = set(project.with_part(re.compile(_SPEAKING))) if carriers(project) else set()
        found.update(path for name in names if name.isidentifier() for path in project.with_word(name))
        odd = "|".join(re.escape(name) for name in sorted(names) if not name.isidentifier())
        found.update(project.matching(re.compile(rf"\b(?:{odd})\b")) if odd else ())
        _carrying[project] = frozenset(found)
    return _carrying[project]


def _pattern(project: Sources) -> re.Pattern[str] | None:
    if not project.any(names_face):
        return None
    named = "|".join([*sorted(map(re.escape, _names(project))), rf"\w*{_SPEAKING}\w*"])
    return re.compile(rf"\b(?:{named})\b")


def _names(project: Sources) -> set[str]:
    names: set[str] = set()
    for path in project.fitting(names_face):
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0]
        names.add(folder.rpartition("/")[2] if stem == "__init__" else stem)
        for put in _PUT.finditer(project.text(path) or ""):
            if not put["line"].startswith("self.") or has_face(put["line"]):
                names.add(put["attribute"] or put["key"])
    names.discard("")
    return names
