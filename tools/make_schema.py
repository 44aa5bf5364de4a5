"""Write the JSON schemas of the policy file and of a pack: ``make_schema.py`` (``--check``: compare only)."""

from __future__ import annotations

import sys
from pathlib import Path

from fr_lint.policy.schema import as_text, pack_schema, policy_schema

DOCS = Path(__file__).resolve().parents[1] / "docs"
FILES = {"fr-lint.schema.json": policy_schema, "fr-lint-pack.schema.json": pack_schema}


def main() -> int:
    """Write or compare; the exit code."""
    stale = 0
    for name, schema in FILES.items():
        text = as_text(schema())
        path = DOCS / name
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"{path} is stale: run tools/make_schema.py")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
