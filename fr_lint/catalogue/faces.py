"""Which calls process a face: the matcher over the data files in ``data/faces``.

The door to the rest of the program: :func:`faces` gives the one :class:`Faces` of the process.  Everything here is
about dotted names, type names, strings and URLs that somebody else has read out of source code.  This module must not
know syntax trees, control flow, rules or the law.

Names.  ``mtcnn.MTCNN`` is a class by the path that users import; ``mtcnn.MTCNN.detect_faces`` its method;
``dlib.fhog_object_detector.__call__`` a call of the instance itself; ``boto3.client('rekognition')`` a type that has
no importable class.  A general class that a model file turned into a face object is a type of its own, written with
brackets: ``cv2.CascadeClassifier[face]``.  So an instance of plain ``cv2.CascadeClassifier`` has no face calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import Final

from fr_lint.catalogue import records
from fr_lint.catalogue.gate import compile_gate
from fr_lint.catalogue.records import CatalogueError, Library, Loader, Models, Operation, Table, Type
from fr_lint.catalogue.rest import Endpoint, Endpoints

DUTY_ROLES: Final = frozenset("detect analyze encode verify identify enrol liveness".split())
CALLABLE: Final = frozenset("function method call request rest".split())

_TORCH: Final = frozenset(
    "eval train to cuda cpu half float double bfloat16 requires_grad_ share_memory apply compile".split()
)
_ENTER: Final = frozenset(("__enter__", "__aenter__"))
_MODELS: Final = "_models.toml"
_REST: Final = "_rest.toml"
_EXCLUDED: Final = "_excluded.toml"
_BRACKETS: Final = re.compile(r"\[\w+\]")


@dataclass(frozen=True, slots=True)
class Api:
    """One operation of a face library."""

    name: str
    """The dotted name, as the library's documentation would spell it."""
    role: str
    """``detect``, ``analyze``, ``encode``, ``verify``, ``identify``, ``enrol``, ``liveness``, ``delete``,
    ``capture``."""
    package: str
    """The distribution, or the service for HTTP."""
    display: str
    """A short spelling for messages."""
    kind: str
    """How it is used.  ``function``, ``method``, ``call`` (of an instance), ``request`` (an object passed to a
    sender) and ``rest`` (HTTP) can carry duties; the other kinds never do."""
    remote: bool = False
    """Face data leaves the process for a server."""
    persist: str = "none"
    """Where it keeps face data: ``none``, ``memory``, ``local``, ``provider``, ``provider_ttl``, ..."""
    container_only: bool = False
    """It touches a gallery or an identity record, and no face."""
    gallery_read: bool = False
    """It reads or lists what a gallery holds."""
    deletes: str = ""
    """In words: how what it stores is removed again."""
    erases: bool = False
    """Of a deletion: whether the stored template is really gone after it."""
    gallery: str = ""
    """The place in the call that names the gallery, as :mod:`fr_lint.catalogue.places` spells it."""
    face_data: tuple[str, ...] = ()
    """Where face data shows up: ``argument``, ``return``, ``server``, ``local_store``, ``file``, ``callback``."""
    literals: tuple[str, ...] = ()
    """Globs; if there are any, it is this operation only when a text among its own arguments matches one."""

    @property
    def duty(self) -> bool:
        """Whether a call of it is a face call in the rulebook's sense (deletions are not)."""
        return self.role in DUTY_ROLES and self.kind in CALLABLE and not self.container_only and not self.gallery_read


@dataclass(frozen=True, slots=True)
class _Product:
    """What a factory makes, and the texts among its arguments that decide about it.

    The first of ``choices`` that a text matches gives the type; one without globs takes every text, and none at all.
    """

    choices: tuple[tuple[str, tuple[str, ...]], ...]
    refused: tuple[str, ...]

    @property
    def asks(self) -> bool:
        """Whether it takes a matching text to make it."""
        return bool(self.choices[0][1])

    def types(self, strings: Callable[[], Sequence[str]]) -> Iterator[str]:
        """What is made with these texts."""
        if self.asks:
            for text in strings():
                if not _hit(self.refused, text):
                    yield from islice((kind for kind, globs in self.choices if _hit(globs, text)), 1)
        elif not self.refused or not any(_hit(self.refused, text) for text in strings()):
            yield self.choices[0][0]


