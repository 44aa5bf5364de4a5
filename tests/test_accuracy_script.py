"""The accuracy script, on a tiny made-up set of labels and a flake8 that says what it is told."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "bench" / "accuracy.py"
HEADER = "repo,commit,path,line,function,api,role,consent,fallback,retention,where_guard,reason"
COMMIT = "0123456789abcdef"

APP = """\
import facelib
from helpers import look, nothing


def open_door(image):
    boxes = facelib.locate(image)
    codes = facelib.encode(
        image,
        boxes,
    )
    return codes


def guarded(image, consent):
    if consent:
        return facelib.locate(image)


def by_wrapper(image):
    return look(image)


def in_vain(image):
    return nothing(image)


def unlabelled(image):
    return facelib.locate(image)


class Panel:
    def outer(self):
        def inner(image):
            return facelib.locate(image)

        return inner


facelib.locate(open("a.jpg"))
facelib.delete("a.jpg")
"""

HELPERS = """\
import facelib


def look(image):
    return hidden(image)


def hidden(image):
    return facelib.locate(image)


def nothing(image):
    return image
"""

OLD = "print facelib.locate(image)\n"

ROWS = [
    # path, line, function, api, role, consent, fallback, retention
    ("app.py", 6, "open_door", "facelib.locate", "detect", "violation", "na", "violation"),
    ("app.py", 7, "open_door", "facelib.encode", "encode", "violation", "na", "ok"),
    ("app.py", 16, "guarded", "facelib.locate", "detect", "ok", "na", "na"),
    ("app.py", 20, "by_wrapper", "wrapper:helpers.look", "detect", "violation", "na", "na"),
    ("app.py", 24, "in_vain", "helpers.nothing", "detect", "violation", "na", "na"),
    ("app.py", 34, "Panel.outer.inner", "facelib.locate", "detect", "violation", "na", "na"),
    ("app.py", 39, "<module>", "facelib.locate", "detect", "na", "na", "na"),
    ("app.py", 40, "<module>", "facelib.delete", "delete", "na", "na", "na"),
    ("old.py", 1, "?", "facelib.locate", "detect", "violation", "na", "na"),
]

FAKE = """\
import pathlib, sys
if sys.argv[1:] != ["--isolated", "--select=FRL", "."]:
    sys.exit("unexpected arguments: %s" % sys.argv[1:])
report = pathlib.Path(__file__).with_name(pathlib.Path.cwd().name + ".txt").read_text()
print(report, end="")
sys.exit(1 if report.strip() else 0)
"""


class Bench:
    """A folder with labels, checkouts and the made-up flake8."""

    def __init__(self, root: Path) -> None:
        """Write it all."""
        self.root = root
        (root / "fake.py").write_text(FAKE)
        self.labels = root / "calls.csv"
        self.checkouts = root / "checkouts"
        self.trees: dict[str, Path] = {}
        self.rows: list[str] = []

    def add(self, repo: str, rows: list[tuple[Any, ...]], files: dict[str, str], report: str) -> None:
        """Add a repository with its labels, its files and what flake8 will say about it."""
        tree = self.checkouts / f"{repo.partition('@')[0].replace('/', '__')}__{COMMIT[:10]}"
        tree.mkdir(parents=True)
        for name, text in files.items():
            (tree / name).write_text(text)
        for path, line, function, api, role, *verdicts in rows:
            cells = [repo, COMMIT, path, line, function, api, role, *verdicts, "", f"because of {function}"]
            self.rows.append(",".join(map(str, cells)))
        self.labels.write_text("\n".join([HEADER, *self.rows]) + "\n")
        (self.root / f"{tree.name}.txt").write_text(report)
        self.trees[repo] = tree

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        fake = shlex.join([sys.executable, str(self.root / "fake.py")])
        command = [sys.executable, str(SCRIPT), str(self.labels), str(self.checkouts), "--flake8", fake, *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def score(self, *options: str) -> dict[str, Any]:
        """Run the script and read its figures: for each family the shares as pairs, and the lists."""
        out = self.root / "out.json"
        done = self.run("--json", str(out), *options)
        assert done.returncode == 0, done.stdout + done.stderr
        families = json.loads(out.read_text())["families"]
        for family in families:
            family["figures"] = {name: (s["hits"], s["total"]) for name, s in family["figures"].items()}
        return {family["family"]: family for family in families}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty bench."""
    return Bench(tmp_path)


def add_made_up(bench: Bench, report: str) -> None:
    """Add the made-up repository."""
    bench.add("some/project@branch", ROWS, {"app.py": APP, "helpers.py": HELPERS, "old.py": OLD}, report)


def report(*places: str) -> str:
    """The output of flake8 for `path:line:code` texts."""
    lines = []
    for place in places:
        path, line, code = place.split(":")
        lines.append(f"./{path}:{line}:5: {code} no evidence of consent\n")
    return "".join(lines)


