"""What is kept between runs: it saves work, and it never changes an answer."""

from __future__ import annotations

import ast
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fr_lint import analysis
from fr_lint.cache import answers, current, modules, summaries
from fr_lint.cache.codec import decode, encode
from fr_lint.cache.store import Store
from fr_lint.cli import main
from fr_lint.findings import Finding
from fr_lint.ir.dump import dump
from fr_lint.ir.model import Const, Module
from fr_lint.options import Options
from fr_lint.policy import load
from fr_lint.project import portions
from fr_lint.project import root as roots
from fr_lint.project.sources import sources_at
from fr_lint.screen import Screen
from fr_lint.syntax import NotAnalysed, lower_source

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = sorted((ROOT / "fixtures").rglob("*.py"))

SERVICE = "import face_recognition\n\n\ndef template(photo):\n    return face_recognition.face_encodings(photo)\n"
OPEN = "from service import template\n\n\ndef enrol(user, photo):\n    return template(photo)\n"
GUARDED = """\
from service import template


def enrol(user, photo):
    if not user.face_consent:
        raise PermissionError(user)
    return template(photo)
"""
Files = dict[str, str]
Answer = dict[str, list[Finding]]


def write(project: Path, files: Files, age: int = 3600) -> None:
    """Files of a certain age in seconds."""
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        when = path.stat().st_mtime - age
        os.utime(path, (when, when))


def forget() -> None:
    """Begin as a new process would."""
    for kept in (sources_at, answers._project, roots._find, roots.has_table, load._read, current.opened):
        kept.cache_clear()
    analysis._engines.clear()
    modules._held.clear()


def run(project: Path, *, cache: bool = True, **wanted: object) -> Answer:
    """The findings of each file, in a run of its own."""
    forget()
    screen = Screen(Options(str(project), cache=cache, **wanted))  # type: ignore[arg-type]
    names = sorted(path.relative_to(project).as_posix() for path in project.rglob("*.py"))
    return {name: sorted(screen.findings(name, (project / name).read_text(), None)) for name in names}


def codes(answer: Answer) -> list[str]:
    return [each.code for found in answer.values() for each in found]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the entries."""
    monkeypatch.setenv("FR_LINT_CACHE_DIR", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def project(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(portions, "SIZE", 2)
    folder = tmp_path / "project"
    write(folder, {"setup.cfg": "", "service.py": SERVICE, "views.py": OPEN, "util.py": "def plain():\n    return 1\n"})
    return folder


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were parsed."""
    seen: list[str] = []

    def lower(source: str, path: str, tree: ast.Module | None = None) -> Module:
        seen.append(path)
        return lower_source(source, path, tree)

    monkeypatch.setattr(modules, "lower_source", lower)
    monkeypatch.setattr(modules, "SHORT", 0)
    return seen


# ------------------------------------------------------------------------------------------------------------- modules


def same(module: Module) -> None:
    data = encode(module)
    again = decode(data, module.path)
    assert encode(again) == data
    assert [dump(each) for each in again.functions] == [dump(each) for each in module.functions]


@pytest.mark.parametrize("part", range(8))
def test_a_module_is_the_same_again(part: int) -> None:
    for path in FIXTURES[part::40]:
        try:
            module = lower_source(path.read_text(encoding="utf-8", errors="replace"), path.name)
        except NotAnalysed:
            continue
        same(module)


@pytest.mark.parametrize(
    "value",
    ["0", "-1", str(1 << 63), f"0x{'f' * 4000}", "1e999", "-0.0", "2.5j", "b'\\x00\\xff'", "''", "'\\ud83d\\ude00'",
     "'😀'", "None", "True", "...", "'\\n\\u2028'"],
)  # fmt: skip
def test_literals_are_the_same_again(value: str) -> None:
    module = lower_source(f"x = {value}\n", "a.py")
    again = decode(encode(module), "a.py")
    (one,) = (node.value for node in module.functions[0].nodes if node.target is not None)
    (two,) = (node.value for node in again.functions[0].nodes if node.target is not None)
    assert type(one) is type(two)
    if isinstance(one, Const) and isinstance(two, Const):
        assert (type(one.value), one.value) == (type(two.value), two.value)
    same(module)


