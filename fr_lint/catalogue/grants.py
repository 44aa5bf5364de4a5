"""What an identity check is for, and what may stand in the face's place: read from ``data/grants.toml`` and
``data/authenticators.toml``.

Knows names, words and dotted names.  Must not know programs, paths, faces or rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from fr_lint.catalogue.vocabulary import Words, split

SIGN_IN: Final = "sign-in"
DOOR: Final = "door"
PAYMENT: Final = "payment"
ATTENDANCE: Final = "attendance"

SECRET: Final = "secret"  # noqa: S105
TOKEN: Final = "token"  # noqa: S105
STAFF: Final = "staff"
CLAIM: Final = "claim"
SESSION: Final = "session"
OPEN: Final = "open"


class Dotted:
    """A list of dotted names, some with ``*`` in them."""

    __slots__ = ("_globs", "_plain", "packages", "tails")

    def __init__(self, names: Iterable[str]) -> None:
        names = tuple(names)
        self._plain = frozenset(name for name in names if "*" not in name)
        globs = [translate(name) for name in names if "*" in name]
        self._globs = re.compile("|".join(globs)) if globs else None
        heads = {".".join(name.split(".")[:2]).rstrip(".*") for name in names}
        self.packages = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, heads)))})\b")
        self.tails = frozenset(name.rpartition(".")[2] for name in names) - {"*"}

    def has(self, dotted: str) -> bool:
        """Whether the list names it."""
        return dotted in self._plain or (self._globs is not None and self._globs.match(dotted) is not None)


@dataclass(frozen=True, slots=True)
class GrantClass:
    """One class of grants: what it is called in a message, and by what it is known."""

    name: str
    shown: str
    calls: Dotted
    phrases: tuple[tuple[str, ...], ...]
    verbs: frozenset[str]
    nouns: frozenset[str]
    chinese: tuple[str, ...]
    token_verbs: frozenset[str]
    attributes: frozenset[str]


class Grants:
    """The questions about grants that the engine asks."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.never = frozenset(data["never"])
        self.no_grant = Dotted(data["not"])
        self.classes = tuple(_grant_class(name, entry) for name, entry in data["class"].items())
        session = data["session"]
        self.holders = frozenset(session["holders"])
        self.keys = frozenset(session["keys"])
        self.never_keys = frozenset(session["never"])
        self.session_attributes = frozenset(session["attributes"])
        self.cookies = frozenset(session["cookies"])
        self.cookie_setters = frozenset(session["cookie-setters"])
        self.cookie_getters = frozenset(session["cookie-getters"])
        self.partial = frozenset(session["partial"])
        self.setting = frozenset(session["setting"])
        hardware = data["hardware"]
        self.hardware = Dotted(hardware["calls"])
        self.addressed = frozenset(hardware["addressed"])
        self.hardware_methods = frozenset(hardware["methods"])
        self.hardware_attributes = frozenset(hardware["attributes"])
        self.hardware_nouns = frozenset(hardware["nouns"])
        self.closing = frozenset(hardware["closing"])
        success = data["success"]
        self._success = tuple(tuple(name.split()) for name in success["names"])
        self._not_success = frozenset(success["never"])
        self._success_chinese = tuple(success["chinese"])
        self._failure = Words(success["failure"], (), [w for w in success["failure"] if not w.isascii()])
        self.verbs_of_routes = frozenset(success["verbs-of-routes"])
        self.delegates = frozenset(success["delegates"])
        self.refusing_status = frozenset(success["status"])
        self.ready = {name: Dotted(names) for name, names in data["ready"].items()}
        self._shown = {each.name: each.shown for each in self.classes}
        self.words = self._index_words()

    def _index_words(self) -> dict[str, re.Pattern[str]]:
        """Class -> what finds a text that may hold a grant of it, or a generic one."""
        found: dict[str, re.Pattern[str]] = {}
        for each in self.classes:
            words = {phrase[0] for phrase in each.phrases} | each.nouns | each.calls.tails | each.attributes
            words |= (
                {tail for dotted in self.ready.values() for tail in dotted.tails} if each.name == SIGN_IN else set()
            )
            words |= self.hardware_nouns if each.name == DOOR else set()
            words |= {"session"} if each.name == SIGN_IN else set()
            alternatives = sorted({w.lower() for w in words if len(w) > 1} | set(each.chinese))
            found[each.name] = re.compile("|".join(map(re.escape, alternatives)), re.IGNORECASE)
        return found

    def pattern(self, name: str) -> re.Pattern[str]:
        """What finds a text that may hold a grant of a class; one that only a policy knows goes by the call's name."""
        return self.words.get(name) or re.compile(rf"(?<!\w){re.escape(name.rpartition(' ')[2])}(?!\w)")

    def shown(self, name: str) -> str:
        """A class of grants in words."""
        return self._shown.get(name, "it")

    def by_call(self, dotted: str) -> str:
        """The class that lists a library's call, or an empty text."""
        return next((each.name for each in self.classes if each.calls.has(dotted)), "")

    def by_name(self, name: str, around: tuple[str, ...]) -> str:
        """The class of a call by its last name and the words around it, or an empty text."""
        return _by_name(self, name, around)

    def door_around(self, parts: Iterable[str]) -> bool:
        """Whether words around generic hardware say that it opens something."""
        return any(part in self.hardware_nouns for part in parts)

    def closes(self, name: str) -> bool:
        """Whether a function's name says that it shuts, or only signals."""
        parts = split(name)
        return bool(parts) and parts[0] in self.closing

    def session_key(self, key: str) -> bool:
        """Whether a session key says who is signed in."""
        parts = split(key)
        return bool(set(parts) & self.keys) and not set(parts) & self.never_keys

    def success(self, name: str) -> str:
        """The class of success that a function's name promises, or an empty text."""
        parts = split(name)
        if set(parts) & self._not_success:
            return ""
        hit = next((p for p in self._success if any(parts[i : i + len(p)] == p for i in range(len(parts)))), None)
        if hit is None and not any(word in name for word in self._success_chinese):
            return ""
        if hit is not None and hit[0] == "unlock":
            return DOOR
        if hit in (("check", "in"), ("mark", "attendance")):
            return ATTENDANCE
        return SIGN_IN

    def refuses(self, text: str) -> bool:
        """Whether a text is a refusal."""
        return self._failure.found(split(text), text)


