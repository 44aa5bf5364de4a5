"""The documentation site: how Sphinx builds it from the Markdown pages in this folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fr_lint import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "fr-lint"
author = "the fr-lint authors"
project_copyright = author
release = __version__
extensions = ["myst_parser", "sphinxcontrib.mermaid", "sphinx_copybutton"]
myst_heading_anchors = 4
myst_fence_as_directive = {"mermaid"}
html_theme = "furo"
html_title = "fr-lint"
html_static_path: list[str] = []
exclude_patterns: list[str] = ["_build"]
nitpicky = True
copybutton_exclude = ".linenos, .gp"

_INFO = re.compile(r"^( *```)(python|toml) (?:bad|good|policy|[\w/.-]+\.toml)$", re.MULTILINE)
_OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+(?!rules/)[A-Z]+\.md(?:#[^)]*)?\)")


def _prepare(app: Sphinx, name: str, source: list[str]) -> None:
    """What a repository's page may have and a site may not: marks for the tests, links out of this folder."""
    del app, name
    source[0] = _OUTSIDE.sub(r"\1", _INFO.sub(r"\1\2", source[0]))


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _prepare)
