"""Rewrites that move code: into a helper, into a class, into another file, into a coroutine."""

# ruff: noqa: N802  the names of the methods are those of the parser

from __future__ import annotations

import ast
from typing import Final

import libcst as cst

from .rewrite_names import taken_elsewhere
from .samples import Sources
from .trees import (
    BUILTINS,
    OPAQUE,
    SUFFIX,
    AnyFunction,
    Dotter,
    Statement,
    bound_names,
    is_generator,
    parameters,
    plain_functions,
    scope_nodes,
    statement,
    used_names,
)

FACE_CALLS: Final = frozenset(
    "face_encodings face_locations face_landmarks compare_faces face_distance detectMultiScale detect_faces "
    "detect_face analyze verify represent extract_faces search_faces_by_image index_faces search_faces predict "
    "get_frontal_face_detector compute_face_descriptor process detect identify".split()
)

# ---------------------------------------------------------------------------------------------------- extract a helper


def _call_name(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _face_statement(function: AnyFunction) -> tuple[ast.expr, list[str]] | None:
    """The value with the only face call of a function, and the local names that it needs."""
    nodes = list(ast.walk(function))
    calls = [node for node in nodes if _call_name(node) in FACE_CALLS]
    objects = {"detector", "predictor", "network"} & used_names(function)  # callable: perhaps face calls of the chain
    if len(calls) != 1 or objects or used_names(function) & OPAQUE:
        return None
    for one in scope_nodes(function):
        if not isinstance(one, ast.Assign | ast.Expr | ast.Return) or one.value is None:
            continue
        inside = list(ast.walk(one.value))
        if calls[0] not in inside:
            continue
        if any(isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr | ast.Lambda) for node in inside):
            return None
        hidden = {
            node.id
            for part in inside
            if isinstance(part, ast.comprehension)
            for node in ast.walk(part.target)
            if isinstance(node, ast.Name)
        }
        bound = set(bound_names(function)) - {function.name}
        outer = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
        needed = [node.id for node in inside if isinstance(node, ast.Name) and node.id in bound - hidden - outer]
        if "super" in used_names(one.value):
            return None
        return one.value, list(dict.fromkeys(needed))
    return None


def extract_helper(module: cst.Module) -> cst.Module:
    """The statement with the face call of a function goes into a function of its own, right above."""
    text = module.code
    lines = text.split("\n")
    tree = ast.parse(text)
    edits: list[tuple[int, int, int, int, int, str, str]] = []
    for top in tree.body:
        methods = top.body if isinstance(top, ast.ClassDef) else [top]
        for function in methods:
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            found = _face_statement(function)
            if found is None:
                continue
            value, needed = found
            source = ast.get_source_segment(text, value)
            if source is None or value.end_lineno is None or value.end_col_offset is None:
                continue
            name = f"helper{len(edits) + 1}{SUFFIX}"
            header = f"def {name}({', '.join(needed)}):\n    return ({source}\n    )\n\n\n"
            decorators = getattr(top, "decorator_list", [])
            start = min([top.lineno, *(one.lineno for one in decorators)])
            call = f"{name}({', '.join(needed)})"
            edits.append((start, value.lineno, value.col_offset, value.end_lineno, value.end_col_offset, header, call))
    edits.sort(reverse=True, key=lambda one: one[:2])
    for start in dict.fromkeys(one[0] for one in edits):
        above = [one for one in edits if one[0] == start]  # several methods of one class
        for _, line, column, end_line, end_column, _, call in above:
            first = lines[line - 1].encode()[:column].decode()
            last = lines[end_line - 1].encode()[end_column:].decode()
            lines[line - 1 : end_line] = [first + call + last]
        lines[start - 1 : start - 1] = [text for one in above[::-1] for text in one[5].split("\n")[:-1]]
    return cst.parse_module("\n".join(lines))


# --------------------------------------------------------------------------------------------------------- in a class


def _simple_defaults(function: ast.FunctionDef) -> bool:
    values = [*function.args.defaults, *(one for one in function.args.kw_defaults if one is not None)]
    return all(isinstance(one, ast.Constant) for one in values)


def _wrappable(sources: Sources, path: str) -> set[str]:
    tree = ast.parse(sources[path])
    functions = {name: node for name, node in plain_functions(tree).items() if not used_names(node) & OPAQUE}
    names = {name for name, node in functions.items() if not name.startswith("test") and not is_generator(node)}
    if "__all__" in bound_names(tree) or path.rpartition("/")[2].startswith(("test", "__init__")):
        return set()
    return names - taken_elsewhere(sources, path, names)


class _Wrap(cst.CSTTransformer):
    def __init__(self, classes: dict[str, str], static: bool) -> None:
        super().__init__()
        self.classes = classes
        self.static = static

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        return updated_node.with_changes(
            body=[self._wrapped(node) if isinstance(node, cst.FunctionDef) else node for node in updated_node.body]
        )

    def _wrapped(self, node: cst.FunctionDef) -> Statement:
        name = self.classes.get(node.name.value)
        if name is None:
            return node
        method = node.with_changes(leading_lines=[])
        if self.static:
            method = method.with_changes(decorators=[cst.Decorator(cst.Name("staticmethod"))])
        else:
            own = cst.Param(cst.Name("self" + SUFFIX))
            first = "posonly_params" if node.params.posonly_params else "params"
            params = node.params.with_changes(**{first: [own, *getattr(node.params, first)]})
            method = method.with_changes(params=params)
        return cst.ClassDef(cst.Name(name), cst.IndentedBlock([method]), leading_lines=node.leading_lines)


