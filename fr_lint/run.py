"""A run over many files, in several processes: paths in, an outcome out.

The files are those that flake8 would lint, and the findings are those that it would show, ``noqa`` comments included;
flake8's own code reads the comments.  Must not know how an outcome is shown.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from fr_lint import clock
from fr_lint.clock import Times
from fr_lint.findings import Finding
from fr_lint.options import Options, reason
from fr_lint.outcome import FAILURE, Outcome, Reported, numbered
from fr_lint.places import Places
from fr_lint.project.disk import decode
from fr_lint.project.root import find_root, policy_file
from fr_lint.screen import Screen
from fr_lint.workers import Share, Task, forks, handed_out, led

EXCLUDED: Final = ("node_modules", "site-packages", ".venv", "venv")  # besides what flake8 leaves out
PATTERNS: Final = ("*.py", "*.pyw")
CHUNK: Final = 40  # files that a worker is given at a time
COLLECTIONS: Final = (100_000, 50, 1000)  # what is made stays: to look for garbage as often as usual takes a tenth
FEW: Final = 2 * CHUNK  # with fewer files, starting workers costs more than it saves

_screen: Screen | None = None  # of a worker


@dataclass(frozen=True, slots=True)
class Plan:
    """What to lint and how."""

    options: Options
    paths: tuple[str, ...] = (".",)
    exclude: tuple[str, ...] = EXCLUDED  # globs, besides flake8's own
    jobs: int = 0  # 0: one for each processor
    times: bool = False  # measure where the time goes
    noqa: bool = True  # respect flake8's comments


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a worker found in its files."""

    findings: tuple[Reported, ...]
    suppressed: tuple[Reported, ...]
    times: Times = field(default_factory=Times)


class MissingPathError(ValueError):
    """A path that was asked for does not exist."""


def files(plan: Plan) -> list[str]:
    """The files of a run, each once, sorted.  :raises MissingPathError: for a path that is not there."""
    from flake8.defaults import EXCLUDE
    from flake8.discover_files import expand_paths

    for path in plan.paths:
        if not os.path.exists(path):
            raise MissingPathError(path)
    found = expand_paths(
        paths=plan.paths,
        stdin_display_name="stdin",
        filename_patterns=PATTERNS,
        exclude=_absolute([*EXCLUDE, *plan.exclude]),
    )
    return sorted({os.path.normpath(name) for name in found if not os.path.isdir(name)})


def left_out(plan: Plan) -> Callable[[str], bool]:
    """Does a run leave a directory out?"""
    import logging

    from flake8.defaults import EXCLUDE
    from flake8.utils import matches_filename

    patterns = _absolute([*EXCLUDE, *plan.exclude])
    quiet = logging.getLogger(__name__)
    return lambda path: matches_filename(path, patterns=patterns, log_message="%(path)s: %(whether)s", logger=quiet)


def run(plan: Plan, progress: Callable[[int, int], None] | None = None) -> Outcome:
    """Lint.  ``progress`` is told how many files are done, of how many."""
    names = files(plan)
    findings: list[Reported] = []
    suppressed: list[Reported] = []
    times = Times()
    done = 0
    for count, batch in _batches(plan, names):
        findings.extend(batch.findings)
        suppressed.extend(batch.suppressed)
        times.add(batch.times)
        done += count
        if progress is not None:
            progress(done, len(names))
    findings.extend(_of_the_policies(plan))
    return Outcome(numbered(findings), numbered(suppressed), len(names), times=times)


def _of_the_policies(plan: Plan) -> Iterator[Reported]:
    """What stands at the policy files of the projects that are linted as a whole."""
    options = plan.options
    for root in roots(plan):
        whole = any(os.path.isdir(path) and _is_below(root, os.path.abspath(path)) for path in plan.paths)
        if not whole or not (options.policy or policy_file(root)):
            continue
        from fr_lint.analysis import idle_activities

        shown = os.path.relpath(root, options.cwd)
        for each in idle_activities(root, options):
            path = _slashed(os.path.normpath(os.path.join(shown, each.path)))
            yield Reported(
                path, each, _slashed(shown), "<module>", each.message.split(" covers ")[0].split(" (")[0], each.line, 1
            )


def roots(plan: Plan) -> list[str]:
    """The roots of the projects that a run's paths belong to, sorted."""
    cwd = Path(plan.options.cwd)
    places = [cwd / path / ("" if os.path.isdir(path) else "..") / "x.py" for path in plan.paths]
    return sorted({str(find_root(place, cwd)) for place in places})


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _batches(plan: Plan, names: Sequence[str]) -> Iterator[tuple[int, _Batch]]:
    shares = _shares(names)
    jobs = min(plan.jobs or os.cpu_count() or 1, len(shares) or 1)
    if jobs == 1 or (len(names) < FEW and not plan.jobs):
        _start(plan.options)
        for share in shares:
            yield len(share), _lint(plan, share)
        return
    left = dict.fromkeys(names)
    if forks() and len(names) >= FEW:
        for share, batch in led(partial(_lead, plan, names, jobs)):
            for name in share:
                left.pop(name, None)
            yield len(share), batch
    for share, batch in handed_out(_task(plan), _shares(tuple(left)), jobs):
        yield len(share), batch


