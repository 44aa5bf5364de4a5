"""flake8's ``--format=fr-sarif``: the findings of a flake8 run, of all its plugins, as SARIF.

flake8 hands over place, code and text only, so this form has no ways and no extents; ``fr-lint check --format=sarif``
has them.  flake8 imports this module on every run, so it imports nothing that flake8 has not imported already.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flake8.formatting.base import BaseFormatter

if TYPE_CHECKING:
    from flake8.violation import Violation


class Sarif(BaseFormatter):  # type: ignore[misc]  # flake8 has annotations, but does not say so
    """Collects the findings and writes one document at the end."""

    def after_init(self) -> None:
        """Begin with nothing; flake8 calls this."""
        self.found: list[Violation] = []

    def start(self) -> None:
        """Open the output file afresh: flake8 would append, and two documents in a file are none."""
        if self.filename:
            os.makedirs(os.path.dirname(os.path.abspath(self.filename)), exist_ok=True)
            self.output_fd = open(self.filename, "w", encoding="utf-8", newline="\n")  # noqa: SIM115  # closed in stop()

    def handle(self, error: Violation) -> None:
        """Take one finding."""
        self.found.append(error)

    def format(self, error: Violation) -> None:
        """Nothing is shown one by one."""

    def stop(self) -> None:
        """Write the document."""
        from fr_lint import __version__
        from fr_lint.findings import Finding
        from fr_lint.outcome import Outcome, Reported, numbered
        from fr_lint.report.sarif import as_sarif

        reported = []
        for each in self.found:
            path = os.path.normpath(each.filename).replace(os.sep, "/")
            finding = Finding(path, max(each.line_number, 1), max(each.column_number - 1, 0), each.code, each.text)
            call = " ".join((each.physical_line or "").split())[:120]
            reported.append(Reported(path, finding, "", "<module>", call, finding.line, finding.col + 1))
        self._write(as_sarif(Outcome(numbered(reported)), __version__))
        super().stop()
