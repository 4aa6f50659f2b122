"""What a plain HTML form posts comes to the same answers as JSON does."""

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.forms.model import Form
from bpmn.forms.posting import answers_from_post
from tests.bpmn.forms.support import check, component, form_of

ZONE = ZoneInfo("Asia/Shanghai")
OPTIONS = [{"value": "a"}, {"value": "b"}]


def form() -> Form:
    row = [component("textfield", "what"), component("datetime", "due", subtype="date"), component("checkbox", "done")]
    return form_of(
        component("textfield", "title"),
        component("textarea", "text"),
        component("number", "n"),
        component("datetime", "at", subtype="datetime"),
        component("checkbox", "flag"),
        component("checklist", "several", values=OPTIONS),
        component("taglist", "people", properties={"fd:widget": "users"}),
        component("filepicker", "files", multiple=True),
        {"type": "group", "components": [component("select", "one", values=OPTIONS)]},
        component("dynamiclist", "rows", components=row),
    )


def answers(**posted: str | list[str]) -> dict[str, object]:
    named = {name.replace("__", "."): [each] if isinstance(each, str) else each for name, each in posted.items()}
    return answers_from_post(form().fields, named, zone=ZONE)


def test_each_kind_of_field_becomes_its_json_value() -> None:
    found = answers(
        title=" t ",
        text=" a\r\nb ",
        n="-3",
        at="2026-11-23T09:30",
        flag=["", "true"],
        several=["", "a", "b"],
        people=["qc, kefu;yunwei1"],
        files=["", "u1"],
        one="a",
    )

    assert found == {
        "title": "t",
        "text": " a\r\nb ",
        "n": -3,
        "at": "2026-11-23T09:30:00+08:00",
        "flag": True,
        "several": ["a", "b"],
        "people": ["qc", "kefu", "yunwei1"],
        "files": ["u1"],
        "one": "a",
    }
    assert check(form(), found).errors == ()


def test_what_is_empty_is_said_to_be_and_what_is_absent_is_not_answered() -> None:
    assert answers(title="", flag="", several="", n="") == {"title": "", "flag": False, "several": [], "n": ""}
    assert answers() == {}


def test_rows_come_in_the_order_of_their_numbers_without_the_blank_ones() -> None:
    found = answers(
        rows__10__what="c", rows__2__what="b", rows__2__due="2026-12-01", rows__3__what="", rows__3__done=""
    )

    assert found == {"rows": [{"what": "b", "due": "2026-12-01"}, {"what": "c"}]}


def test_a_list_whose_rows_were_all_taken_away_is_empty() -> None:
    assert answers(rows="") == {"rows": []}
    assert answers(rows__0__what="a", rows="") == {"rows": [{"what": "a"}]}


@pytest.mark.parametrize("text", ["1e999", "0x10", "1_000", "٣", "9" * 5_000, "abc"])
def test_a_number_that_is_none_stays_text_and_is_refused_by_name(text: str) -> None:
    assert [(each.path, each.code) for each in check(form(), answers(n=text)).errors] == [("n", "NOT_A_NUMBER")]


def test_a_time_that_does_not_exist_there_is_refused_by_name() -> None:
    assert [each.code for each in check(form(), answers(at="2026-02-30T09:30")).errors] == ["NOT_A_DATE_TIME"]


def test_the_offset_is_that_of_the_day() -> None:
    berlin = answers_from_post(form().fields, {"at": ["2026-07-01T12:00"]}, zone=ZoneInfo("Europe/Berlin"))
    fixed = answers_from_post(form().fields, {"at": ["2026-07-01T12:00"]}, zone=timezone(-timedelta(hours=3)))

    assert (berlin["at"], fixed["at"]) == ("2026-07-01T12:00:00+02:00", "2026-07-01T12:00:00-03:00")


def test_a_name_that_the_form_does_not_have_is_refused_like_any_other() -> None:
    assert [(each.path, each.code) for each in check(form(), answers(x="1", rows__0__y="1")).errors] == [
        ("x", "UNKNOWN_FIELD"),
        ("rows.0.y", "UNKNOWN_FIELD"),
    ]


_NAMES = st.sampled_from(
    ["title", "n", "at", "flag", "several", "rows", "rows.0", "rows.0.what", "rows.x", "rows.0.what.z", ".", ""]
)


@given(
    st.dictionaries(_NAMES | st.text(max_size=8), st.lists(st.text(max_size=20), min_size=1, max_size=3), max_size=6)
)
def test_nothing_that_is_posted_makes_it_fail(posted: dict[str, list[str]]) -> None:
    check(form(), answers_from_post(form().fields, posted, zone=ZONE))
