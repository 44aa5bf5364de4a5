"""Legal packs: what one instrument asks for, clause by clause, as data.  The checks live elsewhere.

A pack says how strong a clause is and how sure we are of it.  Must not know programs or the policy file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from fr_lint.options import CODES
from fr_lint.policy.kinds import Choice, Count, Day, ListOf, TableOf, Text
from fr_lint.policy.reading import parsed
from fr_lint.policy.records import Lines, key, place_of, read_record

CHECKABLE: Final = tuple(code for code in CODES if code < "FRL9")
CONFIDENCES: Final = ("verified", "second-hand", "recalled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What a clause sets for the checks.  All numbers are days or years, all lists are words of a setting."""

    ceiling_days: int | None = key(Count(), "face data is kept no longer than this many days", None)
    ceiling_idle_days: int | None = key(Count(), "... than this many days after the last interaction", None)
    ceiling_days_after_purpose: int | None = key(Count(), "... than this many days after the purpose has ended", None)
    floor_days: int | None = key(Count(), "it is kept at least this many days: a floor, never a ceiling", None)
    record_years: int | None = key(Count(), "records about the processing (not face data) are kept this long", None)
    guardian_age: int | None = key(Count(), "below this age a guardian consents", None)
    persons: int | None = key(Count(), "from this many people on, something is to be filed", None)
    barred_settings: tuple[str, ...] = key(ListOf(Text(filled=True)), "places without any face device", ())
    public_settings: tuple[str, ...] = key(ListOf(Text(filled=True)), "public or business places", ())
    own_settings: tuple[str, ...] = key(ListOf(Text(filled=True)), "places that are none, whatever else is said", ())
    lines: Lines = place_of()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One duty."""

    article: str = key(Text(filled=True), "the article, or a short label where there is no public numbering")
    duty: str = key(Text(filled=True), "the duty in our own words")
    strength: str = key(Choice(("obligation", "recommendation")), "whether it binds")
    confidence: str = key(
        Choice(CONFIDENCES),
        "verified: seen in a stored copy of the text; second-hand: only in a secondary source; recalled: neither",
    )
    codes: tuple[str, ...] = key(ListOf(Choice(CHECKABLE)), "the codes that check it; none if nothing does", ())
    instrument: str = key(Text(filled=True), "the instrument, if it is not the pack's own", "")
    short: str = key(Text(filled=True), "its name in a citation, if it is not the pack's own", "")
    parameters: Parameters = key(TableOf(Parameters), "what it sets for the checks", Parameters())
    note: str = key(Text(), "a remark", "")
    lines: Lines = place_of()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One legal instrument with its clauses (and those of neighbours that bind where it only recommends)."""

    id: str = key(Text(filled=True), "the name of the pack")
    title: str = key(Text(filled=True), "the title in English")
    title_own: str = key(Text(filled=True), "the title in its own language")
    short: str = key(Text(filled=True), "its name in a citation")
    kind: str = key(Choice(("statute", "regulation", "initiative", "guidance")), "what it is")
    in_force_from: date = key(Day(), "the first day on which it is in force")
    jurisdiction: str = key(Text(filled=True), "where it applies")
    source: str = key(Text(filled=True), "where the text or the summary was seen")
    reviewed_by: str = key(Text(filled=True), "who has compared the pack with the text, and when")
    clause: tuple[Clause, ...] = key(ListOf(TableOf(Clause), 1), "the duties")
    lines: Lines = place_of()

    def cited(self, clause: Clause) -> str:
        """A clause in a message; one that does not bind, or was not verified, says so."""
        remarks = [clause.strength] if clause.strength == "recommendation" else []
        remarks += ["not verified"] if clause.confidence != "verified" else []
        where = f"{clause.short or self.short} {clause.article}"
        return f"{where} ({', '.join(remarks)})" if remarks else where


def shipped() -> tuple[str, ...]:
    """The names of the packs that come with the linter."""
    folder = files("fr_lint.policy") / "data" / "packs"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def shipped_pack(name: str) -> Pack:
    """One of them."""
    entry = files("fr_lint.policy") / "data" / "packs" / f"{name}.toml"
    return read_pack(entry.read_bytes(), f"{name}.toml")


def read_pack(data: bytes, file: str) -> Pack:
    """A pack from the bytes of its file.  :raises PolicyError: if it is wrong."""
    table, place = parsed(data, file)
    pack = read_record(Pack, table, place)
    for number, clause in enumerate(pack.clause):
        if clause.instrument and not clause.short:
            raise place.at("clause").at(number).at("short").wrong("missing; expected a short name beside instrument")
        if pack.kind in ("initiative", "guidance") and not clause.instrument and clause.strength != "recommendation":
            raise (
                place.at("clause")
                .at(number)
                .at("strength")
                .wrong(
                    f"expected recommendation, as in any {pack.kind}; a binding neighbour has an instrument of its own"
                )
            )
    return pack
