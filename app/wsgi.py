"""What the WSGI server loads in each of its processes: the application, and beside it the worker that drains jobs."""

import atexit
import gc
import logging

from flask import Flask

from app.desk import desk_of
from app.factory import create_app
from app.logs import configure_logs
from app.settings import settings_from
from app.worker.duties import duties
from app.worker.runner import Runner


def make() -> Flask:
    """The application with a worker thread of its own, which is stopped with the process."""
    settings = settings_from()
    # In a demo the terminal shows who to sign in as; a line for every request would push that away.
    configure_logs(level=logging.WARNING if settings.demo else logging.INFO)
    app = create_app(settings)
    desk = desk_of(app)
    worker = Runner(desk.database, duties(desk.database, desk.blobs, desk.settings), now=desk.settings.clock)
    desk.wake = worker.wake
    worker.start()

    def end() -> None:
        try:
            worker.stop()
        finally:
            # SQLite moves its log into the file, and removes the log, when the last connection is closed.
            desk.database.dispose()

    desk.end = end
    atexit.register(end)
    _spare_the_collector()
    return app


def _spare_the_collector() -> None:
    """Let Python look for cycles less often, and never among what stands for the life of the process.

    A request leaves almost none behind, and looking through all routes, schemas and statements again and again took an
    eighth of the server's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
