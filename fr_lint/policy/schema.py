"""The JSON schemas of the policy file and of a pack, for editors: made from the model that the loader reads with.

The published copies are written by ``tools/make_schema.py``.  Must not know how a file is read.
"""

from __future__ import annotations

import json
from typing import Final

from fr_lint.policy.model import Policy
from fr_lint.policy.packs import Pack
from fr_lint.policy.records import record_schema

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def policy_schema() -> dict[str, object]:
    """The schema of ``fr-lint.toml`` (and of the table ``tool.fr-lint``)."""
    return {"$schema": DIALECT, "title": "fr-lint policy", **record_schema(Policy)}


def pack_schema() -> dict[str, object]:
    """The schema of a pack."""
    return {"$schema": DIALECT, "title": "fr-lint legal pack", **record_schema(Pack)}


def as_text(schema: dict[str, object]) -> str:
    """A schema as the text of a file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
