"""The installation's time zone: ticket numbers count its days, and FEEL's now() and today() speak in it."""

import os
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MARKER = "zoneinfo/"


@cache
def installation_zone() -> ZoneInfo:
    """FAULTDESK_TZ, else the machine's zone, else UTC.

    Raises: ZoneInfoNotFoundError when FAULTDESK_TZ names no zone.
    """
    named = os.environ.get("FAULTDESK_TZ")
    return ZoneInfo(named) if named else _machine_zone()


def at_home(moment: datetime) -> datetime:
    """The same moment as the installation's clocks show it."""
    return moment.astimezone(installation_zone())


def _machine_zone() -> ZoneInfo:
    target = str(Path("/etc/localtime").resolve())
    name = target.partition(_MARKER)[2]
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
