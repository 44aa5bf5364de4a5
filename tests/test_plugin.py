"""The plugin through the real flake8, each time in a process of its own and a project of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

FACE = """\
import face_recognition

def f(p):
    return face_recognition.face_encodings(face_recognition.load_image_file(p))
"""
GUARDED = """\
import face_recognition

def f(p, face_consent):
    if not face_consent:
        raise PermissionError
    return face_recognition.face_encodings(face_recognition.load_image_file(p))
"""
PLAIN = "def surface(interface):\n    return interface\n"
CONSENT_ONLY = "def ask(cookie_consent):\n    return cookie_consent\n"
REPORT = re.compile(r"(?P<path>.*?):(?P<line>\d+):(?P<col>\d+): (?P<code>[A-Z]+\d+) (?P<text>.*)")

# Runs flake8 in this very process, after and before what a test wants to do; {0} and {1} are statements.
SCRIPT = """\
import sys
{0}
if __name__ == "__main__":
    from flake8.main.cli import main
    code = main(sys.argv[1:])
    {1}
    raise SystemExit(code)
"""


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def flake8(
    root: Path,
    *args: str,
    stdin: str | None = None,
    isolated: bool = True,
    script: tuple[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run flake8 in ``root``; ``script``: statements before its import and after its run."""
    run = ["-m", "flake8"]
    if script is not None:
        write(root.parent, {f"{root.name}_run.py": SCRIPT.format(*script)})
        run = [str(root.parent / f"{root.name}_run.py")]
    done = subprocess.run(
        [sys.executable, *run, *(["--isolated"] if isolated else []), *args],
        cwd=root,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr + done.stdout
    return done


def reports(done: subprocess.CompletedProcess[str]) -> list[tuple[str, int, int, str]]:
    """The reports on standard output, in their order, without ``./``."""
    hits = [REPORT.fullmatch(line) for line in done.stdout.splitlines()]
    assert all(hits), done.stdout
    return [(hit["path"].removeprefix("./"), int(hit["line"]), int(hit["col"]), hit["code"]) for hit in hits if hit]


def lines(done: subprocess.CompletedProcess[str]) -> list[tuple[str, int, str]]:
    return [(path, line, code) for path, line, _, code in reports(done)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    return root


# ---------------------------------------------------------------------------------------------- registration, options


def test_flake8_knows_the_plugin(project: Path) -> None:
    assert re.search(r"\bfr-lint: \d+\.\d+", flake8(project, "--version").stdout)


def test_options_are_prefixed_and_documented(project: Path) -> None:
    text = flake8(project, "--help").stdout
    assert "--frl-policy" in text
    assert "--frl-as-of" in text


def test_option_values_come_from_the_configuration_file_too(project: Path) -> None:
    config = "[flake8]\nfrl-as-of = 2026-02-28\nfrl_policy = conf/own.toml\n"
    write(project, {"sub/a.py": PLAIN, "conf/own.toml": "", ".flake8": config})
    tell = "from fr_lint.plugin import Plugin; print(Plugin.options.as_of, Plugin.options.policy)"
    for args in ([], ["--frl-as-of=2027-01-01"]):
        done = flake8(project, *args, "sub", isolated=False, script=("", tell))
        assert done.stdout.split() == [args[0][-10:] if args else "2026-02-28", str(project / "conf" / "own.toml")]


def test_a_day_that_is_none_is_a_usage_error(project: Path) -> None:
    done = flake8(project, "--frl-as-of=2026-02-30", ".")
    assert done.returncode == 2
    assert "'2026-02-30' is not a day of the form YYYY-MM-DD" in done.stderr


def test_options_may_be_parsed_twice(project: Path) -> None:
    write(project, {"a.py": FACE})
    again = (
        "from flake8.options.parse_args import parse_args; from fr_lint.plugin import Plugin\n"
        "    first = Plugin.options; parse_args(sys.argv[1:]); print(first == Plugin.options)"
    )
    assert flake8(project, "--select=E9", "a.py", script=("", again)).stdout == "True\n"


def test_wrong_policy_stops_the_run_with_one_message(project: Path) -> None:
    write(project, {"a.py": FACE, "fr-lint.toml": "strict-gards = true\n"})
    done = flake8(project, "--select=FRL", ".")
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "fr-lint.toml" in said
    assert "strict-gards" in said
    assert "strict-guards" in said, "the nearest valid key is named"
    assert not re.search(r"FRL[1-8]", said)


@pytest.mark.parametrize("names", [["."], ["sub"], ["a.py", "sub/b.py"], ["sub/b.py"]])
def test_wrong_policy_further_down_stops_the_run(project: Path, names: list[str]) -> None:
    write(project, {"a.py": FACE, "sub/b.py": FACE, "sub/fr-lint.toml": "strict-gards = true\n"})
    done = flake8(project, "--select=FRL", *names)
    assert not re.search(r"FRL\d", done.stdout)
    assert done.returncode == 1
    assert "sub/fr-lint.toml:1: strict-gards" in done.stdout + done.stderr


def test_wrong_policy_where_flake8_does_not_look_stops_nothing(project: Path) -> None:
    write(project, {"a.py": FACE, "sub/b.py": FACE, "sub/fr-lint.toml": "strict-gards = true\n"})
    assert lines(flake8(project, "--select=FRL", "--exclude=sub", ".")) == [("a.py", 4, "FRL101")]
    assert lines(flake8(project, "--select=FRL", "a.py")) == [("a.py", 4, "FRL101")]


def test_wrong_policy_of_a_buffer_is_said_of_it(project: Path) -> None:
    write(project, {"sub/b.py": FACE, "sub/fr-lint.toml": "strict-gards = true\n"})
    done = flake8(project, "--select=FRL", "--stdin-display-name=sub/b.py", "-", stdin=FACE)
    assert lines(done) == [("sub/b.py", 1, "FRL901")]
    assert "strict-gards" in done.stdout


def test_a_policy_that_is_given_applies_instead(project: Path) -> None:
    record = '[[processing]]\nid = "x"\ncode = ["a.py"]\n'
    write(project, {"a.py": GUARDED, "sub/b.py": GUARDED, "sub/fr-lint.toml": "strict-gards = true\n"})
    write(project, {"conf/own.toml": "packs = []\n" + record, "conf/wrong.toml": "x = 1\n"})
    done = flake8(project, "--select=FRL", "--frl-policy=conf/own.toml", ".")
    assert lines(done) == [("sub/b.py", 6, "FRL401")]
    assert "conf/own.toml" in done.stdout
    done = flake8(project, "--select=FRL", "--frl-policy=conf/wrong.toml", ".")
    assert not re.search(r"FRL\d", done.stdout)
    assert "conf/wrong.toml:1: x: unknown key" in done.stdout + done.stderr
    done = flake8(project, "--select=FRL", "--frl-policy=conf/none.toml", ".")
    assert done.returncode == 1
    assert "conf/none.toml" in done.stdout + done.stderr


def test_dates_of_a_policy_are_judged_as_of_the_day_that_is_given(project: Path) -> None:
    record = '[[processing]]\nid = "x"\ncode = ["a.py"]\npurpose = "open the gate"\nnecessity = "cards were lent"\n'
    record += 'notice = "n.md"\nassessment = { file = "n.md", date = 2026-03-01, review-by = 2027-03-01 }\n'
    record += "retention = { days = 3 }\n"
    write(project, {"a.py": GUARDED, "n.md": "x", "fr-lint.toml": record})
    for day, codes in (("2026-02-28", ["FRL403"]), ("2027-03-01", []), ("2027-03-02", ["FRL403"])):
        assert [code for *_, code in lines(flake8(project, "--select=FRL", f"--frl-as-of={day}", "."))] == codes


# ------------------------------------------------------------------------------------------------- findings, selection


def test_a_face_call_is_reported_and_a_guarded_one_is_not(project: Path) -> None:
    write(project, {"a.py": FACE, "b.py": GUARDED, "c.py": PLAIN})
    done = flake8(project, "--select=FRL", ".")
    assert reports(done) == [("a.py", 4, 12, "FRL101")]
    assert done.returncode == 1
    assert done.stderr == ""


def test_messages_are_one_short_line(project: Path) -> None:
    write(project, {"a.py": FACE})
    text = flake8(project, "--select=FRL", "a.py").stdout
    assert len(text.splitlines()) == 1
    assert len(text) < 200
    assert not re.search(r":\d+:\d+:", text.partition("FRL")[2])


def test_the_plugin_is_on_by_default(project: Path) -> None:
    write(project, {"a.py": FACE})
    assert ("a.py", 4, "FRL101") in lines(flake8(project, "a.py"))


@pytest.mark.parametrize(
    ("args", "seen"),
    [
        (["--select=FRL"], True),
        (["--select=FRL1"], True),
        (["--select=FRL101"], True),
        (["--select=FRL2"], False),
        (["--select=E9"], False),
        (["--ignore=FRL"], False),
        (["--ignore=FRL101"], False),
        (["--ignore=E,W"], True),
        (["--extend-ignore=FRL1"], False),
        (["--select=E9", "--extend-select=FRL1"], True),
        (["--select=FRL101", "--ignore=FRL"], True),
        (["--select=FRL", "--ignore=FRL101"], False),
        (["--per-file-ignores=a.py:FRL101"], False),
        (["--per-file-ignores=b.py:FRL101"], True),
    ],
)
def test_selection(project: Path, args: list[str], seen: bool) -> None:
    write(project, {"a.py": FACE})
    assert (("a.py", 4, "FRL101") in lines(flake8(project, *args, "a.py"))) is seen


@pytest.mark.parametrize("option", ["extend-ignore = FRL101", "ignore = FRL", "per-file-ignores = a.py:FRL101,E3"])
def test_selection_in_a_configuration_file(project: Path, option: str) -> None:
    write(project, {"a.py": FACE, "setup.cfg": f"[flake8]\n{option}\n"})
    done = flake8(project, ".", isolated=False)
    assert "FRL" not in done.stdout
    assert "error" not in done.stderr


@pytest.mark.parametrize(
    ("comment", "seen"),
    [("# noqa: FRL101", False), ("# noqa: FRL", False), ("# noqa", False), ("# noqa: FRL301", True)],
)
def test_noqa(project: Path, comment: str, seen: bool) -> None:
    write(project, {"a.py": FACE.rstrip() + f"  {comment}\n"})
    assert bool(lines(flake8(project, "--select=FRL", "a.py"))) is seen


def test_a_whole_file_can_be_left_out(project: Path) -> None:
    write(project, {"a.py": "# flake8: noqa\n" + FACE})
    assert lines(flake8(project, "--select=FRL", "a.py")) == []


@pytest.mark.parametrize("off", ["--select=E9", "--ignore=FRL", "--extend-ignore=FRL", "--select=FRL0"])
def test_nothing_is_done_when_every_code_is_off(project: Path, off: str) -> None:
    write(project, {"a.py": FACE})
    tell = "print([name for name in sys.modules if name in ('fr_lint.analysis', 'fr_lint.gate', 'libcst')])"
    assert flake8(project, "--jobs=1", off, "a.py", script=("", tell)).stdout.splitlines()[-1] == "[]"


def test_something_is_done_when_one_code_is_on(project: Path) -> None:
    write(project, {"a.py": FACE})
    tell = "print('fr_lint.analysis' in sys.modules)"
    done = flake8(project, "--jobs=1", "--ignore=FRL1,FRL2", "a.py", script=("", tell))
    assert done.stdout.splitlines()[-1] == "True"


# ------------------------------------------------------------------------------------------------- bytes and positions


@pytest.mark.parametrize(
    ("content", "line", "col"),
    [
        (FACE.replace("\n", "\r\n").encode(), 4, 12),
        (b"\xef\xbb\xbf" + FACE.encode(), 4, 12),
        (b"\xef\xbb\xbf" + FACE.replace("\n", "\r\n").encode(), 4, 12),
        (FACE.replace("\n\n", "\n\f\n").encode(), 4, 12),
        (("# -*- coding: latin-1 -*-\nN = 'caf\u00e9'\n" + FACE).encode("latin-1"), 6, 12),
        (("# h\u00e9\n" + FACE).encode("latin-1"), 5, 12),
        (FACE.replace("    return", "    caf\u00e9 = '\u4eba\u8138'; return").encode(), 4, 25),
        (FACE.replace("    return", "    \U0001d4dd = '\U0001f600'; return").encode(), 4, 21),
        (FACE.replace("    return", "\treturn").encode(), 4, 9),
        (FACE.rstrip().encode(), 4, 12),
    ],
    ids=["crlf", "bom", "bom-crlf", "form-feed", "cookie", "no-utf8", "non-ascii", "astral", "tab", "no-newline"],
)
def test_encodings_line_ends_and_columns(project: Path, content: bytes, line: int, col: int) -> None:
    write(project, {"a.py": content})
    found = reports(flake8(project, "--select=FRL", "a.py"))
    if content.startswith(b"# h\xe9"):  # Python itself rejects these bytes, so flake8 may not ask any plugin
        assert found in ([], [("a.py", line, col, "FRL101")])
    else:
        assert found == [("a.py", line, col, "FRL101")]


@pytest.mark.parametrize("content", [b"", b"\n", b"\f", b"\xef\xbb\xbf", b"# face_recognition"])
def test_files_with_nothing_in_them(project: Path, content: bytes) -> None:
    write(project, {"a.py": content})
    assert flake8(project, "--select=FRL", "a.py").stdout == ""


def test_no_lines_at_all() -> None:
    import ast

    from fr_lint.plugin import Plugin

    assert list(Plugin(ast.parse(""), "x.py", []).run()) == []


# --------------------------------------------------------------------------------------------------------------- stdin


@pytest.mark.parametrize("name", [None, "a.py", "sub/new.py", "../elsewhere/a.py"])
def test_standard_input(project: Path, name: str | None) -> None:
    write(project, {"a.py": GUARDED})
    shown = [] if name is None else [f"--stdin-display-name={name}"]
    done = flake8(project, "--select=FRL", *shown, "-", stdin=FACE)
    assert lines(done) == [(name or "stdin", 4, "FRL101")]


def test_the_buffer_replaces_the_file_on_disk(project: Path) -> None:
    write(project, {"a.py": FACE})
    done = flake8(project, "--select=FRL", "--stdin-display-name=a.py", "-", stdin=GUARDED)
    assert done.stdout == ""


def test_other_files_are_read_beside_the_buffer(project: Path) -> None:
    guard = "def allowed(user):\n    if not user.face_consent:\n        raise PermissionError(user.id)\n"
    app = "from guard import allowed\n" + FACE.replace("def f(p):\n", "def f(p, user):\n    allowed(user)\n")
    write(project, {"guard.py": guard, "app.py": ""})
    shown = ["--select=FRL", "--stdin-display-name=app.py", "-"]
    assert flake8(project, *shown, stdin=app).stdout == ""
    write(project, {"guard.py": guard.replace("raise PermissionError(user.id)", "print(user.id)")})
    assert lines(flake8(project, *shown, stdin=app)) == [("app.py", 6, "FRL101")]


# ----------------------------------------------------------------------------------------- processes, order, failure


SPAWN = ("import multiprocessing\nif __name__ == '__main__':\n    multiprocessing.set_start_method('spawn')", "pass")


def many(project: Path) -> list[str]:
    files = {f"pkg/m{number}.py": (FACE, GUARDED, PLAIN, CONSENT_ONLY)[number % 4] for number in range(12)}
    write(project, files)
    return list(files)


@pytest.mark.parametrize("script", [None, SPAWN], ids=["fork", "spawn"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_same_for_any_number_of_processes(project: Path, jobs: str, script: tuple[str, str] | None) -> None:
    many(project)
    done = flake8(project, "--select=FRL", f"--jobs={jobs}", ".", script=script)
    assert lines(done) == [(f"pkg/m{number}.py", 4, "FRL101") for number in (0, 4, 8)]


def test_the_same_for_any_order_and_one_by_one(project: Path) -> None:
    names = many(project)
    whole = set(lines(flake8(project, "--select=FRL", "--jobs=1", *names)))
    turned = set(lines(flake8(project, "--select=FRL", "--jobs=1", *reversed(names))))
    alone = {each for name in names[:5] for each in lines(flake8(project, "--select=FRL", name))}
    assert whole == turned
    assert alone == {each for each in whole if each[0] in names[:5]}


def test_nothing_twice_and_always_the_same(project: Path) -> None:
    two = FACE + "\n\ndef g(p):\n    return [face_recognition.face_locations(q) for q in p]\n"
    write(project, {"a.py": two})
    first = flake8(project, "--select=FRL", "a.py").stdout
    assert len(first.splitlines()) == len(set(first.splitlines())) == 2
    assert all(flake8(project, "--select=FRL", "a.py").stdout == first for _ in range(3))


BROKEN = """
import fr_lint.analysis
real = fr_lint.analysis.examine
def examine(path, *rest):
    if path.endswith("b.py"):
        raise {}
    return real(path, *rest)
fr_lint.analysis.examine = examine
"""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("RuntimeError('first line\\nsecond line')", "RuntimeError: first line"),
        ("RecursionError('maximum depth')", "RecursionError: maximum depth"),
        ("SyntaxError('no', ('x.py', 7, 3, 'text'))", "SyntaxError: no (x.py, line 7)"),
        ("MemoryError()", "MemoryError: no more is known"),
        ("TypeError('three')", "TypeError: three"),
    ],
)
def test_a_failure_costs_one_file_and_is_said(project: Path, error: str, reason: str) -> None:
    write(project, {"a.py": FACE, "b.py": FACE, "c.py": PLAIN})
    done = flake8(project, "--select=FRL", "--jobs=1", ".", script=(BROKEN.format(error), "pass"))
    assert lines(done) == [("a.py", 4, "FRL101"), ("b.py", 1, "FRL901")]
    assert f"b.py:1:1: FRL901 could not be analysed: {reason}\n" in done.stdout
    assert done.returncode == 1
    assert done.stderr == ""


def test_a_failure_is_not_said_of_a_file_without_faces(project: Path) -> None:
    write(project, {"b.py": PLAIN})
    done = flake8(project, "--select=FRL", "--jobs=1", ".", script=(BROKEN.format("RuntimeError"), "pass"))
    assert done.stdout == ""


# ---------------------------------------------------------------------------------------------------------------- cost


def loaded(project: Path, *args: str) -> list[str]:
    """The names of all modules after a run in one process."""
    tell = "import json; print('MODULES', json.dumps(sorted(sys.modules)))"
    last = flake8(project, "--select=FRL", "--jobs=1", *args, script=("", tell)).stdout.splitlines()[-1]
    names: list[str] = json.loads(last.removeprefix("MODULES "))
    return names


@pytest.mark.parametrize("files", [{"a.py": PLAIN}, {"a.py": CONSENT_ONLY}, {"a.py": CONSENT_ONLY, "b.py": PLAIN}])
def test_a_project_without_faces_loads_nothing_heavy(project: Path, files: dict[str, str]) -> None:
    write(project, files)
    names = loaded(project, ".")
    assert "fr_lint.gate" in names
    assert not [name for name in names if name.split(".")[0] in ("libcst", "tomllib", "tomli", "yaml")]
    assert "fr_lint.analysis" not in names


def test_a_face_file_too_large_to_be_read_for_others_is_still_seen_itself(project: Path) -> None:
    write(project, {"a.py": CONSENT_ONLY, "b.py": FACE + "N = '" + "x" * 5_000_000 + "'\n"})
    assert lines(flake8(project, "--select=FRL", "--jobs=1", "a.py", "b.py")) == [("b.py", 4, "FRL101")]


def test_a_consent_file_is_looked_at_where_another_processes_faces(project: Path) -> None:
    write(project, {"a.py": CONSENT_ONLY, "sub/b.py": FACE})
    assert "fr_lint.analysis" in loaded(project, "a.py")


def test_importing_the_plugin_costs_next_to_nothing() -> None:
    code = (
        "import flake8.main.application, sys; before = set(sys.modules); import fr_lint.plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    new = set(done.stdout.split())
    assert new <= {
        "fr_lint",
        "fr_lint.options",
        "fr_lint.plugin",
        "fr_lint.screen",
        "dataclasses",
        "datetime",
        "_datetime",
    }


def test_the_wrapper_of_a_policy_is_a_face_word(project: Path) -> None:
    own = '[[api]]\nname = "acme.Client.match"\nrole = "verify"\n'
    use = "import acme\n\n\ndef f(p):\n    return acme.Client().match(p)\n"
    write(project, {"a.py": use})
    assert "fr_lint.analysis" not in loaded(project, ".")
    write(project, {"fr-lint.toml": own})
    assert "fr_lint.analysis" in loaded(project, ".")