def _lead(plan: Plan, names: Sequence[str], jobs: int) -> Iterator[tuple[Share, _Batch]]:
    """Find out what concerns the whole project, then fork those that lint the files."""
    from fr_lint.ahead import ahead

    if plan.times:
        clock.start()
    _start(plan.options)
    with clock.work("reading ahead"):
        known = ahead(plan.options, names, jobs)
    yield [], _Batch((), (), clock.taken())
    if known.first is not None:
        yield [known.first], _lint(plan, [known.first])
    gc.freeze()
    yield from handed_out(_task(plan, _go_on), _shares([name for name in names if name != known.first]), jobs)


def _task(plan: Plan, start: Callable[[Options], None] | None = None) -> Task[_Batch]:
    return Task(partial(start or _start, plan.options), partial(_lint, plan), partial(_died, plan.options))


def _died(options: Options, name: str) -> _Batch:
    return _Batch((_failed(options, name, "the process that read it died"),), ())


def _shares(names: Sequence[str]) -> list[Share]:
    return [names[at : at + CHUNK] for at in range(0, len(names), CHUNK)]


def _start(options: Options) -> None:
    global _screen  # noqa: PLW0603  # a worker has no other place to keep it
    _screen = Screen(options)
    gc.set_threshold(*COLLECTIONS)
    warnings.simplefilter("ignore")


def _go_on(options: Options) -> None:
    """Begin with what the leader knows."""
    if _screen is None or _screen.options != options:  # it was not forked from the leader
        _start(options)


def _lint(plan: Plan, names: Sequence[str]) -> _Batch:
    screen = _screen or Screen(plan.options)
    findings: list[Reported] = []
    suppressed: list[Reported] = []
    spent: dict[str, float] = {}
    if plan.times:
        clock.start()
    for name in names:
        started = time.perf_counter()
        with clock.work("reading and screening"):
            kept, hidden = _file(plan, screen, name)
        findings += kept
        suppressed += hidden
        spent[name] = time.perf_counter() - started
    times = clock.taken() if plan.times else Times()
    for name in sorted(spent, key=spent.__getitem__, reverse=True)[: clock.MOST] if plan.times else ():
        times.file(name, spent[name])
    return _Batch(tuple(findings), tuple(suppressed), times)


def _file(plan: Plan, screen: Screen, name: str) -> tuple[list[Reported], list[Reported]]:
    options = plan.options
    try:
        with open(os.path.join(options.cwd, name), "rb") as file:
            text = decode(file.read())
    except OSError as error:
        return [_failed(options, name, f"it cannot be read: {error.strerror or error}")], []
    try:
        checked = screen.checked(name, text, None)
    except Exception as error:  # noqa: BLE001  # whatever it is, it must neither end the run nor pass in silence
        return [_failed(options, name, reason(error))], []
    if checked is None or not (checked.findings or checked.suppressed):
        return [], []
    places = Places(text)
    found = sorted({each for each in checked.findings if each.code in options.codes})
    reported = [_reported(options, name, each, places) for each in found]
    silenced = _silenced(name, text, reported) if plan.noqa else set()
    hidden = [each for each in reported if each in silenced]
    hidden += [
        replace(_reported(options, name, each.finding, places), reason=each.reason, until=each.until)
        for each in checked.suppressed
        if each.finding.code in options.codes
    ]
    return [each for each in reported if each not in silenced], hidden


def _reported(options: Options, name: str, finding: Finding, places: Places) -> Reported:
    place = places.at(finding.line, finding.col)
    root = os.path.relpath(find_root(Path(options.cwd, name), Path(options.cwd)), options.cwd)
    return Reported(_slashed(name), finding, _slashed(root), place.function, place.call, place.end_line, place.end_col)


def _failed(options: Options, name: str, why: str) -> Reported:
    root = find_root(Path(options.cwd, name), Path(options.cwd))
    path = _slashed(os.path.relpath(os.path.join(options.cwd, name), root))
    finding = Finding(path, 1, 0, FAILURE, f"could not be analysed: {why}")
    return Reported(_slashed(name), finding, _slashed(os.path.relpath(root, options.cwd)), "<module>", "", 1, 1)


def _silenced(name: str, text: str, reported: Sequence[Reported]) -> set[Reported]:
    """The findings that a ``noqa`` comment silences, in flake8's own reading."""
    from flake8.processor import FileProcessor
    from flake8.violation import Violation

    wanted = {"hang_closing": False, "indent_size": 4, "max_line_length": 79, "max_doc_length": None, "verbose": 0}
    settings = argparse.Namespace(**wanted, disable_noqa=False, stdin_display_name="stdin")
    processor = FileProcessor(name, settings, io.StringIO(text).readlines())
    if processor.should_ignore_file():
        return set(reported)
    out: set[Reported] = set()
    for each in reported:
        line = each.finding.line
        physical = processor.noqa_line_for(line) or ""
        if Violation(each.finding.code, name, line, each.finding.col + 1, "", physical).is_inline_ignored(False):
            out.add(each)
    return out


def _absolute(patterns: Sequence[str]) -> list[str]:
    """Patterns as flake8 takes them: a name fits anywhere, one with a slash is a path."""
    return [os.path.abspath(each) if "/" in each else each for each in patterns]


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")