def _grant_class(name: str, entry: dict[str, Any]) -> GrantClass:
    return GrantClass(
        name,
        entry["shown"],
        Dotted(entry["calls"]),
        tuple(tuple(phrase.split()) for phrase in entry["names"]),
        frozenset(entry.get("verbs", ())),
        frozenset(entry.get("nouns", ())),
        tuple(entry["chinese"]),
        frozenset(entry.get("token-verbs", ())),
        frozenset(entry.get("attributes", ())),
    )


@lru_cache(maxsize=20_000)
def _by_name(grants: Grants, name: str, around: tuple[str, ...]) -> str:
    parts = split(name)
    if not parts or set(parts) & grants.never:
        return ""
    for each in grants.classes:
        if any(word in name for word in each.chinese):
            return each.name
        for phrase in each.phrases:
            if (
                len(phrase) == 1
                and each.name in (SIGN_IN, PAYMENT)
                and phrase[0] != parts[0]
                and parts[-1] != phrase[0]
            ):
                continue
            if any(parts[at : at + len(phrase)] == phrase for at in range(len(parts) - len(phrase) + 1)):
                if each.token_verbs and phrase[-1] in ("token", "jwt") and not set(parts) & each.token_verbs:
                    continue
                return each.name
        if parts[-1] == "token" and parts[0] in each.token_verbs and not set(parts) & grants.never_keys:
            return each.name
        if each.verbs and (name in each.verbs or set(parts) & each.verbs) and (set(parts) | set(around)) & each.nouns:
            if not (set(parts) & each.nouns and not set(parts) & each.verbs):
                return each.name
    return ""


