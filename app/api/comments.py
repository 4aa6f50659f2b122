"""Comments on tickets."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.reading import done, listed
from app.api.schemas.common import PageQuery
from app.api.schemas.tickets import CommentPage, CommentShown, CommentTaken
from app.api.showing import tickets as show
from app.asking import Ask
from app.cursors import text_cursor, text_of
from engine.commands import comments
from engine.queries import tickets as queries
from storage.answer import Answer
from storage.store import Store

noun = Noun("comments", "What people say on a ticket")

Taken = Mapping[str, Any]


@noun.operation(
    "GET", "/tickets/<ticket_id>/comments", allow=SignedIn(), query=PageQuery, answer=CommentPage, etag=True
)
def list_comments(ask: Ask, query: Taken, ticket_id: str) -> Response:
    """Comments in order, the internal ones only for those who see them."""

    def read(work: Store) -> dict[str, object]:
        after = int(text_of(ask, work.actor, query["cursor"]) or 0)
        found = queries.comments(work, ticket_id, after=after, limit=query["limit"])
        files = queries.attachments(work, ticket_id)
        said = (show.comment(each, tuple(f for f in files if f.comment_seq == each.seq)) for each in found.items)
        return listed(said, text_cursor(ask, work.actor, found.after))

    return shown(ask.look(read))


@noun.operation(
    "POST",
    "/tickets/<ticket_id>/comments",
    allow=SignedIn(),
    body=CommentTaken,
    answer=CommentShown,
    status=201,
    location=True,
)
def add_comment(ask: Ask, body: Taken, ticket_id: str) -> Answer:
    """Say something, with files; an internal comment is not shown to requester and followers."""

    def act(work: Store) -> Answer:
        said, files = comments.comment(work, ticket_id, **body)
        return done(show.comment(said, files), status=201, location=f"/api/v1/tickets/{ticket_id}/comments")

    return ask.perform(act)
