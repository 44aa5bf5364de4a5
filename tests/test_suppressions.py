"""Suppressions through the public doors: dates, selection, broken files, messages, and hostile comments."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fr_lint.analysis import check_sources
from fr_lint.options import CODES, Options

HEAD = "import face_recognition\n\n\ndef f(p):\n"
CALL = "    return face_recognition.face_encodings(p)"


def lint(text: str, **options: object) -> list[tuple[int, str]]:
    found = check_sources({"a.py": text}, Options(**options))  # type: ignore[arg-type]
    return [(each.line, each.code) for each in found]


def message(comment: str, **options: object) -> str:
    found = check_sources({"a.py": f"{HEAD}{CALL}  {comment}\n"}, Options(**options))  # type: ignore[arg-type]
    (own,) = [each for each in found if each.code in ("FRL902", "FRL903")]
    assert own.line == 5
    assert own.col == len(CALL) + 2, "it stands at the comment"
    return own.text


@pytest.mark.parametrize(
    ("day", "codes"),
    [(date(2027, 3, 30), []), (date(2027, 3, 31), []), (date(2027, 4, 1), [(5, "FRL101"), (5, "FRL902")])],
)
def test_until_is_inclusive_and_the_day_can_be_given(day: date, codes: list[tuple[int, str]]) -> None:
    text = f'{HEAD}{CALL}  # fr-lint: ignore[FRL101] reason="court case 2026-114" until=2027-03-31\n'
    assert lint(text, as_of=day) == codes


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("# fr-lint: ignore[FRL101]", 'FRL902 suppression without effect: no reason is given; add reason="..."'),
        (
            '# fr-lint: ignore[FRL110] reason="r 1"',
            "FRL902 .* 'FRL110' is no code of this linter; the nearest is FRL10",
        ),
        ('# fr-lint: ignore[FRL101,] reason="r 1"', "FRL902 .* a code is missing between the commas"),
        ('# fr-lint: ignore[FRL101] reason="r 1" until=2001-01-01', "FRL902 .* it ended on 2001-01-01; "),
        ('# fr-lint: ignore[FRL301] reason="r 1"', "FRL903 suppression of what is not there: no FRL301 on the line"),
        (
            '# fr-lint: ignore[FRL101, FRL301, FRL302] reason="r 1"',
            "FRL903 .*: no FRL301, FRL302 on the line that it covers; remove them from the comment",
        ),
    ],
)
def test_messages(comment: str, said: str) -> None:
    assert re.match(said, message(comment))


def test_a_code_that_nobody_looked_for_is_not_called_needless() -> None:
    text = f'{HEAD}{CALL}  # fr-lint: ignore[FRL101, FRL301] reason="published pictures"\n'
    assert lint(text) == [(5, "FRL903")]
    assert lint(text, codes=frozenset({"FRL101", "FRL903"})) == []
    needless = text.replace("FRL101, FRL301", "FRL103")
    assert (5, "FRL903") not in lint(needless, codes=frozenset({"FRL101", "FRL903"}))
    assert (5, "FRL903") in lint(needless, codes=frozenset(CODES))


@pytest.mark.parametrize("args", [["--select=FRL"], ["--select=FRL9"], ["--select=FRL,E9", "--jobs=2"]])
def test_through_flake8(tmp_path: Path, args: list[str]) -> None:
    comment = '# fr-lint: ignore[{}] reason="published pictures"'
    files = {
        "a.py": f"{HEAD}{CALL}  {comment.format('FRL101')}\n",
        "b.py": f"x = 1  {comment.format('FRL101')}\n",
        "c.py": "x = '# fr-lint: ignore[FRL101]'\n",
        "d.py": "x = 1  # fr-lint: ignore\n",
        "e.py": "x = 1  # fr-lint: ignore  # noqa: FRL902\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", *args, "."], cwd=tmp_path, capture_output=True, text=True
    )
    lines = {line[:3] + line.split()[1] for line in done.stdout.splitlines()}
    needless = set() if args == ["--select=FRL9"] else {"./bFRL903"}
    assert lines == {"./dFRL902", *needless}


def test_a_file_that_cannot_be_analysed() -> None:
    deep = "x = " + "(" * 3000 + ")" * 3000
    reason = '# fr-lint: ignore[FRL901] reason="generated table, ticket 4"'
    assert lint(f"import face_recognition\n{deep}\n") == [(1, "FRL901")]
    assert lint(f"import face_recognition  {reason}\n{deep}\n") == []
    assert lint(f"{reason}\nimport face_recognition\n{deep}\n") == []
    other = reason.replace("FRL901", "FRL101")
    assert lint(f"import face_recognition  {other}\n{deep}\n") == [(1, "FRL901")], "nobody has looked for FRL101"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_line_ends_and_tabs(ends: str) -> None:
    text = f'{HEAD}\t# fr-lint:\tignore[FRL101]\treason="published pictures"\t\n{CALL.replace("    ", chr(9))}\n'
    assert lint(text.replace("\n", ends)) == []


def test_a_comment_behind_a_string_of_several_lines_is_not_alone() -> None:
    text = f'{HEAD}    """\n    """  # fr-lint: ignore[FRL101] reason="published pictures"\n{CALL}\n'
    assert lint(text) == [(6, "FRL903"), (7, "FRL101")]


@given(st.text(alphabet='# fr-lint:ignore[]FRL1032,reasonuntil="=-2099\t', max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_comment_is_read_or_reported(text: str) -> None:
    found = check_sources({"a.py": f"{HEAD}{CALL}  # fr-lint: {text}\n"})
    codes = [each.code for each in found if each.code != "FRL903"]
    assert sorted(set(codes)) in ([], ["FRL101"], ["FRL101", "FRL902"], ["FRL902"])
    if not codes:
        assert re.search(r'ignore\[[^\]]*FRL101[^\]]*\].*reason=".*"', text)
    assert all("\n" not in each.text for each in found)


@pytest.mark.parametrize(
    "comment",
    [
        "# fr-lint: ignore[" * 50_000,
        "# fr-lint: ignore[FRL101" + ",FRL101" * 100_000 + '] reason="x y"',
        '# fr-lint: ignore[FRL101] reason="' + "a" * 500_000,
        "# fr-lint: ignore[FRL101]" + " \t" * 200_000 + "x",
        "#" * 500_000 + " fr-lint: ignore",
    ],
    ids=["heads", "codes", "reason", "blanks", "marks"],
)
def test_hostile_comments_cost_little(comment: str) -> None:
    start = time.process_time()
    lint(f"x = 1  {comment}\n")
    assert time.process_time() - start < 5
