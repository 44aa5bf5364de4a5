"""Rewrites that preserve what a program does, and the comparison of what is reported before and after.

A rewrite takes a project (relative path -> text) and gives another; where it changes nothing it does not apply.
"""

from __future__ import annotations

import argparse
import ast
import collections
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import libcst as cst

from .rewrite_flow import (
    Bodies,
    DeMorgan,
    ExitToNesting,
    InvertIf,
    NameCondition,
    NestingToExit,
    NotToElse,
    Remarks,
    in_if_true,
    in_try_finally,
    in_with,
    unrelated,
)
from .rewrite_moves import extract_helper, into_methods, into_static_methods, move_helpers, to_coroutines
from .rewrite_names import alias_members, alias_modules, module_imports, rename_locals
from .samples import FIXTURES, Sources, samples
from .trees import SUFFIX, per_file, visitor

Rewrite = Callable[[Sources], Sources]
Report = Counter[tuple[str, str]]

REWRITES: Final[dict[str, Rewrite]] = {
    "rename_locals": per_file(rename_locals),
    "invert_if": visitor(InvertIf),
    "not_to_else": visitor(NotToElse),
    "de_morgan": visitor(DeMorgan),
    "exit_to_nesting": visitor(ExitToNesting),
    "nesting_to_exit": visitor(NestingToExit),
    "name_condition": visitor(NameCondition),
    "alias_modules": alias_modules,
    "alias_members": alias_members,
    "module_imports": module_imports,
    "extract_helper": per_file(extract_helper),
    "static_methods": into_static_methods,
    "methods": into_methods,
    "move_helpers": move_helpers,
    "if_true": visitor(lambda: Bodies(in_if_true)),
    "try_finally": visitor(lambda: Bodies(in_try_finally)),
    "with_nullcontext": visitor(lambda: Bodies(in_with)),
    "dead_code": per_file(unrelated),
    "remarks": visitor(Remarks),
    "coroutines": to_coroutines,
}


def rewrite(name: str, sources: Sources) -> Sources | None:
    """The project after the rewrite, which still compiles; None where the rewrite does not apply."""
    try:
        after = REWRITES[name](sources)
    except (cst.ParserSyntaxError, SyntaxError, RecursionError):
        return None  # a fixture about what cannot be parsed
    if after == sources:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path, text in after.items():
            compile(text, path, "exec")
    return after


def _called(text: str, line: int, column: int) -> str:
    """The last name of what is called at a place, however it was imported."""
    encoded = len(text.split("\n")[line - 1][:column].encode())
    nodes = list(ast.walk(ast.parse(text)))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    here = [node for node in calls if (node.lineno, node.col_offset) == (line, encoded)]
    if not here:
        return ""
    func = max(here, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0)).func
    if isinstance(func, ast.Attribute):
        return func.attr.replace(SUFFIX, "")
    if not isinstance(func, ast.Name):
        return type(func).__name__
    imports = [alias for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    return next((one.name for one in imports if one.asname == func.id), func.id).replace(SUFFIX, "")


def report(sources: Sources) -> Report:
    """What the linter says, as a multiset of codes and names of calls, wherever they stand."""
    from fr_lint.analysis import check_sources

    out: Report = Counter()
    for one in check_sources(sources):
        presumed = one.code == "FRL102"  # stands at a default or an assignment of any form
        out[one.code, "" if presumed else _called(sources[one.path], one.line, one.col)] += 1
    return out


def difference(before: Report, after: Report) -> str:
    """In words; empty where there is none."""
    words = [f"gone {code} {what}" for code, what in (before - after).elements()]
    words += [f"new {code} {what}" for code, what in (after - before).elements()]
    return ", ".join(words)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compare the findings before and after every rewrite.")
    parser.add_argument("root", type=Path, nargs="*", default=[FIXTURES])
    parser.add_argument("--folders", default="FRL*")
    parser.add_argument("--only", default="", help="one rewrite")
    parser.add_argument("--show", type=int, default=0, help="print that many rewritten programs, the smallest first")
    options = parser.parse_args(arguments)
    wrong: list[tuple[int, str, str, str, Sources]] = []
    tally: Counter[tuple[str, str]] = collections.Counter()
    for sample in (one for root in options.root for one in samples(root, options.folders)):
        before = report(sample.sources)
        for name in REWRITES:
            if options.only in ("", name):
                after = rewrite(name, sample.sources)
                words = difference(before, report(after)) if after is not None else ""
                tally[name, "skipped" if after is None else "changed" if words else "same"] += 1
                if after is not None and words:
                    wrong.append((sum(map(len, after.values())), name, sample.name, words, after))
    for name in dict.fromkeys(name for name, _ in tally):
        print(f"{name:18}", *(f"{tally[name, kind]:5} {kind}" for kind in ("same", "changed", "skipped")))
    wrong.sort(key=lambda one: one[:3])
    for size, name, where, words, _ in wrong:
        print(f"{name:18} {where} ({size}): {words}")
    for _, name, where, words, after in wrong[: options.show]:
        print(f"--- {name} of {where}: {words}")
        for path, text in after.items():
            print(f"# {path}\n{text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
