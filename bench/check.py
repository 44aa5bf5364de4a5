"""``fr-lint check`` over a large generated project, 1 % of it with faces: by number of processes, and by what is kept.

    python bench/check.py [--files 10000] [--jobs 1 2 4] [--rounds 3] [--project FOLDER]

With a folder it runs over a copy of that one instead.  Each round runs every way once, nothing kept, then kept by one
run and used by the next.  Wall and processor time are those of the whole run, memory that of its largest process; the
last column says whether the findings are those of the first run.  The shares are the run's own, from ``--stats``, of
one process with nothing kept.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from operator import attrgetter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cache import settle
from child import Cost, timed
from scale import project_of

COLUMNS = ("wall", "processor", "memory")
FIRST, AGAIN = "first run that keeps", "everything kept"


def main() -> int:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10000)
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--project", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "project"
        if args.project:
            shutil.copytree(args.project, project, symlinks=True)
        else:
            project_of(project, args.files)
        files = sum(1 for _ in project.rglob("*.py"))
        settle(project)
        rows: dict[str, list[Cost]] = {}
        said: dict[str, bytes] = {}
        for number in range(args.rounds):
            os.environ["FR_LINT_CACHE_DIR"] = str(Path(scratch) / f"kept{number}")
            ways = {f"nothing kept, {jobs} processes": ["--no-cache", f"--jobs={jobs}"] for jobs in args.jobs}
            ways |= {FIRST: ["--jobs=2"], AGAIN: ["--jobs=2"]}
            for name, options in ways.items():
                command = [sys.executable, "-m", "fr_lint", "check", *options, "."]
                cost, said[name] = timed(command, project, fine=(0, 1, 3))
                rows.setdefault(name, []).append(cost)
        print(f"{files} files, {args.rounds} rounds; median")
        print("| | wall, s | processor, s | ms a file | largest process, MB | same findings |")
        print("| --- | ---: | ---: | ---: | ---: | --- |")
        expected = next(iter(said.values()))
        for name, row in rows.items():
            wall, processor, memory = (statistics.median(map(attrgetter(each), row)) for each in COLUMNS)
            same = "yes" if said[name] == expected else "no"
            each = processor / files * 1e3
            print(f"| {name} | {wall:.1f} | {processor:.1f} | {each:.2f} | {memory:.0f} | {same} |")
        print(f"\n{expected.count(b'FRL')} lines name a finding\n")
        print(shares(project))
    return 0


def shares(folder: Path) -> str:
    """The kinds of work of a run that take one per cent or more."""
    command = [sys.executable, "-m", "fr_lint", "check", "--no-cache", "--jobs=1", "--stats", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    rows = re.findall(r"^ (.+?)\s{2,}([\d.]+)\s+(\d+)%\s+(\d+)", done.stderr + done.stdout, re.MULTILINE)
    lines = [f"| {kind} | {seconds} | {share} % |" for kind, seconds, share, _ in rows if int(share)]
    return "\n".join(["| work, one process, nothing kept | s | share |", "| --- | ---: | ---: |", *lines])


if __name__ == "__main__":
    sys.exit(main())
