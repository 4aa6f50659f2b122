"""Short ways to write BPMN for a test."""

from itertools import pairwise
from xml.sax.saxutils import escape

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:fd="http://faultdesk.org/schema/1.0"'
)


def bpmn(body: str, *, process: str = 'id="P" isExecutable="true"', around: str = "", more: str = "") -> bytes:
    """A file with one process; `around` stands beside it, `more` are attributes of `definitions`."""
    text = (
        f"<definitions {NAMESPACES} targetNamespace='urn:test' {more}>\n{around}<process {process}>\n{body}\n</process>"
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n</definitions>'.encode()


def flow(flow_id: str, source: str, target: str, condition: str | None = None, inner: str = "") -> str:
    """A sequence flow."""
    asked = "" if condition is None else f"<conditionExpression>{escape(condition)}</conditionExpression>"
    return f'<sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{inner}{asked}</sequenceFlow>\n'


def straight(*nodes: str, ids: tuple[str, ...]) -> str:
    """Nodes one after the other, joined by flows F1, F2 ..."""
    flows = (flow(f"F{at + 1}", one, two) for at, (one, two) in enumerate(pairwise(ids)))
    return "\n".join((*nodes, *flows))


START = '<startEvent id="S"/>'
END = '<endEvent id="E"/>'
TASK = '<userTask id="T" fd:role="ops"/>'
PLAIN = straight(START, TASK, END, ids=("S", "T", "E"))
"""Start, one task for ops, end."""


def extended(element: str, element_id: str, extension: str, attributes: str = "") -> str:
    """An element with extension elements."""
    inner = f"<extensionElements>{extension}</extensionElements>"
    return f'<{element} id="{element_id}" {attributes}>{inner}</{element}>'


def choice(condition: str, *, start: str = START, language: str = "") -> str:
    """A process that asks one condition, with a default beside it."""
    asked = f"<conditionExpression {language}>{escape(condition)}</conditionExpression>"
    return (
        f'{start}<exclusiveGateway id="G" default="F3"/>{END}<endEvent id="E2"/>'
        f"{flow('F1', 'S', 'G')}"
        f'<sequenceFlow id="F2" sourceRef="G" targetRef="E">{asked}</sequenceFlow>'
        f"{flow('F3', 'G', 'E2')}"
    )
