"""What small programs are made of: lines with marks, ways to spell consent, and the module around them.

A part is a list of lines in which ``<C>`` stands for a test that is true with consent, ``<N>`` for its opposite,
``<F>`` for the face call and ``<X>`` for a way out.  A :class:`Dialect` says how ``<C>`` and ``<N>`` are spelled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

Lines = list[str]

FACE: Final = "face_recognition.face_encodings(image)"
SECOND: Final = "face_recognition.face_encodings(snapshot)"
PARAMS: Final = (
    *("user", "form", "image", "snapshot", "people", "group_photo", "alice", "bob"),
    *("items", "mode", "flag1", "flag2"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """One program: where it comes from, and its text."""

    family: str
    text: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How consent is spelled: ``bare`` is the object that functions of the program receive."""

    name: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    bare: str = "user"
    prelude: tuple[str, ...] = ()
    boolean: bool = True  # the positive spelling alone is a fact that a variable can hold and `match` can compare


DIALECTS: Final = (
    Dialect("attribute", ("user.face_consent",), ("not user.face_consent",)),
    Dialect("attribute2", ("user.has_consented",), ("not user.has_consented",)),
    Dialect("optin", ("user.biometric_opt_in",), ("not user.biometric_opt_in",)),
    Dialect(
        "identity",
        ("user.face_consent is True", "user.face_consent == True"),
        ("user.face_consent is not True", "user.face_consent != True"),
    ),
    Dialect("withdrawn", ("not user.consent_withdrawn",), ("user.consent_withdrawn",)),
    Dialect(
        "status",
        ('user.consent_status == "granted"', 'user.consent_status in ("granted", "yes")'),
        ('user.consent_status != "granted"', 'user.consent_status == "denied"', "not user.consent_status == 'granted'"),
    ),
    Dialect(
        "form",
        ('form.get("face_consent")', 'form["consent"]', '"consent" in form'),
        ('not form.get("face_consent")', 'not form["consent"]', '"consent" not in form'),
        bare="form",
    ),
    Dialect("bool", ("bool(user.face_consent)",), ("not bool(user.face_consent)",)),
    Dialect(
        "prompt",
        (
            'input("Do you consent to face recognition? (y/n) ") == "y"',
            'input("Do you consent to face recognition? (y/n) ").strip().lower() == "y"',
        ),
        ('input("Do you consent to face recognition? (y/n) ") != "y"',),
        bare="",
    ),
    Dialect(
        "helper",
        ("allowed(user)",),
        ("not allowed(user)",),
        prelude=("def allowed(user):", "    return user.face_consent"),
    ),
    Dialect(
        "helper2",
        ("allowed(user)",),
        ("not allowed(user)",),
        prelude=("def allowed(user):", "    if user.consent_withdrawn:", "        return False", "    return True"),
    ),
    Dialect(
        "refused",
        ("not refused(user)",),
        ("refused(user)",),
        prelude=("def refused(user):", "    return not user.face_consent"),
    ),
)


def indent(lines: Sequence[str]) -> Lines:
    return ["    " + line for line in lines]


def under(head: str, lines: Sequence[str]) -> Lines:
    return [head, *indent(lines or ["pass"])]


def spell(lines: Sequence[str], dialect: Dialect, rng: Random) -> Lines:
    """Put the dialect's words in the place of ``<C>`` and ``<N>``."""
    out = []
    for line in lines:
        while "<C>" in line:
            line = line.replace("<C>", rng.choice(dialect.yes), 1)
        while "<N>" in line:
            line = line.replace("<N>", rng.choice(dialect.no), 1)
        out.append(line.replace("<B>", dialect.bare))
    return out


def assemble(body: Sequence[str], functions: Sequence[Sequence[str]] = ()) -> str:
    """A module: the imports that the parts need, helper functions, and ``run`` with the parameters it uses."""
    body = [line.replace("<F>", FACE).replace("<G>", SECOND) for line in body]
    parts = [line.replace("<F>", FACE) for function in functions for line in (*function, "", "")]
    everything = "\n".join([*parts, *body])
    used = [name for name in PARAMS if re.search(rf"\b{name}\b", "\n".join(body))]
    station = [name for name in ("may_fail", "probe", "session") if re.search(rf"\b{name}\(", everything)]
    head = [
        f"import {name}" for name in ("contextlib", "functools", "os", "sys", "threading") if f"{name}." in everything
    ]
    head += ["", "import face_recognition"]
    if station:
        head.append(f"from station import {', '.join(station)}")
    if "Denied" in everything:
        parts = ["class Denied(Exception):", "    pass", "", "", *parts]
    return "\n".join([*head, "", "", *parts, f"def run({', '.join(used)}):", *indent(body)]).lstrip("\n") + "\n"
