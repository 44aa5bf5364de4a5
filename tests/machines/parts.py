"""The parts that the systematic enumeration combines: guards, ways out, what may stand around, face calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .shapes import Lines, indent

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
