"""How the arguments of a call meet the parameters of a function.

Must not know which function a call enters.
"""

from __future__ import annotations

from collections.abc import Iterator

from fr_lint.catalogue.guards import guards
from fr_lint.flow.program import Func
from fr_lint.ir.model import (
    Arg,
    Display,
    Expr,
    Mapping,
    Starred,
)


def bind(func: Func, args: tuple[Arg, ...], skip_self: bool) -> Iterator[tuple[str, Expr]]:
    """Pairs of parameter name and argument expression of one call."""
    params = [p for p in func.ir.params if p.kind in ("positional", "normal")]
    if skip_self and params:
        params = params[1:]
    place = 0
    rest = next((p.name for p in func.ir.params if p.kind == "args"), "")
    names = {p.name for p in func.ir.params}
    kwargs = next((p.name for p in func.ir.params if p.kind == "kwargs"), "")
    for arg in args:
        if arg.star == 1:
            if isinstance(arg.value, Display):
                for element in arg.value.elements:
                    if place < len(params):
                        yield params[place].name, element
                    place += 1
            else:
                place = len(params)
        elif arg.star == 2:
            if isinstance(arg.value, Mapping):
                for entry in arg.value.entries:
                    name = getattr(entry.key, "value", None)
                    if name in names:
                        yield str(name), entry.value
        elif arg.keyword:
            if arg.keyword in names:
                yield arg.keyword, arg.value
            elif kwargs:
                yield kwargs, arg.value
        elif place < len(params):
            yield params[place].name, arg.value
            place += 1
        elif rest:
            yield rest, arg.value


def handed_arguments(args: tuple[Arg, ...], offset: int) -> tuple[Arg, ...]:
    """The arguments of a hand-over that the function itself is given."""
    own: list[Arg] = []
    lists = guards().handed_lists
    for place, arg in enumerate(args):
        if arg.keyword in lists or arg.keyword in ("kwargs", "kwds"):
            star = 1 if arg.keyword in lists else 2
            own.append(Arg(arg.value, "", star, arg.line, arg.col))
        elif (not arg.keyword and place >= offset) or (arg.keyword and arg.keyword not in ("target", "name", "daemon")):
            own.append(arg)
    return tuple(own)


def positional(args: tuple[Arg, ...], place: int, keyword: str = "") -> Expr | None:
    """The argument at a position, or by its keyword."""
    plain = [arg for arg in args if not arg.keyword and not arg.star]
    for arg in args:
        if keyword and arg.keyword == keyword:
            return arg.value
    return plain[place].value if place < len(plain) and not isinstance(plain[place].value, Starred) else None
