"""The fixtures as plain values: relative path -> text, without their marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Sources = dict[str, str]

FIXTURES: Final = Path(__file__).resolve().parents[2] / "fixtures"
MARK: Final = re.compile(r"[ \t]*#!?[ \t]*((?:FRL\d{3}\??[ \t]*)+)$", re.MULTILINE)
NOT_APPLICABLE: Final = re.compile(r"^# guard-removal: n/a (\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One fixture: a file, or a folder that is a project."""

    name: str
    sources: Sources
    marked: bool  # does any line say that it must or may be reported?
    exempt: str  # why removing its guard changes nothing, from a comment of the form ``# guard-removal: n/a <reason>``


def sample(path: Path, name: str) -> Sample | None:
    """None for what is not Python only: such a fixture needs a disk."""
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    files = [one for one in files if "__pycache__" not in one.parts]
    if not files or any(one.suffix != ".py" for one in files):
        return None
    base = path if path.is_dir() else path.parent
    try:
        texts = {one.relative_to(base).as_posix(): one.read_bytes().decode() for one in files}
    except UnicodeDecodeError:
        return None
    reasons = [found[1] for text in texts.values() for found in NOT_APPLICABLE.finditer(text)]
    return Sample(
        name,
        {one: MARK.sub("", text.replace("\r\n", "\n")) for one, text in texts.items()},
        any(MARK.search(text.replace("\r\n", "\n")) for text in texts.values()),
        reasons[0].strip() if reasons else "",
    )


def samples(root: Path = FIXTURES, folders: str = "FRL*") -> Iterator[Sample]:
    """All fixtures of the folders that match, in the order of their names."""
    for folder in sorted(one for one in root.glob(folders) if one.is_dir()):
        for path in sorted(folder.iterdir()):
            if path.name.startswith((".", "_")) or not (path.is_dir() or path.suffix == ".py"):
                continue
            one = sample(path, path.relative_to(root).as_posix())
            if one is not None:
                yield one
