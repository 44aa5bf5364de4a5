"""Rewrites of names: other names for locals and imports, modules instead of their members."""

# ruff: noqa: N802  the names of the methods are those of the parser

from __future__ import annotations

import ast
import re
from typing import Final

import libcst as cst

from .samples import Sources
from .trees import (
    OPAQUE,
    SUFFIX,
    AnyFunction,
    Dotter,
    Renamer,
    bound_names,
    imported_elsewhere,
    parameters,
    scope_nodes,
    used_names,
)

# words that make a name mean something to a rule: a name that holds one of them keeps it
MEANINGFUL: Final = re.compile(
    r"consent|agree|opt|allow|permi|accept|terms|tos|eula|condition|privacy|policy|notice|inform|guardian|parent|adult|"
    r"minor|child|age|answer|reply|asked|face|biometric|selfie|portrait|template|embedding|encoding|descriptor|door|"
    r"lock|gate|barrier|turnstile|relay|pin|serial|topic|token|session|badge|card|code|password|otp|qr|cascade|model|"
    r"login|auth|[^\x00-\x7f]",
    re.IGNORECASE,
)

# members that are modules of their own, which an import of the package alone does not load
SUBMODULES: Final = {
    "PIL": None,  # all of them
    "concurrent": None,
    "google.cloud": None,
    "os": {"path"},
    "tkinter": {"messagebox", "simpledialog", "filedialog", "ttk"},
    "deepface": {"DeepFace"},
    "retinaface": {"RetinaFace"},
    "urllib": None,
    "xml": None,
}


