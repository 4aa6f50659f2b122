"""Correcting on a page: the answers that may be changed later, with what they are now."""

from collections.abc import Mapping
from datetime import datetime

from app.web.answers import leaves
from app.web.editing import FormPage
from app.web.refusals import Refusal
from bpmn.forms.model import Form
from bpmn.forms.showing import ShownField, describe
from engine.commands.corrections import filled_forms
from engine.values.views import TicketView
from engine.zone import at_home


def correctable(
    view: TicketView, *, now: datetime, answers: Mapping[str, object] | None = None, refusal: Refusal | None = None
) -> FormPage:
    """The editable fields of the forms filled in so far, each once, as the ticket has them or as typed."""
    found: dict[str, ShownField] = {}
    for form in filled_forms(view.case):
        fields = describe(form, answers=answers or {}, variables=view.answers, now=at_home(now))
        for each in leaves(fields):
            if each.field.editable and each.visible and each.path not in found:
                found[each.path] = each
    return FormPage(fields=tuple(found.values()), refusal=refusal)


def editable_form(view: TicketView) -> Form:
    """A form of the editable fields alone, to read what is posted."""
    fields = {each.key: each for form in filled_forms(view.case) for each in form.inputs() if each.editable}
    return Form(id="corrections", fields=tuple(fields.values()))


def changed(view: TicketView, answers: Mapping[str, object]) -> dict[str, object]:
    """Those answers that are not what the ticket has."""
    return {
        key: value
        for key, value in answers.items()
        if value != view.answers.get(key) and not (value in ("", []) and view.answers.get(key) in (None, "", []))
    }
