"""One regular expression that says whether a source text can concern the catalogue at all.

The words come from the data files.  A word stands for itself, not inside a longer one: ``dlib`` is not found in
``stdlib``; an underscore does count as an end, so that ``face_recognition`` is found in ``face_recognition_models``.

The pattern is built for speed: Python's ``re`` is quick only at skipping characters that cannot begin a match.  So
each word is looked for at one of its *rare* letters, chosen so that few different letters serve all the words, and
the rest of the word is compared from there, backwards by a look-behind.  This module must not know what the words
mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# How often a character stands in Python source, per 10,000 (counted over a million lines); others are rarer.
_FREQUENCY: Final = {
    char: weight
    for weight, chars in (
        (2800, " "), (700, "e"), (400, "tsra"), (350, "nio"), (280, "\nl"), (185, "pdc_f"), (145, ",um"),
        (115, ".\"'h()"), (85, "gyb:"), (60, "="), (45, "vxw"), (38, "-kT"), (30, "N0E[]S"), (22, "#AC1I`PR"), (16, "\\OF>LMD2"),  # noqa: E501
        (10, "*U|q/3j{B}z"),
    )
    for char in chars
}  # fmt: skip
_RARE: Final = 6
_LEFT: Final = "(?<![A-Za-z0-9])"
_RIGHT: Final = "(?![A-Za-z0-9])"


def compile_gate(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern whose ``search`` finds any of the words."""
    todo = sorted({word for word in words if word})
    if not todo:
        return re.compile("(?!)")
    anchors = _anchors(todo)
    groups: dict[str, list[str]] = {}
    for word in todo:
        index = min(word.index(char) for char in anchors if char in word)
        groups.setdefault(word[index], []).append(_from(word, index))
    return re.compile("|".join(f"{re.escape(char)}(?:{'|'.join(rest)})" for char, rest in sorted(groups.items())))


def _from(word: str, index: int) -> str:
    """What follows the anchor: the word's tail first (a plain comparison, quick to fail), then its end and its head."""
    tail = word[index + 1 :]
    left = _LEFT if word[0].isalnum() else ""
    right = _RIGHT if word[-1].isalnum() else ""
    return f"{re.escape(tail)}{right}(?<={left}{re.escape(word)})"


def _anchors(words: list[str]) -> list[str]:
    """Few and rare characters such that each word holds one: greedy set cover, cheapest first."""
    left = set(words)
    chosen: list[str] = []
    while left:
        best = max(
            sorted({char for word in left for char in word}),
            key=lambda char: sum(char in word for word in left) / _FREQUENCY.get(char, _RARE),
        )
        chosen.append(best)
        left = {word for word in left if best not in word}
    return chosen
