"""The one public door: sources in, findings out.

Puts the rooms together and keeps one engine per project and process.  Must not know flake8 nor the command line.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fr_lint.cache.current import use
from fr_lint.catalogue.leaving import leaving
from fr_lint.clock import work
from fr_lint.evidence import Account
from fr_lint.findings import Checked, Finding, Suppressed
from fr_lint.flow.engine import Engine
from fr_lint.flow.program import Unit
from fr_lint.gate import Gate, has_face, is_addressed, is_related, may_store, passes, wrappers
from fr_lint.options import Options, reason
from fr_lint.policy.duties import asks_where_it_goes, cited, codes_on
from fr_lint.policy.law import law_of
from fr_lint.policy.load import default_policy, policy_at
from fr_lint.policy.model import Policy
from fr_lint.project.carriers import carries
from fr_lint.project.near import near
from fr_lint.project.root import find_root
from fr_lint.project.sources import Sources, sources_at, sources_for
from fr_lint.rules.accounts import accounts, beside
from fr_lint.rules.before import BeforeRule
from fr_lint.rules.consent import ConsentRule
from fr_lint.rules.fallback import FallbackRule
from fr_lint.rules.functions import FunctionRule
from fr_lint.rules.leaving import LeavingRule
from fr_lint.rules.record import RecordRule
from fr_lint.rules.retention import RetentionRule
from fr_lint.rules.suppressions import settle
from fr_lint.syntax.comments import marked_comments

RECURSION: Final = 20_000  # frames; pure Python recursion takes no C stack
ENGINES: Final = 4  # projects held at a time; a repository with projects inside it goes to and fro between them
_engines: dict[Sources, Engine] = {}  # the one asked last stands last


def analyse(path: str, text: str, tree: ast.AST | None, options: Options) -> list[Finding]:
    """The findings of one file; see :func:`examine`."""
    return list(examine(path, text, tree, options).findings)


def examine(path: str, text: str, tree: ast.AST | None, options: Options) -> Checked:
    """The findings of one file, given by its absolute path and current text, and those that a comment answers for.

    ``tree`` is the file's ``ast`` tree if the caller has it.  The text replaces the file on disk for everything that is
    asked of the project; where they agree, what other files of the same run have brought to light is used again.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
    root = find_root(Path(path), Path(options.cwd))
    relative = Path(os.path.relpath(path, root)).as_posix()
    policy = policy_at(str(root), options.policy, options.cwd)
    engine = _engine(root, relative, text, policy)
    if isinstance(tree, ast.Module):
        engine.program.offer_tree(relative, tree)
    return _check(engine, relative, text, options)


def check_sources(
    sources: Mapping[str, str], options: Options | None = None, policy: Policy | None = None
) -> list[Finding]:
    """The findings of a project that exists in memory only: relative path -> text."""
    options = options or Options()
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
    project = Sources(None, dict(sources))
    policy = policy or default_policy()
    engine = Engine(project, policy)
    found: set[Finding] = set()
    for path, text in sources.items():
        if path.endswith(".py") and (
            is_related(text) or is_addressed(text) or _may_give_rise(engine, path, text, options)
        ):
            found.update(_check(engine, path, text, options).findings)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class FileAccount:
    """Everything that is known of one file; ``failure`` says why it could not be analysed."""

    root: str
    findings: tuple[Finding, ...]
    calls: tuple[Account, ...]
    failure: str = ""
    suppressed: tuple[Suppressed, ...] = ()
    beside: tuple[Account, ...] = ()
    """The calls that store face data, and what a face opens; of :func:`account_for` only."""


def account_for(path: str, options: Options) -> FileAccount:
    """The face calls of a file on disk with the evidence at each, and its findings."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
    use(options.cache)
    root = find_root(Path(path), Path(options.cwd))
    relative = Path(os.path.relpath(path, root)).as_posix()
    text = sources_for(root, relative).text(relative) or ""
    engine = _engine(root, relative, text, policy_at(str(root), options.policy, options.cwd))
    account = account_in(engine, relative, text, options)
    unit = engine.program.unit(relative)
    return account if unit is None else replace(account, beside=tuple(sorted(beside(engine, unit))))


def account_in(engine: Engine, relative: str, text: str, options: Options) -> FileAccount:
    """The account of one file of an engine's project."""
    checked = _check(engine, relative, text, options)
    unit = engine.program.unit(relative)
    root = str(engine.sources.root or "")
    if unit is None:
        failure = engine.program.failures.get(relative, "unknown")
        return FileAccount(root, checked.findings, (), failure, checked.suppressed)
    said = (*checked.findings, *(each.finding for each in checked.suppressed))
    calls = tuple(sorted(accounts(engine, unit, said)))
    return FileAccount(root, checked.findings, calls, "", checked.suppressed)


