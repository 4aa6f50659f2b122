"""Findings: what lint and the reader have to say about a text, as codes and parameters, never as rendered sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a version from being deployed; a warning and an information do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Verdict(StrEnum):
    """What becomes of an imported text (docs/reference/verdicts)."""

    READY = "ready"
    """Stored as the next version."""
    NEEDS_BINDING = "needs_binding"
    """Stored as a version; deploy asks for roles, services or script bindings."""
    DRAFT = "draft"
    """Well-formed but with errors, or not executable: kept only as a draft."""
    REFUSED = "refused"
    """Not safely readable; never stored."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One remark about one element.

    `line` is 1-based (0 when the text has no such place), `params` fill the message of `code` in `bpmn.messages`.
    `needs` names what a deploy must bind ("role", "service", "script", "form"), when that alone mends the finding.
    """

    code: str
    severity: Severity
    element_id: str | None = None
    line: int = 0
    params: Mapping[str, object] = field(default_factory=dict)
    needs: str | None = None
    file: str | None = None
    """The file inside a bundle."""


def verdict_of(findings: Iterable[Finding], *, readable: bool, executable: bool) -> Verdict:
    """The verdict that these findings add up to."""
    if not readable:
        return Verdict.REFUSED
    found = tuple(findings)
    if not executable or any(each.severity is Severity.ERROR for each in found):
        return Verdict.DRAFT
    if any(each.needs for each in found):
        return Verdict.NEEDS_BINDING
    return Verdict.READY
