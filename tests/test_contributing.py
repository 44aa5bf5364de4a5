"""The recipes of CONTRIBUTING.md, carried out on a copy of the package with the files as they stand on the page.

A block ``toml PATH`` is the file at that path, or what is added to it if it is there already.  The ``python`` block of
the same section is linted before and after, in a process that imports the copy.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from fr_lint.catalogue.faces import Faces
from fr_lint.catalogue.records import library
from fr_lint.flow.engine import Engine
from fr_lint.project.sources import Sources
from fr_lint.rules.consent import ConsentRule

ROOT = Path(__file__).resolve().parents[1]
MARK = re.compile(r"[ \t]*#[ \t]*((?:FRL\d{3}[ \t]*)+)$", re.MULTILINE)
BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINT = """
import json, sys
from fr_lint.analysis import check_sources
import fr_lint
found = [(each.line, each.code) for each in check_sources({"example.py": sys.stdin.read()})]
print(json.dumps({"package": fr_lint.__file__, "found": found}))
"""


@cache
def sections() -> dict[str, str]:
    """Heading -> text."""
    parts = re.split(r"^## (.*)$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(section: str) -> tuple[dict[str, str], str]:
    """The data files of a recipe, and its example."""
    found = BLOCK.findall(sections()[section])
    files = {path: body for kind, path, body in found if kind == "toml" and path}
    (example,) = [body for kind, path, body in found if kind == "python" and not path]
    return files, example


def expected(example: str) -> set[tuple[int, str]]:
    return {
        (number, code)
        for number, line in enumerate(example.split("\n"), 1)
        for mark in MARK.findall(line)
        for code in mark.split()
    }


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package and of the tool that writes the gate's words."""
    shutil.copytree(ROOT / "fr_lint", tmp_path / "fr_lint", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tools").mkdir()
    shutil.copyfile(ROOT / "tools" / "make_gate.py", tmp_path / "tools" / "make_gate.py")
    return tmp_path


def add(target: Path, text: str) -> None:
    """Write a new data file, or add entries to the lists and tables of one."""
    if not target.exists():
        target.write_text(text, encoding="utf-8")
        return
    whole = target.read_text(encoding="utf-8")
    for table, entries in tomllib.loads(text).items():
        for key, value in entries.items():
            if isinstance(value, list):
                head, added = (
                    rf"(^\[{re.escape(table)}\]$(?:(?!^\[).)*?^{re.escape(key)} = \[)",
                    json.dumps(value)[1:-1] + ", ",
                )
            else:
                head, added = rf"(^\[{re.escape(table)}\]\n)", f"{json.dumps(key)} = {json.dumps(value)}\n"
            whole, count = re.subn(
                head, lambda found, more=added: found[1] + more, whole, count=1, flags=re.MULTILINE | re.DOTALL
            )
            assert count == 1, f"no [{table}] {key} in {target.name}"
    tomllib.loads(whole)
    target.write_text(whole, encoding="utf-8")


def run(package: Path, *command: str, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *command],
        input=given, cwd=package, env={**os.environ, "PYTHONPATH": str(package), "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def findings(package: Path, example: str) -> set[tuple[int, str]]:
    answer = json.loads(run(package, "-c", LINT, given=MARK.sub("", example)))
    assert Path(answer["package"]).is_relative_to(package)
    return {(line, code) for line, code in answer["found"]}


@pytest.mark.parametrize(
    "section",
    ["Add a word", "Add a library", "Add a store", "Add what a general library does"],
    ids=lambda name: name.replace(" ", "_"),
)
def test_recipe(section: str, package: Path) -> None:
    files, example = blocks(section)
    assert files
    assert findings(package, example) != expected(example), "the package knows this already: choose another example"
    for path, text in files.items():
        add(package / path, text)
    run(package, "tools/make_gate.py")
    assert findings(package, example) == expected(example)


def test_the_library_of_the_recipe_is_read_strictly() -> None:
    files, _ = blocks("Add a library")
    ((path, text),) = files.items()
    faces = Faces([library(Path(path).name, tomllib.loads(text))])
    assert faces.api("acme_face.find_faces").role == "detect"
    assert faces.products("acme_face.connect", list) == ("acme_face.Client",)
    assert faces.api("acme_face.Client.match").duty
    assert not faces.api("acme_face.Client.forget").duty
    with pytest.raises(ValueError, match=r"acme\.toml: .*unknown key 'persists'"):
        library("acme.toml", tomllib.loads(text.replace("persist =", "persists =")))


def test_the_rule_of_the_recipe_runs() -> None:
    _, example = blocks("Add a rule")
    ast.parse(example)
    space: dict[str, type] = {"__name__": "example"}
    exec(compile(example, "example", "exec"), space)
    text = (
        "import boto3\n\nclient = boto3.client('rekognition')\nclient.index_faces(CollectionId='staff', Image=photo)\n"
    )
    engine = Engine(Sources(None, {"door.py": text}))
    unit = engine.program.unit("door.py")
    assert unit is not None
    assert [(each.path, each.line) for each in space["EnrolRule"](engine).check(unit)] == [("door.py", 4)]
    assert {"codes", "check"} <= set(dir(ConsentRule)), "the rules that are there have the same form"
