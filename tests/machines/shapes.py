"""The parts of which small programs are made, and the systematic enumeration of their combinations.

A part is a list of lines in which ``<C>`` stands for a test that is true with consent, ``<N>`` for its opposite,
``<F>`` for the face call and ``<X>`` for a way out.  A :class:`Dialect` says how ``<C>`` and ``<N>`` are spelled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

Lines = list[str]

FACE: Final = "face_recognition.face_encodings(image)"
SECOND: Final = "face_recognition.face_encodings(snapshot)"
PARAMS: Final = (
    *("user", "form", "image", "snapshot", "people", "group_photo", "alice", "bob"),
    *("items", "mode", "flag1", "flag2"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """One program: where it comes from, and its text."""

    family: str
    text: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How consent is spelled: ``bare`` is the object that functions of the program receive."""

    name: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    bare: str = "user"
    prelude: tuple[str, ...] = ()
    boolean: bool = True  # the positive spelling alone is a fact that a variable can hold and `match` can compare


DIALECTS: Final = (
    Dialect("attribute", ("user.face_consent",), ("not user.face_consent",)),
    Dialect("attribute2", ("user.has_consented",), ("not user.has_consented",)),
    Dialect("optin", ("user.biometric_opt_in",), ("not user.biometric_opt_in",)),
    Dialect(
        "identity",
        ("user.face_consent is True", "user.face_consent == True"),
        ("user.face_consent is not True", "user.face_consent != True"),
    ),
    Dialect("withdrawn", ("not user.consent_withdrawn",), ("user.consent_withdrawn",)),
    Dialect(
        "status",
        ('user.consent_status == "granted"', 'user.consent_status in ("granted", "yes")'),
        ('user.consent_status != "granted"', 'user.consent_status == "denied"', "not user.consent_status == 'granted'"),
    ),
    Dialect(
        "form",
        ('form.get("face_consent")', 'form["consent"]', '"consent" in form'),
        ('not form.get("face_consent")', 'not form["consent"]', '"consent" not in form'),
        bare="form",
    ),
    Dialect("bool", ("bool(user.face_consent)",), ("not bool(user.face_consent)",)),
    Dialect(
        "prompt",
        (
            'input("Do you consent to face recognition? (y/n) ") == "y"',
            'input("Do you consent to face recognition? (y/n) ").strip().lower() == "y"',
        ),
        ('input("Do you consent to face recognition? (y/n) ") != "y"',),
        bare="",
    ),
    Dialect(
        "helper",
        ("allowed(user)",),
        ("not allowed(user)",),
        prelude=("def allowed(user):", "    return user.face_consent"),
    ),
    Dialect(
        "helper2",
        ("allowed(user)",),
        ("not allowed(user)",),
        prelude=("def allowed(user):", "    if user.consent_withdrawn:", "        return False", "    return True"),
    ),
    Dialect(
        "refused",
        ("not refused(user)",),
        ("refused(user)",),
        prelude=("def refused(user):", "    return not user.face_consent"),
    ),
)


def indent(lines: Sequence[str]) -> Lines:
    return ["    " + line for line in lines]


def under(head: str, lines: Sequence[str]) -> Lines:
    return [head, *indent(lines or ["pass"])]


def spell(lines: Sequence[str], dialect: Dialect, rng: Random) -> Lines:
    """Put the dialect's words in the place of ``<C>`` and ``<N>``."""
    out = []
    for line in lines:
        while "<C>" in line:
            line = line.replace("<C>", rng.choice(dialect.yes), 1)
        while "<N>" in line:
            line = line.replace("<N>", rng.choice(dialect.no), 1)
        out.append(line.replace("<B>", dialect.bare))
    return out


