"""``fr-lint check``: the findings of a whole project in one go.  Must not know how anything is found."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fr_lint.baseline import BaselineError, compare, load, write
from fr_lint.options import CODES, Options, PolicyError
from fr_lint.outcome import Outcome
from fr_lint.run import EXCLUDED, MissingPathError, Plan, left_out, run

if TYPE_CHECKING:
    from rich.console import Console

FORMATS: Final = ("text", "flake8", "json", "sarif", "gitlab", "github", "junit")
SLOW: Final = 500  # files from which a bar is worth showing
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # moves a cursor, turns a text round


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; the working directory by default")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to show the findings (default: text)")
    parser.add_argument("--output", metavar="FILE", type=Path, help="write there instead of to the standard output")
    parser.add_argument("--select", metavar="CODES", type=_codes, help="only these codes or prefixes, comma-separated")
    parser.add_argument("--ignore", metavar="CODES", type=_codes, help="not these codes or prefixes, comma-separated")
    parser.add_argument("--exclude", metavar="GLOBS", type=_list, default=[], help="leave out further files or folders")
    parser.add_argument("--jobs", metavar="N", type=_number, default=0, help="processes (default: one a processor)")
    parser.add_argument("--disable-noqa", action="store_true", help="do not respect noqa comments")
    parser.add_argument("--show-suppressed", action="store_true", help="list what is suppressed, with the reasons")
    parser.add_argument("--baseline", metavar="FILE", type=Path, help="report only what is not in this file")
    parser.add_argument("--update-baseline", action="store_true", help="write the findings of this run to the baseline")
    parser.add_argument("--stats", action="store_true", help="say where the time went, on the standard error output")
    parser.add_argument("--exit-zero", action="store_true", help="end with 0 although there are findings")
    add_common(parser)


def add_common(parser: argparse.ArgumentParser) -> None:
    """The arguments that every analysing command has."""
    parser.add_argument("--policy", metavar="FILE", help="a policy file instead of the project's own")
    parser.add_argument("--as-of", metavar="YYYY-MM-DD", type=_day, help="judge dates as of this day instead of today")
    parser.add_argument("--no-cache", action="store_true", help="neither use nor keep what earlier runs found out")


def options_of(args: argparse.Namespace) -> Options:
    """The run's options.  :raises PolicyError: for a policy file that is not there."""
    policy = os.path.abspath(args.policy) if args.policy else None
    if policy and not os.path.isfile(policy):
        raise PolicyError(f"{args.policy}: there is no such policy file")
    chosen = getattr(args, "select", None)
    left_out = tuple(getattr(args, "ignore", None) or ())
    codes = frozenset(
        code for code in CODES if (chosen is None or code.startswith(tuple(chosen))) and not code.startswith(left_out)
    )
    return Options(os.getcwd(), policy, args.as_of, codes, not args.no_cache)


def execute(args: argparse.Namespace) -> int:
    """Run the command; the exit code."""
    from rich.console import Console

    console = Console(highlight=False)
    errors = Console(stderr=True, highlight=False)
    if args.update_baseline and args.baseline is None:
        return _usage("--update-baseline needs --baseline FILE")
    try:
        options = options_of(args)
        plan = Plan(
            options,
            tuple(args.paths) or (".",),
            (*EXCLUDED, *args.exclude),
            args.jobs,
            args.stats,
            not args.disable_noqa,
        )
        stop_if_policy_is_wrong(plan)
        known = load(args.baseline) if args.baseline and not args.update_baseline else None
        outcome = _run(plan, errors)
    except MissingPathError as error:
        return _usage(f"{error}: no such file or folder")
    except (PolicyError, BaselineError) as error:
        return _usage(str(error))
    if args.update_baseline:
        number = write(args.baseline, outcome.findings)
        print(f"{args.baseline}: {number} {'entry' if number == 1 else 'entries'} written", file=sys.stderr)
        outcome = compare(outcome, load(args.baseline))
    elif known is not None:
        outcome = compare(outcome, known)
    _show(outcome, args, console)
    if args.stats:
        from fr_lint.report.text import show_times

        show_times(outcome.times, Console(stderr=True, highlight=False, width=100, no_color=True))
    return 0 if args.exit_zero and outcome.status == 1 else outcome.status


def stop_if_policy_is_wrong(plan: Plan) -> None:
    """:raises PolicyError: if a policy in force for some path of the run is wrong."""
    from fr_lint.analysis import check_policy
    from fr_lint.project.root import policies_for

    for root in policies_for(plan.paths, plan.options, left_out(plan)):
        check_policy(root, plan.options)


def _run(plan: Plan, console: Console) -> Outcome:
    if not console.is_terminal:
        return run(plan)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("files", total=None, visible=False)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=total >= SLOW)

        return run(plan, progress)


def _show(outcome: Outcome, args: argparse.Namespace, console: Console) -> None:
    from fr_lint import __version__
    from fr_lint.report import ci, plain, sarif

    forms: dict[str, Callable[[], str]] = {
        "flake8": lambda: plain.flake8_lines(outcome),
        "json": lambda: plain.as_json(outcome, __version__),
        "sarif": lambda: sarif.as_sarif(outcome, __version__),
        "gitlab": lambda: ci.as_gitlab(outcome),
        "github": lambda: ci.as_github(outcome),
        "junit": lambda: ci.as_junit(outcome),
    }
    if args.format == "text":
        _show_text(outcome, args, console)
        return
    text = forms[args.format]()
    if args.output:
        args.output.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        sys.stdout.write(text)
    if args.output or args.format in ("flake8", "github"):
        print(plain.in_words(outcome), file=sys.stderr)


def _show_text(outcome: Outcome, args: argparse.Namespace, console: Console) -> None:
    from rich.console import Console as Writer

    from fr_lint.report import text

    if args.output is None:
        text.show(outcome, console, line_of, suppressed=args.show_suppressed)
        return
    with args.output.open("w", encoding="utf-8", newline="\n") as file:
        text.show(outcome, Writer(file=file, highlight=False, width=120), line_of, suppressed=args.show_suppressed)


def line_of(path: str, line: int) -> str:
    """A line of a file, fit for a terminal; nothing where it cannot be read."""
    from fr_lint.project.disk import read

    lines = (read(path) or "").split("\n")
    return _CONTROL.sub("\ufffd", lines[line - 1].replace("\t", "    ")) if 0 < line <= len(lines) else ""


def _usage(message: str) -> int:
    print(f"fr-lint: {message}", file=sys.stderr)
    return 2


def _list(text: str) -> list[str]:
    return [part for part in (each.strip() for each in text.split(",")) if part]


def _codes(text: str) -> list[str]:
    out = _list(text.upper())
    for each in out:
        if not any(code.startswith(each) for code in CODES):
            raise argparse.ArgumentTypeError(f"{each!r} is no code of this linter and no beginning of one")
    return out


def _number(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day of the form YYYY-MM-DD") from None
