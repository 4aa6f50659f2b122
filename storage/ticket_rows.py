"""What a ticket shows in a list: the columns, and the tables that give them."""

from typing import Any

from engine.values.processes import Names
from engine.values.views import TicketRow
from storage import rows
from storage import tables as t

TICKETS = (
    t.ticket.join(rows.requester, rows.requester.c.id == t.ticket.c.requester_id)
    .join(t.service, t.service.c.id == t.ticket.c.service_id)
    .outerjoin(t.business, t.business.c.key == t.ticket.c.business)
)
TICKET_ROW = (
    *rows.TICKET_COLUMNS,
    t.service.c.key.label("service_key"),
    t.service.c.name_zh.label("service_zh"),
    t.service.c.name_en.label("service_en"),
    t.business.c.name_zh.label("business_zh"),
    t.business.c.name_en.label("business_en"),
)


def ticket_row_of(row: Any) -> TicketRow:
    """A ticket in a list, from TICKET_ROW."""
    return TicketRow(
        ticket=rows.ticket_of(row),
        service_key=row.service_key,
        service=Names(zh=row.service_zh, en=row.service_en),
        business=business_of(row),
    )


def business_of(row: Any) -> Names | None:
    """The name of a ticket's business, if it has one."""
    return None if row.business_zh is None else Names(zh=row.business_zh, en=row.business_en)
