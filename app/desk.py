"""The desk: what all requests of one application share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask

from app.limiting import Limiter
from app.metrics import Metrics
from app.settings import Settings
from storage.blobs import BlobDirectory
from storage.database import Database

EXTENSION = "faultdesk"


def _nobody() -> None:
    """Nobody waits for work in this process, or for its end."""


@dataclass(kw_only=True)
class Desk:
    """One application's settings, database, files and measures."""

    settings: Settings
    database: Database
    blobs: BlobDirectory
    metrics: Metrics
    limiter: Limiter = field(default_factory=Limiter)
    wake: Callable[[], None] = _nobody
    """Called after every command: whoever drains jobs in this process sets it."""
    end: Callable[[], None] = _nobody
    """Called when the last request of this process has its answer: jobs that run are ended, connections closed."""


def desk_of(app: Flask) -> Desk:
    """The desk of an application that `create_app` made."""
    desk: Desk = app.extensions[EXTENSION]
    return desk
