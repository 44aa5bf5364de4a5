"""What a run was asked for, as a plain value; the names of all codes; and what to say of an error.

Must not know flake8 nor the command line, both of which build one of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

CODES: Final = (
    *("FRL101", "FRL102", "FRL103", "FRL104", "FRL105"),
    *("FRL201", "FRL202"),
    *("FRL301", "FRL302", "FRL303", "FRL304", "FRL305"),
    *("FRL401", "FRL402", "FRL403", "FRL404"),
    *("FRL501", "FRL502"),
    *("FRL901", "FRL902", "FRL903"),
)


class PolicyError(ValueError):
    """A policy, manifest or pack that is wrong: says file, line, key, what was expected and the nearest valid key."""


@dataclass(frozen=True, slots=True)
class Options:
    """One run's settings.  Hashable, so that what depends on them can be kept."""

    cwd: str = "."  # relative paths and display names are meant from here
    policy: str | None = None  # a policy file that overrules the project's own
    as_of: date | None = None  # the day on which dates are judged; None is today
    codes: frozenset[str] = frozenset(CODES)  # what anybody would see; the rest need not be computed

    cache: bool = False  # keep on disk what the next run can use

    @property
    def today(self) -> date:
        """The day on which dates are judged: the one that was asked for, else the local calendar's."""
        return self.as_of or date.today()  # noqa: DTZ011  # a deadline means the day where the code is linted


def reason(error: Exception) -> str:
    """One line that says what went wrong; the type of the error where it was not meant to be read."""
    said = str(getattr(error, "reason", error)).split("\n")[0].strip()
    meant = isinstance(error, PolicyError) or hasattr(error, "reason")
    return said if meant and said else f"{type(error).__name__}: {said or 'no more is known'}"[:120]
