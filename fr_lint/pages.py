"""The rules' pages: the documentation that comes with the package, one page a code.

Knows where the pages lie and how their headings are written.  Must not know the analysis.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from fr_lint.options import CODES

_HEADING: Final = re.compile(r"^# (FRL\d{3}): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """One rule's page, in Markdown."""

    code: str
    title: str
    text: str

    @property
    def summary(self) -> str:
        """The first paragraph that is no quotation."""
        for block in self.text.split("\n\n")[1:]:
            if not block.startswith((">", "#", "```")):
                return " ".join(block.split())
        return self.title


@cache
def page(code: str) -> Page:
    """The page of a code; one without text where there is none.  :raises KeyError: for an unknown code."""
    if code not in CODES:
        raise KeyError(code)
    text = _read(f"{code}.md")
    heading = _HEADING.search(text)
    return Page(code, heading[2] if heading else code, text)


def _read(name: str) -> str:
    package = Path(str(files("fr_lint")))
    for folder in (package / "pages", package.parent / "docs" / "rules"):  # as installed; in a checkout
        try:
            return (folder / name).read_text(encoding="utf-8")
        except OSError:
            continue
    return ""
