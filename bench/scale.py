"""How the cost grows: with the number of files, with the size of one function, with the length of a chain of calls.

    python bench/scale.py [--files 100 1000 10000] [--statements 1000 10000] [--chain 10 100 1000] [--only PART]

Each table ends in the cost of one unit (a file, a statement, a function): where growth is linear, that column stays as
it is.  ``files`` runs ``flake8 --select=FRL`` over projects of which 1 % process faces, and the plugin alone over the
same files in this process; the other parts run the plugin alone.
"""

from __future__ import annotations

import argparse
import ast
import gc
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))

from fr_lint.options import Options  # noqa: E402
from fr_lint.plugin import Plugin  # noqa: E402

PLAIN = '''\
"""Module {n} of many, without a face."""
import json
import logging

from pkg{d}.part{m} import load{m}

LOG = logging.getLogger(__name__)


class Record{n}:
    """A record."""

    def __init__(self, name, value=None):
        self.name = name
        self.value = value

    def describe(self, indent=0):
        if self.value is None:
            return " " * indent + self.name
        return "%s%s = %r" % (" " * indent, self.name, self.value)


def load{n}(path):
    """Read records."""
    with open(path) as file:
        rows = json.load(file)
    found = []
    for row in rows:
        if not row.get("name"):
            LOG.warning("a row without a name in %s", path)
            continue
        found.append(Record{n}(row["name"], row.get("value")))
    return found


def total{n}(path):
    return sum(record.value or 0 for record in load{n}(path) + load{m}(path))
'''
FACE = '''\
"""Module {n} of many, with a face."""
import face_recognition

from pkg{d}.part{m} import load{m}


def check(user):
    if not user.face_consent:
        raise PermissionError(user)


def encode{n}(path, user):
    check(user)
    image = face_recognition.load_image_file(path)
    return face_recognition.face_encodings(image)


def compare{n}(path, other):
    known = face_recognition.face_encodings(face_recognition.load_image_file(path))
    return load{m}(other), face_recognition.compare_faces(known, other)
'''


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, nargs="*", default=[100, 1000, 10000])
    parser.add_argument("--statements", type=int, nargs="*", default=[1000, 3000, 10000])
    parser.add_argument("--chain", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--only", choices=["files", "statements", "chain"])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        warm_up(Path(scratch))
        if args.only in (None, "files"):
            files(Path(scratch), args.files)
        if args.only in (None, "statements"):
            statements(Path(scratch), args.statements)
        if args.only in (None, "chain"):
            chains(Path(scratch), args.chain)


def files(scratch: Path, counts: list[int]) -> None:
    """Projects of more and more files."""
    print("files, 1 % of them with faces")
    print(f"{'files':>8}{'flake8, s':>12}{'ms/file':>10}{'plugin, s':>12}{'ms/file':>10}{'findings':>10}")
    for count in counts:
        root = scratch / f"files{count}"
        project_of(root, count)
        started = time.perf_counter()
        command = [sys.executable, "-m", "flake8", "--isolated", "--select=FRL", "--jobs=1", "."]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        wall = time.perf_counter() - started
        alone, _ = plugin(root)
        print(
            f"{count:8}{wall:12.2f}{wall / count * 1e3:10.2f}{alone:12.3f}{alone / count * 1e3:10.3f}"
            f"{len(done.stdout.splitlines()):10}"
        )


def project_of(root: Path, count: int) -> str:
    """Write a project of so many files, 1 % of them with faces; the path of one of these below the root."""
    for number in range(count):
        text = (FACE if number % 100 == 50 else PLAIN).format(n=number, d=number // 200, m=number - number % 7)
        write(root / f"pkg{number // 200}" / f"part{number}.py", text)
    write(root / "setup.cfg", "")
    return "pkg0/part50.py"


def statements(scratch: Path, counts: list[int]) -> None:
    """One function of more and more statements, of several shapes."""
    shapes = {
        "straight": "    total = step(total, {n})\n",
        "branches": "    if total > {n}:\n        total = step(total, {n})\n",
        "guards": "    if not user{n}.face_consent:\n        return None\n",
        "tries": "    try:\n        total = step({n})\n    except ValueError:\n        total = 0\n",
        "loops": "    for item in items:\n        total += step(item)\n",
        "faces": "    total = face_recognition.face_encodings(image{n})\n",
    }
    print("\none function, then a face call")
    print(
        f"{'shape':12}{'statements':>12}{'ast, s':>10}{'libcst, s':>11}{'plugin, s':>11}{'us/stmt':>10}{'/libcst':>9}"
    )
    for shape, line in shapes.items():
        for count in counts:
            size = line.count("\n")
            body = "".join(line.format(n=number) for number in range(count // size))
            text = f"import face_recognition\n\n\ndef f(image, total, items):\n{body}"
            text += "    return face_recognition.face_locations(image)\n"
            root = scratch / f"{shape}{count}"
            write(root / "a.py", text)
            parse, concrete = parsing(text)
            alone, _ = plugin(root)
            print(
                f"{shape:12}{count:12}{parse:10.3f}{concrete:11.3f}{alone:11.3f}{alone / count * 1e6:10.1f}"
                f"{alone / concrete:9.2f}",
                flush=True,
            )


def chains(scratch: Path, counts: list[int]) -> None:
    """A guard, so many calls, then the face call: in one file, and one file each."""
    print("\nchains of calls from a guard to a face call")
    print(f"{'place':12}{'functions':>12}{'plugin, s':>11}{'ms/function':>13}{'findings':>10}")
    for place in ("one file", "many files"):
        for count in counts:
            root = scratch / f"{place.replace(' ', '')}{count}"
            last = "import face_recognition\n\n\ndef f0(image):\n    return face_recognition.face_encodings(image)\n"
            first = f"\n\ndef route(user, image):\n    if user.face_consent:\n        f{count}(image)\n"
            calls = [f"def f{n}(image):\n    return f{n - 1}(image)\n" for n in range(1, count + 1)]
            if place == "one file":
                write(root / "a.py", "\n\n".join([last, *calls]) + first)
            else:
                write(root / "m0.py", last)
                for n, call in enumerate(calls, 1):
                    write(root / f"m{n}.py", f"from m{n - 1} import f{n - 1}\n\n\n{call}")
                write(root / "a.py", f"from m{count} import f{count}\n{first}")
            alone, found = plugin(root)
            print(f"{place:12}{count:12}{alone:11.3f}{alone / count * 1e3:13.3f}{found:10}", flush=True)


def warm_up(scratch: Path) -> None:
    """Pay for imports and the catalogue before anything is measured."""
    write(scratch / "warm" / "a.py", FACE.format(n=0, d=0, m=0))
    plugin(scratch / "warm")


def plugin(root: Path) -> tuple[float, int]:
    """Processor seconds and findings of the plugin alone over a project's files, their parsing by flake8 left out."""
    write(root / "setup.cfg", "")
    Plugin.options = Options(cwd=str(root))
    every = [(str(path), path.read_text(encoding="utf-8")) for path in sorted(root.rglob("*.py"))]
    inputs = [(ast.parse(text), path, text.splitlines(keepends=True)) for path, text in every]
    gc.collect()
    started = time.process_time()
    found = [list(Plugin(*each).run()) for each in inputs]
    return time.process_time() - started, sum(map(len, found))


def parsing(text: str) -> tuple[float, float]:
    """Seconds of ``ast.parse`` and of ``libcst.parse_module``."""
    import libcst

    started = time.perf_counter()
    ast.parse(text)
    middle = time.perf_counter()
    libcst.parse_module(text)
    return middle - started, time.perf_counter() - middle


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
