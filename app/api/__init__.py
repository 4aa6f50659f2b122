"""/api/v1: every noun's operations, the OpenAPI document made from them, and a page to read it."""

from flask import Flask
from flask_smorest import Api

from app.api import (
    attachments,
    audit,
    businesses,
    categories,
    comments,
    deployments,
    directory,
    drafts,
    jobs,
    processes,
    roles,
    services,
    session,
    tasks,
    tickets,
    tokens,
    uploads,
    users,
    versions,
)
from app.api.document import documents
from app.api.noun import Noun
from app.api.numbers import Number, number_schema
from app.api.schemas.common import Problem

VERSION = "1"

NOUNS: tuple[Noun, ...] = (
    session.noun,
    users.noun,
    tokens.noun,
    roles.noun,
    businesses.noun,
    processes.noun,
    versions.noun,
    drafts.noun,
    deployments.noun,
    categories.noun,
    services.noun,
    tickets.noun,
    tasks.noun,
    comments.noun,
    attachments.noun,
    uploads.noun,
    audit.noun,
    jobs.noun,
    directory.noun,
)


class DeskApi(Api):  # type: ignore[misc]
    """flask-smorest's Api with our own answers to errors, and the document served by a declared route."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Errors are answered by `app.problems` alone."""


def register_api(app: Flask) -> None:
    """Register every operation under /api/v1 and the document at /api/openapi.json."""
    app.config.update(API_TITLE="Faultdesk", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
    app.url_map.converters["number"] = Number
    api = DeskApi(app)
    api.register_converter(Number, number_schema)
    for noun in NOUNS:
        api.register_blueprint(noun)
    app.register_blueprint(documents(api))
