"""The documentation is true: its examples are run, its links resolve, its numbers are those of the sources.

A fenced block whose info string is ``python bad`` or ``python good`` is a whole file.  In a bad one each reported line
ends in ``# FRL101`` (several codes: ``# FRL101 FRL103``); a good one has no marks.  The linter never sees the marks.
"""

from __future__ import annotations

import ast
import re
import shlex
import textwrap
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from fr_lint.analysis import check_sources
from fr_lint.cli import parser
from fr_lint.options import CODES, Options
from fr_lint.policy.load import policy_of

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "CONTRIBUTING.md"])
FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=indent)(?P=ticks) *$",
    re.MULTILINE | re.DOTALL,
)
MARK = re.compile(r"[ \t]*#[ \t]*((?:FRL\d{3}[ \t]*)+)$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]\n]*(?:\n[^\]\n]+)?\]\((?P<target>[^)\s]+)\)")
COMMAND = re.compile(r"^(?:[ #$-]|run: |entry: )*(fr-lint (?:check|explain|init|report)\b[^|`\n>]*)", re.MULTILINE)
LIMIT = re.compile(r"^\| `(?P<file>fr_lint/[\w/]+\.py)` \| `(?P<name>\w+)` \| (?P<value>[\d ]+) \|", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One block that is run."""

    page: str
    line: int
    good: bool
    text: str
    policy: str = ""  # the last block ``toml policy`` above it

    @property
    def marked(self) -> set[tuple[int, str]]:
        lines = enumerate(self.text.split("\n"), 1)
        return {(number, code) for number, line in lines for mark in MARK.findall(line) for code in mark.split()}

    @property
    def source(self) -> str:
        return MARK.sub("", self.text)


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def blocks(page: Path) -> tuple[tuple[int, str, str], ...]:
    """Line, info string and dedented body of each fenced block."""
    return tuple(
        (text(page).count("\n", 0, found.start()) + 1, found["info"].strip(), textwrap.dedent(found["body"]))
        for found in FENCE.finditer(text(page))
    )


@cache
def examples() -> tuple[Example, ...]:
    found: list[Example] = []
    for page in PAGES:
        policy = ""
        for line, info, body in blocks(page):
            if info == "toml policy":
                policy = body
            elif info in ("python good", "python bad"):
                found.append(Example(name(page), line, info == "python good", body, policy))
    return tuple(found)


@cache
def codes_in_use() -> frozenset[str]:
    """The codes that stand as strings of their own in what produces findings."""
    files = [ROOT / "fr_lint" / "analysis.py", *(ROOT / "fr_lint" / "rules").glob("*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    values = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return frozenset(value for value in values if re.fullmatch(r"FRL\d{3}", value))


# ------------------------------------------------------------------------------------------------------------ examples


@pytest.mark.parametrize("example", examples(), ids=lambda one: f"{one.page}:{one.line}")
def test_example(example: Example) -> None:
    assert example.good is not bool(example.marked), "a bad example has a mark, a good one has none"
    policy = policy_of(example.policy) if example.policy else None
    options = Options(as_of=date(2026, 11, 25))  # of these policies' dates
    found = {(each.line, each.code) for each in check_sources({"example.py": example.source}, options, policy)}
    assert {"missed": sorted(example.marked - found), "false": sorted(found - example.marked)} == {
        "missed": [],
        "false": [],
    }


@pytest.mark.parametrize("example", examples(), ids=lambda one: f"{one.page}:{one.line}")
def test_an_example_is_python(example: Example) -> None:
    if not any(code == "FRL901" for _, code in example.marked):
        ast.parse(example.source)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_blocks_are_marked(page: Path) -> None:
    assert text(page).count("```") % 2 == 0
    known = {
        "python",
        "python bad",
        "python good",
        "toml",
        "toml policy",
        "ini",
        "sh",
        "yaml",
        "json",
        "text",
        "mermaid",
        "{toctree}",
    } | {"lua", "elisp", "diff"}
    for line, info, _ in blocks(page):
        assert info in known or re.fullmatch(r"toml \S+\.toml", info), f"line {line}: {info!r}"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md", ROOT / ".pre-commit-hooks.yaml"], ids=name)
def test_commands_are_understood(page: Path) -> None:
    """Whatever a page tells people to type, or to put into a file of a build server."""
    for line in re.findall(
        r"^(?:[ #$-]|run: |entry: )*(fr-lint (?:check|explain|init|report)\b[^|`\n>]*)", text(page), re.MULTILINE
    ):
        parser().parse_args(shlex.split(line, comments=True)[1:])


# --------------------------------------------------------------------------------------------------------------- codes


@pytest.mark.parametrize("code", sorted(codes_in_use()))
def test_a_code_in_use_has_a_page(code: str) -> None:
    page = DOCS / "rules" / f"{code}.md"
    assert page.is_file()
    assert text(page).startswith(f"# {code}: ")
    assert f"]({code}.md)" in text(DOCS / "rules" / "index.md")
    own = [one for one in examples() if one.page == name(page)]
    assert any(one.good for one in own)
    assert any(code in {mark for _, mark in one.marked} for one in own)


def test_a_page_is_of_a_code_in_use() -> None:
    assert {page.stem for page in DOCS.rglob("FRL*.md")} == codes_in_use()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_unknown_code_is_mentioned(page: Path) -> None:
    assert set(re.findall(r"\bFRL\d{3}\b", text(page))) <= set(CODES)


@pytest.mark.parametrize("code", sorted(codes_in_use()))
def test_a_page_has_the_parts(code: str) -> None:
    headings = re.findall(r"^## (.*)$", text(DOCS / "rules" / f"{code}.md"), re.MULTILINE)
    for part in (
        "Where it is reported",
        "The duty behind it",
        "How it decides",
        "Choices we made",
        "How to suppress it",
    ):
        assert part in headings


@pytest.mark.parametrize("code", sorted(codes_in_use()))
def test_a_recommendation_never_reads_like_a_duty(code: str) -> None:
    for row in text(DOCS / "rules" / f"{code}.md").split("\n"):
        if row.startswith("|") and "initiative" in row:
            assert "**recommendation**" in row
            assert "obligation" not in row


# --------------------------------------------------------------------------------------------------------------- links


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that GitHub gives to the headings of a page."""
    outside = FENCE.sub("", text(page))
    titles = re.findall(r"^#+ (.*)$", outside, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_resolve(page: Path) -> None:
    for found in LINK.finditer(FENCE.sub("", text(page))):
        target, _, anchor = found["target"].partition("#")
        if re.match(r"[a-z]+://", target):
            continue
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), found[0]
        if anchor:
            assert anchor in anchors(there), found[0]


def test_every_page_can_be_reached() -> None:
    seen: set[Path] = set()
    stack = [DOCS / "index.md"]
    while stack:
        page = stack.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = [found["target"].partition("#")[0] for found in LINK.finditer(FENCE.sub("", text(page)))]
        stack += [(page.parent / target).resolve() for target in targets if target and "://" not in target]
    assert set(PAGES) <= seen


# ------------------------------------------------------------------------------------------------------------- numbers


def test_the_limits_are_those_of_the_sources() -> None:
    rows = list(LIMIT.finditer(text(DOCS / "architecture.md")))
    assert rows
    for row in rows:
        source = (ROOT / row["file"]).read_text(encoding="utf-8")
        value = re.search(rf"^{row['name']}(?:: \w+)? = ([\d_]+)", source, re.MULTILINE)
        assert value, row[0]
        assert int(value[1]) == int(row["value"].replace(" ", "")), row[0]


def test_every_room_is_described() -> None:
    page = text(DOCS / "architecture.md")
    for path in (ROOT / "fr_lint").iterdir():
        if path.name.startswith("_") or path.name == "py.typed":
            continue
        shown = f"`{path.name}/`" if path.is_dir() else f"`{path.name}`"
        assert shown in page, f"{path.name} is not in docs/architecture.md"


def test_paths_that_are_mentioned_exist() -> None:
    for page in PAGES:
        for path in re.findall(r"`((?:fr_lint|tests|tools|bench|fixtures)/[\w./-]+\.(?:py|toml))`", text(page)):
            assert (ROOT / path).exists(), f"{name(page)}: {path}"
