"""A fixture that is silent because something is deleted or expires is reported when that is taken out.

What is taken out are the statements that the linter itself names as the evidence, one round after the other, until it
reports or has nothing more to name.  A fixture that stays silent says why below.
"""

from __future__ import annotations

import ast

import pytest
from machines.samples import Sample, samples

from fr_lint.analysis import check_sources
from fr_lint.flow.engine import Engine
from fr_lint.project.sources import Sources

ROUNDS = 6

# fixture -> why nothing in it has to be deleted, or why the deletion cannot be taken out
SILENT_ANYWAY = {
    **dict.fromkeys(
        (
            "FRL301/blurred_picture.py",
            "FRL301/blurred_stored.py",
            "FRL301/count_only.py",
            "FRL301/count_written.py",
            "FRL301/logging_names.py",
            "FRL301/paths_of_pictures.py",
            "FRL301/results_of_an_evaluation",
        ),
        "what is stored is no face data",
    ),
    **dict.fromkeys(
        (
            "FRL301/bytesio_only.py",
            "FRL301/chroma_ephemeral.py",
            "FRL301/faiss_never_written.py",
            "FRL301/memory_is_no_store.py",
            "FRL301/qdrant_memory.py",
            "FRL301/sqlite_memory.py",
        ),
        "memory is no store",
    ),
    **dict.fromkeys(
        (
            "FRL301/diskcache_expire.py",
            "FRL301/django_cache_deleted.py",
            "FRL301/temporary_directory.py",
            "FRL301/temporary_file.py",
        ),
        "the storing call gives its own bound",
    ),
    "FRL301/deepface_find_cache.py": "the library's own cache is no store",
    "FRL301/drf_viewset": "the view that deletes is the one that stores",
}


def silent() -> list[Sample]:
    return [one for one in samples(folders="FRL30[12]") if not one.marked]


def evidence(sources: dict[str, str]) -> set[tuple[str, int]]:
    """The places of what deletes or bounds the stores, but for the storing calls themselves."""
    engine = Engine(Sources(None, sources))
    found: set[tuple[str, int]] = set()
    for path in sources:
        unit = engine.program.unit(path)
        for func in unit.functions if unit is not None else ():
            for kept in engine.storage.of(func):
                for deletion in kept.deleted_by:
                    at, node = deletion.place
                    own = at is kept.call.func and node == kept.call.node
                    if not own:
                        found.add((at.unit.path, deletion.line))
    return found


def without(sources: dict[str, str], places: set[tuple[str, int]]) -> dict[str, str]:
    """The sources with the smallest statement at each place replaced by ``pass``."""
    changed = dict(sources)
    for path in {path for path, _ in places}:
        lines = sources[path].split("\n")
        statements = [node for node in ast.walk(ast.parse(sources[path])) if isinstance(node, ast.stmt)]
        for line in {line for at, line in places if at == path}:
            around = [s for s in statements if first_line(s) <= line <= (s.end_lineno or s.lineno)]
            if not around:
                continue
            smallest = min(around, key=lambda s: (s.end_lineno or s.lineno) - s.lineno)
            first = first_line(smallest)
            for number in range(first, (smallest.end_lineno or smallest.lineno) + 1):
                lines[number - 1] = ""
            lines[first - 1] = " " * smallest.col_offset + "pass"
        changed[path] = "\n".join(lines)
    return changed


def first_line(statement: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    return min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))])


def outcome(sources: dict[str, str]) -> tuple[set[str], int]:
    """The codes of retention that are reported in the end, and how many rounds of removal it took."""
    for number in range(ROUNDS):
        codes = {each.code for each in check_sources(sources)} & {"FRL301", "FRL302"}
        places = evidence(sources)
        if codes or not places:
            return codes, number
        sources = without(sources, places)
    return set(), ROUNDS


@pytest.mark.parametrize("sample", silent(), ids=lambda one: one.name)
def test_without_its_deletion_it_is_reported(sample: Sample) -> None:
    codes, rounds = outcome(dict(sample.sources))
    if sample.name in SILENT_ANYWAY:
        assert not codes, "it is reported: no exception is needed"
        return
    assert codes, "nothing that was taken out made it report"
    assert rounds, "it is reported as it stands"


def test_exceptions_exist() -> None:
    assert set(SILENT_ANYWAY) <= {one.name for one in silent()}
