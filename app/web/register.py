"""The pages as part of the application: addresses, translations, and what templates may call."""

from flask import Flask
from flask_babel import Babel  # type: ignore[import-untyped]
from jinja2 import StrictUndefined

from app.messages import title_of
from app.web import assets, failing, moments, words
from app.web.answers import value_read
from app.web.blueprint import HERE, web
from app.web.controls import control_id, is_short, numbered
from app.web.editing import state_of
from app.web.pages import account, catalogue, inbox, mailbox, sign_in, task_actions, tasks, ticket_actions, tickets
from app.web.reader import reading
from app.web.refusals import told
from app.web.shell import up_to_99

_PAGES = (account, assets, catalogue, inbox, mailbox, sign_in, task_actions, tasks, ticket_actions, tickets)
"""Imported so that their addresses are declared."""


def register_pages(app: Flask) -> None:
    """Register every page, and have the refusals of pages answered as pages."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(HERE / "translations")
    Babel(app, default_locale="en", locale_selector=_locale)
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(asset=assets.asset_address, told=told, state_of=state_of, title_of=title_of)
    env.filters.update(
        moment=moments.moment,
        age=moments.age,
        iso=moments.iso,
        local_input=moments.local_input,
        status=words.status_word,
        tone=words.status_tone,
        phase=words.phase_word,
        kind=words.kind_word,
        verb=words.action_word,
        done=words.done_word,
        size=words.size_word,
        t=words.in_language,
        counted=up_to_99,
        control_id=control_id,
        short=is_short,
        numbered=numbered,
        value=value_read,
    )
    app.register_blueprint(web)
    failing.handle_pages(app)


def _locale() -> str:
    """Babel's name of the language of the page that is being made."""
    return "zh_CN" if reading().is_chinese else "en"
