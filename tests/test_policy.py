"""The policy file through its door: what it may say, one message for what is wrong, and nothing that it can break."""

from __future__ import annotations

from pathlib import Path

import pytest

from fr_lint.options import PolicyError
from fr_lint.policy.load import policy_at
from fr_lint.policy.names import is_inside, is_path, name_fits, path_fits


def message(root: Path, text: str, name: str = "fr-lint.toml") -> str:
    (root / name).write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        policy_at(str(root), cwd=str(root))
    return str(error.value)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("app/door/*.py", "app/door/x.py", True),
        ("app/door/*.py", "app/door/y/x.py", False),
        ("app/**", "app/a/b.py", True),
        ("app/**/x.py", "app/x.py", True),
        ("app/**/x.py", "app/a/b/x.py", True),
        ("app/**/x.py", "app/ax.py", False),
        ("app/**/x.py", "app/a/yx.py", False),
        ("**/*.py", "a.py", True),
        ("**/*.py", "x/a.py", True),
        ("*.py", "x/a.py", False),
        ("app/door", "app/door/y/x.py", True),
        ("app/", "app/q/x.py", True),
        ("app/*", "app/q/x.py", False),
        ("app/**.py", "app/q/x.py", True),
        ("./a.py", "a.py", True),
        ("a?.py", "ab.py", True),
        ("**/door/*.py", "door/x.py", True),
        ("**/door/*.py", "a/bdoor/x.py", False),
        ("a/**/b/**/c.py", "a/b/c.py", True),
        ("a/**/b/**/c.py", "a/x/b/y/z/c.py", True),
        ("a/**/b/**/c.py", "a/xb/c.py", False),
        ("app\\door\\*.py", "app/door/x.py", True),
        ("人脸/*.py", "人脸/门.py", True),
    ],
)
def test_globs(pattern: str, path: str, fits: bool) -> None:
    assert path_fits(pattern, path) is fits


def test_dotted_names() -> None:
    assert name_fits("*.has_release", ["app.models.User.has_release"])
    assert not name_fits("*.has_release", ["app.has_released", "has_release"])
    assert is_inside("app.door", "app.door.Door.open")
    assert not is_inside("app.door", "app.doorbell")
    assert is_inside("app.*.check", "app.a.check.inner")
    assert [is_path(each) for each in ("a.py", "app.kiosk", "app/x", "*", "app.*")] == [True, False, True, True, False]


@pytest.mark.parametrize(("pattern", "text"), [("**a" * 300 + "b", "a" * 2000), ("*a" * 900, "a" * 1000 + "b")])
def test_no_pattern_is_slow(pattern: str, text: str) -> None:
    import time

    start = time.process_time()
    path_fits(pattern, text)
    name_fits(pattern, [text])
    assert time.process_time() - start < 5


def test_the_nearest_policy_applies(tmp_path: Path) -> None:
    (tmp_path / "fr-lint.toml").write_text("strict-guards = true\n")
    assert policy_at(str(tmp_path)).strict_guards
    assert policy_at(str(tmp_path)).file == "fr-lint.toml"
    (tmp_path / "sub").mkdir()
    assert not policy_at(str(tmp_path / "sub")).strict_guards
    assert message(tmp_path, "strict-gards = true").startswith("fr-lint.toml:1: strict-gards: ")
