"""Sources that are hard on a parser or on an analysis: deep, long, wide, or the same thing twice over and over.

``SHAPES``: name -> a function from a size to a source.  Each source holds one face call that nothing guards, on a line
that ends in ``# here``; what makes it hard stands around the call, before it in its function, or beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Shape = Callable[[int], str]

HERE: Final = "# here"
IMPORT: Final = "import face_recognition\n"
CALL: Final = "face_recognition.face_encodings(image)"
END: Final = f"return {CALL}  {HERE}"
PLAIN: Final = f"\n\ndef run(image):\n    {END}\n"


def each(form: str, joint: str = "") -> Shape:
    """``form`` once for every number below the size; ``<n>`` is the number, ``<m>`` the next one."""
    return lambda size: joint.join(form.replace("<n>", str(n)).replace("<m>", str(n + 1)) for n in range(size))


def times(before: str, form: str, after: str = "") -> Shape:
    """``form`` again and again."""
    return lambda size: before + form * size + after


def joined(before: str, form: str, joint: str, after: str = "") -> Shape:
    """``form`` once for every number, with something in between."""
    return lambda size: before + each(form, joint)(size) + after


def beside(shape: Shape) -> Shape:
    """The shape stands in the module, beside the function with the face call."""
    return lambda size: f"{IMPORT}{shape(size)}\n{PLAIN}"


def before(shape: Shape, params: str = "image, a=1, b=2", end: str = END) -> Shape:
    """The lines of the shape stand in the function, before the face call; ``<s>`` is the size."""
    return lambda size: (
        "\n    ".join(
            [f"{IMPORT}\ndef run({params}):", *shape(size).splitlines(), *end.replace("<s>", str(size)).splitlines()]
        )
        + "\n"
    )


def inside(left: str, right: str = "") -> Shape:
    """The face call stands inside an expression, on one line."""
    return lambda size: f"{IMPORT}\ndef run(image, a=1):\n    return {left * size}{CALL}{right * size}  {HERE}\n"


def pattern(left: str, right: str) -> Shape:
    """The image comes out of a pattern."""
    return lambda size: (
        f"{IMPORT}\ndef run(message):\n    match message:\n        case {left * size}image{right * size}:\n"
        f"            {END}\n"
    )


def nested(*heads: str, end: str = END, tail: tuple[str, ...] = ()) -> Shape:
    """Blocks in blocks, and the face call at the bottom; ``tail`` closes each level."""

    def make(size: int) -> str:
        lines = [IMPORT, "def run(image, a=1, b=2):"]
        for level in range(size):
            for number, head in enumerate(heads):
                lines.append(" " * (len(heads) * level + number + 1) + head.replace("<n>", str(level)))
        lines.append(" " * (len(heads) * size + 1) + end)
        for level in reversed(range(size)):
            lines += [" " * (level + 1) + one for one in tail]
        return "\n".join(lines) + "\n"

    return make


def functions(size: int) -> str:
    """Functions in functions, each called by the one around it."""
    lines = [f"{' ' * level}def f{level}(image):" for level in range(size)]
    lines.append(f"{' ' * size}{END}")
    lines += [f"{' ' * level}return f{level}(image)" for level in reversed(range(1, size))]
    return IMPORT + "\n".join(lines) + "\n"


def calls(body: str) -> Shape:
    """Functions in a row, each calling the next; the last one holds the face call."""
    hop = f"\ndef f<n>(image, x=1):\n    return {body}\n"
    return lambda size: f"{IMPORT}{each(hop)(size)}\ndef f{size}(image, x=1):\n    {END}\n"


TESTED: Final = f"    return None\n{END}"

DEEP: Final[dict[str, Shape]] = {
    "parentheses": inside("(", ")"),
    "lists": inside("[", "]"),
    "dicts": inside("{1: ", "}"),
    "calls in calls": inside("f(", ")"),
    "subscripts": inside("a[", "]"),
    "nots": inside("not "),
    "minuses": inside("-"),
    "powers": inside("a ** "),
    "conditionals": inside("a if a else "),
    "lambdas": inside("lambda: "),
    "comprehensions": inside("[x for x in ", "]"),
    "walruses": inside("(y := ", ")"),
    "ifs": nested("if a:"),
    "loops": nested("for i<n> in image:"),
    "whiles": nested("while a:"),
    "withs": nested("with a as c<n>:"),
    "tries": nested("try:", tail=("except ValueError:", " pass")),
    "finallies": nested("try:", tail=("finally:", " a = b")),
    "classes": nested("class C<n>:", end=f"x = {CALL}  {HERE}"),
    "matches": nested("match a:", "case <n>:"),
    "functions": functions,
    "list patterns": pattern("[", "]"),
    "class patterns": pattern("C(", ")"),
    "mapping patterns": pattern("{'k': ", "}"),
    "parenthesised patterns": pattern("(", ")"),
}

LONG: Final[dict[str, Shape]] = {
    "method chain": beside(times("x = a", ".b()")),
    "attribute chain": beside(times("x = a", ".b")),
    "subscript chain": beside(times("x = a", "[0]")),
    "call chain": beside(times("x = a", "()")),
    "sum": beside(joined("x = ", "a", " + ")),
    "sum over lines": beside(joined("x = (", "a", "\n + ", ")")),
    "or": beside(joined("x = ", "a", " or ")),
    "comparison": beside(joined("x = ", "a", " < ")),
    "clauses": beside(times("x = [a", " for b in c", "]")),
    "conditions of a clause": beside(times("x = [a for b in c", " if d", "]")),
    "module name": beside(times("import ", "a.", "b")),
    "module it comes from": beside(times("from ", "a.", "b import c")),
    "dots": beside(times("from ", ".", "b import c")),
    "elifs": before(lambda n: "if a is None: b = 0\n" + each("elif a == <n>: b = <n>\n")(n), end=f"else: {END}"),
    "cases": before(lambda n: "match a:\n" + each("    case <n>: b = <n>\n")(n), end=f"    case _: {END}"),
    "handlers": before(lambda n: f"try: {END}\n" + each("except E<n>: b = <n>\n")(n), end="return None"),
    "alternatives": before(joined("match a:\n    case ", "<n>", " | ", ": b = 1")),
    "calls in a row": calls("f<m>(image)"),
    "chain on the way": before(times("image = image", ".resize()")),
    "chain of conditions": before(joined("if ", "a.x<n>", " or ", ":"), end=TESTED),
    "chain of texts": before(times("if a", ".strip().x", " == 'y':"), end=TESTED),
    "chain of look-ups": before(times("if not a", ".get(1)", ":"), end=TESTED),
    "query": before(
        joined("rows = a.query(A)", ".filter(A.x<n> == <n>)", "", ".all()\nfor row in rows:"),
        end=f"    print({CALL})  {HERE}",
    ),
    "decorators": beside(times("", "@d\n", "def g(): pass")),
    "inheritance": beside(lambda n: "class C0: pass\n" + each("class C<m>(C<n>): pass\n")(n)),
}

WIDE: Final[dict[str, Shape]] = {
    "list of lines": beside(times("x = [\n", "1,\n", "]")),
    "dict of lines": beside(joined("x = {\n", "'k<n>': <n>,\n", "", "}")),
    "rows": beside(times("x = [\n", "(1, 'a', {'b': [2]}),\n", "]")),
    "text of lines": beside(times('x = """\n', "consent and faces\n", '"""')),
    "texts in a row": beside(times("x = (\n", "'a'\n", ")")),
    "f-strings in a row": beside(times("x = (\n", "f'{a}'\n", ")")),
    "fields": beside(times("x = f'", "{a:{b}} {c!r} ", "'")),
    "bytes": beside(times("x = b'", "\\x00", "'")),
    "long name": beside(times("", "a", " = 1")),
    "digits": beside(times("x = 0x", "f")),
    "remarks": beside(times("", "# a remark\n")),
    "empty lines": beside(times("", "\n")),
    "semicolons": beside(times("", "x = 1; ", "x = 2")),
    "assignments": before(each("x<n> = <n>\n")),
    "one name again and again": before(each("a = a + <n>\n")),
    "choices": before(each("b = <n> if a > <n> else b\n")),
    "calls": before(each("a = g(a, <n>)\n")),
    "tests": before(each("if a == <n>: b = g(b)\n")),
    "many functions": beside(each("def g<n>(a): return g<n>(a)\n")),
    "many classes": beside(each("class C<n>: pass\n")),
    "parameters": beside(joined("def g(", "p<n>=1", ", ", "): pass")),
    "arguments": beside(joined("g(", "p<n>=1", ", ", ")")),
    "imports": beside(each("import m<n>.n as o<n>\n")),
    "imported names": beside(joined("from m import (", "n<n>", ", ", ")")),
    "targets": beside(joined("", "x<n>", " = ", " = 1")),
    "unpacking": beside(joined("", "x<n>", ", ", " = y")),
    "globals": beside(joined("def g():\n    global ", "x<n>", ", ")),
}

# What is easily looked at twice on each level, and so costs twice as much with each.
TWICE: Final[dict[str, Shape]] = {
    "values of names": before(
        each("x<m> = x<n> if y<n> else y<n>\ny<m> = x<n> or y<n>\n"), "image, x0, y0", f"x<s>()()\n{END}"
    ),
    "values of methods": before(
        each("x<m> = x<n>.f(y<n>)\ny<m> = y<n>.f(x<n>)\n"), "image, x0, y0", f"x<s>.g(y<s>)()\n{END}"
    ),
    "values of results": lambda size: (
        IMPORT
        + each("\ndef f<n>(x):\n    return f<m>(x) or f<m>(not x)\n")(size)
        + f"\ndef f{size}(x):\n    return x\n\n\ndef run(image, x):\n    f0(x)()\n    {END}\n"
    ),
    "names": before(
        each("x<m> = x<n> if y<n> else y<n>\ny<m> = x<n> or y<n>\n"), "image, x0, y0", f"if x<s> == y<s>:\n{TESTED}"
    ),
    "methods": before(
        each("x<m> = x<n>.f(y<n>)\ny<m> = y<n>.f(x<n>)\n"), "image, x0, y0", f"if x<s>.g(y<s>):\n{TESTED}"
    ),
    "functions": lambda size: (
        IMPORT
        + each("\ndef f<n>(x):\n    return f<m>(x) or f<m>(not x)\n")(size)
        + f"\ndef f{size}(x):\n    return x\n\n\ndef run(image, x):\n    if f0(x):\n        return None\n    {END}\n"
    ),
    "arguments": calls("f<m>(image, f<m>(image, x))"),
    "collections": before(
        lambda n: (
            "c0 = [face_recognition.face_encodings]\nd0 = {1: c0}\n"
            + each("c<m> = [*c<n>, *c<n>]\nd<m> = {**d<n>, **d<n>}\n")(n)
        ),
        end=f"d<s>['x'].y()\nfor d in d<s>.values(): d.z()\nfor c in c<s>:\n    c(image)  {HERE}",
    ),
    "unknown collections": before(
        each("c<m> = [*c<n>, *c<n>]\nd<m> = {**d<n>, **d<n>}\n"),
        params="image, c0, d0",
        end=f"for c in c<s>: c()\nfor d in d<s>.values(): d()\n{END}",
    ),
    "tables": lambda size: (
        f"{IMPORT}x0 = [g]\ny0 = {{1: g}}\n"
        + each("x<m> = x<n> + y<n>\ny<m> = {**x<n>, 1: y<n>, 2: x<n>}\n")(size)
        + f"\n\ndef run(image):\n    x{size}[0](y{size}[1])\n    {END}\n"
    ),
    "methods of classes": lambda size: (
        f"{IMPORT}class C0:\n    def f(self, x):\n        return x\n\nclass D0(C0):\n    pass\n"
        + each(
            "class C<m>(C<n>):\n    def f(self, x):\n        return super().f(x) or D<n>().f(x)\n\n"
            "class D<m>(D<n>):\n    def f(self, x):\n        return super().f(x) or C<n>().f(x)\n\n"
        )(size)
        + f"\ndef run(image):\n    if C{size}().f(image):\n        return None\n    {END}\n"
    ),
    "conditions": before(
        each("c<m> = (a.x<n> if b.y<n> else c<n>) and (c<n> or a.y<n>)\n"), "image, a, b, c0", f"if c<s>:\n{TESTED}"
    ),
    "closures": before(
        lambda n: "f0 = lambda x: x\n" + each("f<m> = lambda x: f<n>(f<n>(x))\n")(n), end=f"f<s>(a)\n{END}"
    ),
    "attributes": lambda size: (
        f"{IMPORT}class C:\n    def __init__(self, o):\n        self.a0 = o\n"
        + each("        self.a<m> = self.a<n> or o.a<n>\n")(size)
        + f"\n    def run(self, image):\n        if self.a{size}.a{size}:\n            return None\n        {END}\n"
        + "\nC(C(None))\n"
    ),
    "recursion": lambda size: (
        IMPORT
        + "".join(
            f"\ndef f{n}(image):\n    return f{(n + 1) % size}(image) or f{(n * 7 + 3) % size}(image)\n"
            for n in range(size)
        )
        + PLAIN
    ),
}

# What is made of itself.
CIRCLES: Final[dict[str, str]] = {
    "dict": "SCHEMA = {**SCHEMA, 'k': 1}\n",
    "schema": "ONE = Schema({**BASE.schema, 'a': 1})\nBASE = Schema({**ONE.schema, 'b': ONE})\n",
    "list": "ALL = [*ALL]\nALL = [ALL, *ALL]\nALL += ALL\n",
    "two": "A = [*B]\nB = [*A]\n",
    "class": "class C(C): pass\n",
    "classes": "class C(D): pass\nclass D(C): pass\nD().f()\n",
    "alias": "f = g\ng = f\nf()\n",
    "import": "from a import face_recognition\nfrom a import *\nimport a\n",
    "decorator": "@d\ndef d(f): return d(f)\n",
    "property": "class C:\n    @property\n    def p(self): return self.p\nC().p.p()\n",
    "iterator": "class C:\n    def __iter__(self): return iter(C())\nfor x in C(): x()\n",
    "iterator of itself": "class C:\n    def __iter__(self): return self\n    def __next__(self): return self\n"
    "for x in C(): x(*x)\n[y() for y in x]\n",
    "attribute": "class C:\n    def __init__(self): self.x = self.x.x; self.y = [*self.y]\nfor x in C().y: x()\n",
    "lambda": "f = lambda x: f(f)(x)\nf(f)\n",
    "partial": "from functools import partial\nf = partial(partial, f)\nf()()\n",
    "default": "def f(x=f(1)): return f(x=f)\nf()\n",
    "item": "x = {'x': x}\nx = x['x']['x']\nx()\n",
    "generator": "def g():\n    yield from g()\n    for x in g(): yield x\nfor x in g(): x()\n",
    "manager": "class C:\n    def __enter__(self): return self.__enter__()\nwith C() as c: c()\n",
    "walrus": "while (x := x(x)): x = [x, x := x]\n",
    "metaclass": "class M(type, metaclass=M): pass\nclass C(metaclass=C): pass\n",
    "super": "class C:\n    def f(self): return super().f()\nclass D(C):\n    def f(self): return C.f(self)\n",
    "tables of functions": "T = {'a': f}\ndef f(): return T['a'](T)\nfor k, v in T.items(): v()\n",
}
