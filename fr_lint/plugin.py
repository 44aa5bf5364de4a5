"""The flake8 adaptor: options in, findings out.

flake8 imports this module on every run, so it imports nothing that flake8 has not imported already; what reads a
program is imported when the first file passes the gate.  It neither raises while a file is checked nor prints.
"""

from __future__ import annotations

import argparse
import ast
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from fr_lint.options import CODES, Options, PolicyError, reason
from fr_lint.screen import Screen

if TYPE_CHECKING:
    from flake8.options.manager import OptionManager

LOG = logging.getLogger(__name__)


class Plugin:
    """Made once for each file; the class holds the options, as flake8 has no other place for them."""

    options: ClassVar[Options] = Options()
    screen: ClassVar[Screen] = Screen(Options())

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        """Take what flake8 hands over; it goes by the names of the parameters."""
        self.tree = tree
        self.filename = filename
        self.lines = lines

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Register ``--frl-...``; each is a key of flake8's configuration file as well."""
        manager.add_option(
            "--frl-policy",
            default=None,
            metavar="FILE",
            parse_from_config=True,
            normalize_paths=True,
            help="Policy file to use instead of the project's own fr-lint.toml or [tool.fr-lint].",
        )
        manager.add_option(
            "--frl-as-of",
            default=None,
            metavar="YYYY-MM-DD",
            type=_day,
            parse_from_config=True,
            help="Judge dates (laws in force, reviews due, suppressions) as of this day instead of today.",
        )

        manager.add_option(
            "--frl-no-cache",
            action="store_true",
            parse_from_config=True,
            help="Neither use nor keep on disk what earlier runs found out.",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Take over the options; called again in every worker that is spawned."""
        keep = not options.frl_no_cache
        cls.options = Options(os.getcwd(), options.frl_policy or None, options.frl_as_of, _wanted(options), keep)
        names = getattr(options, "filenames", None) or ["."]
        cls.screen = Screen(cls.options)
        if cls.options.codes:
            _stop_if_policy_is_wrong(cls.options, names, _left_out(options))

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """Yield the findings of this file, or one FRL901 if it could not be analysed."""
        if not self.options.codes:
            return
        try:
            reports = self._reports()
        except Exception as error:  # whatever it is, it must neither end the run nor pass in silence
            LOG.debug("%s could not be analysed", self.filename, exc_info=True)
            reports = [(1, 0, f"FRL901 could not be analysed: {reason(error)}")]
        for line, col, text in reports:
            yield line, col, text, type(self)

    def _reports(self) -> list[tuple[int, int, str]]:
        found = self.screen.findings(self.filename, "".join(self.lines), self.tree)
        return sorted({(each.line, each.col, each.text) for each in found})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day of the form YYYY-MM-DD") from None


def _wanted(options: argparse.Namespace) -> frozenset[str]:
    """The codes that flake8 would show, by flake8's own rules; all of them where these cannot be asked."""
    try:
        from flake8.style_guide import Decision, DecisionEngine

        engine = DecisionEngine(options)
        return frozenset(code for code in CODES if engine.decision_for(code) is Decision.Selected)
    except Exception:  # flake8's inside may change; then everything is computed, and flake8 filters
        LOG.debug("flake8 could not be asked which codes are on", exc_info=True)
        return frozenset(CODES)


def _left_out(options: argparse.Namespace) -> Callable[[str], bool]:
    """Does flake8 leave a directory out?"""
    from flake8.utils import matches_filename

    patterns = [*(getattr(options, "exclude", None) or ()), *(getattr(options, "extend_exclude", None) or ())]
    return lambda path: matches_filename(path, patterns=patterns, log_message="%(path)s: %(whether)s", logger=LOG)


def _stop_if_policy_is_wrong(options: Options, names: Sequence[str], left_out: Callable[[str], bool]) -> None:
    """End the run before it begins; a worker goes on, as it has got past this and its death would hang flake8."""
    from multiprocessing import parent_process

    from fr_lint.project.root import policies_for

    if parent_process() is not None:
        return
    roots = policies_for(names, options, left_out)
    if not roots:
        return
    from flake8.exceptions import ExecutionError

    from fr_lint.analysis import check_policy

    try:
        for root in roots:
            check_policy(root, options)
    except PolicyError as error:
        raise ExecutionError(str(error)) from None
