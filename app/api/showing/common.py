"""What many answers hold."""

from collections.abc import Mapping

from app.messages import render
from bpmn.text import EN, ZH, Text
from engine.values.actors import Grant, Person
from engine.values.processes import Names
from engine.values.rulings import Action, Ruling

Json = dict[str, object]


def person(of: Person) -> Json:
    """Somebody, without anything by which to reach them."""
    return {"id": str(of.id), "name": of.name, "display_name": of.display_name}


def person_or_none(of: Person | None) -> Json | None:
    """Somebody, or nobody."""
    return None if of is None else person(of)


def names(of: Names) -> Json:
    """A name in both languages, the second falling back to the first."""
    return {"zh": of.zh, "en": of.en or of.zh}


def names_as_given(of: Names) -> Json:
    """A name as it was entered: empty where nothing was."""
    return {"zh": of.zh, "en": of.en}


def text(of: Text) -> Json:
    """What a designer wrote, in both languages."""
    return {"zh": of.in_language(ZH), "en": of.in_language(EN)}


def grant(of: Grant) -> Json:
    """A candidate role."""
    return {"role": of.role, "business": of.business}


def ruling(of: Ruling, language: str) -> Json:
    """Allowed or not, and the rule that decides."""
    detail = render(of.code, of.params, language)
    return {"allowed": of.allowed, "code": of.code, "params": dict(of.params), "detail": detail}


def rulings(of: Mapping[Action, Ruling], language: str) -> Json:
    """Every action with its ruling."""
    return {action.value: ruling(each, language) for action, each in of.items()}


def actions(of: Mapping[Action, Ruling]) -> list[str]:
    """The actions that are allowed now."""
    return [action.value for action, each in of.items() if each.allowed]
