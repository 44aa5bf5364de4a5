"""``fr-lint report`` and ``fr-lint init``: the record in its three forms, in a real browser, and a starter policy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fr_lint.cli import main
from fr_lint.policy.load import policy_of

GATE = """\
import face_recognition


def enrol(person):
    if not person.face_consent:
        return None
    return template(person.photo)


def walk_in(photo):
    return template(photo)


def template(photo):
    return face_recognition.face_encodings(photo)


def old(photo):
    # fr-lint: ignore[FRL101] reason="on paper <b>& filed</b>" until=2099-12-31
    return face_recognition.face_locations(photo)
"""
TILL = """\
import face_recognition


def pay(guest):
    if not guest.face_consent:
        return None
    return face_recognition.face_locations("<script>document.title = 'taken'</script>")
"""
POLICY = """\
[[processing]]
id = "gate | <i>north</i>"
code = ["app/gate.py"]
purpose = "let staff in"
retention = { days = 30, deletion = "app.gate.purge" }
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "house"
    (root / "app").mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    (root / "app" / "gate.py").write_text(GATE)
    (root / "app" / "till.py").write_text(TILL)
    (root / "app" / "broken.py").write_text("import face_recognition\ndef f(:\n")
    (root / "fr-lint.toml").write_text(POLICY)
    monkeypatch.chdir(root)
    return root


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(list(argv))
    both = capsys.readouterr()
    return status, both.out, both.err


# -------------------------------------------------------------------------------------------------------------- record


def test_the_record_holds_everything(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, "report", "--json")
    assert status == 3, "one file was not analysed"
    record: dict[str, Any] = json.loads(out)
    assert record["complete"] is False
    assert [each["path"] for each in record["not_analysed"]] == ["app/broken.py"]
    (activity,) = record["activities"]
    assert activity["declared"]["retention"] == "days: 30; deletion: app.gate.purge"
    assert "necessity" in activity["not_declared"]
    assert [(each["line"], each["role"]) for each in activity["calls"]] == [(15, "encode"), (20, "detect")]
    (outside,) = record["outside"]
    assert outside["path"] == "app/till.py"
    consent = next(each for each in outside["evidence"] if each["duty"] == "consent")
    assert (consent["verdict"], consent["steps"][0]["line"]) == ("found", 5)
    first = next(each for each in record["findings"] if each["code"] == "FRL101")
    assert (first["steps"][0]["line"], first["steps"][0]["source"]) == (10, "def walk_in(photo):")
    assert first["clauses"]
    (quiet,) = [each for each in record["suppressed"] if each["code"] == "FRL101"]
    assert (quiet["reason"], quiet["until"]) == ("on paper <b>& filed</b>", "2099-12-31")
    assert "not analysed" in err


def test_markdown_escapes_what_it_was_given(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, "report", "--markdown")
    assert "## Activity gate \\| \\<i\\>north\\</i\\>" in out
    assert "**Incomplete: 1 file could not be analysed.**" in out
    assert "on paper \\<b\\>& filed\\</b\\>" in out
    assert "1. `app/gate.py` line 10" in out


