"""Check that the names in ``fr_lint/catalogue/data/faces`` exist in the packages that are on PyPI.

    python tools/check_catalogue.py [--newest] [--keep FOLDER] [package...]

For each library file the versions under ``checked`` are downloaded (with ``--newest`` the latest one instead), unpacked
into a temporary folder and *read*: nothing is installed, imported or run.  A name is looked up as Python would: module,
re-export, class, base class, attribute set in a method.  Where there is no Python source for it, stubs, the symbols of
an extension module, binding sources and the AWS service model are asked.  It is enough that one of the versions has it.

Prints a table and the names that were not found; the exit code is 1 if there are any.  With ``--newest`` these
are also the names that a library has dropped since, which programs in the world still use.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fr_lint.catalogue import records

INDEX: Final = "https://pypi.org/simple"
STATIC, BINDING, DYNAMIC, ELSEWHERE, UNCHECKED, MISSING = (
    "static",
    "binding",
    "dynamic",
    "elsewhere",
    "unchecked",
    "missing",
)
_ORDER: Final = (STATIC, BINDING, DYNAMIC, UNCHECKED, ELSEWHERE, MISSING)
_CLIENT: Final = re.compile(r"client\('(\w+)'\)(?:\.(\w+))?$")
_SOURCES: Final = (".cpp", ".cc", ".cxx", ".h", ".hpp", ".pyx")
# What a class gets from a base outside the package: torch.nn.Module, keras.Model
_INHERITED: Final = frozenset("__call__ eval to cuda predict predict_on_batch forward".split())
_DEPTH: Final = 14
_LIMIT: Final = 2_000_000_000  # bytes that an archive may unpack to


# ------------------------------------------------------------------------------------------------------------ download


def requirements(library: records.Library, *, newest: bool) -> list[str]:
    """``name==version`` for each version to look at; ``checked`` holds versions, or whole requirements."""
    found = [entry if "=" in entry else f"{library.package}=={entry}" for entry in library.table["checked"]]
    return list(dict.fromkeys(entry.partition("==")[0] for entry in found)) if newest else found


def download(requirement: str, folder: Path) -> Path | None:
    """A wheel by pip; where there is none the source archive as a plain file, since pip would run its ``setup.py``."""
    folder.mkdir(parents=True, exist_ok=True)
    pip = f"-m pip download --quiet --no-deps --only-binary=:all: --dest {folder}".split()
    subprocess.run([sys.executable, *pip, requirement], check=False, capture_output=True)
    return next((path for path in folder.iterdir() if path.is_file()), None) or _archive(requirement, folder)


def _archive(requirement: str, folder: Path) -> Path | None:
    name, _, version = requirement.partition("==")
    project = re.sub(r"[-_.]+", "-", name).lower()
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{INDEX}/{project}/", headers=accept)) as answer:
            files = json.load(answer)["files"]
    except urllib.error.HTTPError:  # no such project
        return None
    ours = [file for file in files if not version or f"-{version}" in file["filename"].removesuffix(".tar.gz")[-30:]]
    archives = [file for file in ours if file["filename"].endswith((".tar.gz", ".zip"))]
    wheels = [file for file in ours if file["filename"].endswith(".whl")]  # for another Python or system: good to read
    for file in (*reversed(archives), *reversed(wheels)):
        path = folder / PurePosixPath(file["filename"]).name
        with urllib.request.urlopen(file["url"]) as answer:
            path.write_bytes(answer.read())
        if hashlib.sha256(path.read_bytes()).hexdigest() == file["hashes"]["sha256"]:
            return path
        path.unlink()
    return None


def unpack(archive: Path, folder: Path) -> None:
    """Regular files only, and none outside the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as bundle:
            _bounded(sum(info.file_size for info in bundle.infolist()))
            bundle.extractall(folder)  # drops absolute parts and `..` itself
    else:
        with tarfile.open(archive) as bundle:
            members = bundle.getmembers()
            _bounded(sum(member.size for member in members))
            bundle.extractall(folder, members=members, filter="data")


