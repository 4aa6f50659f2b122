"""The directory that lint judges roles by: of a database on this host, or of a running service."""

import json
import os
import urllib.error
import urllib.request
from typing import Any

import click

from app.settings import utc_now
from bpmn.directory import Directory, RoleEntry
from engine.directory import directory_for
from storage.background import in_background
from storage.database import Database

TIMEOUT_S = 10


def directory_from_database(url: str) -> Directory:
    """The roles, businesses and processes of this database."""
    database = Database(url)
    try:
        return in_background(database, lambda work: directory_for(work, None), now=utc_now(), writing=False)
    finally:
        database.dispose()


def directory_from_server(url: str) -> Directory:
    """The same of a running service, asked with the bearer token in FAULTDESK_TOKEN.

    Raises: ClickException when it cannot be had.
    """
    if not url.startswith(("http://", "https://")):
        raise click.UsageError("--server: give an http or https address.")
    token = os.environ.get("FAULTDESK_TOKEN", "")
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        f"{url.rstrip('/')}/api/v1/directory", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return _directory(json.load(answer))
    except (urllib.error.URLError, ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{url} gave no directory: {error}") from None


def _directory(value: dict[str, Any]) -> Directory:
    return Directory(
        roles={
            each["key"]: RoleEntry(key=each["key"], per_business=each["per_business"], members=each["members"])
            for each in value["roles"]
        },
        businesses=tuple(value["businesses"]),
        needs_business=None,
        called=frozenset(value["processes"]),
    )
