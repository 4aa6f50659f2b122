"""The forms of processes that draw none."""

import json

from bpmn.forms.defaults import default_start_form, default_task_form
from tests.bpmn.forms.support import check, refused


def test_opening_without_a_drawn_form_asks_title_and_description() -> None:
    form = default_start_form()

    assert [each.key for each in form.inputs()] == ["title", "description"]
    assert refused(form, {}) == ["title FIELD_REQUIRED"]
    assert refused(form, {"title": "x" * 121}) == ["title FIELD_TOO_LONG"]
    assert [each.editable for each in form.inputs()] == [True, False]


def test_a_task_without_a_form_asks_one_comment_that_may_be_left_out() -> None:
    assert check(default_task_form(), {"comment": "done"}).answers == {"comment": "done"}
    assert refused(default_task_form(), {}) == []


def test_both_are_form_js_texts_labelled_in_both_languages() -> None:
    for form in (default_start_form(), default_task_form()):
        assert json.loads(form.source)["type"] == "default"
        assert all(each.label.default and each.label.in_language("en") != each.label.default for each in form.fields)
