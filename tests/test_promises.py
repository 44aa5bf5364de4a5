"""What is promised on the page about security: the code is not run, no network is used, nothing is changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TRAP = """\
import pathlib
import face_recognition

pathlib.Path({mark!r}).write_text("run")


class Meta(type):
    def __prepare__(name, bases):
        pathlib.Path({mark!r}).write_text("run")
        return {{}}


class Kiosk(metaclass=Meta):
    def enrol(self, photo=pathlib.Path({mark!r}).write_text("run")):
        return face_recognition.face_encodings(photo)
"""
NO_NETWORK = """\
import socket


def refuse(*args, **kwargs):
    raise AssertionError("somebody used the network")


socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = socket.socket.sendto = refuse
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse
"""
COMMANDS = (
    ("fr_lint", "check"),
    ("fr_lint", "check", "--jobs", "2"),
    ("fr_lint", "check", "--format", "sarif"),
    ("fr_lint", "explain", "kiosk.py:15"),
    ("fr_lint", "explain", "FRL101"),
    ("fr_lint", "report", "--json"),
    ("fr_lint", "init", "--print"),
    ("flake8", "--isolated", "--select=FRL"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_is_run_changed_or_fetched(command: tuple[str, ...], tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    mark = outside / "mark"
    (outside / "sitecustomize.py").write_text(NO_NETWORK)
    (project / "pyproject.toml").write_text("")
    (project / "kiosk.py").write_text(TRAP.format(mark=str(mark)))
    before = {path: path.read_bytes() for path in project.rglob("*")}
    path = os.pathsep.join((str(outside), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert "network" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "FRL101" in said or "consent: missing" in said
    assert not mark.exists()
    assert {path: path.read_bytes() for path in project.rglob("*")} == before


def test_the_trap_works(tmp_path: Path) -> None:
    """Run, it leaves its mark; with the network gone, a connection fails."""
    (tmp_path / "face_recognition.py").write_text("")
    (tmp_path / "kiosk.py").write_text(TRAP.format(mark=str(tmp_path / "mark")))
    subprocess.run([sys.executable, "kiosk.py"], cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "mark").exists()
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK)
    program = "import socket; socket.create_connection(('127.0.0.1', 9))"
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60)
    assert "somebody used the network" in done.stderr


def test_source_lines_cannot_steer_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from fr_lint.cli import main

    (tmp_path / "pyproject.toml").write_text("")
    line = "    return face_recognition.face_encodings(photo)  # \x1b[2J \u202e\n"
    (tmp_path / "kiosk.py").write_text("import face_recognition\n\n\ndef enrol(photo):\n" + line)
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "# \ufffd[2J \ufffd" in said
    assert "\x1b" not in said