def test_the_page_needs_nothing_else(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, _ = said(capsys, "report", "--html", "record.html")
    page = (project / "record.html").read_text(encoding="utf-8")
    assert status == 3
    assert "http://" not in page.replace("http-equiv", "")
    assert "https://" not in page
    assert "<script>document" not in page
    assert "<b>& filed" not in page


@pytest.mark.parametrize(
    "argv", [["report"], ["report", "--json", "--markdown"], ["report", "nowhere", "--json"], ["init", "nowhere"]]
)
def test_usage(project: Path, capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    status, out, err = said(capsys, *argv)
    assert (status, out) == (2, "")
    assert err.startswith("fr-lint: ")


# ------------------------------------------------------------------------------------------------------------- browser


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no browser is installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    flags = "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-sync"
    for flag in (*flags.split(), "disable-component-update", f"user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield opened
    opened.quit()


@pytest.mark.slow
def test_in_a_real_browser(project: Path, capsys: pytest.CaptureFixture[str], browser: Any) -> None:
    said(capsys, "report", "--html", "record.html")
    browser.get((project / "record.html").as_uri())
    assert browser.title == "Face-processing record of house"
    asked = [json.loads(each["message"])["message"] for each in browser.get_log("performance")]
    urls = [each["params"]["request"]["url"] for each in asked if each["method"] == "Network.requestWillBeSent"]
    assert [url for url in urls if url.startswith(("http", "ws", "ftp"))] == []

    def shown() -> list[str]:
        script = "return [...document.querySelectorAll('.item')].filter(e => e.offsetHeight).map(e => e.innerText)"
        return list(browser.execute_script(script))

    every = shown()
    assert browser.find_element("id", "count").text == f"{len(every)} of {len(every)} shown"
    browser.find_element("id", "words").send_keys("walk_in FRL101")
    assert len(shown()) == 1
    assert "no consent check" in shown()[0]
    browser.find_element("id", "words").clear()
    browser.find_element("id", "words").send_keys(" ")
    browser.execute_script(
        "const s = document.getElementById('code'); s.value = 'FRL402'; s.dispatchEvent(new Event('input'))"
    )
    assert all("FRL402" in each for each in shown())
    browser.execute_script(
        "const s = document.getElementById('code'); s.value = ''; s.dispatchEvent(new Event('input'))"
    )
    browser.find_element("id", "missing").click()
    assert 0 < len(shown()) < len(every)
    drawn = "return getComputedStyle(document.querySelector('.card .way li'), '::after').backgroundColor"
    assert browser.execute_script(drawn) == "rgb(31, 78, 140)"
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert [each for each in browser.get_log("browser") if each["level"] == "SEVERE"] == []
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = "return getComputedStyle(document.querySelector('.filters')).display"
    assert browser.execute_script(hidden) == "none"
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
    assert len(printed) > 10_000


# ---------------------------------------------------------------------------------------------------------------- init


def test_a_starter_is_valid_and_asks_on(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "fr-lint.toml").unlink()
    (project / "app" / "broken.py").unlink()
    status, out, _ = said(capsys, "init")
    assert status == 0
    assert "fr-lint.toml: written, with 2 activities from 3 face calls" in out
    text = (project / "fr-lint.toml").read_text()
    policy = policy_of(text)
    assert [(each.id, each.code) for each in policy.processing] == [
        ("app-gate", ("app/gate.py",)),
        ("app-till", ("app/till.py",)),
    ]
    assert "line 15: face_recognition.face_encodings() (encode) in template" in text
    assert "consent: found (app/till.py line 5)" in text
    status, out, _ = said(capsys, "check", "--format", "flake8")
    assert status == 1
    assert "FRL401" not in out, "every face call is declared"
    for code in ("FRL303", "FRL402", "FRL403"):
        assert out.count(code) == 2, "what was left open is asked for, once for each activity"


def test_it_never_overwrites(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, "init")
    assert (status, out) == (2, "")
    assert "there is a policy already" in err
    assert (project / "fr-lint.toml").read_text() == POLICY
    (project / "fr-lint.toml").unlink()
    (project / "pyproject.toml").write_text("[tool.fr-lint]\n")
    assert said(capsys, "init")[0] == 2
    assert not (project / "fr-lint.toml").exists()


def test_what_could_not_be_read_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, "init", "--print")
    assert status == 3
    assert "app/broken.py: could not be analysed, and is not in the policy" in err
    policy_of(out)


def test_without_a_face_call_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a.py").write_text("surface = 1\n")
    monkeypatch.chdir(tmp_path)
    status, out, err = said(capsys, "init")
    assert (status, out) == (0, "")
    assert "no face call was found" in err
    assert not (tmp_path / "fr-lint.toml").exists()
