"""One rule decides who sees a ticket: lists in SQL and commands in Python agree on random desks (security-bar A-17)."""

import random

import pytest
import sqlalchemy as sa

from engine.queries import tickets as queries
from engine.rulings import sight
from engine.values.rulings import Sight
from engine.values.views import TicketFilter
from storage import tables as t
from storage.database import Database
from tests.support.desk import Desk
from tests.support.people import insert

GRANTS = [
    ("customer_service", ""),
    ("qc", ""),
    ("ops", "website"),
    ("ops", "shop"),
    ("product", "website"),
    ("ops_lead", "shop"),
]


def _populate(desk: Desk, chance: random.Random) -> None:
    desk.put_in_service("other", content=_other_process())
    for index in range(25):
        grants = tuple(grant for grant in GRANTS if chance.random() < 0.15)
        desk.add_person(f"p{index}", permissions=chance.choice(["", "", "", "designer", "auditor"]), grants=grants)
    for index in range(12):
        desk.open(service=chance.choice(["fault", "other"]), business=chance.choice(["website", "shop"]))
        del index
    with desk.database.engine.begin() as connection:
        tickets = [row.id for row in connection.execute(sa.select(t.ticket.c.id))]
        processes = [row.id for row in connection.execute(sa.select(t.process.c.id))]
    people = [desk.people[f"p{index}"] for index in range(25)]
    _scatter(desk.database, chance, tickets, processes, people)


def _scatter(database: Database, chance: random.Random, tickets: list, processes: list, people: list) -> None:
    for table, more in ((t.follower, True), (t.party, False)):
        for ticket, person in {(chance.choice(tickets), chance.choice(people)) for _ in range(20)}:
            extra = {"added_by": person} if more else {}
            insert(database, table, ticket_id=ticket, user_id=person, **extra)
    for process, person in {(chance.choice(processes), chance.choice(people)) for _ in range(3)}:
        insert(database, t.process_owner, process_id=process, user_id=person)


def _other_process() -> bytes:
    """The bundled process with product in place of QC, so that the two differ in who sees them."""
    from tests.support.desk import BUNDLED

    text = (BUNDLED / "fault-handling.bpmn").read_text(encoding="utf-8")
    return text.replace('<fd:role key="qc"', '<fd:role key="product"').encode()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_17_the_list_shows_exactly_the_tickets_that_the_rule_lets_see(desk: Desk, seed: int) -> None:
    _populate(desk, random.Random(seed))
    with desk.database.engine.begin() as connection:
        ids = [row.id for row in connection.execute(sa.select(t.ticket.c.id))]
    seen_at_all = 0
    for name in desk.people:
        listed = {
            row.ticket.id for row in desk.see(name, lambda w: queries.tickets(w, TicketFilter(), limit=100)).items
        }

        def ruled(work: object) -> set:
            cases = [work.cases.view(each) for each in ids]  # type: ignore[attr-defined]
            return {case.ticket.id for case in cases if sight(case, work.actor) is not Sight.NONE}  # type: ignore[attr-defined]

        assert listed == desk.see(name, ruled), name
        seen_at_all += 0 < len(listed) < len(ids)
    assert seen_at_all > 8, "the data must tell people apart"


def test_pages_of_a_list_give_every_ticket_once(desk: Desk) -> None:
    for _ in range(7):
        desk.open()
    found, after = [], None
    while True:
        page = desk.see("kefu", lambda work, after=after: queries.tickets(work, TicketFilter(), after=after, limit=3))
        found += [row.ticket.number for row in page.items]
        after = page.after
        if after is None:
            break
    assert found == [f"INC20261123{number:06}" for number in range(7, 0, -1)]


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR 1=1 --", "无法访问"])
def test_a_search_text_matches_literally(desk: Desk, text: str) -> None:
    """security-bar D-01 and D-02."""
    desk.open()
    desk.open(title=f"a {text} b")
    rows = desk.see("kefu", lambda work: queries.tickets(work, TicketFilter(text=text))).items
    assert len(rows) == (2 if text == "无法访问" else 1)