def _engine(root: Path, relative: str, text: str, policy: Policy) -> Engine:
    """The project's engine, or one of its own for a text that is not what is on disk."""
    disk = sources_for(root, relative)
    if relative in disk.paths() and disk.text(relative) == text:
        return _engine_of(disk, policy)
    return Engine(disk.overlaid(relative, text), policy)


def engine_at(root: Path, policy: Policy) -> Engine:
    """The engine of the project on disk."""
    return _engine_of(sources_at(root), policy)


def _engine_of(project: Sources, policy: Policy) -> Engine:
    """A project's engine; the last :data:`ENGINES` are kept."""
    engine = _engines.pop(project, None)
    if engine is None or engine.policy is not policy:
        engine = Engine(project, policy)
    _engines[project] = engine
    while len(_engines) > ENGINES:
        del _engines[next(iter(_engines))]
    return engine


def _check(engine: Engine, path: str, text: str, options: Options) -> Checked:
    unit = engine.program.unit(path)
    if unit is not None:
        comments, looked_for = unit.module.comments, options.codes
        found = set(_findings(engine, unit, options) if _may_give_rise(engine, path, text, options) else ())
        if is_related(text):
            for other in engine.face_files():
                if other != path and (elsewhere := engine.program.unit(other)) is not None:
                    found.update(f for f in _findings(engine, elsewhere, options) if f.path == path)
    elif has_face(text):
        reason = engine.program.failures.get(path, "unknown")
        comments, looked_for = marked_comments(text), frozenset(("FRL901",))
        found = {Finding(path, 1, 0, "FRL901", f"could not be analysed: {reason}")}
    else:
        return Checked()
    here = sorted(f for f in found if f.path == path)
    return settle(here, path, comments, options.today, looked_for)


def _may_give_rise(engine: Engine, path: str, text: str, options: Options) -> bool:
    """Can a finding arise from a file's own code?  One that only speaks of consent may still be where one is shown."""
    own = wrappers(api.name for api in engine.policy.apis)
    if passes(text, own) is Gate.FACE or carries(engine.sources, path, text):
        return True
    if asks_where_it_goes(engine.policy, options.today) and leaving().gate.search(text):
        return True
    return path in near(engine.sources, engine.face_files()) and may_store(text)


def _findings(engine: Engine, unit: Unit, options: Options) -> list[Finding]:
    """What arises from the code of one module, as far as the policy asks for it."""
    if unit.path not in engine.findings:
        law = law_of(engine.policy.laws, options.today)
        rules = (
            ConsentRule(engine),
            RetentionRule(engine),
            FallbackRule(engine),
            BeforeRule(engine, law),
            RecordRule(engine, law, options.today),
            FunctionRule(engine, law),
            LeavingRule(engine, law.codes),
        )
        on = codes_on(engine.policy, law)
        found, failed = [], []
        for rule in rules:
            try:
                with work(f"rules {', '.join(rule.codes)}"):
                    found += [each for each in rule.check(unit) if each.code in on]
            except Exception as error:  # noqa: BLE001  # what the other rules find is to be seen all the same
                said = f"could not be analysed by {type(rule).__name__}: {reason(error)}"
                failed.append(Finding(unit.path, 1, 0, "FRL901", said))
        engine.findings[unit.path] = [*failed, *cited(found, engine.policy, law)]
    return engine.findings[unit.path]


def idle_activities(root: str, options: Options) -> list[Finding]:
    """What is to be said, at the policy file, of the activities below ``root`` that no face call carries out.

    :raises PolicyError: if the policy in force is wrong.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
    policy = policy_at(root, options.policy, options.cwd)
    if not policy.processing:
        return []
    return _idle(engine_at(Path(root), policy), options)


def _idle(engine: Engine, options: Options) -> list[Finding]:
    law = law_of(engine.policy.laws, options.today)
    on = codes_on(engine.policy, law) & options.codes
    found = [each for each in RecordRule(engine, law, options.today).idle() if each.code in on]
    bare = [each for each in found if each.code == "FRL404"]  # no law asks for an activity that does not exist
    return sorted((*bare, *cited((each for each in found if each not in bare), engine.policy, law)))


def check_policy(root: str, options: Options) -> None:
    """Raise :class:`fr_lint.options.PolicyError` if the policy in force below ``root`` is wrong."""
    policy_at(root, options.policy, options.cwd)
