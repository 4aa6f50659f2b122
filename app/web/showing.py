"""Making a page: what it reads, the shell around it, and the response."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, render_template, request

from app.asking import Ask
from app.csrf import csrf_token
from app.web.reader import Reader, reader_of
from app.web.safe_next import came_from
from app.web.shell import Shell, shell_of
from app.web.translating import forget
from engine.values.actors import Actor
from storage.store import Store

Context = Mapping[str, object]


def show(
    ask: Ask,
    template: str,
    read: Callable[[Store], Context],
    *,
    status: int = 200,
) -> Response:
    """A page for somebody signed in: `read` gives what it shows, in one look at the database.

    Raises: what `read` raises.
    """

    def both(work: Store) -> tuple[Actor, Shell, Context]:
        actor = work.actor
        # What is read may be put into words at once.
        reader_of(ask, request, actor)
        made = read(work)
        return actor, shell_of(work), made

    actor, shell, context = ask.look(both)
    return page_of(ask, template, {**context, "shell": shell}, actor=actor, status=status)


def show_alone(ask: Ask, template: str, context: Context, *, status: int = 200) -> Response:
    """A page for somebody who need not be signed in, without the shell."""
    return page_of(ask, template, {**context, "shell": None}, actor=None, status=status)


def go(address: str) -> Response:
    """To another page of ours, by GET (RFC 9110, 15.4.4)."""
    return Response(status=303, headers={"Location": address})


def page_of(ask: Ask, template: str, context: Context, *, actor: Actor | None, status: int) -> Response:
    """The response that carries a page."""
    reader = reader_of(ask, request, actor)
    # Whatever was said before the reader was known may have been in another language.
    forget()
    html = render_template(template, **_surroundings(ask, reader), **context)
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def _surroundings(ask: Ask, reader: Reader) -> dict[str, Any]:
    token = csrf_token(ask.desk.settings, ask.session.hash) if ask.session is not None and reader.actor else ""
    return {"reader": reader, "csrf": token, "here": came_from(), "request_id": ask.request_id}
