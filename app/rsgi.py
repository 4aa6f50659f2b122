"""What the server loads in each of its processes: the application behind the front that receives its requests."""

import signal
import threading

from app import wsgi
from app.desk import desk_of
from app.front import Front

THREADS = 16


def make() -> Front:
    """The application with its worker thread (see `app.wsgi`), answering in 16 threads."""
    _be_mortal()
    app = wsgi.make()
    desk = desk_of(app)
    # The server ends its processes without Python's exit functions, but it tells the application before.
    return Front(app, threads=THREADS, patience=desk.settings.body_seconds, end=desk.end)


def _be_mortal() -> None:
    """Die of a signal until the server takes over: a process that it has just forked still has its parent's handlers,
    which would swallow the order to end, and the parent would wait for it for ever."""
    if threading.current_thread() is threading.main_thread():
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