def _bounded(size: int) -> None:
    if size > _LIMIT:
        raise ValueError(f"an archive that unpacks to {size} bytes")


# ------------------------------------------------------------------------------------------------------------- reading


class Import(NamedTuple):
    """A name bound by an import: the dotted name it stands for."""

    target: str


@dataclass
class Module:
    """What one module binds, from its source and its stub."""

    name: str
    is_package: bool
    names: dict[str, list[ast.AST | Import]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    text: str = ""

    def read(self, source: str) -> None:
        """Add the bindings of a file."""
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):  # Python 2, templates
            return
        self.text += source
        for node in _statements(tree.body):
            self._bind(node)

    def _bind(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self._add(name, node)
            case ast.Import(names=names):
                for alias in names:
                    top = alias.name.partition(".")[0]
                    self._add(alias.asname or top, Import(alias.name if alias.asname else top))
            case ast.ImportFrom(names=names):
                base = self._relative(node)
                for alias in names:
                    if alias.name == "*":
                        self.stars.append(base)
                    else:
                        self._add(alias.asname or alias.name, Import(f"{base}.{alias.name}"))
            case ast.Assign(targets=targets, value=value):
                for part in (part for target in targets for part in ast.walk(target)):
                    if isinstance(part, ast.Name):
                        self._add(part.id, value)
            case ast.AnnAssign(target=ast.Name(id=name)):
                self._add(name, node.value or node.annotation)

    def _add(self, name: str, bound: ast.AST | Import) -> None:
        self.names.setdefault(name, []).append(bound)

    def _relative(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        parts = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*parts, *([node.module] if node.module else [])])


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, those under ``if``, ``try`` and ``with`` included."""
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield from _statements(getattr(node, name, []))
        for handler in getattr(node, "handlers", []):
            yield from _statements(handler.body)


class Tree:
    """One unpacked distribution."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.roots = [folder]
        tops = [path for path in folder.iterdir() if path.is_dir()]
        tops += [path for top in tops for path in top.glob("*/") if path.name in ("src", "python", "lib")]
        for top in tops:  # of a wheel the folder itself, of a source archive what is in it
            if not (top / "__init__.py").exists() and not top.name.endswith((".dist-info", ".libs")):
                self.roots.append(top)
        self._modules: dict[str, Module | None] = {}
        self._found: dict[str, str] = {}

    def find(self, name: str) -> str:
        """How the name was found, or ``missing``."""
        plain = re.sub(r"\[\w+\]", "", name)
        if client := _CLIENT.search(plain):
            operations = self._operations(client[1])
            return BINDING if client[2] in operations or (operations and not client[2]) else MISSING
        how = self.lookup(plain)
        if how == MISSING and "()" in plain:
            how = self.lookup(plain[: plain.index("()")]).replace(STATIC, DYNAMIC)
        return BINDING if how == MISSING and self._symbol(plain) else how

    def has(self, top: str) -> bool:
        """Whether the distribution installs a module of this top-level name."""
        return top in self._index

    def lookup(self, dotted: str, depth: int = 0) -> str:
        """Module, then attributes; what leads back to itself is missing."""
        if dotted not in self._found:
            self._found[dotted] = MISSING
            parts = dotted.split(".")
            inner = True
            for size in range(len(parts), 0, -1) if depth < _DEPTH and len(parts) < _DEPTH else ():
                module = self.module(".".join(parts[:size]))
                if module is None:
                    continue
                how = self._member(module, parts[size:], depth, inner=inner)
                if how != MISSING:
                    self._found[dotted] = how
                    break
                inner = False  # a package may also bind its module's name to something else, in so many words
        return self._found[dotted]

    def module(self, name: str) -> Module | None:
        """The module of a dotted name; a folder without ``__init__`` is one without bindings."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def _read(self, name: str) -> Module | None:
        files = self._index.get(name)
        if files is None:
            return None
        module = Module(name, is_package=any(file.stem == "__init__" for file in files) or not files)
        for file in files:
            module.read(file.read_text(encoding="utf-8", errors="replace"))
        return module

    @cached_property
    def _index(self) -> dict[str, list[Path]]:
        """The sources and stubs of each module; none for a namespace folder or an extension module."""
        found: dict[str, list[Path]] = {}
        for path in self.folder.rglob("*"):
            if path.suffix not in (".py", ".pyi", ".so", ".pyd"):
                continue
            for root in self.roots:
                if path.is_relative_to(root):
                    parts = path.relative_to(root).with_suffix("").parts
                    parts = parts[:-1] if parts[-1] == "__init__" else (*parts[:-1], parts[-1].partition(".")[0])
                    for size in range(1, len(parts)):
                        found.setdefault(".".join(parts[:size]), [])
                    files = found.setdefault(".".join(parts), [])
                    if path.suffix in (".py", ".pyi"):
                        files.append(path)
        return found

    # --------------------------------------------------------------------------------------------------------- members

    def _member(self, module: Module, rest: list[str], depth: int, *, inner: bool) -> str:
        if not rest:
            return STATIC
        bounds = [bound for bound in module.names.get(rest[0], ()) if _first(bound) != rest[0]]
        found = [self._bound(module, bound, rest[1:], depth) for bound in bounds]
        if inner:
            found += [self.lookup(f"{base}.{'.'.join(rest)}", depth + 1) for base in module.stars]
        how = min(found, key=_ORDER.index, default=MISSING)
        if how == MISSING and self._made_at_run_time(module.text, rest):
            return DYNAMIC
        return how

    def _bound(self, module: Module, bound: ast.AST | Import, rest: list[str], depth: int) -> str:
        if depth > _DEPTH:
            return MISSING
        match bound:
            case Import(target=target):
                if target == module.name + "." + target.rpartition(".")[2] and self.module(target) is None:
                    return MISSING  # imports itself from a compiled half
                return self.lookup(".".join([target, *rest]), depth + 1)
            case ast.ClassDef():
                return self._class_member(module, bound, rest, depth + 1)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return STATIC if not rest else self._typed(module, bound.returns, rest, depth)
            case ast.Name() | ast.Attribute():
                return STATIC if not rest else self._typed(module, bound, rest, depth)
            case ast.Call(func=func):
                return STATIC if not rest else self._typed(module, func, rest, depth)
        return STATIC if not rest else MISSING

    def _typed(self, module: Module, expr: ast.AST | None, rest: list[str], depth: int) -> str:
        """A member of what an expression of that module names: a type annotation, a class, an alias."""
        if isinstance(expr, ast.Constant) and isinstance(expr.value, str):
            expr = ast.parse(expr.value, mode="eval").body
        if not isinstance(expr, (ast.Name, ast.Attribute)):
            return MISSING
        return self.lookup(".".join([module.name, ast.unparse(expr), *rest]), depth + 1)

    def _class_member(self, module: Module, cls: ast.ClassDef, rest: list[str], depth: int) -> str:
        if not rest:
            return STATIC
        found = [self._bound(module, bound, rest[1:], depth) for bound in _members(cls, rest[0])]
        outside = False
        for base in cls.bases:
            if not isinstance(base, (ast.Name, ast.Attribute)):
                continue
            how = self._typed(module, base, rest, depth)
            outside = outside or self._typed(module, base, [], depth) == MISSING
            found.append(how)
        how = min(found, key=_ORDER.index, default=MISSING)
        if how == MISSING and outside and len(rest) == 1 and rest[0] in _INHERITED:
            return BINDING
        text = ast.unparse(cls) if "__getattr__" in module.text or cls.decorator_list else ""
        if (
            how == MISSING
            and (cls.decorator_list or self._made_at_run_time(text, rest))
            and self._words >= set(_words(rest))
        ):
            return DYNAMIC
        return how

    # -------------------------------------------------------------------------------------------------------- evidence

    def _made_at_run_time(self, text: str, rest: list[str]) -> bool:
        marks = ("__getattr__", "globals()", "setattr(", "lazy_loader")
        return any(mark in text for mark in marks) and self._words >= set(_words(rest))

    @cached_property
    def _words(self) -> frozenset[str]:
        """All identifiers of all sources, in lower case and without underscores."""
        found: set[str] = set()
        for path in self.folder.rglob("*.py"):
            found.update(
                re.findall(r"\w+", path.read_text(encoding="utf-8", errors="replace").lower().replace("_", ""))
            )
        return frozenset(found)

    def _symbol(self, dotted: str) -> bool:
        """Whether an extension module or its sources hold the parts of the name below the module as texts."""
        parts = dotted.split(".")
        while parts and self.module(".".join(parts)) is None:
            parts.pop()
        rest = dotted.split(".")[len(parts) :]
        folders = [root / parts[0] for root in self.roots] if parts else []
        extensions = [path for top in folders for path in (*top.glob("*.so"), *top.parent.glob(f"{top.name}*.so"))]
        blobs = [*map(_bytes, dict.fromkeys(extensions)), self._sources]
        return bool(rest) and any(all(_mentions(blob, part) for part in rest) for blob in blobs)

    @cached_property
    def _sources(self) -> bytes:
        return b"".join(
            path.read_bytes() for path in self.folder.rglob("*") if path.suffix in _SOURCES and "python" in str(path)
        )

    @cache  # noqa: B019 - a tree lives as long as the program looks at it
    def _operations(self, service: str) -> frozenset[str]:
        """The methods that botocore makes from the operations of a service."""
        for path in self.folder.rglob(f"data/{service}/*/service-2.json*"):
            raw = path.read_bytes()
            model: dict[str, Any] = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
            return frozenset(re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in model["operations"])
        return frozenset()


@cache
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _mentions(blob: bytes, name: str) -> bool:
    """As a literal in C++ source, or as a string of a binary (linkers lay a string into the end of a longer one)."""
    ends = b"" if len(name) > 8 else b"\0"
    raw = name.encode()
    return any(text in blob for text in (b'"' + raw + b'"', b"'" + raw + b"'", ends + raw + b"\0"))


def _first(bound: ast.AST | Import) -> str:
    """The name that ``x = x.y`` begins with."""
    while isinstance(bound, ast.Attribute):
        bound = bound.value
    return bound.id if isinstance(bound, ast.Name) else ""


def _words(parts: Iterable[str]) -> list[str]:
    return [part.strip("_").replace("_", "").lower() for part in parts]


def _members(cls: ast.ClassDef, name: str) -> Iterator[ast.AST]:
    """What a class binds to a name in its body, or its methods to ``self.name``."""
    for node in _statements(cls.body):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if node.name == name:
                    yield node
                for part in ast.walk(node):
                    match part:
                        case ast.Assign(targets=[ast.Attribute(attr=attr)], value=value) if attr == name:
                            yield value
                        case ast.AnnAssign(target=ast.Attribute(attr=attr), annotation=annotation) if attr == name:
                            yield part.value or annotation
            case ast.Assign(targets=targets, value=value):
                if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                    yield value
            case ast.AnnAssign(target=ast.Name(id=bound), annotation=annotation):
                if bound == name:
                    yield annotation


# ------------------------------------------------------------------------------------------------------------ checking


def names(library: records.Library) -> Iterator[tuple[str, bool]]:
    """Each dotted name of a file, and whether the file says that it cannot be checked."""
    for spelling, target in library.aliases.items():
        yield spelling, False
        yield target, False
    for name in library.texts:
        yield name, False
    for made in library.types:
        plain = (made.name,) if re.fullmatch(r"[\w.]+", made.name) else ()
        for name in (*plain, *made.made_by, *made.becomes_by):
            yield name, made.table.get("unchecked", False)
    for loader in library.loaders:
        for name in (*loader.made_by, *(f"{loader.name}.{run}" for run in loader.runs)):
            yield name, loader.table.get("unchecked", False)
    for operation in library.operations:
        for suffix in ("", *operation.table.get("suffixes", ())):
            yield f"{operation.owner}.{operation.name}{suffix}", operation.table.get("unchecked", False)


def check(library: records.Library, folder: Path, *, newest: bool) -> tuple[list[str], dict[str, str]]:
    """The versions looked at, and how each name was found."""
    versions: list[str] = []
    folders: dict[int, Path] = {}
    seen: Counter[str] = Counter()
    for requirement in requirements(library, newest=newest):
        # different distributions lie together as if installed, different versions of one apart
        number = seen[requirement.partition("==")[0]]
        seen[requirement.partition("==")[0]] += 1
        archive = download(requirement, folder / f"{library.package}-archive-{len(versions)}")
        versions.append(archive.name if archive else f"{requirement}: no download")
        if archive is not None:
            folders[number] = folder / f"{library.package}-{number}"
            unpack(archive, folders[number])
    trees = [Tree(path) for path in folders.values()]
    found: dict[str, str] = {}
    for name, unchecked in names(library):
        spellings = list(_spellings(name, library.aliases))
        hows = [tree.find(spelling) for tree in trees for spelling in spellings]
        if trees and not any(tree.has(re.split(r"\W", name, maxsplit=1)[0]) for tree in trees):
            hows.append(ELSEWHERE)
        how = min(hows, key=_ORDER.index, default=MISSING)
        found[name] = UNCHECKED if how in (MISSING, ELSEWHERE) and unchecked else how
    return versions, found


def _spellings(name: str, aliases: Mapping[str, str]) -> Iterator[str]:
    """The name, and what it is where an alias leads to it: one of them has to exist."""
    yield name
    for spelling, target in aliases.items():
        if name.startswith(f"{target}."):
            yield spelling + name[len(target) :]


def libraries(wanted: Sequence[str]) -> list[records.Library]:
    """The library files, or those of the named packages."""
    found = [
        records.library(file, records.parse(file, text))
        for file, text in records.texts("faces")
        if not file.startswith("_")
    ]
    unknown = set(wanted) - {library.package for library in found}
    if unknown:
        raise SystemExit(f"no such package in the catalogue: {', '.join(sorted(unknown))}")
    return [library for library in found if not wanted or library.package in wanted]


def main() -> int:
    """Download, look up, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("package", nargs="*", help="only these; all if none is named")
    parser.add_argument("--newest", action="store_true", help="the latest release instead of those the file names")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="leave the unpacked files there")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    missing: list[str] = []
    print(
        f"{'package':42}{'names':>7}{STATIC:>8}{BINDING:>9}{DYNAMIC:>9}{UNCHECKED:>11}{ELSEWHERE:>11}{'NOT FOUND':>11}"
    )
    for library in libraries(options.package):
        folder = Path(tempfile.mkdtemp(prefix="catalogue-", dir=options.keep))
        try:
            versions, found = check(library, folder, newest=options.newest)
        finally:
            if options.keep is None:
                shutil.rmtree(folder)
            _bytes.cache_clear()
        count = Counter(found.values())
        total += count
        missing += [f"{library.package}: {name}" for name, how in found.items() if how == MISSING]
        figures = "".join(f"{count[how]:>{width}}" for how, width in zip(_ORDER, (8, 9, 9, 11, 11, 11), strict=True))
        print(f"{library.package:42}{len(found):>7}{figures}   {', '.join(versions)}", flush=True)
    print(
        f"{'all':42}{total.total():>7}"
        + "".join(f"{total[how]:>{w}}" for how, w in zip(_ORDER, (8, 9, 9, 11, 11, 11), strict=True))
    )
    for line in missing:
        print("NOT FOUND", line)
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
