"""What each construct becomes: which calls can follow which, on which paths, and what is bound to what."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from fr_lint.ir.dump import dump, mermaid
from fr_lint.ir.keys import is_known, key
from fr_lint.ir.model import Attr, Const, Display, Expr, Function, Mapping, Module, Name, Node, Op, Text
from fr_lint.syntax import NotAnalysed, lower_source


def lower(source: str) -> Module:
    return lower_source(textwrap.dedent(source), "module.py")


def function(source: str, name: str = "f") -> Function:
    return next(found for found in lower(source).functions if found.qualname == name)


def body(source: str) -> Function:
    """The code as the body of ``def f(a, b, c)``."""
    return function("def f(a, b, c):\n" + textwrap.indent(textwrap.dedent(source), "    "))


def label(node: Node) -> str | None:
    if node.op == Op.CALL:
        assert node.value is not None
        return key(node.value)
    return {Op.EXIT: "end", Op.RAISED: "raised"}.get(node.op)


def paths(of: Function, *, exceptions: bool = True, visits: int = 2) -> set[str]:
    """The sequences of calls along all paths that pass no node more often than ``visits`` times.

    Branches on constants take their one way.  Without ``exceptions`` only ``raise`` and ``assert`` follow their
    exceptional edges.
    """
    found: set[str] = set()
    stack: list[tuple[int, tuple[str, ...], dict[int, int]]] = [(0, (), {})]
    while stack:
        at, calls, seen = stack.pop()
        count = seen.get(at, 0)
        if count >= visits:
            continue
        seen = {**seen, at: count + 1}
        node = of.nodes[at]
        name = label(node)
        if node.op in (Op.EXIT, Op.RAISED):
            found.add(" ".join((*calls, str(name))))
            continue
        after = (*calls, name) if name else calls
        following = node.succ
        if node.op == Op.BRANCH and isinstance(node.value, Const):
            following = (node.succ[0 if node.value.value else 1],)
        stack.extend((to, after, seen) for to in following)
        if node.exc >= 0 and (exceptions or node.op in (Op.RAISE, Op.ASSERT)):
            failed = (*calls, f"{name}!") if name else (*calls, "!")
            stack.append((node.exc, failed, seen))
        assert len(found) < 5000
    return found


def normal(source: str, visits: int = 2) -> set[str]:
    return paths(body(source), exceptions=False, visits=visits)


def nodes(of: Function, op: Op) -> list[Node]:
    return [node for node in of.nodes if node.op == op]


def bindings(of: Function) -> list[str]:
    found = []
    for node in nodes(of, Op.ASSIGN):
        assert node.target is not None
        assert node.value is not None
        found.append(f"{key(node.target)} := {key(node.value)}")
    return found


def expression(source: str) -> Expr:
    value = nodes(body(f"return {source}"), Op.RETURN)[0].value
    assert value is not None
    return value


# ------------------------------------------------------------------------------------------------------------ the graph


CODE = [
    "x = g(a) if h(b) else k(c)",
    "for x in a:\n    try:\n        if g(x): continue\n        break\n    finally:\n        h()\nelse:\n    k()",
    "with g() as x, h() as y:\n    return k(x, y)",
    "match a:\n    case {'k': [1, *rest]} if g(rest): h()\n    case Point(x=0) | None: k()",
    "while g() and not h() or k(): a.b()",
    "return [g(x, y) for x in h() if k(x) for y in x]",
    "try: g()\nexcept* h() as e: k()\nexcept* E: pass\nelse: a()\nfinally: b()",
]


@pytest.mark.parametrize("code", CODE)
def test_every_edge_leads_to_a_node(code: str) -> None:
    found = body(code)
    for node in found.nodes:
        assert all(0 <= to < len(found.nodes) for to in node.succ), dump(found)
        assert -1 <= node.exc < len(found.nodes)
    assert found.nodes[0].op == Op.ENTRY
    assert found.nodes[found.exit].op == Op.EXIT
    assert found.nodes[found.raised].op == Op.RAISED


def test_empty_module() -> None:
    module = lower("")
    assert len(module.functions) == 1
    assert module.functions[0].nodes[0].succ == (1,)


# --------------------------------------------------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("if g() and h(): k()", {"g end", "g h end", "g h k end"}),
        ("if g() or h(): k()", {"g k end", "g h end", "g h k end"}),
        ("if not (g() and h()): k()", {"g k end", "g h k end", "g h end"}),
        ("x = g() and h()", {"g end", "g h end"}),
        ("x = g() and a", {"g end"}),
        ("x = a and b or c", {"end"}),
        ("x = a and (b or h())", {"end", "h end"}),
        ("x = g() if a else h()", {"g end", "h end"}),
        ("x = 1 if g() else 2", {"g end"}),
        ("if (g() if a else h()): k()", {"g end", "g k end", "h end", "h k end"}),
        ("x = g() < h() < k()", {"g h end", "g h k end"}),
        ("if a < h() < k(): m()", {"h end", "h k end", "h k m end"}),
        ("if (x := g()): h(x)", {"g end", "g h end"}),
        ("g() or h()", {"g end", "g h end"}),
        ("if g(): h()\nelif k(): m()\nelse: n()", {"g h end", "g k m end", "g k n end"}),
        ("assert g() and h(), k()", {"g end", "g h end", "g ! k raised", "g h ! k raised"}),
        ("m(g() if a else h(), k())", {"g k m end", "h k m end"}),
        ("if True: g()\nelse: h()", {"g end"}),
        ("return g() and h() and k()", {"g end", "g h end", "g h k end"}),
    ],
)
def test_conditions(code: str, expected: set[str]) -> None:
    assert normal(code) == expected


def test_values_stay_trees() -> None:
    assert key(expression("a and (b or not c)")) == "a and (b or (not c))"
    assert key(expression("a if b else c")) == "a if b else c"
    assert key(expression("a < b < c")) == "(a < b) and (b < c)"
    found = body("x = a and g(b)")
    assert bindings(found) == ["x := a and #4"]
    assert [key(node.value) for node in nodes(found, Op.BRANCH) if node.value] == ["a"]
    assert not nodes(body("x = a if b else c\ny = a or b and c < d < e"), Op.BRANCH)


def test_conditions_are_atomic() -> None:
    found = body("if a and not (b or c == 1): g()")
    assert [key(node.value) for node in nodes(found, Op.BRANCH) if node.value] == ["a", "b", "c == 1"]


# --------------------------------------------------------------------------------------------------------------- loops


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("for x in g(): h(x)", {"g end", "g h end"}),
        ("for x in a:\n    if g(): continue\n    h()", {"end", "g end", "g h end"}),
        ("for x in a:\n    if g(): break\nelse: h()", {"h end", "g end", "g h end", "g g end"}),
        ("while g(): h()", {"g end", "g h g end"}),
        ("while True:\n    if g(): break\n    h()", {"g end", "g h g end"}),
        ("while True: g()", set()),
        ("while g():\n    break\nelse: h()", {"g end", "g h end"}),
    ],
)
def test_loops(code: str, expected: set[str]) -> None:
    assert normal(code) == expected


def test_every_way_back_passes_one_latch() -> None:
    found = body("for x in a:\n    if g(): continue\n    h()")
    (latch,) = nodes(found, Op.LATCH)
    (head,) = [index for index, node in enumerate(found.nodes) if node.op == Op.FOR]
    assert latch.succ == (head,)
    index = found.nodes.index(latch)
    assert [node.op for node in found.nodes if head in node.succ] == [Op.ENTRY, Op.LATCH]
    assert sum(index in node.succ for node in found.nodes) == 2


def test_loop_target() -> None:
    found = body("for x, (y, *z) in a: pass")
    (head,) = nodes(found, Op.FOR)
    assert head.target is not None
    assert key(head.target) == "(x, (y, *z))"
    assert {"x", "y", "z"} <= found.locals
    assert head.exc == found.raised


def test_comprehension() -> None:
    found = body("x = 1\nreturn [g(x, y) for x in h(x) if k(x) for y in x.z if y]")
    assert paths(found, exceptions=False) == {"h end", "h k end", "h k g end"}
    calls = {label(node): [key(arg.value) for arg in node.args] for node in nodes(found, Op.CALL)}
    assert calls == {"h": ["x"], "k": ["x@1"], "g": ["x@1", "y@1"]}
    value = nodes(found, Op.RETURN)[0].value
    assert value is not None
    assert key(value).startswith("list(#")
    assert " for x@1 in #" in key(value)
    assert len(nodes(found, Op.LATCH)) == 2
    assert {"x", "x@1", "y@1"} <= found.locals


def test_comprehension_shadows() -> None:
    found = body("return {x: [x for x in x] for x in x}, (lambda x: x), [lambda: y for y in a], x")
    value = nodes(found, Op.RETURN)[0].value
    assert isinstance(value, Display)
    shown = key(value)
    assert shown.startswith("(dict(x@1: list(x@2 for x@2 in x@1) for x@1 in x), <function 2>, list(<function 3>")
    assert shown.endswith(", x)")
    module = lower("def f(a):\n    return [lambda z: (z, y, a) for y in a]")
    assert [key(node.value) for node in nodes(module.functions[2], Op.RETURN) if node.value] == ["(z, y@1, a)"]


def test_walrus_in_comprehension_binds_outside() -> None:
    found = body("if any((last := x) for x in a): g(last)")
    assert "last" in found.locals
    assert "last := x@1" in bindings(found)


# --------------------------------------------------------------------------------------------------- try, with, finally


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("try: g()\nexcept E: h()", {"g end", "g! h end", "g! h! raised", "g! raised"}),
        ("try: g()\nexcept: h()", {"g end", "g! h end", "g! h! raised"}),
        (
            "try: g()\nexcept E: pass\nelse: h()",
            {"g h end", "g h! raised", "g! end", "g! raised"},
        ),
        ("try: g()\nfinally: h()", {"g h end", "g! h raised", "g h! raised", "g! h! raised"}),
        ("try: return g()\nfinally: return h()", {"g h end", "g! h end", "g h! raised", "g! h! raised"}),
        ("try: x = a.b\nexcept E: h()", {"end", "! h end", "! h! raised", "! raised"}),
        ("try: x = a\nexcept E: h()", {"end"}),
        ("try: x = a == b\nexcept E: h()", {"end"}),
        ("try: x = a['k'] + 1\nexcept: h()", {"end", "! h end", "! h! raised"}),
        ("try: x = g(a.b)\nexcept: pass", {"g end", "g! end"}),
        ("try: import m\nexcept ImportError: h()", {"end", "! h end", "! h! raised", "! raised"}),
        ("try: raise a\nexcept E: h()", {"! h end", "! h! raised", "! raised"}),
        ("try: return a\nfinally: g()", {"g end", "g! raised"}),
    ],
)
def test_try(code: str, expected: set[str]) -> None:
    assert paths(body(code)) == expected


def test_finally_on_each_way_out() -> None:
    code = """
    for x in a:
        try:
            if b: break
            if c: continue
            g()
        finally:
            h()
        k()
    m()
    """
    assert paths(body(code), exceptions=False, visits=1) == {"m end", "h m end"}
    found = paths(body(code), exceptions=False)
    assert {"h m end", "g h k m end"} <= found
    assert not any("g h m" in path for path in found)  # after g() the loop goes on with k()
    assert len([node for node in nodes(body(code), Op.CALL) if label(node) == "h"]) == 4


def test_nested_finally_stays_linear() -> None:
    def nested_body(depth: int) -> str:
        inner = "g()"
        for _ in range(depth):
            inner = f"try:\n{textwrap.indent(inner, ' ')}\nfinally:\n h()"
        return inner

    def nested_final(depth: int) -> str:
        inner = "h()"
        for _ in range(depth):
            inner = f"try:\n g()\nfinally:\n{textwrap.indent(inner, ' ')}"
        return inner

    assert len(body(nested_body(40)).nodes) < 40 * 4
    assert len(body(nested_final(20)).nodes) < 20 * 20
    shared = body(nested_final(4))
    assert all(to >= 0 for node in shared.nodes for to in node.succ)


def test_handlers_bind_what_they_caught() -> None:
    found = body("try: g()\nexcept (E, m.F) as error: h(error)")
    assert bindings(found) == ["error := caught((E, m.F))"]
    (catch,) = nodes(found, Op.CATCH)
    assert len(catch.succ) == 2
    bare = body("try: g()\nexcept: h()")
    assert len(nodes(bare, Op.CATCH)[0].succ) == 1


def test_reraise_goes_on_outwards() -> None:
    code = "try:\n    try: g()\n    except E: raise\nexcept F: h()"
    assert "g! ! h end" in paths(body(code))


def test_except_star_may_run_several_handlers() -> None:
    found = paths(body("try: g()\nexcept* E: h()\nexcept* F: k()"), exceptions=True)
    assert {"g! h end", "g! k end", "g! h k end", "g! raised"} <= found


def test_with() -> None:
    code = "with g() as x, h(): k(x)\nm()"
    found = body(code)
    assert normal(code) == {"g h k m end"}
    everything = paths(found)
    assert {"g h k! m end", "g h k! raised", "g h! raised", "g h! m end", "g! raised"} <= everything
    assert "x := entered(#3)" in bindings(found)
    assert len(nodes(found, Op.WITH)) == len(nodes(found, Op.LEAVE)) == len(nodes(found, Op.UNWIND)) == 2
    inner = nodes(found, Op.UNWIND)[0]
    assert found.nodes[inner.succ[0]].op == Op.LEAVE
    assert found.nodes[inner.succ[1]].op == Op.UNWIND


def test_with_tuple_target() -> None:
    assert bindings(body("with g() as (x, y): pass")) == ["x := entered(#3)[0]", "y := entered(#3)[1]"]


# --------------------------------------------------------------------------------------------------------------- match


def branches(of: Function) -> list[str]:
    return [key(node.value) for node in nodes(of, Op.BRANCH) if node.value is not None]


def test_match_patterns() -> None:
    found = body(
        """
        match a:
            case 1 | "x": g()
            case None: h()
            case m.RED: k()
            case Point(x=0, y=y): m(y)
            case {"k": {"l": v}, **rest}: n(v)
            case [p, *q, 3]: o(p, q)
            case str(s) if b: r(s)
            case other: t(other)
        """
    )
    assert branches(found) == [
        "a == 1",
        'a == "x"',
        "a is None",
        "a == m.RED",
        "a isinstance Point",
        "a.x == 0",
        '"k" in a',
        '"l" in a["k"]',
        "?",
        "a[-1] == 3",
        "a isinstance str",
        "b",
    ]
    assert bindings(found) == [
        "y := a.y",
        'v := a["k"]["l"]',
        "rest := ?",
        "p := a[0]",
        "q := [*a]",
        "s := a",
        "other := a",
    ]
    assert paths(found, exceptions=False) == {f"{name} end" for name in "ghkmnort"}


def test_match_subject_is_evaluated_once() -> None:
    found = body("match g():\n    case 1: h()\n    case _: k()")
    assert bindings(found) == ["match@1 := #3"]
    assert branches(found) == ["match@1 == 1"]
    assert branches(body("match a, b:\n    case (True, 1): g()")) == ["a is True", "b == 1"]
    assert normal("match g():\n    case 1: h()") == {"g h end", "g end"}


# --------------------------------------------------------------------------------------------------------- assignments


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x, y = a, b", ["x := a", "y := b"]),
        ("x, y = a", ["x := a[0]", "y := a[1]"]),
        ("x, *y, z = a", ["x := a[0]", "y := [*a]", "z := a[-1]"]),
        ("x, (y, z) = a, b", ["x := a", "y := b[0]", "z := b[1]"]),
        ("a, b = b, a", ["value@1 := a", "a := b", "b := value@1"]),
        ("a, b = a.pair", ["value@1 := a.pair", "a := value@1[0]", "b := value@1[1]"]),
        ("x = y = a.b", ["x := a.b", "y := a.b"]),
        ("a = x = a.b", ["a := a.b", "x := a"]),
        ("a += b", ["a := a + b"]),
        ("a.x[0] -= b", ["a.x[0] := a.x[0] - b"]),
        ("a.b = c", ["a.b := c"]),
        ("a['k'] = c", ['a["k"] := c']),
        ("a[1:, ::2] = c", ["a[(slice(1), slice(2))] := c"]),
        ("x: int = a", ["x := a"]),
        ("x: int", []),
        ("import m.n", ["m := <import m>"]),
        ("import m.n as o", ["o := <import m.n>"]),
        ("from ..m import n as k, o", ["k := <import ..m:n>", "o := <import ..m:o>"]),
        ("from . import n", ["n := <import .:n>"]),
    ],
)
def test_assignments(code: str, expected: list[str]) -> None:
    assert bindings(body(code)) == expected


def test_annotations() -> None:
    module = lower(
        """
        from typing import Annotated
        def f(p: "Annotated[User, Depends(g)]", q: 'not an expression!' = h(), *, r: k()) -> "User": pass
        class Model(Base):
            name: str = Field(1)
            other: "Optional[m.User]"
        def t():
            local: deco() = 1
        """
    )
    params = {param.name: param for param in module.functions[1].params}
    assert [param.kind for param in params.values()] == ["normal", "normal", "keyword"]
    assert params["p"].annotation is not None
    assert key(params["p"].annotation).startswith("Annotated[(User, #")
    assert isinstance(params["q"].annotation, Const)
    assert isinstance(module.functions[1].returns, Name)
    model = next(found for found in module.functions if found.kind == "class")
    notes = {key(node.target): node for node in nodes(model, Op.ASSIGN) if node.target}
    assert notes["name"].annotation is not None
    assert key(notes["name"].annotation) == "str"
    assert notes["other"].annotation is not None
    assert key(notes["other"].annotation) == "Optional[m.User]"
    assert notes["other"].value is not None
    assert not is_known(notes["other"].value)
    assert paths(module.functions[-1], exceptions=False) == {"end"}  # a local's annotation is not evaluated


def test_delete() -> None:
    found = body("del a, b.c, (c[0],)")
    assert [key(node.target) for node in nodes(found, Op.DELETE) if node.target] == ["a", "b.c", "c[0]"]
    assert [node.exc >= 0 for node in nodes(found, Op.DELETE)] == [False, True, True]


# --------------------------------------------------------------------------------------------------------- expressions


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a.b[0].c", "a.b[0].c"),
        ("a['x', 1]", 'a[("x", 1)]'),
        ("a[b,]", "a[(b,)]"),
        ("a[(b, c)]", "a[(b, c)]"),
        ("a[1:2]", "a[slice(1, 2)]"),
        ("'a' 'b'", '"ab"'),
        ("b'a' rb'\\\\'", r"b'a\\\\'"),
        ("-1", "-1"),
        ("not a", "not a"),
        ("a + b * 2 @ c", "a + ((b * 2) @ c)"),
        ("{'k': a, **b}", '{"k": a, **b}'),
        ("{1, *a}", "{1, *a}"),
        ("f'x{a}y{b!r:>{c}}' 'z'", 'text("x", a, "y", b, "z")'),
        ("...", "..."),
        ("None, True", "(None, True)"),
        ("(yield a)", "#3"),
        ("1_000", "1000"),
        ("a is not b", "a is not b"),
    ],
)
def test_spelling(code: str, expected: str) -> None:
    assert key(expression(code)) == expected


def test_arguments() -> None:
    (call,) = nodes(body("a.g(1, *b, k=2, **c)"), Op.CALL)
    assert [(arg.keyword, arg.star, arg.col) for arg in call.args] == [
        ("", 0, 8),
        ("", 1, 11),
        ("k", 0, 15),
        ("", 2, 20),
    ]
    assert call.statement
    assert isinstance(call.value, Attr)
    assert normal("m(k=g(), *h())") == {"h g m end"}
    assert normal("g()(h(), k=k())") == {"g h k #3 end"}


def test_await_and_yield() -> None:
    module = lower(
        """
        async def f(a):
            async with g() as x:
                async for y in h(): await k(await a, m())
            return [z async for z in x]
        def n():
            yield
            x = yield from a()
        """
    )
    first, second = module.functions[1:]
    assert first.is_async
    assert {label(node): node.awaited for node in nodes(first, Op.CALL)} == {
        "g": False, "h": False, "k": True, "m": False
    }  # fmt: skip
    assert second.is_generator
    assert [node.value and key(node.value) for node in nodes(second, Op.YIELD)] == [None, "element(#4)"]


def test_long_displays_are_cut() -> None:
    found = expression("[" + "1, " * 10_000 + "a]")
    assert isinstance(found, Display)
    assert len(found.elements) == 257
    found = expression("{" + ", ".join(f"{n}: [{n}, 'x']" for n in range(5000)) + ", 'k': a}")
    assert isinstance(found, Mapping)
    assert len(found.entries) == 257
    assert isinstance(found.entries[-1].value, Name)
    assert found.entries[1].col > found.entries[0].col > 0
    assert isinstance(expression("f'{a}'"), Text)


# --------------------------------------------------------------------------------------------------------- definitions


def test_definitions() -> None:
    module = lower(
        """
        @first(1)
        @second
        def outer(p, /, q=g(), *args: h(), r=k, **kw):
            global G
            def inner(): nonlocal p; p = 1
            class C(Base, metaclass=Meta):
                attribute = 1
                def method(self): return lambda: self
            G = x = 1
            for i in p: pass
            import os.path
            del z
            try: pass
            except E as e: pass
            return inner
        """
    )
    names = {found.qualname: found for found in module.functions}
    assert list(names) == ["<module>", "outer", "outer.inner", "outer.C", "outer.C.method", "outer.C.method.<lambda>"]
    outer = names["outer"]
    assert [param.kind for param in outer.params] == ["positional", "normal", "args", "keyword", "kwargs"]
    assert [key(decorator) for decorator in outer.decorators] == ["#3", "second"]
    assert outer.locals == {"p", "q", "args", "r", "kw", "inner", "C", "x", "i", "os", "z", "e"}
    assert outer.globals == {"G"}
    assert names["outer.inner"].nonlocals == {"p"}
    assert names["outer.inner"].locals == frozenset()
    assert (outer.line, outer.end_line) == (4, 16)
    (made,) = module.classes
    assert (made.qualname, [key(base) for base in made.bases]) == ("outer.C", ["Base"])
    assert [(name, key(value)) for name, value in made.keywords] == [("metaclass", "Meta")]
    assert module.functions[made.body].kind == "class"
    assert names["outer.C.method"].cls == made.index
    assert names["outer.C.method"].parent == made.body
    assert names["outer.C.method.<lambda>"].parent == names["outer.C.method"].index
    calls = [label(node) for node in nodes(module.functions[0], Op.CALL)]
    assert calls == ["first", "g", "h"]


def test_a_function_defined_in_finally_is_defined_once() -> None:
    module = lower("def f():\n    try: g()\n    finally:\n        def h(): return lambda: 1\n        h()")
    assert [found.name for found in module.functions] == ["<module>", "f", "h", "<lambda>"]


def test_stars_and_comments() -> None:
    module = lower(
        """
        from a.b import *
        from .. import *
        x = "# fr-lint: no comment"
        y = 1  # fr-lint: one  # noqa
        # about fr-lint
        """
    )
    assert module.stars == (("a.b", 0), ("", 2))
    seen = [(at.line, at.text, at.alone) for at in module.comments]
    assert seen == [(5, "# fr-lint: one  # noqa", False), (6, "# about fr-lint", True)]


def test_unreachable_code_is_lowered() -> None:
    found = body("return g()\nh()")
    assert [label(node) for node in nodes(found, Op.CALL)] == ["g", "h"]
    assert paths(found) == {"g end", "g! raised"}


def test_names_are_normalised() -> None:
    found = body("ﬁle = a.ﬁeld")
    assert bindings(found) == ["file := a.field"]


def test_drawing() -> None:
    found = body("if g('<'): raise E\nh()\nreturn 1\nk()")
    drawn = mermaid(found)
    assert drawn.startswith("flowchart TD")
    assert "-->|true|" in drawn
    assert "k()" not in drawn
    assert "k()" in dump(found)


# ------------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def f(:\n", "syntax error in line 1"),
        ("x = 1\0", "null bytes"),
        ("x = '\ud800'", "not Python source"),
        ("x = " + "+".join(["a"] * 50_000), "nested too deeply"),
        ("match a:\n case " + "[" * 30 + "]" * 30 + ": pass", "pattern is nested too deeply"),
    ],
)
def test_refusals(source: str, reason: str) -> None:
    with pytest.raises(NotAnalysed) as caught:
        lower_source(source, "x.py")
    assert reason in caught.value.reason
    assert "\n" not in caught.value.reason


def test_the_door_is_light() -> None:
    code = "import sys, fr_lint.syntax; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
