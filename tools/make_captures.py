"""Run the commands of the README and the tutorial, and write down what they say.

In a page, a block of ``sh`` that is followed by a block of ``text`` is a command and its output; a block of ``diff`` is
a change of the files.  A page is carried out from top to bottom in a copy of the sample application (the README: in a
copy of the fixtures).  What makes an environment is left out: of commands joined by ``&&``, installing is not run, and
the prefix ``.venv/bin/`` is dropped.  ``--check`` only compares.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = {"README.md": "fixtures", "docs/tutorial.md": "fixtures/sample_app"}
BLOCK: Final = re.compile(r"^```(?P<info>sh|text|diff)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
PATIENCE: Final = 120  # seconds for one command


def carried_out(page: str) -> str:
    """The page with the output that its commands have today."""
    text = (ROOT / page).read_text(encoding="utf-8")
    source = PAGES[page]
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder) / "sample_app"
        if source == "fixtures":
            there = Path(folder)
            shutil.copytree(ROOT / source / "sample_app", there / source / "sample_app")
        else:
            shutil.copytree(ROOT / source, there)
        out: list[str] = []
        last, command = 0, ""
        for block in BLOCK.finditer(text):
            body = block["body"]
            if block["info"] == "sh":
                command = body
            elif block["info"] == "diff":
                _run(["git", "apply", "--recount", "-"], there, body)
                command = ""
            elif command:
                body = _said(command, there)
                command = ""
            out += [text[last : block.start("body")], body]
            last = block.end("body")
        return "".join(out) + text[last:]


def _said(command: str, there: Path) -> str:
    lines = [part for line in command.splitlines() for part in _parts(line)]
    return "".join(_run(["bash", "-c", line], there, None) for line in lines)


def _parts(line: str) -> list[str]:
    parts = [part.strip() for part in line.split("&&")]
    runs = [part.replace(".venv/bin/", "") for part in parts if "pip install" not in part and "-m venv" not in part]
    return [" && ".join(runs)] if runs else []


def _run(command: list[str], there: Path, given: str | None) -> str:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    env = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "120", "HOME": str(there.parent)}
    env = {name: value for name, value in env.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        command,
        cwd=there,
        env=env,
        input=given or "",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    if done.returncode == 127:
        raise SystemExit(done.stdout)
    if command[0] == "git" and done.returncode:
        raise SystemExit(f"a change does not fit: {done.stdout}\n{given}")
    return done.stdout.replace(str(there), "...")


def main() -> int:
    """Write or compare; the exit code."""
    checking = "--check" in sys.argv[1:]
    stale = []
    for page in PAGES:
        new = carried_out(page)
        if new != (ROOT / page).read_text(encoding="utf-8"):
            stale.append(page)
            if not checking:
                (ROOT / page).write_text(new, encoding="utf-8", newline="\n")
    print(f"{'stale' if checking else 'written'}: {', '.join(stale)}" if stale else "up to date")
    return int(checking and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main())
