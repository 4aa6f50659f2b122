"""Short ways to say something about an element of a definition."""

from bpmn.findings import Finding, Severity
from bpmn.model import Flow, Lane, Node, ProcessDefinition


def error(code: str, about: Node | Flow | Lane, *, needs: str | None = None, **params: object) -> Finding:
    """A finding that keeps the version from being deployed."""
    return _finding(code, Severity.ERROR, about, needs, params)


def warning(code: str, about: Node | Flow | Lane, *, needs: str | None = None, **params: object) -> Finding:
    """A finding that the designer should read and may leave."""
    return _finding(code, Severity.WARNING, about, needs, params)


def of_process(code: str, severity: Severity, definition: ProcessDefinition, **params: object) -> Finding:
    """A finding about the process as a whole."""
    return Finding(code=code, severity=severity, element_id=definition.key, line=definition.line, params=params)


def _finding(
    code: str, severity: Severity, about: Node | Flow | Lane, needs: str | None, params: dict[str, object]
) -> Finding:
    named = {"name": shown_name(about), **params}
    return Finding(code=code, severity=severity, element_id=about.id, line=about.line, params=named, needs=needs)


def shown_name(about: Node | Flow | Lane) -> str:
    """What a message calls the element: its name as drawn, else its id."""
    return str(about.name).strip()[:200] or about.id[:200]