def test_nothing_reported(bench: Bench) -> None:
    """Without findings, recall is nil and silence complete."""
    add_made_up(bench, "")
    figures = bench.score()["consent"]["figures"]
    assert figures["found"] == figures["found_own"] == figures["found_around"] == (0, 5)
    assert figures["rows_near"] == figures["rows_chain"] == (0, 6)
    assert figures["ok_rows"] == figures["ok_functions"] == (1, 1)
    assert figures["na_rows"] == (2, 2)
    assert figures["na_no_face"] == figures["na_functions"] == (1, 1)
    assert figures["precise"] == (0, 0)


def test_every_labelled_line_reported(bench: Bench) -> None:
    """A linter that reports everything has full recall, and the `ok` and `na` rows show what it is worth."""
    add_made_up(bench, report(*(f"{row[0]}:{row[1]}:FRL101" for row in ROWS)))
    consent = bench.score()["consent"]
    figures = consent["figures"]
    assert figures["found"] == figures["found_at_call"] == (5, 5)
    assert figures["rows_near"] == (6, 6)
    assert figures["ok_rows"] == figures["ok_functions"] == (0, 1)
    assert figures["na_rows"] == (0, 2)
    assert figures["na_no_face"] == figures["na_functions"] == (0, 1)
    assert figures["precise"] == (6, 9)
    assert figures["precise_functions"] == (5, 7)
    assert [(entry["line"], entry["where"]) for entry in consent["wrong"]] == [(16, "call"), (39, "call"), (40, "call")]
    assert consent["misses"] == []


def test_a_chain_is_found_by_its_first_call(bench: Bench) -> None:
    """One finding covers the function; the row count within some lines is stricter."""
    add_made_up(bench, report("app.py:6:FRL101"))
    consent = bench.score()["consent"]
    assert consent["figures"]["found"] == consent["figures"]["found_at_call"] == (1, 5)
    assert consent["figures"]["rows_chain"] == (2, 6)
    assert consent["figures"]["rows_near"] == (2, 6)
    assert [miss["function"] for miss in consent["misses"]] == [
        "by_wrapper",
        "in_vain",
        "Panel.outer.inner",
        "<module>",
    ]
    assert consent["misses"][-1]["note"] == "Python rejects the file"
    assert consent["misses"][1]["reason"] == "because of in_vain"


def test_a_finding_elsewhere_in_the_function(bench: Bench) -> None:
    """It finds the function, but stands at no labelled call."""
    add_made_up(bench, report("app.py:5:FRL102", "app.py:11:FRL101"))
    figures = bench.score()["consent"]["figures"]
    assert figures["found"] == (1, 5)
    assert figures["found_at_call"] == (0, 5)
    assert figures["rows_near"] == (2, 6)


def test_nested_function_is_its_own(bench: Bench) -> None:
    """The innermost `def` counts, a class around it does not."""
    add_made_up(bench, report("app.py:32:FRL101"))
    consent = bench.score()["consent"]
    assert consent["figures"]["found"] == (0, 5)
    assert [entry["function"] for entry in consent["unlabelled"]] == ["Panel.outer"]


def test_wrapper_is_resolved(bench: Bench) -> None:
    """The finding stands at the library's call, two hops below the labelled call of the wrapper."""
    add_made_up(bench, report("helpers.py:9:FRL101"))
    consent = bench.score()["consent"]
    assert consent["figures"]["found"] == (0, 5)
    assert consent["figures"]["found_marked"] == consent["figures"]["found_own"] == (1, 5)
    assert consent["misses"][2]["note"] == "found in its wrapper"
    assert [(entry["path"], entry["line"], entry["code"]) for entry in consent["unlabelled"]] == [
        ("helpers.py", 9, "FRL101")
    ]


def test_own_function_without_the_mark_is_resolved_apart(bench: Bench) -> None:
    """A call of the project's own function whose label does not say `wrapper:` counts in a figure of its own."""
    add_made_up(bench, report("helpers.py:13:FRL101"))
    figures = bench.score()["consent"]["figures"]
    assert figures["found_marked"] == (0, 5)
    assert figures["found_own"] == (1, 5)


def test_caller_is_only_nearby(bench: Bench) -> None:
    """A finding in a caller counts in the upper bound alone."""
    rows = [("a.py", 2, "keep", "facelib.encode", "enrol", "na", "na", "violation")]
    text = "def keep(image):\n    return facelib.encode(image)\n\n\ndef main():\n    store(keep(1))\n"
    bench.add("some/store", rows, {"a.py": text}, report("a.py:6:FRL301"))
    retention = bench.score("--family", "retention")["retention"]
    assert retention["figures"]["found_own"] == (0, 1)
    assert retention["figures"]["found_around"] == (1, 1)
    assert retention["misses"][0]["note"] == "found nearby"


