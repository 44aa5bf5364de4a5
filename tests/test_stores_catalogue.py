"""The catalogue of stores: the data files, the matcher, places and conditions, the reader of SQL text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from fr_lint.catalogue import records, sql
from fr_lint.catalogue.places import Literal, Place, condition, holds, place
from fr_lint.catalogue.records import CatalogueError
from fr_lint.catalogue.store_reader import library
from fr_lint.catalogue.store_records import ACTIONS, KINDS, Library
from fr_lint.catalogue.stores import Stores, stores

ROOT = Path(__file__).resolve().parents[1]
FILES = list(records.texts("stores"))
LIBRARIES = {file: library(file, records.parse(file, text)) for file, text in FILES}


# ---------------------------------------------------------------------------------------------------------- data files


@pytest.mark.parametrize(("file", "text"), FILES, ids=[file for file, _ in FILES])
def test_each_file_is_of_use(file: str, text: str) -> None:
    read = LIBRARIES[file]
    assert read.operations or read.types
    assert len(read.roots) == len(set(read.roots))
    assert all(re.fullmatch(r"[\w.-]+(==[\w.]+)?", entry) for entry in read.table["checked"])
    assert max(map(len, text.splitlines())) <= 120, "lines of up to 120 characters"
    for operation in read.operations:
        assert operation.kind or operation.action in ("hold", "drop", "run"), f"{operation.name}: of which kind is it?"
        if operation.action == "store":
            assert operation.data, f"{operation.name}: say where the data stands"
        assert operation.erases or operation.why, f"{operation.name}: say why it erases nothing"


def test_each_file_is_read_for_its_names() -> None:
    for file, read in LIBRARIES.items():
        names = [*(o.name for o in read.operations), *(k.name for k in read.types), *(m.name for m in read.models)]
        made = [maker for kind in read.types for maker in kind.made_by]
        own = {root for name in (*names, *made) if (root := name.partition(".")[0]) in read.roots}
        assert own, file
        assert {name.partition(".")[0] for name in made} <= {r for other in LIBRARIES.values() for r in other.roots}


def test_there_is_what_was_read_from_the_libraries() -> None:
    operations = [operation for read in LIBRARIES.values() for operation in read.operations]
    assert len(operations) > 600
    assert {operation.kind for operation in operations} - {""} == set(KINDS) - {"gallery"}
    assert {operation.action for operation in operations} <= set(ACTIONS)
    for kind in set(KINDS) - {"gallery"}:
        for action in ("store", "delete"):
            assert any((o.kind, o.action) == (kind, action) for o in operations) or kind == "table", (kind, action)


def test_the_compiled_file_is_up_to_date() -> None:
    """That it is what ``tools/make_gate.py`` writes is asked in test_gate.py; here, that it holds every file."""
    assert list(json.loads(records.text(".", "stores.json"))) == [file for file, _ in FILES]


TOP = 'package = "acme"\nchecked = ["1"]\nroots = ["acme"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('package = "acme"\nchecked = ["1"]', "acme.toml: key 'roots' is missing"),
        (TOP + 'colour = "red"', "acme.toml: the top of the file: unknown key 'colour'; known: alias, base, call, "),
        (TOP + '[[type]]\nmade-by = ["a.b"]', r"acme.toml: \[\[type\]\] \?: key 'name' is missing"),
        (TOP + '[[type]]\nname = "a.B"\nmade_by = []', r"acme.toml: \[\[type\]\] a.B: unknown key 'made_by'; known"),
        (TOP + '[[call]]\nin = "a"', r"acme.toml: \[\[call\]\] a: needs one of 'in' .* and the names under an action"),
        (TOP + '[[call]]\nin = "a"\nstoer = ["b"]', r"acme.toml: \[\[call\]\] a: unknown key 'stoer'; known: "),
        (TOP + '[[call]]\nin = "a"\nkind = "flie"\nstore = ["b"]', r"\[\[call\]\] a: unknown kind 'flie'; known: doc"),
        (TOP + '[[call]]\nin = "a"\nstore = ["b"]\ndata = "0||x"', r"data: '0\|\|x' is no place: expected"),
        (TOP + '[[call]]\nin = "a"\nstore = ["b"]\nat = { file = "0" }', "at: unknown part 'file'; known: bucket, "),
        (TOP + '[[call]]\nin = "a"\nsql = ["b"]', "action 'sql' needs a place at.sql"),
        (TOP + '[[call]]\nin = "a"\nmove = ["b"]', "action 'move' needs a place 'source'"),
        (TOP + '[[call]]\nin = "a"\nstore = ["b"]\nguess = ["maybe"]', "unknown guess 'maybe'; known: always, "),
        (TOP + '[[call]]\nin = "a"\nstore = ["b"]\nwhen = { mode = "w" }', "when: 'mode': expected a list"),
        (TOP + '[[call]]\nin = "a"\nstore = ["b"]\nwhole = 1', "'whole' is true or false"),
        (TOP + '[[view]]\nmodels = ["model"]', "needs one of 'base' .* and 'register'"),
        (TOP + '[[cascade]]\nname = "a.b"\nside = "up"\ntarget = "0"', "unknown side 'up'; known: child, parent"),
        (TOP + "[[call]\n", "acme.toml: "),
    ],
)
def test_a_mistake_in_a_file_is_named(text: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        library("acme.toml", records.parse("acme.toml", text))


# ------------------------------------------------------------------------------------------------------------- matcher


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        ("cv2.imwrite", ("store", "file")),
        ("builtins.open.write", ("store", "file")),
        ("pathlib.Path.open().write", ("store", "file")),
        ("io.BytesIO.write", ("hold", "file")),
        ("os.remove", ("delete", "file")),
        ("sqlite3.connect.execute", ("sql", "table")),
        ("sqlite3.connect.cursor().execute", ("sql", "table")),
        ("psycopg2.connect.cursor().executemany", ("sql", "table")),
        ("pymongo.MongoClient[][].insert_one", ("store", "document")),
        ("pymongo.MongoClient.school.faces.delete_many", ("delete", "document")),
        ("motor.motor_asyncio.AsyncIOMotorClient.db.faces.drop", ("delete", "document")),
        ("redis.asyncio.from_url.setex", ("store", "key")),
        ("django.db.models.Model.objects.filter().exclude().delete", ("delete", "table")),
        ("django.core.files.storage.default_storage.save", ("store", "file")),
        ("sqlalchemy.orm.sessionmaker().add", ("store", "table")),
        ("sqlalchemy.orm.Session.query().filter().delete", ("delete", "table")),
        ("flask_sqlalchemy.SQLAlchemy.Model.query.filter_by().delete", ("delete", "table")),
        ("chromadb.PersistentClient.get_or_create_collection().add", ("store", "vector")),
        ("boto3.client.put_object", ("store", "object")),
        ("boto3.resource.Table().put_item", ("store", "document")),
        ("boto3.resource.Bucket().objects.filter().delete", ("delete", "object")),
        ("google.cloud.storage.Client.bucket().blob().upload_from_string", ("store", "object")),
        ("shelve.open.__setitem__", ("store", "key")),
        ("os.path.join", None),
        ("requests.post", None),
        ("django.db.models.Model.objects.filter().count", None),
    ],
)
def test_operations(chain: str, found: tuple[str, str] | None) -> None:
    operations = stores().operations(chain)
    assert [(each.action, each.kind) for each in operations][:1] == ([found] if found else [])


def test_files_are_read_when_their_names_are_met() -> None:
    read: list[str] = []

    def load(file: str) -> Library:
        read.append(file)
        return LIBRARIES[file]

    roots = {root: (file,) for file, each in LIBRARIES.items() for root in each.roots}
    matcher = Stores(load, roots, {"insert_one": ("pymongo.toml",)})
    assert matcher.operations("requests.get") == ()
    assert read == []
    assert matcher.operations("cv2.imwrite")
    assert read == ["opencv.toml"]
    assert matcher.guesses("insert_one")
    assert matcher.guesses("frobnicate") == ()
    assert read == ["opencv.toml", "pymongo.toml"]


def test_what_frameworks_declare() -> None:
    assert stores().model("django.db.models.Model") is not None
    assert stores().model("sqlalchemy.orm.declarative_base") is not None
    assert stores().model("object") is None
    assert stores().field("django.db.models.ImageField") == "file"
    assert stores().field("django.db.models.CharField") == ""
    assert stores().cascades("django.db.models.ForeignKey")[0].side == "child"
    view = stores().view("rest_framework.viewsets.ModelViewSet")
    assert view is not None
    assert "queryset" in view.models
    assert stores().view("django.views.generic.ListView") is None


# ----------------------------------------------------------------------------------------------------- places, literals


class Call:
    """What conditions ask about, from a plain table."""

    def __init__(self, given: Mapping[str, Sequence[Literal]]) -> None:
        self.given = given

    def passed(self, place: Place) -> bool:
        return place.spelling in self.given

    def literals(self, place: Place) -> Sequence[Literal]:
        return self.given.get(place.spelling, ())


def test_places() -> None:
    assert place("1|key|name").names == ("key", "name")
    assert place("Body").index == -1
    assert place("1*").rest
    assert place("file:0|src").file
    assert place("receiver").word == "receiver"
    for wrong in ("", "|", "0 1", "1*|x", "-1"):
        with pytest.raises(ValueError, match="is no place"):
            place(wrong)


@pytest.mark.parametrize(
    ("wanted", "given", "true"),
    [
        ({"delete": [False]}, {"delete": [False]}, True),
        ({"delete": [False]}, {"delete": [0]}, False),
        ({"delete": [False]}, {}, False),
        ({"timeout": ["None"]}, {"timeout": [None]}, True),
        ({"timeout": [0]}, {"timeout": [0]}, True),
        ({"0|database": [":memory:", "file::memory:*"]}, {"0|database": ["file::memory:?cache=shared"]}, True),
        ({"0|database": [":memory:"]}, {"0|database": ["faces.db"]}, False),
        ({"1|on_delete": ["*CASCADE"]}, {"1|on_delete": ["django.db.models.CASCADE"]}, True),
    ],
)
def test_conditions(wanted: dict[str, list[str | int | bool]], given: dict[str, list[Literal]], true: bool) -> None:
    assert holds(condition(wanted), Call(given)) is true


# ----------------------------------------------------------------------------------------------------------------- SQL


@pytest.mark.parametrize(
    ("text", "verb", "tables", "columns"),
    [
        ("INSERT INTO alumni (name, embedding) VALUES (%s, %s)", "insert", ("alumni",), ("name", "embedding")),
        ("insert or replace into main.faces values (?,?)", "insert", ("faces",), ()),
        ("INSERT IGNORE INTO `faces` SET vec = %s, name = %s", "insert", ("faces",), ("vec", "name")),
        ("REPLACE INTO [Faces] (id, v) VALUES (?, ?)", "replace", ("faces",), ("id", "v")),
        ("UPDATE users AS u SET face = %(face)s, n = n + 1 WHERE u.id = %(id)s", "update", ("users",), ("face", "n")),
        ('DELETE FROM "Face Data" WHERE seen < now()', "delete", ("face data",), ()),
        ("delete f from faces f join p on p.id = f.p where p.gone", "delete", ("faces",), ()),
        ("WITH old AS (SELECT id FROM f) DELETE FROM f USING old WHERE f.id = old.id", "delete", ("f",), ()),
        ("DELETE FROM {}_faces", "delete", ("{}_faces",), ()),
        ("DELETE FROM {#a.py:0:3} WHERE id = ?", "delete", ("{#a.py:0:3}",), ()),
        ("TRUNCATE TABLE a, b", "truncate", ("a", "b"), ()),
        ("DROP TABLE IF EXISTS f", "drop", ("f",), ()),
        ("-- tidy\nSELECT * FROM faces f JOIN people p ON p.id = f.p WHERE p.x", "select", ("faces", "people"), ()),
        ("COPY faces (a, b) FROM STDIN", "copy", ("faces",), ("a", "b")),
        ("ALTER TABLE f DROP COLUMN vec", "update", ("f",), ("vec",)),
    ],
)
def test_statements(text: str, verb: str, tables: tuple[str, ...], columns: tuple[str, ...]) -> None:
    (statement,) = sql.read(text)
    assert (statement.verb, statement.tables, statement.columns) == (verb, tables, columns)


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("INSERT INTO f VALUES (?)", "store"),
        ("UPDATE f SET active = 0 WHERE id = ?", "store"),
        ("UPDATE f SET vec = NULL WHERE id = ?", "delete"),
        ("UPDATE f SET vec = NULL, photo = '' WHERE id = ?", "delete"),
        ("UPDATE f SET vec = NULL, seen = now() WHERE id = ?", "store delete"),
        ("UPDATE f SET vec = x''", "delete"),
        ("DELETE FROM f", "delete whole"),
        ("DELETE FROM f WHERE id = ?", "delete"),
        ("DROP TABLE f", "delete whole"),
        ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM f WHERE seen < now()", "delete ttl"),
        ("INSERT INTO f (id, v) VALUES (?, ?) USING TTL 86400", "store ttl"),
        ("SELECT * FROM f", ""),
        ("CREATE TABLE f (id int)", ""),
    ],
)
def test_what_a_statement_does(text: str, does: str) -> None:
    (statement,) = sql.read(text)
    said = [
        word
        for word, true in (
            ("store", statement.stores), ("delete", statement.deletes),
            ("whole", statement.deletes and statement.whole), ("ttl", statement.ttl),
        )
        if true
    ]  # fmt: skip
    assert " ".join(said) == does


def test_cascades_and_scripts() -> None:
    (statement,) = sql.read("CREATE TABLE IF NOT EXISTS v (id int, p int REFERENCES person(id) ON DELETE CASCADE)")
    assert (statement.tables, statement.cascades) == (("v",), ("person",))
    (statement,) = sql.read("CREATE TABLE v (id int, p int REFERENCES person(id), q int)")
    assert statement.cascades == ()
    assert [found.tables for found in sql.read("BEGIN; DELETE FROM a WHERE x = ';'; DELETE FROM b;")] == [
        ("a",),
        ("b",),
    ]


@pytest.mark.parametrize(
    "text", ["", "hello", "update the docs", "delete the file", "select one", "insert coin", "Drop it", "x" * 100_000]
)
def test_prose_is_no_sql(text: str) -> None:
    assert not sql.is_sql(text)
