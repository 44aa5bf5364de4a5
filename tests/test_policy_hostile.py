"""Policies made to do harm, and policies that nobody made: bounded cost, one line, nothing read outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fr_lint.options import PolicyError
from fr_lint.policy.load import policy_at, policy_of
from fr_lint.policy.locate import key_lines
from fr_lint.policy.model import Policy
from fr_lint.policy.packs import Pack, shipped_pack
from fr_lint.policy.schema import as_text, pack_schema, policy_schema
from fr_lint.project.documents import Documents

ROOT = Path(__file__).resolve().parents[1]
FULL = """
packs = ["shanghai-2025"]
strict-guards = false
consent-guards = ["app.consent.require_face_consent", "*.has_biometric_release"]
roles = { consent = ["detect", "encode"] }
[[api]]
name = "acme_face.Client.match"
role = "verify"
[[processing]]
id = "office-door"
code = ["app/door/*.py", "app.kiosk.unlock"]
purpose = "let employees into the office"
assessment = { file = "docs/pipia.md", date = 2026-03-01, review-by = 2027-03-01 }
public-safety = false
retention = { days = 30, deletion = "app.door.purge" }
minors = "excluded"
"""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


def verdict(text: str) -> str:
    """``""`` if it loads, else the message."""
    try:
        assert isinstance(policy_of(text), Policy)
    except PolicyError as error:
        said = str(error)
        assert said
        assert "\n" not in said
        assert len(said) < 500
        return said
    return ""


# -------------------------------------------------------------------------------------------------------- any policy


@given(st.text(max_size=200))
@example("")
@example("\x00")
@example("\ud800")
def test_any_text_loads_wholly_or_fails_with_one_line(text: str) -> None:
    verdict(text)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_change_to_a_policy_loads_wholly_or_fails_with_one_line(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FULL)))
    gone = data.draw(st.integers(0, 12))
    put = data.draw(st.text(alphabet='abez01-_. ="[]{},\n#*', max_size=6))
    verdict(FULL[:at] + put + FULL[at + gone :])


SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.booleans(),
    st.integers(-3, 40_000),
    st.sampled_from(["consent", "excluded", "server", "verify", "a.b", "x.py", "", "cn-pipl", "forever", "a b"]),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.floats(0, 10, allow_nan=False),
)
KEYS = st.sampled_from(
    [
        *("packs", "strict-guards", "consent-guards", "notice-calls", "grants", "deletions", "roles", "api"),
        *("processing", "id", "code", "purpose", "legal-basis", "assessment", "file", "date", "review-by", "retention"),
        *(
            "days",
            "until",
            "max-idle-days",
            "deletion",
            "minors",
            "storage",
            "public-safety",
            "name",
            "role",
            "consent",
        ),
        *("typo", "days2"),
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=6,
)


def toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    assert isinstance(value, dict)
    return "{ " + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + " }"


def plain(value: object) -> object:
    """As JSON would have it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(each) for each in value]
    return {key: plain(each) for key, each in value.items()} if isinstance(value, dict) else value


@given(st.dictionaries(KEYS, VALUES, max_size=5))
@settings(max_examples=300, deadline=None)
def test_the_loader_and_the_schema_agree(table: dict[str, object]) -> None:
    said = verdict("".join(f"{key} = {toml(value)}\n" for key, value in table.items()))
    try:
        jsonschema.validate(plain(table), policy_schema())
    except jsonschema.ValidationError:
        assert said, "the schema refuses what the loader takes"
    else:
        beyond = ("a second time", "a pack", "that ships", "without quotes", "found the date")
        assert not said or any(word in said for word in beyond), said


def test_the_published_schemas_are_those_of_the_model() -> None:
    for name, schema in (("fr-lint.schema.json", policy_schema()), ("fr-lint-pack.schema.json", pack_schema())):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == as_text(schema), "run tools/make_schema.py"


def test_packs_fit_their_schema() -> None:
    import tomli

    for path in (ROOT / "fr_lint" / "policy" / "data" / "packs").glob("*.toml"):
        jsonschema.validate(plain(tomli.loads(path.read_text(encoding="utf-8"))), pack_schema())
        assert isinstance(shipped_pack(path.stem), Pack)


# ------------------------------------------------------------------------------------------------------------- places


@given(st.text(alphabet="abc.= \"'[]{},\n#1\\", max_size=120))
def test_looking_for_lines_never_fails(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in key_lines(text).values())


def test_lines_of_keys() -> None:
    text = 'a = """\n"x"\n"""\n[[t]]\nb = [\n  1, # c\n  { d = 2 },\n]\n[[t]]\n"e f".g = 3\n[t.h]\ni = 4\n'
    found = key_lines(text)
    assert found["a",] == 1
    assert found["t", 0, "b", 1, "d"] == 7
    assert found["t", 1, "e f", "g"] == 10
    assert found["t", 1, "h", "i"] == 12


