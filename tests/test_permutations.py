"""The linter and a real execution agree on which face calls happen without consent.

A fast subset runs always; ``pytest -m slow`` or ``FRL_LONG=1`` runs thousands of programs.
"""

from __future__ import annotations

import os

import pytest
from machines.oracle import judge
from machines.permutations import disagreements, minimized, programs, verdict
from machines.shapes import Program
from machines.shrink import shrink

FAST = 600
ALL = 6000


def _settled(count: int, seed: int) -> None:
    wrong = disagreements(programs(count, seed))
    shown = "\n".join(str(minimized(one)) for one in wrong[:5])
    assert not wrong, f"{len(wrong)} of {count} programs (seed {seed}), the smallest:\n{shown}"


def test_linter_agrees_with_execution_on_a_subset() -> None:
    _settled(FAST, 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_linter_agrees_with_execution_on_all(seed: int, request: pytest.FixtureRequest) -> None:
    if not os.environ.get("FRL_LONG") and request.config.getoption("markexpr") != "slow":
        pytest.skip("run with -m slow or FRL_LONG=1")
    _settled(ALL, seed)


def test_programs_are_distinct_repeatable_and_balanced() -> None:
    first = list(programs(300, 7))
    assert [one.text for one in programs(300, 7)] == [one.text for one in first]
    assert len({one.text for one in first}) == 300
    assert 0.25 < sum(map(verdict, first)) / 300 < 0.75
    assert {"systematic", "wild", "together", "people", "each", "managers", "decorators", "assert"} <= {
        one.family for one in first
    }


def _lines(*body: str) -> str:
    head = ("import sys", "import contextlib", "import face_recognition", "from station import may_fail, session")
    return (
        "\n".join(
            [*head, "def run(user, image, flag1, items, mode, people, group_photo):", *("    " + one for one in body)]
        )
        + "\n"
    )


CALL = "face_recognition.face_encodings(image)"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ((CALL,), True),
        (("if not user.face_consent:", "    return", CALL), False),
        (("if user.face_consent:", "    return", CALL), True),
        (("if not user.consent_withdrawn:", "    " + CALL), False),
        (("ok = user.face_consent", CALL), True),
        (("if not user.face_consent:", "    may_fail()", CALL), True),
        (
            (
                "try:",
                "    if not user.face_consent:",
                "        raise PermissionError",
                "except OSError:",
                "    pass",
                CALL,
            ),
            True,
        ),
        (
            (
                "try:",
                "    if not user.face_consent:",
                "        raise PermissionError",
                "except ValueError:",
                "    pass",
                CALL,
            ),
            False,
        ),
        (
            ("with contextlib.suppress(ValueError):", "    if not user.face_consent:", "        sys.exit(1)", CALL),
            False,
        ),
        (("try:", "    if not user.face_consent:", "        return", "finally:", "    " + CALL), True),
        (("if flag1 and not user.face_consent:", "    return", "may_fail()", "if flag1:", "    " + CALL), False),
        (("for item in items:", "    if not user.face_consent:", "        return", CALL), True),
        (("for item in items:", "    " + CALL, "    if not user.face_consent:", "        return"), True),
        (("while not user.face_consent:", "    may_fail()", CALL), False),
        (("assert user.face_consent", CALL), True),
        (
            ("if not all(one.face_consent for one in people):", "    return", CALL.replace("image", "group_photo")),
            False,
        ),
        (("if not any(one.face_consent for one in people):", "    return", CALL.replace("image", "group_photo")), True),
        (("return", CALL), False),
    ],
)
def test_the_oracle_itself(body: tuple[str, ...], expected: bool) -> None:
    assert verdict(Program("own", _lines(*body)), precise=True) is expected


@pytest.mark.parametrize(
    "body",
    [
        ("with session():", "    if not user.face_consent:", "        raise PermissionError", CALL),  # may swallow
        ("try:", "    ok = user.face_consent", "except AttributeError:", "    ok = True", "if ok:", "    " + CALL),
        ("if mode == 'fast':", "    if not user.face_consent:", "        return", "if mode == 'fast':", "    " + CALL),
        ("undefined()", CALL),
    ],
)
def test_what_the_rulebook_leaves_open_is_dropped(body: tuple[str, ...]) -> None:
    assert judge(_lines(*body)) is None


def test_shrinking_keeps_what_matters() -> None:
    text = _lines(
        "if flag1:", "    may_fail()", "for item in items:", "    if flag1 or user.face_consent:", "        " + CALL
    )

    def keeps(one: str) -> bool:
        judgement = judge(one)
        return judgement is not None and bool(judgement.reported)

    small = shrink(text, keeps)
    assert keeps(small)
    assert "for" not in small
    assert "if" not in small
