"""A person's answers on the way into a ticket: looked up, judged, and their files moved to the ticket."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bpmn.forms.checking import FieldError, check_answers
from bpmn.forms.mentions import mentioned
from bpmn.forms.model import Form
from bpmn.forms.order import computed_from
from engine.attaching import (
    Target,
    attach,
    places_of,
    refuse_unaccepted,
    taken_uploads,
    uploads_named,
    with_names,
)
from engine.errors import FieldProblem, Invalid
from engine.ports.cases import Facts, Work
from engine.values.actors import Person
from engine.values.events import Attachment
from engine.zone import at_home


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """Answers that passed, with the attachments their uploads become."""

    answers: Mapping[str, object]
    attachments: tuple[Attachment, ...] = ()
    uploads: tuple[UUID, ...] = ()
    users: Mapping[str, Person] = field(default_factory=dict)
    """The users whom the answers name, by name."""
    businesses: frozenset[str] = frozenset()
    """Those of the businesses that the answers name which exist and are active."""
    last_seq: int = 0
    """The highest number in use on the ticket once the attachments are added."""


def accept(
    work: Work,
    form: Form,
    answers: Mapping[str, object],
    *,
    target: Target,
    variables: Mapping[str, object],
    correcting: frozenset[str] | None = None,
) -> Accepted:
    """The answers as they may be stored.

    Raises:
        NotFound: a named file is no upload that the actor may attach.
        Invalid: ANSWERS_REFUSED with every field that is wrong, a file of a kind that the field does not take among
            them, or TOO_MANY_ATTACHMENTS.
    """
    named = mentioned(form, answers, variables if correcting is not None else None)
    uploads = uploads_named(named.files, target)
    facts = Facts()
    if named.users or named.businesses or named.roles or uploads:
        facts = work.cases.facts(
            users=named.users, businesses=named.businesses, roles=named.roles, uploads=uploads, uploader=work.actor.id
        )
    checked = check_answers(
        form, answers, variables=variables, now=at_home(work.now), lookup=_Found(facts), correcting=correcting
    )
    _refuse(checked.errors)
    places = places_of(form, checked.answers)
    taken = taken_uploads(facts.uploads, checked.files)
    refuse_unaccepted(taken, places)
    attachments = attach(taken, target=target, by=work.actor.person, at=work.now, places=places)
    renamed = {str(upload.id): each.public_id for upload, each in zip(taken, attachments, strict=True)}
    return Accepted(
        answers={key: with_names(value, renamed) for key, value in checked.answers.items()},
        attachments=attachments,
        uploads=tuple(upload.id for upload in taken),
        users=facts.users,
        businesses=facts.businesses,
        last_seq=target.last_seq + len(attachments),
    )


def recomputed(form: Form, variables: Mapping[str, object], *, changed: Set[str], now: datetime) -> dict[str, object]:
    """The computed fields of a form that was filled in earlier, where these changed variables give them another value.

    What depends on the clock alone stays as it was when the form was filled in.

    Raises: Invalid ANSWERS_REFUSED when the form's conditions take too much work now.
    """
    follows = computed_from(form.fields, changed)
    if not follows:
        return {}
    checked = check_answers(
        form, {}, variables=variables, now=at_home(now), lookup=_Found(Facts()), correcting=frozenset()
    )
    _refuse(checked.errors)
    return {key: value for key, value in checked.answers.items() if key in follows}


def _refuse(errors: Sequence[FieldError]) -> None:
    if errors:
        problems = [FieldProblem(path=each.path, code=each.code, params=each.params) for each in errors]
        raise Invalid("ANSWERS_REFUSED", {"count": len(problems)}, problems=problems)


class _Found:
    """The Lookup of the form check over facts that were read before."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def user_exists(self, name: str) -> bool:
        return name in self._facts.users

    def business_exists(self, key: str) -> bool:
        return key in self._facts.businesses

    def role_exists(self, key: str) -> bool:
        return key in self._facts.roles
