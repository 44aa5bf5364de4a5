"""``fr-lint report``: the face-processing record of a project.  Must not know how anything is found."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from fr_lint.commands.check import add_common, line_of, options_of
from fr_lint.options import PolicyError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="a folder of the project (default: here)")
    parser.add_argument("--html", metavar="FILE", type=Path, help="one self-contained HTML file")
    parser.add_argument(
        "--markdown", metavar="FILE", nargs="?", const="-", help="Markdown; without FILE, to the output"
    )
    parser.add_argument("--json", metavar="FILE", nargs="?", const="-", help="JSON; without FILE, to the output")
    add_common(parser)


def execute(args: argparse.Namespace) -> int:
    """Run the command; the exit code: 0, or 3 if something could not be analysed."""
    if not (args.html or args.markdown or args.json):
        return _usage("say how to show it: --html FILE, --markdown or --json")
    if [args.markdown, args.json].count("-") > 1:
        return _usage("only one form can go to the output; name a file for the other")
    if not os.path.isdir(args.path):
        return _usage(f"{args.path}: no such folder")
    from fr_lint.report import paper, record

    try:
        data = _data(args)
    except PolicyError as error:
        return _usage(str(error))
    try:
        if args.html:
            args.html.write_text(paper.as_html(data), encoding="utf-8", newline="\n")
        if args.markdown:
            _write(args.markdown, paper.as_markdown(data))
        if args.json:
            _write(args.json, record.as_json(data))
    except OSError as error:
        return _usage(f"{error.filename}: {error.strerror}")
    counts = data["counts"]
    said = f"{counts['calls']} face calls, {counts['findings']} findings, {counts['suppressed']} suppressed"
    print(f"{said}, {counts['not_analysed']} files not analysed", file=sys.stderr)
    return 0 if data["complete"] else 3


def _data(args: argparse.Namespace) -> dict[str, Any]:
    from fr_lint import __version__
    from fr_lint.project.root import find_root
    from fr_lint.report.record import as_data
    from fr_lint.run import Plan, run
    from fr_lint.survey import survey

    options = options_of(args)
    root = str(find_root(Path(args.path).resolve() / "x.py", Path(options.cwd)))
    outcome = run(Plan(options, (os.path.relpath(root),), jobs=1))  # one process: what it learns is used again
    surveyed = survey(root, options)

    def source(path: str, line: int) -> str:
        return line_of(os.path.join(root, path), line)

    return as_data(surveyed, outcome, source, __version__, os.path.basename(root))


def _write(where: str, text: str) -> None:
    if where != "-":
        Path(where).write_text(text, encoding="utf-8", newline="\n")
        return
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.stdout.write(text)


def _usage(message: str) -> int:
    print(f"fr-lint: {message}", file=sys.stderr)
    return 2
