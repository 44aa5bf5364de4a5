"""Small families, enumerated completely: people in loops, two subjects, context managers, decorators, assert."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Final

from .parts import TOGETHER, WRAPS
from .shapes import DIALECTS, FACE, Lines, Program, assemble, indent, spell
from .systematic import finish, together

GROUP: Final = "face_recognition.face_encodings(group_photo)"
ONE: Final = "face_recognition.face_encodings(person.photo)"

PEOPLE_GUARDS: Final[tuple[Lines, ...]] = (
    ["for person in people:", "    if not person.face_consent:", "        <X>"],
    ["for person in people:", "    if person.face_consent:", "        continue", "    <X>"],
    ["for person in people:", "    if flag1 and not person.face_consent:", "        <X>"],
    ["for person in people:", "    if flag1 or not person.face_consent:", "        <X>"],
    ["for person in people:", "    require(person)"],
    ["for person in people:", "    if probe():", "        break", "    if not person.face_consent:", "        <X>"],
    [
        "for person in people:",
        "    if not person.face_consent:",
        "        break",
        "else:",
        "    <F>",
        "    return",
        "return",
    ],
    ["if not all(person.face_consent for person in people):", "    <X>"],
    ["if not all([person.face_consent for person in people]):", "    <X>"],
    ["if not any(person.face_consent for person in people):", "    <X>"],
    ["if any(not person.face_consent for person in people):", "    <X>"],
    ["if all(person.consent_withdrawn for person in people):", "    <X>"],
    ["if any(person.consent_withdrawn for person in people):", "    <X>"],
    [
        "ok = True",
        "for person in people:",
        "    if not person.face_consent:",
        "        ok = False",
        "if not ok:",
        "    <X>",
    ],
    [
        "ok = False",
        "for person in people:",
        "    if person.face_consent:",
        "        ok = True",
        "if not ok:",
        "    <X>",
    ],
    ["ok = all(person.face_consent for person in people)", "if not ok:", "    <X>"],
    ["ok = all(person.face_consent for person in people) or flag1", "if not ok:", "    <X>"],
    ["missing = [person for person in people if not person.face_consent]", "if missing:", "    <X>"],
    ["<X>"],
)
PEOPLE_EXITS: Final = ("return", "raise PermissionError", "sys.exit(1)", "continue", "break", "pass", "may_fail()")

EACH: Final[tuple[Lines, ...]] = (
    ["for person in people:", "    if not person.face_consent:", "        <X>", "    <F>"],
    ["for person in people:", "    if person.face_consent:", "        <F>", "    else:", "        <X>"],
    ["for person in people:", "    if flag1 and person.face_consent:", "        <F>"],
    ["for person in people:", "    if flag1 or person.face_consent:", "        <F>"],
    ["for person in people:", "    <F>", "    if not person.face_consent:", "        <X>"],
    ["for person in people:", "    if person.consent_withdrawn:", "        <X>", "    <F>"],
    ["for person in people:", "    if not person.face_consent:", "        <X>", "for person in people:", "    <F>"],
    ["for person in people:", "    if flag1:", "        if not person.face_consent:", "            <X>", "    <F>"],
    [
        "for person in people:",
        "    try:",
        "        require(person)",
        "    except PermissionError:",
        "        <X>",
        "    <F>",
    ],
    [
        "for person in people:",
        "    try:",
        "        require(person)",
        "        <F>",
        "    except PermissionError:",
        "        <X>",
    ],
    [
        "for person in people:",
        "    try:",
        "        may_fail()",
        "        require(person)",
        "    except Exception:",
        "        <X>",
        "    finally:",
        "        <F>",
    ],
    [
        "for person in people:",
        "    with contextlib.suppress(PermissionError):",
        "        require(person)",
        "        <F>",
    ],
    ["for person in people:", "    with contextlib.suppress(PermissionError):", "        require(person)", "    <F>"],
    ["willing = [person for person in people if person.face_consent]", "for person in willing:", "    <F>"],
    ["willing = [person for person in people if flag1 or person.face_consent]", "for person in willing:", "    <F>"],
    ["found = [<F> for person in people if person.face_consent]"],
    ["found = [<F> for person in people if flag1 if person.face_consent]"],
    ["found = [<F> for person in people]"],
    ["found = [<F> if person.face_consent else None for person in people]"],
    ["found = [person.face_consent and <F> for person in people]"],
    ["found = [person.face_consent or <F> for person in people]"],
    ["found = [<F> for person in people if not person.consent_withdrawn]"],
    ["for person in filter(lambda one: one.face_consent, people):", "    <F>"],
    ["for person in people:", "    match person.face_consent:", "        case True:", "            <F>"],
    ["for person in people:", "    match person.face_consent:", "        case False:", "            <X>", "    <F>"],
    ["for person in people:", "    while not person.face_consent:", "        <X>", "    <F>"],
)

SUBJECTS: Final[tuple[Lines, ...]] = (
    ["if not <T>:", "    return", "<F>"],
    ["if <T>:", "    <F>"],
    ["if not alice.face_consent or not bob.face_consent:", "    return", "<F>"],
    ["if not (alice.face_consent or bob.face_consent):", "    return", "<F>"],
    ["if flag1:", "    if not <T>:", "        return", "else:", "    require(alice)", "<F>"],
    ["require(alice)", "<F>"],
    ["try:", "    require(bob)", "except PermissionError:", "    return", "<F>"],
    ["person = alice", "if not <T>:", "    return", "person = alice", "<F>"],
    ["person = alice", "if not person.face_consent:", "    return", "person = bob", "<F>"],
    ["person = bob if flag1 else alice", "if not person.face_consent:", "    return", "<F>"],
    ["ok = <T>", "if not ok:", "    raise PermissionError", "<F>"],
    ["for item in items:", "    if not <T>:", "        continue", "    <F>"],
)

MANAGERS: Final[tuple[Lines, ...]] = (
    ["    if <N>:", "        raise PermissionError", "    yield"],
    ["    yield", "    if <N>:", "        raise PermissionError"],
    ["    if flag:", "        if <N>:", "            raise PermissionError", "    yield"],
    [
        "    try:",
        "        if <N>:",
        "            raise PermissionError",
        "    except PermissionError:",
        "        pass",
        "    yield",
    ],
    [
        "    if <N>:",
        "        raise PermissionError",
        "    try:",
        "        yield",
        "    except PermissionError:",
        "        pass",
    ],
    ["    if <N>:", "        raise PermissionError", "    try:", "        yield", "    finally:", "        may_fail()"],
    ["    if <C>:", "        yield", "    else:", "        raise PermissionError"],
    ["    yield"],
)
MANAGER_BODIES: Final[tuple[Lines, ...]] = (
    ["with gate(<A>):", "    <F>"],
    ["with gate(<A>):", "    may_fail()", "<F>"],
    ["with contextlib.suppress(PermissionError), gate(<A>):", "    <F>"],
    ["with contextlib.suppress(PermissionError):", "    with gate(<A>):", "        may_fail()", "<F>"],
    ["try:", "    with gate(<A>):", "        <F>", "except PermissionError:", "    return"],
    ["try:", "    with gate(<A>):", "        may_fail()", "except PermissionError:", "    pass", "<F>"],
    ["with gate(<A>):", "    if flag2:", "        raise PermissionError", "<F>"],
    ["if flag2:", "    with gate(<A>):", "        <F>", "else:", "    may_fail()"],
    ["if flag2:", "    with gate(<A>):", "        may_fail()", "<F>"],
)

DECORATORS: Final[tuple[Lines, ...]] = (
    ["        if <N>:", "            raise PermissionError", "        return function(user, *rest)"],
    ["        if <N>:", "            return None", "        return function(user, *rest)"],
    ["        if <C>:", "            return function(user, *rest)", "        return None"],
    ["        if <N>:", "            may_fail()", "        return function(user, *rest)"],
    [
        "        try:",
        "            if <N>:",
        "                raise PermissionError",
        "        except PermissionError:",
        "            pass",
        "        return function(user, *rest)",
    ],
    [
        "        try:",
        "            if <N>:",
        "                raise PermissionError",
        "        except ValueError:",
        "            pass",
        "        return function(user, *rest)",
    ],
    [
        "        result = function(user, *rest)",
        "        if <N>:",
        "            raise PermissionError",
        "        return result",
    ],
    ["        if probe() or <C>:", "            return function(user, *rest)", "        raise PermissionError"],
    ["        if probe() and (<C>):", "            return function(user, *rest)", "        raise PermissionError"],
    ["        return (<C>) and function(user, *rest)"],
    ["        return function(user, *rest) if <C> else None"],
    [
        "        for attempt in range(2):",
        "            if <C>:",
        "                return function(user, *rest)",
        "        return None",
    ],
    ["        return function(user, *rest)"],
)
DECORATED: Final[tuple[Lines, ...]] = (
    ["<F>"],
    ["return <F>"],
    ["if flag1:", "    return <F>"],
    ["try:", "    may_fail()", "finally:", "    <F>"],
)

ASSERTS: Final[tuple[Lines, ...]] = (
    ["assert <C>", "<F>"],
    ["assert <C>", "if <N>:", "    return", "<F>"],
    ["if flag1:", "    assert <C>", "<F>"],
    ["try:", "    assert <C>", "except AssertionError:", "    return", "<F>"],
    ["if <N>:", "    raise AssertionError", "<F>"],
    ["if <N>:", "    assert False", "<F>"],
    ["if <N>:", "    assert False, 'no'", "    return", "<F>"],
    ["ok = <C>", "assert ok", "<F>"],
    ["ok = <C>", "assert flag1", "if ok:", "    <F>"],
    ["assert flag1", "if <C>:", "    <F>"],
    ["for item in items:", "    assert <C>", "    <F>"],
)


MATCHES: Final[tuple[Lines, ...]] = (
    ["match <C>:", "    case True:", "        <F>"],
    ["match <C>:", "    case False:", "        <F>"],
    ["match <C>:", "    case False:", "        return", "<F>"],
    ["match <C>:", "    case True:", "        pass", "    case _:", "        return", "<F>"],
    ["match (flag1, <C>):", "    case (True, True):", "        <F>"],
    ["match (flag1, <C>):", "    case (True, _):", "        <F>"],
)


def _put(lines: Lines, **words: str) -> Lines:
    for mark, word in words.items():
        lines = [line.replace(f"<{mark}>", word) for line in lines]
    return lines


REQUIRE: Final = ["def require(user):", "    if not user.face_consent:", "        raise PermissionError"]


def _texts(rng: Random) -> Iterator[tuple[str, str]]:
    def source(body: Lines, *functions: Lines) -> str:
        text = "\n".join(body)
        used = [one for one in functions if "require(" in text or not one[0].startswith("def require")]
        return assemble(body, used)

    for guard, way in product(PEOPLE_GUARDS, PEOPLE_EXITS):
        body = _put([*guard, "<F>"], X=way, F=GROUP)
        yield "people", source(body, REQUIRE)
        yield "people", source(["try:", *indent(body[:-1]), "except PermissionError:", "    pass", body[-1]], REQUIRE)
        yield "people", source(["if flag2:", *indent(body[:-1]), body[-1]], REQUIRE)
    for shape, way in product(EACH, PEOPLE_EXITS):
        body = _put(shape, X=way, F=ONE)
        yield "each", source(body, REQUIRE)
        yield "each", source(["if flag2:", "    may_fail()", *body], REQUIRE)
    for shape, test, photo in product(SUBJECTS, ("alice", "bob"), ("alice", "bob")):
        call = f"face_recognition.face_encodings({photo}.photo)"
        if "person = bob if" in shape[0] or ("person = " in shape[0] and photo == "bob"):
            call = "face_recognition.face_encodings(person.photo)"
        yield "subjects", source(_put(shape, T=f"{test}.face_consent", F=call), REQUIRE)
    for dialect in DIALECTS[:5]:
        for inner, outer in product(MANAGERS, MANAGER_BODIES):
            flag = any("flag:" in line for line in inner)
            manager = ["@contextlib.contextmanager", f"def gate(user{', flag' if flag else ''}):", *inner]
            body = _put(outer, F=FACE, A="user, flag1" if flag else "user")
            yield "managers", source(spell(body, dialect, rng), spell(manager, dialect, rng))
        for inner, outer in product(DECORATORS, DECORATED):
            head = ["def gated(function):", "    @functools.wraps(function)", "    def inner(user, *rest):"]
            decorator = [*head, *inner, "    return inner"]
            text = source(_put(["user.name", *outer], F=FACE), spell(decorator, dialect, rng))
            yield "decorators", text.replace("    user.name\n", "").replace("def run(", "@gated\ndef run(")
    for dialect, shape in product(DIALECTS, ASSERTS):
        functions = [list(dialect.prelude)] if dialect.prelude else []
        yield "assert", source(spell(_put(shape, F=FACE), dialect, rng), *functions)


def families(rng: Random) -> Iterator[Program]:
    """All of them, in a fixed order; some may not compile or repeat each other."""
    for family, text in _texts(rng):
        try:
            compile(text, "<program>", "exec")
        except SyntaxError:
            continue
        yield Program(family, text)
    for dialect, shape in product(DIALECTS, MATCHES):
        done = finish("match", shape, dialect, rng)
        if done is not None:
            yield done
    for index, wrap in product(range(len(TOGETHER)), WRAPS):
        done = together(wrap, index, rng.choice(DIALECTS), rng)
        if done is not None:
            yield done
