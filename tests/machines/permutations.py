"""Small control-flow programs around a consent guard and a face call, each with the answer of a real execution.

``python -m tests.machines.permutations --count 6000 --seed 1`` compares the linter with the oracle on that many.
"""

from __future__ import annotations

import argparse
import collections
import re
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from .families import families
from .oracle import judge
from .parts import SYSTEMATIC
from .shapes import Program
from .shrink import shrink
from .systematic import systematic
from .wild import wild

__all__ = ["Disagreement", "Program", "compare", "disagreements", "programs", "verdict"]

PATH: Final = "app.py"
LONGEST: Final = 1800  # characters of a program
SHORT: Final = 350
CODES: Final = ("FRL101", "FRL102")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A program on which linter and oracle differ: lines that must be reported, and what was reported."""

    program: Program
    expected: frozenset[int]
    found: tuple[str, ...]

    @property
    def kind(self) -> str:
        calls = {int(one.split(":")[0]) for one in self.found if one.endswith("FRL101")}
        return "missed" if self.expected - calls else "false alarm"

    def __str__(self) -> str:
        wanted = ", ".join(f"line {line}" for line in sorted(self.expected)) or "silence"
        return (
            f"--- {self.program.family}: {self.kind}; expected {wanted}; found {list(self.found)}\n{self.program.text}"
        )


def candidates(seed: int) -> Iterator[Program]:
    """Programs without end, a few of each kind in turn; with repetitions, judged or not."""
    rng = Random(seed)
    complete = list(families(rng))
    rng.shuffle(complete)
    small = iter(complete)
    while True:
        yield from islice(small, 2)
        for _ in range(3):
            for made in (systematic(rng.randrange(SYSTEMATIC), rng), wild(rng)):
                if made is not None:
                    yield made


def programs(limit: int, seed: int = 1, precise: bool = False) -> Iterator[Program]:
    """``limit`` distinct programs whose answer the rulebook settles; the same ones for the same seed.

    With ``precise`` also those that an analysis gets wrong when it lets an attribute raise anything inside ``try``.
    """
    seen: set[str] = set()
    for program in candidates(seed):
        if len(seen) >= limit:
            return
        if program.text not in seen and len(program.text) < LONGEST and _telling(program.text, precise):
            seen.add(program.text)
            yield program


def _telling(text: str, precise: bool) -> bool:
    """Is the answer settled?  Silence because the call is never reached tells little: only short such programs."""
    judgement = judge(text, precise)
    return judgement is not None and (bool(judgement.reached) or len(text) < SHORT)


def verdict(program: Program, precise: bool = False) -> bool:
    """Must a face call of this program be reported?"""
    judgement = judge(program.text, precise)
    if judgement is None:
        raise ValueError("the rulebook leaves this program open")
    return bool(judgement.reported)


def compare(program: Program, precise: bool = False) -> Disagreement | None:
    """None where the linter says what the oracle says.

    A presumption (FRL102) stands where it is made, not at the call, and may stand for it; so where one is reported
    the calls need not be, but a call that is silent by the oracle must not be reported, nor may there be a presumption
    in a program that is silent as a whole.
    """
    from fr_lint.analysis import check_sources

    judgement = judge(program.text, precise)
    if judgement is None:
        return None
    findings = [one for one in check_sources({PATH: program.text}) if one.code.startswith(("FRL1", "FRL9"))]
    calls = {one.line for one in findings if one.code == "FRL101"}
    presumed = any(one.code == "FRL102" for one in findings)
    others = any(one.code not in CODES for one in findings)
    if presumed and judgement.reported:
        right = calls <= judgement.reported
    else:
        right = not presumed and calls == judgement.reported
    if right and not others:
        return None
    return Disagreement(program, judgement.reported, tuple(f"{one.line}:{one.code}" for one in sorted(findings)))


def disagreements(some: Iterable[Program], precise: bool = False) -> list[Disagreement]:
    """Where the linter differs, smallest program first."""
    found = [one for one in (compare(program, precise) for program in some) if one is not None]
    return sorted(found, key=lambda one: (len(one.program.text), one.program.text))


def minimized(one: Disagreement, precise: bool = False) -> Disagreement:
    """The same kind of disagreement on the smallest program that still shows it."""

    before = judge(one.program.text, precise)

    def still(text: str) -> bool:
        other = compare(Program(one.program.family, text), precise)
        after = judge(text, precise)
        if other is None or after is None or before is None or other.kind != one.kind:
            return False
        return bool(after.reached) or not before.reached

    return compare(Program(one.program.family, shrink(one.program.text, still)), precise) or one


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="how many minimized programs to print")
    parser.add_argument("--family", default="", help="only this family (systematic, wild, people, ...)")
    parser.add_argument(
        "--print", type=int, default=0, metavar="N", help="print the first N programs with their answers"
    )
    parser.add_argument("--precise", action="store_true", help="attributes raise AttributeError only, not anything")
    options = parser.parse_args(arguments)

    started = time.perf_counter()
    some = [one for one in programs(options.count, options.seed, options.precise) if options.family in ("", one.family)]
    tally = collections.Counter((one.family, verdict(one, options.precise)) for one in some)
    for family in sorted({family for family, _ in tally}):
        print(f"{family:12} {tally[family, True]:6} reported {tally[family, False]:6} silent")
    reported = sum(count for (_, bad), count in tally.items() if bad)
    spent = time.perf_counter() - started
    print(f"{len(some)} programs: {reported} reported, {len(some) - reported} silent ({spent:.1f} s)")
    for one in some[: options.print]:
        print(f"--- {one.family}: {'reported' if verdict(one, options.precise) else 'silent'}\n{one.text}")

    started = time.perf_counter()
    wrong = disagreements(some, options.precise)
    spent = time.perf_counter() - started
    kinds = collections.Counter((one.program.family, one.kind) for one in wrong)
    parts = ", ".join(f"{family} {kind} {count}" for (family, kind), count in sorted(kinds.items()))
    print(f"{len(wrong)} disagreements ({spent:.1f} s) {parts}")
    shown: set[str] = set()  # texts without the spelling of consent and of the kinds of exceptions
    for disagreement in wrong:
        if len(shown) >= options.show:
            break
        small = minimized(disagreement, options.precise)
        shape = re.sub(r"(user|form)[.\w\[\]\"'()]*|ValueError|OSError|PermissionError|flag\d", "_", small.program.text)
        if shape not in shown:
            shown.add(shape)
            print(small)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
