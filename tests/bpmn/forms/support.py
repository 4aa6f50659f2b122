"""What the form tests share: short ways to write a form and to check answers against it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bpmn.findings import Finding, Severity
from bpmn.forms.checking import Checked, check_answers
from bpmn.forms.model import Form
from bpmn.forms.reading import read_form

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class Installation:
    """A Lookup over fixed names; `asked` records what the check wanted to know."""

    users = frozenset({"kefu", "yunwei1", "qc"})
    businesses = frozenset({"website"})
    roles = frozenset({"ops", "qc"})

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def user_exists(self, name: str) -> bool:
        self.asked.append(("users", name))
        return name in self.users

    def business_exists(self, key: str) -> bool:
        self.asked.append(("businesses", key))
        return key in self.businesses

    def role_exists(self, key: str) -> bool:
        self.asked.append(("roles", key))
        return key in self.roles


def component(kind: str, key: str, **members: Any) -> dict[str, Any]:
    """One form-js component; a repeating group's key is its path."""
    named = {"path": key} if kind == "dynamiclist" else {"key": key}
    return {"type": kind, "id": f"Field_{key}", "label": key, **named, **members}


def text_of(*components: object) -> str:
    """The form-js text with these components."""
    return json.dumps({"type": "default", "components": components}, ensure_ascii=False)


def findings_of(*components: object) -> tuple[Finding, ...]:
    """What reading these components finds."""
    return read_form(text_of(*components), form_id="form")[1]


def codes_of(*components: object, severity: Severity = Severity.ERROR) -> list[str]:
    """The codes of the findings of that severity."""
    return [each.code for each in findings_of(*components) if each.severity is severity]


def form_of(*components: object) -> Form:
    """The form with these components, which must read without an error."""
    form, findings = read_form(text_of(*components), form_id="form")
    assert form is not None
    wrong = [each for each in findings if each.severity is Severity.ERROR]
    assert not wrong, wrong
    return form


def check(
    form: Form,
    answers: Mapping[str, object],
    variables: Mapping[str, object] | None = None,
    correcting: frozenset[str] | None = None,
) -> Checked:
    """The answers checked at NOW in the Installation."""
    return check_answers(
        form, answers, variables=variables or {}, now=NOW, lookup=Installation(), correcting=correcting
    )


def refused(form: Form, answers: Mapping[str, object], variables: Mapping[str, object] | None = None) -> list[str]:
    """`path CODE` of each error."""
    return [f"{each.path} {each.code}" for each in check(form, answers, variables).errors]