class Authenticators:
    """The questions about passwords, cards, people and the like."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.kinds = {
            kind: Words(data[kind]["words"], data[kind].get("phrases", ()), data[kind].get("chinese", ()))
            for kind in (SECRET, TOKEN, STAFF, SESSION, CLAIM)
        }
        self.factors = frozenset(data[STAFF]["factor"])
        self.never = frozenset(data["words"]["never"])
        self.staff_never = frozenset(data[STAFF]["despite"])
        self.state = frozenset(data["words"]["state"])
        self.typed = frozenset(data["words"]["typed"])
        self.code_never = frozenset(data["words"]["code-never"])
        self.board = frozenset(data["words"]["board"])
        calls = data["calls"]
        self.check = Dotted(calls["check"])
        self.raising = Dotted(calls["raise"])
        self.backends: dict[str, tuple[str, str]] = {
            name: (entry["setting"], entry["method"]) for name, entry in data["backends"].items()
        }
        self.methods = frozenset(calls["methods"])
        self.ask = frozenset(calls["ask"])
        self.same = frozenset(calls["same"])
        self.empty = frozenset(calls["empty"])
        self.sessions = frozenset(calls["sessions"])
        self.staff = frozenset(calls["staff"])
        self.staff_only = Dotted(calls["staff-only"])
        self.staff_parameters = frozenset(calls["staff-parameters"])
        self.present = frozenset(calls["present"])
        self.lookups = frozenset(calls["lookups"])
        self.selecting = frozenset(calls["selecting"])
        self.pattern = self._pattern(data)
        distances = data["distances"]
        self.distance_signs = tuple(distances["signs"])
        self.distance_names = frozenset(distances["names"])
        self.distance_sizes = frozenset(distances["sizes"])
        self.distance_words = frozenset(distances["words"])
        self.picture_names = frozenset(distances["pictures"])
        self.picture_words = frozenset(distances["picture-words"])
        self.classifiers = Dotted(distances["classifiers"])
        self.template_same = frozenset(distances["same"])
        self.template_none = frozenset(distances["none"])
        self.template_none_attributes = frozenset(distances["attributes"])

    @staticmethod
    def _pattern(data: dict[str, Any]) -> re.Pattern[str]:
        """Finds a text that may hold a check."""
        kinds = [data[kind] for kind in (SECRET, TOKEN, STAFF, SESSION)]
        words = {word for kind in kinds for word in (*kind["words"], *kind.get("chinese", ()))}
        words |= {phrase.replace(" ", "_") for kind in kinds for phrase in kind.get("phrases", ())}
        words |= set(data["calls"]["sessions"]) | set(data["calls"]["staff"]) | {"code", "compare_digest", "input"}
        return re.compile("|".join(sorted(map(re.escape, words))), re.IGNORECASE)

    def read(self, name: str) -> tuple[tuple[str, str], ...]:
        """What a name, a key or a prompt speaks of: (kind, word) pairs, without claims beside something better."""
        return _read(self, name)

    def states(self, name: str) -> bool:
        """Whether a name says that what it speaks of was right."""
        return bool(set(split(name)) & self.state)

    def gives_who_is_in(self, name: str) -> bool:
        """Whether a dependency of this name gives the person who is signed in: ``current_agent``."""
        return name in self.sessions or bool(set(split(name)[:2]) & self.present)

    def is_distance(self, name: str) -> bool:
        """Whether a function of this name compares what it is given."""
        return name in self.distance_names or bool(set(split(name)) & self.distance_words)

    def compares_pictures(self, name: str) -> bool:
        """Whether a function of this name compares what was cut out of pictures."""
        return name in self.picture_names or bool(set(split(name)) & self.picture_words)


@lru_cache(maxsize=20_000)
def _read(words: Authenticators, name: str) -> tuple[tuple[str, str], ...]:
    parts = split(name)
    never = set(parts) & words.never
    if len(name) > 200 or never - words.staff_never:
        return ()
    found: list[tuple[str, str]] = []
    for kind, listed in words.kinds.items():
        if (kind == CLAIM and found) or (never and kind != STAFF):  # a button is pressed by whoever sits beside it
            continue
        hit = next((part for part in parts if part in listed.words), "")
        hit = hit or next((part[:-1] for part in parts if part[-1:] == "s" and part[:-1] in listed.words), "")
        if hit == "pin" and set(parts) & words.board:
            continue
        if not hit:
            for phrase in listed.phrases:
                if any(parts[at : at + len(phrase)] == phrase for at in range(len(parts) - len(phrase) + 1)):
                    hit = " ".join(phrase)
                    break
        if not hit:
            hit = next((word for word in listed.chinese if word in name), "")
        if hit:
            found.append((kind, hit))
    if all(kind == CLAIM for kind, _ in found) and not never:
        if len(parts) == 1 and parts[0] in words.typed:
            return ((SECRET, parts[0]),)
        if "code" in parts and not set(parts) & words.code_never:
            return ((SECRET, "code"),)
    return tuple(found)


def _load(name: str) -> dict[str, Any]:
    text = resources.files("fr_lint.catalogue").joinpath(f"data/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def grants() -> Grants:
    """The grants that ship with the package."""
    return Grants(_load("grants"))


@cache
def authenticators() -> Authenticators:
    """The authenticators that ship with the package."""
    return Authenticators(_load("authenticators"))
