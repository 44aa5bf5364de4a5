"""The face processing of a whole project: every face call with its evidence, and what the policy declares about it.

Puts together what the analysis knows file by file; finds nothing itself.  Must not know how it is shown.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fr_lint.analysis import account_in, engine_at
from fr_lint.evidence import Account
from fr_lint.options import Options
from fr_lint.policy.duties import codes_on
from fr_lint.policy.law import law_of
from fr_lint.policy.load import policy_at
from fr_lint.policy.model import Assessment, Processing, Retention
from fr_lint.policy.records import keys_of


@dataclass(frozen=True, slots=True)
class Declared:
    """One activity of the policy: its keys as text, and the line on which it begins."""

    id: str
    line: int
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Law:
    """A pack of the policy; ``in_force`` on the day of the survey."""

    id: str
    title: str
    title_own: str
    kind: str
    jurisdiction: str
    in_force_from: date
    in_force: bool
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class Survey:
    """A project; paths are relative to its root."""

    root: str
    policy: str  # the file, or empty
    day: date
    activities: tuple[Declared, ...]
    calls: tuple[Account, ...]
    failures: tuple[tuple[str, str], ...]  # path, why
    laws: tuple[Law, ...]
    clauses: tuple[tuple[str, tuple[str, ...]], ...]  # code that is on -> the clauses behind it


def survey(root: str, options: Options, progress: Callable[[int, int], None] | None = None) -> Survey:
    """Look at a project on disk.  ``progress`` is told how many files are done, of how many.

    :raises PolicyError: if the policy in force is wrong.
    """
    policy = policy_at(root, options.policy, options.cwd)
    engine = engine_at(Path(root), policy)
    law = law_of(policy.laws, options.today)
    files = engine.record.call_files()
    calls: list[Account] = []
    failures: list[tuple[str, str]] = []
    for number, path in enumerate(files, 1):
        account = account_in(engine, path, engine.sources.text(path) or "", options)
        calls += account.calls
        if account.failure:
            failures.append((path, account.failure))
        if progress is not None:
            progress(number, len(files))
    laws = tuple(
        Law(
            each.id,
            each.title,
            each.title_own,
            each.kind,
            each.jurisdiction,
            each.in_force_from,
            each.in_force_from <= options.today,
            each.reviewed_by,
        )
        for each in policy.laws
    )
    return Survey(
        os.path.abspath(root),
        policy.file,
        options.today,
        tuple(Declared(each.id, each.lines.table, tuple(_keys(each))) for each in policy.processing),
        tuple(sorted(calls)),
        tuple(failures),
        laws,
        tuple((code, law.cited(code)) for code in sorted(codes_on(policy, law)) if law.cited(code)),
    )


def _keys(activity: Processing) -> Iterator[tuple[str, str]]:
    """What an activity declares, key by key, in the words of its author."""
    for each in keys_of(Processing):
        value = getattr(activity, each.field)
        if each.name != "id":
            by_default = activity.lines.of(each.name) == activity.lines.table
            yield each.name, _text(value) + (" (by default)" if by_default and _text(value) else "")


def _text(value: object) -> str:
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, (Assessment, Retention)):
        record = Assessment if isinstance(value, Assessment) else Retention
        parts = ((each.name, _text(getattr(value, each.field))) for each in keys_of(record))
        return "; ".join(f"{name}: {text}" for name, text in parts if text)
    return str(value)
