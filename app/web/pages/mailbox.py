"""The built-in mailbox: what was told to people, for an installation without a mail server and for the demo."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, request

from app.asking import Ask
from app.cursors import text_cursor, text_of
from app.web.blueprint import page
from app.web.safe_next import HOME, safe_next
from app.web.showing import show
from engine.errors import NotFound
from engine.ids import parse_uuid
from storage import mailbox as box
from storage.store import Store

PAGE = 25


@page("GET", "/mailbox")
def mailbox(ask: Ask) -> Response:
    """One's own messages, newest first; admins, and everybody in a demo, may read those to all."""
    wants_all = request.args.get("of") == "all"

    def read(work: Store) -> Mapping[str, object]:
        may_all = _reads_all(ask, work)
        before = text_of(ask, work.actor, request.args.get("cursor") or None)
        found = box.messages(
            work,
            before=None if before is None else UUID(before),
            limit=PAGE + 1,
            everybody=may_all and wants_all,
        )
        after = str(found[PAGE - 1].id) if len(found) > PAGE else None
        return {
            "messages": found[:PAGE],
            "may_all": may_all,
            "of_all": may_all and wants_all,
            "next": text_cursor(ask, work.actor, after),
            "first": before is None,
        }

    return show(ask, "mailbox.html", read)


@page("GET", "/mailbox/<message_id>")
def message(ask: Ask, message_id: str) -> Response:
    """One message, with the link to what it is about."""

    def read(work: Store) -> Mapping[str, object]:
        parsed = parse_uuid(message_id)
        found = None if parsed is None else box.message(work, parsed, everybody=_reads_all(ask, work))
        if found is None:
            raise NotFound("message")
        link = safe_next(found.link)
        return {"message": found, "link": "" if link == HOME else link}

    return show(ask, "message.html", read)


def _reads_all(ask: Ask, work: Store) -> bool:
    return work.actor.is_admin or ask.desk.settings.demo
