"""What the server loads in each of its processes: the application behind the front that receives its requests."""

from app import wsgi
from app.desk import desk_of
from app.front import Front

THREADS = 16


def make() -> Front:
    """The application with its worker thread (see `app.wsgi`), answering in 16 threads."""
    app = wsgi.make()
    desk = desk_of(app)
    # The server ends its processes without Python's exit functions, but it tells the application before.
    return Front(app, threads=THREADS, patience=desk.settings.body_seconds, end=desk.end)
