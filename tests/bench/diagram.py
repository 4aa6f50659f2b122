"""A diagram of a wanted size: stages of a task with its form, a decision by an answer, and the way back."""

import json

_STAGE_BYTES, _BARE_BYTES = 2_125, 1_470

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:fd="http://faultdesk.org/schema/1.0" id="Definitions_1" targetNamespace="http://faultdesk.org/bench">
  <bpmn:process id="long-process" name="长流程" isExecutable="true">
    <bpmn:startEvent id="Start" name="提交">
      <bpmn:extensionElements><fd:role key="customer_service" /></bpmn:extensionElements>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="Flow_Start" sourceRef="Start" targetRef="Task_0" />
"""
_STAGE = """    <bpmn:userTask id="Task_{n}" name="处理第 {n} 步">
      <bpmn:extensionElements>
        <fd:label xml:lang="en">Handle step {n}</fd:label>
        <fd:role key="qc" />
        <fd:status key="IN_PROGRESS" />
{form}      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="Flow_{n}" sourceRef="Task_{n}" targetRef="Gateway_{n}" />
    <bpmn:exclusiveGateway id="Gateway_{n}" name="第 {n} 步完成?" default="Flow_Next_{n}" />
    <bpmn:sequenceFlow id="Flow_Back_{n}" sourceRef="Gateway_{n}" targetRef="Task_{n}">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">={condition}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="Flow_Next_{n}" sourceRef="Gateway_{n}" targetRef="{next}" />
"""
_SHAPE = """      <bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}">
        <dc:Bounds x="{x}" y="100" width="{width}" height="{height}" />
      </bpmndi:BPMNShape>
"""
_EDGE = """      <bpmndi:BPMNEdge id="{id}_di" bpmnElement="{id}">
        <di:waypoint x="{left}" y="140" />
        <di:waypoint x="{right}" y="140" />
      </bpmndi:BPMNEdge>
"""


def drawn(size: int, *, forms: bool = True) -> bytes:
    """A sound process text of about this many bytes; without forms it has more elements."""
    stages = max(1, size // (_STAGE_BYTES if forms else _BARE_BYTES))
    body = [_HEAD]
    body += [_stage(n, last=n + 1 == stages, form=forms) for n in range(stages)]
    body.append('    <bpmn:endEvent id="End" name="结束" />\n  </bpmn:process>\n')
    body.append(
        '  <bpmndi:BPMNDiagram id="Diagram_1">\n    <bpmndi:BPMNPlane id="Plane_1" bpmnElement="long-process">\n'
    )
    body += [_picture(n) for n in range(stages)]
    body.append(_SHAPE.format(id="Start", x=0, width=36, height=36))
    body.append(_SHAPE.format(id="End", x=300 * stages + 100, width=36, height=36))
    body.append("    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n</bpmn:definitions>\n")
    return "".join(body).encode()


def _stage(n: int, *, last: bool, form: bool) -> str:
    drawn = f"        <fd:form><![CDATA[{_form(n)}]]></fd:form>\n" if form else ""
    condition = f'done_{n} = "no"' if form else 'priority = "P1"'
    return _STAGE.format(n=n, form=drawn, condition=condition, next="End" if last else f"Task_{n + 1}")


def _form(n: int) -> str:
    yes_no = [{"label": "是", "value": "yes"}, {"label": "否", "value": "no"}]
    components = [
        {"type": "textarea", "id": f"Field_what_{n}", "key": f"what_{n}", "label": "处理情况"},
        {
            "type": "radio",
            "id": f"Field_done_{n}",
            "key": f"done_{n}",
            "label": "是否完成",
            "values": yes_no,
            "validate": {"required": True},
        },
    ]
    return json.dumps(
        {"type": "default", "id": f"form-{n}", "schemaVersion": 19, "components": components},
        ensure_ascii=False,
        indent=1,
    )


def _picture(n: int) -> str:
    left = 100 + 300 * n
    shapes = _SHAPE.format(id=f"Task_{n}", x=left, width=100, height=80)
    shapes += _SHAPE.format(id=f"Gateway_{n}", x=left + 150, width=50, height=50)
    edges = (_EDGE.format(id=f"{flow}_{n}", left=left, right=left + 150) for flow in ("Flow", "Flow_Back", "Flow_Next"))
    return shapes + "".join(edges)
