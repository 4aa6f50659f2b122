"""The application: one per process, made of its settings."""

from flask import Flask

from app.allowing import check_declared
from app.api import register_api
from app.auditing import audit_refusals
from app.desk import EXTENSION, Desk
from app.health import health
from app.metrics import Metrics
from app.passing import watch
from app.problems import handle_problems
from app.settings import Settings, SettingsError
from app.web.register import register_pages
from storage.blobs import BlobDirectory
from storage.database import Database

_FORM_PARTS = 200
_FORM_MEMORY = 1024 * 1024


def create_app(settings: Settings, *, database: Database | None = None) -> Flask:
    """The WSGI application with one database, which is opened here unless it is given.

    Raises: SettingsError `DEBUG_REFUSED` when FLASK_DEBUG is set, UndeclaredError for a route that does not say who may
        use it.
    """
    app = Flask("app", static_folder=None, template_folder=None)
    if app.debug:
        raise SettingsError("DEBUG_REFUSED")
    app.config.update(
        MAX_FORM_PARTS=_FORM_PARTS, MAX_FORM_MEMORY_SIZE=_FORM_MEMORY, PROPAGATE_EXCEPTIONS=False, TESTING=False
    )
    # A second slash is another address, not the same one said carelessly: proxies may judge by the path.
    app.url_map.merge_slashes = False
    desk = Desk(
        settings=settings,
        database=database or Database(settings.database_url),
        blobs=BlobDirectory(settings.data_dir / "attachments"),
        metrics=Metrics(),
    )
    app.extensions[EXTENSION] = desk
    handle_problems(app)
    watch(app, desk)
    audit_refusals(app, desk)
    app.register_blueprint(health)
    register_api(app)
    register_pages(app)
    check_declared(app)
    return app
