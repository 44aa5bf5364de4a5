"""One question about paths, with everything that answers it: was consent given (or a notice, or a guardian's word)?

The same engine for each question; only the words and the listed names differ.  Wiring only.
"""

from __future__ import annotations

from collections.abc import Callable

from fr_lint.catalogue.guards import Guards
from fr_lint.catalogue.vocabulary import Vocabulary
from fr_lint.flow.asking import Asking
from fr_lint.flow.entry import Entries
from fr_lint.flow.evaluate import Evaluator
from fr_lint.flow.facts import Atom
from fr_lint.flow.forms import Forms
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.hooks import Hooks
from fr_lint.flow.listed import Listed
from fr_lint.flow.presumed import Presumptions
from fr_lint.flow.program import Func
from fr_lint.flow.solver import Solver
from fr_lint.flow.subjects import Subjects
from fr_lint.flow.summaries import Summaries


class Question:
    """The parts that depend on what is asked."""

    def __init__(
        self,
        graph: CallGraph,
        words: Vocabulary,
        listed: Listed,
        library: Guards,
        marks: Callable[[Func], dict[int, Atom]],
    ) -> None:
        """``words`` say what a name states, ``listed`` is the user's word; ``marks`` are those of the chains."""
        self.listed = listed
        self.subjects = Subjects(words, graph.resolver)
        self.evaluator = Evaluator(graph.resolver, words, self.subjects, listed)
        self.asking = Asking(self.evaluator, graph, library)
        self.presumptions = Presumptions(self.evaluator, graph)
        self.solver = Solver(self.evaluator)
        self.summaries = Summaries(self.solver, self.asking)
        self.forms = Forms(self.asking, self.summaries, library)
        self.hooks = Hooks(graph, self.asking, self.summaries, library)
        self.entries = Entries(graph, self.solver, self.asking, self.hooks, library)
        self.solver.marks = marks
