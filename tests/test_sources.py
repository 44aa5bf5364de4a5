"""The project's files: the root, the walk, decoding, the word index, imports and names."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from fr_lint.project import disk
from fr_lint.project.disk import decode, walk
from fr_lint.project.naming import names_face
from fr_lint.project.root import find_root, policy_file, too_wide
from fr_lint.project.sources import Sources, sources_at, sources_for


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def memory(*paths: str) -> Sources:
    return Sources(None, dict.fromkeys(paths, ""))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of our own, with a checkout in it as some people have for their settings."""
    home = tmp_path / "home"
    (home / ".git").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    return home


# ------------------------------------------------------------------------------------------------------------ the root


@pytest.mark.parametrize(
    ("files", "file", "root"),
    [
        (["fr-lint.toml", "a/b/c.py"], "a/b/c.py", "."),
        (["fr-lint.toml", "a/fr-lint.toml", "a/b/c.py"], "a/b/c.py", "a"),
        ([".git/HEAD", "a/pyproject.toml", "a/b/c.py"], "a/b/c.py", "."),
        ([".hg/x", "a/setup.py", "a/c.py"], "a/c.py", "."),
        ([".git", "c.py"], "c.py", "."),  # a work tree's file, not a directory
        (["pyproject.toml", "a/setup.cfg", "a/b/c.py"], "a/b/c.py", "a"),
        (["setup.py", "a/b/c.py"], "a/b/c.py", "."),
        (["fr-lint.toml", "a/.git/HEAD", "a/b/c.py"], "a/b/c.py", "a"),
        (["fr-lint.toml"], "not/there/yet.py", "."),
        # what was installed is a project apart
        ([".git", "venv/lib/site-packages/a/b.py"], "venv/lib/site-packages/a/b.py", "venv/lib/site-packages"),
        ([".git", "env/pyvenv.cfg", "env/bin/a.py"], "env/bin/a.py", "env"),
        ([".git", "e/site-packages/a/.git", "e/site-packages/a/b.py"], "e/site-packages/a/b.py", "e/site-packages/a"),
        (
            [".git", "e/site-packages/fr-lint.toml", "e/site-packages/a/b.py"],
            "e/site-packages/a/b.py",
            "e/site-packages",
        ),
    ],
)
def test_root_by_marker(house: Path, files: list[str], file: str, root: str) -> None:
    project = write(house / "work", dict.fromkeys(files, ""))
    assert find_root(project / file, house / "work") == project / root
    assert find_root(Path(file), project) == project / root


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("[tool.fr-lint]\npacks = []\n", True),
        ("[[tool.fr-lint.processing]]\nid = 'x'\n", True),
        ("[tool]\nfr-lint = { packs = [] }\n", True),
        ('["tool"."fr-lint"]\n', True),
        ("[tool.fr-lint\nbroken", False),
        ("[tool.fr-lint]\nbroken =", True),
        ("[project]\ndependencies = ['fr-lint']\n", False),
        ("# [tool.fr-lint]\n", False),
        ("[tool.other]\nx = 1\n", False),
        ("tool = 3\n# fr-lint\n", False),
    ],
)
def test_root_by_table(house: Path, text: str, yes: bool) -> None:
    project = write(house / "work", {".git/HEAD": "", "a/pyproject.toml": text, "a/b/c.py": ""})
    assert find_root(project / "a/b/c.py", project) == (project / "a" if yes else project)
    assert policy_file(project / "a") == (str(project / "a" / "pyproject.toml") if yes else "")


def test_root_without_any_marker(house: Path) -> None:
    project = write(house / "work", {"a/pkg/__init__.py": "", "a/pkg/sub/__init__.py": "", "a/pkg/sub/c.py": ""})
    file = project / "a/pkg/sub/c.py"
    assert find_root(file, project) == project, "the current directory, as the file lies below it"
    assert find_root(file, house) == project / "a", "not the home directory: what holds the package"
    assert find_root(file, project / "elsewhere") == project / "a"
    assert find_root(Path("stdin"), project) == project


def test_a_home_directory_is_no_root_by_accident(house: Path) -> None:
    write(house, {"setup.py": "", "work/c.py": "", "d.py": ""})
    assert find_root(house / "work/c.py", house) == house / "work"
    assert find_root(house / "d.py", house) == house
    assert too_wide(str(house))
    assert Sources(house).paths() == ("d.py", "setup.py"), "and nothing below it"
    write(house, {"fr-lint.toml": ""})
    find_root.__globals__["_find"].cache_clear()
    assert find_root(house / "work/c.py", house) == house, "unless a policy says so"
    assert Sources(house).paths() == ("d.py", "setup.py", "work/c.py")


