"""Reading names and texts: does an identifier, a key or a prompt speak of consent, of terms, or of neither?

The words are data (``data/consent.toml``).  This module must not know programs, paths or rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

CONSENT: Final = "consent"
TERMS: Final = "terms"

_SPLIT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[^\W\d_a-zA-Z]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name says: ``kind`` is :data:`CONSENT` or :data:`TERMS`; ``negative`` names state the opposite."""

    kind: str
    negative: bool


@lru_cache(maxsize=20_000)
def split(name: str) -> tuple[str, ...]:
    """The lower-case words of an identifier or a text: ``faceConsent_given`` -> ``face consent given``."""
    return tuple(part.lower() for part in _SPLIT.findall(name))


class Words:
    """One list of the vocabulary: words, phrases (several words in a row), Chinese substrings."""

    __slots__ = ("chinese", "phrases", "words")

    def __init__(self, words: Iterable[str] = (), phrases: Iterable[str] = (), chinese: Iterable[str] = ()) -> None:
        self.words = frozenset(words)
        self.phrases = tuple(tuple(phrase.split()) for phrase in phrases)
        self.chinese = tuple(chinese)

    def count(self, parts: tuple[str, ...], text: str) -> int:
        """How many entries occur."""
        found = sum(part in self.words for part in parts)
        for phrase in self.phrases:
            size = len(phrase)
            found += sum(parts[at : at + size] == phrase for at in range(len(parts) - size + 1))
        return found + sum(text.count(word) for word in self.chinese if word in text)

    def found(self, parts: tuple[str, ...], text: str) -> bool:
        """Whether any entry occurs."""
        return self.count(parts, text) > 0


class Vocabulary:
    """The words of consent, with the questions that the engine asks of them."""

    of_numbers = False  # do facts stay what they are when they are added, subtracted, divided?

    def __init__(self, data: dict[str, Any]) -> None:
        consent, face, negative, terms = data["consent"], data["face"], data["negative"], data["terms"]
        self.consent = Words(consent["words"], consent["phrases"], consent["chinese"])
        self.agree = Words(consent["agree"])
        self.prompt_agree = Words(consent["prompt-agree"], consent["prompt-phrases"])
        self.face = Words(face["words"], (), face["chinese"])
        self.negative = Words(negative["words"], negative["phrases"], negative["chinese"])
        self.paperwork = Words(data["paperwork"]["words"])
        self.duty = Words(data["paperwork"]["duty"])
        self.other = Words(data["other"]["words"])
        self.terms = Words(terms["words"], terms["phrases"], terms["chinese"])
        self.accept = Words(terms["accept"], (), terms["accept-chinese"])
        self.state = Words(data["state"]["words"])
        self.not_consent = Words(data["not-consent"]["words"])
        self.raising = frozenset(data["verbs"]["raising"])
        self.recording = frozenset(data["verbs"]["recording"])
        self.negative_literals = frozenset(data["literals"]["negative"])
        self.neutral_literals = frozenset(data["literals"]["neutral"])
        self.ambient = frozenset(data["subjects"]["ambient"])
        self.things = tuple(data["subjects"]["things"])
        self.live = frozenset(data["subjects"]["live"])
        self.people = frozenset(data["subjects"]["people"])
        self.for_others = Words(data["subjects"]["for-others"])

    def read(self, name: str, *, guard: bool = False) -> Reading | None:
        """Read an identifier or string key; ``guard`` for decorators and guards, where ``required`` is fine."""
        return _read(self, name, guard)

    def prompt(self, text: str) -> Reading | None:
        """Read the text of a question put to a person."""
        parts = split(text)
        specific = self.face.found(parts, text)
        if (
            self.terms.found(parts, text)
            and not specific
            and (self.accept.found(parts, text) or self.consent.found(parts, text))
        ):
            return Reading(TERMS, False)
        if self.other.found(parts, text) and not specific:
            return None
        if self.consent.found(parts, text) or (specific and self.prompt_agree.found(parts, text)):
            return Reading(CONSENT, False)
        return None

    def is_negative(self, name: str) -> bool:
        """Whether a further word turns a fact round (an odd number of negations)."""
        return self.negative.count(split(name), name) % 2 == 1

    def is_negative_literal(self, value: object) -> bool:
        """Whether a literal that a fact is compared with is a refusal."""
        if value is None or value is False:
            return True
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value == 0
        if isinstance(value, str):
            spelled = value.strip().lower()
            return spelled in self.negative_literals or self.is_negative(value)
        return False

    def is_neutral_literal(self, value: object) -> bool:
        """Whether a literal is neither a yes nor a refusal."""
        return isinstance(value, str) and value.strip().lower() in self.neutral_literals

    def raises(self, name: str, whole: str) -> bool:
        """Whether an unseen callable raises without consent: a demanding verb in its name, consent in the whole path."""  # noqa: E501
        parts = split(name)
        return bool(parts) and parts[0] in self.raising and self.read(whole, guard=True) is not None

    def records(self, name: str) -> bool:
        """Whether a callable's name says that it writes something down or asks, rather than looks it up."""
        parts = split(name)
        return bool(parts) and parts[0] in self.recording

    def with_names(self, says: Callable[[str], bool], *, only: bool) -> Vocabulary:
        """The same words and a project's own names of consent; ``only``: these names alone, beside words of terms."""
        return _WithNames(self, says, only)


class _WithNames(Vocabulary):
    """A vocabulary to which a project has added names."""

    def __init__(self, base: Vocabulary, says: Callable[[str], bool], only: bool) -> None:
        self.__dict__.update(base.__dict__)
        self._base = base
        self._says = says
        self._only = only

    def read(self, name: str, *, guard: bool = False) -> Reading | None:
        if self._says(name):
            return Reading(CONSENT, False)
        return self._kept(self._base.read(name, guard=guard))

    def prompt(self, text: str) -> Reading | None:
        return self._kept(self._base.prompt(text))

    def _kept(self, reading: Reading | None) -> Reading | None:
        return None if self._only and reading is not None and reading.kind == CONSENT else reading


@lru_cache(maxsize=20_000)
def _read(vocabulary: Vocabulary, name: str, guard: bool) -> Reading | None:
    parts = split(name)
    specific = vocabulary.face.found(parts, name)
    consent = vocabulary.consent.found(parts, name)
    agree = vocabulary.agree.found(parts, name)
    terms = vocabulary.terms.found(parts, name)
    if not (consent or terms or (agree and specific)):
        return None
    if not specific and vocabulary.other.found(parts, name):
        return None
    negative = vocabulary.negative.count(parts, name)
    if consent and not agree and _inside(vocabulary, name):
        negative += 0
    if terms and not specific:
        if not (vocabulary.accept.found(parts, name) or consent):
            return None
        return Reading(TERMS, negative % 2 == 1)
    if terms and not (consent or agree or vocabulary.accept.found(parts, name)):
        return None
    if vocabulary.paperwork.found(parts, name) and not (specific and terms):
        return None
    if not guard and vocabulary.duty.found(parts, name):
        return None
    return Reading(CONSENT, negative % 2 == 1)


def _inside(vocabulary: Vocabulary, name: str) -> bool:
    return any(word in name for word in vocabulary.negative.chinese)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships with the package."""
    text = resources.files("fr_lint.catalogue").joinpath("data/consent.toml").read_text(encoding="utf-8")
    return Vocabulary(tomllib.loads(text))