# ------------------------------------------------------------------------------------------------------------- hostile


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 100_000 + "]" * 100_000,
        "a = " + "{ b = " * 50_000,
        "a." * 100_000 + "b = 1",
        "[" + "a." * 100_000 + "b]\n",
        "[a]\nb = 1\n" * 40_000,
        "[[processing]]\n" * 30_000,
        "a = [" + "1," * 200_000 + "]",
        'a = "' + '\\"' * 200_000,
        'a = """' + '""' * 200_000,
        "a = '''" + "''" * 200_000,
        "#" * 500_000,
        "packs = [" + '"./x.toml",' * 900 + "]",
        'grants = ["' + "*a" * 900 + '"]',
        "".join(f"k{number} = 1\n" for number in range(30_000)),
        "x = " + "9" * 400_000,
        "x = 1e" + "9" * 100_000,
    ],
    ids=lambda text: text[:12] + str(len(text)),
)
def test_a_policy_that_is_hard_to_read_costs_little(text: str) -> None:
    right = text.startswith(("#", "grants"))  # strange, and in order
    with bounded(6):
        assert bool(verdict(text)) is not right


def test_a_policy_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "fr-lint.toml"
    with path.open("wb") as file:
        file.truncate(8 * 2**30)  # sparse
    with bounded(2), pytest.raises(PolicyError, match="at most 512 KiB"):
        policy_at(str(tmp_path), cwd=str(tmp_path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "given.toml")
    for given_file in (tmp_path / "given.toml", tmp_path, Path("/dev/zero"), tmp_path / "missing.toml"):
        with bounded(2), pytest.raises(PolicyError):
            policy_at(str(tmp_path), str(given_file), str(tmp_path))


def test_a_link_that_leaves_the_project_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password = hunter2\n")
    project = tmp_path / "project"
    project.mkdir()
    (project / "fr-lint.toml").symlink_to(secret)
    with pytest.raises(PolicyError) as caught:
        policy_at(str(project), cwd=str(project))
    assert "leaves it" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    (project / "fr-lint.toml").unlink()
    (project / "conf.toml").write_text("strict-guards = true\n")
    (project / "fr-lint.toml").symlink_to("conf.toml")
    assert policy_at(str(project)).strict_guards, "a link inside is fine"


def test_a_named_pack_may_lie_anywhere_and_nothing_else(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "outside.md").touch()
    (project / "inside.md").touch()
    (project / "link.md").symlink_to(tmp_path / "outside.md")
    (project / "folder").mkdir()
    documents = Documents(project)
    assert [documents.exists(name) for name in ("inside.md", "./inside.md#part", "folder/../inside.md")] == [True] * 3
    outside = (
        "../outside.md",
        str(tmp_path / "outside.md"),
        *("link.md", "folder", "", ".", "\x00", "x" * 5000, "/etc/passwd"),
    )
    assert not any(documents.exists(name) for name in outside)
    pack = (ROOT / "fr_lint" / "policy" / "data" / "packs" / "cn-pipl.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(pack, encoding="utf-8")
    (project / "fr-lint.toml").write_text('packs = ["../mine.toml"]\n')
    assert policy_at(str(project)).laws == (shipped_pack("cn-pipl"),)


def test_what_the_linter_opens(tmp_path: Path) -> None:
    """Every file that a run opens below neither Python nor the linter lies in the project, or is the named pack."""
    project = tmp_path / "project"
    (project / "docs").mkdir(parents=True)
    pack = (ROOT / "fr_lint" / "policy" / "data" / "packs" / "cn-pipl.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(pack, encoding="utf-8")
    (tmp_path / "other.md").touch()
    (project / "fr-lint.toml").write_text(
        'packs = ["../mine.toml"]\n' + FULL.replace('packs = ["shanghai-2025"]', "").replace("docs/pipia", "../other")
    )
    (project / "a.py").write_text("import face_recognition\nface_recognition.face_locations(1)\n")
    script = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "from flake8.main.cli import main\n"
        "main(['--isolated', '--select=FRL', '--jobs=1', '.'])\n"
        f"print('OPENED', [name for name in opened if name.startswith({str(tmp_path)!r})])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=False)
    line = next(line for line in done.stdout.splitlines() if line.startswith("OPENED"))
    opened = {os.path.realpath(name) for name in eval(line[7:])}
    assert {name for name in opened if not name.startswith(os.path.realpath(project))} == {
        os.path.realpath(tmp_path / "mine.toml")
    }
    assert "FRL401" in done.stdout


def test_hostile_patterns_in_a_whole_run(tmp_path: Path) -> None:
    pattern = "*a" * 300 + "b"
    policy = (
        f'consent-guards = ["{pattern}"]\nnotice-calls = ["{pattern}"]\n[[api]]\nname = "{pattern}"\nrole = "verify"\n'
    )
    policy += f'[[processing]]\nid = "x"\ncode = ["**/{"**/a" * 200}/*.py", "{pattern}"]\n'
    (tmp_path / "fr-lint.toml").write_text(policy)
    (tmp_path / f"{'a' * 100}.py").write_text("import face_recognition\nface_recognition.face_locations(1)\n")
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=FRL", "."],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "FRL401" in done.stdout
    assert time.monotonic() - start < 30
