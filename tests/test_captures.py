"""The README and the tutorial show what the commands really say: both are carried out, from top to bottom."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_pages_show_what_the_commands_say() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_captures.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"run tools/make_captures.py and read what has changed: {done.stdout}{done.stderr}"
