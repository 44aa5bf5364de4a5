"""Wrong policy files, one by one: each stops with one line: file, line, key, what was expected, what is near."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fr_lint.options import PolicyError
from fr_lint.policy.load import policy_at

ONE = '[[processing]]\nid = "a"\ncode = ["a.py"]\n'
API = '[[api]]\nname = "a.b"\nrole = "verify"\n'

# name -> (text, line, key, what the message must hold)
WRONG: dict[str, tuple[str, int, str, str]] = {
    # keys that do not exist
    "a letter too many": ("strict-guardss = true\n", 1, "strict-guardss", "the nearest is strict-guards"),
    "underscores": ("strict_guards = true\n", 1, "strict_guards", "the nearest is strict-guards"),
    "singular": ('\nconsent-guard = ["a"]\n', 2, "consent-guard", "the nearest is consent-guards"),
    "plural of a table": ('[[processings]]\nid = "a"\n', 1, "processings", "the nearest is processing"),
    "apis": ('[[apis]]\nname = "a"\n', 1, "apis", "the nearest is api"),
    "nothing is near": ("zzzzzz = 1\n", 1, "zzzzzz", "known are packs, strict-guards"),
    "a table of its own": ('[consent]\nguards = ["a"]\n', 1, "consent", "the nearest is consent-guards"),
    "dotted key": ('packs.name = "x"\n', 1, "packs", "expected a list"),
    "in an activity": (ONE + 'purposes = "x"\n', 4, "[[processing]] purposes", "the nearest is purpose"),
    "basis": (ONE + 'basis = "consent"\n', 4, "[[processing]] basis", "expected one of this table's keys"),
    "legal_basis": (ONE + 'legal_basis = "consent"\n', 4, "legal_basis", "the nearest is legal-basis"),
    "in the second activity": (ONE + ONE.replace('"a"', '"b"') + "minor = 1\n", 7, "minor", "the nearest is minors"),
    "in retention": (ONE + "retention = { day = 3 }\n", 4, "[[processing]] retention.day", "the nearest is days"),
    "in retention, as a table": (ONE + "[processing.retention]\nmax-idle = 3\n", 5, "max-idle", "max-idle-days"),
    "in assessment": (ONE + 'assessment = { path = "x" }\n', 4, "assessment.path", "expected one of this table's keys"),
    "in roles": ('roles = { consents = ["detect"] }\n', 1, "roles.consents", "the nearest is consent"),
    "in api": (API + "remote = true\n", 4, "[[api]] remote", "the nearest is role"),
    "quoted key": ('"strict guards" = true\n', 1, "strict guards", "the nearest is strict-guards"),
    "not ASCII": ('"außen" = true\n', 1, "außen", "unknown key"),
    # types
    "flag as a text": ('strict-guards = "yes"\n', 1, "strict-guards", "expected true or false, found the text 'yes'"),
    "flag as a number": ("strict-guards = 1\n", 1, "strict-guards", "expected true or false, found the number 1"),
    "packs as a text": ('packs = "cn-pipl"\n', 1, "packs", "expected a list"),
    "packs as a flag": ("packs = true\n", 1, "packs", "found true"),
    "a pack as a number": ("packs = [3]\n", 1, "packs", "found the number 3"),
    "an empty pack": ('packs = [""]\n', 1, "packs", "the name of a pack or a path to one"),
    "guards as a text": ('consent-guards = "a.b"\n', 1, "consent-guards", "expected a list"),
    "a guard as a table": ("deletions = [{ name = 1 }]\n", 1, "deletions", "found a table"),
    "a guard with brackets": ('grants = ["a.b()"]\n', 1, "grants", "expected a dotted name"),
    "a guard with a colon": ('grants = ["a:b"]\n', 1, "grants", "expected a dotted name"),
    "a guard of stars": ('notice-calls = ["*"]\n', 1, "notice-calls", "expected a dotted name"),
    "an empty guard": ('notice-calls = ["a", ""]\n', 1, "notice-calls", "found the text ''"),
    "a guard with a space": ('alternative-authenticators = ["pin check"]\n', 1, "alternative-authenticators", "dotted"),
    "roles as a list": ('roles = ["detect"]\n', 1, "roles", "expected a table, found a list"),
    "a role as a text": ('roles = { consent = "detect" }\n', 1, "roles.consent", "expected a list"),
    "one activity": ('[processing]\nid = "a"\n', 1, "processing", "expected a list, each a table, found a table"),
    "one api": ('[api]\nname = "a"\n', 1, "api", "expected a list"),
    "activities of texts": ('processing = ["a"]\n', 1, "processing", "expected a table, found the text 'a'"),
    "id as a number": ('[[processing]]\nid = 7\ncode = ["a.py"]\n', 2, "[[processing]] id", "found the number 7"),
    "empty id": ('[[processing]]\nid = " "\ncode = ["a.py"]\n', 2, "[[processing]] id", "a text that is not empty"),
    "code as a text": ('[[processing]]\nid = "a"\ncode = "a.py"\n', 3, "[[processing]] code", "expected a list"),
    "no code in it": ('[[processing]]\nid = "a"\ncode = []\n', 3, "[[processing]] code", "at least one entry"),
    "purpose as a list": (ONE + 'purpose = ["x"]\n', 4, "purpose", "expected a text, found a list"),
    "notice as a flag": (ONE + "notice = true\n", 4, "notice", "expected a text, found true"),
    "public safety as a text": (ONE + 'public-safety = "no"\n', 4, "public-safety", "expected true or false"),
    "assessment as a text": (ONE + 'assessment = "docs/pia.md"\n', 4, "assessment", "expected a table"),
    "retention as a number": (ONE + "retention = 30\n", 4, "retention", "expected a table, found the number 30"),
    "days as a text": (ONE + 'retention = { days = "30" }\n', 4, "retention.days", "expected a whole number"),
    "days below zero": (ONE + "retention = { days = -1 }\n", 4, "retention.days", "0 or more, found the number -1"),
    "days with a fraction": (ONE + "retention = { days = 1.5 }\n", 4, "retention.days", "found the number 1.5"),
    "days as a flag": (ONE + "retention = { days = true }\n", 4, "retention.days", "found true"),
    "until as a date": (
        ONE + "retention = { until = 2027-01-01 }\n",
        4,
        "retention.until",
        "found the date 2027-01-01",
    ),
    "a text that is too long": (ONE + f'purpose = "{"x" * 2001}"\n', 4, "purpose", "at most 2000 characters"),
    "a list that is too long": ("grants = [" + '"a.b",' * 1001 + "]\n", 1, "grants", "at most 1000 entries"),
    # closed lists
    "unknown basis": (ONE + 'legal-basis = "consnt"\n', 4, "legal-basis", "the nearest is consent"),
    "foreign basis": (ONE + 'legal-basis = "vital-interest"\n', 4, "legal-basis", "expected one of consent, contract,"),
    "unknown minors": (ONE + 'minors = "perhaps"\n', 4, "minors", "one of excluded, guardian-consent, possible"),
    "unknown storage": (ONE + 'storage = "device"\n', 4, "storage", "the nearest is on-device"),
    "unknown role of an api": ('[[api]]\nname = "a"\nrole = "verfy"\n', 3, "[[api]] role", "the nearest is verify"),
    "no duty of that role": ('roles = { consent = ["delete"] }\n', 1, "roles.consent", "expected one of detect,"),
    "capital letters": (ONE + 'legal-basis = "Consent"\n', 4, "legal-basis", "the nearest is consent"),
    # dates
    "thirteenth month": (
        ONE + "assessment = { date = 2026-13-01 }\n",
        4,
        "date = 2026-13-01",
        "expected a date such as",
    ),
    "30 February": (ONE + "assessment = { date = 2026-02-30 }\n", 4, "date = 2026-02-30", "expected a date such as"),
    "date as a text": (ONE + 'assessment = { date = "2026-03-01" }\n', 4, "assessment.date", "a date without quotes"),
    "date with a time": (ONE + "assessment = { review-by = 2026-03-01T10:00:00 }\n", 4, "review-by", "date and time"),
    "year only": (ONE + "assessment = { date = 2026 }\n", 4, "assessment.date", "found the number 2026"),
    "a time": (ONE + "assessment = { date = 10:30:00 }\n", 4, "assessment.date", "found a time"),
    # what is missing, and what is there twice
    "no id": ('[[processing]]\ncode = ["a.py"]\n', 1, "[[processing]] id", "missing"),
    "no code": ('\n[[processing]]\nid = "a"\n', 2, "[[processing]] code", "missing"),
    "no name": ('[[api]]\nrole = "verify"\n', 1, "[[api]] name", "missing"),
    "no role": ('[[api]]\nname = "a"\n', 1, "[[api]] role", "missing; expected one of detect,"),
    "an id twice": (ONE + ONE, 5, "[[processing]] id", "found 'a' a second time"),
    # packs
    "unknown pack": ('packs = ["cn-pipl", "eu-gdrp"]\n', 1, "packs", "the nearest is eu-gdpr"),
    "nothing like it": ('packs = ["qqq"]\n', 1, "packs", "packs that ship: cn-measures-2025, cn-pipl,"),
    "missing pack file": ('packs = [\n  "cn-pipl",\n  "law/mine.toml",\n]\n', 3, "packs", "no file law/mine.toml"),
    "a folder as a pack": ('packs = ["./"]\n', 1, "packs", "there is no file"),
    # TOML itself
    "broken": ("packs = [\n", 1, "packs = [", "no TOML"),
    "a key twice": ("strict-guards = true\nstrict-guards = false\n", 2, "strict-guards", "no TOML: Cannot overwrite"),
    "no value": ("a = 1\nstrict-guards =\n", 2, "strict-guards =", "no TOML: Invalid value"),
    "no quotes": ("packs = [cn-pipl]\n", 1, "packs = [cn-pipl]", "no TOML"),
    "True": ("strict-guards = True\n", 1, "strict-guards = True", "no TOML: Invalid value"),
    "an escape": ('packs = ["\\q"]\n', 1, "packs", "no TOML"),
    "a table twice": ("[roles]\n[roles]\n", 2, "[roles]", "no TOML"),
    "JSON": ('{"packs": []}\n', 1, '{"packs": []}', "no TOML"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_policy(tmp_path: Path, name: str) -> None:
    text, line, key, said = WRONG[name]
    (tmp_path / "fr-lint.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        policy_at(str(tmp_path), cwd=str(tmp_path))
    message = str(caught.value)
    assert message.startswith(f"fr-lint.toml:{line}: "), message
    assert key in message
    assert said in message
    assert "\n" not in message
    assert len(message) < 400


def test_there_are_enough_of_them() -> None:
    assert len(WRONG) >= 60


@pytest.mark.parametrize("name", [name for name, row in WRONG.items() if "no TOML" not in row[3]])
def test_the_same_in_pyproject(tmp_path: Path, name: str) -> None:
    text, _, _, said = WRONG[name]
    body = re.sub(r"^\[(\[?)(?!\")", r"[\1tool.fr-lint.", text, flags=re.MULTILINE)
    (tmp_path / "pyproject.toml").write_text(f"[tool.fr-lint]\n{body}", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        policy_at(str(tmp_path), cwd=str(tmp_path))
    message = str(caught.value)
    assert message.startswith("pyproject.toml:"), message
    assert said in message
    assert "tool.fr-lint" not in message.replace("[tool.fr-lint]", "")


def test_both_files(tmp_path: Path) -> None:
    (tmp_path / "fr-lint.toml").write_text("strict-guards = true\n")
    (tmp_path / "pyproject.toml").write_text("[tool.fr-lint]\nstrict-guards = true\n")
    with pytest.raises(PolicyError, match=r"^fr-lint\.toml: expected one policy, found two: pyproject\.toml"):
        policy_at(str(tmp_path), cwd=str(tmp_path))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "fr-lint.toml:1: expected text in UTF-8"),
        (b'a = "\n\xe9"', "fr-lint.toml:2: expected text in UTF-8"),
        (b"a = " + b"9" * 5000, "no TOML"),
        (b"a = 1\x00", "no TOML"),
    ],
)
def test_bytes_that_are_no_text(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "fr-lint.toml").write_bytes(data)
    with pytest.raises(PolicyError, match=re.escape(said)):
        policy_at(str(tmp_path), cwd=str(tmp_path))


@pytest.mark.parametrize(
    "text", ["", "\n# nothing\n", "\ufeffstrict-guards = true\n", "strict-guards = true\r\n", ONE, API]
)
def test_right_ones_beside_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "fr-lint.toml").write_bytes(text.encode())
    assert policy_at(str(tmp_path)).file == "fr-lint.toml"


def test_a_table_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("tool.fr-lint = 3\n")
    with pytest.raises(PolicyError, match=r"^pyproject\.toml:1: .*expected a table"):
        policy_at(str(tmp_path), cwd=str(tmp_path))
