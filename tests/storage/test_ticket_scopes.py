"""Whose tickets a list shows."""

import pytest

from engine.commands import comments
from engine.queries import tickets as queries
from engine.values.views import TicketFilter, TicketScope
from tests.support.desk import Desk


@pytest.mark.parametrize(
    ("name", "mine", "followed", "everything"),
    [("kefu", 2, 0, 2), ("eve", 0, 1, 1), ("yunwei1", 0, 0, 2)],
)
def test_a_list_shows_what_was_opened_what_is_followed_or_all_that_is_seen(
    desk: Desk, name: str, mine: int, followed: int, everything: int
) -> None:
    ticket = str(desk.open().case.ticket.id)
    desk.open()
    desk.do("kefu", lambda work: comments.add_follower(work, ticket, name="eve"))
    found = {
        scope: len(desk.see(name, lambda work, scope=scope: queries.tickets(work, TicketFilter(scope=scope))).items)
        for scope in TicketScope
    }
    assert found == {TicketScope.MINE: mine, TicketScope.FOLLOWED: followed, TicketScope.ALL: everything}
