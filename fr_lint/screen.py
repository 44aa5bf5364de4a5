"""What stands before the analysis: one run's text gate, and which projects hold no face at all.

flake8's adaptor and the command line both ask here, so that both say the same.  Imports nothing heavy; what reads a
program is imported when the first file passes.  Must not know who asks, nor how a finding is shown.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fr_lint.options import PolicyError

if TYPE_CHECKING:
    import re

    from fr_lint.findings import Checked, Finding
    from fr_lint.gate import Gate
    from fr_lint.options import Options
    from fr_lint.policy.model import Policy


class Screen:
    """The findings of one file after the other, for one run's options."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._faceless: dict[Path, Mapping[str, int]] = {}  # projects without a face word: hashes of what was read
        self._known: dict[Path, bool] = {}
        self._looked: set[Path] = set()

    def findings(self, filename: str, text: str, tree: ast.AST | None) -> Sequence[Finding]:
        """The findings of one file; may raise whatever goes wrong in it."""
        checked = self.checked(filename, text, tree)
        return checked.findings if checked is not None else ()

    def checked(self, filename: str, text: str, tree: ast.AST | None) -> Checked | None:
        """The findings of one file and the suppressed ones, or nothing at all; may raise whatever goes wrong in it."""
        from fr_lint.gate import Gate, is_addressed, passes, wrappers
        from fr_lint.project.root import find_root

        path = os.path.normpath(os.path.join(self.options.cwd, filename))
        root = find_root(Path(path), Path(self.options.cwd))
        relative = os.path.relpath(path, root).replace(os.sep, "/")
        addressed = is_addressed(text)  # a suppression is judged wherever it stands
        read = self._faceless.get(root)
        if read is not None and read.get(relative) == hash(text) and not addressed:
            return None
        try:
            policy = self._policy(root)
        except PolicyError:
            if passes(text) is Gate.FACE:
                raise
            return None  # nothing is linted under a policy that is wrong, and this file holds no face
        own = wrappers(api.name for api in policy.apis) if policy is not None else None
        gate = passes(text, own)
        if gate is not Gate.FACE and not addressed:
            known = gate is Gate.RELATED and self.options.cache and self._is_known(root)  # asked last: it has its cost
            if not known and not self._concerns(root, relative, text, gate, policy, own):
                return None
        from fr_lint.cache.answers import answered

        return answered(root, relative, text, self.options, policy, lambda: self._examined(path, text, tree))

    def _concerns(
        self, root: Path, relative: str, text: str, gate: Gate, policy: Policy | None, own: re.Pattern[str] | None
    ) -> bool:
        """Can a text without a face word matter to a face elsewhere in the project?"""
        from fr_lint.gate import Gate, may_store
        from fr_lint.project.carriers import carriers, carries
        from fr_lint.project.naming import names_face
        from fr_lint.project.near import near
        from fr_lint.project.sources import sources_at

        project = sources_at(root)
        if self.options.cache and root not in self._looked and project.any(names_face):
            from fr_lint.cache.answers import look

            look(root)
            self._looked.add(root)
        named = carriers(project)
        if named is None and not (own and project.matching(own)):
            self._faceless[root] = project.prints
            return False
        if gate is not Gate.NOTHING or carries(project, relative, text) or self._may_leave(text, policy):
            return True
        return relative in near(project, project.fitting(names_face)) and may_store(text)

    def _is_known(self, root: Path) -> bool:
        """Did an earlier run find faces in the project and keep what it found?"""
        if root not in self._known:
            from fr_lint.cache.answers import knows

            self._known[root] = knows(root)
        return self._known[root]

    def _examined(self, path: str, text: str, tree: ast.AST | None) -> Checked:
        from fr_lint.analysis import examine

        return examine(path, text, tree, self.options)

    def _policy(self, root: Path) -> Policy | None:
        """The project's policy file, if there is one.  :raises PolicyError: if it is wrong."""
        from fr_lint.project.root import policy_file

        if not self.options.policy and not policy_file(root):
            return None
        from fr_lint.policy.load import policy_at

        return policy_at(str(root), self.options.policy, self.options.cwd)

    def _may_leave(self, text: str, policy: Policy | None) -> bool:
        """Can face data leave by this text, and does somebody ask?"""
        from fr_lint.policy.duties import asks_where_it_goes

        if policy is None or not asks_where_it_goes(policy, self.options.today):
            return False
        from fr_lint.catalogue.leaving import leaving

        return leaving().gate.search(text) is not None
