"""Puts the parts together: one program for each combination."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .parts import CAPTURE, EXITS, FACES, GUARDS, LAYOUTS, REQUIRES, TOGETHER, WRAPS, Wrap
from .shapes import DIALECTS, Dialect, Lines, Program, assemble, spell


def _exit(guard: Lines, way: Sequence[str]) -> Lines:
    out: Lines = []
    for line in guard:
        if line.strip() == "<X>":
            out += [line.replace("<X>", one) for one in way]
        else:
            out.append(line)
    return out


def finish(family: str, body: Lines, dialect: Dialect, rng: Random, helpers: Sequence[Lines] = ()) -> Program | None:
    """Spell, add the functions that are called, and compile; None where the parts do not fit."""
    text = "\n".join(body)
    functions = [*([list(dialect.prelude)] if dialect.prelude else []), *helpers]
    if "require(" in text and not any(helper[0].startswith("def require(") for helper in helpers):
        functions.append(rng.choice(REQUIRES))
    if "capture(" in text:
        functions.append(CAPTURE)
    whole = [spell(function, dialect, rng) for function in functions]
    if dialect.prelude and f"{whole[0][0].split('(')[0].removeprefix('def ')}(" not in "\n".join(
        line for part in (*whole[1:], spell(body, dialect, rng)) for line in part
    ):
        whole = whole[1:]
    source = assemble(spell(body, dialect, rng), whole)
    try:
        compile(source, "<program>", "exec")
    except SyntaxError:
        return None
    return Program(family, source)


def systematic(index: int, rng: Random) -> Program | None:
    """The program with this number among all combinations; None where it is none (``break`` outside a loop ...)."""
    rest = index
    rest, guard = divmod(rest, len(GUARDS))
    rest, way = divmod(rest, len(EXITS))
    rest, wrap = divmod(rest, len(WRAPS))
    rest, layout = divmod(rest, len(LAYOUTS))
    face = rest
    dialect = DIALECTS[0] if rng.random() < 0.4 else rng.choice(DIALECTS)
    body = LAYOUTS[layout](_exit(GUARDS[guard], EXITS[way]), WRAPS[wrap], FACES[face])
    return finish("systematic", body, dialect, rng)


def together(wrap: Wrap, index: int, dialect: Dialect, rng: Random) -> Program | None:
    """A construct of guard and face call inside a compound statement."""
    return finish("together", wrap(TOGETHER[index]), dialect, rng)
