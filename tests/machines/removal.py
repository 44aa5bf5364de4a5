"""Takes the consent out of a program: what is left must be reported.

:func:`neutralised` puts neutral words in the place of the consent vocabulary, in names, keys, prompts and file names
alike, so that every test is still there and none is about consent.  :func:`unguarded` also takes out statements that
only call something with such a name, and decorators and context managers with such a name.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
import tokenize
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import libcst as cst

from .samples import FIXTURES, Sample, Sources, samples

# each word and what stands for it; longer ones first
NEUTRAL: Final = (
    (re.compile(r"unconsent", re.IGNORECASE), "unsort"),
    (re.compile(r"consent", re.IGNORECASE), "detail"),
    (re.compile(r"opt(ed|s|ing)?([ _-]?)(in|out)(?![a-z])", re.IGNORECASE), "turned\\2over"),
    (re.compile(r"(?<![a-z])(dis)?agree", re.IGNORECASE), "refine"),
    (re.compile(r"不同意|未同意|没有同意|同意|授权|拒绝"), "细节"),
    (re.compile(r"einwillig|zustimm", re.IGNORECASE), "detail"),
)
# further words that make the text of a prompt a question for consent
PROMPT: Final = re.compile(
    r"\b(may we|do you allow|i allow|allow|is it ok(ay)?|are you ok(ay)?|is it all right|permission|permit|accept|"
    r"authori[sz]e)\b",
    re.IGNORECASE,
)
TEXTS: Final = frozenset(
    {tokenize.STRING, *(getattr(tokenize, name) for name in ("FSTRING_MIDDLE",) if hasattr(tokenize, name))}
)


def _like(word: str, pattern: str) -> str:
    """The word in the letter case of what it replaces."""
    if pattern.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if pattern[:1].isupper() else word


def neutral(text: str) -> str:
    """A name or a text without the consent vocabulary; the same one for the same one."""
    for pattern, word in NEUTRAL:
        text = pattern.sub(lambda found, word=word: _like(found.expand(word), found[0]), text)  # type: ignore[misc]
    return text


def speaks(text: str) -> bool:
    """Does a name or text hold a word of the consent vocabulary?"""
    return neutral(text) != text


def _neutral_file(text: str) -> str:
    """The file with every name and string neutral; comments stay, and so do the lines."""
    lines = text.split("\n")
    edits: list[tuple[tuple[int, int], tuple[int, int], str]] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in TEXTS | {tokenize.NAME}:
            continue
        new = neutral(token.string)
        if token.type in TEXTS and not new.startswith(('"""', "'''")):
            new = PROMPT.sub("see", new)
        if new != token.string:
            edits.append((token.start, token.end, new))
    for (row, column), (end_row, end_column), new in reversed(edits):
        head, tail = lines[row - 1][:column], lines[end_row - 1][end_column:]
        lines[row - 1 : end_row] = (head + new + tail).split("\n")
    return "\n".join(lines)


def neutralised(sources: Sources) -> Sources:
    """The project with neutral words in the place of consent."""
    return {neutral(path): _neutral_file(text) for path, text in sources.items()}


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _name(node: cst.BaseExpression) -> str:
    """The name of what is called, without its arguments."""
    while isinstance(node, cst.Call | cst.Await):
        node = node.func if isinstance(node, cst.Call) else node.expression
    return _code(node)


class _Unguard(cst.CSTTransformer):
    def leave_Expr(  # noqa: N802  the parser's name
        self, original_node: cst.Expr, updated_node: cst.Expr
    ) -> cst.BaseSmallStatement:
        value = original_node.value
        if isinstance(value, cst.Call | cst.Await) and speaks(_name(value)):
            return cst.Pass()
        return updated_node

    def leave_Decorator(  # noqa: N802
        self, original_node: cst.Decorator, updated_node: cst.Decorator
    ) -> cst.Decorator | cst.RemovalSentinel:
        if speaks(_name(original_node.decorator)):
            return cst.RemoveFromParent()
        return updated_node

    def leave_WithItem(  # noqa: N802
        self, original_node: cst.WithItem, updated_node: cst.WithItem
    ) -> cst.WithItem:
        if speaks(_name(original_node.item)):
            return updated_node.with_changes(item=cst.parse_expression("open('nothing')"))
        return updated_node


def unguarded(sources: Sources) -> Sources:
    """The project without raising calls, decorators and context managers of consent, and with neutral words."""
    out = {}
    for path, text in sources.items():
        try:
            out[path] = cst.parse_module(text).visit(_Unguard()).code
        except cst.ParserSyntaxError:
            out[path] = text  # a fixture about what cannot be parsed
    return neutralised(out)


REMOVALS: Final = {"neutralised": neutralised, "unguarded": unguarded}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What removing the guard of a silent fixture has shown."""

    name: str
    words: bool  # is there any consent vocabulary that could be removed?
    codes: dict[str, frozenset[str]]  # of each removal
    exempt: str

    @property
    def problem(self) -> str:
        """In words; empty where all is well."""
        if not self.words:
            return "is marked as exempt, and holds no word of consent" if self.exempt else ""
        silent = [removal for removal, codes in self.codes.items() if not codes]
        if self.exempt:
            return "" if silent else "is marked as exempt, and is reported without its guard"
        return f"stays silent when {' and when '.join(silent)}" if silent else ""


def _words(sources: Sources) -> bool:
    """Is there any vocabulary in names and strings, other than in docstrings?"""
    for text in sources.values():
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr)]
        lines = text.split("\n")
        for node in nodes:
            if isinstance(node.value, ast.Constant) and node.end_lineno is not None:
                for number in range(node.lineno - 1, node.end_lineno):
                    lines[number] = ""
        if any(speaks(re.sub(r"#.*", "", line)) for line in lines):
            return True
    return False


def outcome(sample: Sample) -> Outcome:
    """Remove the guard of a fixture in every way, and look."""
    from fr_lint.analysis import check_sources

    codes = {}
    for name, removal in REMOVALS.items():
        after = removal(sample.sources)
        for path, text in after.items():
            compile(text, path, "exec")
        codes[name] = frozenset(one.code for one in check_sources(after) if one.code.startswith("FRL1"))
    return Outcome(sample.name, _words(sample.sources), codes, sample.exempt)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Remove the guard of every silent consent fixture.")
    parser.add_argument("root", type=Path, nargs="*", default=[FIXTURES])
    parser.add_argument("--folders", default="FRL10[123]")
    parser.add_argument("--show", type=int, default=0, help="print that many of those that stay silent")
    options = parser.parse_args(arguments)
    tally: Counter[str] = Counter()
    shown = 0
    for sample in (one for root in options.root for one in samples(root, options.folders)):
        if sample.marked:
            continue
        found = outcome(sample)
        kind = found.problem or (sample.exempt and "exempt") or ("reported" if found.words else "nothing to remove")
        tally[kind] += 1
        if found.problem:
            print(f"{sample.name}: {found.problem}")
            if shown < options.show:
                shown += 1
                for path, text in neutralised(sample.sources).items():
                    print(f"# {path}\n{text}")
    for kind, count in tally.most_common():
        print(f"{count:5} {kind}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