class Faces:
    """The matcher.  All questions are answered from dictionaries; nothing is read from disk after construction."""

    methods: frozenset[str]
    """Last segments of all operations with duties."""
    senders: frozenset[str]
    """Last names of methods that send a request object."""
    rebinds: frozenset[str]
    """``type.method`` names whose call turns the *receiver* into what :meth:`products` says: late loading, such as
    ``cv2.CascadeClassifier.load``."""

    def __init__(
        self,
        libraries: Iterable[Library],
        models: tuple[Models, ...] = (),
        never: tuple[str, ...] = (),
        services: Iterable[Table] = (),
    ) -> None:
        self._apis: dict[str, tuple[Api, ...]] = {}
        self._aliases: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._products: dict[str, list[_Product]] = {}
        self._self: dict[str, frozenset[str]] = {}
        self._models = models
        self._never = never
        self._words: list[str] = []
        senders: set[str] = set()
        rebinds: set[str] = set()
        for library in libraries:
            self._words += library.gate
            senders.update(library.table.get("senders", ()))
            self._aliases.update(library.aliases)
            self._texts.update(library.texts)
            shown: dict[str, str] = {}
            for entry in library.types:
                self._add_type(library, entry, shown, rebinds)
            for loader in library.loaders:
                self._add_loader(library, loader, shown)
            for operation in library.operations:
                self._add(library, operation, shown)
        self._rest = Endpoints(services)
        self._words += self._rest.gate
        self.senders = frozenset(senders)
        self.rebinds = frozenset(rebinds)
        self.methods = frozenset(
            key.rpartition(".")[2] for key, found in self._apis.items() if any(api.duty for api in found)
        )

    @cached_property
    def gate(self) -> re.Pattern[str]:
        """Finds a word without which no source text obtains or calls anything of the catalogue."""
        return compile_gate(self._words)

    # ---------------------------------------------------------------------------------------------------- questions

    def canonical(self, dotted: str) -> str:
        """The catalogue's own spelling: longest known prefix replaced, until none is left."""
        for _ in range(4):
            prefix = dotted
            while prefix not in self._aliases:
                prefix = prefix.rpartition(".")[0]
                if not prefix:
                    return dotted
            dotted = self._aliases[prefix] + dotted[len(prefix) :]
        return dotted

    def api(self, dotted: str) -> Api | None:
        """The operation of that name; of several told apart by texts among the arguments, the first."""
        found = self._named(self.canonical(dotted))
        return found[0] if found else None

    def chosen(self, dotted: str, strings: Callable[[], Sequence[str]]) -> Api | None:
        """Like :meth:`api`, with the texts among the call's arguments deciding: operations named by a string
        (``client.call("DetectFace", ...)``), general calls made face calls by one (``FACE_DETECTION``).
        """
        for api in self._named(self.canonical(dotted)):
            if not api.literals or any(_hit(api.literals, text) for text in strings()):
                return api
        return None

    def products(self, dotted: str, strings: Callable[[], Sequence[str]]) -> tuple[str, ...] | None:
        """The types of what a call of this function, class or ``type.method`` makes.

        ``None``: the catalogue says nothing, so a class makes an instance of itself.  ``()``: it is known, and
        with these texts among the arguments it makes no face object.
        """
        found = self._products.get(self.canonical(dotted))
        if found is None:
            return None
        # What is made whatever the texts say counts only if no text decides.
        for asks in (True, False):
            made = [kind for product in found if product.asks is asks for kind in product.types(strings)]
            if made:
                return tuple(dict.fromkeys(made))
        return ()

    def returns_self(self, type_name: str, method: str) -> bool:
        """Whether the method gives back its receiver (``.eval()``, ``.to(device)``, ``with``)."""
        if method in _ENTER:
            return True
        name = self.canonical(type_name)
        return method in self._self.get(name, ()) or any(
            self.returns_self(base, method) for base in self._bases.get(name, ())
        )

    def request(self, type_name: str) -> Api | None:
        """The operation that sending a request object of this type performs."""
        api = self.api(type_name)
        return api if api is not None and api.kind == "request" else None

    def rest(self, url: str, method: str) -> Api | None:
        """The operation behind an HTTP request; see :mod:`fr_lint.catalogue.rest` for what the URL may look like."""
        found = self._rest.find(url, method)
        return None if found is None else _endpoint_api(found)

    def text(self, dotted: str) -> str | None:
        """The text that a known constant holds or a known function returns, for the file names in it."""
        return self._texts.get(self.canonical(dotted))

    def bases(self, type_name: str) -> tuple[str, ...]:
        """Known base classes of a type."""
        return self._bases.get(self.canonical(type_name), ())

    @cached_property
    def libraries(self) -> frozenset[str]:
        """The first segments of all names: a project's file of such a name is not taken for the library lightly."""
        return frozenset(name.partition(".")[0] for name in self._apis)

    def known(self) -> Mapping[str, tuple[Api, ...]]:
        """All operations by name, for tests and documentation."""
        return self._apis

    # ----------------------------------------------------------------------------------------------------- building

    def _named(self, name: str) -> tuple[Api, ...]:
        found = self._apis.get(name)
        if found is not None:
            return found
        owner, _, method = name.rpartition(".")
        for base in self._bases.get(owner, ()):
            if inherited := self._named(f"{base}.{method}"):
                return inherited
        return ()

    def _add_type(self, library: Library, entry: Type, shown: dict[str, str], rebinds: set[str]) -> None:
        name, table = entry.name, entry.table
        wanted: list[str] = [*table.get("literals", ())]
        for name_of_group in table.get("models", ()):
            group = next((group for group in self._models if group.name == name_of_group), None)
            if group is None:
                raise CatalogueError(f"{library.file}: [[type]] {name}: no group '{name_of_group}' in {_MODELS}")
            wanted += group.globs
        refused = (*table.get("not-literals", ()), *(self._never if wanted else ()))
        product = _Product(((name, tuple(wanted)),), refused)
        for factory in (*entry.made_by, *entry.becomes_by):
            self._products.setdefault(factory, []).append(product)
        rebinds.update(entry.becomes_by)
        if "shown" in table:
            shown[name] = table["shown"]
        if entry.is_a:
            self._bases[name] = (*self._bases.get(name, ()), *entry.is_a)
        self._chain(name, table)

    def _add_loader(self, library: Library, entry: Loader, shown: dict[str, str]) -> None:
        kinds = [(f"{entry.name}[{group.name}]", group) for group in self._models]
        product = _Product(tuple((name, group.globs) for name, group in kinds), self._never)
        for factory in entry.made_by:
            self._products.setdefault(factory, []).append(product)
        for name, group in kinds:
            self._chain(name, entry.table)
            for run in entry.runs:
                self._add(library, Operation(name, run, group.role, True, {}), shown)

    def _chain(self, name: str, table: Table) -> None:
        chain = {*table.get("returns-self", ()), *(_TORCH if table.get("torch") else ())}
        if chain:
            self._self[name] = self._self.get(name, frozenset()) | chain

    def _add(self, library: Library, entry: Operation, shown: Mapping[str, str]) -> None:
        table, name, role = entry.table, entry.name, entry.role
        remote: bool = table.get("remote", library.table.get("remote", False))
        kind: str = table.get("kind", "method" if entry.method else "function")
        persist: str = table.get("persist", "none")
        container: bool = table.get("container-only", False)
        key = f"{entry.owner}.{name}"
        api = Api(
            name=_BRACKETS.sub("", key),
            role=role,
            package=library.package,
            display=name.rpartition(".")[2]
            if kind == "request"
            else _display(entry.owner, name, shown.get(entry.owner)),
            kind="call" if name == "__call__" and kind == "method" else kind,
            remote=remote,
            persist=persist,
            container_only=container,
            gallery_read=table.get("gallery-read", False),
            deletes=table.get("deletes", ""),
            erases=role == "delete" and table.get("erases", True),
            gallery=table.get("gallery", ""),
            face_data=tuple(table["face-data"]) if "face-data" in table else _where(role, persist, remote, container),
            literals=tuple(table.get("literals", ())),
        )
        for suffix in ("", *table.get("suffixes", ())):
            variants = self._apis.get(key + suffix, ())
            if variants and not (api.literals and variants[0].literals):
                raise CatalogueError(f"{library.file}: {key + suffix} stands there twice")
            self._apis[key + suffix] = (*variants, api)


