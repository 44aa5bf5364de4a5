"""``fr-lint cache``: where earlier runs keep what they found out, how much it is, and how to be rid of it."""

from __future__ import annotations

import argparse
import sys

from fr_lint.cache.current import folder, opened


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    what = parser.add_subparsers(dest="what", required=True, metavar="ACTION")
    what.add_parser("clear", help="remove all of it")
    what.add_parser("info", help="the folder, the number of entries, their size")


def execute(args: argparse.Namespace) -> int:
    """Run the command; the exit code."""
    store = opened()
    if store is None:
        place = folder()
        why = "the user has no home" if place is None else f"no key for {place} can be written"
        print(
            f"fr-lint: nothing is kept between runs: {why}; set FR_LINT_CACHE_DIR and FR_LINT_CACHE_KEY",
            file=sys.stderr,
        )
        return 2
    if args.what == "info":
        number, size = store.size()
        print(f"{store.folder}: {_entries(number)}, {size / 1e6:.1f} MB")
        return 0
    try:
        number = store.clear()
    except OSError as error:
        print(f"fr-lint: {store.folder}: {error.strerror or error}", file=sys.stderr)
        return 2
    print(f"{store.folder}: {_entries(number)} removed")
    return 0


def _entries(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"
