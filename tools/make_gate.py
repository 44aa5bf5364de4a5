"""Write ``fr_lint/catalogue/gate_words.py`` and more: what is taken out of the catalogue's data files.

A run over files without a face must not pay for reading the catalogue, so the few words that decide are kept as a
Python constant in ``gate_words.py``.  ``store_index.py`` says which store file to read for which name, and
``data/stores.json`` holds those files in a form that is quick to read.  Run it after a change of a ``gate`` key, of the
consent vocabulary or of a store file; ``--check`` only compares.
"""

from __future__ import annotations

import json
import sys
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = Path(__file__).resolve().parents[1] / "fr_lint"
DATA: Final = PACKAGE / "catalogue" / "data"
TARGET: Final = PACKAGE / "catalogue" / "gate_words.py"
INDEX: Final = PACKAGE / "catalogue" / "store_index.py"
STORES: Final = PACKAGE / "catalogue" / "data" / "stores.json"
_COMMON: Final = "face"
_RARE: Final = 6  # letters that make a part of a word rare enough
_WIDTH: Final = 120
_HEADER: Final = '''"""The words of the text gate, taken from the catalogue by ``tools/make_gate.py``; do not edit."""

from typing import Final
'''


_INDEX_HEADER: Final = '''"""Which store file to read for which name, written by ``tools/make_gate.py``; do not edit."""

from typing import Final
'''
# the keys of a [[call]] that hold names; the tool must not import the package that it writes a part of
ACTIONS: Final = ("store", "delete", "expire", "hold", "drop", "read", "move", "sql", "run", "path", "handle")


