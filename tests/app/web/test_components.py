"""Every component of the form-js subset: shown as a control, and read back from what that control posts."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import g, render_template
from lxml import html

from app.web.book import Book
from app.web.editing import FormPage
from app.web.reader import Reader
from bpmn.forms.checking import check_answers
from bpmn.forms.model import FieldType, Form
from bpmn.forms.posting import answers_from_post
from bpmn.forms.reading import read_form
from bpmn.forms.showing import describe
from engine.values.processes import Names
from tests.app.web.conftest import Site
from tests.app.web.visitor import sent_by

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CHOICE = [{"label": "甲", "value": "a", "label:en": "A"}, {"label": "乙", "value": "b", "label:en": "B"}]
COMPONENTS = [
    {"type": "text", "id": "t", "text": "请填写 {{ 1 + 1 }} 项"},
    {"type": "textfield", "id": "c1", "key": "line", "label": "单行"},
    {"type": "textarea", "id": "c2", "key": "lines", "label": "多行", "description": "可以分行"},
    {"type": "number", "id": "c3", "key": "count", "label": "数", "appearance": {"suffixAdorner": "个"}},
    {"type": "datetime", "id": "c4", "key": "moment", "label": "时刻", "subtype": "datetime"},
    {"type": "datetime", "id": "c5", "key": "day", "label": "日期", "subtype": "date"},
    {"type": "datetime", "id": "c6", "key": "hour", "label": "时间", "subtype": "time"},
    {"type": "select", "id": "c7", "key": "one", "label": "选一", "values": CHOICE},
    {"type": "radio", "id": "c8", "key": "radio", "label": "单选", "values": CHOICE},
    {"type": "checklist", "id": "c9", "key": "some", "label": "多选", "values": CHOICE},
    {"type": "taglist", "id": "c10", "key": "tags", "label": "标签", "values": CHOICE},
    {
        "type": "taglist",
        "id": "c11",
        "key": "people",
        "label": "人员",
        "values": [],
        "properties": {"fd:widget": "users"},
    },
    {"type": "checkbox", "id": "c12", "key": "agreed", "label": "同意"},
    {"type": "filepicker", "id": "c13", "key": "files", "label": "文件", "multiple": True, "accept": "image/*"},
    {"type": "expression", "id": "c14", "key": "double", "label": "两倍", "expression": "=count * 2"},
    {
        "type": "select",
        "id": "c15",
        "key": "business",
        "label": "业务",
        "values": [],
        "properties": {"fd:widget": "business"},
    },
    {"type": "separator", "id": "s"},
    {
        "type": "group",
        "id": "g1",
        "label": "一组",
        "components": [{"type": "textfield", "id": "c16", "key": "inside", "label": "组内"}],
    },
    {
        "type": "dynamiclist",
        "id": "d1",
        "path": "rows",
        "label": "明细",
        "components": [
            {"type": "textfield", "id": "c17", "key": "what", "label": "事项"},
            {"type": "checkbox", "id": "c18", "key": "done", "label": "完成"},
        ],
    },
    {"type": "spacer", "id": "sp"},
]
TYPED = {
    "a.line": "一行",
    "a.lines": "一\n二",
    "a.count": "21",
    "a.moment": "2026-11-23T09:40",
    "a.day": "2026-11-24",
    "a.hour": "08:30",
    "a.one": "b",
    "a.radio": ["", "a"],
    "a.some": ["", "a", "b"],
    "a.tags": ["", "b"],
    "a.people": "kefu, qc",
    "a.agreed": ["", "true"],
    "a.business": "website",
    "a.inside": "里面",
    "a.rows.0.what": "第一件",
    "a.rows.0.done": ["", "true"],
}
MEANT = {
    "line": "一行",
    "lines": "一\n二",
    "count": 21,
    "moment": "2026-11-23T09:40:00+08:00",
    "day": "2026-11-24",
    "hour": "08:30:00",
    "one": "b",
    "radio": "a",
    "some": ["a", "b"],
    "tags": ["b"],
    "people": ["kefu", "qc"],
    "agreed": True,
    "files": None,
    "double": 42,
    "business": "website",
    "inside": "里面",
    "rows": [{"what": "第一件", "done": True}],
}


class Everyone:
    """An installation that knows every name."""

    def user_exists(self, _name: str) -> bool:
        return True

    def business_exists(self, _key: str) -> bool:
        return True

    def role_exists(self, _key: str) -> bool:
        return True


@pytest.fixture
def form() -> Form:
    """A form with a component of every type."""
    text = json.dumps({"type": "default", "id": "all", "schemaVersion": 19, "components": COMPONENTS})
    made, _ = read_form(text, form_id="all")
    assert made is not None
    assert {each["type"] for each in COMPONENTS} == {kind.value for kind in FieldType} - {"button"}
    return made


def _drawn(site: Site, form: Form, answers: dict[str, object], language: str = "zh-CN") -> html.HtmlElement:
    with site.app.test_request_context():
        g.reader = Reader(actor=None, language=language, zone=ZONE, now=NOW)
        fields = describe(form, answers=answers, variables={}, now=NOW)
        made = FormPage(fields=fields, follows=True)
        book = Book(businesses={"website": Names(zh="官网", en="Website")})
        markup = render_template("parts/fields.html", form=made, book=book)
    return html.fromstring(f"<form>{markup}</form>")


def test_what_every_control_posts_is_the_answer_that_was_meant(lite: Site, form: Form) -> None:
    drawn = _drawn(lite, form, {})
    posted = sent_by(drawn, dict(TYPED))
    answers = {name.removeprefix("a."): values for name, values in posted.items() if name.startswith("a.")}
    read = answers_from_post(form.fields, answers, zone=ZONE)
    checked = check_answers(form, read, variables={}, now=NOW, lookup=Everyone())
    assert checked.errors == ()
    assert checked.answers == MEANT


def test_an_answer_is_shown_in_its_control_again(lite: Site, form: Form) -> None:
    drawn = _drawn(lite, form, {key: value for key, value in MEANT.items() if key not in ("files", "double")})
    posted = sent_by(drawn, {})
    for name, value in TYPED.items():
        wanted = value if isinstance(value, list) else [value]
        shown = [each.replace("\r\n", "\n").removeprefix("\n") for each in posted[name]]
        assert shown == (["08:30:00"] if name == "a.hour" else wanted), name
    assert drawn.xpath("string(//output)") == "42"


@pytest.mark.parametrize(("language", "choice"), [("zh-CN", "乙"), ("en", "B")])
def test_every_control_has_a_label_in_the_readers_language(lite: Site, form: Form, language: str, choice: str) -> None:
    drawn = _drawn(lite, form, {}, language)
    controls = drawn.xpath("//input[not(@type='hidden')] | //select | //textarea")
    assert len(controls) >= 17
    for control in controls:
        labelled = drawn.xpath(f"//label[@for='{control.get('id')}']") or control.xpath("ancestor::label")
        assert labelled, html.tostring(control)
    assert drawn.xpath("//select[@name='a.one']/option[3]/text()") == [choice]
    assert "请填写 2 项" in drawn.text_content()
    assert drawn.xpath("//textarea/@aria-describedby") == ["f-lines-hint"]
