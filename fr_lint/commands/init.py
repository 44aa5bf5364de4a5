"""``fr-lint init``: a starter policy from the face calls of a project.  It never overwrites.

What the code shows is written down; what only a person can know is left empty, so that the linter goes on asking for
it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fr_lint.commands.check import add_common, options_of
from fr_lint.evidence import Account
from fr_lint.options import PolicyError

_HEAD: Final = """\
# The policy of this project for fr-lint, and its record of face processing. Written by `fr-lint init` as a start.
#
# What stands here was read from the code. What is empty or commented out only a person can say; `fr-lint check` reports
# it until it is said. Nothing here is legal advice.

packs = ["shanghai-2025"]  # the legal packs in force; see the documentation for those that ship

# consent-guards = ["app.consent.require_face_consent"]  # your own tests of consent that the linter does not recognise
# notice-calls = []                # calls that tell people before a face is processed
# alternative-authenticators = []  # calls that identify people without the face
# grants = []                      # calls that let somebody in, sign in or pay
# deletions = []                   # calls that delete face data
"""
_KEYS: Final = """\
purpose = ""    # TO FILL IN: what for, specifically
necessity = ""  # TO FILL IN: why a less intrusive means will not do
# legal-basis = "consent"  # this is assumed; or contract, legal-duty, emergency, public-data, news, other-law
# notice = "docs/face-notice.md"         # TO FILL IN: the document that tells people, or the function that does
# withdrawal = "app.consent.withdraw"    # the function that takes consent back
# assessment = { file = "docs/pipia.md", date = 2026-01-31, review-by = 2027-01-31 }  # TO FILL IN
setting = ""    # TO FILL IN: where the cameras are, in your own words
# storage = "server"                     # or "on-device": face data must not leave the device
# public-safety = true                   # in a public place: it is needed for public safety
# signage = "door frame, 1.5 m"          # in a public place: where the signs are
# retention = { days = 30, deletion = "app.faces.purge" }  # TO FILL IN: how long, and what deletes
# fallback = "app.door.unlock_with_badge"  # the function for whoever does not show the face
# minors = "excluded"                    # TO FILL IN: excluded | guardian-consent | possible
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="a folder of the project (default: here)")
    parser.add_argument("--print", action="store_true", help="show it instead of writing fr-lint.toml")
    add_common(parser)


def execute(args: argparse.Namespace) -> int:
    """Run the command; the exit code."""
    from fr_lint.project.root import POLICY_FILE, find_root, policy_file

    if not os.path.isdir(args.path):
        return _usage(f"{args.path}: no such folder")
    root = str(find_root(Path(args.path).resolve() / "x.py", Path.cwd()))
    target = os.path.join(root, POLICY_FILE)
    present = policy_file(root) or (target if os.path.lexists(target) else "")
    if present and not args.print:
        return _usage(f"{os.path.relpath(present)}: there is a policy already; it is left as it is (try --print)")
    from fr_lint.policy.load import policy_of
    from fr_lint.survey import survey

    try:
        found = survey(root, options_of(args))
    except PolicyError as error:
        return _usage(str(error))
    for path, why in found.failures:
        print(f"fr-lint: {path}: could not be analysed, and is not in the policy: {why}", file=sys.stderr)
    calls = [each for each in found.calls if each.role != "delete"]
    if not calls:
        print("fr-lint: no face call was found, so there is nothing to declare; nothing was written", file=sys.stderr)
        return 3 if found.failures else 0
    text = "".join(starter(calls))
    policy_of(text)  # it is valid, or this is a mistake of ours
    if args.print:
        sys.stdout.write(text)
    else:
        try:
            with open(target, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            return _usage(f"{os.path.relpath(target)}: {error.strerror}")
        number = text.count("[[processing]]")
        noun = "activity" if number == 1 else "activities"
        print(f"{os.path.relpath(target)}: written, with {number} {noun} from {len(calls)} face calls.")
        print("Fill in what it leaves open, then run: fr-lint check")
    return 3 if found.failures else 0


def starter(calls: list[Account]) -> Iterator[str]:
    """The text of a policy: one activity for each file with face calls."""
    yield _HEAD
    taken: set[str] = set()
    for path in dict.fromkeys(each.path for each in calls):
        here = [each for each in calls if each.path == path]
        yield "\n[[processing]]\n"
        yield f"id = {json.dumps(_id(path, taken))}  # a name of your own\n"
        yield f"code = {json.dumps([path], ensure_ascii=False)}\n"
        yield "# Face calls in it:\n"
        for each in here:
            yield f"#   line {each.line}: {each.call} ({each.role}) in {each.function}\n"
            for evidence in each.evidence:
                yield f"#     {evidence.duty}: {evidence.verdict}{_where(evidence.steps)}\n"
        yield _KEYS


def _where(steps: tuple[object, ...]) -> str:
    places = [f"{getattr(step, 'path', '')} line {getattr(step, 'line', '')}" for step in steps]
    return f" ({', '.join(places[:3])})" if places else ""


def _id(path: str, taken: set[str]) -> str:
    """A name from the path, unlike all others."""
    parts = [part for part in re.split(r"[^0-9A-Za-z]+", path.removesuffix(".py").removesuffix("__init__")) if part]
    base = "-".join(parts[-2:]).lower() or "faces"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name


def _usage(message: str) -> int:
    print(f"fr-lint: {message}", file=sys.stderr)
    return 2
