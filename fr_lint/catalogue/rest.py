"""HTTP endpoints of face services, found by URL and method.

A URL arrives as far as it could be put together, each unknown part as ``{}``: ``{}/face/v1.0/detect``,
``https://{}.api.cognitive.microsoft.com/face/v1.0/persongroups/{}/persons``, ``/api/v1/recognition/recognize?x=1``.
An endpoint's path has to be the *end* of the URL's path, segment by segment, whatever stands before it.  Where a path
alone would be too common (``/verify``), the service asks for its host too.  This module must not know which Python
library sends the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from fr_lint.catalogue.records import ROLES, CatalogueError, Table

_SCHEME: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*|\{\})?://")
_HOST: Final = re.compile(r"^(?:[^/]*\.[^/]*|[^/]*:\d+|localhost|\{\})(?=/|$)")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method and path of a service."""

    service: str
    method: str
    path: str
    role: str
    persist: str
    deletes: str
    container_only: bool
    gallery_read: bool
    literals: tuple[str, ...]
    pattern: re.Pattern[str]
    hosts: re.Pattern[str] | None


class Endpoints:
    """All of them, asked by URL."""

    def __init__(self, services: Iterable[Table]) -> None:
        self.gate: list[str] = []
        self._all: list[Endpoint] = []
        for service in services:
            self.gate += service.get("gate", ())
            self._all += _endpoints(service)

    def find(self, url: str, method: str) -> Endpoint | None:
        """The endpoint; where the method is unknown, one that processes a face before one that does not."""
        host, path = _split(url)
        found = [
            endpoint
            for endpoint in self._all
            if (not method or endpoint.method in ("", method))
            and endpoint.pattern.search(path)
            and (endpoint.hosts is None or endpoint.hosts.search(host))
        ]
        return min(found, key=_rank, default=None)


def _rank(endpoint: Endpoint) -> tuple[bool, bool, int]:
    idle = endpoint.container_only or endpoint.gallery_read or endpoint.role == "delete"
    return (idle, bool(endpoint.literals), -len(endpoint.path))


def _split(url: str) -> tuple[str, str]:
    """Host and path in lower case, without scheme, query and fragment; the host is empty if it is not in the text."""
    text = re.split(r"[?#]", url.strip().lower(), maxsplit=1)[0]
    bare = _SCHEME.sub("", text)
    host = _HOST.match(bare) if bare == text else re.match(r"[^/]*", bare)
    name = host.group() if host is not None else ""
    return name, "/" + bare[len(name) :].strip("/")


def _endpoints(service: Table) -> Iterator[Endpoint]:
    name = service["name"]
    hosts = _hosts(service["hosts"]) if service.get("needs-host") else None
    for key in (*sorted(ROLES), "container", "read"):
        for line in service.get(key, ()):
            method, _, path = line.partition(" ")
            if not method.isupper() or not path.startswith("/"):
                raise CatalogueError(f"HTTP service {name}: {key}: '{line}' is not 'METHOD /path'")
            role = {"container": "enrol", "read": "identify"}.get(key, key)
            yield Endpoint(
                service=name,
                method="" if method == "ANY" else method,
                path=path,
                role=role,
                persist=service.get("persist", "provider") if role == "enrol" else "none",
                deletes=service.get("deletes", "") if role == "enrol" else "",
                container_only=key == "container",
                gallery_read=key == "read",
                literals=tuple(service.get("literals", ())),
                pattern=_path(path),
                hosts=hosts,
            )


def _path(path: str) -> re.Pattern[str]:
    """``*`` is one segment or a part of one; a lone ``/`` is any path."""
    if path == "/":
        return re.compile("")
    segments = path.lower().strip("/").split("/")
    return re.compile("/" + "/".join("[^/]*".join(map(re.escape, part.split("*"))) for part in segments) + "$")


def _hosts(globs: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(r"[^/]*".join(map(re.escape, glob.lower().split("*"))) for glob in globs))
