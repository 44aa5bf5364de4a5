"""The same work beside other tools, in turns: flake8 alone, with flake8-async, bandit, semgrep CE; time and answers.

    python bench/alternatives.py [FOLDER] [--rounds 5] [--jobs 1] [--venvs DIR] [--calls CALLS.CSV --checkouts DIR]

Each tool has a virtual environment of its own, with the versions of ``PINS``.  Every round runs each tool once over
the same files, the order turning by one, and gives one ratio to flake8 alone.  Read the ratios, not the seconds.
Memory is that of the largest process of a run.  The files are all fixtures, without their marks, and those of FOLDER.

The answers: which of the marks in the fixtures a tool finds, line by line.  Only fr-lint and semgrep (with the rules of
``bench/semgrep``) have rules for these duties.  The fixtures are fr-lint's own tests, so that it is right there by
construction; with ``--calls`` both are scored on labelled calls of public repositories as well (see ``accuracy.py``).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from accuracy import FIGURES, Checkout, Finding, Row, Score, read_findings, read_rows
from cache import settle
from child import Cost, timed
from overhead import HERE, environment

PINS = {"flake8-async": "26.8.1", "bandit": "1.9.4", "semgrep": "1.185.0"}
RULES = HERE / "bench" / "semgrep"
CODES = ("FRL101", "FRL201", "FRL301", "FRL302")
MARK = re.compile(
    rb"[ \t]*#[ \t]*((?:FRL\d{3}\??[ \t]*)+)(?=\r?$)", re.MULTILINE
)  # as tests/test_fixtures.py reads them
ANSWERS = {"found_at_call", "found", "found_own", "ok_rows", "ok_functions", "na_rows", "na_functions", "precise"}

Place = tuple[str, int]  # path, line


@dataclass(frozen=True)
class Tool:
    """One row of the tables: what is run, and in which environment its version is found."""

    name: str
    package: str
    python: str
    arguments: tuple[str, ...]

    @property
    def version(self) -> str:
        """As installed."""
        ask = f"import importlib.metadata as m; print(m.version({self.package!r}))"
        return subprocess.run([self.python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()

    @property
    def command(self) -> list[str]:
        """What is run in the folder that is to be read."""
        return [self.python, *self.arguments]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="measure over this as well")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", default="1", help="of each tool that can do several things at a time")
    parser.add_argument("--venvs", type=Path, help="keep the environments here, and use them again")
    parser.add_argument("--calls", type=Path, help="labelled calls; with --checkouts")
    parser.add_argument("--checkouts", type=Path, help="a folder of work trees")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="of these, the repositories that match this expression"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tools = prepare(args.venvs or Path(scratch) / "venvs", Path(scratch), args.jobs)
        print(f"Python {sys.version.split()[0]}; " + ", ".join(f"{tool.package} {tool.version}" for tool in tools[:-1]))
        project = Path(scratch) / "fixtures"
        project.mkdir()
        marks = copy_fixtures(project)
        for folder in (project, args.folder):
            if folder and args.rounds:
                print("\n".join(costs(tools, folder.resolve(), args.rounds)), flush=True)
        print("\n".join(answers(tools, project, marks)))
        if args.calls and args.checkouts:
            print("\n".join(labelled(tools, args.calls, args.checkouts, args.only)))
    return 0


def prepare(venvs: Path, scratch: Path, jobs: str) -> list[Tool]:
    """The tools, each installed in an environment of its own; the last is fr-lint once more, with what it kept."""
    os.environ.update(SEMGREP_SETTINGS_FILE=str(scratch / "semgrep.yml"), FR_LINT_CACHE_DIR=str(scratch / "kept"))
    os.environ.update(SEMGREP_ENABLE_VERSION_CHECK="0", SEMGREP_SEND_METRICS="off", FR_LINT_CACHE_KEY="bench")
    plain, ours = (environment(venvs / name, name == "with") for name in ("without", "with"))
    flake8 = ("-P", "-m", "flake8", "--isolated", "--exit-zero", f"--jobs={jobs}")
    other = {package: installed(venvs / package, package) for package in PINS}
    semgrep = Path(other["semgrep"]).with_name("semgrep")
    scan = ("scan", "--metrics=off", "--disable-version-check", "--no-git-ignore", "--x-ignore-semgrepignore-files")
    return [
        Tool("flake8", "flake8", plain, (*flake8, ".")),
        Tool("flake8 with flake8-async", "flake8-async", other["flake8-async"], (*flake8, ".")),
        Tool("bandit", "bandit", other["bandit"], ("-P", "-m", "bandit", "--recursive", "--exit-zero", "--quiet", ".")),
        Tool(
            "semgrep CE",
            "semgrep",
            other["semgrep"],
            (str(semgrep), *scan, f"--jobs={jobs}", "--include=*.py", f"--config={RULES}", "--quiet", "--json", "."),
        ),
        Tool("flake8 with fr-lint", "fr-lint", ours, (*flake8, "--frl-no-cache", ".")),
        Tool("the same, everything kept", "fr-lint", ours, (*flake8, ".")),
    ]


def installed(path: Path, package: str) -> str:
    """The Python of an environment with one of the other tools."""
    python = path / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(path)], check=True)
    wanted = [f"{package}=={PINS[package]}"]
    if package == "flake8-async":
        wanted.append(f"flake8=={importlib.metadata.version('flake8')}")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *wanted], check=True, stderr=subprocess.DEVNULL)
    return str(python)


def copy_fixtures(target: Path) -> dict[str, tuple[set[Place], set[Place]]]:
    """All fixtures without their marks, each a project of its own; and what must and what may be said, by code.

    Those of FRL901 are left out: libcst rejects them, and flake8 with flake8-async stops there.
    """
    marks: dict[str, tuple[set[Place], set[Place]]] = defaultdict(lambda: (set(), set()))
    inside = [
        path
        for folder in sorted((HERE / "fixtures").glob("FRL*"))
        if folder.name != "FRL901"
        for path in sorted(folder.iterdir())
    ]
    for number, case in enumerate((*inside, HERE / "fixtures" / "declared_app", HERE / "fixtures" / "sample_app")):
        base = case if case.is_dir() else case.parent
        name = f"{number:04}_{case.stem}"
        for path in sorted(case.rglob("*")) if case.is_dir() else [case]:
            if not path.is_file() or "__pycache__" in path.parts or (base != case and path.suffix != ".py"):
                continue
            copy = target / name / path.relative_to(base)
            copy.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_bytes()
            if path.suffix == ".py":
                for line, content in enumerate(text.split(b"\n"), 1):
                    for code in (code for mark in MARK.findall(content) for code in mark.decode().split()):
                        place = (copy.relative_to(target).as_posix(), line)
                        marks[code.rstrip("?")][code.endswith("?")].add(place)
                text = MARK.sub(b"", text)
            copy.write_bytes(text)
        (target / name / "setup.cfg").touch()
    settle(target)
    return marks


def costs(tools: list[Tool], folder: Path, rounds: int) -> list[str]:
    """A table of what each tool takes over one folder."""
    rows: dict[str, list[Cost]] = {tool.name: [] for tool in tools}
    for number in range(-1, rounds):  # the first time does not count: files are read from the disk, things are kept
        turn = number % len(tools)
        for tool in (*tools[turn:], *tools[:turn]):
            cost, _ = timed(tool.command, folder)
            if number >= 0:
                rows[tool.name].append(cost)
    files = [path for path in folder.rglob("*.py") if path.is_file()]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    first = rows[tools[0].name]
    title = (
        f"\n{folder.name}: {len(files)} files, {lines} lines, {rounds} rounds; ratio to flake8: median (least to most)"
    )
    table = [title, "", "| | processor | wall | processor, s | wall, s | memory, MB |", "| --- |" + " ---: |" * 5]
    for name, row in rows.items():
        cells = []
        for column in ("processor", "wall"):
            ratios = sorted(getattr(b, column) / getattr(a, column) for a, b in zip(first, row, strict=True))
            cells.append(f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
        cells += [f"{statistics.median(getattr(cost, column) for cost in row):.1f}" for column in ("processor", "wall")]
        table.append(f"| {name} | {' | '.join(cells)} | {max(cost.memory for cost in row):.0f} |")
    return table


def findings(tool: Tool, folder: Path) -> list[Finding]:
    """What a tool that knows our duties says about a folder, by our codes."""
    done = subprocess.run(
        tool.command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode or "Traceback" in done.stderr:
        raise SystemExit(f"{tool.name} failed in {folder}: {done.stderr[-2000:]}")
    if tool.package != "semgrep":
        return read_findings(done.stdout)
    return read_semgrep(done.stdout)


def read_semgrep(output: str) -> list[Finding]:
    """The findings in semgrep's JSON, each once; the code is how the name of the rule begins."""
    found = []
    for result in json.loads(output)["results"]:
        code = result["check_id"].rpartition(".")[2].partition("-")[0]
        found.append(
            Finding(result["path"].removeprefix("./"), result["start"]["line"], code, result["extra"]["message"])
        )
    return list(dict.fromkeys(found))