def assemble(body: Sequence[str], functions: Sequence[Sequence[str]] = ()) -> str:
    """A module: the imports that the parts need, helper functions, and ``run`` with the parameters it uses."""
    body = [line.replace("<F>", FACE).replace("<G>", SECOND) for line in body]
    parts = [line.replace("<F>", FACE) for function in functions for line in (*function, "", "")]
    everything = "\n".join([*parts, *body])
    used = [name for name in PARAMS if re.search(rf"\b{name}\b", "\n".join(body))]
    station = [name for name in ("may_fail", "probe", "session") if re.search(rf"\b{name}\(", everything)]
    head = [
        f"import {name}" for name in ("contextlib", "functools", "os", "sys", "threading") if f"{name}." in everything
    ]
    head += ["", "import face_recognition"]
    if station:
        head.append(f"from station import {', '.join(station)}")
    if "Denied" in everything:
        parts = ["class Denied(Exception):", "    pass", "", "", *parts]
    return "\n".join([*head, "", "", *parts, f"def run({', '.join(used)}):", *indent(body)]).lstrip("\n") + "\n"


# ------------------------------------------------------------------------------------------------- the systematic part

EXITS: Final = (
    ("return",),
    ("raise PermissionError",),
    ('raise Denied("no")',),
    ("sys.exit(1)",),
    ("os._exit(1)",),
    ("may_fail()", "return"),
    ("continue",),
    ("break",),
    ("may_fail()",),
    ("pass",),
)

GUARDS: Final[tuple[Lines, ...]] = (
    ["if <N>:", "    <X>"],
    ["if not (<C>):", "    <X>"],
    ["if <C>:", "    pass", "else:", "    <X>"],
    ["if <C>:", "    may_fail()", "elif flag1:", "    <X>", "else:", "    <X>"],
    ["if <C>:", "    pass", "elif flag1:", "    <X>"],
    ["if flag1:", "    if <N>:", "        <X>", "elif <N>:", "    <X>"],
    ["if flag1 or <N>:", "    <X>"],
    ["if flag1 and <N>:", "    <X>"],
    ["if not (flag1 and <C>):", "    <X>"],
    ["if not (flag1 or <C>):", "    <X>"],
    ["if not flag1 or not (flag2 or <C>):", "    <X>"],
    ["ok = <C>", "if not ok:", "    <X>"],
    ["ok = <N>", "if ok:", "    <X>"],
    ["if not (ok := <C>):", "    <X>"],
    ["ok = False", "if <C>:", "    ok = True", "if not ok:", "    <X>"],
    ["ok = True", "if <N>:", "    ok = False", "if not ok:", "    <X>"],
    ["ok = False", "if flag1 and <C>:", "    ok = True", "if ok:", "    pass", "else:", "    <X>"],
    ["ok = False", "if flag1 or <C>:", "    ok = True", "if not ok:", "    <X>"],
    ["ok = <C>", "ok = flag1", "if not ok:", "    <X>"],
    ["ok = <C> and flag1", "if not ok:", "    <X>"],
    ["ok = <C> or flag1", "if not ok:", "    <X>"],
    ["ok = <C> if flag1 else False", "if not ok:", "    <X>"],
    ["ok = True if <C> else False", "if not ok:", "    <X>"],
    ["ok, note = <C>, probe()", "if not ok:", "    <X>"],
    ["while <N>:", "    <X>"],
    ["while not ((<C>) or flag1):", "    <X>"],
    ["while True:", "    if <C>:", "        break", "    <X>"],
    ["for item in items:", "    if <N>:", "        <X>"],
    ["for attempt in range(2):", "    if <C>:", "        break", "else:", "    <X>"],
    ["match flag1:", "    case True if <C>:", "        pass", "    case _:", "        <X>"],
    [
        "match mode:",
        '    case "fast" if <N>:',
        "        <X>",
        '    case "fast" | "slow":',
        "        pass",
        "    case _:",
        "        if <N>:",
        "            <X>",
    ],
    ["try:", "    if <N>:", "        raise PermissionError", "except PermissionError:", "    <X>"],
    ["try:", "    if <N>:", "        raise PermissionError", "except ValueError:", "    <X>"],
    [
        "try:",
        "    may_fail()",
        "    if <N>:",
        "        raise Denied",
        "except Denied:",
        "    <X>",
        "except Exception:",
        "    return",
    ],
    ["try:", "    may_fail()", "finally:", "    if <N>:", "        <X>"],
    ["try:", "    may_fail()", "except ValueError:", "    pass", "else:", "    if <N>:", "        <X>"],
    ["if flag1:", "    may_fail()", "if probe():", "    if <N>:", "        <X>", "else:", "    return"],
    ["(<C>) or sys.exit(1)"],
    ["flag1 or (<C>) or sys.exit(1)"],
    ["require(<B>)"],
    ["try:", "    require(<B>)", "except PermissionError:", "    <X>"],
    ["try:", "    require(<B>)", "except (ValueError, RuntimeError):", "    <X>"],
    ["if flag1:", "    require(<B>)", "else:", "    <X>"],
    ["if flag1:", "    <X>"],
)