def _local_names(function: AnyFunction) -> set[str]:
    """The names that may be renamed in a function of a module or class, together with what is nested in it."""
    nodes = list(ast.walk(function))
    if any(isinstance(node, ast.ClassDef | ast.MatchClass) for node in nodes) or used_names(function) & OPAQUE:
        return set()
    if any(isinstance(node, ast.FormattedValue) and node.conversion == ord("r") for node in nodes):
        return set()  # perhaps f"{name=}", which prints the name
    fixed = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    inner = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
    fixed |= {name for node in inner for name in parameters(node)}
    fixed |= {node.name for node in inner if not isinstance(node, ast.Lambda)}
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            fixed |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    outside = used_names(function.args) | {name for one in function.decorator_list for name in used_names(one)}
    if function.returns is not None:
        outside |= used_names(function.returns)
    own = {node.id for node in scope_nodes(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {name for name in own - fixed - outside if not MEANINGFUL.search(name) and name != "_"}


class _Locals(cst.CSTTransformer):
    """Renames in the outermost functions, each with its own set of names."""

    def __init__(self, names: dict[str, list[set[str]]]) -> None:
        super().__init__()
        self.names = names
        self.depth = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.depth += 1
        return False

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        queue = self.names.get(original_node.name.value)
        if not queue:
            return updated_node
        changed = updated_node.visit(Renamer({name: name + SUFFIX for name in queue.pop(0)}))
        assert isinstance(changed, cst.FunctionDef)
        return changed


def _outermost(tree: ast.AST) -> list[AnyFunction]:
    out: list[AnyFunction] = []
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            out.append(child)
        else:
            out += _outermost(child)
    return out


def rename_locals(module: cst.Module) -> cst.Module:
    names: dict[str, list[set[str]]] = {}
    for function in _outermost(ast.parse(module.code)):
        names.setdefault(function.name, []).append(_local_names(function))
    return module.visit(_Locals(names))


def _free_to_change(sources: Sources, path: str) -> set[str]:
    """Names that are bound once in a file, by an import at its top level, and are its own affair."""
    tree = ast.parse(sources[path])
    every = bound_names(tree)
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.asname or alias.name for node in top for alias in node.names}
    if "__all__" in every or path.endswith("__init__.py"):
        return set()
    taken: set[str] = set()
    stem = path.removesuffix(".py").rpartition("/")[2]
    for other, text in sources.items():
        if other != path and re.search(rf"\b{re.escape(stem)}\b", text):
            taken |= {
                alias.name
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.ImportFrom)
                for alias in node.names
            }
            taken |= {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
    return {name for name in names - taken if name.isidentifier() and every.count(name) == 1}


class _Alias(cst.CSTTransformer):
    def __init__(self, free: set[str], members: bool) -> None:
        super().__init__()
        self.free = free
        self.members = members
        self.done: set[str] = set()
        self.skip = False

    def visit_Import(self, node: cst.Import) -> None:
        self.skip = self.members

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        future = isinstance(node.module, cst.Name) and node.module.value == "__future__"
        self.skip = future or not self.members

    def leave_ImportAlias(self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias) -> cst.ImportAlias:
        name = original_node.evaluated_alias or original_node.evaluated_name
        if name not in self.free or self.skip:
            return updated_node
        self.done.add(name)
        return updated_node.with_changes(asname=cst.AsName(cst.Name(name + SUFFIX)))


def _aliased(sources: Sources, members: bool) -> Sources:
    out = {}
    for path, text in sources.items():
        alias = _Alias(_free_to_change(sources, path), members)
        module = cst.parse_module(text).visit(alias)
        out[path] = module.visit(Renamer({name: name + SUFFIX for name in alias.done})).code
    return out


def alias_modules(sources: Sources) -> Sources:
    """``import face_recognition`` -> ``import face_recognition as face_recognition_zz``."""
    return _aliased(sources, False)


def alias_members(sources: Sources) -> Sources:
    """``from deepface import DeepFace`` -> ``from deepface import DeepFace as DeepFace_zz``."""
    return _aliased(sources, True)


def _is_local(module: str, sources: Sources) -> bool:
    root = module.split(".")[0]
    return any(part == root for path in sources for part in path.removesuffix(".py").split("/"))


class _ModuleImport(cst.CSTTransformer):
    """``from a.b import c`` -> ``import a.b`` (or ``import a.b.c``)."""

    def __init__(self, free: set[str], sources: Sources) -> None:
        super().__init__()
        self.free = free
        self.sources = sources
        self.names: dict[str, str] = {}

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        if len(updated_node.body) != 1 or not isinstance(updated_node.body[0], cst.ImportFrom):
            return updated_node
        node = updated_node.body[0]
        if node.module is None or node.relative or isinstance(node.names, cst.ImportStar):
            return updated_node
        module = cst.Module([]).code_for_node(node.module)
        pairs = {alias.evaluated_alias or alias.evaluated_name: alias.evaluated_name for alias in node.names}
        if module == "__future__" or _is_local(module, self.sources) or not set(pairs) <= self.free:
            return updated_node
        parts = SUBMODULES.get(module, set())
        wanted = dict.fromkeys(
            f"{module}.{name}" if parts is None or name in parts else module for name in pairs.values()
        )
        self.names |= {alias: f"{module}.{name}" for alias, name in pairs.items()}
        text = "import " + ", ".join(wanted)
        line = cst.parse_statement(text)
        assert isinstance(line, cst.SimpleStatementLine)
        return updated_node.with_changes(body=line.body)


def module_imports(sources: Sources) -> Sources:
    """``from face_recognition import face_encodings`` -> ``import face_recognition``, and the dotted name in use."""
    out = {}
    for path, text in sources.items():
        tree = ast.parse(text)
        roots = set(bound_names(tree))
        change = _ModuleImport(_free_to_change(sources, path), sources)
        module = cst.parse_module(text).visit(change)
        clash = {full.split(".")[0] for full in change.names.values()} & (roots - _top_modules(tree))
        out[path] = text if clash else module.visit(Dotter(change.names)).code
    return out


def _top_modules(tree: ast.Module) -> set[str]:
    """Names bound by ``import a`` or ``import a.b`` at top level: a second such import changes nothing."""
    nodes = [node for node in tree.body if isinstance(node, ast.Import)]
    return {alias.name.split(".")[0] for node in nodes for alias in node.names if alias.asname is None}


def taken_elsewhere(sources: Sources, path: str, names: set[str]) -> set[str]:
    """Those of the names that occur anywhere in other files."""
    return names & imported_elsewhere(sources, path)