def test_deep_expressions_are_no_trouble() -> None:
    same(lower_source(f"x = {'-' * 900}y\nz = a{'.b' * 900}\n", "a.py"))


def test_an_expression_that_stands_in_two_places_is_one_object_again() -> None:
    module = decode(encode(lower_source("with a() as b:\n    b()\n", "a.py")), "a.py")
    nodes = module.functions[0].nodes
    (entered,) = (node.value for node in nodes if type(node.value).__name__ == "Entered")
    assert sum(node.value is entered.manager for node in nodes) >= 1  # type: ignore[union-attr]


# ---------------------------------------------------------------------------------------------------------------- work


def test_a_second_run_parses_nothing(project: Path, parsed: list[str]) -> None:
    first = run(project)
    assert codes(first) == ["FRL101"]
    assert parsed
    parsed.clear()
    assert run(project) == first
    assert not parsed


def test_a_second_run_does_not_import_the_parser_nor_the_engine(project: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "flake8", "--isolated", "--select=FRL", "--jobs=1", "."]
    runs = [subprocess.run(command, cwd=project, capture_output=True, text=True, check=False) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout != ""
    assert "libcst" in runs[0].stderr
    assert "fr_lint.flow.engine" in runs[0].stderr
    assert "libcst" not in runs[1].stderr
    assert "fr_lint.flow" not in runs[1].stderr


def test_after_an_edit_only_the_edited_file_is_parsed(project: Path, parsed: list[str]) -> None:
    run(project)
    parsed.clear()
    write(project, {"views.py": GUARDED}, 1800)
    assert codes(run(project)) == []
    assert parsed == ["views.py"]
    parsed.clear()
    write(project, {"views.py": OPEN}, 900)
    assert codes(run(project)) == ["FRL101"]
    assert not parsed, "the text was seen before"


def test_after_an_edit_one_portion_of_the_texts_is_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "SIZE", 3)
    write(project, {f"more/part{number}.py": f"NUMBER_{number} = {number}\n" for number in range(10)})
    seen: list[tuple[str, ...]] = []

    def portion(root: Path, paths: Sequence[str], first: int, fits: Callable[[str], bool]) -> portions.Portion:
        seen.append(tuple(paths))
        return portions.portion(root, paths, first, fits)

    monkeypatch.setattr(summaries, "portion", portion)
    run(project)
    assert len(seen) == 5
    run(project)
    assert len(seen) == 5
    write(
        project, {"more/part4.py": "from views import enrol\n\n\ndef serve(user):\n    enrol(user, user.photo)\n"}, 900
    )
    (found,) = [each for found in run(project).values() for each in found]
    assert "via enrol()" in found.message, "the caller that was not there before"
    assert seen[5:] == [("more/part3.py", "more/part4.py", "more/part5.py")]


def test_an_answer_in_a_hidden_folder_rests_on_its_neighbours_too(project: Path) -> None:
    write(project, {".tools/service.py": SERVICE, ".tools/views.py": GUARDED, "service.py": "", "views.py": ""})
    assert codes(run(project)) == codes(run(project)) == []
    write(project, {".tools/views.py": OPEN}, 1800)
    for _ in range(2):
        assert [name for name, found in run(project).items() if found] == [".tools/service.py"]
    write(project, {".tools/views.py": GUARDED}, 900)
    assert codes(run(project)) == []


def test_beside_an_unsaved_text_nothing_is_parsed_twice(project: Path, parsed: list[str]) -> None:
    forget()
    screen = Screen(Options(str(project), cache=False))
    assert [each.code for each in screen.findings("service.py", SERVICE, None)] == ["FRL101"]
    assert not screen.findings("views.py", OPEN, None), "read at its place"
    parsed.clear()
    assert [each.code for each in screen.findings("service.py", SERVICE + "\nX = 1\n", None)] == ["FRL101"]
    assert parsed == ["service.py"]


