"""Templates that a project makes itself: what is cut out of a picture where a face is, and how alike two of these are.

A cut-out is computed upon until it meets another one: in a call that compares, or in a difference that is measured.  A
measure of one cut-out alone (how sharp, how bright) compares nobody.  Must not know paths, grants or rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fr_lint.catalogue.access import access_words
from fr_lint.catalogue.grants import Authenticators
from fr_lint.catalogue.vocabulary import split
from fr_lint.flow.access.domain import CONTRAST, CROP, NO_AREA, NO_RAWS, PLACE, UNKNOWN, Token, Val, but
from fr_lint.flow.identifiers import dotted_name
from fr_lint.flow.program import Func
from fr_lint.flow.resolve import Resolver
from fr_lint.flow.values import Inst
from fr_lint.ir.model import Attr, Display, Expr, Slice


class Likeness:
    """Judges what is done to cut-outs."""

    def __init__(self, resolver: Resolver, words: Authenticators) -> None:
        self.resolver = resolver
        self.words = words

    def compares(self) -> bool:
        """Whether the project names anything that could compare two cut-outs: else none need be followed."""
        names = self.words.picture_names | {"predict", "norm"} | access_words("pictures", "differing")
        spelled = rf"\b(?:{'|'.join(sorted(map(re.escape, names)))})\b|{'|'.join(sorted(self.words.picture_words))}"
        return bool(self.resolver.sources.matching(re.compile(spelled)))

    def called(self, func: Func, number: int, name: str, dotted: Iterable[str], value: Val, parts: int) -> Val:
        """What an outside call makes of places and cut-outs; ``parts``: how many things it is given."""
        level = max((made for _, made in value.area), default=PLACE)
        measured = level == CONTRAST and name in access_words("pictures", "measuring")
        if name in self.words.template_same and not measured:
            return value
        if level == PLACE:
            return cut(value) if name in access_words("pictures", "cutting") else value
        if name in access_words("pictures", "differing") and parts > 1:
            return contrasted(value)
        if measured or self.words.compares_pictures(name) or self._names_somebody(func, number, name, dotted):
            return but(value, area=NO_AREA, face=value.face | {Token(func, number)}, sign=0, raw=NO_RAWS)
        return value

    def _names_somebody(self, func: Func, number: int, name: str, dotted: Iterable[str]) -> bool:
        """Whether a classifier is one of persons, and not of masks or moods, by what is said around it."""
        node = func.nodes[number]
        if name not in access_words("pictures", "classifying") or not isinstance(node.value, Attr):
            return False
        said = {func.name, dotted_name(node.value.base), func.unit.path.rpartition("/")[2].removesuffix(".py")}
        for value in self.resolver.values(node.value.base, func, number):
            if isinstance(value, Inst) and value.func is not None and value.node >= 0:
                for arg in value.func.nodes[value.node].args[:1]:
                    said.update(self.resolver.texts(arg.value, value.func, value.node))
        near = {part for text in said for part in split(text)}
        if near & access_words("pictures", "moods"):
            return False
        return any(self.words.classifiers.has(each) for each in dotted) or bool(
            near & access_words("pictures", "persons")
        )


def cut(value: Val) -> Val:
    """What is cut out at a place."""
    return but(value, area=frozenset((token, max(made, CROP)) for token, made in value.area))


def contrasted(value: Val) -> Val:
    """How a cut-out differs from something."""
    return but(value, area=frozenset((token, CONTRAST if made else made) for token, made in value.area))


def selects(index: Expr) -> bool:
    """Whether a subscript takes a part out of a picture."""
    return isinstance(index, Slice) or (
        isinstance(index, Display) and any(isinstance(each, Slice) for each in index.elements)
    )


def differs(op: str, left: Val, right: Val) -> bool:
    """Whether an operation sets a cut-out against something that is no number."""
    cropped = any(made for side in (left, right) for _, made in side.area)
    return op in ("-", "^") and cropped and left.const is UNKNOWN and right.const is UNKNOWN
