"""Where the time goes in files that pass the gate: the parsers, the lowering, everything.

    python bench/phases.py FOLDER [--rounds 3] [--limit 500] [--each]

Over all files below FOLDER that may hold a face call: seconds of ``ast.parse``, of ``libcst.parse_module``, of the
lowering to the intermediate representation (both parsers included), and of the whole plugin (flake8's own parse left
out, other files of the project read and analysed as the findings demand).  The best of several rounds each, except for
the last, which would find its own results again.  The promise: all that comes after ``libcst.parse_module`` costs at
most as much again.
"""

from __future__ import annotations

import argparse
import ast
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))

from fr_lint.gate import has_face, passes  # noqa: E402
from fr_lint.options import Options  # noqa: E402
from fr_lint.plugin import Plugin  # noqa: E402
from fr_lint.project.sources import Sources  # noqa: E402
from fr_lint.syntax import NotAnalysed, lower_source  # noqa: E402

STEPS = ("gate", "ast", "libcst", "lower", "plugin")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, default=500, help="at most so many files")
    parser.add_argument("--each", action="store_true", help="a row for each file, too")
    args = parser.parse_args()
    import libcst

    sources = Sources(args.folder.resolve())
    texts = {path: sources.text(path) or "" for path in sources.paths()}
    chosen = [path for path, text in texts.items() if has_face(text)][: args.limit]
    Plugin.options = Options(cwd=str(args.folder.resolve()))
    warm_up()
    total = dict.fromkeys(STEPS, 0.0)
    lines = skipped = 0
    head = f"{'':44}{'lines':>8}" + "".join(f"{step + ', ms':>12}" for step in STEPS)
    if args.each:
        print(head)
    for path in chosen:
        text = texts[path]
        try:
            tree = ast.parse(text)
            libcst.parse_module(text)
            lower_source(text, path, tree)
        except (SyntaxError, ValueError, RecursionError, NotAnalysed, libcst.ParserSyntaxError):
            skipped += 1
            continue
        took = {
            "gate": best(args.rounds, partial(passes, text)),
            "ast": best(args.rounds, partial(ast.parse, text)),
            "libcst": best(args.rounds, partial(libcst.parse_module, text)),
            "lower": best(args.rounds, partial(lower_source, text, path, tree)),
            "plugin": best(1, partial(run, tree, args.folder / path, text)),
        }
        lines += text.count("\n")
        for step, seconds in took.items():
            total[step] += seconds
        if args.each:
            print(f"{path[-43:]:44}{text.count(chr(10)):8}" + "".join(f"{took[step] * 1e3:12.2f}" for step in STEPS))
    print(f"{len(texts)} files, {len(chosen)} pass the gate, {skipped} of them cannot be parsed; {lines} lines")
    if not lines:
        return
    print(f"{'':20}" + "".join(f"{step:>12}" for step in STEPS))
    print(f"{'ms per 1000 lines':20}" + "".join(f"{total[step] / lines * 1e6:12.2f}" for step in STEPS))
    print(f"{'x ast.parse':20}" + "".join(f"{total[step] / total['ast']:12.2f}" for step in STEPS))
    print(f"{'x libcst':20}" + "".join(f"{total[step] / total['libcst']:12.2f}" for step in STEPS))


def warm_up() -> None:
    """Pay for imports and the catalogue before anything is measured."""
    text = "import face_recognition\nface_recognition.face_encodings(x)\n"
    run(ast.parse(text), Path("warm/up.py"), text)


def run(tree: ast.Module, path: Path, text: str) -> None:
    """The plugin on one file."""
    list(Plugin(tree, str(path.resolve()), text.splitlines(keepends=True)).run())


def best(rounds: int, action: Callable[[], object]) -> float:
    """The shortest of several runs, in seconds."""
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        took.append(time.perf_counter() - started)
    return min(took)


if __name__ == "__main__":
    main()
