"""Operations of face services as stores: an enrolment fills a gallery, a deletion of the same service empties it.

Which call is which is told by the face catalogue.  This module must not know programs, rules or the law.
"""

from __future__ import annotations

from functools import cache

from fr_lint.catalogue.faces import Api
from fr_lint.catalogue.places import place
from fr_lint.catalogue.store_records import Operation, Parts


@cache
def gallery(api: Api) -> Operation | None:
    """The operation on a gallery, or ``None`` if the face call neither fills nor empties one."""
    if api.container_only or api.gallery_read or api.kind in ("control", "body", "store", "model"):
        return None
    if api.role == "enrol" and api.persist == "provider":
        action = "store"
    elif api.role == "delete" and api.remote:
        action = "delete"
    else:
        return None
    owner, _, method = api.name.rpartition(".")
    at: Parts = (("gallery", place(api.gallery)),) if api.gallery else ()
    return Operation(
        owner=owner,
        method=method,
        action=action,
        kind="gallery",
        package=api.package,
        on=api.kind == "method",
        data=(place("*"), place("**")) if action == "store" else (),
        at=at,
        fixed=(("service", (api.package,)),),
        source=None,
        expires=(),
        bounded=False,
        forever=(),
        when=(),
        unless=(),
        given=(),
        whole=False,
        updates=False,
        erases=api.erases,
        remote=True,
        guess=(),
        receivers=(),
        shown=f"{api.display}()",
        why="" if api.erases or action == "store" else "the face stays in the gallery",
        unchecked=False,
    )
