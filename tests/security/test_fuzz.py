"""R-19: whatever is sent is never answered by a 500: files, forms, requests made from the document, expressions.

The long form takes `FAULTDESK_TEST_FUZZ_MINUTES` for each of the four, each time from another seed, which is printed.
"""

import json
import os
import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from tests.app.api.client import Api
from tests.bpmn.expressions.test_fuzz import EXPRESSIONS
from tests.bpmn.expressions.test_fuzz import judge as judge_expression
from tests.bpmn.test_fuzz import mutated
from tests.security.drawn import component, one_task, send
from tests.support.people import add_user

MINUTES = float(os.environ.get("FAULTDESK_TEST_FUZZ_MINUTES", "10"))
Attempt = Callable[[Api, Any], None]

LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["= a", "= missing > 3", "= (((", "${x}", "javascript:alert(1)", "a.b", "../..", "=", "\u202e"]),
)
JSON = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
KINDS = ["textfield", "textarea", "number", "datetime", "select", "radio", "checklist", "taglist", "checkbox", "text"]
KINDS += ["filepicker", "expression", "group", "dynamiclist", "separator", "button", "html", "iframe", "nothing", ""]
MEMBERS = ["key", "path", "label", "values", "valuesExpression", "validate", "conditional", "readonly", "properties"]
MEMBERS += [
    "expression",
    "components",
    "subtype",
    "defaultValue",
    "multiple",
    "accept",
    "text",
    "decimalDigits",
    "type",
]


@st.composite
def form_texts(draw: st.DrawFn) -> str:
    """The text of a form: components with members of any value, or what is no form at all."""
    if draw(st.integers(0, 9)) == 0:
        return json.dumps(draw(JSON))
    components = []
    for _ in range(draw(st.integers(0, 4))):
        made = component(draw(st.sampled_from(KINDS)), draw(st.text(max_size=8)))
        for name in draw(st.lists(st.sampled_from(MEMBERS), max_size=4)):
            made[name] = draw(JSON)
        components.append(made)
    text = json.dumps({"type": "default", "components": components})
    cut = draw(st.integers(0, 20))
    return text[: -cut or None] if cut < 3 else text


def post_file(api: Api, content: bytes) -> None:
    """Import it, and once more as a draft."""
    api.clock.forward(timedelta(seconds=10))
    for path in ("/versions", "/versions?as_draft=true"):
        assert send(api, content, path=path).status_code in (200, 201, 413, 422), content[:2_000]


def post_form(api: Api, text: str) -> None:
    """Import a process whose task has it."""
    inner = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    kept = "".join(each if each in "\t\n" or each >= " " else " " for each in inner)
    post_file(api, one_task(f"<fd:form>{kept}</fd:form>").replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b""))


def post_expression(api: Api, text: str) -> None:
    """Judge it by itself."""
    judge_expression(text)


@pytest.fixture
def fuzzed(lite: Api) -> Api:
    """A desk with somebody who may do everything."""
    grants = [("customer_service", ""), ("ops", "web"), ("qc", "")]
    add_user(lite.database, "fuzz", permissions="admin auditor designer", grants=grants)
    return lite


def run(api: Api, given_by: st.SearchStrategy[Any], attempt: Attempt, *, examples: int, number: int) -> None:
    """Try so many, drawn from this seed."""

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(given_by)
    def once(drawn: Any) -> None:
        attempt(api, drawn)

    once()


def post_requests(api: Api, examples: int, number: int, *, until: float) -> None:
    """So many requests of each operation, right ones and wrong ones, in another order for each seed."""
    headers = {"Authorization": f"Bearer {api.token_of('fuzz')}"}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", api.app)

    def attempt(_api: Api, case: Any) -> None:
        api.clock.forward(timedelta(seconds=3))
        assert case.call(headers=headers).status_code < 500, case

    operations = [found.ok() for found in schema.get_all_operations()]
    random.Random(number).shuffle(operations)
    for operation in operations:
        if time.monotonic() > until:
            return
        # Signing out and taking accounts out of use would leave nothing to fuzz with.
        if operation.path.endswith(("/session", "/me/password", "/deactivate", "/permissions")):
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            run(api, operation.as_strategy(generation_mode=mode), attempt, examples=examples, number=number)


PARTS: dict[str, tuple[st.SearchStrategy[Any], Attempt]] = {
    "files": (mutated(), post_file),
    "forms": (form_texts(), post_form),
    "expressions": (EXPRESSIONS, post_expression),
}


@pytest.mark.parametrize("part", ["files", "forms"])
def test_r_19_no_file_and_no_form_makes_an_import_fail(fuzzed: Api, part: str) -> None:
    run(fuzzed, *PARTS[part], examples=60, number=19)


@pytest.mark.long
@pytest.mark.timeout(int(MINUTES * 60) + 600)
@pytest.mark.parametrize("part", [*PARTS, "requests"])
def test_r_19_ten_minutes_of_each_end_without_a_500(fuzzed: Api, part: str, capsys: pytest.CaptureFixture[str]) -> None:
    until, first = time.monotonic() + MINUTES * 60, time.time_ns() % 10**9
    number = first
    while time.monotonic() < until:
        if part == "requests":
            post_requests(fuzzed, 5, number, until=until)
        else:
            run(fuzzed, *PARTS[part], examples=200, number=number)
        number += 1
    with capsys.disabled():
        print(f"\nR-19, {part}: seeds {first} to {number - 1}")
