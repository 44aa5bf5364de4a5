"""The face-processing record for people: Markdown, and one HTML file that needs nothing else.

Both are made from the same data (:mod:`fr_lint.report.record`).  Everything is escaped: names and lines come from
somebody's program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_html(data: dict[str, Any]) -> str:
    """One file: no network, prints well."""
    from jinja2 import Environment, StrictUndefined

    source = (files("fr_lint.report") / "record.html.jinja").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source).render(record=data, duties=("consent", "fallback", "retention")) + "\n"


def as_markdown(data: dict[str, Any]) -> str:
    """For a wiki or a pull request."""
    return "\n".join(_markdown(data)) + "\n"


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _markdown(data: dict[str, Any]) -> Iterator[str]:
    counts = data["counts"]
    yield f"# Face-processing record of {_plain(data['project'])}\n"
    yield f"As of {data['day']}, by fr-lint {data['tool']['version']}: {_many(counts['calls'], 'face call')} in {_many(counts['files'], 'file')}, {_many(counts['findings'], 'finding')}, {counts['suppressed']} suppressed.\n"  # noqa: E501
    if not data["complete"]:
        yield f"**Incomplete: {_many(counts['not_analysed'], 'file')} could not be analysed.** See the list below.\n"
    yield "A finding says that evidence was not found in the code. It does not say that a law was broken.\n"
    for activity in data["activities"]:
        yield f"## Activity {_plain(activity['id'])}\n"
        yield "| key | declared |\n| --- | --- |"
        for name, text in activity["declared"].items():
            yield f"| {name} | {_plain(text)} |"
        if activity["not_declared"]:
            yield f"\nNot declared: {', '.join(activity['not_declared'])}.\n"
        yield from _calls(activity["calls"])
    yield "## Face calls outside of any activity\n"
    yield from _calls(data["outside"])
    yield "## Findings\n"
    for each in data["findings"]:
        yield f"### {each['code']} {each['title']}: {_code(each['path'])} line {each['line']}\n"
        yield f"{_plain(each['message'])}\n"
        for number, step in enumerate(each["steps"], 1):
            yield f"{number}. {_code(step['path'])} line {step['line']}: {_plain(step['text'])} {_code(step['source'])}"
        yield ""
    if not data["findings"]:
        yield "None.\n"
    yield "## Suppressed\n"
    if data["suppressed"]:
        yield "| code | place | reason | until |\n| --- | --- | --- | --- |"
    for each in data["suppressed"]:
        reason = _plain(each["reason"]) or "(noqa, no reason)"
        yield f"| {each['code']} | {_code(each['path'])} line {each['line']} | {reason} | {each['until']} |"
    yield "" if data["suppressed"] else "None.\n"
    yield "## Not analysed\n"
    for each in data["not_analysed"]:
        yield f"- {_code(each['path'])}: {_plain(each['why'])}"
    yield "" if data["not_analysed"] else "Nothing was left out.\n"
    yield "## Law\n"
    for each in data["policy"]["packs"]:
        force = f"in force from {each['in_force_from']}" + ("" if each["in_force"] else ", not yet")
        yield f"- {_plain(each['title'])} ({each['kind']}, {_plain(each['jurisdiction'])}, {force}; reviewed by: {_plain(each['reviewed_by'])})"  # noqa: E501
    yield "\nThe duties are paraphrases and no legal advice."


def _calls(calls: list[dict[str, Any]]) -> Iterator[str]:
    if not calls:
        yield "None.\n"
        return
    yield "| place | call | role | function | evidence |\n| --- | --- | --- | --- | --- |"
    for each in calls:
        evidence = "; ".join(f"{one['duty']}: {one['verdict']}, {one['text']}" for one in each["evidence"])
        yield f"| {_code(each['path'])} line {each['line']} | {_code(each['call'])} | {each['role']} | {_code(each['function'])} | {_plain(evidence)} |"  # noqa: E501
    yield ""


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """A piece of code, fenced by more ticks than it holds, and fit for a table."""
    flat = " ".join(text.split()).replace("|", "\\|")
    if not flat:
        return ""
    ticks = "`" * (max((len(run) for run in re.findall("`+", flat)), default=0) + 1)
    return f"{ticks} {flat} {ticks}" if "`" in flat else f"`{flat}`"
