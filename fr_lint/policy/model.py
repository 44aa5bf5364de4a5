"""The policy file as values: every key, what it may hold, and what it means.  The one model behind loader and schema.

Must not know how a file is read, nor what anybody does with the values.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fr_lint.policy.kinds import Choice, Count, Day, Flag, ListOf, Pattern, TableOf, Text
from fr_lint.policy.names import is_inside, is_path, path_fits
from fr_lint.policy.records import Lines, key, place_of

if TYPE_CHECKING:
    from fr_lint.policy.packs import Pack

DUTY_ROLES: Final = ("detect", "analyze", "encode", "verify", "identify", "enrol", "liveness")
FALLBACK_ROLES: Final = ("verify", "identify", "liveness")
ROLES: Final = (*DUTY_ROLES, "delete")
DEFAULT_PACKS: Final = ("shanghai-2025",)
LEGAL_BASES: Final = ("consent", "contract", "legal-duty", "emergency", "public-data", "news", "other-law")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which kinds of face calls carry which duties."""

    consent: tuple[str, ...] = key(ListOf(Choice(DUTY_ROLES)), "roles that need consent", DUTY_ROLES)
    fallback: tuple[str, ...] = key(ListOf(Choice(DUTY_ROLES)), "roles that need an alternative", FALLBACK_ROLES)
    retention: tuple[str, ...] = key(ListOf(Choice(DUTY_ROLES)), "roles whose face data must be deleted", DUTY_ROLES)
    lines: Lines = place_of()


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A face call that the catalogue lacks: a wrapper of the project's own, or another library."""

    name: str = key(Pattern(), "the dotted name of the function, method or class")
    role: str = key(Choice(ROLES), "what it does")
    lines: Lines = place_of()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The impact assessment of an activity."""

    file: str = key(Text(), "the document, relative to the project's root", "", of_a_duty=True)
    date: datetime.date | None = key(Day(), "when it was made", None, of_a_duty=True)
    review_by: datetime.date | None = key(Day(), "the last day on which it need not have been reviewed", None)
    lines: Lines = place_of()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long an activity keeps face data, and what removes it."""

    days: int | None = key(Count(), "days from capture to deletion", None)
    until: str | None = key(Text(), "the event at which it is deleted", None)
    max_idle_days: int | None = key(Count(), "days after the last use at which it is deleted in any case", None)
    deletion: str = key(Text(), "the dotted name of the function that deletes", "")
    lines: Lines = place_of()


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One activity of the project's face-processing record."""

    id: str = key(Text(filled=True, expected="a text that is not empty"), "a name for messages, unlike all others")
    code: tuple[str, ...] = key(
        ListOf(Text(filled=True, expected="a file, a glob or a dotted name"), 1),
        "the code that belongs to it: files (* stays within a folder, ** crosses) or dotted names",
    )
    purpose: str = key(Text(), "what for, specifically", "", of_a_duty=True)
    necessity: str = key(Text(), "why a less intrusive means will not do", "", of_a_duty=True)
    legal_basis: str = key(
        Choice(LEGAL_BASES), "the ground; other than consent: no consent test is asked for", "consent"
    )
    notice: str = key(Text(), "the document that tells people, or the function that does", "", of_a_duty=True)
    withdrawal: str = key(Text(), "the dotted name of the function that takes consent back", "")
    assessment: Assessment | None = key(TableOf(Assessment), "the impact assessment", None, of_a_duty=True)
    setting: str = key(Text(), "where the cameras are, in your own words", "")
    storage: str = key(Choice(("server", "on-device")), "on-device: face data must not leave the device", "server")
    public_safety: bool = key(Flag(), "in a public place: it is needed for public safety", False)
    signage: str = key(Text(), "in a public place: where the signs are", "")
    retention: Retention | None = key(TableOf(Retention), "how long it is kept", None, of_a_duty=True)
    fallback: str = key(Text(), "the dotted name of the function for whoever does not show the face", "")
    fallback_exception: str = key(Text(), "the rule of law that demands the face", "")
    minors: str = key(Choice(("excluded", "guardian-consent", "possible")), "whether minors may be present", "")
    lines: Lines = place_of()

    def covers(self, path: str, names: tuple[str, ...]) -> bool:
        """Does the activity cover code in this file, which goes by these dotted names?  (A function of a module: the
        module's names, each with the function's qualified name behind it.)
        """
        return any(
            path_fits(entry, path) if is_path(entry) else any(is_inside(entry, name) for name in names)
            for entry in self.code
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a project says.  Without a policy file, the defaults."""

    packs: tuple[str, ...] = key(
        ListOf(Text(filled=True, expected="the name of a pack or a path to one")),
        "the legal packs in force: a name of one that ships, or a path to one of yours, relative to this file",
        DEFAULT_PACKS,
    )
    strict_guards: bool = key(Flag(), "true: only the names in consent-guards count as consent", False)
    consent_guards: tuple[str, ...] = key(ListOf(Pattern()), "names that test or state consent", ())
    notice_calls: tuple[str, ...] = key(ListOf(Pattern()), "calls that tell people before a face is processed", ())
    alternative_authenticators: tuple[str, ...] = key(ListOf(Pattern()), "calls that identify without the face", ())
    grants: tuple[str, ...] = key(ListOf(Pattern()), "calls that let somebody in, sign in or pay", ())
    deletions: tuple[str, ...] = key(ListOf(Pattern()), "calls that delete face data", ())
    roles: Roles = key(TableOf(Roles), "which kinds of face calls carry which duties", Roles())
    apis: tuple[Api, ...] = key(ListOf(TableOf(Api)), "face calls that the catalogue lacks", (), name="api")
    processing: tuple[Processing, ...] = key(
        ListOf(TableOf(Processing)), "the activities: the project's face-processing record", ()
    )
    lines: Lines = place_of()
    file: str = ""  # the policy file relative to the project's root, for messages; "" without one
    laws: tuple[Pack, ...] = field(default=(), repr=False)  # the packs themselves

    def activities(self, path: str, names: tuple[str, ...]) -> tuple[Processing, ...]:
        """The activities that cover some code; see :meth:`Processing.covers`."""
        return tuple(each for each in self.processing if each.covers(path, names))
