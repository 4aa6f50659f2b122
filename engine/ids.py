"""Ids: UUIDv7 (RFC 9562), and `<ticket uuid>.<seq>` for what belongs to a ticket."""

from uuid import UUID

from uuid_utils.compat import uuid7

_LONGEST_SEQ = 9


def new_id() -> UUID:
    """A new UUIDv7: sorted by the moment it was made."""
    return uuid7()


def parse_uuid(text: str) -> UUID | None:
    """The UUID in its canonical form of 36 characters, else None."""
    if len(text) != 36:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def parse_public_id(text: str) -> tuple[UUID, int] | None:
    """(ticket id, seq) of a public id, else None."""
    head, dot, tail = text.partition(".")
    ticket_id = parse_uuid(head)
    if ticket_id is None or not dot or not tail.isascii() or not tail.isdigit() or len(tail) > _LONGEST_SEQ:
        return None
    return ticket_id, int(tail)
