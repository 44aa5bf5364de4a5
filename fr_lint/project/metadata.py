"""Which distributions a project is the source of, by its ``setup.py`` and ``pyproject.toml``.

Texts are searched, nothing is run.  Must not know what a distribution does.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fr_lint.project.sources import Sources

_SETUP: Final = re.compile(r"""\bname\s*=\s*["']([A-Za-z0-9][\w.-]*)["']""", re.IGNORECASE)
_PROJECT: Final = re.compile(r"""^\s*\[project\](?:(?!^\s*\[)[\s\S])*?^\s*name\s*=\s*["']([^"']+)["']""", re.MULTILINE)
_DEEPEST: Final = 1  # folders above a setup.py that is looked at
_LARGEST: Final = 200_000  # characters of a pyproject.toml that are looked at


def distributions(sources: Sources) -> frozenset[str]:
    """The names of the project's own distributions, normalised as by PEP 503."""
    found: set[str] = set()
    folders = {""}
    for path in sources.paths():
        if path.rpartition("/")[2] == "setup.py" and path.count("/") <= _DEEPEST:
            folders.add(path.rpartition("/")[0])
            found.update(_SETUP.findall(sources.text(path) or "")[:1])
    for folder in folders if sources.root is not None else ():
        found.update(_PROJECT.findall(_read(Path(str(sources.root), folder, "pyproject.toml"))))
    return frozenset(normal(name) for name in found)


def normal(name: str) -> str:
    """A distribution's name as indices compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_LARGEST)
    except (OSError, ValueError):
        return ""