def test_root_of_nothing() -> None:
    top = Path(os.path.abspath(os.sep))
    assert find_root(top / "x.py", top) == top
    assert too_wide(str(top))


# ------------------------------------------------------------------------------------------------------------ the walk


def test_paths_are_sorted_and_leave_out_what_is_not_the_project(tmp_path: Path) -> None:
    skipped = [
        ".hidden/a.py", "__pycache__/a.py", "web/node_modules/x/a.py", "venv/pyvenv.cfg", "venv/lib/a.py",
        "lib/python3/site-packages/a.py", "build/lib/a.py", "dist/a.py", "x.egg-info/a.py", "y.egg/a.py",
        "conda/conda-meta/x", "conda/a.py", "notes.txt", "a.pyc", "stub.pyi",
    ]  # fmt: skip
    kept = ["z.py", "app/b.py", "app/a.py", "gui.pyw", "tools/build/a.py", "pkg/dist/__init__.py", "名.py"]
    root = write(tmp_path, dict.fromkeys([*skipped, *kept, "setup.py", "pkg/setup.cfg"], ""))
    assert Sources(root).paths() == tuple(sorted([*kept, "setup.py"]))


def test_a_hidden_directory_is_walked_for_the_files_in_it(tmp_path: Path) -> None:
    root = write(tmp_path, dict.fromkeys(["a.py", ".tools/b.py", ".tools/x/c.py", ".tools/.y/d.py", ".other/e.py"], ""))
    assert sources_for(root, "a.py").paths() == ("a.py",)
    assert sources_for(root, ".tools/b.py").paths() == (".tools/b.py", ".tools/x/c.py", "a.py")
    assert sources_for(root, ".tools/x/c.py") is sources_for(root, ".tools/b.py")
    assert sources_for(root, ".tools/.y/d.py").paths() == (".tools/.y/d.py", "a.py")
    assert sources_for(root, ".venv/lib/site-packages/p/q.py").paths() == ("a.py",), "what is installed is not walked"


def test_links_are_not_walked_but_still_name_their_target(tmp_path: Path) -> None:
    root = write(tmp_path / "root", {"common/util.py": "", "service/app.py": "", "one.py": "x = 1"})
    write(tmp_path, {"outside/far.py": ""})
    (root / "service" / "common").symlink_to(root / "common")
    (root / "service" / "loop").symlink_to(root)
    (root / "service" / "self").symlink_to(root / "service")
    (root / "service" / "away").symlink_to(tmp_path / "outside")
    (root / "service" / "two.py").symlink_to(root / "one.py")
    (root / "service" / "far.py").symlink_to(tmp_path / "outside" / "far.py")
    (root / "service" / "dangling.py").symlink_to(root / "nowhere.py")
    sources = Sources(root)
    assert sources.paths() == ("common/util.py", "one.py", "service/app.py", "service/far.py")
    assert sources.resolve("service/app.py", "service.common.util", 0) == "common/util.py"
    assert sources.resolve("service/app.py", "common.util", 0) == "common/util.py"
    assert sources.resolve("service/app.py", "two", 0) == "one.py"


def test_the_walk_is_bounded_and_prefers_what_is_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "MAX_FILES", 3)
    listing = walk(str(write(tmp_path, {f"{part}{n}.py": "" for part in ("", "a/", "a/b/") for n in range(2)})))
    assert listing.truncated
    assert listing.files == ("0.py", "1.py", "a/0.py")


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    sources = Sources(tmp_path / "none")
    assert sources.paths() == ()
    assert sources.with_word("x") == ()
    assert sources.text("a.py") is None


# ---------------------------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        ("é = '人'".encode(), "é = '人'"),
        ("\ufeffé".encode(), "é"),
        (b"# coding: latin-1\n\xe9", "# coding: latin-1\né"),
        (b"#!/bin/sh\n# vim: set fileencoding=cp1252 :\n\x80", "#!/bin/sh\n# vim: set fileencoding=cp1252 :\n€"),
        (b"\n\n# coding: latin-1\n\xc3\xa9", "\n\n# coding: latin-1\né"),
        (b"\xe9\n", "é\n"),
        (b"# coding: nonsense\n\xc3\xa9", "# coding: nonsense\nÃ©"),
        (b"\xef\xbb\xbf# coding: latin-1\nx", "# coding: latin-1\nx"),
        (b"# coding: rot13\nk", "# coding: rot13\nk"),
        (b"a\r\nb\rc\n\fd", "a\nb\nc\n\fd"),
        (b"", ""),
        (b"a\x00b", "a\x00b"),
    ],
)
def test_decoding(data: bytes, text: str) -> None:
    assert decode(data) == text


