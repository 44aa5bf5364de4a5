"""What is kept between runs, and what that is worth: an editor's call and whole runs, in turns with flake8 alone.

    python bench/cache.py [PROJECT] [--files 2000] [--rounds 9] [--venvs DIR] [--linted FILE]

First the ratio to flake8 without the plugin over the same input: ``flake8 -`` on one file with faces, nothing kept,
everything kept, and a buffer that differs from the disk at every call.  Then ``fr-lint check`` over the whole project,
nothing kept, everything kept, and one file edited, in seconds.  Without PROJECT, one is generated, of which 1 % of the
files process faces.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from child import timed
from overhead import environment
from scale import project_of

SHAPE = '''

def summary{n}(rows, limit={n}):
    """Totals of the rows, largest first."""
    found = {{}}
    for row in rows:
        name = row.get("name", "").strip()
        if not name or name in ("none", "other"):
            continue
        found[name] = found.get(name, 0) + int(row.get("value", 0))
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [(name, value) for name, value in ordered if value > limit]
'''


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", nargs="?", type=Path)
    parser.add_argument("--linted", help="the file with faces, relative to PROJECT")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--venvs", type=Path, help="keep the two environments here, and use them again")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        plain, ours = (environment((args.venvs or folder) / name, name == "with") for name in ("without", "with"))
        project, linted = folder / "project", args.linted
        if args.project:
            shutil.copytree(args.project, project)
        else:
            linted = project_of(project, args.files)
            with (project / linted).open("a", encoding="utf-8") as file:  # as long as such a file usually is
                file.writelines(SHAPE.format(n=number) for number in range(12))
        settle(project)
        os.environ.update(FR_LINT_CACHE_DIR=str(folder / "kept"), FR_LINT_CACHE_KEY="bench")
        editor(plain, ours, project, linted, args.rounds)
        whole(ours, project, linted)


def settle(project: Path) -> None:
    """Files that are older than the moment: what may still change is not kept."""
    for path in project.rglob("*.py"):
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 3600))


def editor(plain: str, ours: str, project: Path, linted: str, rounds: int) -> None:
    """``flake8 -`` as an editor calls it."""
    text = (project / linted).read_text(encoding="utf-8")
    command = ["-P", "-m", "flake8", "--isolated", "--exit-zero", "--stdin-display-name", linted]
    kinds: tuple[tuple[str, list[str], Callable[[int], str]], ...] = (
        ("nothing kept", ["--frl-no-cache"], lambda _: text),
        ("everything kept", [], lambda _: text),
        ("buffer edited", [], lambda number: f"{text}\nEDITED = {number}\n"),
    )
    print(f"flake8 - on {linted} of {sum(1 for _ in project.rglob('*.py'))} files, {rounds} rounds")
    print(f"{'processor time, ratio':24}{'min':>8}{'median':>8}{'max':>8}{'without, s':>12}{'with, s':>9}{'wall':>8}")
    for name, options, source in kinds:
        timed([ours, *command, *options, "-"], project, source(-1))
        rows = []
        for number in range(rounds):
            runs = [(0, [plain, *command, "-"]), (1, [ours, *command, *options, "-"])]
            row = {
                place: timed(argv, project, source(number))[0]
                for place, argv in (runs if number % 2 else reversed(runs))
            }
            rows.append(row)
        ratios = sorted(row[1].processor / row[0].processor for row in rows)
        middle = [statistics.median(row[place].processor for row in rows) for place in (0, 1)]
        walls = statistics.median(row[1].wall / row[0].wall for row in rows)
        print(
            f"{name:24}{ratios[0]:8.2f}{statistics.median(ratios):8.2f}{ratios[-1]:8.2f}"
            f"{middle[0]:12.3f}{middle[1]:9.3f}{walls:8.2f}"
        )


def whole(ours: str, project: Path, linted: str) -> None:
    """``fr-lint check`` over everything."""
    command = [ours, "-P", "-m", "fr_lint", "check", "--exit-zero", "."]
    print(f"\n{'fr-lint check':24}{'wall, s':>9}{'processor, s':>14}{'largest process, MB':>22}")
    for name in ("nothing kept", "first run that keeps", "everything kept", "one file edited"):
        if name == "one file edited":
            (project / linted).write_text((project / linted).read_text(encoding="utf-8") + "\nEDITED = 1\n")
            settle(project)
        cost, _ = timed([*command, *(["--no-cache"] if name == "nothing kept" else [])], project)
        print(f"{name:24}{cost.wall:9.2f}{cost.processor:14.2f}{cost.memory:22.0f}")


if __name__ == "__main__":
    main()
