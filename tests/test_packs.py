"""Legal packs: those that ship, one of one's own, several at once; and the worked example of the documentation."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fr_lint.options import CODES, PolicyError
from fr_lint.policy.law import Law, law_of
from fr_lint.policy.load import policy_of
from fr_lint.policy.packs import Pack, read_pack, shipped, shipped_pack

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2026, 11, 25)
BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def packs() -> list[Pack]:
    return [shipped_pack(name) for name in shipped()]


def law(*names: str, today: date = TODAY) -> Law:
    return law_of(tuple(shipped_pack(name) for name in names), today)


# ---------------------------------------------------------------------------------------------------- those that ship


def test_these_ship() -> None:
    assert shipped() == ("cn-measures-2025", "cn-pipl", "eu-gdpr", "shanghai-2025", "us-il-bipa", "us-tx-cubi")
    assert all(pack.id == name for name, pack in zip(shipped(), packs(), strict=True))


def test_each_code_is_cited_or_is_the_linter_s_own() -> None:
    cited = {code for pack in packs() for clause in pack.clause for code in clause.codes}
    assert cited == {code for code in CODES if code < "FRL9"}


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.id)
def test_each_clause_resolves(pack: Pack) -> None:
    seen = set()
    for clause in pack.clause:
        assert set(clause.codes) <= set(CODES)
        assert clause.codes or clause.note, f"{clause.article}: nothing checks it, and nothing says why"
        key = (clause.instrument, clause.article)
        assert key not in seen
        seen.add(key)
        shown = pack.cited(clause)
        assert ("not verified" in shown) == (clause.confidence != "verified")
        assert ("recommendation" in shown) == (clause.strength == "recommendation")
        if not clause.instrument and pack.kind == "initiative":
            assert clause.strength == "recommendation"
            assert not re.search(r"\d", clause.article), "the initiative has no numbering that we know"


def test_no_clause_of_the_chinese_texts_has_a_ceiling() -> None:
    assert law("shanghai-2025", "cn-pipl", "cn-measures-2025", "eu-gdpr").ceilings() == ()
    assert law("us-il-bipa").ceilings()[0].days == 1095
    assert law("us-tx-cubi").ceilings()[0].since == "end of the purpose"
    floors = [clause.parameters.floor_days for pack in packs() for clause in pack.clause]
    assert 30 in floors, "a floor is kept, and is no ceiling"


def test_only_some_packs_ask_for_what_is_off_by_default() -> None:
    assert "FRL304" in law("cn-measures-2025").codes
    assert not {"FRL304", "FRL305"} & law("shanghai-2025").codes


@pytest.mark.parametrize(
    ("setting", "barred"),
    [
        ("guest-room", True),
        ("Hotel guest rooms", True),
        ("guestRoom", True),
        ("public_bathhouse", True),
        ("fitting room of a boutique", True),
        ("toilets", True),
        ("dormitory room 12", True),
        ("nursing room", True),
        ("酒店客房", True),
        ("更衣室", True),
        ("hotel lobby", False),
        ("dormitory entrance", False),
        ("corridor outside the changing rooms", False),
        ("office-entrance", False),
        ("room", False),
        ("", False),
    ],
)
def test_barred_settings(setting: str, barred: bool) -> None:
    for names in (("shanghai-2025",), ("cn-measures-2025", "eu-gdpr")):
        assert bool(law(*names).barred(setting)[0]) is barred
    assert law("us-il-bipa", "eu-gdpr").barred(setting)[0] == ""


@pytest.mark.parametrize(
    ("setting", "public"),
    [
        ("supermarket", True),
        ("shopping-mall", True),
        ("hotel lobby", True),
        ("railway station, platform 3", True),
        ("Museums", True),
        ("restaurant", True),
        ("city park", True),
        ("football stadium", True),
        ("corner shop", True),
        ("地铁站", True),
        ("office-entrance", False),
        ("staff entrance of the supermarket", False),
        ("employees of the hotel", False),
        ("workstation", False),
        ("workshop", False),
        ("car parked", False),
        ("laboratory", False),
        ("商场员工通道", False),
    ],
)
def test_public_settings(setting: str, public: bool) -> None:
    for name in ("shanghai-2025", "cn-measures-2025", "cn-pipl"):
        assert bool(law(name).public(setting)[0]) is public


# --------------------------------------------------------------------------------------------------- several together


def test_the_order_of_packs_changes_nothing() -> None:
    every = packs()
    first = law_of(tuple(every), TODAY)
    for order in itertools.islice(itertools.permutations(every), 0, 720, 37):
        other = law_of(order, TODAY)
        assert other.codes == first.codes
        assert other.ceilings() == first.ceilings()
        assert all(other.cited(code) == first.cited(code) for code in CODES)
        assert other.public("hotel lobby") == first.public("hotel lobby")


def test_the_strictest_parameter_wins() -> None:
    both = law("us-il-bipa", "us-tx-cubi")
    assert [each.days for each in both.ceilings()] == [365, 1095]
    assert law("eu-gdpr", "cn-pipl").guardian_age() == 16


def test_what_binds_is_cited_first() -> None:
    found = law("shanghai-2025").cited("FRL101")
    assert found[0] == "Shanghai Data Regulation 22"
    assert "recommendation" in found[-1]


def test_a_pack_is_in_force_from_its_day_on() -> None:
    assert law("cn-measures-2025", today=date(2025, 6, 1)).codes
    assert not law("cn-measures-2025", today=date(2025, 5, 31)).codes


# ------------------------------------------------------------------------------------------------------- one's own

OWN = """
id = "own"
title = "Own"
title-own = "Eigenes"
short = "Own"
kind = "statute"
in-force-from = 2026-01-01
jurisdiction = "here"
source = "a drawer"
reviewed-by = "nobody"