def test_decoding_is_what_flake8_does(tmp_path: Path) -> None:
    from flake8.processor import FileProcessor  # its own reader, without the rest

    class Reader(FileProcessor):  # type: ignore[misc,unused-ignore]
        def __init__(self, path: Path) -> None:
            self.filename = str(path)
            self.lines = self.read_lines()
            self.strip_utf_bom()

    for data in (
        b"a\r\nb\rc",
        "\ufeffé\n".encode(),
        b"# coding: latin-1\r\n\xe9",
        b"\xe9",
        b"\xef\xbb\xbf\xe9",
        b"\f\n",
    ):
        path = tmp_path / "a.py"
        path.write_bytes(data)
        assert decode(data) == "".join(Reader(path).lines)


def test_text_of_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "MAX_BYTES", 10)
    root = write(tmp_path, {"big.py": "x" * 11, "fits.py": "x" * 10, "gone.py": "y", "notes.txt": "z"})
    sources = Sources(root)
    assert sources.paths() == ("big.py", "fits.py", "gone.py")
    (root / "gone.py").unlink()
    assert [sources.text(path) for path in ("big.py", "fits.py", "gone.py", "notes.txt", "no.py")] == [
        None, "x" * 10, None, None, None,
    ]  # fmt: skip
    assert sources.with_word("y") == ()
    assert set(sources.paths()) - set(sources.prints) == {"big.py", "gone.py"}


def test_an_overlay_replaces_and_adds(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.py": "alpha", "b.py": "beta"})
    sources = Sources(root, {"./a.py": "gamma", "new.py": "alpha beta"})
    assert sources.paths() == ("a.py", "b.py", "new.py")
    assert sources.text("a.py") == "gamma"
    assert sources.with_word("alpha") == ("new.py",)
    assert sources.with_word("beta") == ("b.py", "new.py")
    assert sources.matching(re.compile("a.ma|eta")) == ("a.py", "b.py", "new.py")
    assert sources.resolve("a.py", "new", 0) == "new.py"
    assert Sources(root).with_word("alpha") == ("a.py",)


def test_overlays_share_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path, {"a.py": "alpha", "b.py": "beta"})
    first = sources_at(root)
    assert sources_at(root) is first
    assert first.overlaid("a.py", "alpha") is first, "a buffer that reads as the file does changes nothing"
    assert first.with_word("beta") == ("b.py",)
    monkeypatch.setattr("fr_lint.project.sources.walk", None)
    monkeypatch.setattr("fr_lint.project.sources.stamped", lambda _: ("changed", None))
    other = first.overlaid("a.py", "beta")
    assert other.with_word("beta") == ("a.py", "b.py")
    assert other.with_word("alpha") == ()
    assert first.with_word("alpha") == ("a.py",)
    assert other.overlaid("c.py", "").paths() == ("a.py", "b.py", "c.py")


def test_the_kept_texts_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fr_lint.project.sources._KEPT", 40)
    root = write(tmp_path, {f"{n}.py": "x" * 9 for n in range(9)})
    sources = Sources(root)
    for path in sources.paths():
        assert sources.text(path) == "x" * 9
    assert len(sources._disk._texts) == 4
    assert sources.text("0.py") == "x" * 9


# --------------------------------------------------------------------------------------------------------------- words


def test_words_are_whole_identifiers() -> None:
    text = {
        "a.py": "face = 1",
        "b.py": "interface = my_face = faces",
        "c.py": "# a face in a comment, 'face-mesh'",
        "d.py": "x.face(1)",
        "e.py": "f'{face}'",
    }
    assert Sources(None, text).with_word("face") == ("a.py", "c.py", "d.py", "e.py")
    assert Sources(None, text).with_word("my_face") == ("b.py",)
    assert Sources(None, text).with_word("none") == ()


def test_words_beyond_ascii() -> None:
    text = {"a.py": "人脸 = 1", "b.py": "人脸识别 = 1", "c.py": "ﬁle = 1", "d.py": "file = 1", "e.py": "n\u0303 = 1"}
    sources = Sources(None, text)
    assert sources.with_word("人脸") == ("a.py",)
    assert sources.with_word("file") == ("c.py", "d.py"), "as Python normalises them"
    assert sources.with_word("ﬁle") == ("c.py", "d.py")
    assert sources.with_word("ñ") == ("e.py",)


