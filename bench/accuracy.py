"""Measure the linter on hand-labelled face calls in public repositories.

    python bench/accuracy.py CALLS.CSV CHECKOUTS [--family consent] [--cache DIR] [--json OUT] [-v]

CALLS.CSV has one labelled call a row (repo, commit, path, line, function, api, role, a verdict per family, reason).
CHECKOUTS holds one work tree for each repository and commit, `<owner>__<name>__<first 10 of the commit>`; a `@branch`
after the name is dropped, any other odd character becomes `_`. flake8 runs once in each tree, from its root.

What is counted, for each family (consent = FRL1xx, fallback = FRL2xx, retention = FRL3xx):

recall: over the functions that hold a call labelled `violation`. A finding stands in a function when that is the
innermost `def` around its line. Stricter: it stands at one of the labelled calls. Looser, because the report stands at
the library's call inside the project's own wrapper: for rows that call such a wrapper, a finding in a function of that
name, or in one that it calls by name, within three hops. Loosest: in any caller or callee within three hops, where a
store or a grant may stand; that figure is an upper bound, no more.

silence: on calls labelled `ok` and `na`: no finding between the first and the last line of the call; and no finding in
their function, unless that holds a `violation` as well. Given apart: the `na` calls inside functions that no call with
a `violation` leads to, for the report on such a call has to stand inside.

precision: of the findings that stand in a function with a label, the share in functions with a `violation`.

Findings in functions without any label are neither right nor wrong: they are listed, to be judged by reading.
With `--cache`, flake8's output is kept, and scored again while the command stays the same; `--refresh` runs it anew.
The exit status is 1 when a tree was missing or flake8 failed in one, for then the figures are incomplete.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import shlex
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from source_tree import HOPS, Node, SourceTree

FAMILIES = {"consent": "FRL1", "fallback": "FRL2", "retention": "FRL3"}
NEAR = 3  # lines
HANDED = re.compile(r"\.(?:submit|apply_async|run_in_executor)\((\w+)\)$")
FINDING = re.compile(r"^(?P<path>.+?):(?P<line>\d+):\d+: (?P<code>FRL\d{3}) ?(?P<text>.*)$")
# First names of libraries in the `api` column. Any other call whose last name is defined in its tree is of the
# project's own.
LIBRARIES = {"aiohttp", "azure", "boto3", "codeprojectai", "compreface", "concurrent", "cv2", "deepface", "deepstack"}
LIBRARIES |= {"dlib", "face_recognition", "facenet_pytorch", "insightface", "rekognition", "requests", "sklearn"}


@dataclass(frozen=True)
class Row:
    """One labelled call."""

    number: int
    repo: str
    commit: str
    path: str
    line: int
    function: str
    api: str
    role: str
    verdicts: dict[str, str]
    reason: str

    @property
    def tree(self) -> str:
        """The name of the checkout."""
        commit = re.sub(r"[^\w.-]", "_", self.commit[:10])
        return f"{self.repo.partition('@')[0].replace('/', '__')}__{commit}"

    @property
    def handed(self) -> str:
        """The function that a call hands over, if the label says so: ``executor.submit(work)``."""
        found = HANDED.search(self.api)
        return found[1] if found else ""

    @property
    def called(self) -> str:
        """The last name of the called function."""
        if self.handed:
            return self.handed
        plain = re.sub(r"\(.*?\)", "", self.api.partition(":")[2] if self.marked_wrapper else self.api).strip()
        return (plain.split(" ")[0] or "?").split(".")[-1]

    @property
    def marked_wrapper(self) -> bool:
        """Whether the label itself says that the call leads to a face call elsewhere."""
        return self.api.startswith(("wrapper:", "local"))

    @property
    def of_library(self) -> bool:
        """Whether the call is one of a library."""
        return not self.marked_wrapper and not self.handed and re.split(r"[.( ]", self.api)[0] in LIBRARIES


@dataclass(frozen=True)
class Finding:
    """One report of the linter."""

    path: str
    line: int
    code: str
    text: str


@dataclass
class Checkout(SourceTree):
    """One work tree with its labels and findings."""

    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def of_row(self, row: Row) -> Node:
        """The function that holds a labelled call."""
        return row.path, self.outline(row.path).function(row.line)

    def of_finding(self, finding: Finding) -> Node:
        """The function that holds a finding."""
        return finding.path, self.outline(finding.path).function(finding.line)

    def leads_to(self, row: Row, marked_only: bool) -> set[Node]:
        """The functions behind a call of the project's own function."""
        if row.of_library or (marked_only and not row.marked_wrapper):
            return set()
        return self.below(self.defined.get(row.called, ()))


