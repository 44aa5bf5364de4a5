"""Fallback by deletion and addition: without its alternative a silent fixture is reported, and nothing else silences.

The lines of a fixture that are its alternative end in ``# alternative``.  What is added to generated programs is a
retry, a log line, an apology and a second factor; what silences them is another way, of each kind that the rules name.
"""

from __future__ import annotations

import re
import textwrap
from itertools import product
from pathlib import Path

import pytest
from test_fixtures import FIXTURES, MARK, Case, cases

from fr_lint.analysis import check_sources

ALTERNATIVE = re.compile(r"^(?P<indent>[ \t]*)(?P<text>.*\S)[ \t]*# alternative$", re.MULTILINE)
FALLBACK = ("FRL201", "FRL202")


def with_alternative() -> list[Case]:
    return [case for case in cases() if any(ALTERNATIVE.search(text) for text in case.marked.values())]


def taken_out(line: re.Match[str]) -> str:
    return "" if line["text"].endswith(",") else f"{line['indent']}pass"


def codes(sources: dict[str, str]) -> set[str]:
    return {each.code for each in check_sources(sources) if each.code in FALLBACK}


def test_many_fixtures_have_an_alternative() -> None:
    assert len(with_alternative()) >= 15


@pytest.mark.parametrize("case", with_alternative(), ids=lambda case: case.name)
def test_without_its_alternative_it_is_reported(case: Case) -> None:
    assert case.memory
    assert not codes(case.sources)
    rest = {path: MARK.sub("", ALTERNATIVE.sub(taken_out, text)) for path, text in case.marked.items()}
    assert codes(rest) & set(FALLBACK)


# -------------------------------------------------------------------------------------------------- generated programs

GRANTS = {
    "door": "door.unlock()",
    "session": 'session["user_id"] = person.id',
    "token": 'return jwt.encode({"sub": person.id}, "key")',
    "attendance": "mark_attendance(person.id)",
    "payment": "ledger.charge(person, 5)",
    "exam": "start_exam(person)",
    "kyc": 'person.kyc_status = "verified"',
}
NOISE = {
    "nothing": "",
    "log": 'print("no match, sorry")',
    "logger": 'logging.warning("not recognised: %s", person)',
    "apology": 'screen.show("please try again")',
    "refusal": 'raise PermissionError("not recognised")',
    "retry": "return enter(person, camera.read(), typed, tries + 1)",
}
WAYS = {
    "pin": "if typed == person.pin:",
    "hash": "if bcrypt.checkpw(typed, person.password_hash):",
    "otp": "if pyotp.TOTP(person.otp_secret).verify(typed):",
    "card": "if reader.read_card() in CARDS:",
    "guard": "if reception.guard_approves(person):",
    "qr": "if scan_qr_code() == person.ticket:",
}
HEAD = """\
import logging
import bcrypt
import face_recognition
import jwt
import pyotp
from flask import session
from hardware import CARDS, camera, door, ledger, reader, reception, scan_qr_code, screen, mark_attendance, start_exam


def matches(person, frame):
    probes = face_recognition.face_encodings(frame)
    return bool(probes) and bool(face_recognition.compare_faces([person.template], probes[0])[0])


"""


def program(grant: str, noise: str, *, factor: str = "", way: str = "", tries: int = 1) -> dict[str, str]:
    """One gate: consent, face, what is said after a mismatch, and perhaps another way."""
    condition = "if matches(person, frame):"
    lines = ["def enter(person, frame, typed, tries=0):", "    if person.face_consent:"]
    inner = textwrap.indent(grant, " " * 4)
    if tries > 1:
        body = (
            f"for attempt in range({tries}):\n    if matches(person, camera.read()):\n{textwrap.indent(inner, ' ' * 4)}"
        )
        if not grant.startswith("return"):
            body += "\n        return"
    elif factor:
        body = f"{condition}\n    {factor}\n{textwrap.indent(inner, ' ' * 4)}"
    else:
        body = f"{condition}\n{inner}"
        if not grant.startswith("return"):
            body += "\n    return"
    lines.append(textwrap.indent(body, " " * 8))
    if noise and not (way and noise.startswith(("raise", "return"))):
        lines.append(textwrap.indent(noise, " " * 4))
    if way:
        lines.append(textwrap.indent(f"{way}\n    {grant}", " " * 4))
    return {"gate.py": HEAD + "\n".join(lines) + "\n"}


@pytest.mark.parametrize(("grant", "noise"), list(product(GRANTS, NOISE)))
def test_noise_silences_nothing(grant: str, noise: str) -> None:
    assert codes(program(GRANTS[grant], NOISE[noise])) == {"FRL201"}


@pytest.mark.parametrize("grant", GRANTS)
def test_a_retry_silences_nothing(grant: str) -> None:
    assert codes(program(GRANTS[grant], "", tries=3)) == {"FRL201"}


@pytest.mark.parametrize(("grant", "factor"), list(product(GRANTS, WAYS)))
def test_a_second_factor_silences_nothing(grant: str, factor: str) -> None:
    assert codes(program(GRANTS[grant], "", factor=WAYS[factor])) == {"FRL202"}


@pytest.mark.parametrize(("grant", "noise", "way"), list(product(GRANTS, ("nothing", "log", "apology"), WAYS)))
def test_another_way_silences(grant: str, noise: str, way: str) -> None:
    assert not codes(program(GRANTS[grant], NOISE[noise], way=WAYS[way]))


def test_the_mark_is_no_mark_of_a_finding() -> None:
    assert MARK.search("x()  # alternative") is None
    assert isinstance(FIXTURES, Path)
