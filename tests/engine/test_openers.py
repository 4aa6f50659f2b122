"""Whoever may open tickets of a service sees their own ones, as a requester does, and nobody else's for that."""

from collections.abc import Callable

import pytest

from engine.commands import comments, saving
from engine.errors import Forbidden, NotFound
from engine.queries import tickets as queries
from engine.values.rulings import Sight
from engine.values.views import TicketFilter
from storage.store import Store
from tests.support.desk import HANDLING, REVIEW, Desk


def _seen(desk: Desk, name: str) -> list[str]:
    return [str(row.ticket.id) for row in desk.see(name, lambda work: queries.tickets(work, TicketFilter())).items]


def test_customer_service_sees_its_own_ticket_without_what_is_internal(desk: Desk) -> None:
    opened = desk.open("kefu")
    ticket = str(opened.case.ticket.id)
    desk.do("yunwei1", lambda work: comments.comment(work, ticket, text="内部：疑似光缆", internal=True))
    [review] = desk.work_on("yunwei1", opened.tasks[0].public_id, HANDLING).opened
    desk.work_on("yunwei2", review.public_id, {**REVIEW})

    view = desk.see("kefu", lambda work: queries.ticket(work, ticket))
    assert view.sight is Sight.PUBLIC
    assert desk.see("kefu", lambda work: queries.comments(work, ticket)).items == ()
    whole = desk.see("yunwei1", lambda work: queries.ticket(work, ticket)).answers
    assert "root_cause" in whole
    assert set(whole) - set(view.answers) == _internal(desk, ticket)
    with pytest.raises(Forbidden, match="INTERNAL_ONLY"):
        desk.do("kefu", lambda work: comments.comment(work, ticket, text="x", internal=True))


def test_another_of_customer_service_sees_a_ticket_only_as_its_follower(desk: Desk) -> None:
    desk.add_person("kefu2", grants=(("customer_service", ""),))
    ticket = str(desk.open("kefu").case.ticket.id)
    with pytest.raises(NotFound):
        desk.see("kefu2", lambda work: queries.ticket(work, ticket))
    assert _seen(desk, "kefu") == [ticket]
    assert _seen(desk, "kefu2") == []

    desk.do("kefu", lambda work: comments.add_follower(work, ticket, name="kefu2"))
    assert desk.see("kefu2", lambda work: queries.ticket(work, ticket)).sight is Sight.PUBLIC
    assert _seen(desk, "kefu2") == [ticket]


@pytest.mark.parametrize(
    ("name", "reads", "saves"),
    [("kefu", True, True), ("yunwei1", False, False), ("eve", False, False), ("admin", True, False)],
)
def test_the_start_form_is_there_for_those_who_may_open_or_configure(
    desk: Desk, name: str, reads: bool, saves: bool
) -> None:
    def allowed(act: Callable[[Store], object]) -> bool:
        try:
            desk.do(name, act)
        except NotFound:
            return False
        return True

    assert allowed(lambda work: queries.start(work, "fault")) is reads
    assert allowed(lambda work: saving.save_for_service(work, "fault", {"title": "x"})) is saves
    assert allowed(lambda work: saving.drop_for_service(work, "fault")) is saves


def _internal(desk: Desk, ticket: str) -> set[str]:
    def keys(work: object) -> set[str]:
        view = queries.ticket(work, ticket)  # type: ignore[arg-type]
        definition = view.case.deployment.definition
        forms = (definition.form_of(node.id) for node in definition.nodes)
        fields = (field for form in forms if form is not None for field in form.inputs())
        return {field.key for field in fields if field.internal and field.key in view.case.variables}

    return desk.see("yunwei1", keys)