@dataclass
class Share:
    """So many of so many."""

    hits: int = 0
    total: int = 0

    def add(self, hit: bool) -> None:
        """Count one more."""
        self.hits += hit
        self.total += 1

    def __str__(self) -> str:
        """As a table cell."""
        return f"{self.hits}/{self.total} = {self.hits / self.total:.3f}" if self.total else "-"


FIGURES = {
    "found": "recall: functions with a `violation`, finding in the function",
    "found_at_call": "recall, stricter: finding at a labelled call of the function",
    "found_marked": "recall, calls labelled as wrappers resolved",
    "found_own": "recall, all calls of the project's own functions resolved",
    "found_around": f"upper bound: finding in a caller or callee within {HOPS} hops",
    "rows_near": f"`violation` calls with a finding within {NEAR} lines",
    "rows_chain": "`violation` calls with a finding in the same function",
    "ok_rows": "silence: `ok` calls",
    "ok_functions": "silence: functions with `ok`, no `violation`",
    "na_rows": "silence: `na` calls",
    "na_apart": "silence: of these, calls that no call labelled `violation` leads to",
    "na_no_face": "silence: of these, calls that process no face, or delete",
    "na_functions": "silence: functions with `na` only",
    "precise": "precision: findings in functions with a label",
    "precise_functions": "precision: functions with a finding and a label",
}


@dataclass
class Score:
    """The figures of one family, and what is behind them."""

    family: str
    figures: dict[str, Share] = field(default_factory=lambda: {name: Share() for name in FIGURES})
    misses: list[dict[str, object]] = field(default_factory=list)
    wrong: list[dict[str, object]] = field(default_factory=list)
    unlabelled: list[dict[str, object]] = field(default_factory=list)
    disputed: list[dict[str, object]] = field(default_factory=list)

    def add(self, tree: Checkout) -> None:
        """Count one work tree."""
        findings = [f for f in tree.findings if f.code.startswith(FAMILIES[self.family])]
        by_function: dict[Node, list[Finding]] = defaultdict(list)
        for finding in findings:
            by_function[tree.of_finding(finding)].append(finding)
        labelled: dict[Node, list[Row]] = defaultdict(list)
        for row in tree.rows:
            labelled[tree.of_row(row)].append(row)
        violations = [row for row in tree.rows if row.verdicts[self.family] == "violation"]
        behind = {node for row in violations for node in tree.leads_to(row, marked_only=False)}
        claimed = {(row.path, line) for row in violations for line in _lines(tree, row)}
        for node, rows in labelled.items():
            bad = [row for row in rows if row in violations]
            here = by_function.get(node, [])
            for _ in here:
                self.figures["precise"].add(bool(bad))
            if here:
                self.figures["precise_functions"].add(bool(bad))
            if bad:
                self._recall(tree, node, bad, here, set(by_function))
            else:
                ok = any(row.verdicts[self.family] == "ok" for row in rows)
                self.figures["ok_functions" if ok else "na_functions"].add(not here)
            self._silence(tree, rows, here, claimed, alone=not bad, apart=node not in behind)
        for node, found in by_function.items():
            if node not in labelled:
                place = {"repo": tree.rows[0].repo, "function": node[1]}
                self.unlabelled += [{**place, **asdict(finding)} for finding in found]

    def _recall(self, tree: Checkout, node: Node, bad: list[Row], here: list[Finding], with_finding: set[Node]) -> None:
        lines = {finding.line for finding in here}
        marked = bool(here) or any(tree.leads_to(row, marked_only=True) & with_finding for row in bad)
        own = marked or any(tree.leads_to(row, marked_only=False) & with_finding for row in bad)
        around = own or bool(with_finding and tree.around(node) & with_finding)
        self.figures["found"].add(bool(here))
        self.figures["found_at_call"].add(any(lines & set(_lines(tree, row)) for row in bad))
        self.figures["found_marked"].add(marked)
        self.figures["found_own"].add(own)
        self.figures["found_around"].add(around)
        for row in bad:
            self.figures["rows_chain"].add(bool(here))
            self.figures["rows_near"].add(bool(lines & set(_lines(tree, row, NEAR))))
        if not here:
            notes = {
                "Python rejects the file": not tree.outline(node[0]).parsed,
                "found in its wrapper": marked,
                "found in the project's own function": own,
                "found nearby": around,
            }
            note = next((note for note, applies in notes.items() if applies), "")
            self.misses += [_entry(row, node, note=note) for row in bad]

    def _silence(
        self,
        tree: Checkout,
        rows: list[Row],
        here: list[Finding],
        claimed: set[tuple[str, int]],
        *,
        alone: bool,
        apart: bool,
    ) -> None:
        blamed: set[Finding] = set()
        for row in rows:
            verdict = row.verdicts[self.family]
            if verdict == "violation":
                continue
            if any(r.line == row.line and r.verdicts[self.family] == "violation" for r in rows):
                self.disputed.append(_entry(row, tree.of_row(row), verdict=verdict))
                continue
            at = [f for f in here if f.line in _lines(tree, row) and (f.path, f.line) not in claimed]
            blamed.update(at)
            self.figures[f"{verdict}_rows"].add(not at)
            if verdict == "na" and apart:
                self.figures["na_apart"].add(not at)
            if verdict == "na" and row.role in {"none", "delete"}:
                self.figures["na_no_face"].add(not at)
            if at:
                self.wrong.append(_entry(row, tree.of_row(row), verdict=verdict, where="call", codes=_codes(at)))
        rest = [finding for finding in here if finding not in blamed]
        if alone and rest:
            row = min(rows, key=lambda r: abs(r.line - rest[0].line))
            more = {"verdict": row.verdicts[self.family], "where": "function", "codes": _codes(rest)}
            self.wrong.append(_entry(row, tree.of_row(row), **more))