[[clause]]
article = "1"
duty = "Something."
strength = "obligation"
confidence = "verified"
codes = ["FRL303"]
"""


def test_a_pack_is_read() -> None:
    pack = read_pack(OWN.encode(), "own.toml")
    assert pack.clause[0].parameters.ceiling_days is None
    assert pack == replace(pack)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "statute"', 'kind = "law"', "own.toml:6: kind: expected one of statute, regulation, initiative, guid"),
        ('kind = "statute"', 'kind = "initiative"', "own.toml:15: [[clause]] strength: expected recommendation"),
        ('codes = ["FRL303"]', 'codes = ["FRL999"]', "own.toml:17: [[clause]] codes: expected one of FRL101,"),
        ('codes = ["FRL303"]', 'codes = ["FRL901"]', "own.toml:17: [[clause]] codes: expected one of FRL101,"),
        ('strength = "obligation"', 'strength = "must"', "own.toml:15: [[clause]] strength: expected one of"),
        ('confidence = "verified"\n', "", "own.toml:12: [[clause]] confidence: missing"),
        ("in-force-from = 2026-01-01", 'in-force-from = "2026"', "own.toml:7: in-force-from: expected a date"),
        ('article = "1"', 'article = "1"\narticles = "2"', "own.toml:14: [[clause]] articles: unknown key"),
        ('codes = ["FRL303"]', "parameters = { ceiling = 3 }", "ceiling-days"),
        ('codes = ["FRL303"]', 'instrument = "Another"', "[[clause]] short: missing"),
        (OWN[OWN.index("[[clause]]") :], "", "own.toml:1: clause: missing"),
        ("id =", "id", "own.toml:2: no TOML"),
    ],
)
def test_a_wrong_pack(old: str, new: str, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_pack(OWN.replace(old, new, 1).encode(), "own.toml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_pack_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "fr-lint.toml").write_text('packs = ["law/own.toml"]\n')
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "own.toml").write_text(OWN.replace("statute", "statue"))
    (tmp_path / "a.py").write_text("import face_recognition\nface_recognition.face_locations(1)\n")
    done = flake8(tmp_path)
    assert done.returncode == 1
    assert "law/own.toml:6: kind: expected one of" in done.stdout + done.stderr
    assert "FRL" not in done.stdout


def test_default_packs_are_those_of_the_model() -> None:
    assert [pack.id for pack in policy_of("").laws] == ["shanghai-2025"]
    assert policy_of("packs = []\n").laws == ()


# ------------------------------------------------------------------------------------------- the worked example


def flake8(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=FRL", *args, "."],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_adding_a_law_as_the_documentation_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
    section = page[page.index("## Adding a law") : page.index("## The form of a pack")]
    blocks = BLOCK.findall(section)
    for kind, name, body in blocks:
        if kind == "toml":
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(body, encoding="utf-8")
    ((_, _, program),) = [block for block in blocks if block[0] == "python"]
    ((_, _, said),) = [block for block in blocks if block[0] == "text"]
    (tmp_path / "gangway.py").write_text(re.sub(r"  # FRL.*", "", program), encoding="utf-8")
    (tmp_path / "docs").mkdir()
    for name in ("notice.md", "pipia.md"):
        (tmp_path / "docs" / name).touch()
    found = [line.split(": ", 1)[1] for line in flake8(tmp_path, "--frl-as-of=2026-11-25").stdout.splitlines()]
    assert found == said.splitlines()
    before = flake8(tmp_path, "--frl-as-of=2025-12-31").stdout
    assert "Harbour" not in before, "the by-law is not in force yet"
