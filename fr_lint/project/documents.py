"""The documents that a policy names: does a file of the project exist?  Their contents are nobody's business here."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

_ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)


class Documents:
    """The documents below a root; a project in memory (no root) has all of them."""

    def __init__(self, root: Path | None) -> None:
        self._root = os.path.realpath(root) if root is not None else ""

    def exists(self, name: str) -> bool:
        """Is it a file of the project?  ``#section`` at its end is left out; a link that leaves the project is none."""
        if not self._root:
            return bool(name)
        for path in dict.fromkeys((name, name.partition("#")[0])):
            try:
                real = os.path.realpath(os.path.join(self._root, path.replace("\\", "/")))
                if real.startswith(self._root.rstrip(os.sep) + os.sep) and os.path.isfile(real):
                    return True
            except (OSError, ValueError):
                continue
        return False

    @staticmethod
    def is_address(name: str) -> bool:
        """Is it an address on the web?  Nothing is fetched, so it is taken at its word."""
        return _ADDRESS.fullmatch(name) is not None


_PAPER: Final = frozenset(
    "md rst txt text html htm pdf doc docx odt rtf adoc org tex pptx png jpg jpeg svg j2 jinja".split()
)


def is_function(name: str) -> bool:
    """Is this the dotted name of a function rather than a document?"""
    parts = name.split(".")
    return len(parts) > 1 and all(part.isidentifier() for part in parts) and parts[-1].lower() not in _PAPER