Wrap = Callable[[Lines], Lines]


def _wrap(*lines: str) -> Wrap:
    """A compound statement; the line ``...`` is replaced by what it wraps."""

    def wrap(inner: Lines) -> Lines:
        out: Lines = []
        for line in lines:
            if line.strip() == "...":
                space = line[: -len("...")]
                out += [space + one for one in inner]
            else:
                out.append(line)
        return out

    return wrap


WRAPS: Final[tuple[Wrap, ...]] = (
    _wrap("..."),
    _wrap("if flag1:", "    ..."),
    _wrap("if flag1:", "    ...", "else:", "    return"),
    _wrap("if flag1:", "    may_fail()", "elif probe():", "    ...", "else:", "    raise ValueError"),
    _wrap("if True:", "    ..."),
    _wrap("for item in items:", "    ..."),
    _wrap("for item in items:", "    ...", "    break", "else:", "    return"),
    _wrap("while probe():", "    ..."),
    _wrap("while True:", "    ...", "    break"),
    _wrap("while True:", "    if probe():", "        break", "    ..."),
    _wrap("while flag1:", "    ...", "    flag1 = probe()"),
    _wrap("try:", "    ...", "except PermissionError:", "    pass"),
    _wrap("try:", "    ...", "except PermissionError:", "    return"),
    _wrap("try:", "    ...", "except ValueError:", "    pass"),
    _wrap("try:", "    ...", "except OSError:", "    may_fail()"),
    _wrap("try:", "    ...", "except Exception:", "    pass"),
    _wrap("try:", "    ...", "except:", "    pass"),
    _wrap("try:", "    ...", "except Exception as error:", "    raise RuntimeError from error"),
    _wrap("try:", "    ...", "except (ValueError, Denied):", "    pass", "except PermissionError:", "    raise"),
    _wrap("try:", "    ...", "finally:", "    may_fail()"),
    _wrap("try:", "    ...", "finally:", "    if flag2:", "        return"),
    _wrap("try:", "    may_fail()", "except ValueError:", "    ..."),
    _wrap("try:", "    may_fail()", "except ValueError:", "    return", "else:", "    ..."),
    _wrap("try:", "    may_fail()", "finally:", "    ..."),
    _wrap("try:", "    ...", "    may_fail()", "except RuntimeError:", "    pass", "else:", "    may_fail()"),
    _wrap("with contextlib.suppress(PermissionError):", "    ..."),
    _wrap("with contextlib.suppress(ValueError):", "    ..."),
    _wrap("with contextlib.suppress(Exception):", "    may_fail()", "    ..."),
    _wrap("with threading.Lock():", "    ..."),
    _wrap("with session():", "    ..."),
    _wrap("match mode:", '    case "fast":', "        ...", "    case _:", "        return"),
    _wrap("match mode:", '    case "fast":', "        may_fail()", '    case "slow" | "other":', "        ..."),
    _wrap("match flag1:", "    case True:", "        ...", "    case False:", "        may_fail()"),
)

