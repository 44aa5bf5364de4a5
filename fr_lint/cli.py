"""``fr-lint``, the command: finds the subcommand and runs it.  Must not know what any of them does."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from fr_lint import __version__
from fr_lint.commands import cache, check, explain, init, report


def parser() -> argparse.ArgumentParser:
    """All subcommands and their arguments."""
    top = argparse.ArgumentParser(
        "fr-lint",
        description="Finds face recognition without consent, without an alternative, without an end.",
        epilog="Exit codes: 0 clean, 1 findings, 2 usage or a wrong policy, 3 incomplete (something was not analysed).",
    )
    top.add_argument("--version", action="version", version=f"fr-lint {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    checking = commands.add_parser("check", help="the findings of a project", description=check.__doc__)
    check.add_arguments(checking)
    checking.set_defaults(execute=check.execute)
    explaining = commands.add_parser("explain", help="a code, or a line of a program", description=explain.__doc__)
    explain.add_arguments(explaining)
    explaining.set_defaults(execute=explain.execute)
    reporting = commands.add_parser("report", help="the face-processing record", description=report.__doc__)
    report.add_arguments(reporting)
    reporting.set_defaults(execute=report.execute)
    beginning = commands.add_parser("init", help="write a starter policy", description=init.__doc__)
    init.add_arguments(beginning)
    beginning.set_defaults(execute=init.execute)
    keeping = commands.add_parser("cache", help="what earlier runs left on disk", description=cache.__doc__)
    cache.add_arguments(keeping)
    keeping.set_defaults(execute=cache.execute)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.  The exit code."""
    args = parser().parse_args(argv)
    try:
        return int(args.execute(args))
    except KeyboardInterrupt:
        print("fr-lint: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # somebody reads the beginning only
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
