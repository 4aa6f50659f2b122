"""Who follows a ticket, how many, and how they stop; and how a comment is kept."""

import unicodedata

import pytest
import sqlalchemy as sa

from bpmn.limits import COMBINING_RUN, FOLLOWERS_PER_TICKET
from engine.commands import comments, tickets
from engine.errors import Conflict, Invalid, NotFound
from storage import tables as t
from tests.support.desk import Desk
from tests.support.people import add_user, insert


def _followed(desk: Desk) -> str:
    ticket = str(desk.open().case.ticket.id)
    desk.do("kefu", lambda work: comments.add_follower(work, ticket, name="eve"))
    return ticket


def test_an_admin_ends_the_following_of_someone_deactivated(desk: Desk) -> None:
    ticket = _followed(desk)
    with desk.database.engine.begin() as connection:
        connection.execute(sa.update(t.user).where(t.user.c.name == "eve").values(active=False))
    with pytest.raises(NotFound):
        desk.do("kefu", lambda work: comments.remove_follower(work, ticket, name="eve"))
    case = desk.do("admin", lambda work: comments.remove_follower(work, ticket, name="eve"))
    assert case.followers == frozenset()
    assert desk.see("admin", lambda work: work.cases.view(case.ticket.id)).followers == frozenset()


def test_who_does_not_follow_cannot_be_removed(desk: Desk) -> None:
    ticket = _followed(desk)
    for name in ("qc", "nobody"):
        with pytest.raises(NotFound):
            desk.do("admin", lambda work, name=name: comments.remove_follower(work, ticket, name=name))


def test_a_ticket_on_hold_keeps_its_followers(desk: Desk) -> None:
    ticket = _followed(desk)
    desk.do("admin", lambda work: tickets.suspend(work, ticket, reason="等待割接"))
    with pytest.raises(Conflict, match="TICKET_SUSPENDED"):
        desk.do("eve", lambda work: comments.remove_follower(work, ticket, name="eve"))
    desk.do("admin", lambda work: tickets.resume(work, ticket, reason="割接完成"))
    desk.do("eve", lambda work: comments.remove_follower(work, ticket, name="eve"))


def test_a_ticket_has_no_more_followers_than_the_limit(desk: Desk) -> None:
    names = [f"f{number}" for number in range(FOLLOWERS_PER_TICKET + 1)]
    people = [add_user(desk.database, name) for name in names]
    with pytest.raises(Invalid) as refused:
        desk.open(followers=names)
    assert [(each.path, each.code) for each in refused.value.problems] == [("followers", "TOO_MANY_FOLLOWERS")]

    opened = desk.open().case.ticket.id
    for person in people[:-1]:
        insert(desk.database, t.follower, ticket_id=opened, user_id=person, added_by=desk.people["kefu"])
    with pytest.raises(Invalid, match="TOO_MANY_FOLLOWERS"):
        desk.do("kefu", lambda work: comments.add_follower(work, str(opened), name=names[-1]))
    desk.do("kefu", lambda work: comments.add_follower(work, str(opened), name=names[0]))


def test_a_comment_is_kept_in_normal_form(desk: Desk) -> None:
    ticket = str(desk.open().case.ticket.id)
    typed = unicodedata.normalize("NFD", "Café")
    said, _ = desk.do("kefu", lambda work: comments.comment(work, ticket, text=f" {typed} ", internal=False))
    assert said.text == "Café"
    marks = "e" + "\u0301" * (COMBINING_RUN + 1)
    with pytest.raises(Invalid, match="TEXT_TOO_MANY_MARKS"):
        desk.do("kefu", lambda work: comments.comment(work, ticket, text=marks, internal=False))
