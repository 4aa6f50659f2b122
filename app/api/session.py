"""Signing in and out, one's own account, the first admin's set-up, and resetting a password by a link."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Public, SignedIn
from app.answers import respond, shown
from app.api.noun import Noun
from app.api.reading import NOTHING, done
from app.api.schemas.people import (
    OwnProfileTaken,
    PasswordTaken,
    ResetTaken,
    SessionShown,
    SetupTaken,
    SignInTaken,
    UserShown,
)
from app.api.showing import people as show
from app.asking import Ask
from app.cookies import begin_session, end_session
from app.csrf import csrf_token
from bpmn.errors import FaultdeskError
from engine.commands import links, people, sign_in
from engine.queries import people as queries
from engine.values.actors import Actor, Scope
from engine.values.people import User
from storage.answer import Answer
from storage.credentials import hash_of
from storage.sign_in import sign_in as sign_in_at
from storage.store import Store

noun = Noun("session", "Signing in, one's own account, and the first start")

Taken = Mapping[str, Any]
_PROFILE = ("display_name", "email", "language", "time_zone")


@noun.operation("POST", "/session", allow=Public(), body=SignInTaken, answer=SessionShown, status=201)
def begin(ask: Ask, body: Taken) -> Response:
    """Sign in: the cookie holds a new session, and an earlier one that the browser had ends."""
    made = sign_in_at(
        ask.desk.database,
        name=body["name"],
        password=body["password"],
        address=ask.address,
        agent=ask.agent,
        now=ask.now,
        previous=None if ask.session is None else ask.session.hash,
    )
    response = respond(Answer(status=201, body=_session(ask, made.user, hash_of(made.secret), frozenset(Scope))))
    begin_session(response, made.secret, ask.desk.settings)
    return response


@noun.operation("GET", "/session", allow=SignedIn(), answer=SessionShown, etag=True)
def get_session(ask: Ask) -> Response:
    """Who is asking, and the CSRF token of a session."""

    def read(work: Store) -> dict[str, object]:
        return _session(ask, queries.read_me(work), work.actor.session, work.actor.scopes)

    return shown(ask.look(read))


@noun.operation("DELETE", "/session", allow=SignedIn(), status=204)
def end(ask: Ask) -> Response:
    """Sign out: the session ends at once, everywhere."""

    def act(work: Store) -> Answer:
        sign_in.sign_out(work)
        return NOTHING

    response = respond(ask.perform(act))
    end_session(response, ask.desk.settings)
    return response


@noun.operation("GET", "/me", allow=SignedIn(), answer=UserShown, etag=True)
def get_me(ask: Ask) -> Response:
    """One's own account."""

    def read(work: Store) -> tuple[dict[str, object], int]:
        me = queries.read_me(work)
        return show.user(me, work.actor), me.revision

    body, version = ask.look(read)
    return shown(body, version=version)


@noun.operation("PATCH", "/me", allow=SignedIn(), body=OwnProfileTaken, answer=UserShown, keyed=False)
def change_me(ask: Ask, body: Taken) -> Answer:
    """Change one's own name, language and zone, and with one's password the e-mail address."""

    def act(work: Store) -> Answer | FaultdeskError:
        outcome = people.change_own_profile(work, profile_in(body), password=body["password"])
        return outcome if isinstance(outcome, FaultdeskError) else done(show.user(outcome, work.actor))

    return ask.perform(act, keyed=False)


@noun.operation("PUT", "/me/password", allow=SignedIn(), body=PasswordTaken, status=204, keyed=False)
def change_password(ask: Ask, body: Taken) -> Response:
    """Change one's own password: every other session and every token of one's own ends."""
    secrets: list[str | None] = []

    def act(work: Store) -> Answer | FaultdeskError:
        outcome = people.change_own_password(work, agent=ask.agent, **body)
        if isinstance(outcome, FaultdeskError):
            return outcome
        secrets.append(outcome.secret)
        return NOTHING

    response = respond(ask.perform(act, keyed=False))
    if secrets[-1] is not None:
        begin_session(response, secrets[-1], ask.desk.settings)
    return response


@noun.operation("POST", "/setup", allow=Public(), body=SetupTaken, answer=UserShown, status=201)
def set_up(ask: Ask, body: Taken) -> Answer:
    """Make the first admin, with the code that the host printed; 404 once there was an admin."""

    def act(work: Store) -> Answer:
        made = links.complete_setup(
            work, body["code"], name=body["name"], profile=profile_in(body), password=body["password"]
        )
        return done(show.user(made, _as_actor(made)), status=201)

    return ask.perform(act)


@noun.operation("POST", "/password-resets", allow=Public(), body=ResetTaken, status=204)
def reset_password(ask: Ask, body: Taken) -> Answer:
    """Set a new password by the code of a reset link, which works once and for 30 minutes."""

    def act(work: Store) -> Answer:
        links.reset_password(work, body["code"], password=body["password"])
        return NOTHING

    return ask.perform(act)


def profile_in(taken: Taken) -> people.Profile:
    """A profile as it was sent."""
    return people.Profile(**{name: taken[name] for name in _PROFILE})


def _session(ask: Ask, user: User, session: bytes | None, scopes: frozenset[Scope]) -> dict[str, object]:
    return {
        "user": show.user(user, _as_actor(user)),
        "csrf_token": None if session is None else csrf_token(ask.desk.settings, session),
        "scopes": sorted(scopes),
    }


def _as_actor(user: User) -> Actor:
    """The user as reader of their own account."""
    return Actor(id=user.id, name=user.name, display_name=user.display_name)
