"""Processes: their information, and whether they are open for new tickets."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Holding, SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.reading import done, keys
from app.api.schemas.common import PageQuery
from app.api.schemas.processes import EnableTaken, ProcessChangeTaken, ProcessPage, ProcessShown, ProcessTaken
from app.api.showing import processes as show
from app.asking import Ask
from engine.commands import processes
from engine.queries import processes as queries
from engine.values.actors import Permission, Scope
from engine.values.processes import Kind, Names, NotificationPolicy, Policy, Process, Withdrawal
from storage.answer import Answer
from storage.store import Store

noun = Noun("processes", "Processes and whether they are open for new tickets")

Taken = Mapping[str, Any]
_ADMIN = Holding.any_of(Permission.ADMIN)
_CHANGE: dict[str, Any] = {"answer": ProcessShown, "if_match": "required", "etag": True}


@noun.operation("GET", "/processes", allow=SignedIn(), query=PageQuery, answer=ProcessPage, etag=True)
def list_processes(ask: Ask, query: Taken) -> Response:
    """Processes by key: all for designers, admins and auditors, else those that the asker owns."""
    return keys(
        ask, query, lambda work, after, limit: queries.list_processes(work, after=after, limit=limit), show.process
    )


@noun.operation(
    "POST",
    "/processes",
    allow=Holding.any_of(Permission.DESIGNER),
    body=ProcessTaken,
    answer=ProcessShown,
    status=201,
    location=True,
    etag=True,
)
def create_process(ask: Ask, body: Taken) -> Answer:
    """Make a process without a version; importing a file whose process has this id gives it one."""

    def act(work: Store) -> Answer:
        made = processes.create(work, key=body["key"], names=names_in(body["names"]), change=_change(body))
        return _changed(made, status=201, location=f"/api/v1/processes/{made.key}")

    return ask.perform(act)


@noun.operation("GET", "/processes/<key>", allow=SignedIn(), answer=ProcessShown, etag=True)
def get_process(ask: Ask, key: str) -> Response:
    """One process."""
    found = ask.look(lambda work: queries.read_process(work, key))
    return shown(show.process(found), version=found.revision)


# Its owners may do it too, so the route asks for no permission; the command decides.
@noun.operation("PATCH", "/processes/<key>", allow=SignedIn(scope=Scope.ADMIN), body=ProcessChangeTaken, **_CHANGE)
def change_process(ask: Ask, body: Taken, key: str) -> Answer:
    """Change what people read about a process, its kind, its owners (designers and its owners)."""
    return ask.perform(lambda work: _changed(processes.change(work, key, _change(body), revision=ask.if_match)))


@noun.operation("POST", "/processes/<key>/enable", allow=_ADMIN, body=EnableTaken, **_CHANGE)
def enable_process(ask: Ask, body: Taken, key: str) -> Answer:
    """Open the process for new tickets, or give an open one another policy."""
    policy = None if body["policy"] is None else policy_in(body["policy"])
    return ask.perform(lambda work: _changed(processes.enable(work, key, policy=policy, revision=ask.if_match)))


@noun.operation("POST", "/processes/<key>/disable", allow=_ADMIN, **_CHANGE)
def disable_process(ask: Ask, key: str) -> Answer:
    """Stop new tickets; running ones are not touched."""
    return ask.perform(lambda work: _changed(processes.disable(work, key, revision=ask.if_match)))


def names_in(taken: Taken) -> Names:
    """A name as it was sent."""
    return Names(zh=taken["zh"], en=taken["en"])


def policy_in(taken: Taken) -> Policy:
    """A policy as it was sent."""
    notification = taken["notification"]
    return Policy(
        notification=NotificationPolicy(
            events=tuple(notification["events"]),
            channels=tuple(notification["channels"]),
            frequency=notification["frequency"],
        ),
        withdrawal=Withdrawal(taken["withdrawal"]),
        withdrawal_task=taken["withdrawal_task"],
        urging=taken["urging"],
    )


def _change(taken: Taken) -> processes.ProcessChange:
    names, descriptions, kind = taken["names"], taken["descriptions"], taken["kind"]
    return processes.ProcessChange(
        names=None if names is None else names_in(names),
        descriptions=None if descriptions is None else names_in(descriptions),
        kind=None if kind is None else Kind(kind),
        needs_business=taken["needs_business"],
        owners=taken["owners"],
    )


def _changed(process: Process, *, status: int = 200, location: str | None = None) -> Answer:
    return done(show.process(process), status=status, version=process.revision, location=location)