def answers(tools: list[Tool], folder: Path, marks: dict[str, tuple[set[Place], set[Place]]]) -> list[str]:
    """A table of what is found, missed and said without reason in the fixtures; and of files judged right."""
    cases = {path.relative_to(folder).parts[0] for path in folder.rglob("*.py")}
    table = [
        "",
        f"answers on {len(cases)} fixtures, by line: found, missed, false; fixtures with the right yes or no",
        "",
    ]
    table += ["| | " + " | ".join(CODES) + " |", "| --- |" + " --- |" * len(CODES)]
    for tool in tools[:-1]:
        able = tool.package in ("fr-lint", "semgrep")
        said = findings(tool, folder) if able else []
        cells = []
        for code in CODES:
            must, may = marks[code]
            # a line that is marked for a neighbour of the same family is not held against anybody
            near = {place for other, both in marks.items() if other[:4] == code[:4] for place in both[0] | both[1]}
            found = {(finding.path, finding.line) for finding in said if finding.code == code}
            false = found - must - may - near
            yes = {path.partition("/")[0] for path, _ in found & must | false}
            right = len(cases - (yes ^ {path.partition("/")[0] for path, _ in must}))
            cells.append(f"{len(found & must)}, {len(must - found)}, {len(false)}; {right}")
        table.append(f"| {tool.name}{'' if able else ' (no such rule)'} | {' | '.join(cells)} |")
    return table


