"""Reading names and texts for two further questions: does a call tell people; does a name speak of a guardian or age?

The words are data (``data/questions.toml``); what is said of consent stays in :mod:`fr_lint.catalogue.vocabulary`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final

from fr_lint.catalogue.vocabulary import CONSENT, Reading, Vocabulary, Words, split, vocabulary

_OVER: Final = re.compile(
    r"(?:over|above|least|from|older|plus)[\W_]*(?:than[\W_]*)?\d|\d[\W_]*(?:plus|or[\W_]*older|\+)|满\d", re.IGNORECASE
)
_UNDER: Final = re.compile(r"(?:under|below|younger)[\W_]*(?:than[\W_]*)?\d|不满\d|未满\d", re.IGNORECASE)


class NoticeWords(Vocabulary):
    """No name states that people were told; a call may tell them."""

    def __init__(self, base: Vocabulary, data: dict[str, Any]) -> None:
        self.__dict__.update(base.__dict__)
        self._words = Words(data["words"], (), data["chinese"])
        self._beside = Words([*data["shows"], *data["about"]])

    def read(self, name: str, *, guard: bool = False) -> Reading | None:  # noqa: ARG002, D102
        return None

    def prompt(self, text: str) -> Reading | None:  # noqa: ARG002, D102
        return None

    def tells(self, name: str) -> bool:
        """Does a call of this name tell people something about their data?"""
        parts = split(name)
        chinese = any(word in name for word in self._words.chinese)
        return chinese or (self._words.found(parts, name) and self._beside.found(parts, name))


class GuardianWords(Vocabulary):
    """A guardian's consent, or an age that is tested, counts as consent does for the first question."""

    def __init__(self, base: Vocabulary, guardian: dict[str, Any], age: dict[str, Any]) -> None:
        self.__dict__.update(base.__dict__)
        self._guardian = Words(guardian["words"], (), guardian["chinese"])
        self._assent = Words(guardian["assent"], (), guardian["assent-chinese"])
        self._adult = Words(age["adult"], age["adult-phrases"], age["adult-chinese"])
        self._minor = Words(age["minor"], age["minor-phrases"], age["minor-chinese"])
        self._age = Words(age["age"], age["age-phrases"], age["age-chinese"])
        self._other_age = Words(age["other"])
        self._birth = Words(age["birth"])
        self.state = Words([*base.state.words, *age["parts"]])
        self.of_numbers = True

    def read(self, name: str, *, guard: bool = False) -> Reading | None:  # noqa: ARG002, D102
        parts = split(name)
        turned = self.negative.count(parts, name) % 2 == 1
        if self._guardian.found(parts, name):
            if self._assent.found(parts, name) and not self.paperwork.found(parts, name):
                return Reading(CONSENT, turned)
            return None
        if self._minor.found(parts, name) or _UNDER.search(name):
            return Reading(CONSENT, not turned)
        if self._adult.found(parts, name) or _OVER.search(name):
            return Reading(CONSENT, turned)
        if self._age.found(parts, name) and not self._other_age.found(parts, name):
            return Reading(CONSENT, False)
        if self._birth.found(parts, name) and not self._other_age.found(parts, name):
            return Reading(CONSENT, True)
        return None

    def prompt(self, text: str) -> Reading | None:  # noqa: D102
        parts = split(text)
        if self._guardian.found(parts, text) and self._assent.found(parts, text):
            return Reading(CONSENT, False)
        if self._minor.found(parts, text) or _UNDER.search(text):
            return Reading(CONSENT, True)
        if self._adult.found(parts, text) or self._age.found(parts, text) or _OVER.search(text):
            return Reading(CONSENT, False)
        return None


@cache
def _data() -> dict[str, Any]:
    text = resources.files("fr_lint.catalogue").joinpath("data/questions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def notice_words() -> NoticeWords:
    """The words of the question whether people were told."""
    return NoticeWords(vocabulary(), _data()["notice"])


@cache
def guardian_words() -> GuardianWords:
    """The words of the question whether a guardian, or the age, was asked for."""
    return GuardianWords(vocabulary(), _data()["guardian"], _data()["age"])
