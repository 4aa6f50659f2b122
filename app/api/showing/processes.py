"""Processes, versions, drafts, deployments and the catalogue as JSON."""

from app.api.showing.common import Json, names, names_as_given, person
from app.findings import finding
from engine.queries.catalogue import may_open
from engine.values.actors import Actor
from engine.values.catalogue import Binding, BoundService, Shelf
from engine.values.drafts import Draft
from engine.values.processes import Category, Deployment, Policy, Process, Service, Version


def process(of: Process) -> Json:
    """A process with its policy."""
    return {
        "key": of.key,
        "names": names_as_given(of.names),
        "descriptions": names_as_given(of.descriptions),
        "kind": of.kind.value,
        "needs_business": of.needs_business,
        "owners": [person(each) for each in of.owners],
        "enabled": of.enabled,
        "policy": policy(of.policy),
        "latest_version": of.latest_version or None,
        "created_at": of.created_at,
        "revision": of.revision,
    }


def policy(of: Policy) -> Json:
    """What an admin set when enabling a process."""
    return {
        "notification": {
            "events": list(of.notification.events),
            "channels": list(of.notification.channels),
            "frequency": of.notification.frequency,
        },
        "withdrawal": of.withdrawal.value,
        "withdrawal_task": of.withdrawal_task,
        "urging": of.urging,
    }


def version(of: Version) -> Json:
    """A version with its findings."""
    return {
        "process": of.process_key,
        "number": of.number,
        "hash": of.hash,
        "file_name": of.file_name,
        "verdict": of.verdict,
        "findings": [finding(each) for each in of.findings],
        "imported_by": person(of.imported_by),
        "imported_at": of.imported_at,
        "message": of.message,
    }


def draft(of: Draft) -> Json:
    """A draft with its findings."""
    return {
        "id": str(of.id),
        "process": of.process_key,
        "file_name": of.file_name,
        "verdict": of.verdict,
        "findings": [finding(each) for each in of.findings],
        "author": person(of.author),
        "created_at": of.created_at,
        "updated_at": of.updated_at,
        "revision": of.revision,
    }


def deployment(of: Deployment) -> Json:
    """A deployment."""
    return {
        "process": of.process_key,
        "number": of.number,
        "version": of.version,
        "role_bindings": dict(of.role_bindings),
        "message": of.message,
        "deployed_by": person(of.deployed_by),
        "deployed_at": of.deployed_at,
        "retired_at": of.retired_at,
    }


def category(of: Category) -> Json:
    """A category of the catalogue."""
    return {
        "id": str(of.id),
        "names": names_as_given(of.names),
        "parent_id": None if of.parent_id is None else str(of.parent_id),
        "position": of.position,
        "revision": of.revision,
    }


def service(of: Service) -> Json:
    """A service without what it is bound to."""
    return {
        "key": of.key,
        "names": names_as_given(of.names),
        "purposes": names_as_given(of.purposes),
        "category_id": str(of.category_id),
        "active": of.active,
        "position": of.position,
        "revision": of.revision,
    }


def bound_service(of: BoundService, actor: Actor) -> Json:
    """A service with what it is bound to, and whether the reader may open it."""
    bound = None if of.binding is None else binding(of.binding)
    return {**service(of.service), "binding": bound, "may_open": may_open(actor, of)}


def binding(of: Binding) -> Json:
    """What a service is bound to, and what is newer."""
    return {
        "process": of.process_key,
        "process_names": names(of.process_names),
        "kind": of.kind.value,
        "deployment": of.deployment,
        "version": of.version,
        "enabled": of.enabled,
        "retired": of.retired,
        "needs_business": of.needs_business,
        "newer_version": of.newer_version,
        "newer_deployment": of.newer_deployment,
    }


def shelf(of: Shelf, actor: Actor) -> Json:
    """A branch of the catalogue."""
    return {
        "category": category(of.category),
        "services": [bound_service(each, actor) for each in of.services],
        "shelves": [shelf(each, actor) for each in of.shelves],
    }
