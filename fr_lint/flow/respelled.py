"""Imported members by their own names: ``from fastapi import Depends as D`` is read as if no ``as`` stood there.

Whatever judges a call or a decorator by its last name then sees the member's, not what one file chose to call it.  A
name stays as it is where the member's own name means something else in the file, and where the chosen one speaks of
consent or terms and the other does not.  Must not know what a name resolves to.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterator

from fr_lint.catalogue.vocabulary import vocabulary
from fr_lint.ir.model import Expr, Import, Module, Name
from fr_lint.ir.walk import walk


def respell(module: Module) -> dict[str, str]:
    """Rename in place what was imported under another name; the names that were replaced, and their members'.

    Several engines may share a module: it is done once, and each of them is told.
    """
    if module.renamed is None:
        module.renamed = _renamed(module)
    return module.renamed


def _renamed(module: Module) -> dict[str, str]:
    wanted = {
        node.target.id: node.value.name
        for function in module.functions
        for node in function.nodes
        if isinstance(node.value, Import)
        and isinstance(node.target, Name)
        and node.value.name not in ("", node.target.id)
        and node.value.name.isidentifier()
    }
    if not wanted:
        return {}
    uses = [at for expr in _expressions(module) for at in walk(expr) if isinstance(at, Name)]
    bound = Counter(
        node.target.id
        for function in module.functions
        for node in function.nodes
        if isinstance(node.target, Name) and node.value is not None
    )
    taken = {use.id.partition("@")[0] for use in uses} | set(dir(builtins))
    taken.update(name for function in module.functions for name in function.locals | function.globals)
    taken.update(name for function in module.functions for name in function.nonlocals)
    declared = {name for function in module.functions for name in function.globals | function.nonlocals}
    members = Counter(wanted.values())
    renamed = {
        alias: name
        for alias, name in wanted.items()
        if bound[alias] == 1
        and members[name] == 1
        and name not in taken
        and alias not in declared
        and not any(param.name == alias for function in module.functions for param in function.params)
        and (vocabulary().read(alias, guard=True) is None or vocabulary().read(name, guard=True) is not None)
    }
    for use in uses:
        use.id = renamed.get(use.id, use.id)
    for function in module.functions:
        if not function.locals.isdisjoint(renamed):
            function.locals = frozenset(renamed.get(name, name) for name in function.locals)
    return renamed


def _expressions(module: Module) -> Iterator[Expr | None]:
    """All expressions of a module, targets and annotations included."""
    for function in module.functions:
        for param in function.params:
            yield param.default
            yield param.annotation
        yield from function.decorators
        yield function.returns
        for node in function.nodes:
            yield node.value
            yield node.target
            yield node.annotation
            for arg in node.args:
                yield arg.value
    for cls in module.classes:
        yield from cls.bases
        yield from cls.decorators
        for _, value in cls.keywords:
            yield value
