"""A ticket's business is one that exists, however the form asked for it."""

import re

import pytest

from engine.errors import Invalid
from tests.support.desk import BUNDLED, Desk

PLAIN = re.sub(
    r'"type": "select",(\s*"id": "\w+",\s*"key": "business")',
    r'"type": "textfield",\1',
    (BUNDLED / "fault-handling.bpmn").read_text(encoding="utf-8").replace('"fd:widget": "business"', '"x": ""'),
).encode()
"""The bundled process as it might have been deployed before lint asked for the widget."""


@pytest.mark.parametrize("business", ["nowhere", "website'--", "x" * 1_000])
def test_an_unknown_business_is_refused_at_its_field(desk: Desk, business: str) -> None:
    desk.put_in_service("plain", content=PLAIN)
    with pytest.raises(Invalid) as refused:
        desk.open(service="plain", business=business)
    assert refused.value.code == "BUSINESS_UNKNOWN"
    assert [(each.path, each.code) for each in refused.value.problems] == [("business", "BUSINESS_UNKNOWN")]


def test_a_known_business_is_taken_without_the_widget_too(desk: Desk) -> None:
    desk.put_in_service("plain", content=PLAIN)
    assert desk.open(service="plain", business="shop").case.ticket.business == "shop"
