"""The audit: what happened to the installation, who did it, and from where."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Holding
from app.api.noun import Noun
from app.api.reading import keys
from app.api.schemas.people import AuditPage, AuditQuery
from app.api.showing import people as show
from app.asking import Ask
from engine.queries import people as queries
from engine.values.actors import Permission

noun = Noun("audit", "What happened to the installation")


@noun.operation(
    "GET",
    "/audit",
    allow=Holding.any_of(Permission.ADMIN, Permission.AUDITOR),
    query=AuditQuery,
    answer=AuditPage,
    etag=True,
)
def list_audit(ask: Ask, query: Mapping[str, Any]) -> Response:
    """Sign-ins, changes of the installation and refusals, the newest first; of one subject (`role:ops`) when named."""
    subject = query["subject"]
    return keys(
        ask,
        query,
        lambda work, before, limit: queries.list_audit(work, subject=subject, before=before, limit=limit),
        show.audit_event,
    )
