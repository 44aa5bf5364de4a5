"""The plugin in an editor: the real python-lsp-server, driven over its standard streams by a client of the protocol."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pylsp")
pytestmark = pytest.mark.slow

SERVICE = """\
import face_recognition


def template(photo):
    return face_recognition.face_encodings(photo)
"""
CAREFUL = """\
from service import template


def enrol(person):
    if not person.face_consent:
        return None
    return template(person.photo)
"""
CARELESS = """\
from service import template


def enrol(person):
    return template(person.photo)
"""
PATIENCE = 60.0  # seconds; a machine may be busy


class Client:
    """What an editor does: requests with their answers, notifications, and the diagnostics that come by themselves."""

    def __init__(self, root: Path) -> None:
        self.root = root
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        self.server = subprocess.Popen(
            [sys.executable, "-m", "pylsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PATH": path, "XDG_CONFIG_HOME": str(root / ".config")},
        )
        self.number = 0
        self.versions: dict[str, int] = {}
        self.inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.request("initialize", processId=os.getpid(), rootUri=root.as_uri(), capabilities={})
        self.notify("initialized")
        names = ("pycodestyle", "pyflakes", "mccabe", "autopep8", "yapf", "jedi_completion")
        plugins: dict[str, Any] = {name: {"enabled": False} for name in names}
        plugins["flake8"] = {"enabled": True, "select": ["FRL"]}
        self.notify("workspace/didChangeConfiguration", settings={"pylsp": {"plugins": plugins}})

    def close(self) -> None:
        self.request("shutdown")
        self.notify("exit")
        self.server.wait(PATIENCE)
        self.reader.join(PATIENCE)
        for stream in (self.server.stdin, self.server.stdout):
            assert stream is not None
            stream.close()

    def open(self, name: str) -> list[dict[str, Any]]:
        text = (self.root / name).read_text()
        document = {"uri": self.uri(name), "languageId": "python", "version": 1, "text": text}
        self.versions[name] = 1
        self.notify("textDocument/didOpen", textDocument=document)
        return self.diagnostics(name)

    def change(self, name: str, text: str) -> list[dict[str, Any]]:
        """Type without saving."""
        self.versions[name] += 1
        document = {"uri": self.uri(name), "version": self.versions[name]}
        self.notify("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])
        return self.diagnostics(name)

    def save(self, name: str, text: str) -> list[dict[str, Any]]:
        (self.root / name).write_text(text)
        self.notify("textDocument/didSave", textDocument={"uri": self.uri(name)})
        return self.diagnostics(name)

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def diagnostics(self, name: str) -> list[dict[str, Any]]:
        """The next diagnostics for a file that are those of the version that was sent last."""
        while True:
            message = self.inbox.get(timeout=PATIENCE)
            params = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == self.uri(name):
                return [each for each in params["diagnostics"] if each["source"] == "flake8"]

    def request(self, method: str, **params: object) -> Any:
        self.number += 1
        self._write({"id": self.number, "method": method, "params": params})
        while True:
            message = self.inbox.get(timeout=PATIENCE)
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message.get("result")

    def notify(self, method: str, **params: object) -> None:
        self._write({"method": method, "params": params})

    def _write(self, message: dict[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.server.stdin is not None
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.server.stdin.flush()

    def _read(self) -> None:
        stream = self.server.stdout
        assert stream is not None
        while line := stream.readline():
            size = int(line.partition(b":")[2])
            while stream.readline().strip():
                pass
            self.inbox.put(json.loads(stream.read(size)))


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Client]:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "service.py").write_text(SERVICE)
    (tmp_path / "views.py").write_text(CARELESS)
    client = Client(tmp_path)
    yield client
    client.close()


def codes(diagnostics: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    starts = [(each["code"], each["range"]["start"]) for each in diagnostics]
    return [(code, start["line"], start["character"]) for code, start in starts]


def test_a_finding_stands_at_its_call_and_names_the_other_file(editor: Client) -> None:
    (found,) = editor.open("service.py")
    assert found["code"] == "FRL101"
    assert found["range"]["start"] == {"line": 4, "character": 11}
    assert found["range"]["end"]["line"] == 4
    assert "views.py line 4" in found["message"]


def test_what_is_typed_counts_before_it_is_saved(editor: Client) -> None:
    assert codes(editor.open("service.py")) == [("FRL101", 4, 11)]
    moved = "# one line more\n" + SERVICE
    assert codes(editor.change("service.py", moved)) == [("FRL101", 5, 11)]
    guarded = SERVICE.replace(
        "    return", '    if input("Do you consent to face recognition?") != "yes":\n        return None\n    return'
    )
    assert editor.change("service.py", guarded) == []
    assert codes(editor.change("service.py", SERVICE)) == [("FRL101", 4, 11)]
    assert (editor.root / "service.py").read_text() == SERVICE


def test_a_guard_in_another_file_counts_when_it_is_saved(editor: Client) -> None:
    assert codes(editor.open("service.py")) == [("FRL101", 4, 11)]
    assert editor.open("views.py") == []
    editor.change("views.py", CAREFUL)
    assert codes(editor.save("service.py", SERVICE)) == [("FRL101", 4, 11)], "flake8 sees one buffer only"
    editor.save("views.py", CAREFUL)
    assert editor.save("service.py", SERVICE) == []
    editor.save("views.py", CARELESS)
    assert codes(editor.save("service.py", SERVICE)) == [("FRL101", 4, 11)]


def test_columns_behind_other_scripts_are_characters(editor: Client) -> None:
    text = SERVICE.replace("    return ", '    名字 = "脸"; return ')
    editor.open("service.py")
    assert codes(editor.change("service.py", text)) == [("FRL101", 4, 21)]


def test_a_text_that_is_no_python_yet_ends_nothing(editor: Client) -> None:
    editor.open("service.py")
    editor.change("service.py", SERVICE + "def half(")
    assert codes(editor.change("service.py", SERVICE)) == [("FRL101", 4, 11)]
