"""A person's own account: the first admin's set-up, a new password by an admin's link, the profile."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from flask import Response, request

from app.allowing import Public
from app.asking import Ask
from app.cookies import begin_session, end_session
from app.web.blueprint import page
from app.web.pages.sign_in import remember_language
from app.web.refusals import Refusal, submit
from app.web.showing import go, show, show_alone
from bpmn.errors import FaultdeskError
from engine.commands import links, people
from engine.commands.people import PasswordChanged, Profile
from engine.queries.people import read_me
from storage.answer import Answer
from storage.store import Store

_PROFILE = ("display_name", "language", "time_zone", "email")


@page("GET", "/setup", allow=Public())
def set_up(ask: Ask) -> Response:
    """The form with which the first admin chooses name and password."""
    code = request.args.get("code", "")
    ask.look(lambda work: links.read_setup(work, code))
    return show_alone(ask, "setup.html", {"code": code, "texts": {}, "refusal": None})


@page("POST", "/setup", allow=Public())
def finish_set_up(ask: Ask) -> Response:
    """Make the first admin."""
    texts = request.form.to_dict()

    def act(work: Store) -> Answer:
        profile = Profile(display_name=texts.get("display_name") or texts.get("name", ""))
        links.complete_setup(
            work, texts.get("code", ""), name=texts.get("name", ""), profile=profile, password=texts.get("password", "")
        )
        return Answer(status=201)

    made = submit(ask, act)
    if not isinstance(made, Refusal):
        return go("/login?done=setup")
    return show_alone(
        ask, "setup.html", {"code": texts.get("code", ""), "texts": texts, "refusal": made}, status=made.status
    )


@page("GET", "/reset/<code>", allow=Public())
def reset(ask: Ask, code: str) -> Response:
    """The form for a new password, behind the link an admin handed out."""
    user = ask.look(lambda work: links.read_reset(work, code))
    return show_alone(ask, "reset.html", {"user": user, "refusal": None})


@page("POST", "/reset/<code>", allow=Public())
def finish_reset(ask: Ask, code: str) -> Response:
    """Set the new password."""

    def act(work: Store) -> Answer:
        links.reset_password(work, code, password=request.form.get("password", ""))
        return Answer(status=204)

    made = submit(ask, act)
    if not isinstance(made, Refusal):
        response = go("/login?done=reset")
        end_session(response, ask.desk.settings)
        return response
    user = ask.look(lambda work: links.read_reset(work, code))
    return show_alone(ask, "reset.html", {"user": user, "refusal": made}, status=made.status)


@page("GET", "/profile")
def profile(ask: Ask) -> Response:
    """One's own name, language, zone, address and password."""
    return _profile(ask, {}, None, form="")


@page("POST", "/profile")
def change_profile(ask: Ask) -> Response:
    """Change it; a new address asks for the password."""
    texts = request.form.to_dict()
    wanted = Profile(**{name: texts.get(name) for name in _PROFILE})

    def act(work: Store) -> Answer | FaultdeskError:
        changed = people.change_own_profile(work, wanted, password=texts.get("password") or None)
        return changed if isinstance(changed, FaultdeskError) else Answer(status=204)

    made = submit(ask, act)
    if isinstance(made, Refusal):
        return _profile(ask, texts, made, form="profile")
    return remember_language(go("/profile?done=profile"), texts.get("language", ""), ask)


@page("POST", "/profile/password")
def change_password(ask: Ask) -> Response:
    """Change one's password: every session ends, and this one begins anew."""
    changed: list[PasswordChanged] = []

    def act(work: Store) -> Answer | FaultdeskError:
        done = people.change_own_password(
            work,
            password=request.form.get("password", ""),
            new_password=request.form.get("new_password", ""),
            agent=ask.agent,
        )
        if isinstance(done, FaultdeskError):
            return done
        changed.append(done)
        return Answer(status=204)

    made = submit(ask, act)
    if isinstance(made, Refusal):
        return _profile(ask, {}, made, form="password")
    response = go("/profile?done=password")
    if changed[-1].secret is not None:
        begin_session(response, changed[-1].secret, ask.desk.settings)
    return response


def _profile(ask: Ask, texts: Mapping[str, str], refusal: Refusal | None, *, form: str) -> Response:
    def read(work: Store) -> Mapping[str, object]:
        user = read_me(work)
        held = {name: str(getattr(user, name) or "") for name in _PROFILE}
        return {
            "user": user,
            "texts": {**held, **{name: texts[name] for name in _PROFILE if name in texts}},
            "zones": sorted(available_timezones()),
            "refusal": refusal,
            "refused_form": form,
            "done": request.args.get("done", ""),
        }

    return show(ask, "profile.html", read, status=200 if refusal is None else refusal.status)