def _lines(tree: Checkout, row: Row, margin: int = 0) -> range:
    first, last = tree.outline(row.path).span(row.line, row.api)
    return range(first - margin, last + margin + 1)


def _codes(findings: Iterable[Finding]) -> list[str]:
    return sorted(f"{finding.code}:{finding.line}" for finding in findings)


def _entry(row: Row, node: Node, **more: object) -> dict[str, object]:
    entry = {name: getattr(row, name) for name in ("repo", "path", "line", "api", "role", "reason")}
    return {**entry, "function": node[1], "row": row.number, **more}


def read_rows(file: Path) -> list[Row]:
    """The labels."""
    rows = []
    with file.open(encoding="utf-8", newline="") as text:
        for number, raw in enumerate(csv.DictReader(text), 2):
            verdicts = {family: raw[family] for family in FAMILIES}
            unknown = set(verdicts.values()) - {"violation", "ok", "na"}
            if unknown:
                raise SystemExit(f"{file}: row {number}: unknown verdict {', '.join(sorted(unknown))}")
            texts = {name: raw[name] for name in ("repo", "commit", "path", "function", "api", "role", "reason")}
            rows.append(Row(number=number, line=int(raw["line"]), verdicts=verdicts, **texts))
    return rows


def run_flake8(root: Path, flake8: Sequence[str], cache: Path | None, refresh: bool) -> tuple[str, str]:
    """What flake8 prints in a work tree, and what went wrong."""
    command = [*flake8, "--isolated", "--select=FRL", "."]
    kept = cache / f"{root.name}.json" if cache else None
    if kept and kept.is_file() and not refresh:
        before = json.loads(kept.read_text(encoding="utf-8"))
        if before["command"] == command:
            return before["output"], ""
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        return done.stdout, f"exit status {done.returncode}: {done.stderr.strip()[-500:]}"
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"command": command, "output": done.stdout}, indent=1), encoding="utf-8")
    return done.stdout, ""


def read_findings(output: str) -> list[Finding]:
    """The findings in flake8's default format, each once."""
    found = []
    for hit in filter(None, map(FINDING.match, output.splitlines())):
        path = hit["path"].replace("\\", "/").removeprefix("./")
        found.append(Finding(path, int(hit["line"]), hit["code"], hit["text"]))
    return list(dict.fromkeys(found))


def label_problems(tree: Checkout) -> list[str]:
    """Labels that do not fit the files."""
    problems = []
    for row in tree.rows:
        place = f"row {row.number}: {row.repo} {row.path}:{row.line}"
        outline = tree.outline(row.path)
        if not (tree.root / row.path).is_file():
            problems.append(f"{place}: no such file")
        elif not outline.parsed:
            problems.append(f"{place}: Python rejects the file, no plugin can see it")
        elif not any(call.lineno <= row.line <= (call.end_lineno or row.line) for call in outline.calls):
            problems.append(f"{place}: no call on that line")
        elif outline.function(row.line) != row.function:
            problems.append(f"{place}: the function is {outline.function(row.line)}, the label says {row.function}")
    return problems


