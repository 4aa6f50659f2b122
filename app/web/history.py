"""A ticket's history as it is read: what was answered at each visit, and every event as a sentence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.web.answers import Answer, answers_read, people_in
from app.web.book import Book
from app.web.refusals import told
from app.web.translating import gettext
from app.web.words import in_language
from bpmn.forms.defaults import default_start_form, default_task_form
from bpmn.forms.model import Form
from bpmn.model import Outcome, ProcessDefinition
from engine.values.actors import Person
from engine.values.events import Event, EventType
from engine.values.rulings import Ruling

_ANSWERING = (EventType.TICKET_OPENED, EventType.TASK_COMPLETED, EventType.TASK_SENT_BACK)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of a timeline."""

    seq: int
    at: datetime
    by: Person | None
    type: str
    what: str
    """The element's name, in the reader's language."""
    visit: int = 1
    text: str = ""
    """What happened, as a sentence without its subject."""
    reason: str = ""
    answers: tuple[Answer, ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    """Label, before and after of what was corrected."""
    next: tuple[str, ...] = field(default=())
    """Names of the tasks that opened with it."""
    is_back: bool = False


def people_named(events: Iterable[Event], definition: ProcessDefinition) -> Iterator[str]:
    """The user names that the events speak of."""
    for event in events:
        for key in ("to", "user", "before"):
            value = event.payload.get(key)
            if isinstance(value, str):
                yield value
        answers = event.payload.get("answers")
        if isinstance(answers, Mapping):
            yield from people_in(form_of(definition, str(event.payload.get("element"))), answers)


def entries(events: Sequence[Event], definition: ProcessDefinition, book: Book) -> tuple[Entry, ...]:
    """The timeline in order."""
    return tuple(_entry(event, definition, book) for event in events)


def visits(timeline: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those in which somebody answered a form, in order."""
    return tuple(each for each in timeline if each.type in {kind.value for kind in _ANSWERING})


def form_of(definition: ProcessDefinition, element: str) -> Form:
    """The form that stands at an element, or the one asked where none is drawn."""
    found = definition.form_of(element)
    if found is not None:
        return found
    return default_start_form() if element == definition.start_event().id else default_task_form()


def element_name(definition: ProcessDefinition, element: object) -> str:
    """What the designer called an element."""
    node = definition.nodes_by_id.get(str(element))
    return in_language(node.name) or str(element) if node is not None else str(element)


def explained(ruling: Ruling, definition: ProcessDefinition, book: Book) -> str:
    """A ruling in words, with roles and elements by their names."""
    params = dict(ruling.params)
    roles = params.get("roles")
    if isinstance(roles, list | tuple):
        params["roles"] = [book.role(each) for each in roles]
    if params.get("element"):
        params["element"] = element_name(definition, params["element"])
    return told(ruling.code, params)


def _entry(event: Event, definition: ProcessDefinition, book: Book) -> Entry:
    facts: Mapping[str, Any] = event.payload
    element = str(facts.get("element", ""))
    given = facts.get("answers") if event.type in _ANSWERING else None
    answers: tuple[Answer, ...] = ()
    if isinstance(given, Mapping):
        answers = answers_read(form_of(definition, element), given, book, at=event.at)
    return Entry(
        seq=event.seq,
        at=event.at,
        by=event.actor,
        type=event.type.value,
        what=element_name(definition, element) if element else "",
        visit=int(facts.get("visit") or 1),
        text=_sentence(event, definition, book),
        reason=str(facts.get("reason") or ""),
        answers=answers,
        changes=_changes(facts, definition) if event.type is EventType.ANSWERS_CORRECTED else (),
        next=tuple(element_name(definition, each["element"]) for each in facts.get("opened") or ()),
        is_back=event.type is EventType.TASK_SENT_BACK,
    )


def _sentence(event: Event, definition: ProcessDefinition, book: Book) -> str:
    facts: Mapping[str, Any] = event.payload
    what = element_name(definition, facts.get("element", ""))
    to = book.person(facts.get("to", ""))
    who = book.person(facts.get("user", ""))
    choice = _outcome(definition, str(facts.get("element", "")), facts.get("outcome"))
    if event.type is EventType.TASK_COMPLETED and choice:
        return gettext("completed %(what)s: %(choice)s", what=what, choice=choice)
    internal = bool(facts.get("internal"))
    return {
        EventType.TICKET_OPENED: lambda: gettext("opened the ticket"),
        EventType.TASK_CLAIMED: lambda: gettext("claimed %(what)s", what=what),
        EventType.TASK_RELEASED: lambda: gettext("released %(what)s", what=what),
        EventType.TASK_ASSIGNED: lambda: gettext("assigned %(what)s to %(who)s", what=what, who=to),
        EventType.TASK_TRANSFERRED: lambda: gettext("transferred %(what)s to %(who)s", what=what, who=to),
        EventType.TASK_COMPLETED: lambda: gettext("completed %(what)s", what=what),
        EventType.TASK_SENT_BACK: lambda: gettext("sent back from %(what)s", what=what),
        EventType.TICKET_SUSPENDED: lambda: gettext("put the ticket on hold"),
        EventType.TICKET_RESUMED: lambda: gettext("resumed the ticket"),
        EventType.TICKET_WITHDRAWN: lambda: gettext("withdrew the ticket"),
        EventType.TICKET_CANCELLED: lambda: gettext("cancelled the ticket"),
        EventType.TICKET_RETRIED: lambda: gettext("let the engine try again"),
        EventType.ANSWERS_CORRECTED: lambda: gettext("corrected answers"),
        EventType.COMMENT_ADDED: lambda: gettext("commented internally") if internal else gettext("commented"),
        EventType.FOLLOWER_ADDED: lambda: gettext("added %(who)s as a follower", who=who),
        EventType.FOLLOWER_REMOVED: lambda: gettext("removed %(who)s from the followers", who=who),
    }[event.type]()


def _outcome(definition: ProcessDefinition, element: str, key: object) -> str:
    found: tuple[Outcome, ...] = definition.outcomes_of(element) if element in definition.nodes_by_id else ()
    return next((in_language(each.label) or each.key for each in found if each.key == key and len(found) > 1), "")


def _changes(facts: Mapping[str, Any], definition: ProcessDefinition) -> tuple[tuple[str, str, str], ...]:
    labels = {
        each.key: in_language(each.label)
        for node in definition.nodes
        if (form := definition.form_of(node.id)) is not None
        for each in form.inputs()
    }
    before, after = facts.get("before") or {}, facts.get("after") or {}
    return tuple((labels.get(key) or key, _plain(before.get(key)), _plain(value)) for key, value in after.items())


def _plain(value: object) -> str:
    return "—" if value is None else str(value)
