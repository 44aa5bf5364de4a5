"""Check what ``fr-lint check`` writes against the schemas of those who read it: SARIF, GitLab, JUnit.

    python tools/check_reports.py [--schemas FOLDER] [PROJECT...]

The schemas are the ones that OASIS, GitLab and Jenkins publish.  They are taken from FOLDER (``sarif.json``,
``gitlab.json``, ``junit.xsd``) and fetched into it where they are missing.  Each project (without one: some of the
fixtures) is linted four times over: as it is, with a file that cannot be analysed, with a baseline, and with a
suppressed finding.  The exit code is 1 if a report does not fit its schema, or has nothing in it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import jsonschema
import xmlschema

HERE: Final = Path(__file__).resolve().parents[1]
SCHEMAS: Final = {
    "sarif.json": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    "gitlab.json": "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/validators/json_schemas/codeclimate.json",
    "junit.xsd": "https://raw.githubusercontent.com/jenkinsci/xunit-plugin/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd",
}
PROJECTS: Final = ("sample_app", "FRL201", "FRL301", "FRL101")
FORMS: Final = ("sarif", "gitlab", "junit")
BROKEN: Final = "import face_recognition\ndef (:\n"
QUIET: Final = """import face_recognition


def look(picture):
    # fr-lint: ignore[FRL101] reason="a <test> & \\"quote\\" of 同意" until=2099-01-01
    return face_recognition.face_encodings(picture)


def see(picture):
    return face_recognition.face_encodings(picture)  # noqa: FRL101
"""


def main() -> int:
    """Check everything and print a line for each report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schemas", type=Path, default=HERE / "build" / "schemas")
    parser.add_argument("projects", nargs="*", type=Path, default=[HERE / "fixtures" / name for name in PROJECTS])
    args = parser.parse_args()
    fetch(args.schemas)
    failures = 0
    for project in args.projects:
        for name, form, text in reports(project):
            wrong = errors(form, text, args.schemas)
            failures += bool(wrong)
            print(f"{project.name:12} {name:18} {form:7} {len(text):8} characters  {wrong or 'valid'}")
    print(f"{failures} reports do not fit" if failures else "all reports fit their schemas")
    return 1 if failures else 0


def fetch(folder: Path) -> None:
    """Get the schemas that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, address in SCHEMAS.items():
        if not (folder / name).exists():
            with urllib.request.urlopen(address, timeout=60) as answer:  # constant https addresses
                (folder / name).write_bytes(answer.read())


def reports(project: Path) -> Iterator[tuple[str, str, str]]:
    """Every report on a project: how it was made, its form, its text."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "pro ject"
        shutil.copytree(project, root, ignore=shutil.ignore_patterns("fr-lint.toml", "pyproject.toml"))
        for name, arguments in (("plain", ()), ("unreadable", ()), ("suppressed", ()), ("baseline", BASELINE)):
            if name == "unreadable":
                (root / "bro ken.py").write_text(BROKEN, encoding="utf-8")
            if name == "suppressed":
                (root / "bro ken.py").unlink()
                (root / "quiet_同意.py").write_text(QUIET, encoding="utf-8")
            if name == "baseline":
                run(root, "check", *BASELINE, "--update-baseline")
                (root / "new.py").write_text(QUIET.replace("# ", "## "), encoding="utf-8")
            for form in FORMS:
                yield name, form, run(root, "check", "--format", form, *arguments)
            if name != "unreadable":  # where flake8 reads what Python rejects, no plugin does
                yield f"{name}, flake8", "sarif", run(root, "--isolated", "--format=fr-sarif", module="flake8")


BASELINE: Final = ("--baseline", "known.txt")


def run(root: Path, *arguments: str, module: str = "fr_lint") -> str:
    """What a command prints in a folder."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{module} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def errors(form: str, text: str, schemas: Path) -> str:
    """The first thing that is wrong with a report; an empty text if it is valid."""
    if form == "junit":
        found = next(xmlschema.XMLSchema(schemas / "junit.xsd").iter_errors(text), None)
        return f"{found.path}: {found.reason}" if found is not None else ("" if "<failure" in text else "it is empty")
    document = json.loads(text)
    schema = json.loads((schemas / f"{form}.json").read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    checker = kind(schema, format_checker=kind.FORMAT_CHECKER)
    if form == "gitlab":
        wrong = [error for entry in document for error in checker.iter_errors(entry)]
        empty = not document
    else:
        wrong = list(checker.iter_errors(document))
        empty = not document["runs"][0]["results"]
    if wrong:
        return f"{'/'.join(map(str, wrong[0].path))}: {wrong[0].message[:300]}"
    return "it is empty" if empty else ""


if __name__ == "__main__":
    sys.exit(main())
