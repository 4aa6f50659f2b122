"""What import accepts, the runner takes: no version is stored that could not be deployed for its shape."""

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn.findings import Verdict
from bpmn.inspection import inspect
from engine.runner.compiled import compile_process

DIAGRAMS = Path(__file__).parents[1] / "diagrams"
TEXTS = [file.read_text(encoding="utf-8") for file in sorted(DIAGRAMS.rglob("*.bpmn")) if file.stat().st_size < 8_000]
ACCEPTED = (Verdict.READY, Verdict.NEEDS_BINDING)
KINDS = st.sampled_from(
    [
        "userTask",
        "task",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "subProcess",
        "startEvent",
        "intermediateThrowEvent",
        "endEvent",
    ]
)


@st.composite
def rearranged(draw: st.DrawFn) -> str:
    """A diagram in which some elements became others and some references point elsewhere."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(0, 3))):
        if draw(st.booleans()):
            text = re.sub(rf"(</?(?:\w+:)?){draw(KINDS)}\b", rf"\g<1>{draw(KINDS)}", text)
            continue
        ids = st.sampled_from(sorted(set(re.findall(r'"(\w{1,40})"', text))))
        text = text.replace(f'"{draw(ids)}"', f'"{draw(ids)}"', 1)
    return text


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rearranged())
def test_the_runner_takes_every_definition_that_import_accepts(text: str) -> None:
    seen = inspect(text.encode(), "x.bpmn")
    if seen.verdict in ACCEPTED:
        assert seen.definition is not None
        compile_process(seen.definition)


def test_enough_of_the_diagrams_are_accepted_for_that_to_mean_something() -> None:
    accepted = [text for text in TEXTS if inspect(text.encode(), "x.bpmn").verdict in ACCEPTED]
    assert len(accepted) >= 20
