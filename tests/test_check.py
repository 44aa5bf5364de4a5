"""``fr-lint check`` as a user runs it: findings, forms, exit codes, baseline, many files."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path

import pytest

from fr_lint.cli import main

ROOT = Path(__file__).resolve().parents[1]
OPEN = """\
import face_recognition


def enrol(photo):
    return template(photo)


def template(photo):
    return face_recognition.face_encodings(photo)
"""
BROKEN = "import face_recognition\n\ndef f(:\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one finding, as the working directory."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "enrol.py").write_text(OPEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(["check", *argv])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_text_shows_the_way_with_its_source_lines(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys)
    assert status == 1
    assert "app/enrol.py:9:12 FRL101" in out
    assert "def enrol(photo):" in out
    assert "return face_recognition.face_encodings(photo)" in out
    assert "1 finding in 1 file; 1 file read" in out
    assert "\x1b" not in out


def test_clean(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app" / "enrol.py").write_text("print('no face here')\n")
    status, out, _ = run(capsys)
    assert (status, out) == (0, "no findings; 1 file read\n")


def test_a_file_that_python_rejects_makes_the_run_incomplete(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app" / "broken.py").write_text(BROKEN)
    status, out, _ = run(capsys)
    assert status == 3
    assert "app/broken.py:1:1 FRL901" in out
    assert "syntax error in line 3" in out
    assert "app/enrol.py:9:12 FRL101" in out


def test_an_unreadable_file_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app" / "gone.py").symlink_to("nowhere.py")
    status, out, _ = run(capsys)
    assert status == 3
    assert "app/gone.py:1:1 FRL901" in out
    assert "cannot be read" in out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["nowhere"], "nowhere: no such file or folder"),
        (["--update-baseline"], "--update-baseline needs --baseline"),
        (["--baseline", "none.txt"], "none.txt"),
        (["--policy", "none.toml"], "none.toml"),
    ],
)
def test_usage(project: Path, capsys: pytest.CaptureFixture[str], argv: list[str], said: str) -> None:
    status, out, err = run(capsys, *argv)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("argv", [["--select", "E501"], ["--jobs", "0"], ["--as-of", "soon"], ["--format", "xml"]])
def test_wrong_arguments(project: Path, argv: list[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(["check", *argv])
    assert error.value.code == 2


@pytest.mark.parametrize(
    ("argv", "status"),
    [
        (["--select", "FRL1"], 1),
        (["--select", "FRL9"], 0),
        (["--ignore", "FRL101"], 0),
        (["--exit-zero"], 0),
        (["--exclude", "app"], 0),
        (["--exclude", "app/enrol.py"], 0),
        (["--exclude", "enrol.*"], 0),
        (["app/enrol.py"], 1),
        (["app", "app/enrol.py"], 1),
    ],
)
def test_what_is_chosen(project: Path, capsys: pytest.CaptureFixture[str], argv: list[str], status: int) -> None:
    assert run(capsys, *argv)[0] == status


@pytest.mark.parametrize(
    ("comment", "status"), [("  # noqa", 0), ("  # noqa: FRL101", 0), ("  # noqa: FRL", 0), ("  # noqa: E501", 1)]
)
def test_noqa_is_read_as_by_flake8(
    project: Path, capsys: pytest.CaptureFixture[str], comment: str, status: int
) -> None:
    (project / "app" / "enrol.py").write_text(OPEN.rstrip() + comment + "\n")
    assert run(capsys)[0] == status
    assert run(capsys, "--disable-noqa")[0] == 1


def test_a_silenced_finding_is_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app" / "enrol.py").write_text("# flake8: noqa\n" + OPEN)
    assert run(capsys)[1] == "no findings, 1 suppressed; 1 file read\n"


def test_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--format", "json")
    document = json.loads(out)
    assert status == 1
    assert document["complete"] is True
    assert document["counts"]["new"] == 1
    (finding,) = document["findings"]
    assert (finding["code"], finding["path"], finding["line"], finding["column"]) == ("FRL101", "app/enrol.py", 9, 12)
    assert (finding["function"], finding["call"]) == ("template", "face_recognition.face_encodings")
    assert (finding["end_line"], finding["end_column"]) == (9, 50)
    assert [step["line"] for step in finding["steps"]] == [4, 5, 9]


def test_sarif(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app" / "broken.py").write_text(BROKEN)
    (project / "app" / "quiet.py").write_text(OPEN.rstrip() + "  # noqa\n")
    status, out, _ = run(capsys, "--format", "sarif")
    (sarif,) = json.loads(out)["runs"]
    assert status == 3
    assert sarif["invocations"][0]["executionSuccessful"] is False
    assert "broken.py" in sarif["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    shown, quiet = sarif["results"]
    assert shown["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "app/enrol.py"
    assert shown["suppressions"] == []
    assert quiet["suppressions"] == [{"kind": "inSource"}]
    flow = shown["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [each["location"]["physicalLocation"]["region"]["startLine"] for each in flow] == [4, 5, 9]
    for result in sarif["results"]:
        assert sarif["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_gitlab(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (entry,) = json.loads(run(capsys, "--format", "gitlab")[1])
    assert entry["location"] == {"path": "app/enrol.py", "lines": {"begin": 9, "end": 9}}
    assert entry["severity"] == "major"
    assert len(entry["fingerprint"]) == 32


def test_github(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "--format", "github")[1]
    assert out.startswith("::warning file=app/enrol.py,line=9,endLine=9,col=12,title=FRL101 ")
    assert out.count("\n") == 1


def test_junit(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app" / "broken.py").write_text(BROKEN)
    suite = ET.fromstring(run(capsys, "--format", "junit")[1])[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "1")


def test_flake8_form_is_what_flake8_prints(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--format", "flake8", ".")
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=FRL"], capture_output=True, text=True, check=False
    )
    assert out.splitlines() == [line.removeprefix("./") for line in done.stdout.splitlines()]


def test_output_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("json", "text"):
        status, out, _ = run(capsys, "--format", form, "--output", "report.txt")
        assert (status, out) == (1, "")
        assert "FRL101" in (project / "report.txt").read_text()


# ------------------------------------------------------------------------------------------------------------ baseline


def test_baseline(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--baseline", "base.txt", "--update-baseline")[0] == 0
    first = (project / "base.txt").read_text()
    assert first.splitlines()[1:] == ["FRL101\tapp/enrol.py\ttemplate\tface_recognition.face_encodings\t0"]
    assert run(capsys, "--baseline", "base.txt")[:2] == (0, "no findings, 1 known; 1 file read\n")

    (project / "app" / "enrol.py").write_text("# a line more\n" + OPEN + "\n\nface_recognition.face_locations(1)\n")
    status, out, _ = run(capsys, "--baseline", "base.txt")
    assert status == 1
    assert "1 finding in 1 file, 1 known" in out
    assert "face_locations" in out

    (project / "app" / "enrol.py").write_text("")
    assert run(capsys, "--baseline", "base.txt")[1] == "no findings, 1 fixed; 1 file read\n"
    run(capsys, "--baseline", "base.txt", "--update-baseline")
    assert (project / "base.txt").read_text().count("\n") == 1


def test_what_was_not_analysed_is_never_known(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app" / "broken.py").write_text(BROKEN)
    assert run(capsys, "--baseline", "base.txt", "--update-baseline")[0] == 3
    assert run(capsys, "--baseline", "base.txt")[0] == 3


def test_a_malformed_baseline_names_its_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "base.txt").write_text("# head\nFRL101 app/enrol.py\n")
    status, _, err = run(capsys, "--baseline", "base.txt")
    assert status == 2
    assert "base.txt: line 2" in err


# ----------------------------------------------------------------------------------------------------------- many files


def test_any_number_of_workers_finds_the_same(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(120):
        (project / "app" / f"part{number}.py").write_text(OPEN if number % 7 == 0 else "x = 1\n")
    one, two, three = (run(capsys, "--format", "json", "--jobs", jobs)[1] for jobs in ("1", "2", "3"))
    assert json.loads(one)["counts"]["new"] == 19
    assert one == two == three


@pytest.fixture
def large(project: Path) -> Path:
    """A project whose files are read ahead by several processes: callers, guards, odd texts, what cannot be read."""
    app = project / "app"
    for number in range(150):
        (app / f"part{number}.py").write_text(OPEN if number % 9 == 0 else f"NUMBER_{number} = {number}\n")
    (app / "service.py").write_text("from app.enrol import template\n\n\ndef serve(photo):\n    template(photo)\n")
    (app / "asks.py").write_text(
        "from app.faces import encode\n\n\ndef serve(user):\n    if user.face_consent:\n        encode(user.photo)\n"
    )
    (app / "faces.py").write_text(
        "import dlib\n\n\ndef encode(photo):\n    return dlib.get_frontal_face_detector()(photo)\n"
    )
    (app / "latin.py").write_bytes("# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"))
    (app / "wide.py").write_text("ｆａｃｅ = 1\nﬁle = 2\n")
    (app / "broken.py").write_text(BROKEN)
    (app / "gone.py").symlink_to(project / "nowhere.py")
    return project


def test_what_is_read_ahead_changes_nothing(large: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ways = [("--no-cache", "--jobs", jobs) for jobs in "1234"] + [("--jobs", "2"), ("--jobs", "2"), ("--jobs", "1")]
    said = [run(capsys, "--format", "json", *way)[1] for way in ways]
    assert json.loads(said[0])["counts"]["new"] == 20
    assert {each == said[0] for each in said} == {True}


DEADLY = {
    "a worker": "from fr_lint.screen import Screen as place; name = 'checked'",
    "whoever reads ahead": "import fr_lint.ahead as place; name = 'portion'",
    "whoever lowers ahead": "import fr_lint.ahead as place; name = '_packed'",
    "the leader": "import fr_lint.ahead as place; name = 'ahead'",
}


@pytest.mark.parametrize("place", DEADLY.values(), ids=DEADLY)
@pytest.mark.parametrize("delay", [0, 0.3], ids=["at the end", "before all files are handed out"])
def test_a_process_that_dies_costs_one_file(large: Path, delay: float, place: str) -> None:
    (large / "app" / "deadly.py").write_text("import dlib\n\ndie = 1\n")
    script = (
        "import os, sys, time; from concurrent.futures import ProcessPoolExecutor as P; submit = P.submit\n"
        f"P.submit = lambda *given: (len(given[-1]) > 1 and time.sleep({delay}), submit(*given))[1]\n"
        f"{place}; old = getattr(place, name)\n"
        "def instead(*given):\n"
        "    if 'deadly.py' in repr(given): os._exit(9)\n"
        "    return old(*given)\n"
        "instead.__module__, instead.__qualname__ = '__main__', 'instead'; setattr(place, name, instead)\n"
        "from fr_lint.cli import main; sys.exit(main(['check', '--format', 'json', '--no-cache', '--jobs', '2']))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    found = {each["path"]: each for each in json.loads(done.stdout)["findings"]}
    died = "Screen" in place
    assert len(found) == 20 + died
    assert ("died" in found.get("app/deadly.py", {"message": ""})["message"]) == died


# ------------------------------------------------------------------------------------------------------ flake8's report


def test_flake8_formatter_holds_the_codes_of_all_plugins(project: Path) -> None:
    (project / "app" / "style.py").write_text("import os\nx=1\n")
    run = [sys.executable, "-m", "flake8", "--isolated", "--format=fr-sarif", "--output-file=out.sarif"]
    for _ in range(2):  # the second run replaces the first
        assert subprocess.run(run, check=False).returncode == 1
    (sarif,) = json.loads((project / "out.sarif").read_text())["runs"]
    assert {each["ruleId"] for each in sarif["results"]} == {"FRL101", "F401", "E225"}


# ------------------------------------------------------------------------------------------------------------- terminal


def on_a_terminal(project: Path, *argv: str, **environment: str) -> str:
    """What the command writes where its output is a terminal."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "CI")}
    command = [sys.executable, "-m", "fr_lint", "check", *argv]
    with subprocess.Popen(
        command, cwd=project, stdout=theirs, stderr=theirs, env={**env, "TERM": "xterm-256color", **environment}
    ):
        os.close(theirs)
        said = b""
        with suppress(OSError):  # the other end is closed
            while part := os.read(ours, 4096):
                said += part
    os.close(ours)
    return said.decode(errors="replace")


