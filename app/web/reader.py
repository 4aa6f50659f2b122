"""Who reads a page: in which language and by which clock."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Request, g

from app.asking import Ask
from app.languages import negotiated
from bpmn.text import EN, ZH
from engine.values.actors import Actor
from engine.zone import installation_zone

COOKIE = "faultdesk_language"
"""Remembers the language chosen by somebody who is not signed in."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The reader of one page; `actor` is None for somebody who is not signed in."""

    actor: Actor | None
    language: str
    zone: tzinfo
    now: datetime

    @property
    def is_chinese(self) -> bool:
        """Whether the page speaks Chinese."""
        return self.language == ZH


def reader_of(ask: Ask, request: Request, actor: Actor | None) -> Reader:
    """The reader: their own choice, else this browser's, else what it asks for, else the installation's."""
    language = (actor.language if actor is not None else None) or chosen_language(request, ask.desk.settings.language)
    made = Reader(actor=actor, language=language, zone=zone_of(actor), now=ask.now)
    g.reader = made
    g.language = language
    return made


def chosen_language(request: Request, default: str) -> str:
    """The language of somebody about whom nothing is known but their browser."""
    cookie = request.cookies.get(COOKIE)
    return cookie if cookie in (ZH, EN) else negotiated(request, default)


def zone_of(actor: Actor | None) -> tzinfo:
    """The person's time zone, else the installation's."""
    try:
        return ZoneInfo(actor.time_zone) if actor is not None and actor.time_zone else installation_zone()
    except (ZoneInfoNotFoundError, ValueError):
        return installation_zone()


def reading() -> Reader:
    """The reader of the page that is being made."""
    made: Reader = g.reader
    return made
