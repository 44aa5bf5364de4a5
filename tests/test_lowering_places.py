"""Where things stand: every call at its first character, in code points; and what size and depth do."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path

import pytest

from fr_lint.ir.keys import key
from fr_lint.ir.model import Mapping, Module, Op
from fr_lint.syntax import NotAnalysed, lower_source
from fr_lint.syntax.positions import Nowhere

SOURCE = '''\
@decorate(
    1,
)
def f(a=default(), *args: note(1), k=other(
        2)) -> result():
    é = "ünïcode", größe(ä(1), k=ö()), (
        first()
        .second(third())
    )
    return f"{g()} ü {h(i())!r:>{width()}}" "tail" f"{last()}"

class C(base(), metaclass=meta()):
    """Doc."""; field = make(); other = make()
    async def method(self):
        async with enter() as x, enter(2) as y.z[index()]: pass
        return [await e(x) for x in source() if cond(x)
                for y in inner(x)] or {k(): v() for k in ks()}
x = one() if two() else three(); y = (a() < b() < c()) and not d()
for i in items(): body()
else: done()
while test(): pass
try: risky()
except kind(): handle()
else: fine()
finally: close()
lambda p=default(): inner(p)
del a[k()], b.c
assert check(), message()
x[i():j(), k()] = l = m()
x[n()] += o()
q: annotated() = p()
print(*q(), r=r(), *s(), **t())
match subject():
    case A(1) if guard(): body()
if (w := walrus()): yes()
elif maybe(): no()
'''


def calls(module: Module) -> Counter[tuple[int, int]]:
    return Counter((node.line, node.col) for found in module.functions for node in found.nodes if node.op == Op.CALL)


def expected(source: str) -> Counter[tuple[int, int]]:
    lines = source.split("\n")
    found: Counter[tuple[int, int]] = Counter()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            text = lines[node.lineno - 1].encode()[: node.col_offset].decode()
            found[node.lineno, len(text)] += 1
    return found


def test_every_call_stands_where_it_begins() -> None:
    found, wanted = calls(lower_source(SOURCE, "x.py")), expected(SOURCE)
    twice = Counter({place: 1 for place in wanted if SOURCE.split("\n")[place[0] - 1] == "finally: close()"})
    assert found == wanted + twice


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n\f\n"])
def test_other_newlines(newline: str) -> None:
    source = "é = 1\nx = 'ä', g(h(),\n  k('ü', m()))\n"
    changed = source.replace("\n", newline)
    lines = [1, 2, 3] if "\f" not in newline else [1, 3, 5]
    found = calls(lower_source(changed, "x.py"))
    assert set(found) == {(lines[1], 9), (lines[1], 11), (lines[2], 2), (lines[2], 9)}


def test_long_lines_that_are_not_ascii() -> None:
    source = "x = [" + ", ".join(["é('ü')"] * 2000) + "]"
    start = time.perf_counter()
    assert calls(lower_source(source, "x.py")) == expected(source)
    assert time.perf_counter() - start < 5


def test_this_package() -> None:
    for path in sorted((Path(__file__).parent.parent / "fr_lint").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        found, wanted = calls(lower_source(source, str(path))), expected(source)
        assert set(found) == set(wanted), path
        assert not wanted - found, path  # a `finally` block may be there more than once


def test_entries_parameters_and_arguments() -> None:
    module = lower_source("def f(a, *,\n      é=1, **k): pass\nx = {'k': 1,\n  **y, 'é': 2}\n", "x.py")
    assert [(param.line, param.col) for param in module.functions[1].params] == [(1, 6), (2, 6), (2, 13)]
    found = [node.value for node in module.functions[0].nodes if isinstance(node.value, Mapping)]
    assert [(entry.line, entry.col) for entry in found[0].entries] == [(3, 5), (4, 4), (4, 7)]


def test_trees_that_disagree() -> None:
    """With the tree of another source, positions fall back to the statement's; nothing else changes."""
    source = "x = f(a, g(b))\nif h(): k(1, *m)\n"
    other = "x = a\nif h(n()): k[0]\n"
    module = lower_source(source, "x.py", ast.parse(other))
    found = [(key(node.value), node.line) for node in module.functions[0].nodes if node.op == Op.CALL and node.value]
    assert found == [("g", 1), ("f", 1), ("h", 2), ("k", 2)]
    assert calls(lower_source(source, "x.py", ast.parse("pass"))).total() == 4
    nowhere = Nowhere(3, 4)
    assert nowhere.anything[5].else_ is nowhere


def test_the_tree_given_is_not_changed() -> None:
    tree = ast.parse(SOURCE)
    before = ast.dump(tree, include_attributes=True)
    lower_source(SOURCE, "x.py", tree)
    assert ast.dump(tree, include_attributes=True) == before


# ------------------------------------------------------------------------------------------------------ size and depth


