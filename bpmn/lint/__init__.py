"""Lint: rules over a ProcessDefinition, one per file, the same at design time, at import and at deploy."""

from collections.abc import Callable, Iterator
from typing import Final

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.model import ProcessDefinition

Rule = Callable[[ProcessDefinition, Directory | None], Iterator[Finding]]

RULES: Final[tuple[Rule, ...]] = ()


def lint(definition: ProcessDefinition, directory: Directory | None = None) -> tuple[Finding, ...]:
    """All findings of all rules, by line; the rules about the installation speak only when a directory is
    given.
    """
    found = [finding for rule in RULES for finding in rule(definition, directory)]
    return tuple(sorted(found, key=lambda each: each.line))
