"""FRL902, FRL903: suppressions that someone answers for, and what is left of a file's findings after them.

Reads comments and findings.  Must not know how a finding came about, nor what it is about.  A suppression that is not
understood to the letter suppresses nothing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from fr_lint.findings import Checked, Finding, Suppressed
from fr_lint.ir.model import Comment
from fr_lint.options import CODES

OWN: Final = ("FRL902", "FRL903")  # what is said about suppressions cannot be suppressed by one
SUPPRESSIBLE: Final = tuple(code for code in CODES if code not in OWN)
FORM: Final = 'write # fr-lint: ignore[FRL101] reason="..." until=YYYY-MM-DD'
PLACEHOLDERS: Final = frozenset({"todo", "tbd", "fixme", "xxx", "reason", "none", "na", "tba"})

_START: Final = re.compile(r"(?:(?<=\s)|^)#+[ \t]*(fr-lint)(?=[ \t]*[:\[]|[ \t]+(?:ignore|disable|noqa|suppress|skip)\b)", re.IGNORECASE)  # fmt: skip  # noqa: E501
_HEAD: Final = re.compile(r"fr-lint:[ \t]*ignore\[([^\]]*)\]")
_PART: Final = re.compile(r"[ \t]+([A-Za-z_-]+)=(\"[^\"]*\"|[^\s\"]\S*)(?=\s|$)")
_END: Final = re.compile(r"\s*(?:\s#|$)")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class _Malformed(Exception):  # noqa: N818  # it is no error of ours
    """Why a comment has no effect, in one clause."""


@dataclass(slots=True)
class Suppression:
    """One comment's suppression; ``problem`` says why it has no effect."""

    comment: Comment
    codes: tuple[str, ...] = ()
    reason: str = ""
    until: date | None = None
    problem: str = ""
    lines: frozenset[int] = frozenset()
    matched: set[str] = field(default_factory=set)


def settle(
    findings: Iterable[Finding], path: str, comments: Sequence[Comment], today: date, looked_for: Collection[str]
) -> Checked:
    """The findings of one file that no suppression covers, with what there is to say about the suppressions; and those
    that one covers.

    ``looked_for`` are the codes that somebody has looked for: of no other can it be said that it matches nothing.
    """
    kept = list(findings)
    if not comments:
        return Checked(tuple(kept))
    suppressions = list(_read(comments, today))
    effective = [each for each in suppressions if not each.problem]
    left: list[Finding] = []
    covered: list[Suppressed] = []
    for finding in kept:
        covering = [each for each in effective if finding.line in each.lines and finding.code in each.codes]
        for each in covering:
            each.matched.add(finding.code)
        if not covering:
            left.append(finding)
            continue
        first = covering[0]
        until = first.until.isoformat() if first.until else ""
        covered.append(Suppressed(finding, first.comment.line, first.reason, until))
    return Checked(tuple(sorted((*left, *_own(suppressions, path, looked_for)))), tuple(sorted(covered)))


def _own(suppressions: Iterable[Suppression], path: str, looked_for: Collection[str]) -> Iterator[Finding]:
    for each in suppressions:
        at = each.comment
        if each.problem:
            yield Finding(path, at.line, at.col, "FRL902", f"suppression without effect: {each.problem}")
            continue
        idle = [code for code in each.codes if code not in each.matched and code in looked_for]
        if idle:
            listed = ", ".join(idle)
            text = f"suppression of what is not there: no {listed} on the line that it covers; remove {'them' if len(idle) > 1 else 'it'} from the comment"  # noqa: E501
            yield Finding(path, at.line, at.col, "FRL903", text)


def _read(comments: Sequence[Comment], today: date) -> Iterator[Suppression]:
    alone = {comment.line for comment in comments if comment.alone}
    for comment in comments:
        start = 0
        while found := _START.search(comment.text, start):
            suppression, start = _one(comment, found.start(1), today)
            suppression.lines = _covered(comment, alone)
            yield suppression


def _covered(comment: Comment, alone: Collection[int]) -> frozenset[int]:
    """Its own line; and, from a line of its own, the line below it (below further such comments)."""
    if not comment.alone:
        return frozenset((comment.line,))
    below = comment.line + 1
    while below in alone:
        below += 1
    return frozenset((comment.line, below))


def _one(comment: Comment, start: int, today: date) -> tuple[Suppression, int]:
    """The suppression that begins at ``start``, and where to look for the next one."""
    try:
        head = _HEAD.match(comment.text, start)
        if head is None:
            raise _Malformed(f"it is not of the known form; {FORM}")
        codes = _codes(head[1])
        parts, end = _parts(comment.text, head.end())
        reason = _reason(parts)
        until = _until(parts, today)
    except _Malformed as error:
        following = comment.text.find(" #", start)
        return Suppression(comment, problem=str(error)), following if following > 0 else len(comment.text)
    return Suppression(comment, codes, reason, until), end


def _codes(text: str) -> tuple[str, ...]:
    codes = [part.strip(" \t") for part in text.split(",")]
    if codes == [""]:
        raise _Malformed("it names no code; a blanket suppression is not possible")
    for code in codes:
        if code in OWN:
            raise _Malformed(f"{code} is about suppressions themselves; correct or remove that comment")
        if code not in SUPPRESSIBLE:
            near = difflib.get_close_matches(code.upper(), SUPPRESSIBLE, 1, 0.5)
            shown = f"{code[:40]!r} is no code of this linter" if code else "a code is missing between the commas"
            raise _Malformed(shown + (f"; the nearest is {near[0]}" if near else ""))
    return tuple(dict.fromkeys(codes))


def _parts(text: str, at: int) -> tuple[dict[str, str], int]:
    """The parts behind the codes, as written, and where they end."""
    parts: dict[str, str] = {}
    while not (end := _END.match(text, at)):
        part = _PART.match(text, at)
        if part is None:
            raise _Malformed(f"{text[at:].strip()[:40]!r} is not understood; {FORM}")
        if part[1] not in ("reason", "until"):
            raise _Malformed(f"{part[1][:40]!r} is no part of a suppression; {FORM}")
        if part[1] in parts:
            raise _Malformed(f"{part[1]} is given twice")
        parts[part[1]] = part[2]
        at = part.end()
    return parts, max(at, end.end() - 1)


def _reason(parts: dict[str, str]) -> str:
    if "reason" not in parts:
        raise _Malformed('no reason is given; add reason="..."')
    text = parts["reason"]
    if not text.startswith('"'):
        raise _Malformed('the reason has to stand in double quotes: reason="..."')
    plain = re.sub(r"[\W_]+", "", text)
    if not plain or plain.lower() in PLACEHOLDERS:
        raise _Malformed(f"{text[:40]} is no reason; say who decided it, and why")
    return text.strip('"').strip()


def _until(parts: dict[str, str], today: date) -> date | None:
    if "until" not in parts:
        return None
    text = parts["until"]
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) and text.isascii() else None
    except ValueError:
        day = None
    if day is None:
        raise _Malformed(f"until={text[:40]} is not a day of the form YYYY-MM-DD")
    if day < today:
        raise _Malformed(f"it ended on {day.isoformat()}; end the processing, or decide again and set another day")
    return day
