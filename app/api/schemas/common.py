"""What many operations take and answer."""

from typing import Any

from marshmallow import fields

from app.api.schemas.fields import Entries, Items, Part, QueryWhole, Range, Shown, Str, Taken, text
from engine.values.pages import LARGEST_PAGE


class PageQuery(Taken):
    """A page of a list."""

    limit = QueryWhole(load_default=50, validate=Range(min=1, max=LARGEST_PAGE))
    cursor = text(
        1_024, required=False, load_default=None, metadata={"description": "`next` of the page before this one"}
    )


class NamesTaken(Taken):
    """A name in both languages."""

    zh = Str(required=True)
    en = Str(load_default="")


class NamesShown(Shown):
    """A name in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class PersonShown(Shown):
    """Somebody, as shown beside what they did."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    display_name = fields.String(required=True)


class MessagesShown(Shown):
    """A sentence in both languages, by language tag."""

    zh = fields.String(required=True, data_key="zh-CN")
    en = fields.String(required=True)


class FindingShown(Shown):
    """One remark of the reader or of lint about a text."""

    code = fields.String(required=True)
    severity = fields.String(required=True)
    element_id = fields.String(required=True, allow_none=True)
    line = fields.Integer(required=True)
    params = fields.Dict(required=True)
    needs = fields.String(allow_none=True)
    file = fields.String(allow_none=True)
    message = fields.Nested(MessagesShown, required=True)


class FieldProblemShown(Shown):
    """What is wrong with one field."""

    path = fields.String(required=True)
    code = fields.String(required=True)
    params = fields.Dict(required=True)
    detail = fields.String(required=True)


class Problem(Shown):
    """A refusal (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    params = fields.Dict(required=True)
    request_id = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldProblemShown))
    findings = fields.List(fields.Nested(FindingShown))


class AnswersTaken(Taken):
    """Answers of a form, by field key."""

    answers = Entries(keys=Str(), required=True)


class ReasonTaken(Taken):
    """Why."""

    reason = Str(required=True)


class OptionalReasonTaken(Taken):
    """Why, where one may be given."""

    reason = Str(load_default=None, allow_none=True)


def listed(item: type[Shown], name: str) -> type[Shown]:
    """The schema of a page of these."""
    members: dict[str, Any] = {
        "__doc__": f"A page: {name}.",
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.String(
            required=True, allow_none=True, metadata={"description": "The next page's cursor; null on the last one"}
        ),
    }
    return type(name, (Shown,), members)


__all__ = [
    "AnswersTaken",
    "Entries",
    "FindingShown",
    "Items",
    "NamesShown",
    "NamesTaken",
    "OptionalReasonTaken",
    "PageQuery",
    "Part",
    "PersonShown",
    "Problem",
    "ReasonTaken",
    "listed",
]
