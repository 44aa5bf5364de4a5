"""The disk: which Python files lie below a root, and their text as flake8 would decode it.

Knows directories, symbolic links and encodings; must not know imports, words or anything about faces.
"""

from __future__ import annotations

import io
import os
import posixpath
import tokenize
from dataclasses import dataclass
from typing import Final

MAX_FILES: Final = 50_000  # beyond it the walk stops; directories near the root come first
MAX_BYTES: Final = 5_000_000  # a larger file is data rather than a program: it has no text
SUFFIXES: Final = (".py", ".pyw")
INSTALLED: Final = frozenset({"__pycache__", "node_modules", "site-packages"})
ENVIRONMENT: Final = frozenset({"pyvenv.cfg", "conda-meta"})  # what marks an installed environment
_PROJECT: Final = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
_OUTPUT: Final = frozenset({"build", "dist"})  # beside one of the above and no package: what a build leaves behind
_BOM: Final = "\ufeff".encode()

Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a walk found; all paths are relative to the root, with forward slashes, sorted."""

    files: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()  # directories with a pyproject.toml, setup.py or setup.cfg ("" is the root)
    links: tuple[tuple[str, str], ...] = ()  # (symbolic link, file or directory below the root it stands for)
    truncated: bool = False


def walk(root: str, *, flat: bool = False, also: str = "") -> Listing:
    """List the Python files below ``root``; ``flat``: only those directly in it.  Unreadable places are empty.

    ``also`` is a directory below the root that is walked although its name would keep the walk out.
    """
    real = os.path.realpath(root)
    files: list[str] = []
    projects: list[str] = []
    links: list[tuple[str, str]] = []
    level = [("", False), (also, False)][: 2 if also else 1]  # (directory, does its parent build something)
    while level:
        below: list[tuple[str, bool]] = []
        for directory, built in level:
            entries = _entries(os.path.join(root, directory) if directory else root)
            names = {entry.name for entry in entries}
            if directory and not names.isdisjoint(ENVIRONMENT):
                continue
            if built and posixpath.basename(directory) in _OUTPUT and "__init__.py" not in names:
                continue
            builds = not names.isdisjoint(_PROJECT)
            if builds:
                projects.append(directory)
            for entry in entries:
                path = f"{directory}/{entry.name}" if directory else entry.name
                kind = _kind(entry)
                if kind == "dir":
                    below.append((path, builds))
                elif kind == "file":
                    files.append(path)
                elif kind == "link" and (target := _inside(os.path.join(root, path), real)):
                    links.append((path, target))
                elif kind == "link" and entry.name.endswith(SUFFIXES) and _is_file(entry):
                    files.append(path)
            if len(files) >= MAX_FILES:
                return Listing(tuple(sorted(files[:MAX_FILES])), tuple(sorted(projects)), tuple(sorted(links)), True)
        level = [] if flat else below
    return Listing(tuple(sorted(files)), tuple(sorted(projects)), tuple(sorted(links)))


def apart(path: str) -> str:
    """The hidden directory that a file lies in, where a walk does not go by itself: ``.tools`` for ``.tools/run.py``.

    Empty for a file in no such directory, and for one that is installed.
    """
    parts = path.split("/")[:-1]
    hidden = [number for number, part in enumerate(parts) if part.startswith(".")]
    if not hidden or not INSTALLED.isdisjoint(parts) or ".." in parts:
        return ""
    return "/".join(parts[: hidden[-1] + 1])


def read(path: str) -> str | None:
    """The text of a file, or ``None`` if it cannot be read or is too large."""
    return stamped(path)[0]


def stamped(path: str) -> tuple[str | None, Stamp | None]:
    """The same, and the stamp of the file after it was read; none if there is no such file."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
            stamp = stamp_of(os.fstat(file.fileno()))
    except (OSError, ValueError):
        return None, None
    return None if len(data) > MAX_BYTES else decode(data), stamp


def stamp_of(about: os.stat_result) -> Stamp:
    """What changes with a file's content: size in bytes, two times in nanoseconds, its number on the disk."""
    return (about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


def decode(data: bytes) -> str:
    """Bytes as flake8 hands them to a plugin: by cookie or UTF-8, else Latin-1; no byte order mark, no ``CR``."""
    try:
        text = data.decode(_encoding(data))
    except (UnicodeError, LookupError, SyntaxError):
        text = data.decode("latin-1")
        text = text.removeprefix("\xef\xbb\xbf")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _encoding(data: bytes) -> str:
    """The encoding that PEP 263 gives these bytes; reads a cookie only where the first two lines mention one."""
    second = data.find(b"\n", data.find(b"\n") + 1)
    head = data[: second if second > 0 else len(data)]
    if b"coding" in head or b"\r" in head:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    return "utf-8-sig" if data.startswith(_BOM) else "utf-8"


def _entries(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _kind(entry: os.DirEntry[str]) -> str:
    """``dir``, ``file`` (a regular Python file), ``link``, or ``""`` for what is none of our business."""
    name = entry.name
    if not name.isascii() and not _encodable(name):
        return ""
    try:
        if entry.is_symlink():
            return "" if name.startswith(".") or name in INSTALLED else "link"
        if entry.is_dir():
            return "" if name.startswith(".") or name in INSTALLED or name.endswith((".egg", ".egg-info")) else "dir"
        return "file" if name.endswith(SUFFIXES) and entry.is_file() else ""
    except OSError:
        return ""


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _inside(link: str, real: str) -> str:
    """The place below the real root that a link leads to, relative; ``""`` for outside, the root or an ancestor."""
    target = os.path.realpath(link)
    directory = os.path.realpath(os.path.dirname(link))
    if not target.startswith(real + os.sep) or (directory + os.sep).startswith(target + os.sep):
        return ""
    return os.path.relpath(target, real).replace(os.sep, "/")


def _encodable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeError:
        return False
    return True
