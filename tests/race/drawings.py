"""The processes of these tests: parallel branches in a loop, and a straight one whose versions can be told apart."""

import json
from itertools import pairwise

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:fd="http://faultdesk.org/schema/1.0"
    targetNamespace="http://faultdesk.org/test">
  <process id="{key}" name="{key}" isExecutable="true" fd:kind="incident">
    <startEvent id="S" name="S"><extensionElements><fd:role key="customer_service"/>
      <fd:form><![CDATA[{form}]]></fd:form>
    </extensionElements></startEvent>
"""
_TAIL = "  </process>\n</definitions>\n"
_BUSINESS = {"type": "select", "id": "b", "key": "business", "label": "b", "properties": {"fd:widget": "business"}}


def _text(key: str) -> dict[str, object]:
    return {"type": "textfield", "id": f"f_{key}", "key": key, "label": key}


def _form(name: str, *components: object) -> str:
    return json.dumps({"type": "default", "id": name, "schemaVersion": 19, "components": components})


def _task(element: str, role: str, field: str) -> str:
    form = _form(f"form-{element}", _text(field))
    inner = f'<extensionElements><fd:role key="{role}"/><fd:form><![CDATA[{form}]]></fd:form></extensionElements>'
    return f'    <userTask id="{element}" name="{element}">{inner}</userTask>\n'


def _flow(source: str, target: str, outcome: str = "") -> str:
    inner = f"<extensionElements>{outcome}</extensionElements>" if outcome else ""
    return (
        f'    <sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>\n'
    )


def _start(key: str) -> str:
    title = _text("title") | {"validate": {"required": True, "maxLength": 120}}
    return _HEAD.format(key=key, form=_form("start", title, _BUSINESS))


def _label(word: str) -> str:
    return f'<fd:label xml:lang="zh-CN">{word}</fd:label><fd:label xml:lang="en">{word}</fd:label>'


FORK = "fork"
_ACCEPT = f'<fd:outcome key="accept" kind="forward">{_label("accept")}</fd:outcome>'
_REDO = f'<fd:outcome key="redo" kind="back" reason="required">{_label("redo")}</fd:outcome>'


def fork() -> bytes:
    """A (answer a) beside B (answer b), both for ops; joined, C for QC: accept ends it, redo sends it back to both."""
    parts = [
        _start(FORK),
        '    <exclusiveGateway id="M"/><parallelGateway id="G"/><parallelGateway id="J"/>\n',
        _task("A", "ops", "a"),
        _task("B", "ops", "b"),
        _task("C", "qc", "c"),
        '    <exclusiveGateway id="X"/><endEvent id="E" name="E"/>\n',
        *(_flow(*each) for each in ("SM", "MG", "GA", "GB", "AJ", "BJ", "JC", "CX")),
        _flow("X", "E", _ACCEPT),
        _flow("X", "M", _REDO),
        _TAIL,
    ]
    return "".join(parts).encode()


LINE = "line"


def line(*elements: str, key: str = LINE) -> bytes:
    """One task for ops after another, each with the answer of its own name; the names tell the version."""
    way = ["S", *elements, "E"]
    parts = [
        _start(key),
        *(_task(element, "ops", element.lower()) for element in elements),
        '    <endEvent id="E" name="E"/>\n',
        *(_flow(source, target) for source, target in pairwise(way)),
        _TAIL,
    ]
    return "".join(parts).encode()
