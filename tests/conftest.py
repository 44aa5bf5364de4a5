"""No test reads or writes what the user's own runs keep, nor the programs that another test holds."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import pytest

from fr_lint.cache import modules

_kept = tempfile.mkdtemp(prefix="fr-lint-kept-")  # for this process and those that it starts
atexit.register(shutil.rmtree, _kept, ignore_errors=True)
os.environ["FR_LINT_CACHE_DIR"] = _kept
os.environ["FR_LINT_CACHE_KEY"] = "of the tests"


@pytest.fixture(autouse=True)
def _nothing_held() -> None:
    modules._held.clear()