def test_the_index_and_a_plain_search_agree(tmp_path: Path) -> None:
    texts = {f"{n}.py": " ".join(f"w{n % k}" for k in range(1, 8)) + " common\n" for n in range(40)}
    texts["z.py"] = "alone"
    sources = Sources(write(tmp_path, texts))
    for word in ("common", "alone", "w0", "w1", "w6", "w"):
        pattern = re.compile(rf"\b{word}\b")
        expected = tuple(sorted(path for path, text in texts.items() if pattern.search(text)))
        assert sources.with_word(word) == expected
        assert sources.matching(pattern) == expected


def test_any_stops_at_the_first(tmp_path: Path) -> None:
    asked: list[str] = []

    def fits(text: str) -> bool:
        asked.append(text)
        return text == "1"

    sources = Sources(write(tmp_path, {f"{n}.py": str(n) for n in range(5)}))
    assert sources.any(fits)
    assert sources.any(fits)
    assert asked == ["0", "1"]


# ---------------------------------------------------------------------------------------------- what imports mean

PACKAGE = memory(
    "app/__init__.py", "app/a.py", "app/sub/__init__.py", "app/sub/b.py", "app/util.py", "util.py", "run.py"
)
SCRIPTS = memory("tools/a.py", "tools/util.py", "tools/deep/b.py", "util.py", "other/only.py", "other/very/own.py")
SOURCE = memory("src/pkg/__init__.py", "src/pkg/m.py", "src/single.py", "tests/test_m.py", "examples/x.py")
SPACE = memory("ns/one/a.py", "ns/two.py", "main.py")


@pytest.mark.parametrize(
    ("sources", "importer", "module", "level", "found"),
    [
        # relative imports
        (PACKAGE, "app/sub/b.py", "", 1, "app/sub/__init__.py"),
        (PACKAGE, "app/sub/b.py", "", 2, "app/__init__.py"),
        (PACKAGE, "app/sub/b.py", "a", 2, "app/a.py"),
        (PACKAGE, "app/sub/__init__.py", "b", 1, "app/sub/b.py"),
        (PACKAGE, "app/a.py", "sub.b", 1, "app/sub/b.py"),
        (PACKAGE, "app/a.py", "none", 1, None),
        (PACKAGE, "app/a.py", "a", 3, None),
        (PACKAGE, "run.py", "util", 1, "util.py"),
        # a package: neighbours are not top-level modules
        (PACKAGE, "app/sub/b.py", "app.a", 0, "app/a.py"),
        (PACKAGE, "app/a.py", "app", 0, "app/__init__.py"),
        (PACKAGE, "app/a.py", "util", 0, "util.py"),
        (PACKAGE, "app/a.py", "app.sub", 0, "app/sub/__init__.py"),
        (PACKAGE, "run.py", "app.sub.b", 0, "app/sub/b.py"),
        (PACKAGE, "run.py", "os.path", 0, None),
        (PACKAGE, "run.py", "run", 0, None),
        # folders of scripts
        (SCRIPTS, "tools/a.py", "util", 0, "tools/util.py"),
        (SCRIPTS, "tools/deep/b.py", "util", 0, "tools/util.py"),
        (SCRIPTS, "other/only.py", "util", 0, "util.py"),
        (SCRIPTS, "tools/a.py", "tools.util", 0, "tools/util.py"),
        (SCRIPTS, "tools/a.py", "only", 0, None),
        (SCRIPTS, "tools/a.py", "very.own", 0, "other/very/own.py"),
        (SCRIPTS, "tools/util.py", "util", 0, "util.py"),
        # a src folder
        (SOURCE, "tests/test_m.py", "pkg.m", 0, "src/pkg/m.py"),
        (SOURCE, "examples/x.py", "single", 0, "src/single.py"),
        (SOURCE, "src/pkg/m.py", "pkg", 0, "src/pkg/__init__.py"),
        (SOURCE, "tests/test_m.py", "src.pkg.m", 0, "src/pkg/m.py"),
        # namespace packages
        (SPACE, "main.py", "ns", 0, None),
        (SPACE, "main.py", "ns.two", 0, "ns/two.py"),
        (SPACE, "ns/one/a.py", "two", 2, "ns/two.py"),
        (SPACE, "ns/one/a.py", "", 2, None),
    ],
)
def test_imports(sources: Sources, importer: str, module: str, level: int, found: str | None) -> None:
    assert sources.resolve(importer, module, level) == found
    assert sources.resolve(importer, module, level) == found, "and the same when asked again"