def labelled(tools: list[Tool], calls: Path, checkouts: Path, only: str) -> list[str]:
    """The scores of `accuracy.py` for consent, for both tools that have a rule for it."""
    by_tree: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(calls):
        if re.search(only, row.repo, re.IGNORECASE):
            by_tree[row.tree].append(row)
    able = [tool for tool in tools[:-1] if tool.package in ("fr-lint", "semgrep")]
    scores = {tool.name: Score("consent") for tool in able}
    missing = [name for name in by_tree if not (checkouts / name).is_dir()]
    for name in sorted(set(by_tree) - set(missing)):
        for tool in able:
            root = (checkouts / name).resolve()
            said = [each for each in findings(tool, root) if each.code.startswith("FRL1")]
            scores[tool.name].add(Checkout(root, rows=by_tree[name], findings=said))
    count = sum(len(rows) for name, rows in by_tree.items() if name not in missing)
    head = [f"\nlabelled calls: {count} in {len(by_tree) - len(missing)} repositories", ""]
    table = [*head, "| | " + " | ".join(scores) + " |", "| --- |" + " ---: |" * len(scores)]
    for figure, title in FIGURES.items():
        if figure in ANSWERS:
            table.append(f"| {title} | " + " | ".join(str(score.figures[figure]) for score in scores.values()) + " |")
    return [*table, *(f"NOT COMPLETE: {name}: no such folder" for name in missing)]


if __name__ == "__main__":
    sys.exit(main())