def test_finding_within_a_long_call(bench: Bench) -> None:
    """A call of several lines is one place, on which an `ok` must be silent."""
    add_made_up(bench, report("app.py:9:FRL301"))
    scores = bench.score()
    assert scores["consent"]["figures"]["found"] == (0, 5)
    assert scores["retention"]["figures"]["ok_rows"] == (0, 1)
    assert scores["retention"]["figures"]["ok_functions"] == (0, 0)  # the function holds a violation as well
    assert scores["retention"]["wrong"][0]["codes"] == ["FRL301:9"]


def test_elsewhere_in_a_silent_function(bench: Bench) -> None:
    """A finding beside the labelled call is wrong for the function, not for the call."""
    add_made_up(bench, report("app.py:15:FRL101"))
    consent = bench.score()["consent"]
    assert consent["figures"]["ok_rows"] == (1, 1)
    assert consent["figures"]["ok_functions"] == (0, 1)
    assert [(entry["where"], entry["codes"]) for entry in consent["wrong"]] == [("function", ["FRL101:15"])]


def test_contradicting_labels(bench: Bench) -> None:
    """Of two verdicts on one call the violation counts, the other is left out."""
    rows = [
        ("a.py", 1, "<module>", "facelib.encode", "encode", "violation", "na", "na"),
        ("a.py", 1, "<module>", "facelib.encode", "encode", "na", "na", "na"),
    ]
    bench.add("some/script", rows, {"a.py": "facelib.encode(1)\n"}, report("a.py:1:FRL101"))
    consent = bench.score()["consent"]
    assert consent["figures"]["found"] == (1, 1)
    assert consent["figures"]["na_rows"] == (0, 0)
    assert len(consent["disputed"]) == 1
    assert consent["wrong"] == []


def test_output(bench: Bench) -> None:
    """The table is Markdown, what is to be judged is counted, and listed on demand."""
    add_made_up(bench, report("app.py:28:FRL101", "app.py:1:FRL901"))
    text = bench.run().stdout
    assert text.startswith("| | consent | fallback | retention |\n| --- | ---: | ---: | ---: |\n")
    assert "the linter's own: FRL901 in some/project@branch: 1" in text
    assert "- some/project@branch: 1" in text
    assert "app.py:28 unlabelled" not in text
    assert "- some/project@branch app.py:20 `by_wrapper` `wrapper:helpers.look` (detect): because of by_wrapper" in text
    text = bench.run("-v").stdout
    assert "  - app.py:28 unlabelled FRL101 no evidence of consent" in text
    assert "label: row 10: some/project@branch old.py:1: Python rejects the file" in text


def test_cache(bench: Bench, tmp_path: Path) -> None:
    """What flake8 said once is scored again, until it is to be refreshed."""
    add_made_up(bench, report("app.py:6:FRL101"))
    cache = str(tmp_path / "cache")
    assert bench.score("--cache", cache)["consent"]["figures"]["found"] == (1, 5)
    (tmp_path / f"{bench.trees['some/project@branch'].name}.txt").write_text("")
    assert bench.score("--cache", cache)["consent"]["figures"]["found"] == (1, 5)
    assert bench.score("--cache", cache, "--refresh")["consent"]["figures"]["found"] == (0, 5)


def test_incomplete_run(bench: Bench, tmp_path: Path) -> None:
    """A missing tree, or a flake8 that fails, is said and shown in the exit status; nothing broken is kept."""
    add_made_up(bench, "")
    bench.rows.append(f"other/repo,{COMMIT},a.py,1,f,x.y,detect,violation,na,na,,")
    bench.labels.write_text("\n".join([HEADER, *bench.rows]) + "\n")
    done = bench.run()
    assert done.returncode == 1
    assert f"NOT COMPLETE: other__repo__{COMMIT[:10]}: no such folder, 1 labels not scored" in done.stdout
    assert bench.run("--only", "PROJECT").returncode == 0
    (tmp_path / "fake.py").write_text("import sys\nsys.exit('Traceback: it broke')\n")
    done = bench.run("--only", "project", "--cache", str(tmp_path / "cache"))
    assert done.returncode == 1
    assert "flake8 failed, 9 labels not scored" in done.stdout
    assert not (tmp_path / "cache").exists()


def test_unknown_verdict(bench: Bench) -> None:
    """A label that is none of the three stops the run."""
    bench.add("some/x", [("a.py", 1, "f", "x.y", "detect", "maybe", "na", "na")], {"a.py": ""}, "")
    done = bench.run()
    assert done.returncode == 1
    assert "row 2: unknown verdict maybe" in done.stderr