Layout = Callable[[Lines, Wrap, Lines], Lines]
LAYOUTS: Final[tuple[Layout, ...]] = (
    lambda guard, wrap, face: [*wrap(guard), *face],
    lambda guard, wrap, face: [*guard, *wrap(face)],
    lambda guard, wrap, face: wrap([*guard, *face]),
    lambda guard, wrap, face: [*wrap(["may_fail()", *guard]), "if flag2:", *indent(face)],
    lambda guard, wrap, face: ["for item in items:", *indent([*wrap(guard), *face])],
    lambda guard, wrap, face: ["for item in items:", *indent(wrap(guard)), *face],
    lambda guard, wrap, face: wrap([*face, *guard]),
    lambda guard, wrap, face: ["if flag2:", *indent(wrap(guard)), *face],
    lambda guard, wrap, face: ["try:", *indent(wrap(guard)), "except RuntimeError:", "    return", *face],
)

FACES: Final[tuple[Lines, ...]] = (
    ["<F>"],
    ["return <F>"],
    ["if flag1:", "    <F>"],
    ["for item in items:", "    <F>"],
    ["try:", "    may_fail()", "finally:", "    <F>"],
    ["try:", "    may_fail()", "except Exception:", "    <F>"],
    ["try:", "    <F>", "except ValueError:", "    pass"],
    ["faces = <F> if flag2 else None"],
    ["flag2 and <F>"],
    ["capture(image)"],
    ["def inner():", "    return <F>", "inner()"],
    ["faces = [<F> for item in items if flag1]"],
)

