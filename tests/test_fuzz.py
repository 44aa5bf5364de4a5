"""Programs that nobody wrote: generated source, cut and spliced fixtures, bytes that are no text.

Nothing may crash; what can be read is judged, and what cannot gets FRL901.  A few always run; ``nox -s fuzz`` runs
many.
"""

from __future__ import annotations

import ast
import random
import re
import subprocess
import sys
import warnings
from pathlib import Path

import hypothesmith
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from machines.samples import samples

from fr_lint.analysis import RECURSION, check_sources

CALL = """

import face_recognition


def look_at_a_face(picture):
    return face_recognition.face_encodings(picture)
"""
LINE = re.compile(r"^[^:]+:\d+:\d+: [A-Z]+\d+ ")
SETTINGS = {
    "deadline": None,
    "phases": [Phase.generate],  # what fails is shown as it is
    "suppress_health_check": list(HealthCheck),
    "database": None,
}


def is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def judged(text: str) -> None:
    """The face call below a generated program is reported, or the file is beyond analysis; twice the same."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n") + CALL  # as flake8 reads it
    found = [(each.line, each.code) for each in check_sources({"a.py": whole})]
    last = whole.count("\n")
    if is_python(whole):
        assert (last, "FRL101") in found or (1, "FRL901") in found, whole
    assert all(1 <= line <= last + 1 and code.startswith("FRL") for line, code in found), (whole, found)
    assert found == [(each.line, each.code) for each in check_sources({"a.py": whole})]


def generated(count: int, start: int) -> None:
    sys.setrecursionlimit(max(RECURSION, sys.getrecursionlimit()))  # as the analysis does; not in mid-test

    @seed(start)
    @settings(max_examples=count, **SETTINGS)  # type: ignore[arg-type]
    @given(hypothesmith.from_grammar())
    def run(text: str) -> None:
        judged(text)

    run()


def spliced(count: int, start: int) -> None:
    """Lines of fixtures left out, doubled, moved, and changed in one character; no exception, whatever comes out."""
    texts = [text for sample in samples() for path, text in sample.sources.items() if path.endswith(".py")]
    chance = random.Random(start)
    for _ in range(count):
        lines = chance.choice(texts).split("\n")
        other = chance.choice(texts).split("\n")
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(lines))
            match chance.randrange(5):
                case 0:
                    del lines[at : at + chance.randint(1, 3)]
                case 1:
                    lines[at:at] = lines[at : at + chance.randint(1, 8)]
                case 2:
                    lines[at:at] = other[chance.randrange(len(other)) :][: chance.randint(1, 12)]
                case 3:
                    lines[at] = lines[at][4:] if chance.random() < 0.5 else "    " + lines[at]
                case _:
                    letter = chance.choice("()[]{}:=,.*'\"\\\t\f\0é同@#;")
                    spot = chance.randint(0, len(lines[at]))
                    lines[at] = lines[at][:spot] + letter + lines[at][spot + chance.randint(0, 1) :]
            lines = lines or [""]
        text = "\n".join(lines)
        try:
            found = check_sources({"a.py": text})
        except Exception as error:  # the program has to be seen
            raise AssertionError(text) from error
        assert all(1 <= each.line <= text.count("\n") + 1 for each in found), text


def test_generated_programs() -> None:
    generated(25, 1)


def test_spliced_programs() -> None:
    spliced(150, 1)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(10, 20))
def test_many_generated_programs(start: int) -> None:
    generated(300, start)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(10, 20))
def test_many_spliced_programs(start: int) -> None:
    spliced(1000, start)


@settings(max_examples=100, **SETTINGS)  # type: ignore[arg-type]
@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text(text: str) -> None:
    found = check_sources({"a.py": f"import face_recognition\n{text}"})
    assert all(each.code.startswith("FRL") for each in found)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Through flake8 itself: each file is read or refused in a line, and the good one beside them is judged."""
    chance = random.Random(7)
    # not `# coding: utf-16`: flake8 itself ends with a traceback on it
    heads = (
        b"",
        b"\xef\xbb\xbf",
        b"# -*- coding: latin-1 -*-\n",
        b"# coding: no-such\n",
        b"\xff\xfe",
    )
    for number in range(60):
        noise = bytes(chance.randrange(256) for _ in range(chance.randint(0, 300)))
        body = b"import face_recognition\r\nface_recognition.face_encodings(0)\r" + noise
        (tmp_path / f"noise_{number:02}.py").write_bytes(heads[number % len(heads)] + body)
    (tmp_path / "good.py").write_text(CALL, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=FRL,E9", "--jobs=1", "."],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("./good.py:7:") and " FRL101 " in line for line in lines), lines
    for number in range(60):
        mine = [line for line in lines if line.startswith(f"./noise_{number:02}.py:")]
        assert mine, number
        assert all(LINE.match(line) for line in mine), mine
