"""What the server loads in each of its processes: the application behind the front that receives its requests."""

from app import wsgi
from app.desk import desk_of
from app.front import Front

THREADS = 16


def make() -> Front:
    """The application with its worker thread (see `app.wsgi`), answering in 16 threads."""
    app = wsgi.make()
    # Files are left to the server, which reads on only as fast as the reader takes them.
    app.config["USE_X_SENDFILE"] = True
    desk = desk_of(app)
    # The server ends its processes without Python's exit functions, but it tells the application before.
    return Front(app, threads=THREADS, patience=desk.settings.body_seconds, end=desk.end)