TOGETHER: Final[tuple[Lines, ...]] = (  # guard and face call in one construct
    ["if <C>:", "    <F>"],
    ["if <N>:", "    may_fail()", "else:", "    <F>"],
    ["if <N>:", "    <F>"],
    ["if flag1 and <C>:", "    <F>"],
    ["if flag1 or <C>:", "    <F>"],
    ["if flag1:", "    may_fail()", "elif <C>:", "    <F>"],
    ["if <C>:", "    may_fail()", "elif flag1:", "    <F>"],
    ["faces = <F> if <C> else None"],
    ["faces = None if <N> else <F>"],
    ["faces = None if <C> else <F>"],
    ["(<C>) and <F>"],
    ["(<C>) or <F>"],
    ["flag1 and (<C>) and <F>"],
    ["return (flag1 or (<C>)) and <F>"],
    ["return (<N>) or <F>"],
    ["while <C>:", "    <F>", "    if probe():", "        break"],
    ["while probe() and (<C>):", "    <F>"],
    ["while probe() or (<C>):", "    <F>", "    break"],
    ["while <N>:", "    if probe():", "        break", "else:", "    <F>"],
    ["for item in items:", "    if <N>:", "        break", "else:", "    <F>"],
    ["for item in items:", "    if <C>:", "        break", "else:", "    <F>"],
    ["for item in items:", "    if <N>:", "        continue", "    <F>"],
    ["for item in items:", "    <F>", "    if <N>:", "        break"],
    ["faces = [<F> for item in items if <C>]"],
    ["faces = [<F> for item in items if flag1 if <C>]"],
    ["faces = [<F> for item in items if flag1 or (<C>)]"],
    ["faces = {item: <F> for item in items if <N>}"],
    ["if (ok := (<C>)) and flag1:", "    <F>"],
    ["if (ok := (<C>)) or flag1:", "    <F>"],
    ["ok = <C>", "if ok and flag1:", "    <F>"],
    ["ok = <C>", "if flag1:", "    ok = False", "if ok:", "    <F>"],
    ["ok = <C>", "if flag1:", "    ok = probe()", "if ok:", "    <F>"],
    ["ok = <C>", "if probe():", "    ok = True", "if ok:", "    <F>"],
    ["ok = False", "for item in items:", "    if <C>:", "        ok = True", "if ok:", "    <F>"],
    ["ok = False", "for item in items:", "    if ok:", "        <F>", "    ok = <C>"],
    ["ok = False", "while not ok:", "    ok = <C>", "<F>"],
    ["ok = False", "while not ok:", "    ok = probe()", "<F>"],
    ["ok = False", "try:", "    may_fail()", "    ok = <C>", "except Exception:", "    pass", "if ok:", "    <F>"],
    ["ok = True", "try:", "    may_fail()", "    ok = <C>", "except ValueError:", "    pass", "if ok:", "    <F>"],
    ["ok = False", "try:", "    ok = <C>", "finally:", "    if ok:", "        <F>"],
    ["if flag1:", "    if <N>:", "        return", "may_fail()", "if flag1:", "    <F>"],
    ["if flag1:", "    if <N>:", "        return", "if not flag1:", "    <F>"],
    ["if flag1:", "    if <N>:", "        return", "flag1 = probe()", "if flag1:", "    <F>"],
    ["if not flag1:", "    if <N>:", "        return", "if flag1 and flag2:", "    return", "<F>"],
    [
        "first = True",
        "for item in items:",
        "    if first:",
        "        if <N>:",
        "            return",
        "        first = False",
        "    <F>",
    ],
    ["done = False", "while not done:", "    if <C>:", "        <F>", "    done = probe()"],
    ["try:", "    if <N>:", "        raise PermissionError", "    <F>", "except PermissionError:", "    may_fail()"],
    ["try:", "    if <N>:", "        raise PermissionError", "except PermissionError:", "    <F>"],
    ["try:", "    if <N>:", "        raise PermissionError", "finally:", "    <F>"],
    ["try:", "    if <N>:", "        return", "finally:", "    <F>"],
    ["try:", "    if <C>:", "        raise StopIteration", "except StopIteration:", "    <F>"],
    ["def inner():", "    if <N>:", "        return", "    <F>", "inner()"],
    ["def inner():", "    return <C>", "if inner():", "    <F>"],
    ["def inner():", "    if flag1:", "        return <C>", "    return False", "if not inner():", "    return", "<F>"],
    ["def inner():", "    if flag1:", "        return <C>", "    return True", "if not inner():", "    return", "<F>"],
    ["def inner():", "    if <N>:", "        raise PermissionError", "inner()", "<F>"],
    ["def inner():", "    if <N>:", "        raise PermissionError", "if flag1:", "    inner()", "<F>"],
    ["def inner():", "    <F>", "if <C>:", "    inner()"],
    ["def inner():", "    <F>", "if <C>:", "    inner()", "elif flag1:", "    inner()"],
    ["check = lambda: <C>", "if check():", "    <F>"],
)

REQUIRES: Final[tuple[Lines, ...]] = (
    ["def require(<B>):", "    if <N>:", "        raise PermissionError"],
    ["def require(<B>):", "    if <C>:", "        return", '    raise PermissionError("no")'],
    ["def require(<B>):", "    if <C>:", "        return", "    if probe():", "        raise PermissionError"],
    [
        "def require(<B>):",
        "    try:",
        "        may_fail()",
        "    except ValueError:",
        "        return",
        "    if <N>:",
        "        raise PermissionError",
    ],
    [
        "def require(<B>):",
        "    with contextlib.suppress(PermissionError):",
        "        if <N>:",
        "            raise PermissionError",
    ],
    ["def require(<B>):", "    while <N>:", "        if probe():", "            raise PermissionError"],
    [
        "def check(<B>):",
        "    return <C>",
        "",
        "",
        "def require(<B>):",
        "    if not check(<B>):",
        "        raise PermissionError",
    ],
)
CAPTURE: Final = ["def capture(image):", "    return <F>"]
SYSTEMATIC: Final = len(GUARDS) * len(EXITS) * len(WRAPS) * len(LAYOUTS) * len(FACES)


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