def test_a_buffer_that_is_not_saved_counts(project: Path) -> None:
    run(project)
    forget()
    screen = Screen(Options(str(project), cache=True))
    assert [each.code for each in screen.findings("service.py", SERVICE, None)] == ["FRL101"]
    guarded = SERVICE.replace("    return", "    if not photo.owner.face_consent:\n        return None\n    return")
    assert not screen.findings("service.py", guarded, None)
    assert [each.code for each in screen.findings("service.py", SERVICE, None)] == ["FRL101"]


def test_a_file_that_is_a_moment_old_may_change_without_showing_it(project: Path, parsed: list[str]) -> None:
    write(project, {"views.py": OPEN}, 0)
    stamp = (project / "views.py").stat()
    assert codes(run(project)) == ["FRL101"]
    (project / "views.py").write_text(GUARDED.ljust(len(OPEN)))
    os.utime(project / "views.py", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert codes(run(project)) == []


def test_a_file_that_changes_while_it_is_linted_is_not_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = answers.prints

    def then_edited(*args: object) -> object:
        found = looked(*args)  # type: ignore[arg-type]
        write(project, {"views.py": GUARDED}, 1800)
        return found

    monkeypatch.setattr(answers, "prints", then_edited)
    assert codes(run(project)) == []
    monkeypatch.undo()
    write(project, {"views.py": OPEN}, 3600)
    assert codes(run(project)) == codes(run(project, cache=False)) == ["FRL101"]


def test_a_project_without_faces_does_not_even_load_what_keeps(tmp_path: Path) -> None:
    write(tmp_path, {"setup.cfg": "", "a.py": "def f():\n    return 1\n", "b.py": "consent = ask()\n"})
    command = [sys.executable, "-X", "importtime", "-m", "flake8", "--isolated", "--select=FRL", "--jobs=1", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert "fr_lint.screen" in done.stderr
    assert "fr_lint.cache" not in done.stderr


def test_no_face_nothing_kept(tmp_path: Path, kept: Path) -> None:
    write(tmp_path / "plain", {"setup.cfg": "", "a.py": "def f():\n    return 1\n", "b.py": "import a\n"})
    run(tmp_path / "plain")
    assert not kept.exists()


# ---------------------------------------------------------------------------------------------- what an answer rests on


def test_options_are_part_of_the_question(project: Path) -> None:
    assert codes(run(project, codes=frozenset({"FRL101"}))) == ["FRL101"]
    assert codes(run(project, codes=frozenset({"FRL201"}))) in ([], ["FRL101"])  # flake8 filters
    assert codes(run(project)) == ["FRL101"]


POLICY = """\
[[processing]]
id = "till"
purpose = "Opening the till for the cashier on duty"
necessity = "Cashiers wear gloves, which rules out keys and fingerprints"
code = ["*"]
legal-basis = "consent"
assessment = { file = "docs/pia.md", date = 2026-03-01 }
setting = "workplace"
"""


def test_policy_and_documents_are_part_of_the_question(project: Path) -> None:
    before = run(project)
    write(project, {"fr-lint.toml": POLICY})
    for change in (
        lambda: None,
        lambda: write(project, {"docs/pia.md": "# Assessment\n"}),
        lambda: write(project, {"fr-lint.toml": POLICY.replace("workplace", "guest-room")}, 1800),
        lambda: (project / "docs" / "pia.md").unlink(),
    ):
        change()
        assert run(project) == run(project) == run(project, cache=False)
    (project / "fr-lint.toml").unlink()
    assert run(project) == before


# -------------------------------------------------------------------------------------------------- damage, hostility


def entries(kept: Path) -> list[Path]:
    return sorted(path for path in kept.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:40],
        lambda data: data + b"x",
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda data: data[:34] + bytes([data[34] ^ 255]) + data[35:],
        lambda data: b"\x80\x04cos\nsystem\n" + data,
        lambda data: os.urandom(len(data)),
    ],
    ids=["empty", "cut", "short", "longer", "seal", "content", "pickle", "random"],
)
def test_damage_makes_it_slower_and_is_healed(
    project: Path, kept: Path, parsed: list[str], harm: Callable[[bytes], bytes]
) -> None:
    first = run(project)
    assert len(entries(kept)) >= 3
    for path in entries(kept):
        path.write_bytes(harm(path.read_bytes()))
    parsed.clear()
    assert run(project) == first
    assert parsed
    parsed.clear()
    assert run(project) == first
    assert not parsed


