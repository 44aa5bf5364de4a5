"""No test reads or writes what the user's own runs keep."""

from __future__ import annotations

import os
import tempfile

_kept = tempfile.TemporaryDirectory(prefix="fr-lint-kept-")  # for this process and those that it starts
os.environ["FR_LINT_CACHE_DIR"] = _kept.name
os.environ["FR_LINT_CACHE_KEY"] = "of the tests"
