"""What attackers tried over HTTP, each kept as a test of what they are answered."""

import time

import pytest
from marshmallow import ValidationError

from app.api.schemas.fields import Whole
from app.bodies import parse_json
from app.errors import Malformed, Unreadable


@pytest.mark.parametrize("body", [b'"' + b'\\"' * 500_000, b'["' * 300_000, b'"\\' * 300_000])
def test_w17_a_megabyte_of_quotes_costs_no_more_than_reading_it(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises((Malformed, Unreadable)) as refused:
        parse_json(body)
    assert refused.value.code in ("JSON_MALFORMED", "JSON_TOO_DEEP")
    assert time.process_time() - started < 1


@pytest.mark.parametrize("value", [1.5, -0.5, float("inf"), True, "1"])
def test_only_a_whole_number_is_taken_as_one(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Whole().deserialize(value)
    assert refused.value.messages == ["NOT_A_NUMBER"]
    assert Whole().deserialize(2.0) == 2
