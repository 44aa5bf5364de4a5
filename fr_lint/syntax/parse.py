"""Both parses of a source, on a stack that is large enough, with the interpreter's settings put back afterwards.

This file must not know what is done with the trees.
"""

from __future__ import annotations

import ast
import gc
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import libcst as cst

from fr_lint.syntax import NotAnalysed
from fr_lint.syntax.depth import PATTERN_LIMIT, measure

DIRECT: Final = 100  # levels that any thread's stack holds
DEEPEST: Final = 2500  # levels beyond which the source is refused: libcst needs seconds there
_STACK: Final = 16 * 2**20  # bytes of a stack of our own
_STACK_PER_LEVEL: Final = 32 * 2**10  # four times what was measured
_FRAMES_PER_LEVEL: Final = 12  # of our own recursion; CPython keeps these frames on the heap

_stack_size = threading.Lock()


@contextmanager
def parsed(source: str, tree: ast.Module | None) -> Iterator[tuple[cst.Module, ast.Module]]:
    """Both trees of a source; while they are in use, deep recursion is allowed and nothing is collected."""
    limit = sys.getrecursionlimit()
    collecting = gc.isenabled()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of invalid escapes in somebody else's strings
        try:
            gc.disable()
            if tree is None:
                tree = _ast(source)
            levels, pattern = measure(source, tree)
            if levels > DEEPEST:
                raise NotAnalysed(f"the code is nested too deeply ({levels} levels, at most {DEEPEST})")
            if pattern > PATTERN_LIMIT:
                raise NotAnalysed("a match pattern is nested too deeply")
            module = _cst(source, levels)
            sys.setrecursionlimit(max(limit, _frames() + _FRAMES_PER_LEVEL * levels + 1000))
            yield module, tree
        finally:
            sys.setrecursionlimit(limit)
            if collecting:
                gc.enable()


def _ast(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise NotAnalysed(f"syntax error in line {error.lineno or 1}: {error.msg}") from None
    except RecursionError:
        raise NotAnalysed("the code is nested too deeply") from None
    except MemoryError:
        raise NotAnalysed("the code is nested too deeply, or memory is short") from None
    except ValueError as error:
        raise NotAnalysed(f"not Python source: {error}") from None


def _cst(source: str, levels: int) -> cst.Module:
    outcome: list[cst.Module | BaseException] = []

    def run() -> None:
        try:
            outcome.append(cst.parse_module(source))
        except BaseException as error:  # noqa: BLE001  # a panic of the native parser is no Exception
            outcome.append(error)

    if levels <= DIRECT:
        run()
    else:
        _on_large_stack(run, _STACK + _STACK_PER_LEVEL * levels)
    result = outcome[0]
    if isinstance(result, cst.Module):
        return result
    if isinstance(result, cst.ParserSyntaxError):
        raise NotAnalysed(f"libcst cannot parse line {result.raw_line}")
    if isinstance(result, (KeyboardInterrupt, SystemExit)):
        raise result
    raise NotAnalysed(f"libcst cannot parse this: {type(result).__name__}")


def _on_large_stack(run: Callable[[], None], size: int) -> None:
    """Run in a thread of its own; the stack's size is address space, not memory, until it is used."""
    thread = threading.Thread(target=run, name="fr-lint-parse", daemon=True)
    with _stack_size:
        try:
            before = threading.stack_size(size - size % 2**16)
        except (ValueError, RuntimeError):
            raise NotAnalysed("the code is nested too deeply for this platform") from None
        try:
            thread.start()
        except RuntimeError:
            raise NotAnalysed("the code is nested deeply, and no thread can be started") from None
        finally:
            threading.stack_size(before)
    thread.join()


def _frames() -> int:
    """How deep the caller's own stack is."""
    count = 0
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        count += 1
    return count
