"""Findings for a person at a terminal: the message, and the way to it step by step with the source lines.

rich decides about colours, widths and ``NO_COLOR``.  Must not know how anything was found.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fr_lint.clock import Times
from fr_lint.outcome import Outcome, Reported
from fr_lint.pages import page
from fr_lint.report.plain import in_words

Lines = Callable[[str, int], str]  # path as shown, line from 1 -> its text


def show(outcome: Outcome, console: Console, lines: Lines, *, suppressed: bool = False) -> None:
    """Print the findings that are not in the baseline, if asked for the suppressed ones, and what was counted."""
    met: set[str] = set()
    for each in outcome.new:
        _finding(each, console, lines)
        if each.finding.code not in met:
            console.print(Text(f"  Read more: fr-lint explain {each.finding.code}", style="dim"), soft_wrap=True)
        met.add(each.finding.code)
        console.print()
    for each in outcome.suppressed if suppressed else ():
        why = f"{each.reason}{f' (until {each.until})' if each.until else ''}" if each.reason else "noqa, no reason"
        console.print(Text(f"{each.path}:{each.finding.line} {each.finding.code} suppressed: {why}"), soft_wrap=True)
    console.print(Text(in_words(outcome), style="bold" if outcome.new else "green"))


def _finding(each: Reported, console: Console, lines: Lines) -> None:
    finding = each.finding
    head = Text()
    head.append(f"{each.path}:{finding.line}:{finding.col + 1}", style="bold cyan")
    head.append(" ")
    head.append(finding.code, style="bold red")
    head.append(f" {page(finding.code).title}", style="bold")
    console.print(head, soft_wrap=True)
    console.print(Text(f"  {finding.message}"), soft_wrap=True)
    steps = [(each.shown(step.path), step.line, step.text) for step in finding.steps]
    if (each.path, finding.line) not in {(path, line) for path, line, _ in steps}:
        steps.append((each.path, finding.line, "here"))
    wide = max(len(f"{path}:{line}") for path, line, _ in steps)
    for number, (path, line, text) in enumerate(steps, 1):
        row = Text(f"  {number:>2}. ", style="dim")
        row.append(f"{f'{path}:{line}':<{wide}}", style="cyan")
        row.append(f"  {text}", style="dim")
        console.print(row, soft_wrap=True)
        source = lines(path, line).strip()
        if source:
            console.print(Text(f"      {source}"), soft_wrap=True)


def show_times(times: Times, console: Console) -> None:
    """Print where the time went, most first: seconds of all processes together."""
    work = Table("work", "seconds", "share", "times", box=None, title="Where the time went", title_justify="left")
    total = sum(times.seconds.values()) or 1.0
    for kind, seconds in sorted(times.seconds.items(), key=lambda each: -each[1]):
        work.add_row(kind, f"{seconds:.2f}", f"{seconds / total:.0%}", str(times.number[kind]))
    console.print(work)
    slowest = Table("slowest files", "seconds", box=None)
    for took, name in times.slowest:
        slowest.add_row(name, f"{took:.2f}")
    console.print(slowest)
