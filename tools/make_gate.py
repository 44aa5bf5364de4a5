"""Write ``fr_lint/catalogue/gate_words.py``: the words of the text gate, taken out of the catalogue's data files.

A run over files without a face must not pay for reading the catalogue, so the few words that decide are kept as a
Python constant.  Run it after a change of a ``gate`` key or of the consent vocabulary; ``--check`` only compares.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = Path(__file__).resolve().parents[1] / "fr_lint"
DATA: Final = PACKAGE / "catalogue" / "data"
TARGET: Final = PACKAGE / "catalogue" / "gate_words.py"
_COMMON: Final = ("face", "Face", "FACE")
_RARE: Final = 7  # letters that make a part of a word rare enough
_WIDTH: Final = 120
_HEADER: Final = '''"""The words of the text gate, taken from the catalogue by ``tools/make_gate.py``; do not edit."""

from typing import Final
'''


def face_words() -> list[str]:
    """The ``gate`` words of all face libraries and services."""
    words: set[str] = set()
    for path in sorted((DATA / "faces").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for holder in (table, *table.get("service", ())):
            words.update(holder.get("gate", ()))
    return sorted(words)


def related_words() -> list[str]:
    """Lower-case texts that mark a file which may matter once the project processes faces somewhere else.

    The consent vocabulary, and the ``gate`` words of the other parts of the catalogue.
    """
    table = tomllib.loads((DATA / "consent.toml").read_text(encoding="utf-8"))["consent"]
    words = set(_spellings(table))
    for path in sorted(DATA.rglob("*.toml")):
        if path.parent.name != "faces":
            words.update(word.lower() for word in _gates(tomllib.loads(path.read_text(encoding="utf-8"))))
    return sorted(word for word in words if not any(other != word and other in word for other in words))


def cores(words: list[str]) -> dict[str, list[str]]:
    """Each word under a part of it that a plain substring search can look for; the fewer parts, the quicker the gate.

    ``face`` in some spelling; else what several words share, if it is long enough to be rare; else the word itself.
    """
    found: dict[str, list[str]] = {}
    left = set(words)
    while left:
        pieces = {piece for word in left for piece in (*_pieces(word), *(core for core in _COMMON if core in word))}
        covered = {piece: sum(piece in word for word in left) for piece in pieces}
        best = max(sorted(pieces), key=lambda piece: (piece in _COMMON, covered[piece], len(piece)))
        found[best] = sorted(word for word in left if best in word)
        left.difference_update(found[best])
    return dict(sorted(found.items(), key=lambda item: (item[0] not in _COMMON, item[0])))


def render() -> str:
    """The whole module."""
    lines = [_HEADER]
    lines += ["# part -> the words it stands in; every text that obtains or calls something of the catalogue has one"]
    lines += ["FACE: Final = {"]
    for core, words in cores(face_words()).items():
        lines += _row(f"    {_quoted(core)}: ", words)
    lines += ["}", "", "# lower case: a text with one of these may matter where another file processes faces"]
    lines += _row("RELATED: Final = ", related_words())
    return "\n".join(lines).replace("),\n\n", ")\n\n").removesuffix(",") + "\n"


def main() -> int:
    """Write the module, or with ``--check`` say whether it is up to date."""
    text = render()
    if "--check" in sys.argv[1:]:
        return int(not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    return 0


def _spellings(table: dict[str, Any]) -> Iterator[str]:
    yield from table["words"]
    yield from table["chinese"]
    yield from table["agree"]
    for phrase in table["phrases"]:
        yield from (phrase.replace(" ", glue) for glue in ("", " ", "_", "-"))


def _gates(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value.get("gate", ())
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _gates(part)


def _row(head: str, words: list[str]) -> list[str]:
    """A tuple over as many lines as it takes, in the formatter's style."""
    whole = f"{head}({', '.join(map(_quoted, words))}{',' * (len(words) == 1)}),"
    if len(whole) <= _WIDTH:
        return [whole]
    indent = " " * (len(head) - len(head.lstrip()))
    return [f"{head}(", *(f"{indent}    {_quoted(word)}," for word in words), f"{indent}),"]


def _pieces(word: str) -> set[str]:
    """The word and its parts that are too long to be common."""
    size = len(word)
    return {word, *(word[a:b] for a in range(size) for b in range(a + _RARE, size + 1))}


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


if __name__ == "__main__":
    sys.exit(main())