DEEP = {
    "chain of calls": "x = a" + ".b()" * 400,
    "sum": "x = " + "+".join(['"a"'] * 2000),
    "elif": "if a: pass\n" + "elif b(): pass\n" * 1000,
    "lists": "x = " + "[" * 150 + "a" + "]" * 150,
    "parentheses": "x = " + "(" * 190 + "a" + ")" * 190,
    "calls in calls": "x = " + "f(" * 190 + "a" + ")" * 190,
    "strings": "x = " + " ".join(["'a'"] * 500),
    "f-strings": "x = " + " ".join(["f'{a}'"] * 500),
    "not": "x = " + "not " * 2000 + "a",
    "minus": "x = " + "-" * 2000 + "a",
    "conditional expressions": "x = " + "a() if b else " * 500 + "c",
    "and": "x = " + " and ".join(["a()"] * 2000),
    "lambdas": "x = " + "lambda: " * 800 + "c",
    "indentation": "".join(" " * n + "if a:\n" for n in range(98)) + " " * 98 + "g()\n",
    "defs": "".join(" " * n + "def f(a):\n" for n in range(98)) + " " * 98 + "g()\n",
    "comprehension": "x = [a " + "for b in c " * 500 + "]",
    "many": "x = [" + "1, " * 10_000 + "]\n",
    "pattern": "match a:\n case " + "[" * 12 + "1" + "]" * 12 + ": pass",
}


@pytest.mark.parametrize("what", DEEP)
def test_deep_sources(what: str) -> None:
    source = DEEP[what] + "\n"
    limit = sys.getrecursionlimit()
    module = lower_source(source, "x.py")
    assert sys.getrecursionlimit() == limit
    assert all(to >= 0 for found in module.functions for node in found.nodes for to in node.succ)
    for found in module.functions:
        for node in found.nodes:
            if node.value is not None:
                assert key(node.value)


TOO_DEEP = [
    "'x = ' + '+'.join(['\"a\"'] * 10000)",
    "'x = a' + '.b()' * 5000",
    "'x = a' + '[0]' * 20000",
    "'if a: pass\\n' + 'elif b: pass\\n' * 10000",
    "'x = ' + '-' * 20000 + 'a'",
    "'x = ' + '(' * 5000 + ')' * 5000",
    "'x = ' + 'lambda: ' * 20000 + 'a'",
    "'x = ' + 'a if b else ' * 10000 + 'c'",
    "'x = ' + ' and '.join(['a'] * 10000)",
    "'x = [a ' + 'for b in c ' * 10000 + ']'",
    "'x = (' + '\\'a\\'\\n' * 10000 + ')'",
    "'x = (' + 'f\\'{a}\\'\\n' * 10000 + ')'",
    "'import ' + 'a.' * 10000 + 'b'",
    "'from ' + 'a.' * 10000 + 'b import c'",
    "'match a:\\n case ' + '{1: ' * 40 + '1' + '}' * 40 + ': pass'",
]


@pytest.mark.parametrize("source", TOO_DEEP)
@pytest.mark.parametrize("given", [False, True])
def test_what_is_too_deep_is_refused(source: str, given: bool) -> None:
    """In a process of its own, since what is tested is that it does not die."""
    code = f"""
        import ast, sys
        from fr_lint.syntax import NotAnalysed, lower_source
        source = {source}
        tree = None
        if {given}:
            sys.setrecursionlimit(4000)
            try:
                tree = ast.parse(source)
            except Exception:
                pass
            except MemoryError:
                pass
        try:
            lower_source(source, "x.py", tree)
        except NotAnalysed as error:
            print("refused")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout == "refused\n"


@pytest.mark.parametrize("code", ["x = 1", "x ="])
def test_the_interpreter_is_left_as_it_was(code: str) -> None:
    was = gc.isenabled()
    try:
        for enabled in (gc.enable, gc.disable):
            enabled()
            before = gc.isenabled(), sys.getrecursionlimit()
            try:
                lower_source(code, "x.py")
            except NotAnalysed:
                assert code == "x ="
            assert (gc.isenabled(), sys.getrecursionlimit()) == before
    finally:
        (gc.enable if was else gc.disable)()


@pytest.mark.slow  # a measurement: on a busy machine it says little
def test_time_grows_with_size_alone() -> None:
    """Ten times the branches, at most some twenty times the time."""

    def seconds(count: int) -> float:
        arm = "    try:\n        if a({n}) and b: c()\n    finally: d()\n    x = e if f else g()\n"
        source = "def f():\n" + "".join(arm.format(n=n) for n in range(count))
        best = 1e9
        for _ in range(3):
            start = time.perf_counter()
            lower_source(source, "x.py")
            best = min(best, time.perf_counter() - start)
        return best

    lower_source("x = 1", "x.py")
    assert seconds(2000) < 20 * seconds(200)
