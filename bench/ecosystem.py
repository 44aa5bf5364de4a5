"""Run the analysis over big folders that were not written for it: does it crash, hang, or accuse?

    python bench/ecosystem.py [FOLDER...] [--limit 20] [--jobs 2] [--alone] [--flake8] [--none] [--json OUT]

Without a folder: the standard library of the running Python, its test suite included.

Each file is analysed by a direct call of the engine, whether or not it passes the text gate, so that arbitrary code is
lowered and solved: every function from all its callers, face calls looked for in all of them, and some calls of every
function taken for face calls, through chains, de-identification, verdicts and messages.  The folder is one project;
with `--alone` each file is one of its own.  Workers that die or hang are replaced and the file is named.

With `--flake8` the real `flake8 --select=FRL` runs in each folder as well, and its findings are listed; with `--none`
they are counted as failures (for folders without faces).

The exit status is 1 for a crash, a dead worker, a file above the limit, a traceback of flake8, or an unwanted finding.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import signal
import subprocess
import sys
import sysconfig
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import FrameType

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))

from fr_lint.analysis import RECURSION  # noqa: E402
from fr_lint.catalogue.faces import Api, faces  # noqa: E402
from fr_lint.catalogue.images import images  # noqa: E402
from fr_lint.flow.engine import Engine  # noqa: E402
from fr_lint.flow.faces import FaceCall, FaceCalls  # noqa: E402
from fr_lint.flow.hiding import Hiding  # noqa: E402
from fr_lint.flow.program import Func  # noqa: E402
from fr_lint.ir.model import Op  # noqa: E402
from fr_lint.project.sources import Sources  # noqa: E402
from fr_lint.rules.consent import ConsentRule  # noqa: E402
from fr_lint.rules.fallback import FallbackRule  # noqa: E402
from fr_lint.rules.retention import RetentionRule  # noqa: E402

PRETENDED = 6  # calls of a function that are taken for face calls
QUANTILES = (("median", 0.5), ("95 %", 0.95), ("99 %", 0.99), ("slowest", 1.0))
GRACE = 15.0  # seconds after the limit until a worker that does not answer is killed
FINDING = re.compile(r"^(?P<path>.+?):(?P<line>\d+):\d+: (?P<code>FRL\d{3}) .*$")
APIS = tuple(
    Api(name=f"pretended.{role}", role=role, package="pretended", display=f"pretended.{role}", kind="function")
    for role in ("detect", "encode", "verify", "enrol")
)


class OverTime(BaseException):
    """The limit has passed; no ``Exception``, so that nothing takes it for a failure of its own."""


@dataclass
class Report:
    """One file."""

    path: str
    seconds: float = 0.0
    lines: int = 0
    functions: int = 0
    face_calls: int = 0
    pretended: dict[str, int] = field(default_factory=dict)  # codes found when some calls are taken for face calls
    kind: str = "ok"  # or refused (FRL901), crash, slow, killed
    detail: str = ""

    @property
    def bad(self) -> bool:
        """Whether this must not be."""
        return self.kind not in {"ok", "refused"}


class Pretence(FaceCalls):
    """Takes some calls of every function for face calls."""

    def of(self, func: Func) -> tuple[FaceCall, ...]:
        """A few calls, spread over the function."""
        if func not in self._found:
            calls = [number for number, node in enumerate(func.nodes) if node.op == Op.CALL]
            chosen = calls[:: max(1, len(calls) // PRETENDED)][:PRETENDED]
            self._found[func] = tuple(FaceCall(func, number, APIS[at % len(APIS)]) for at, number in enumerate(chosen))
        return self._found[func]


class Bench:
    """One worker's engine over a folder."""

    def __init__(self, folder: Path, limit: float, *, alone: bool) -> None:
        self.limit = limit
        self.alone = alone
        self.sources = Sources(folder)
        self.sources.with_word("self")  # the index is paid for here, not by the first file
        self.engine: Engine | None = None
        self.actual: FaceCalls | None = None

    def report(self, path: str) -> Report:
        """Analyse one file."""
        report = Report(path)
        text = self.sources.text(path)
        report.lines = (text or "").count("\n")
        if self.engine is None or self.alone:
            self.engine = Engine(Sources(None, {path: text or ""}) if self.alone else self.sources)
            self.engine.face_calls = Pretence(self.engine.graph, faces())
            self.engine.hiding = Hiding(self.engine.graph, self.engine.face_calls, images())
            self.actual = FaceCalls(self.engine.graph, faces())
        started = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, self.limit, 0.5)  # again, in case something swallows it
        try:
            try:
                self._analyse(report)
            finally:  # the alarm may go off in here as well: hence the outer one
                signal.setitimer(signal.ITIMER_REAL, 0)
        except OverTime as error:
            signal.setitimer(signal.ITIMER_REAL, 0)
            report.kind, report.detail = "slow", where(error)
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is what we are looking for
            report.kind, report.detail = "crash", f"{type(error).__name__}: {error}\n{where(error)}"[:4000]
        report.seconds = time.perf_counter() - started
        if report.bad:
            self.engine = None  # what it keeps may be half done
        return report

    def _analyse(self, report: Report) -> None:
        engine, actual = self.engine, self.actual
        assert engine is not None
        assert actual is not None
        unit = engine.program.unit(report.path)
        if unit is None:
            report.kind, report.detail = "refused", engine.program.failures.get(report.path, "no reason is given")
            return
        report.functions = len(unit.functions)
        for func in unit.functions:
            engine.entries.run(func)
            report.face_calls += len(actual.of(func))
        rules = (ConsentRule(engine), RetentionRule(engine), FallbackRule(engine))
        report.pretended = dict(Counter(finding.code for rule in rules for finding in rule.check(unit)))