def table(scores: Sequence[Score]) -> Iterator[str]:
    """The figures as a Markdown table."""
    yield "| | " + " | ".join(score.family for score in scores) + " |"
    yield "| --- |" + " ---: |" * len(scores)
    for name, title in FIGURES.items():
        yield f"| {title} | " + " | ".join(str(score.figures[name]) for score in scores) + " |"
    yield "| labels that contradict one another, left out | " + " | ".join(str(len(s.disputed)) for s in scores) + " |"
    yield "| findings in functions without a label | " + " | ".join(str(len(s.unlabelled)) for s in scores) + " |"


def listing(score: Score, verbose: bool) -> Iterator[str]:
    """The misses, the wrong findings and those to be judged by reading."""
    yield f"\n### {score.family}: missed ({len(score.misses)} calls)\n"
    for miss in score.misses:
        yield _line(miss) + (f" [{miss['note']}]" if miss["note"] else "") + f": {miss['reason']}"
    yield f"\n### {score.family}: reported though labelled `ok` or `na` ({len(score.wrong)})\n"
    for wrong in score.wrong:
        codes = ", ".join(wrong["codes"]) if isinstance(wrong["codes"], list) else ""
        yield f"{_line(wrong)} `{wrong['verdict']}` [{codes} in the {wrong['where']}]: {wrong['reason']}"
    yield f"\n### {score.family}: in functions without a label, to be judged by reading ({len(score.unlabelled)})\n"
    for repo, count in sorted(Counter(str(entry["repo"]) for entry in score.unlabelled).items()):
        yield f"- {repo}: {count}"
        for entry in (e for e in score.unlabelled if verbose and e["repo"] == repo):
            yield f"  - {entry['path']}:{entry['line']} {entry['function']} {entry['code']} {entry['text']}"


def _line(entry: dict[str, object]) -> str:
    place = f"{entry['repo']} {entry['path']}:{entry['line']}"
    return f"- {place} `{entry['function']}` `{entry['api']}` ({entry['role']})"


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("calls", type=Path, help="the labels")
    parser.add_argument("checkouts", type=Path, help="the folder of work trees")
    parser.add_argument("--family", action="append", choices=list(FAMILIES), help="only this family (may be repeated)")
    parser.add_argument("--flake8", default=f"{shlex.quote(sys.executable)} -m flake8", help="how to call flake8")
    parser.add_argument("--cache", type=Path, help="a folder for flake8's output, used again when it is there")
    parser.add_argument("--refresh", action="store_true", help="run flake8 even where its output is in the cache")
    parser.add_argument("--only", default="", metavar="TEXT", help="only repositories whose name holds this")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures and all lists to this file")
    parser.add_argument("-v", "--verbose", action="store_true", help="list every finding to be judged, and odd labels")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run, score and print."""
    args = arguments(argv)
    by_tree: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(args.calls):
        if args.only.lower() in row.repo.lower():
            by_tree[row.tree].append(row)
    scores = [Score(family) for family in FAMILIES if not args.family or family in args.family]
    failures: list[str] = []
    problems: list[str] = []
    own: Counter[str] = Counter()
    for name, rows in sorted(by_tree.items()):
        root = (args.checkouts / name).resolve()
        print(f"{name}: {len(rows)} labels", file=sys.stderr)
        if not root.is_dir():
            failures.append(f"{name}: no such folder, {len(rows)} labels not scored")
            continue
        output, failure = run_flake8(root, shlex.split(args.flake8), args.cache, args.refresh)
        if failure:
            failures.append(f"{name}: flake8 failed, {len(rows)} labels not scored: {failure}")
            continue
        tree = Checkout(root, rows=rows, findings=read_findings(output))
        own.update(f"{finding.code} in {rows[0].repo}" for finding in tree.findings if finding.code.startswith("FRL9"))
        problems += label_problems(tree)
        for score in scores:
            score.add(tree)
    lines = [*table(scores), ""]
    lines += [f"NOT COMPLETE: {failure}" for failure in failures]
    lines += [f"the linter's own: {what}: {count}" for what, count in sorted(own.items())]
    lines += [f"label: {problem}" for problem in problems if args.verbose]
    for score in scores:
        lines += listing(score, args.verbose)
    print("\n".join(lines))
    if args.json:
        result = {"failures": failures, "label_problems": problems, "own": own, "families": [asdict(s) for s in scores]}
        args.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
