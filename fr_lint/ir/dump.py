"""Control-flow graphs made readable: a listing for tests and debugging, a drawing for documents and bug reports."""

from __future__ import annotations

from fr_lint.ir.keys import key
from fr_lint.ir.model import Arg, Function, Node, Op

_WIDTH = 60


def dump(function: Function) -> str:
    """A line per node: index, place, what it does, ``->`` successors, ``!`` where an exception goes.

    The two successors of a fork are written ``when true/when false``.
    """
    params = ", ".join(param.name for param in function.params)
    lines = [f"{function.kind} {function.qualname}({params}) line {function.line}"]
    width = len(str(len(function.nodes)))
    for index, node in enumerate(function.nodes):
        edges = f" -> {'/'.join(str(at) for at in node.succ)}" if node.succ else ""
        exc = f" !{node.exc}" if node.exc >= 0 else ""
        lines.append(f"{index:>{width}} {node.line}:{node.col} {describe(node)}{edges}{exc}")
    return "\n".join(lines)


def describe(node: Node) -> str:
    """What a node does, in one line."""
    name = node.op.name
    value = "" if node.value is None else key(node.value)
    target = "" if node.target is None else key(node.target)
    if node.op == Op.CALL:
        args = ", ".join(_argument(arg) for arg in node.args)
        return f"CALL {'await ' if node.awaited else ''}{value}({args})"
    if node.op in (Op.ASSIGN, Op.FOR):
        middle = " := " if node.op == Op.ASSIGN else " in "
        note = "" if node.annotation is None else f" : {key(node.annotation)}"
        return f"{name} {target}{middle}{value}{note}"
    if node.op == Op.WITH and target:
        return f"{name} {value} as {target}"
    return " ".join(part for part in (name, value, target) if part)


def _argument(arg: Arg) -> str:
    value = key(arg.value)
    return f"{arg.keyword}={value}" if arg.keyword else "*" * arg.star + value


def mermaid(function: Function) -> str:
    """The graph as a Mermaid flowchart: nodes in order, dashed edges for exceptions; unreachable nodes are left out."""
    reachable = _reachable(function)
    lines = ["flowchart TD"]
    for index, node in enumerate(function.nodes):
        if index in reachable:
            lines.append(f"  n{index}{_shape(node)}")
    for index, node in enumerate(function.nodes):
        if index not in reachable:
            continue
        labels = _labels(node)
        for successor, label in zip(node.succ, labels, strict=True):
            lines.append(f"  n{index} -->{f'|{label}|' if label else ''} n{successor}")
        if node.exc >= 0:
            lines.append(f"  n{index} -.-> n{node.exc}")
    return "\n".join(lines)


def _labels(node: Node) -> tuple[str, ...]:
    if len(node.succ) != 2:
        return ("",) * len(node.succ)
    return {
        Op.BRANCH: ("true", "false"),
        Op.FOR: ("next", "done"),
        Op.CATCH: ("caught", "other"),
        Op.UNWIND: ("swallowed", "raised"),
    }.get(node.op, ("", ""))


def _shape(node: Node) -> str:
    text = f"{node.line}: {describe(node)}"
    if len(text) > _WIDTH:
        text = text[: _WIDTH - 1] + "…"
    for plain, entity in (("&", "&amp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;"), ("#", "&num;")):
        text = text.replace(plain, entity)
    if node.op in (Op.ENTRY, Op.EXIT, Op.RAISED):
        return f'(["{text}"])'
    return f'{{"{text}"}}' if len(node.succ) == 2 else f'["{text}"]'


def _reachable(function: Function) -> set[int]:
    seen = {0}
    stack = [0]
    while stack:
        node = function.nodes[stack.pop()]
        for successor in (*node.succ, node.exc):
            if successor >= 0 and successor not in seen:
                seen.add(successor)
                stack.append(successor)
    return seen
