"""The store of this process: where it lies, who may write it, whether it is used at all.

The folder is the platform's for caches, or ``FR_LINT_CACHE_DIR``.  The key by which entries are sealed does not lie in
it, but where the platform keeps state, readable by the user alone; ``FR_LINT_CACHE_KEY`` replaces it where a folder of
entries is carried from one machine to the next.  Must not know what is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from fr_lint.cache.store import Store

FOLDER: Final = "FR_LINT_CACHE_DIR"
KEY: Final = "FR_LINT_CACHE_KEY"
_KEY_BYTES: Final = 32
_on = False


def use(on: bool) -> None:
    """Say whether this process keeps anything; it does not unless it is told to."""
    global _on  # noqa: PLW0603  # one store for a process, as its folder and key are
    _on = on


def current() -> Store | None:
    """The store, or ``None`` if none is wanted or possible."""
    return opened() if _on else None


@cache
def opened() -> Store | None:
    """The store of this user; ``None`` where there is no place for it, or none for a key."""
    place = folder()
    key = _key() if place is not None else b""
    try:
        maker()
    except (OSError, ImportError):  # a program that cannot say what it is, as in an archive
        return None
    return Store(place, key) if place is not None and key else None


def folder() -> Path | None:
    """Where the entries lie; ``None`` where nobody knows the user's home."""
    given = os.environ.get(FOLDER)
    return Path(given).absolute() if given else _platform("user_cache_dir")


def _platform(kind: str) -> Path | None:
    import platformdirs

    try:
        found = Path(getattr(platformdirs, kind)("fr-lint", appauthor=False))
    except (RuntimeError, OSError, KeyError):  # a user without a home, as in many containers
        return None
    return found if found.is_absolute() else None


def _key() -> bytes:
    given = os.environ.get(KEY)
    if given:
        return hashlib.blake2b(given.encode("utf-8", "surrogateescape"), digest_size=_KEY_BYTES).digest()
    state = _platform("user_state_dir")
    if state is None:
        return b""
    path = state / "cache-key"
    try:
        return _read_key(path) or _new_key(path)
    except OSError:
        return b""


def _read_key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return b""
    return key if len(key) == _KEY_BYTES else b""


def _new_key(path: Path) -> bytes:
    """A key of one's own, unless another process was quicker."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(mine, path)
        if not _read_key(path):  # a key that is no key
            os.replace(mine, path)
        return _read_key(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(mine)


@cache
def maker() -> str:
    """Who wrote an entry: this very program on this Python; what another one wrote is not understood.

    Where the program was installed from a wheel, the list of hashes that came with it says what it is, together with
    the sizes of its files; else its files are read.
    """
    from importlib.metadata import PackageNotFoundError, distribution, version

    digest = hashlib.blake2b(digest_size=16)
    files = sorted(_files(os.path.dirname(os.path.dirname(__file__))))
    try:
        record = distribution("fr-lint").read_text("RECORD") or ""
    except PackageNotFoundError:
        record = ""
    listed = "fr_lint/__init__.py," in record
    digest.update(record.encode())
    for path, size in files:
        digest.update(f"{path}\0{size}\n".encode() if listed else Path(path).read_bytes())
    return f"{digest.hexdigest()} {sys.implementation.cache_tag} {sys.version_info.minor} {version('libcst')}"


def _files(folder: str) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            elif entry.name.endswith((".py", ".toml", ".json")):
                yield entry.path, entry.stat().st_size