def _only_called(tree: ast.Module, names: set[str]) -> set[str]:
    callees = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for one in ast.walk(tree):
        callees -= {id(node) for deco in getattr(one, "decorator_list", []) for node in ast.walk(deco)}
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return names - {node.id for node in uses if id(node) not in callees}


def _into_class(sources: Sources, static: bool) -> Sources:
    out = {}
    for path, text in sources.items():
        names = sorted(_wrappable(sources, path))
        if not static:
            names = sorted(_only_called(ast.parse(text), set(names)))
        classes = {name: f"Box{number}{SUFFIX}" for number, name in enumerate(names, 1)}
        dotted = {name: f"{box}.{name}" if static else f"{box}().{name}" for name, box in classes.items()}
        out[path] = cst.parse_module(text).visit(Dotter(dotted)).visit(_Wrap(classes, static)).code
    return out


def into_static_methods(sources: Sources) -> Sources:
    """Each undecorated function of a module becomes the static method of a class."""
    return _into_class(sources, True)


def into_methods(sources: Sources) -> Sources:
    """Each undecorated function of a module that is only called becomes a method, called on a new instance."""
    return _into_class(sources, False)


# ---------------------------------------------------------------------------------------------------- to another file


def _movable(tree: ast.Module) -> tuple[set[str], dict[str, ast.stmt]]:
    """Functions that need nothing of their module but imports and each other; and the imports by name."""
    imports: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.level):
            for alias in node.names:
                imports[alias.asname or alias.name.split(".")[0]] = node
    every = bound_names(tree)
    for name in [name for name in imports if every.count(name) > 1 or name == "*"]:
        del imports[name]
    functions = plain_functions(tree)
    chosen = {
        name
        for name, node in functions.items()
        if _simple_defaults(node)
        and not used_names(node) & OPAQUE
        and not any(isinstance(one, ast.Global) for one in ast.walk(node))
    }
    while True:
        known = chosen | set(imports) | BUILTINS
        kept = {name for name in chosen if used_names(functions[name]) - set(bound_names(functions[name])) <= known}
        if kept == chosen:
            break
        chosen = kept
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return chosen & called, imports


def move_helpers(sources: Sources) -> Sources:
    """Helper functions go to a module of their own and are imported back."""
    out: Sources = {}
    for number, (path, text) in enumerate(sources.items(), 1):
        tree = ast.parse(text)
        chosen, imports = _movable(tree)
        functions = plain_functions(tree)
        # a helper takes along what it calls
        if any(used_names(functions[name]) & (set(functions) - chosen) for name in chosen):
            chosen = {name for name in chosen if not used_names(functions[name]) & (set(functions) - chosen)}
        if not chosen or path.rpartition("/")[2].startswith(("test", "__init__")):
            out[path] = text
            continue
        where = f"helpers{number}{SUFFIX}"
        needed = {name for one in chosen for name in used_names(functions[one])}
        head = list(dict.fromkeys(ast.unparse(node) for name, node in imports.items() if name in needed))
        future = ["from __future__ import annotations"] if "from __future__ import annotations" in text else []
        head = [one for one in head if "__future__" not in one]
        module = cst.parse_module(text)
        moved: list[Statement] = []
        body: list[Statement] = []
        for node in module.body:
            if isinstance(node, cst.FunctionDef) and node.name.value in chosen:
                moved.append(node)
                body.append(statement(f"from {where} import {node.name.value}"))
            else:
                assert isinstance(node, Statement)
                body.append(node)
        out[path] = module.with_changes(body=body).code
        intro = "\n".join(['"""Helpers."""', *future, *head, "", ""])
        out[where + ".py"] = intro + cst.Module(moved).code
    return out


# --------------------------------------------------------------------------------------------------------- coroutines


def _coroutines(tree: ast.Module, excluded: set[str]) -> set[str]:
    """Functions that nothing calls but other such functions, and only in ways that can await."""
    functions = plain_functions(tree)
    chosen = {name for name, node in functions.items() if not is_generator(node)}
    chosen = {name for name in chosen - excluded if not name.startswith("test")}
    while True:
        allowed: set[int] = set()
        for name in chosen:
            for node in scope_nodes(functions[name]):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    allowed.add(id(node.func))
            for node in ast.walk(functions[name]):
                if isinstance(node, ast.GeneratorExp | ast.Lambda):
                    allowed -= {id(inner) for inner in ast.walk(node)}
        used = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
        kept = chosen - {node.id for node in used if id(node) not in allowed}
        if kept == chosen:
            return chosen
        chosen = kept


class _Async(cst.CSTTransformer):
    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self.names = names
        self.depth = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.depth += 1

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        self.depth -= 1
        if self.depth or original_node.name.value not in self.names:
            return updated_node
        return updated_node.with_changes(asynchronous=cst.Asynchronous())

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if not isinstance(original_node.func, cst.Name) or original_node.func.value not in self.names:
            return updated_node
        return cst.Await(updated_node, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def to_coroutines(sources: Sources) -> Sources:
    """Functions that only a framework can call become coroutines, and await each other."""
    out = {}
    for path, text in sources.items():
        tree = ast.parse(text)
        excluded = taken_elsewhere(sources, path, set(plain_functions(tree)))
        excluded |= {name for one in ast.walk(tree) if isinstance(one, ast.Lambda) for name in parameters(one)}
        names = _coroutines(tree, excluded)
        out[path] = cst.parse_module(text).visit(_Async(names)).code
    return out
