"""What a reader of one form has to say, and where in the text each component stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bpmn.findings import Finding, Severity

_NAMED = re.compile(r'"(?:key|path|id)"\s*:\s*"((?:[^"\\]|\\.)*)"')


@dataclass(kw_only=True)
class Remarks:
    """Collects findings about one form. `lines` maps a component's key, path or id to its line."""

    form: str
    lines: dict[str, int]
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, name: str = "", severity: Severity = Severity.ERROR, **params: object) -> None:
        """Note one finding about the component with this key, path or id ('' for the form as a whole)."""
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                line=self.line_of(name),
                params={"form": self.form, "key": name, **params},
            )
        )

    def line_of(self, name: str) -> int:
        """The line of the component of that name, else the line on which the form begins."""
        return self.lines.get(name, self.lines[""])


def lines_of(text: str, first: int) -> dict[str, int]:
    """Where each key, path and id of a form-js text first stands: one pass, whatever the number of components.

    `first` is the line of the surrounding file on which the text begins (1-based; 0 for a text of its own).
    """
    lines = {"": max(first, 1)}
    for name, line in _named_lines(text, max(first, 1)):
        lines.setdefault(name, line)
    return lines


def _named_lines(text: str, line: int) -> Iterator[tuple[str, int]]:
    seen = 0
    for match in _NAMED.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        yield match.group(1), line
