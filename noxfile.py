"""What is run before a change is accepted: ``nox`` for the quick part, ``nox -s NAME`` for the rest."""

from __future__ import annotations

import shutil

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["tests", "lint", "types", "docs", "catalogue"]
nox.options.reuse_existing_virtualenvs = True

INSTALLED = [version for version in ("3.11", "3.12", "3.13", "3.14") if shutil.which(f"python{version}")]


@nox.session(python=INSTALLED or None)
def tests(session: nox.Session) -> None:
    """The test suite, on each Python that is installed."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", *(session.posargs or ["-n", "auto"]))


@nox.session
def lint(session: nox.Session) -> None:
    """Style and format."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Generated pages must be what the sources say; the site must build, with no link that leads nowhere."""
    session.install("-e", ".[dev,docs]")
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "build/site")
    session.run("python", "tools/make_gate.py", "--check")
    session.run("python", "tools/make_schema.py", "--check")
    session.run("python", "-m", "pytest", "tests/test_house.py")


@nox.session
def catalogue(session: nox.Session) -> None:
    """The catalogue against the libraries themselves."""
    script(session, "tools/check_catalogue.py")
    script(session, "tools/check_stores.py")


@nox.session
def reports(session: nox.Session) -> None:
    """What is written for other tools, against the schemas that these publish; fetches them once."""
    script(session, "tools/check_reports.py")


@nox.session
def bench(session: nox.Session) -> None:
    """What it costs: beside flake8 alone, with growing projects, and over a project of your own (its folder)."""
    session.install("-e", ".")
    for name in ("overhead", "scale", "check", "cache", "alternatives"):
        session.run("python", f"bench/{name}.py")
    folder = session.posargs[:1]
    session.run("python", "bench/phases.py", *(folder or ["fixtures"]))
    if folder:
        session.run("python", "bench/check.py", "--jobs", "1", "2", "--project", *folder)


@nox.session
def alternatives(session: nox.Session) -> None:
    """The same files beside other tools: time, memory and answers; installs these tools."""
    script(session, "bench/alternatives.py")


@nox.session
def ecosystem(session: nox.Session) -> None:
    """Real projects: what is found there, compared with what was found before."""
    script(session, "bench/ecosystem.py")


@nox.session
def accuracy(session: nox.Session) -> None:
    """Share of labelled calls that are judged right."""
    script(session, "bench/accuracy.py")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Generated programs: nothing may crash, no rewrite may change a verdict."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", "-m", "slow", *session.posargs)


def script(session: nox.Session, path: str) -> None:
    """Install the package and run one script with the arguments after ``--``."""
    session.install("-e", ".")
    session.run("python", path, *session.posargs)