def test_an_entry_does_not_pass_for_another(project: Path, kept: Path) -> None:
    first = run(project)
    found = entries(kept)
    contents = [path.read_bytes() for path in found]
    for path, content in zip(found, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(content)
    assert run(project) == first


def test_entries_of_somebody_else_are_none(project: Path, monkeypatch: pytest.MonkeyPatch, parsed: list[str]) -> None:
    monkeypatch.setenv("FR_LINT_CACHE_KEY", "of a stranger")
    first = run(project)
    monkeypatch.setenv("FR_LINT_CACHE_KEY", "mine")
    parsed.clear()
    assert run(project) == first
    assert parsed


@pytest.mark.parametrize(
    "content", [b"[]", b"{}", b"null", b"[[[99]],[],[],[],[]]", b"[" * 100_000, b"\xff", b"[[],1]"]
)
def test_what_is_sealed_and_makes_no_sense_is_dropped(
    project: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    right = run(project, cache=False)
    real = Store.put
    monkeypatch.setattr(Store, "put", lambda self, name, _: real(self, name, content))
    assert run(project) == right
    assert run(project) == right
    monkeypatch.undo()
    assert run(project) == right


def test_a_folder_that_cannot_be_written_is_no_trouble(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("FR_LINT_CACHE_DIR", str(tmp_path / "file"))
    assert codes(run(project)) == codes(run(project)) == ["FRL101"]
    assert (tmp_path / "file").read_text() == "no folder"


def test_the_key_is_the_user_s_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FR_LINT_CACHE_KEY")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(sys.modules["platformdirs"] if "platformdirs" in sys.modules else __import__("platformdirs"),
                        "user_state_dir", lambda *_, **__: str(tmp_path / "state"))  # fmt: skip
    first = current._key()
    (path,) = (tmp_path / "state").iterdir()
    assert len(first) == 32
    assert current._key() == first
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"short")
    assert len(current._key()) == 32


def test_without_a_home_nothing_is_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "FR_LINT_CACHE_DIR", "FR_LINT_CACHE_KEY", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # what it does for a user without an entry
    monkeypatch.chdir(project)
    before = sorted(project.rglob("*"))
    assert codes(run(project)) == ["FRL101"]
    assert sorted(project.rglob("*")) == before


# ---------------------------------------------------------------------------------------------------------- the store


def test_the_store_is_bounded(tmp_path: Path) -> None:
    store = Store(tmp_path, b"k" * 32, limit=64 * 4000)
    for number in range(3000):
        store.put(store.name("x", str(number)), os.urandom(300))
    number, size = store.size()
    assert number > 300
    assert size <= 64 * 4000


def test_what_was_used_last_stays(tmp_path: Path) -> None:
    store = Store(tmp_path, b"k" * 32, limit=64 * 4000)
    names = [name for name in (store.name(str(n)) for n in range(64 * 40)) if int(name[:2], 16) % 64 == 0]
    for age, name in enumerate(names[:30]):
        store.put(name, os.urandom(300))
        os.utime(store._path(name), (age, age))
    assert store.get(names[29]) is not None
    assert store.get(names[0]) is None


def test_a_name_stands_for_its_parts(tmp_path: Path) -> None:
    store = Store(tmp_path, b"k" * 32)
    assert len({store.name("ab", "c"), store.name("a", "bc"), store.name("abc"), store.name("ab", "c", "")}) == 4


def test_many_processes_at_once(project: Path) -> None:
    write(project, {f"part{n}.py": OPEN.replace("enrol", f"enrol{n}") for n in range(12)})
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=FRL", "--jobs=2", "."]
    together = [subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate()[0] for process in together]
    plain = subprocess.run(
        [*command, "--frl-no-cache"], cwd=project, capture_output=True, text=True, check=False
    ).stdout
    assert said == [plain] * 3


# -------------------------------------------------------------------------------------------------------- the commands


def test_clear_and_info(project: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(project)
    number = len(entries(kept))
    assert main(["cache", "info"]) == 0
    assert f"{number} entries" in capsys.readouterr().out
    assert main(["cache", "clear"]) == 0
    assert f"{number} entries removed" in capsys.readouterr().out
    assert not entries(kept)
    assert main(["cache", "clear"]) == 0


def test_clear_leaves_what_is_not_ours(kept: Path) -> None:
    write(kept, {"precious.txt": "mine", "zz/more.txt": "mine as well"})
    forget()
    assert main(["cache", "clear"]) == 0
    assert len(entries(kept)) == 2


@pytest.mark.parametrize("command", [["flake8", "--isolated", "--frl-no-cache"], ["fr_lint", "check", "--no-cache"]])
def test_no_cache_writes_nothing(project: Path, kept: Path, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command, "."], cwd=project, capture_output=True, text=True, check=False
    )
    assert "FRL101" in done.stdout
    assert not kept.exists()


def test_check_and_flake8_share_what_is_kept(project: Path) -> None:
    command = [sys.executable, "-m", "fr_lint", "check", "--format=json", "."]
    runs = [subprocess.run(command, cwd=project, capture_output=True, text=True, check=False) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert [each["code"] for each in json.loads(runs[0].stdout)["findings"]] == ["FRL101"]


# --------------------------------------------------------------------------------------------------------- many edits

CALLER = """\
from service import template
from store import keep


def enrol{n}(user, photo):
{guard}    return keep(template(photo), user.name)
"""
STORE = """\
import pickle
from pathlib import Path


def keep(found, name):
    with open("faces.pkl", "wb") as file:
        pickle.dump({{name: found}}, file)


def forget(name):
    {body}
"""
JOBS = "from store import forget\nimport atexit\n\n{call}\n"
GUARDS = (
    "",
    "    if not user.face_consent:\n        return None\n",
    "    if user.face_consent:\n        log(user)\n",
    "    ensure(user)\n",
)


def variants(chosen: random.Random) -> tuple[str, str | None]:
    """A file of the small program and one of the texts that it may have; no text: it is not there."""
    kind = chosen.randrange(6)
    if kind < 2:
        n = chosen.randrange(2)
        return f"views{n}.py", CALLER.format(n=n, guard=chosen.choice(GUARDS))
    if kind == 2:
        return "service.py", chosen.choice(
            [SERVICE, SERVICE.replace("face_encodings", "face_locations"), "template = 1\n"]
        )
    if kind == 3:
        return "store.py", STORE.format(
            body=chosen.choice(["pass", "Path('faces.pkl').unlink()", "Path('x').unlink()"])
        )
    if kind == 4:
        return "jobs.py", chosen.choice([None, JOBS.format(call="atexit.register(forget)"), JOBS.format(call="")])
    return "guards.py", chosen.choice([None, "def f(\n", "def ensure(user):\n    assert user\n"])


def edits(project: Path, seed: int, count: int) -> None:
    chosen = random.Random(seed)
    write(project, {"views0.py": CALLER.format(n=0, guard=""), "store.py": STORE.format(body="pass")})
    seen = set()
    for step in range(count):
        name, text = variants(chosen)
        if text is None:
            (project / name).unlink(missing_ok=True)
        else:
            write(project, {name: text}, chosen.choice([0, 10, 3600, 7200]))
        warm, cold = run(project), run(project, cache=False)
        assert warm == cold, f"seed {seed}, step {step}: {name}"
        seen.add(tuple(codes(cold)))
        if chosen.random() < 0.1:
            assert run(project) == cold, f"seed {seed}, step {step}, once more"
    assert len(seen) > 1


def test_edits_are_seen(project: Path) -> None:
    edits(project, 1, 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_edits_are_seen(project: Path, seed: int) -> None:
    edits(project, seed, 110)
