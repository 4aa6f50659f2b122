"""What the server loads in each of its processes: the application behind the front that receives its requests."""

from app import wsgi
from app.desk import desk_of
from app.front import Front

THREADS = 16


def make() -> Front:
    """The application with its worker thread (see `app.wsgi`), answering in 16 threads."""
    app = wsgi.make()
    return Front(app, threads=THREADS, patience=desk_of(app).settings.body_seconds)
