"""The engine: the parts of the analysis put together for one project.  Wiring only."""

from __future__ import annotations

from fr_lint.catalogue.faces import faces
from fr_lint.catalogue.guards import guards
from fr_lint.catalogue.images import images
from fr_lint.catalogue.vocabulary import vocabulary
from fr_lint.flow.asking import Asking
from fr_lint.flow.entry import Entries
from fr_lint.flow.evaluate import Evaluator
from fr_lint.flow.faces import FaceCalls
from fr_lint.flow.forms import Forms
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.hiding import Hiding
from fr_lint.flow.hooks import Hooks
from fr_lint.flow.presumed import Presumptions
from fr_lint.flow.program import Program
from fr_lint.flow.resolve import Resolver
from fr_lint.flow.solver import Solver
from fr_lint.flow.subjects import Subjects
from fr_lint.flow.summaries import Summaries
from fr_lint.findings import Finding
from fr_lint.gate import has_face
from fr_lint.project.sources import Sources


class Engine:
    """Everything that answers questions about one project."""

    def __init__(self, sources: Sources) -> None:
        library = guards()
        words = vocabulary()
        self.sources = sources
        self.program = Program(sources)
        self.resolver = Resolver(self.program, faces())
        self.graph = CallGraph(self.resolver)
        self.subjects = Subjects(words)
        self.evaluator = Evaluator(self.resolver, words, self.subjects)
        self.asking = Asking(self.evaluator, self.graph, library)
        self.presumptions = Presumptions(self.evaluator, self.graph)
        self.solver = Solver(self.evaluator)
        self.summaries = Summaries(self.solver, self.asking)
        self.forms = Forms(self.asking, self.summaries, library)
        self.hooks = Hooks(self.graph, self.asking, self.summaries, library)
        self.entries = Entries(self.graph, self.solver, self.asking, self.hooks, library)
        self.face_calls = FaceCalls(self.graph, faces())
        self.hiding = Hiding(self.graph, self.face_calls, images())
        self.findings: dict[str, list[Finding]] = {}
        self._face_files: tuple[str, ...] | None = None

    def face_files(self) -> tuple[str, ...]:
        """The files of the project whose text names a face API."""
        if self._face_files is None:
            self._face_files = tuple(p for p in self.sources.paths() if has_face(self.sources.text(p) or ""))
        return self._face_files
