"""When two spellings are one store: names, paths, folders, whole identities."""

from __future__ import annotations

import pytest

from fr_lint.flow.identity import Identity, Verdict, alike, path_alike, path_below, same

NO, UNKNOWN, YES = Verdict.NO, Verdict.UNKNOWN, Verdict.YES


@pytest.mark.parametrize(
    ("mine", "theirs", "verdict"),
    [
        ("faces", "faces", YES),
        ("Faces", "faces", YES),
        ("faces", "visits", NO),
        ("{}", "faces", UNKNOWN),
        ("{}", "{}", UNKNOWN),
        ("{#a.py:0:3}", "{#a.py:0:3}", YES),
        ("{#a.py:0:3}", "{#a.py:0:4}", UNKNOWN),
        ("face:{#a.py:1:2}", "face:{?b.py:1:user}", YES),
        ("face:{#a.py:1:2}", "session:{?b.py:1:user}", NO),
        ("{?a.py:1:args.store}", "{?a.py:1:args.log}", NO),
        ("{}_person", "club_member", NO),
    ],
)
def test_names(mine: str, theirs: str, verdict: Verdict) -> None:
    assert alike(mine, theirs) is verdict
    assert alike(theirs, mine) is verdict


@pytest.mark.parametrize(
    ("mine", "theirs", "verdict"),
    [
        ("encodings.pkl", "./encodings.pkl", YES),
        ("data/encodings.pkl", "encodings.pkl", YES),
        ("encodings.pkl", "log.pkl", NO),
        ("faces/{#1}.png", "faces/{#2}.png", YES),
        ("faces/{#1}.png", "faces/{?x:name}", YES),
        ("faces/{#1}.png", "faces/{?x:name}.jpg", NO),
        ("faces/{#1}.png", "thumbs/{#2}.png", NO),
        ("{s.FACES}/{#1}.png", "{s.FACES}/{#2}.png", YES),
        ("{s.FACES}/{#1}.png", "{s.THUMBS}/{#2}.png", NO),
        ("faces/{#1}.png", "{?x:path}", UNKNOWN),
        ("faces\\{#1}.png", "faces/{#2}.png", YES),
        ("faces/ana/1.png", "faces/{**}/{?x:name}", YES),
        ("logs/ana/1.png", "faces/{**}/{?x:name}", NO),
    ],
)
def test_paths(mine: str, theirs: str, verdict: Verdict) -> None:
    assert path_alike(mine, theirs) is verdict


@pytest.mark.parametrize(
    ("path", "folder", "verdict"),
    [
        ("faces/{#1}.png", "faces", YES),
        ("data/faces/1.png", "data", YES),
        ("faces/1.png", "thumbs", NO),
        ("faces/1.png", "faces/old", NO),
        ("{s.DATA}/faces/1.png", "{s.DATA}", YES),
        ("{?x:path}", "faces", UNKNOWN),
    ],
)
def test_folders(path: str, folder: str, verdict: Verdict) -> None:
    assert path_below(path, folder) is verdict


def identity(kind: str, **parts: str) -> Identity:
    return Identity(kind, {part: (text,) for part, text in parts.items()})


@pytest.mark.parametrize(
    ("store", "deletion", "verdict"),
    [
        (identity("table", table="faces"), identity("document", collection="faces"), NO),
        (identity("table", table="faces"), identity("table", table="faces", database="a.db"), YES),
        (identity("table", table="f", database="a.db"), identity("table", table="f", database="b.db"), NO),
        (identity("table", table="faces"), identity("table", database="a.db"), UNKNOWN),
        (identity("table", model="m.py:Face", table="faces"), identity("table", table="faces"), YES),
        (identity("object", bucket="b", key="faces/{#1}"), identity("object", bucket="b", key="faces/{#2}"), YES),
        (identity("object", bucket="b", key="faces/{#1}"), identity("object", bucket="b", key="logs/{#2}"), NO),
        (identity("object", bucket="b", key="faces/{#1}"), identity("object", bucket="b", prefix="faces/"), YES),
        (identity("object", bucket="b", key="faces/{#1}"), identity("object", bucket="b", prefix="logs/"), NO),
        (identity("object", bucket="b", key="k"), identity("object", bucket="c"), NO),
        (identity("vector", collection="p", path="./a"), identity("vector", collection="p", path="./b"), NO),
        (identity("key", key="face:{#1}"), identity("key", database="redis://x"), UNKNOWN),
        (identity("key", key="f", database="redis://x"), identity("key", database="redis://x"), YES),
        (identity("gallery", service="boto3", gallery="a"), identity("gallery", service="boto3", gallery="a"), YES),
        (identity("gallery", service="boto3", gallery="a"), identity("gallery", service="boto3", gallery="b"), NO),
        (identity("gallery", service="boto3"), identity("gallery", service="boto3", gallery="b"), YES),
        (identity("gallery", service="boto3"), identity("gallery", service="baidu-aip"), NO),
        (identity("file", field="m.py:P.photo"), identity("file", field="m.py:P.photo"), YES),
        (identity("file", field="m.py:P.photo"), identity("table", model="m.py:P"), NO),
        (identity("file", path="faces/1.png"), identity("file", folder="faces"), YES),
    ],
)
def test_stores(store: Identity, deletion: Identity, verdict: Verdict) -> None:
    assert same(store, deletion) is verdict


def test_the_shown_name_is_for_people() -> None:
    assert identity("file", path="faces/{#a.py:0:1}.png").shown == "faces/*.png"
    assert identity("table", model="app/models.py:Face", table="faces").shown == "table of Face"
    assert identity("document", collection="people").shown == "collection people"
    assert identity("gallery", service="boto3").shown == "the provider's gallery"
    assert Identity("key").shown == "a key-value store"