def _where(role: str, persist: str, remote: bool, container: bool) -> tuple[str, ...]:
    """Where face data shows up unless the entry says otherwise."""
    if role == "delete" or (container and remote):
        return ("server",) if remote else ()
    if not remote:
        return ("return",)
    return ("argument", "return", "server") if persist.startswith("provider") else ("argument", "return")


def _display(owner: str, name: str, shown: str | None) -> str:
    """A short spelling: whole if it has up to three parts, else from the class (or the module) on."""
    plain = _BRACKETS.sub("", owner)
    if shown is None:
        parts = [*plain.split("."), *name.split(".")][:-1]
        if len(parts) > 2:
            first = next((index for index, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
            parts = parts[first:]
        shown, name = ".".join(parts), name.rpartition(".")[2]
        if name == "__call__":
            shown += "()"
    return f"{shown}()" if name == "__call__" else f"{shown}.{name}"


def _endpoint_api(found: Endpoint) -> Api:
    return Api(
        name=f"{found.method} {found.path}".strip(),
        role=found.role,
        package=found.service,
        display=f"{found.service} {found.path}",
        kind="rest",
        remote=True,
        persist=found.persist,
        container_only=found.container_only,
        gallery_read=found.gallery_read,
        deletes=found.deletes,
        erases=found.role == "delete",
        face_data=_where(found.role, found.persist, remote=True, container=found.container_only),
        literals=found.literals,
    )


# ------------------------------------------------------------------------------------------------------------ literals


@cache
def _globs(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for a list of globs: ``*`` stands for anything, upper and lower case are the same."""
    return re.compile("|".join(".*".join(map(re.escape, glob.split("*"))) for glob in patterns), re.IGNORECASE)


def _hit(globs: tuple[str, ...], text: str) -> bool:
    """Whether a text, or the file name at its end, is what a glob says.  ``{}`` stands for an unknown part."""
    name = text.replace("\\", "/").rstrip("/").rpartition("/")[2].replace("{}", "")
    return bool(globs) and _globs(globs).fullmatch(name) is not None


# ------------------------------------------------------------------------------------------------------------- loading


@cache
def faces() -> Faces:
    """The catalogue of the installed package, read once."""
    libraries: list[Library] = []
    models: tuple[Models, ...] = ()
    never: tuple[str, ...] = ()
    services: list[Table] = []
    for file, text in records.texts("faces"):
        table = records.parse(file, text)
        if file == _MODELS:
            models, never = records.models(file, table)
        elif file == _REST:
            services = [records.service(file, entry) for entry in table["service"]]
        elif file != _EXCLUDED:
            libraries.append(records.library(file, table))
    return Faces(libraries, models, never, services)
