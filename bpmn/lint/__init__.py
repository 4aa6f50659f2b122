"""Lint: rules over a ProcessDefinition, one per file, the same at design time, at import and at deploy."""

from collections.abc import Callable, Iterator
from typing import Final

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint import (
    asked_once,
    bindings,
    bounds,
    concurrent_writes,
    condition_empty,
    data_flow,
    duplicate_ids,
    ends,
    explored,
    expressions,
    flow_ends,
    flow_without_id,
    form_unknown,
    gateway,
    keys,
    long_names,
    not_by,
    outcomes,
    roles_known,
    several_starts,
    start,
    start_role,
    task_role,
    timers,
    translations,
    unreachable,
    unsupported,
)
from bpmn.model import ProcessDefinition

Rule = Callable[[ProcessDefinition, Directory | None], Iterator[Finding]]

MODULES: Final = (
    start,
    several_starts,
    ends,
    duplicate_ids,
    flow_ends,
    flow_without_id,
    unreachable,
    gateway,
    condition_empty,
    expressions,
    timers,
    data_flow,
    concurrent_writes,
    task_role,
    start_role,
    form_unknown,
    asked_once,
    not_by,
    outcomes,
    keys,
    long_names,
    translations,
    bounds,
    unsupported,
    roles_known,
    bindings,
)
"""The rules: each module has `check` and the `CODES` it may give."""

RULES: Final[tuple[Rule, ...]] = (*(module.check for module in MODULES), explored.check)


def lint(definition: ProcessDefinition, directory: Directory | None = None) -> tuple[Finding, ...]:
    """All findings of all rules, by line; the rules about the installation speak only when a directory is
    given.
    """
    found = [finding for rule in RULES for finding in rule(definition, directory)]
    return tuple(sorted(found, key=lambda each: each.line))