def test_a_module_that_carries_a_library_s_name() -> None:
    package = memory("attendance/__init__.py", "attendance/face_recognition.py", "attendance/views.py", "manage.py")
    where = ("attendance/views.py", "face_recognition", 0)
    assert package.resolve(*where, strict=True) is None, "Python finds the library"
    assert package.resolve(*where) == "attendance/face_recognition.py", "unless it is started inside the package"
    assert package.resolve("attendance/face_recognition.py", "face_recognition", 0) is None, "never itself"
    script = memory("attendance/face_recognition.py", "attendance/main.py")
    assert script.resolve("attendance/main.py", "face_recognition", 0, strict=True) == "attendance/face_recognition.py"


def test_packages_before_modules() -> None:
    both = memory("x.py", "x/__init__.py", "y.pyw", "y.py", "main.py")
    assert both.resolve("main.py", "x", 0) == "x/__init__.py"
    assert both.resolve("main.py", "y", 0) == "y.py"


def test_another_project_below_the_root(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "services/web/app.py": "",
            "services/web/pyproject.toml": "",
            "libs/faces/pyproject.toml": "",
            "libs/faces/src/facelib/__init__.py": "",
            "libs/one/setup.py": "",
            "libs/one/shared.py": "",
            "libs/two/setup.py": "",
            "libs/two/shared.py": "",
            "scripts/lone.py": "",
        },
    )
    sources = Sources(root)
    assert sources.resolve("services/web/app.py", "facelib", 0) == "libs/faces/src/facelib/__init__.py"
    assert sources.resolve("services/web/app.py", "facelib", 0, strict=True) is None
    assert sources.resolve("services/web/app.py", "shared", 0) is None, "two of them"
    assert sources.resolve("services/web/app.py", "lone", 0) is None, "a bare name means nothing that far away"


def test_submodules_and_package_directories() -> None:
    assert PACKAGE.submodule("app/__init__.py", "a") == "app/a.py"
    assert PACKAGE.submodule("app", "sub") == "app/sub/__init__.py"
    assert PACKAGE.submodule("app", "none") is None
    assert PACKAGE.submodule("", "run") == "run.py"
    assert SPACE.package_dir("main.py", "ns", 0) == "ns"
    assert SPACE.submodule("ns", "two") == "ns/two.py"
    assert SPACE.submodule("ns", "one") is None
    assert SPACE.is_package_dir("ns/one")
    assert not SPACE.is_package_dir("ns/two")
    assert SPACE.package_dir("ns/one/a.py", "", 2) == "ns"
    assert SPACE.package_dir("main.py", "ns.two", 0) is None
    assert PACKAGE.package_dir("run.py", "app.sub", 0) == "app/sub"
    assert PACKAGE.package_dir("run.py", "json", 0) is None


@pytest.mark.parametrize(
    ("sources", "path", "names"),
    [
        (PACKAGE, "app/sub/b.py", ("app.sub.b",)),
        (PACKAGE, "app/__init__.py", ("app",)),
        (PACKAGE, "run.py", ("run",)),
        (SOURCE, "src/pkg/m.py", ("pkg.m", "src.pkg.m")),
        (SOURCE, "src/single.py", ("single", "src.single")),
        (SPACE, "ns/one/a.py", ("ns.one.a",)),
        (memory("back/app/__init__.py", "back/app/door.py"), "back/app/door.py", ("app.door", "back.app.door")),
        (memory("__init__.py", "x.py"), "__init__.py", ("__init__",)),
        (memory("__init__.py", "x.py"), "x.py", ("x",)),
    ],
)
def test_names(sources: Sources, path: str, names: tuple[str, ...]) -> None:
    assert sources.module_names(path) == names
    assert sources.module_name(path) == names[0]


@pytest.mark.parametrize(
    ("path", "yes"),
    [
        ("tests/a.py", True), ("app/test/deep/a.py", True), ("test_a.py", True), ("app/a_test.py", True),
        ("conftest.py", True), ("app/tests.py", False), ("contest/a.py", False), ("latest_a.py", False),
        ("app/testing.py", False), ("app/attest_a.py", False),
    ],
)  # fmt: skip
def test_tests_are_known_by_name(path: str, yes: bool) -> None:
    assert memory(path).is_test(path) is yes


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import dlib\n", True),
        ("from pkg import x, dlib as d\n", True),
        ("dlib = lib + '_d'\nprint(dlib)\n", False),
        ("def f(dlib):\n    return dlib\n", False),
        ("# dlib would do\nx = 1\n", False),
        ("x = load('dlib')\n", True),
        ("from vision import *\nfaces = dlib.get_frontal_face_detector()\n", True),
        ("return self.tools.dlib(image)\n", True),
        ("import dlib as (\n", True),
        ("x = 1\n", False),
    ],
)
def test_a_face_word_that_names_no_library(text: str, names: bool) -> None:
    assert names_face(text) is names
