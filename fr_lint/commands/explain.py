"""``fr-lint explain``: what a code means, or why a line is reported or silent.  Must not know how that is found."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import TYPE_CHECKING, Final

from fr_lint.commands.check import add_common, line_of, options_of
from fr_lint.evidence import Account, Verdict
from fr_lint.options import CODES, PolicyError

if TYPE_CHECKING:
    from rich.console import Console

_PLACE: Final = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?")
_KINDS: Final = {"store": "stores face data", "grant": "is opened by a face"}
_SIGN: Final = {Verdict.FOUND: "green", Verdict.MISSING: "red", Verdict.NOT_DUE: "dim"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("what", metavar="CODE | FILE:LINE", help="such as FRL201 or app/door.py:88")
    add_common(parser)


def execute(args: argparse.Namespace) -> int:
    """Run the command; the exit code."""
    from rich.console import Console

    console = Console(highlight=False)
    if args.what.upper() in CODES:
        _page(args.what.upper(), console)
        return 0
    place = _PLACE.fullmatch(args.what)
    if place is None:
        print(f"fr-lint: {args.what!r} is neither a code nor a place of the form FILE:LINE", file=sys.stderr)
        return 2
    if not os.path.isfile(place["path"]):
        print(f"fr-lint: {place['path']}: no such file", file=sys.stderr)
        return 2
    try:
        return _place(args, place["path"], int(place["line"]), console)
    except PolicyError as error:
        print(f"fr-lint: {error}", file=sys.stderr)
        return 2


def _page(code: str, console: Console) -> None:
    from rich.markdown import Markdown

    from fr_lint.pages import page

    text = page(code).text or f"# {code}: {page(code).title}\n"
    if console.is_terminal:
        console.print(Markdown(re.sub(r"^( *```python) (?:bad|good)$", r"\1", text, flags=re.MULTILINE)))
    else:
        sys.stdout.write(text)


def _place(args: argparse.Namespace, path: str, line: int, console: Console) -> int:
    from rich.text import Text

    from fr_lint.analysis import account_for

    account = account_for(os.path.abspath(path), options_of(args))
    here = [each for each in account.findings if each.line == line]
    for finding in here:
        console.print(Text(f"{path}:{finding.line}:{finding.col + 1} {finding.text}", style="bold"), soft_wrap=True)
        for step in finding.steps:
            _step(step.path, step.line, step.text, account.root, console)
    everything = (*account.calls, *account.beside)
    calls = [each for each in everything if each.line == line]
    for each in calls:
        _call(each, account.root, console, {finding.bare for finding in here})
    if account.failure:
        print(f"fr-lint: {path}: could not be analysed: {account.failure}", file=sys.stderr)
        return 3
    if not here and not calls:
        near = sorted(everything, key=lambda each: (abs(each.line - line), each.line))[:5]
        text = (
            "no face call and no finding stands on this line, no face data is stored and nothing is opened by a face."
        )
        console.print(f"{path}:{line}: {text}", soft_wrap=True)
        for each in sorted(near):
            console.print(Text(f"  line {each.line}: {each.call} ({each.role})"), soft_wrap=True)
    return 0


def _call(each: Account, root: str, console: Console, told: set[str]) -> None:
    from rich.text import Text

    what = _KINDS.get(each.role, f"is a face call of the role {each.role!r}")
    console.print(Text(f"{each.call} {what}, in {each.function}", style="bold"), soft_wrap=True)
    for evidence in each.evidence:
        row = Text(f"  {evidence.duty}: ")
        row.append(str(evidence.verdict), style=_SIGN[evidence.verdict])
        row.append(": as reported above" if evidence.text in told else f": {evidence.text}")
        console.print(row, soft_wrap=True)
        for step in () if evidence.text in told else evidence.steps:
            _step(step.path, step.line, step.text, root, console)


def _step(path: str, line: int, text: str, root: str, console: Console) -> None:
    from rich.text import Text

    shown = os.path.relpath(os.path.join(root, path))
    console.print(Text(f"    {shown}:{line}  {text}", style="cyan"), soft_wrap=True)
    source = line_of(shown, line).strip()
    if source:
        console.print(Text(f"        {source}"), soft_wrap=True)
