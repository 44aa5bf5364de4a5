"""A fixture that is silent because of a consent guard is reported when the guard is taken out.

A fixture that stays silent says why in a comment: ``# guard-removal: n/a <reason>``; it may stand here as well.
"""

from __future__ import annotations

import ast
from functools import cache

import pytest
from machines.removal import neutral, neutralised, outcome, speaks, unguarded
from machines.samples import Sample, samples

# fixture -> why it stays silent without its guard
EXCEPTIONS: dict[str, str] = {}


@cache
def silent() -> tuple[Sample, ...]:
    return tuple(one for one in samples(folders="FRL10[123]") if not one.marked)


@pytest.mark.parametrize("sample", silent(), ids=lambda one: one.name)
def test_without_its_guard_it_is_reported(sample: Sample) -> None:
    found = outcome(sample)
    if sample.name in EXCEPTIONS:
        assert found.words, "there is nothing to remove: no exception is needed"
        assert not all(found.codes.values()), "it is reported: no exception is needed"
        return
    assert not found.problem, f"{sample.name} {found.problem}"


def test_exceptions_exist_and_have_a_reason() -> None:
    assert set(EXCEPTIONS) <= {one.name for one in silent()}
    assert all(EXCEPTIONS.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("face_consent_given", "face_detail_given"),
        ("ConsentRequired", "DetailRequired"),
        ("CONSENT", "DETAIL"),
        ("opted_in", "turned_over"),
        ("optIn", "turnedover"),
        ("photo_opt_out", "photo_turned_over"),
        ("option", "option"),
        ("optional_input", "optional_input"),
        ("agreed_to_face_terms", "refined_to_face_terms"),
        ("人脸同意", "人脸细节"),
        ("Do you consent to this?", "Do you detail to this?"),
    ],
)
def test_words_become_neutral(text: str, expected: str) -> None:
    assert neutral(text) == expected
    assert speaks(text) is (text != expected)
    assert not speaks(expected)


PROGRAM = '''\
"""Consent in a docstring."""
from privacy import require_consent, consent_needed
from .consent import gate_for_consent


@consent_needed("face")
def run(user, path):
    """Run."""
    require_consent(user)
    if not user.face_consent:  # consent
        return f"{user.face_consent} no consent"
    with gate_for_consent(user):
        return input("May we see you? (y/n)")
'''


def test_names_texts_and_files_are_neutralised() -> None:
    after = neutralised({"consent.py": "", "app.py": PROGRAM})
    assert set(after) == {"detail.py", "app.py"}
    text = after["app.py"]
    for part in (
        "import require_detail, detail_needed",
        "from .detail import",
        "user.face_detail:  # consent",
        "no detail",
    ):
        assert part in text, text
    assert 'input("see see you? (y/n)")' in text
    assert text.count("\n") == PROGRAM.count("\n")
    ast.parse(text)


def test_guards_are_taken_out() -> None:
    text = unguarded({"app.py": PROGRAM})["app.py"]
    assert "@" not in text
    assert "    pass\n    if not user.face_detail:" in text
    assert "with open('nothing'):" in text
    ast.parse(text)
