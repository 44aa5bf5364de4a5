"""What the plugin costs a project without face code: flake8 with it beside flake8 without it, in turns.

Two fresh virtual environments hold the same flake8; one of them has this package too.  Every round runs both, the one
that goes first alternating, and gives one ratio of wall and one of processor time.  Read the ratios, not the seconds.
Whatever else the machine does only makes a run slower, so that the ratio of the quickest runs is the steadier figure.

    python bench/overhead.py [PROJECT] [--files 300] [--rounds 9] [--jobs 1] [--venvs DIR] [-- FLAKE8 OPTION ...]

Without PROJECT, files of the standard library that do not pass the gate are copied to make one.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import random
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from child import Cost, timed

HERE = Path(__file__).resolve().parents[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", nargs="?", type=Path)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--jobs", default="1")
    parser.add_argument("--venvs", type=Path, help="keep the two environments here, and use them again")
    args, rest = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as scratch:
        venvs = args.venvs or Path(scratch)
        plain, ours = (environment(venvs / name, name == "with") for name in ("without", "with"))
        project = args.project or generated(Path(scratch) / "project", args.files)
        options = [
            "-P",
            "-m",
            "flake8",
            "--isolated",
            "--exit-zero",
            f"--jobs={args.jobs}",
            *(o for o in rest if o != "--"),
        ]
        rows = [pair([plain, *options, "."], [ours, *options, "."], project, number) for number in range(args.rounds)]
    files = sum(1 for _ in project.rglob("*.py")) if args.project else args.files
    print(f"{files} files, jobs {args.jobs}, {args.rounds} rounds; ratio of flake8 with the plugin to flake8 without")
    print(f"{'':12}{'min':>9}{'median':>9}{'max':>9}{'of the least':>14}{'without, s':>12}{'with, s':>10}")
    for name in ("wall", "processor"):
        before, after = ([getattr(row[place], name) for row in rows] for place in (0, 1))
        ratios = sorted(b / a for a, b in zip(before, after, strict=True))
        least = min(after) / min(before)
        print(
            f"{name:12}{ratios[0]:9.4f}{statistics.median(ratios):9.4f}{ratios[-1]:9.4f}{least:14.4f}"
            f"{statistics.median(before):12.2f}{statistics.median(after):10.2f}"
        )


def environment(path: Path, ours: bool) -> str:
    """The Python of a virtual environment with flake8, made where it does not exist."""
    python = path / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(path)], check=True)
        flake8 = f"flake8=={importlib.metadata.version('flake8')}"
        subprocess.run([*pip, flake8, *([str(HERE)] if ours else [])], check=True)
    elif ours:  # the sources may have changed
        subprocess.run([*pip, "--force-reinstall", "--no-deps", str(HERE)], check=True)
    return str(python)


def generated(target: Path, count: int) -> Path:
    """A project of real files, none of which passes the gate."""
    sys.path.insert(0, str(HERE))
    from fr_lint.gate import has_face
    from fr_lint.project.disk import decode

    library = Path(sysconfig.get_path("stdlib"))
    left_out = {"site-packages", "test", "tests", "idlelib", "lib2to3"}
    every = [path for path in sorted(library.rglob("*.py")) if not left_out & set(path.parts)]
    random.Random(7).shuffle(every)
    target.mkdir(parents=True)
    for path in every:
        if count and not has_face(decode(path.read_bytes())):
            place = target / path.relative_to(library)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            count -= 1
    return target


def pair(plain: list[str], ours: list[str], project: Path, number: int) -> tuple[Cost, Cost]:
    """What one run without and one with the plugin take."""
    if number % 2:
        after, _ = timed(ours, project)
        return timed(plain, project)[0], after
    return timed(plain, project)[0], timed(ours, project)[0]


if __name__ == "__main__":
    main()
