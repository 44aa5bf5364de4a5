"""A fixture that is silent because something is deleted or expires is reported when that is taken out.

The lines that do it end in the comment ``deletion``; they are replaced by ``pass``.  A silent fixture without such a
line says why below.
"""

from __future__ import annotations

import re

import pytest
from machines.samples import Sample, samples

from fr_lint.analysis import check_sources

DELETION = re.compile(r"^([ \t]*)\S.*#[ \t]*deletion[ \t]*$", re.MULTILINE)

# fixture -> why nothing in it has to be deleted
NOTHING_TO_DELETE = {
    "FRL301/attendance_row.py": "what is stored is no face data",
    "FRL301/blurred_picture.py": "what is stored is no face data any more",
    "FRL301/deepface_find_cache.py": "the library's own cache is no store",
    "FRL301/memory_is_no_store.py": "memory is no store",
    "FRL301/redis_expires.py": "each storing call gives its own bound",
    "FRL301/temporary_file.py": "the files remove themselves",
}


def silent() -> list[Sample]:
    return [one for one in samples(folders="FRL30[12]") if not one.marked]


@pytest.mark.parametrize("sample", silent(), ids=lambda one: one.name)
def test_without_its_deletion_it_is_reported(sample: Sample) -> None:
    without = {path: DELETION.sub(r"\1pass", text) for path, text in sample.sources.items()}
    if sample.name in NOTHING_TO_DELETE:
        assert without == sample.sources, "a line is marked: no exception is needed"
        return
    assert without != sample.sources, "no line is marked as the deletion"
    codes = {each.code for each in check_sources(without)}
    assert codes & {"FRL301", "FRL302"}


def test_exceptions_exist() -> None:
    assert set(NOTHING_TO_DELETE) <= {one.name for one in silent()}
