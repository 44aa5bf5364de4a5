"""What general libraries do that matters to guards, read from ``data/guards.toml``.

Must not know programs, paths or rules.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Guards:
    """Sets of names, as the data file groups them."""

    ask_text: frozenset[str]
    ask_truth: frozenset[str]
    ask_truth_receivers: frozenset[str]
    ask_text_modules: frozenset[str]
    ask_keys: frozenset[str]
    ask_decorators: frozenset[str]
    ask_ticked: frozenset[str]
    ask_shows: frozenset[str]
    ask_widgets: frozenset[str]
    lookup_getters: frozenset[str]
    lookup_transparent: frozenset[str]
    entry_decorators: frozenset[str]
    entry_methods: frozenset[str]
    entry_queued: frozenset[str]
    entry_listed: frozenset[str]
    entry_commands: frozenset[str]
    hooks_before: frozenset[str]
    hooks_middleware: frozenset[str]
    hooks_middleware_methods: frozenset[str]
    hooks_requesting: frozenset[str]
    hooks_returning: frozenset[str]
    hooks_delegating: frozenset[str]
    hooks_testing: frozenset[str]
    hooks_dependency_keywords: frozenset[str]
    hooks_depends: frozenset[str]
    hooks_class_decorators: frozenset[str]
    hooks_class_permissions: frozenset[str]
    hooks_class_dispatch: frozenset[str]
    contexts_swallow: frozenset[str]
    contexts_generator: frozenset[str]
    query_select: frozenset[str]
    query_exclude: frozenset[str]
    query_true_methods: frozenset[str]
    query_sql: frozenset[str]
    query_base: frozenset[str]
    form_fields_after: frozenset[str]
    form_fields_holders: frozenset[str]
    hooks_installed: frozenset[str]
    form_fields_required_true: frozenset[str]
    form_fields_validators: frozenset[str]
    form_fields_validates: frozenset[str]
    form_fields_models: frozenset[str]
    form_fields_decorators: frozenset[str]
    form_fields_annotations: frozenset[str]
    never_returns_by_name_pairs: frozenset[str]
    deferred_started: frozenset[str]
    deferred_signals: frozenset[str]
    deferred_connect: frozenset[str]
    deferred_send: frozenset[str]
    making_own: frozenset[str]
    making_lazy: frozenset[str]
    making_fields: frozenset[str]
    making_partial: frozenset[str]
    making_carriers: frozenset[str]
    shared_holders: frozenset[str]
    shared_applications: frozenset[str]
    shared_reached: frozenset[str]
    sending_calls: frozenset[str]
    sending_parts: frozenset[str]
    handed_never: frozenset[str]
    handed_objects: frozenset[str]
    handed_plain: frozenset[str]
    handed_to: frozenset[str]
    handed_lists: frozenset[str]
    handed_each: frozenset[str]
    handed_runners: frozenset[str]
    handed_called: frozenset[str]
    hooks_registering: frozenset[str]
    hooks_including: frozenset[str]
    hooks_middleware_lists: frozenset[str]
    hooks_handler_lists: frozenset[str]
    outcome_safe: frozenset[str]
    outcome_swallowing: frozenset[str]
    outcome_existence: frozenset[str]
    outcome_wrong: frozenset[str]
    outcome_refusing: frozenset[str]
    outcome_settings: frozenset[str]
    outcome_commands: frozenset[str]
    never_returns: dict[str, str]
    deferred_triggered: dict[str, str]


@cache
def guards() -> Guards:
    """The data that ships with the package."""
    text = resources.files("fr_lint.catalogue").joinpath("data/guards.toml").read_text(encoding="utf-8")
    data: dict[str, dict[str, Any]] = tomllib.loads(text)
    flat: dict[str, Any] = {name: data.pop(name.replace("_", "-")) for name in ("never_returns", "deferred_triggered")}
    for table, entries in data.items():
        for key, value in entries.items():
            flat[f"{table}_{key}".replace("-", "_")] = frozenset(value)
    wanted = {field.name for field in fields(Guards)}
    return Guards(**{name: value for name, value in flat.items() if name in wanted})
