"""The engine: the parts of the analysis put together for one project.  Wiring only."""

from __future__ import annotations

from fr_lint.catalogue.faces import faces
from fr_lint.catalogue.guards import guards
from fr_lint.catalogue.images import images
from fr_lint.catalogue.stores import stores
from fr_lint.catalogue.vocabulary import vocabulary
from fr_lint.findings import Finding
from fr_lint.flow.access.build import judged
from fr_lint.flow.access.verdicts import FallbackEvidence
from fr_lint.flow.chains import chains
from fr_lint.flow.declared import Declared
from fr_lint.flow.effects import Effects
from fr_lint.flow.faces import FaceCall, FaceCalls
from fr_lint.flow.facts import BEGUN, Atom
from fr_lint.flow.graph import CallGraph
from fr_lint.flow.hiding import Hiding
from fr_lint.flow.leaving import Departures
from fr_lint.flow.listed import Listed
from fr_lint.flow.liveness import Liveness
from fr_lint.flow.named import Named
from fr_lint.flow.ownapis import OwnApis
from fr_lint.flow.program import Func, Program
from fr_lint.flow.provenance import Provenance
from fr_lint.flow.question import Question
from fr_lint.flow.record import Record
from fr_lint.flow.resolve import Resolver
from fr_lint.flow.storage import Storage
from fr_lint.flow.storing import StoreCalls
from fr_lint.gate import wrappers
from fr_lint.policy.model import Policy, Processing
from fr_lint.project.naming import names_face
from fr_lint.project.sources import Sources

NO_POLICY = Policy()
MAX_MARKED = 4  # chains of one function that are told apart path by path


class Engine:
    """Everything that answers questions about one project."""

    def __init__(self, sources: Sources, policy: Policy = NO_POLICY) -> None:
        self.sources = sources
        self.policy = policy
        self.program = Program(sources)
        self.resolver = Resolver(self.program, faces())
        self.graph = CallGraph(self.resolver)
        self.named = Named(self.graph)
        self.consent = self._consent()
        self.subjects = self.consent.subjects
        self.evaluator = self.consent.evaluator
        self.asking = self.consent.asking
        self.presumptions = self.consent.presumptions
        self.solver = self.consent.solver
        self.summaries = self.consent.summaries
        self.forms = self.consent.forms
        self.hooks = self.consent.hooks
        self.entries = self.consent.entries
        self.face_calls = FaceCalls(self.graph, faces(), OwnApis(policy.apis, self.named))
        self.images = images()
        self.hiding = Hiding(self.graph, self.face_calls, self.images)
        self.provenance = Provenance(self)
        self.store_calls = StoreCalls(self.graph, stores(), self.face_calls)
        self.liveness = Liveness(self.entries)
        self.storage = Storage(self)
        self.record = Record(self)
        self.declared = Declared(self)
        self.effects = Effects(self)
        self.departures = Departures(self)
        self._chains: dict[Func, list[list[FaceCall]]] = {}
        self._marks: dict[Func, dict[int, Atom]] = {}
        self.findings: dict[str, list[Finding]] = {}
        self._face_files: tuple[str, ...] | None = None
        self._fallbacks: list[FallbackEvidence] | None = None
        self._activities: dict[Func, tuple[Processing, ...]] = {}

    def _consent(self) -> Question:
        """The question that is always asked: was consent given?"""
        listed = Listed(self.named, self.policy.consent_guards)
        words = vocabulary()
        if listed.patterns or self.policy.strict_guards:
            words = words.with_names(listed.says, only=self.policy.strict_guards)
        return Question(self.graph, words, listed, guards(), self.marks)

    def chains(self, func: Func) -> list[list[FaceCall]]:
        """The processing chains of a function: face calls that need consent and are no privacy measure."""
        if func not in self._chains:
            needing = self.policy.roles.consent
            duties = [
                c
                for c in self.face_calls.of(func)
                if c.api.duty and c.api.role in needing and not self.hiding.is_measure(c) and not self._is_idle(c)
            ]
            self._chains[func] = chains(func, duties, self.resolver, self.images)
        return self._chains[func]

    def _is_idle(self, call: FaceCall) -> bool:
        """Whether a face call runs on a picture that is made up, to warm a model up or to try it."""
        args = call.ir.args
        return bool(args) and not call.handed and self.graph.blank.is_blank(args[0].value, call.func, call.node)

    def marks(self, func: Func) -> dict[int, Atom]:
        """Node -> the fact that its chain has been begun, for the chains of several calls."""
        if func not in self._marks:
            several = [chain for chain in self.chains(func) if len(chain) > 1][:MAX_MARKED]
            self._marks[func] = {c.node: Atom(BEGUN, "", n) for n, chain in enumerate(several) for c in chain}
        return self._marks[func]

    def face_files(self) -> tuple[str, ...]:
        """The files of the project whose text names a face API."""
        if self._face_files is None:
            files = self.sources.fitting(names_face)
            own = wrappers(api.name for api in self.policy.apis)
            self._face_files = tuple(sorted({*files, *self.sources.matching(own)})) if own is not None else files
        return self._face_files

    def fallbacks(self) -> list[FallbackEvidence]:
        """What the project's face-gated grants depend on, and which other ways to them there are."""
        if self._fallbacks is None:
            self._fallbacks = judged(self)
        return self._fallbacks

    def activities(self, func: Func) -> tuple[Processing, ...]:
        """The processing activities of the policy that cover a function."""
        if func not in self._activities:
            self._activities[func] = self.policy.activities(func.unit.path, self.named.function(func))
        return self._activities[func]
