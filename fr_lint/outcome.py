"""What a run over many files came to: findings with their places, and what was counted.  Plain values.

Must not know how it came about (:mod:`fr_lint.run`) nor how it is shown (:mod:`fr_lint.report`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from fr_lint.clock import Times
from fr_lint.findings import Finding

FAILURE: Final = "FRL901"


@dataclass(frozen=True, slots=True, order=True)
class Reported:
    """One finding of a run.

    ``path`` is what a user would type: relative to the working directory, with forward slashes.  ``finding.path`` is
    relative to the project's root, and so are the paths of its steps; ``root`` leads from the working directory there.
    """

    path: str
    finding: Finding
    root: str
    function: str
    call: str
    end_line: int
    end_col: int  # from 0, exclusive
    ordinal: int = 0  # among the findings with the same code, path, function and call
    known: bool = False  # stands in the baseline
    reason: str = ""  # why it is suppressed, where somebody answers for it
    until: str = ""  # the last day of that, or empty

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What a finding is recognised by when lines move: rule, path, function, call, ordinal."""
        return (self.finding.code, self.finding.path, self.function, self.call, self.ordinal)

    @property
    def fingerprint(self) -> str:
        """The key as 32 hexadecimal digits."""
        return hashlib.sha256("\0".join(map(str, self.key)).encode()).hexdigest()[:32]

    def shown(self, path: str) -> str:
        """A path of the project as seen from the working directory."""
        return f"{self.root}/{path}" if self.root not in ("", ".") else path


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole run."""

    findings: tuple[Reported, ...]
    suppressed: tuple[Reported, ...] = ()
    files: int = 0  # that were read
    times: Times = field(default_factory=Times)  # empty unless they were asked for
    fixed: int = 0  # entries of the baseline that nothing matched

    @property
    def new(self) -> tuple[Reported, ...]:
        """The findings that are not in the baseline."""
        return tuple(each for each in self.findings if not each.known)

    @property
    def failures(self) -> tuple[Reported, ...]:
        """The files that could not be analysed."""
        return tuple(each for each in self.findings if each.finding.code == FAILURE)

    @property
    def status(self) -> int:
        """The exit code: 0 clean, 1 findings, 3 incomplete."""
        return 3 if any(not each.known for each in self.failures) else int(bool(self.new))


def numbered(found: Iterable[Reported]) -> tuple[Reported, ...]:
    """The findings in order, each with its ordinal."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    out = []
    for each in sorted(found):
        key = each.key[:4]
        out.append(replace(each, ordinal=seen[key]))
        seen[key] += 1
    return tuple(out)
