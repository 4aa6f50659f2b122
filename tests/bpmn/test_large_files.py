"""Files as large as the limits allow: 10 seconds and 512 MB are never needed."""

from collections.abc import Callable

import pytest

from tests.bpmn.child import measure
from tests.bpmn.drawing import END, PLAIN, START, bpmn, extended, flow

MEGABYTE = 1024 * 1024


def chain() -> str:
    tasks = "".join(f'<userTask id="T{n}" fd:role="ops"/>' for n in range(6000))
    flows = "".join(flow(f"F{n}", f"T{n}", f"T{n + 1}") for n in range(5999))
    return START + tasks + END + flow("A", "S", "T0") + flows + flow("Z", "T5999", "E")


def one_gateway() -> str:
    flows = "".join(flow(f"F{n}", "G", "E", f"= x{n} > {n}") for n in range(6000))
    return START + END + '<exclusiveGateway id="G"/>' + flow("A", "S", "G") + flows


def long_expressions() -> str:
    flows = "".join(flow(f"F{n}", "G", "E", "= " + "a+" * 4000 + str(n)) for n in range(1200))
    return START + END + '<exclusiveGateway id="G"/>' + flow("A", "S", "G") + flows


def wide() -> str:
    parts = [START, END]
    before = "S"
    for block in range(5):
        parts += [
            f'<parallelGateway id="P{block}"/><parallelGateway id="J{block}"/>',
            flow(f"A{block}", before, f"P{block}"),
        ]
        form = '<fd:form>{"components":[{"type":"textfield","key":"k","id":"x","label":"a"}]}</fd:form>'
        for n in range(450):
            task = f"T{block}_{n}"
            parts += [
                extended("userTask", task, form),
                flow(f"B{task}", f"P{block}", task),
                flow(f"C{task}", task, f"J{block}"),
            ]
        before = f"J{block}"
    return "".join([*parts, flow("Z", before, "E")])


def inclusive_ring() -> str:
    size = 2500
    gateways = "".join(f'<inclusiveGateway id="G{n}"/>' for n in range(size))
    on = "".join(flow(f"F{n}", f"G{n}", f"G{(n + 1) % size}", f"= x{n}") for n in range(size))
    across = "".join(flow(f"H{n}", f"G{n}", f"G{(n * 7 + 3) % size}", f"= y{n}") for n in range(size))
    return START + END + gateways + flow("A", "S", "G0") + on + across + flow("Z", "G5", "E")


def without_ids() -> str:
    return START + END + '<sequenceFlow sourceRef="S" targetRef="E"/>' * 19_000


def one_id() -> str:
    return START + END + '<userTask id="T"/>' * 19_000


def lanes() -> str:
    lane = '<lane id="L{}" name="l"><flowNodeRef>T</flowNodeRef></lane>'
    return "<laneSet>" + "".join(lane.format(n) for n in range(9000)) + "</laneSet>" + PLAIN


def namespaces() -> str:
    return PLAIN + "".join(f'<x xmlns="urn:{n}"/>' for n in range(19_000))


def attributes() -> str:
    return PLAIN + "<userTask " + " ".join(f'a{n}="1"' for n in range(600_000)) + "/>"


@pytest.mark.parametrize(
    "body",
    [chain, one_gateway, long_expressions, wide, inclusive_ring, without_ids, one_id, lanes, namespaces, attributes],
)
def test_a_file_at_the_limits_is_judged_in_time_and_memory(body: Callable[[], str]) -> None:
    measured = measure(bpmn(body()), runs=1)
    assert measured.verdict in ("ready", "needs_binding", "draft", "refused")
    assert measured.seconds < 10
    assert measured.grown < 512 * MEGABYTE