def test_colours_on_a_terminal_and_nowhere_else(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b[1" in on_a_terminal(project)
    plain = on_a_terminal(project, NO_COLOR="1")
    assert "FRL101" in plain
    assert not re.search(r"\x1b\[[\d;]*[34]\d[\d;]*m", plain), "no colours"
    assert "\x1b" not in run(capsys)[1]


def test_a_long_run_shows_how_far_it_is_on_a_terminal_only(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = project / "many"
    many.mkdir()
    for number in range(600):
        (many / f"m{number}.py").write_text(f"import os\n\nNUMBER = {number}\n")
    assert re.search(r"\d+/60\d", on_a_terminal(project))
    _, out, err = run(capsys)
    assert not re.search(r"\d+/60\d", out + err)


def test_stats_say_where_the_time_went(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--stats", "--no-cache", "--format=flake8"]) == 1
    said = capsys.readouterr()
    assert "FRL101" in said.out
    assert "seconds" not in said.out
    for kind in ("programs, parsed", "reading and screening", "rules FRL101, FRL102, FRL103", "app/enrol.py"):
        assert kind in said.err


def test_stats_of_several_processes_are_added_up(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(100):
        (project / "app" / f"more{number}.py").write_text("x = 1\n")
    assert main(["check", "--stats", "--no-cache", "--jobs=2"]) == 1
    (row,) = [line for line in capsys.readouterr().err.splitlines() if "reading and screening" in line]
    assert row.split()[-1] == "101"


def parsed(said: str) -> int:
    """How many programs were parsed, by ``--stats``."""
    (row,) = [line for line in said.splitlines() if "programs, parsed" in line]
    return int(row.split()[-1])


def test_files_of_a_hidden_folder_are_one_project_with_the_rest(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "app" / "asking.py").write_text(
        "import sys\n\n\ndef ask(person):\n    if not person.consented:\n        sys.exit()\n"
    )
    tools = project / ".tools"
    tools.mkdir()
    (tools / "templates.py").write_text(
        "import face_recognition\n\n\ndef template(photo):\n    return face_recognition.face_encodings(photo)\n"
    )
    for number in range(5):
        (tools / f"ask{number}.py").write_text(
            "from app.asking import ask\nfrom templates import template\n\n\n"
            "def one(person, photo):\n    ask(person)\n    return template(photo)\n"
        )
    _, out, err = run(capsys, "--stats", "--no-cache", "--format=flake8", "--jobs=1")
    assert [line.partition(":")[0] for line in out.splitlines()] == ["app/enrol.py"], "each caller in the folder asks"
    assert parsed(err) <= 2 * 2 + 6, "the project is read once more for the folder, not for each of its files"
