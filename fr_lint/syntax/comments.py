"""The comments that speak to the linter.  Only sources in which such a comment can stand are tokenized."""

from __future__ import annotations

import io
import re
import tokenize

_MARK = "fr-lint"
_CANDIDATE = re.compile("#[^\r\n]*" + _MARK)


def marked_comments(source: str) -> tuple[tuple[int, str], ...]:
    """Line and text of every comment token that mentions the linter; what stands in strings is no comment."""
    if _MARK not in source or _CANDIDATE.search(source) is None:
        return ()
    found: list[tuple[int, str]] = []
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    try:
        found.extend((at.start[0], at.string) for at in tokens if at.type == tokenize.COMMENT and _MARK in at.string)
    except (tokenize.TokenError, SyntaxError):
        pass  # what was found until here stands
    return tuple(found)
