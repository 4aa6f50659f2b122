"""A process with a version, a deployment and a service, and tickets of it, written straight into the tables."""

from uuid import UUID

from engine.ids import new_id
from storage import tables
from storage.database import Database
from tests.support.people import NOW, add_user, insert


def add_bound_service(database: Database, key: str = "fault") -> dict[str, UUID]:
    """The ids of everything that stands behind a service that is bound to a deployment; its content is empty."""
    made = {name: new_id() for name in ("process", "deployment", "category", "service")}
    author = made["author"] = add_user(database, f"author-of-{key}")
    by = {"imported_by": author, "imported_at": NOW}
    text = {"file_name": "x.bpmn", "content": b"x", "definition": b"{}", "verdict": "ready", "findings": "[]"}
    insert(
        database, tables.process, id=made["process"], key=key, name_zh=key, kind="incident", policy="{}", created_at=NOW
    )
    insert(database, tables.version, process_id=made["process"], number=1, hash=f"hash of {key}", **text, **by)
    insert(
        database,
        tables.deployment,
        id=made["deployment"],
        process_id=made["process"],
        number=1,
        version=1,
        role_bindings="{}",
        deployed_by=author,
        deployed_at=NOW,
    )
    insert(database, tables.category, id=made["category"], name_zh=key)
    insert(
        database,
        tables.service,
        id=made["service"],
        key=key,
        category_id=made["category"],
        name_zh=key,
        deployment_id=made["deployment"],
    )
    return made


def add_ticket(database: Database, made: dict[str, UUID], **more: object) -> UUID:
    """A running ticket of that service without tasks or events."""
    ticket_id = new_id()
    row: dict[str, object] = {
        "id": ticket_id,
        "kind": "incident",
        "title": "t",
        "status": "NEW",
        "phase": "running",
        "suspended": False,
        "process_id": made["process"],
        "deployment_id": made["deployment"],
        "service_id": made["service"],
        "requester_id": made["author"],
        "opened_at": NOW,
        "events": 0,
        "last_hash": b"",
        "last_seq": 0,
    }
    insert(database, tables.ticket, **{**row, **more})
    return ticket_id
