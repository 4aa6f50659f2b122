"""Signing in and out, and the language of the pages."""

from flask import Response, request

from app.allowing import Public
from app.asking import Ask
from app.cookies import begin_session, end_session
from app.web.blueprint import page
from app.web.reader import COOKIE
from app.web.refusals import Refusal, refusal_of
from app.web.safe_next import safe_next
from app.web.showing import go, show_alone
from bpmn.errors import FaultdeskError
from bpmn.text import EN, ZH
from engine.commands import sign_in as commands
from engine.commands.people import Profile, change_own_profile
from storage.answer import Answer
from storage.sign_in import sign_in
from storage.store import Store

_YEAR = 365 * 24 * 3600


@page("GET", "/login", allow=Public())
def login(ask: Ask) -> Response:
    """The sign-in form."""
    return _form(ask)


@page("POST", "/login", allow=Public())
def log_in(ask: Ask) -> Response:
    """Sign in and go on to where the person wanted to go."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        done = sign_in(
            ask.desk.database,
            name=name,
            password=password,
            address=ask.address,
            agent=ask.agent,
            now=ask.now,
            previous=None if ask.session is None else ask.session.hash,
        )
    except FaultdeskError as error:
        return _form(ask, refusal=refusal_of(error))
    response = go(safe_next(request.form.get("next")))
    begin_session(response, done.secret, ask.desk.settings)
    if done.user.language:
        remember_language(response, done.user.language, ask)
    return response


@page("POST", "/logout")
def log_out(ask: Ask) -> Response:
    """End this session."""

    def act(work: Store) -> Answer:
        commands.sign_out(work)
        return Answer(status=204)

    ask.perform(act)
    response = go("/login?done=signed-out")
    end_session(response, ask.desk.settings)
    return response


@page("POST", "/language", allow=Public())
def choose_language(ask: Ask) -> Response:
    """Have the pages in another language, in this browser."""
    response = go(safe_next(request.form.get("next")))
    return remember_language(response, request.form.get("language", ""), ask)


@page("POST", "/profile/language")
def choose_own_language(ask: Ask) -> Response:
    """Have the pages, and mails, in another language wherever one signs in."""
    language = request.form.get("language", "")
    if language in (ZH, EN):

        def act(work: Store) -> Answer | FaultdeskError:
            changed = change_own_profile(work, Profile(language=language))
            return changed if isinstance(changed, FaultdeskError) else Answer(status=204)

        ask.perform(act)
    response = go(safe_next(request.form.get("next")))
    return remember_language(response, language, ask)


def remember_language(response: Response, language: str, ask: Ask) -> Response:
    """The response with the cookie by which this browser keeps a language."""
    if language in (ZH, EN):
        response.set_cookie(
            COOKIE, language, max_age=_YEAR, secure=ask.desk.settings.is_https, httponly=True, samesite="Lax"
        )
    return response


def _form(ask: Ask, *, refusal: Refusal | None = None) -> Response:
    wanted = request.form.get("next") if request.method == "POST" else request.args.get("next")
    context = {
        "refusal": refusal,
        "next": safe_next(wanted),
        "name": request.form.get("name", ""),
        "done": request.args.get("done", ""),
        "ended": bool(wanted) and ask.session is not None,
        "demo": ask.desk.settings.demo,
    }
    response = show_alone(ask, "login.html", context, status=200 if refusal is None else refusal.status)
    if refusal is not None and "retry_after" in refusal.params:
        response.headers["Retry-After"] = str(refusal.params["retry_after"])
    return response