def where(error: BaseException) -> str:
    """The last frames of a traceback, a line each; deep recursion is cut in the middle."""
    frames = traceback.extract_tb(error.__traceback__)
    shown = [f"    {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join(shown if len(shown) <= 24 else [*shown[:6], f"    ... {len(shown) - 24} more ...", *shown[-18:]])


# ------------------------------------------------------------------------------------------------------------- workers


def serve(connection: Connection, folder: Path, limit: float, alone: bool) -> None:
    """A worker: paths in, reports out."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise OverTime

    signal.signal(signal.SIGALRM, ring)
    sys.setrecursionlimit(RECURSION)
    bench = Bench(folder, limit, alone=alone)
    connection.send(None)  # ready
    while True:
        path = connection.recv()
        if path is None:
            connection.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
            return
        connection.send(bench.report(path))


class Worker:
    """A process that analyses one file at a time, seen from outside."""

    def __init__(self, folder: Path, limit: float, *, alone: bool) -> None:
        context = get_context("fork")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, folder, limit, alone), daemon=True)
        self.process.start()
        theirs.close()
        self.path: str | None = None
        self.deadline = time.monotonic() + 600.0  # until it is ready

    def give(self, path: str | None, limit: float) -> None:
        """Hand over the next file, or ``None`` to end it."""
        self.path = path
        self.deadline = time.monotonic() + limit + GRACE
        self.connection.send(path)


def survey(folder: Path, limit: float, jobs: int, *, alone: bool) -> tuple[list[Report], int]:
    """The reports of all files below a folder, and the largest worker's memory in MB."""
    todo = list(reversed(Sources(folder).paths()))
    workers = [Worker(folder, limit, alone=alone) for _ in range(max(1, min(jobs, len(todo))))]
    reports: list[Report] = []
    memory = 0
    while workers:
        ready = wait([worker.connection for worker in workers], timeout=1.0)
        for number, worker in reversed(list(enumerate(workers))):
            if worker.connection in ready:
                try:
                    answer = worker.connection.recv()
                except (EOFError, OSError):
                    worker.process.join(5)
                    answer = f"the process died with exit code {worker.process.exitcode}"
            elif time.monotonic() > worker.deadline:
                worker.process.kill()
                answer = "the process did not come back and was killed"
            else:
                continue
            if isinstance(answer, int):  # its last word
                memory = max(memory, answer)
                worker.process.join()
                del workers[number]
                continue
            if isinstance(answer, Report):
                reports.append(answer)
            elif isinstance(answer, str):
                reports.append(Report(worker.path or "", limit, kind="killed", detail=answer))
                worker = workers[number] = Worker(folder, limit, alone=alone)
                continue  # it says when it is ready
            worker.give(todo.pop() if todo else None, limit)
    return sorted(reports, key=lambda report: report.path), memory


def flake8(folder: Path, jobs: int) -> tuple[list[str], str]:
    """What the real flake8 prints in a folder, and what went wrong."""
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=FRL", f"--jobs={jobs}", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode not in (0, 1) or "Traceback" in done.stderr + done.stdout:
        return [], f"exit status {done.returncode}: {done.stderr.strip()[-1500:]}"
    return sorted(line for line in done.stdout.splitlines() if FINDING.match(line)), ""


# -------------------------------------------------------------------------------------------------------------- report


def figures(reports: Sequence[Report], memory: int, wall: float) -> Iterator[str]:
    """A folder's figures in lines."""
    times = sorted(report.seconds for report in reports) or [0.0]
    total, lines = sum(times), sum(report.lines for report in reports)
    kinds = Counter(report.kind for report in reports)
    functions = sum(report.functions for report in reports)
    yield f"  {len(reports)} files, {lines} lines, {functions} functions; {wall:.0f} s, {memory} MB"
    yield "  " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    parts = ", ".join(f"{name} {times[int(at * (len(times) - 1))]:.2f} s" for name, at in QUANTILES)
    yield f"  per file: {parts}; {total / max(1, lines) * 1e6:.0f} ms per 1000 lines"
    found: Counter[str] = Counter()
    for report in reports:
        found.update(report.pretended)
    yield f"  pretended face calls: {dict(sorted(found.items()))}"
    yield f"  face calls: {sum(report.face_calls for report in reports)}"
    for report in sorted(reports, key=lambda report: -report.seconds)[:8]:
        yield f"  slowest: {report.seconds:7.2f} s {report.lines:7} lines {report.path}"
    for report in reports:
        if report.kind == "refused":
            yield f"  refused: {report.path}: {report.detail}"
        elif report.face_calls:
            yield f"  faces: {report.path}: {report.face_calls} calls"
    groups: dict[str, list[Report]] = {}
    for report in filter(lambda report: report.bad, reports):
        groups.setdefault(report.detail if report.kind == "crash" else report.path, []).append(report)
    for same in sorted(groups.values(), key=len, reverse=True):
        places = ", ".join(f"{report.path} ({report.seconds:.1f} s)" for report in same[:5])
        yield f"  {same[0].kind.upper()}: {len(same)} files: {places}\n  {same[0].detail}"


def main() -> int:
    """Survey the folders and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for a file")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--alone", action="store_true", help="each file is a project of its own")
    parser.add_argument("--flake8", action="store_true", help="run the real flake8 as well")
    parser.add_argument("--only-flake8", action="store_true", help="run nothing else")
    parser.add_argument("--none", action="store_true", help="a finding of flake8 is a failure")
    parser.add_argument("--json", type=Path, help="write all reports here")
    args = parser.parse_args()
    failures = 0
    kept: dict[str, object] = {}
    for folder in args.folders or [Path(sysconfig.get_paths()["stdlib"])]:
        root = folder.resolve()
        print(f"== {folder}", flush=True)
        if not args.only_flake8:
            started = time.perf_counter()
            reports, memory = survey(root, args.limit, args.jobs, alone=args.alone)
            failures += sum(report.bad for report in reports)
            kept[str(folder)] = [asdict(report) for report in reports]
            for line in figures(reports, memory, time.perf_counter() - started):
                print(line, flush=True)
        if args.flake8 or args.only_flake8:
            started = time.perf_counter()
            found, trouble = flake8(root, args.jobs)
            failures += bool(trouble) + (len(found) if args.none else 0)
            print(f"  flake8: {len(found)} findings in {time.perf_counter() - started:.0f} s {trouble}")
            for line in found:
                print(f"    {line}", flush=True)
    if args.json:
        args.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    print(f"{failures} failures" if failures else "no failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
