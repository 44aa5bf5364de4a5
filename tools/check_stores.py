"""Check the names and arguments in ``fr_lint/catalogue/data/stores`` against the packages that are on PyPI.

    python tools/check_stores.py [--from FOLDER] [file...]

Like ``check_catalogue.py``: the versions under ``checked`` are downloaded, unpacked and *read*; nothing is installed,
imported or run.  The standard library is read from the stubs that come with mypy.  A name is looked up as Python would;
where the signature of a function is found, each place of the form ``1|key`` is compared with it: one of the keywords
has to stand at that position, and a keyword alone has to be a parameter.  ``--from`` is a folder with one unpacked
distribution in each subfolder, named as on PyPI, which saves the downloads.

Prints a table and what was not found; the exit code is 1 if there is anything.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from check_catalogue import (
    BINDING,
    DYNAMIC,
    ELSEWHERE,
    MISSING,
    STATIC,
    UNCHECKED,
    Import,
    Module,
    Tree,
    download,
    unpack,
)

from fr_lint.catalogue import records
from fr_lint.catalogue.places import Place
from fr_lint.catalogue.store_reader import library
from fr_lint.catalogue.store_records import Library, Operation, Type

_ORDER: Final = (STATIC, BINDING, DYNAMIC, UNCHECKED, ELSEWHERE, MISSING)


class Reading(Tree):
    """A tree that remembers the functions which a name led to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.seen: list[ast.FunctionDef | ast.AsyncFunctionDef] = []

    def functions(self, name: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """The definitions behind a name: of a class, its constructor."""
        self.seen = []
        self._found.clear()
        self.find(name)
        return self.seen

    def _bound(self, module: Module, bound: ast.AST | Import, rest: list[str], depth: int) -> str:
        if not rest and isinstance(bound, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.seen.append(bound)
        elif not rest and isinstance(bound, ast.ClassDef):
            self.seen += [f for f in bound.body if isinstance(f, ast.FunctionDef) and f.name in ("__init__", "__new__")]
        return super()._bound(module, bound, rest, depth)


def trees(entry: Library, folder: Path, unpacked: Path | None) -> list[Reading]:
    """The distributions that a file names."""
    found: list[Reading] = []
    for requirement in entry.table["checked"]:
        name = requirement.partition("==")[0] if "=" in requirement else entry.package
        if name == "python":
            spec = importlib.util.find_spec("mypy")
            assert spec is not None
            assert spec.origin is not None
            found.append(Reading(Path(spec.origin).parent / "typeshed" / "stdlib"))
            continue
        ready = [path for path in unpacked.iterdir() if _plain(path.name) == _plain(name)] if unpacked else []
        if ready:
            found.append(Reading(ready[0]))
            continue
        archive = download(requirement, folder / f"{name}-archive")
        if archive is not None:
            unpack(archive, folder / name)
            found.append(Reading(folder / name))
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names(entry: Library) -> Iterator[tuple[str, bool, tuple[Place, ...]]]:
    """Each dotted name of a file, whether it says that it cannot be checked, and the places in its call."""
    for kind in entry.types:
        if not kind.made_by:
            yield kind.name, kind.unchecked, _of(kind)
        for maker in kind.made_by:
            yield maker, kind.unchecked or "[]" in maker, _of(kind)
    for operation in entry.operations:
        yield operation.name, operation.unchecked or operation.method.startswith("__"), _of(operation)
    for view in entry.views:
        yield view.base or view.register, view.unchecked, ()
    for cascade in entry.cascades:
        yield cascade.name, cascade.unchecked, (cascade.target, *(place for place, _ in cascade.when))
    for model in entry.models:
        yield model.name, model.unchecked, ()
    for name in entry.fields:
        yield name, True, ()


def _of(thing: Type | Operation) -> tuple[Place, ...]:
    places = [place for _, place in thing.at]
    if isinstance(thing, Operation):
        places += [*thing.data, *thing.expires, *thing.given]
        places += [thing.source] if thing.source else []
    return tuple(place for place in places if not place.word and place.names)


def argument(place: Place, functions: list[ast.FunctionDef | ast.AsyncFunctionDef]) -> bool:
    """Whether one of the signatures has the place; a signature that takes anything has it."""
    for function in functions:
        spec = function.args
        plain = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
        plain = plain[1:] if plain[:1] in (["self"], ["cls"], ["subtype"]) else plain
        alone = [arg.arg for arg in spec.kwonlyargs]
        if spec.kwarg is not None and (place.index < 0 or spec.vararg is not None):
            return True
        if place.index < 0 and set(place.names) & {*plain, *alone}:
            return True
        if 0 <= place.index < len(plain) and (plain[place.index] in place.names or plain[place.index].startswith("_")):
            return True
        if place.index >= len(plain) and spec.vararg is not None:
            return True
        if set(place.names) & set(alone):
            return True
    return not functions


def spellings(name: str, entry: Library) -> Iterator[str]:
    """The name; what it is where an alias leads to it; the types that are one by inheritance, and what makes them."""
    yield name
    for spelling, target in entry.aliases.items():
        if name.startswith(f"{target}.") or name == target:
            yield spelling + name[len(target) :]
    for kind in entry.types:
        for base in (kind.name, *kind.is_a):
            if name.startswith(f"{base}."):
                yield from (maker + name[len(base) :] for maker in (kind.name, *kind.made_by) if maker != base)


def check(entry: Library, found: list[Reading]) -> tuple[Counter[str], list[str]]:
    """How the names of a file were found, and what is wrong."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for name, unchecked, places in dict.fromkeys(names(entry)):
        options = list(dict.fromkeys(spellings(name, entry)))
        how = min((tree.find(each) for tree in found for each in options), key=_ORDER.index, default=MISSING)
        if how == MISSING:
            how = UNCHECKED if unchecked else MISSING
        counts[how] += 1
        if how == MISSING:
            wrong.append(f"{entry.file}: {name}: not found")
        functions = [function for tree in found for each in options for function in tree.functions(each)]
        wrong += [
            f"{entry.file}: {name}: no argument '{place.spelling}'"
            for place in places
            if not argument(place, functions) and not unchecked
        ]
    return counts, wrong


def main() -> int:
    """Download, look up, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", nargs="*", help="only these files of data/stores; all if none is named")
    parser.add_argument("--from", metavar="FOLDER", type=Path, dest="unpacked", help="unpacked distributions")
    options = parser.parse_args()
    wrong: list[str] = []
    print(f"{'file':24}" + "".join(f"{how:>11}" for how in _ORDER))
    for file, text in records.texts("stores"):
        if options.file and file not in options.file:
            continue
        entry = library(file, records.parse(file, text))
        folder = Path(tempfile.mkdtemp(prefix="stores-"))
        try:
            counts, found = check(entry, trees(entry, folder, options.unpacked))
        finally:
            shutil.rmtree(folder)
        wrong += found
        print(f"{file:24}" + "".join(f"{counts[how]:>11}" for how in _ORDER), flush=True)
    print(*wrong, sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
