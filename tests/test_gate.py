"""The text gate: quick, and never closed to what the catalogue could find."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from fr_lint.catalogue.faces import faces
from fr_lint.catalogue.gate_words import FACE
from fr_lint.gate import Gate, has_face, passes, wrappers

ROOT = Path(__file__).resolve().parents[1]


def test_the_words_are_those_of_the_catalogue() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "make_gate.py"))
    assert tool["TARGET"].read_text(encoding="utf-8") == tool["render"](), "run tools/make_gate.py"


@pytest.mark.parametrize("word", [word for words in FACE.values() for word in words])
def test_each_word_opens_the_gate(word: str) -> None:
    assert passes(f"x\n({word})\n") is Gate.FACE
    assert has_face(word)
    assert faces().gate.search(f"({word})"), "and the catalogue's own pattern agrees"


@pytest.mark.parametrize(
    "text",
    [
        "surface = interface",
        "stdlib",
        "typeface, facets",
        "buffer.offer",
        "Interface",
        "SURFACE",
        "facelift",
        "deface_it",
        "I agree",
    ],
)
def test_common_words_do_not(text: str) -> None:
    assert passes(text) is Gate.NOTHING


@pytest.mark.parametrize(
    "text",
    [
        "user.consented",
        "faceConsent",
        "FACE_CONSENT = 1",
        "opt_in",
        "optIn",
        "opted-in",
        "同意",
        "授权",
        "agreed_to_face_terms",
        "我agree人脸",
    ],
)
def test_words_of_consent_ask_for_a_second_look(text: str) -> None:
    assert passes(text) is Gate.RELATED


def test_the_gate_and_the_catalogue_agree_on_whole_files() -> None:
    for path in (*ROOT.glob("fr_lint/**/*.py"), *ROOT.glob("fixtures/**/*.py"), *ROOT.glob("tests/**/*.py")):
        text = path.read_text(encoding="utf-8")
        assert has_face(text) == bool(faces().gate.search(text)), path


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["acme.Client.match"], "x.match(y)"),
        (["match"], "match"),
        (["acme.find*"], "acme.find_all(y)"),
        (["acme_face.*"], "acme_face.look"),
        (["acme.Client.match", "other.look"], "look"),
        ([], ""),
        (["*.*"], ""),
    ],
)
def test_wrappers_of_a_policy(names: list[str], word: str) -> None:
    own = wrappers(names)
    assert (own is not None) == bool(word)
    if own is not None:
        assert passes(word, own) is Gate.FACE
        assert passes("rematch", own) is Gate.NOTHING
