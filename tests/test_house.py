"""The rules of the house, about the sources themselves rather than about what they do."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from fr_lint.options import CODES

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "fr_lint"
FILES = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))
LONGEST = 400

# who may import whom: a room -> rooms it must not know
ROOMS = {
    "catalogue": ("policy", "rules", "flow", "syntax", "report", "analysis", "plugin"),
    "policy": ("catalogue", "rules", "flow", "syntax", "report", "analysis", "plugin"),
    "ir": ("catalogue", "policy", "rules", "flow", "syntax", "project", "report", "analysis", "plugin"),
    "syntax": ("catalogue", "policy", "rules", "flow", "report", "analysis", "plugin"),
    "project": ("catalogue", "policy", "rules", "flow", "syntax", "ir", "report", "analysis", "plugin"),
    "flow": ("rules", "report", "analysis", "plugin"),
    "rules": ("syntax", "report", "analysis", "plugin"),
    "cache": ("catalogue", "rules", "flow", "report", "analysis", "plugin"),
    "report": ("flow", "syntax", "rules", "plugin"),
}


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def imports(file: str) -> set[str]:
    """The dotted modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("file", FILES)
def test_each_file_says_what_it_is_for(file: str) -> None:
    empty = file.endswith("/__init__.py") and not tree(file).body
    assert empty or ast.get_docstring(tree(file)), "a module docstring is missing"


@pytest.mark.parametrize("file", FILES)
def test_files_are_short(file: str) -> None:
    count = len((ROOT / file).read_text(encoding="utf-8").splitlines())
    assert count <= LONGEST, f"{count} lines: split by subject"


@pytest.mark.parametrize("file", FILES)
def test_only_one_room_knows_the_parser(file: str) -> None:
    if not file.startswith("fr_lint/syntax/"):
        assert not {name for name in imports(file) if name.split(".")[0] == "libcst"}


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("fr_lint/syntax/")])
def test_the_parser_s_slow_parts_are_left_alone(file: str) -> None:
    slow = ("libcst.matchers", "libcst.codemod", "libcst.metadata")
    assert not {name for name in imports(file) if name.startswith(slow)}


@pytest.mark.parametrize("file", FILES)
def test_rooms_do_not_look_back(file: str) -> None:
    room = file.split("/")[1]
    wrong = {
        name for name in imports(file) for other in ROOMS.get(room, ()) if f"{name}.".startswith(f"fr_lint.{other}.")
    }
    assert not wrong


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_printed_but_by_the_command_line(file: str) -> None:
    if file == "fr_lint/cli.py" or file.startswith("fr_lint/commands/"):
        return
    names = [node.id for node in ast.walk(tree(file)) if isinstance(node, ast.Name)]
    assert "print" not in names
    assert not {"sys.stdout", "sys.stderr"} & imports(file)


def test_the_plugin_is_thin() -> None:
    assert len((PACKAGE / "plugin.py").read_text(encoding="utf-8").splitlines()) <= 160


# ------------------------------------------------------------------------------------------------------ codes, papers


def test_codes_are_of_the_form_that_flake8_accepts_everywhere() -> None:
    assert all(re.fullmatch(r"[A-Z]{1,3}[0-9]{0,3}", code) for code in CODES)
    assert len(set(CODES)) == len(CODES)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (name,) = project["entry-points"]["flake8.extension"]
    assert re.fullmatch(r"[A-Z]{3}", name)
    assert all(code.startswith(name) for code in CODES)


@pytest.mark.parametrize("file", [*FILES, "README.md", "CHANGELOG.md"])
def test_no_unknown_code_is_mentioned(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert set(re.findall(r"\bFRL\d{3}\b", text)) <= set(CODES)


def test_each_page_is_of_a_code() -> None:
    """That each code in use has its page is asked in test_docs.py."""
    assert {path.stem for path in (ROOT / "docs").rglob("FRL*.md")} <= set(CODES)


def test_versions_agree() -> None:
    from importlib.metadata import version

    from fr_lint import __version__

    assert version("fr-lint") == __version__
    assert re.search(rf"^## \[(?:Unreleased|{re.escape(__version__)})\]", changelog(), re.MULTILINE)


def changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_readme_s_commands_are_one_line_each() -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    commands = [block for block in blocks if ".venv" in block]
    assert len(commands) == 3
    assert all(len(command.splitlines()) == 1 for command in commands)
    assert "fixtures/sample_app" in commands[0]
    assert commands[2].rstrip().endswith("-m pytest -n auto"), "that is how .ci/run finds it"


def test_data_files_are_part_of_the_package() -> None:
    from importlib.resources import files

    data = files("fr_lint") / "catalogue" / "data"
    assert any(entry.name.endswith(".toml") for entry in data.iterdir())
    assert (files("fr_lint") / "py.typed").is_file()
