"""From a policy file to a policy: which file applies, reading it and its packs, and one message if something is wrong.

Reads the policy file, the packs that it names, and nothing else.  Must not know programs or rules.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from fr_lint.options import PolicyError
from fr_lint.policy.kinds import Place, nearest
from fr_lint.policy.model import DEFAULT_PACKS, Policy
from fr_lint.policy.packs import Pack, read_pack, shipped, shipped_pack
from fr_lint.policy.reading import parsed, read_bytes
from fr_lint.policy.records import read_record
from fr_lint.project.root import POLICY_FILE, policy_file

PYPROJECT: Final = "pyproject.toml"
_ERRORS_KEPT: Final = 64


def policy_at(root: str, given: str | None = None, cwd: str = ".") -> Policy:
    """The policy of the project at ``root``: the file that was given, else its own, else the defaults.

    The same file is read once as long as it does not change.  :raises PolicyError: if something in it is wrong.
    """
    path = given or policy_file(root)
    if not path:
        return default_policy()
    try:
        found = os.stat(path)
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
    except (OSError, ValueError):
        stamp = (0, 0, 0)
    outcome = _read(os.path.abspath(root), os.path.abspath(path), given is not None, os.path.abspath(cwd), stamp)
    if isinstance(outcome, PolicyError):
        raise PolicyError(str(outcome))
    return outcome


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    """What applies where nothing is declared."""
    return Policy(laws=tuple(shipped_pack(name) for name in DEFAULT_PACKS))


@lru_cache(maxsize=_ERRORS_KEPT)
def _read(root: str, path: str, given: bool, cwd: str, stamp: tuple[int, ...]) -> Policy | PolicyError:  # noqa: ARG001
    """The policy, or what is wrong with it; kept, as each file below the root asks again."""
    try:
        return _load(root, path, given, cwd)
    except PolicyError as error:
        return error


def _load(root: str, path: str, given: bool, cwd: str) -> Policy:
    shown = _shown(path, cwd)
    if not given:
        _refuse_both(root, path, shown)
        _refuse_outside(root, path, shown)
    table, place = parsed(read_bytes(path, shown), shown)
    if os.path.basename(path) == PYPROJECT:
        tool = table.get("tool")
        own = tool.get("fr-lint") if isinstance(tool, dict) else None
        if own is None:
            raise PolicyError(f"{shown}: [tool.fr-lint]: missing; expected the policy in this table")
        table, place = own, place.at("tool").at("fr-lint")
        if not isinstance(table, dict):
            raise place.wrong("expected a table")
    file = os.path.relpath(path, root).replace(os.sep, "/")
    return _policy(table, place, shown if file.startswith("../") else file, os.path.dirname(path), cwd)


def policy_of(text: str, file: str = POLICY_FILE) -> Policy:
    """A policy from its text, for a project in memory.  :raises PolicyError: if something in it is wrong."""
    table, place = parsed(text.encode("utf-8", "surrogatepass"), file)
    return _policy(table, place, file, os.curdir, os.path.abspath(os.curdir))


def _policy(table: Mapping[str, object], place: Place, file: str, folder: str, cwd: str) -> Policy:
    policy = read_record(Policy, table, place)
    _refuse_twice(policy, place)
    laws = tuple(dict.fromkeys(_packs(policy, place, folder, cwd)))
    values = {name: getattr(policy, name) for name in Policy.__dataclass_fields__}
    return Policy(**{**values, "file": file, "laws": laws})


def _refuse_both(root: str, path: str, shown: str) -> None:
    if os.path.basename(path) == POLICY_FILE:
        from fr_lint.project.root import has_table

        if has_table(os.path.join(root, PYPROJECT)):
            raise PolicyError(
                f"{shown}: expected one policy, found two: {PYPROJECT} beside it has a table [tool.fr-lint] as well"
            )


def _refuse_outside(root: str, path: str, shown: str) -> None:
    """A policy file that is a link to somewhere else is not read: what it says may be anybody's."""
    real = os.path.realpath(path)
    if not real.startswith(os.path.realpath(root).rstrip(os.sep) + os.sep):
        raise PolicyError(f"{shown}: expected a file of the project, found a link that leaves it; use --frl-policy")


def _refuse_twice(policy: Policy, place: Place) -> None:
    seen: set[str] = set()
    for number, each in enumerate(policy.processing):
        if each.id in seen:
            at = place.at("processing").at(number).at("id")
            raise at.wrong(f"expected an id of its own, found {each.id!r} a second time")
        seen.add(each.id)


def _packs(policy: Policy, place: Place, folder: str, cwd: str) -> Iterator[Pack]:
    if not policy.packs or policy.packs is DEFAULT_PACKS:
        yield from (shipped_pack(name) for name in policy.packs)
        return
    known = shipped()
    for number, name in enumerate(policy.packs):
        at = place.at("packs").at(number)
        if name in known:
            yield shipped_pack(name)
        elif name.endswith(".toml") or "/" in name or os.sep in name:
            path = os.path.join(folder, name)
            if not os.path.isfile(path):
                raise at.wrong(f"expected the path of a pack, relative to the policy file; there is no file {name}")
            yield read_pack(read_bytes(path, _shown(path, cwd)), _shown(path, cwd))
        else:
            close = nearest(name, known) or f"; packs that ship: {', '.join(known)}"
            raise at.wrong(f"expected the name of a pack that ships or the path of one of yours, found {name!r}{close}")


def _shown(path: str, cwd: str) -> str:
    """A path as the user would type it."""
    path = os.path.normpath(path)
    inside = path.startswith(cwd.rstrip(os.sep) + os.sep)
    return (os.path.relpath(path, cwd) if inside else path).replace(os.sep, "/")
