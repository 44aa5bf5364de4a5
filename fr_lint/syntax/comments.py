"""The comments that speak to the linter.  Only sources in which such a comment can stand are tokenized."""

from __future__ import annotations

import io
import tokenize

from fr_lint.gate import MARK, is_addressed
from fr_lint.ir.model import Comment


def marked_comments(source: str) -> tuple[Comment, ...]:
    """Every comment token that mentions the linter, in order; what stands in strings is no comment."""
    if not is_addressed(source):
        return ()
    found: list[Comment] = []
    lines = source.split("\n")
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    try:
        for token in tokens:
            if token.type == tokenize.COMMENT and MARK in token.string.lower():
                line, col = token.start
                found.append(Comment(line, col, token.string.rstrip(), not lines[line - 1][:col].strip()))
    except (tokenize.TokenError, SyntaxError):
        pass  # what was found until here stands
    return tuple(found)
