"""The first start on an empty database: no account is made; whoever has the one-time link makes the first admin."""

from app.settings import Settings
from engine.commands.links import make_setup_code
from engine.errors import Conflict
from storage.background import in_background
from storage.database import Database


def first_setup_link(settings: Settings, database: Database) -> str | None:
    """A link with a fresh one-time code, valid for an hour; None when there is, or ever was, an admin."""
    try:
        code = in_background(database, make_setup_code, now=settings.clock())
    except Conflict:
        return None
    return f"{settings.base_url}/setup?code={code}"
