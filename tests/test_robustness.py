"""Hard, broken and moving input: FRL901 or a right answer; never a crash, a traceback, a hang, or silence."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from machines.nasty import CIRCLES, DEEP, HERE, IMPORT, LONG, PLAIN, TWICE, WIDE, Shape

from fr_lint.analysis import check_sources
from fr_lint.options import Options
from fr_lint.screen import Screen

Place = tuple[str, int, str]


class Hang(BaseException):
    """No ``Exception``, so that nothing takes it for a failure of its own."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """A bound on what would otherwise hang the tests; far above what is needed, as nothing is timed here."""

    def ring(*_: object) -> None:
        raise Hang(f"not done after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def places(sources: dict[str, str]) -> list[Place]:
    with limit(100):
        return [(each.path, each.line, each.code) for each in check_sources(sources)]


def here(text: str) -> list[Place]:
    """What must be said of a source: FRL101 at the marked line."""
    return [("a.py", line, "FRL101") for line, content in enumerate(text.split("\n"), 1) if content.endswith(HERE)]


def family(shapes: dict[str, Shape], *sizes: int) -> list[object]:
    return [pytest.param(shape, size, id=f"{name}-{size}") for name, shape in shapes.items() for size in sizes]


# ------------------------------------------------------------------------------------------------- deep, long and wide

SMALL = [*family(DEEP, 3), *family(LONG, 3), *family(WIDE, 3), *family(TWICE, 3)]
PATTERNS = ("list patterns", "class patterns", "mapping patterns", "parenthesised patterns")  # exponential in libcst
BLOCKS = {name: shape for name, shape in DEEP.items() if name not in PATTERNS}
LITERALS = {name: WIDE[name] for name in ("list of lines", "dict of lines", "text of lines", "remarks", "bytes")}


@pytest.mark.parametrize(("shape", "size"), SMALL)
def test_a_small_one_is_read_as_it_is_meant(shape: Shape, size: int) -> None:
    text = shape(size)
    assert places({"a.py": text}) == here(text)


@pytest.mark.parametrize(
    ("shape", "size"),
    [*family(BLOCKS, 45), *family(LONG, 300), *family(WIDE, 300), *family(TWICE, 40), *family(LITERALS, 10_000)],
)
def test_a_hard_one_is_read_too(shape: Shape, size: int) -> None:
    text = shape(size)
    assert len(here(text)) == 1
    assert places({"a.py": text}) == here(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "size"),
    [*family(BLOCKS, 1000), *family(LONG, 1000), *family(WIDE, 10_000), *family(TWICE, 200)],
)
def test_the_hardest_are_read_or_refused(shape: Shape, size: int) -> None:
    text = shape(size)
    assert places({"a.py": text}) in (here(text), [("a.py", 1, "FRL901")])


@pytest.mark.parametrize("name", PATTERNS)
def test_nested_patterns_are_refused(name: str) -> None:
    assert places({"a.py": DEEP[name](40)}) == [("a.py", 1, "FRL901")]


@pytest.mark.parametrize("circle", CIRCLES)
def test_what_is_made_of_itself(circle: str) -> None:
    text = f"{IMPORT}{CIRCLES[circle]}{PLAIN}"
    assert places({"a.py": text}) == here(text)


def test_a_file_that_gains_a_face_call_during_the_run_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "b.py").write_text("y = 2\n")
    screen = Screen(Options(str(tmp_path)))
    assert [screen.checked(name, (tmp_path / name).read_text(), None) for name in ("a.py", "b.py")] == [None, None]
    changed = "import face_recognition\n\ndef find(image):\n    return face_recognition.face_locations(image)\n"
    assert [finding.code for finding in screen.findings("b.py", changed, None)] == ["FRL101"]


def test_a_rule_that_fails_costs_no_other_rule_its_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("no more ways")

    monkeypatch.setattr("fr_lint.analysis.RetentionRule.check", fail)
    text = "import face_recognition\n\ndef find(image):\n    return face_recognition.face_locations(image)\n"
    (tmp_path / "a.py").write_text(text)
    found = Screen(Options(str(tmp_path))).findings("a.py", text, None)
    assert [(finding.line, finding.code) for finding in found] == [(1, "FRL901"), (4, "FRL101")]
    assert "RetentionRule: ZeroDivisionError: no more ways" in found[0].message


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize("place", [0, 150, 299])
def test_a_guard_is_not_lost_among_very_many_conditions(guarded: bool, place: int) -> None:
    lines = [f"    if not user.option{number}:\n        return None" for number in range(300)]
    if guarded:
        lines[place] = "    if not user.face_consent:\n        return None"
    text = "import face_recognition\n\n\ndef enrol(user, image):\n" + "\n".join(lines)
    text += "\n    return face_recognition.face_locations(image)\n"
    found = [each.code for each in check_sources({"a.py": text})]
    assert found == ([] if guarded else ["FRL101"])


def test_consent_of_very_many_people_is_still_consent() -> None:
    lines = [f"    if not user{number}.face_consent:\n        return None\n" for number in range(300)]
    text = "import face_recognition\n\n\ndef enrol(image):\n" + "".join(lines)
    text += "    return face_recognition.face_locations(image)\n"
    assert check_sources({"a.py": text}) == []


def test_what_one_program_was_told_of_a_shared_file_the_next_one_is_told_too() -> None:
    package = {
        "privacy/__init__.py": "from .rules import refuse_unless_willing as gatekeeper\n",
        "privacy/rules.py": "def refuse_unless_willing(user):\n    if not user.consent:\n        raise ValueError\n",
    }
    program = (
        "import face_recognition\n\nimport privacy as pv\n\n\n"
        "def crop(user, image):\n    pv.gatekeeper(user)\n    return face_recognition.face_locations(image)\n"
    )
    found = [check_sources({**package, "app.py": f"{program}# {number}\n"}) for number in range(4)]
    assert found == [[]] * 4
