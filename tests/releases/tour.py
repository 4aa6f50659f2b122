"""A process with what the bundled ones lack: parallel branches, a sub-process, an inclusive choice, a dead end."""

import json
from dataclasses import replace

from bpmn.model import CandidateRole
from tests.support.diagrams import process, to_bpmn

KEY = "tour"
_TEXT = """
    start -> Plan -> and1
    and1 -> Build -> S -> and2
    S { start_s -> Check -> or1 -[risk > 1]-> Extra -> or2 -> end_s
    or1 -/-> or2 }
    and1 -> Inform -> and2
    and2 -> Approve -(ok)-> xor1
    Approve -(redo!)-> Plan
    xor1 -[choice = "a"]-> Finish -> end1
    xor1 -[choice = "b"]-> Undo -> end2
"""
_STATUSES = {"Plan": "NEW", "Build": "IN_PROGRESS", "Approve": "RESOLVED", "end1": "CLOSED", "end2": "REJECTED"}
_FIELDS = (
    {
        "type": "radio",
        "id": "Field_choice",
        "key": "choice",
        "label": "选择",
        "values": [{"label": each, "value": each} for each in ("a", "b", "c")],
        "validate": {"required": True},
        "properties": {"fd:editable": "true"},
    },
    {
        "type": "number",
        "id": "Field_risk",
        "key": "risk",
        "label": "风险",
        "decimalDigits": 0,
        "validate": {"required": True},
    },
)


def tour() -> bytes:
    """The process text. Its choice `c` leads nowhere: such a ticket is stuck until an admin corrects it."""
    drawn = process(_TEXT, key=KEY)
    nodes = tuple(
        replace(
            node,
            roles=(CandidateRole(key="customer_service" if node.id == "start" else "qc"),)
            if node.roles or node.id == "start"
            else (),
        )
        for node in drawn.nodes
    )
    text = to_bpmn(replace(drawn, nodes=nodes)).decode()
    form = json.dumps({"type": "default", "id": "plan", "schemaVersion": 19, "components": _FIELDS}, ensure_ascii=False)
    for element, status in _STATUSES.items():
        text = _extended(text, element, f'<fd:status key="{status}"/>')
    return _extended(text, "Plan", f"<fd:form><![CDATA[{form}]]></fd:form>").encode()


def _extended(text: str, element: str, extension: str) -> str:
    """The text with one more extension in an element."""
    head, found, rest = text.partition(f'id="{element}"')
    assert found
    opening, closing, rest = rest.partition(">")
    if rest.lstrip().startswith("<extensionElements>"):
        return (
            head + found + opening + closing + rest.replace("<extensionElements>", f"<extensionElements>{extension}", 1)
        )
    return head + found + opening + closing + f"<extensionElements>{extension}</extensionElements>" + rest
