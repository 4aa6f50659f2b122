"""Correct: change answers that were given earlier, in fields the designer marked `fd:editable`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from uuid import UUID

from bpmn.forms.defaults import default_start_form
from bpmn.forms.model import Form
from engine.answering import accept, recomputed
from engine.attaching import Target
from engine.errors import FieldProblem, Invalid
from engine.loading import load_ticket, require_reason
from engine.moves import described
from engine.ports.cases import Work
from engine.rulings import rule_on_ticket
from engine.timeline import follow, recorded
from engine.values.changes import Changes, Position
from engine.values.events import Attachment, EventType
from engine.values.rulings import Action
from engine.values.tickets import Case

FIXED = frozenset({"business", "followers"})
"""Reserved keys that decide who sees the ticket and who may claim its tasks: marked editable or not, they stay."""


def correct(work: Work, ticket_id: str, *, answers: Mapping[str, object], reason: str | None) -> Case:
    """Change earlier answers; computed fields of all forms filled in so far follow, and the timeline keeps both values.

    Raises: NotFound, Conflict TICKET_ENDED or TICKET_SUSPENDED, Forbidden HOLDER_OR_ADMIN_ONLY, Invalid for a missing
        reason, a field that may not be corrected, or a wrong value.
    """
    case = load_ticket(work, ticket_id).case
    rule_on_ticket(Action.CORRECT, case, work.actor).enforce()
    why = require_reason(reason)
    after = dict(case.variables)
    attachments: list[Attachment] = []
    taken: list[UUID] = []
    last_seq = case.ticket.last_seq
    for form, part in _by_form(case, answers):
        attached = case.attached | {each.seq for each in attachments}
        target = Target(ticket_id=case.ticket.id, last_seq=last_seq, attached=attached)
        accepted = accept(work, form, part, target=target, variables=after, correcting=frozenset(part))
        after.update(accepted.answers)
        attachments += accepted.attachments
        taken += accepted.uploads
        last_seq = accepted.last_seq
    for form in filled_forms(case):
        changed_keys = {key for key in after if after[key] != case.variables.get(key)}
        after.update(recomputed(form, after, changed=changed_keys, now=work.now))
    before = {key: case.variables.get(key) for key in after if after[key] != case.variables.get(key)}
    if not before:
        return case
    changed = {key: after[key] for key in before}
    described_ticket = described(replace(case.ticket, last_seq=last_seq), after)
    event = follow(
        described_ticket,
        type=EventType.ANSWERS_CORRECTED,
        actor=work.actor,
        at=work.now,
        before=before,
        after=changed,
        reason=why,
    )
    ticket = recorded(described_ticket, event)
    position = Position(state=case.state, variables=after, memory=case.memory)
    work.cases.save(
        Changes(
            ticket=ticket, event=event, position=position, attachments=tuple(attachments), uploads_taken=tuple(taken)
        )
    )
    return replace(case, ticket=ticket, variables=after)


def _by_form(case: Case, answers: Mapping[str, object]) -> Iterator[tuple[Form, dict[str, object]]]:
    """The answers, grouped by the form that asked for them: the first filled one in which the field is editable.

    Raises: Invalid FIELD_NOT_EDITABLE, or NOTHING_TO_CORRECT for no answers at all.
    """
    if not answers:
        raise Invalid("NOTHING_TO_CORRECT")
    left = dict(answers)
    for form in filled_forms(case):
        keys = [field.key for field in form.inputs() if field.editable and field.key in left.keys() - FIXED]
        if keys:
            yield form, {key: left.pop(key) for key in keys}
    if left:
        problems = [FieldProblem(path=key, code="FIELD_NOT_EDITABLE") for key in left]
        raise Invalid("FIELD_NOT_EDITABLE", {"fields": sorted(left)}, problems=problems)


def filled_forms(case: Case) -> Iterator[Form]:
    """The forms that were filled in on this ticket so far, in the order of the diagram."""
    definition = case.deployment.definition
    for node in definition.nodes:
        if node.id in case.memory.performers:
            form = definition.form_of(node.id)
            if form is not None:
                yield form
            elif node.id == definition.start_event().id:
                yield default_start_form()
