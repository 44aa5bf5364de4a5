"""Where a project begins: the directory that cross-file reasoning is confined to.

Knows file names and one table of ``pyproject.toml``; must not know what a policy says or what the files hold.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fr_lint.project.disk import ENVIRONMENT, INSTALLED

if TYPE_CHECKING:
    from fr_lint.options import Options

POLICY_FILE: Final = "fr-lint.toml"
_LARGEST: Final = 2_000_000  # characters of a pyproject.toml that are looked at
_MOST: Final = 50_000  # directories in which a policy is looked for
_CHECKOUT: Final = (".git", ".hg")
_BUILD: Final = ("pyproject.toml", "setup.py", "setup.cfg")
_TABLE: Final = re.compile(r"""^\s*\[+\s*["']?tool["']?\s*\.\s*["']?fr-lint["']?\s*[\].]""", re.MULTILINE)


def find_root(path: Path, cwd: Path) -> Path:
    """The root of the project that ``path`` (a file, existing or not) belongs to.

    The nearest ancestor with a policy (``fr-lint.toml``, ``[tool.fr-lint]``) or a checkout (``.git``, ``.hg``), or that
    holds what was installed (``site-packages``, ``pyvenv.cfg``), a project apart from the one around it; else the
    nearest with ``pyproject.toml``, ``setup.py`` or ``setup.cfg``; else ``cwd`` if the file lies below it; else the
    file's own directory or the parent of its package.  A home directory or the top of the file system is a root only
    where a policy says so, or where the file lies directly in it.
    """
    base = os.path.abspath(cwd)
    directory = os.path.dirname(os.path.normpath(os.path.join(base, path)))
    return Path(_find(directory, base, home()))


def home() -> str:
    """The user's home directory, absolute; ``""`` where there is none."""
    found = os.path.expanduser("~")
    return os.path.abspath(found) if found != "~" else ""


def policy_file(directory: str | Path) -> str:
    """The policy of this very directory, ``fr-lint.toml`` or a ``pyproject.toml`` with the table; ``""`` if none."""
    for path in (os.path.join(directory, POLICY_FILE), os.path.join(directory, "pyproject.toml")):
        if os.path.isfile(path) and (path.endswith(POLICY_FILE) or has_table(path)):
            return path
    return ""


def policies_for(names: Sequence[str], options: Options, left_out: Callable[[str], bool]) -> list[str]:
    """The roots whose policies are in force somewhere below files and directories that are to be linted."""
    cwd = Path(options.cwd)
    places = [Path(cwd, name, "" if os.path.isdir(os.path.join(cwd, name)) else "..", "x.py") for name in names]
    roots = {str(find_root(place, cwd)) for place in places}
    if options.policy:
        return sorted(roots)[:1]
    for name in names:
        if os.path.isdir(os.path.join(cwd, name)):
            roots.update(policies_below(os.path.join(cwd, name), left_out))
    return sorted(root for root in roots if policy_file(root))


def policies_below(directory: str, left_out: Callable[[str], bool] = lambda _: False) -> Iterator[str]:
    """The directories at and below one that hold a policy; not hidden ones, nor those that are ``left_out``."""
    level = [os.path.abspath(directory)]
    seen = 0
    while level and seen < _MOST:
        below: list[str] = []
        for place in level:
            seen += 1
            try:
                with os.scandir(place) as entries:
                    found = sorted(entries, key=lambda entry: entry.name)
            except OSError:
                continue
            names = {entry.name for entry in found}
            if names & {POLICY_FILE, "pyproject.toml"} and policy_file(place):
                yield place
            below += [entry.path for entry in found if _is_inside(entry) and not left_out(entry.path)]
        level = below


def _is_inside(entry: os.DirEntry[str]) -> bool:
    """Is this a directory of the project itself?"""
    try:
        own = not entry.name.startswith(".") and entry.name not in INSTALLED
        return own and entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def too_wide(directory: str) -> bool:
    """Is this a home directory or the top of a file system, which nobody means as a project unless a policy says so?"""
    return (directory == home() or os.path.dirname(directory) == directory) and not policy_file(directory)


@lru_cache(maxsize=4096)
def _find(directory: str, cwd: str, house: str) -> str:
    climb = _ancestors(directory, house)
    below = [place for place in climb if place != house and os.path.dirname(place) != place]
    for place in climb:
        if policy_file(place) or (place in below and _holds(place, _CHECKOUT)):
            return place
        if place in below and (os.path.basename(place) in INSTALLED or _holds(place, ENVIRONMENT)):
            return cwd if cwd.startswith(place + os.sep) and cwd in below else place
    for place in below:
        if _holds(place, _BUILD):
            return place
    if cwd in below:
        return cwd
    package = (place for place in below if not os.path.isfile(os.path.join(place, "__init__.py")))
    return next(package, directory)


def _ancestors(directory: str, house: str) -> list[str]:
    """The directory and those above it, nearest first; ends at the home directory or the top."""
    out = [directory]
    while directory != house and os.path.dirname(directory) != directory:
        directory = os.path.dirname(directory)
        out.append(directory)
    return out


def _holds(directory: str, names: Iterable[str]) -> bool:
    return any(os.path.exists(os.path.join(directory, name)) for name in names)


@lru_cache(maxsize=1024)
def has_table(pyproject: str) -> bool:
    """Does this ``pyproject.toml`` have a ``[tool.fr-lint]`` table?  A broken file counts if a header says so."""
    try:
        with open(pyproject, encoding="utf-8", errors="replace") as file:
            text = file.read(_LARGEST)
    except (OSError, ValueError):
        return False
    if "fr-lint" not in text:
        return False
    import tomllib  # only here: most projects never get this far

    try:
        tool = tomllib.loads(text).get("tool")
    except (ValueError, RecursionError):
        return bool(_TABLE.search(text))
    return isinstance(tool, dict) and "fr-lint" in tool
