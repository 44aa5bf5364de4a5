"""Entries on disk, by name: written whole or not at all, sealed, bounded in size.

Each entry is a file of its own that begins with a seal, a keyed hash over its name and content (BLAKE2b, RFC 7693):
what is damaged, or was written by anybody who does not hold the key, is no entry.  Several processes may read and write
at once.  Whatever the disk refuses makes a run slower and is no error.  Must not know what the entries mean.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import shutil
import tempfile
import time
import zlib
from pathlib import Path
from typing import Final

LIMIT: Final = 256 * 1024 * 1024  # bytes of all entries
SHARDS: Final = 64  # folders; each has an equal part of the limit
_SEAL: Final = 32  # bytes
_TOUCHED: Final = 24 * 3600  # seconds: an entry in use is marked as such no more often
_KEPT: Final = 0.75  # of a full shard


class Store:
    """The entries below one folder, for whoever holds the key (at least 16 bytes)."""

    def __init__(self, folder: Path, key: bytes, limit: int = LIMIT) -> None:
        self.folder = folder
        self._key = key[:64]
        self._room = limit // SHARDS  # bytes of a shard
        self._written: dict[str, int] = {}  # shard -> bytes since it was looked through

    def name(self, *parts: str | bytes) -> str:
        """A name that stands for these parts and for nothing else."""
        digest = hashlib.blake2b(digest_size=20)
        for part in parts:
            data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big"))
            digest.update(data)
        return digest.hexdigest()

    def has(self, name: str) -> bool:
        """Is there a file for an entry, whatever is in it?"""
        return os.path.isfile(self._path(name))

    def get(self, name: str) -> bytes | None:
        """The content of an entry; ``None`` if there is none that is whole and ours."""
        path = self._path(name)
        try:
            with open(path, "rb") as file:
                data = file.read(self._room + _SEAL)
                age = time.time() - os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        seal, content = data[:_SEAL], data[_SEAL:]
        if not hmac.compare_digest(seal, self._sealed(name, content)):
            self.drop(name)
            return None
        if age > _TOUCHED:
            with contextlib.suppress(OSError):
                os.utime(path)
        return zlib.decompress(content)

    def put(self, name: str, content: bytes) -> None:
        """Keep an entry, unless it is too large or the disk refuses."""
        packed = zlib.compress(content, 1)
        if len(packed) > self._room // 4:
            return
        path = self._path(name)
        shard = os.path.dirname(path)
        try:
            os.makedirs(shard, mode=0o700, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=shard)
        except OSError:
            return
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self._sealed(name, packed) + packed)
            os.replace(temporary, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            return
        self._bound(shard, len(packed) + _SEAL)

    def drop(self, name: str) -> None:
        """Remove an entry, if it is there."""
        with contextlib.suppress(OSError):
            os.unlink(self._path(name))

    def clear(self) -> int:
        """Remove all entries; how many there were.  :raises OSError: if the disk refuses."""
        count = sum(1 for _ in self._entries())
        for shard in map(self._shard, range(SHARDS)):
            if os.path.isdir(shard) and not os.path.islink(shard):
                shutil.rmtree(shard)
        return count

    def size(self) -> tuple[int, int]:
        """How many entries there are, and their bytes."""
        sizes = [size for _, size, _ in self._entries()]
        return len(sizes), sum(sizes)

    def _entries(self) -> list[tuple[float, int, str]]:
        return [entry for number in range(SHARDS) for entry in _listed(self._shard(number))]

    def _bound(self, shard: str, added: int) -> None:
        """Remove what was not used for longest from a shard that is full; looked at now and then."""
        fresh = shard not in self._written
        self._written[shard] = self._written.get(shard, 0) + added
        if not fresh and self._written[shard] < self._room // 8:
            return
        self._written[shard] = 0
        entries = sorted(_listed(shard))
        total = sum(size for _, size, _ in entries)
        if total <= self._room * 7 // 8:
            return
        for _, size, path in entries:
            with contextlib.suppress(OSError):
                os.unlink(path)
            total -= size
            if total <= self._room * _KEPT:
                return

    def _sealed(self, name: str, content: bytes) -> bytes:
        return hashlib.blake2b(name.encode() + content, key=self._key, digest_size=_SEAL).digest()

    def _shard(self, number: int) -> str:
        return os.path.join(self.folder, f"{number:02x}")

    def _path(self, name: str) -> str:
        return os.path.join(self._shard(int(name[:2], 16) % SHARDS), name)


def _listed(shard: str) -> list[tuple[float, int, str]]:
    """When it was used, bytes and path of each file."""
    found = []
    with contextlib.suppress(OSError), os.scandir(shard) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                about = entry.stat(follow_symlinks=False)
                found.append((about.st_mtime, about.st_size, entry.path))
    return found