def face_words() -> list[str]:
    """The ``gate`` words of all face libraries and services."""
    words: set[str] = set()
    for path in sorted((DATA / "faces").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for holder in (table, *table.get("service", ())):
            words.update(holder.get("gate", ()))
    return sorted(words)


def cores(words: list[str]) -> dict[str, list[str]]:
    """Each word under a lower-case part of it that a substring search can look for; fewer and longer ones are quicker.

    ``face`` first; else what several words share, if it is long enough to be rare; else the word itself.
    """
    found: dict[str, list[str]] = {}
    left = set(words)
    while left:
        covered = Counter(piece for word in left for piece in _pieces(word.lower()))
        best = max(sorted(covered), key=lambda piece: (piece == _COMMON, covered[piece], len(piece)))
        found[best] = sorted(word for word in left if best in word.lower())
        left.difference_update(found[best])
    return dict(sorted(found.items(), key=lambda item: (item[0] != _COMMON, item[0])))


def render() -> str:
    """The whole module."""
    with (DATA / "consent.toml").open("rb") as file:
        table = tomllib.load(file)
    consent, face = table["consent"], table["face"]
    rows = [_HEADER, "# part, lower case -> the words it stands in; a text that obtains or calls a face API has one"]
    rows += ["FACE: Final = {"]
    for core, words in cores(face_words()).items():
        rows += _row(f"    {_quoted(core)}: ", words, ",")
    rows += ["}", "", "# lower case: a text with one of these may matter where another file processes faces"]
    rows += _row("RELATED: Final = ", _shortest([*consent["words"], *consent["chinese"], *_gates()]))
    rows += _row("PHRASES: Final = ", consent["phrases"])
    rows += ["", "# lower case: so may a text that has one of the first kind and one of the second"]
    rows += _row("BESIDE: Final = ", _shortest(consent["agree"]))
    rows += _row("FACEISH: Final = ", _shortest([*face["words"], *face["chinese"]]))
    rows += ["", "# names of calls, and of libraries whose objects keep items: nothing is stored without one"]
    rows += _words("STORING", store_words("store", "sql", "run"))
    rows += _words("KEEPING", keeping())
    rows += [
        "",
        "# names of calls and of classes: but for those objects nothing is deleted, bounded or moved without one",
    ]
    rows += _words("REMOVING", store_words("delete", "expire", "drop", "move", "run", "view"))
    return "\n".join(rows) + "\n"


def store_words(*kinds: str) -> list[str]:
    """The last parts of the names under these actions, or in these tables."""
    words: set[str] = set()
    for table in _store_tables():
        for call in table.get("call", ()):
            words.update(name.rpartition(".")[2] for kind in kinds for name in call.get(kind, ()))
        for view in table.get("view", ()) if "view" in kinds else ():
            named = view.get("base") or view["register"]
            words.update(name.rpartition(".")[2] for name in ([named] if isinstance(named, str) else named))
    return sorted(word for word in words if not word.startswith("__"))


def keeping() -> list[str]:
    """The libraries whose objects take items by assignment."""
    owners = [
        call["on"]
        for table in _store_tables()
        for call in table.get("call", ())
        if "__setitem__" in call.get("store", ())
    ]
    names = [name for owner in owners for name in ([owner] if isinstance(owner, str) else owner)]
    return sorted({name.partition(".")[0] for name in names})


def _store_tables() -> Iterator[dict[str, Any]]:
    for path in sorted((DATA / "stores").glob("*.toml")):
        yield tomllib.loads(path.read_text(encoding="utf-8"))


def index() -> str:
    """The module that says which store file to read for a name."""
    roots: dict[str, list[str]] = {}
    guesses: dict[str, list[str]] = {}
    for path in sorted((DATA / "stores").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        roots[path.name] = table["roots"]
        known = [call for call in table.get("call", ()) if call.get("guess") or call.get("receivers")]
        names = {name.rpartition(".")[2] for call in known for action in ACTIONS for name in call.get(action, ())}
        if names:
            guesses[path.name] = sorted(names)
    rows = [_INDEX_HEADER, "# file -> the first parts of the dotted names that it knows", "ROOTS: Final = {"]
    rows += _entries(roots)
    rows += ["}", "", "# file -> the methods that it can tell on a receiver of unknown type", "GUESSES: Final = {"]
    rows += _entries(guesses)
    rows += ["}", "", "# the last names of all calls that do something to a store"]
    return "\n".join([*rows, *_words("METHODS", store_words(*ACTIONS))]) + "\n"


def _entries(files: dict[str, list[str]]) -> Iterator[str]:
    for file, words in files.items():
        whole = " ".join(words)
        lines = textwrap.wrap(whole, _WIDTH - 11) if len(whole) > _WIDTH - 10 else [whole]
        if len(lines) == 1 and len(file) + len(lines[0]) + 11 <= _WIDTH:
            yield f'    "{file}": "{lines[0]}",'
        else:
            yield f'    "{file}": ('
            yield from (f'        "{line} "' for line in lines[:-1])
            yield f'        "{lines[-1]}"'
            yield "    ),"


def compiled() -> str:
    """All store files in one of a form that is quick to read, a line for each."""
    tables = {
        path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((DATA / "stores").glob("*.toml"))
    }
    rows = [f"{json.dumps(name)}: {json.dumps(table, separators=(',', ':'))}" for name, table in tables.items()]
    return "{\n" + ",\n".join(rows) + "\n}\n"


def main() -> int:
    """Write the modules, or with ``--check`` say whether they are up to date."""
    texts = {TARGET: render(), INDEX: index(), STORES: compiled()}
    if "--check" in sys.argv[1:]:
        return int(any(not path.exists() or path.read_text(encoding="utf-8") != text for path, text in texts.items()))
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


def _gates() -> Iterator[str]:
    """The ``gate`` words of all parts of the catalogue but the face libraries, in lower case."""
    for path in sorted(DATA.rglob("*.toml")):
        if path.parent.name != "faces":
            with path.open("rb") as file:
                yield from (word.lower() for word in _gates_in(tomllib.load(file)))


def _gates_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value.get("gate", ())
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _gates_in(part)


def _shortest(words: list[str]) -> list[str]:
    """Without those that hold another of them."""
    every = set(words)
    return sorted(word for word in every if not any(other != word and other in word for other in every))


def _row(head: str, words: list[str], end: str = "") -> list[str]:
    """A tuple over as many lines as it takes, in the formatter's style."""
    whole = f"{head}({', '.join(map(_quoted, words))}{',' * (len(words) == 1)}){end}"
    if len(whole) <= _WIDTH:
        return [whole]
    indent = " " * (len(head) - len(head.lstrip()))
    return [f"{head}(", *(f"{indent}    {_quoted(word)}," for word in words), f"{indent}){end}"]


def _words(name: str, words: list[str]) -> list[str]:
    """Many short words, as one text over few lines."""
    lines = textwrap.wrap(" ".join(words), _WIDTH - 8)
    rows = [f'    "{line} "' for line in lines[:-1]]
    return (
        [f"{name}: Final = (", *rows, f'    "{lines[-1]}"', ").split()"]
        if rows
        else [f'{name}: Final = "{lines[-1]}".split()']
    )


def _pieces(word: str) -> set[str]:
    """The word, its parts that are too long to be common, and the one part that is common anyway."""
    size = len(word)
    parts = {word[a:b] for a in range(size) for b in range(a + _RARE, size + 1)}
    return parts | {word} | ({_COMMON} if _COMMON in word else set())


def _quoted(word: str) -> str:
    """As a literal in the formatter's style."""
    return repr(word) if '"' in word else '"' + word.replace("\\", "\\\\") + '"'


if __name__ == "__main__":
    sys.exit(main())
