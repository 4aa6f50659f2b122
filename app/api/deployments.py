"""Deployments: versions that an admin has put into service."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.allowing import Holding, SignedIn
from app.answers import shown
from app.api.noun import Noun
from app.api.reading import done, keys
from app.api.schemas.common import PageQuery
from app.api.schemas.processes import DeploymentPage, DeploymentShown, DeployTaken
from app.api.showing import processes as show
from app.asking import Ask
from engine.commands import deployments
from engine.queries import processes as queries
from engine.values.actors import Permission
from storage.answer import Answer
from storage.store import Store

noun = Noun("deployments", "Versions in service")

Taken = Mapping[str, Any]
_ADMIN = Holding.any_of(Permission.ADMIN)


@noun.operation(
    "GET", "/processes/<key>/deployments", allow=SignedIn(), query=PageQuery, answer=DeploymentPage, etag=True
)
def list_deployments(ask: Ask, query: Taken, key: str) -> Response:
    """The deployments of a process, the newest first."""
    return keys(
        ask,
        query,
        lambda work, before, limit: queries.list_deployments(work, key, before=before, limit=limit),
        show.deployment,
    )


@noun.operation(
    "POST",
    "/processes/<key>/deployments",
    allow=_ADMIN,
    body=DeployTaken,
    answer=DeploymentShown,
    status=201,
    location=True,
)
def deploy_version(ask: Ask, body: Taken, key: str) -> Answer:
    """Put a version of an enabled process into service; 422 with findings when this installation cannot run it."""
    number, bindings = body["version"], body["role_bindings"]
    # Lint before the locks are taken; the command finds the result in its cache.
    ask.look(lambda work: deployments.examine(work, key, number, bindings))

    def act(work: Store) -> Answer:
        made = deployments.deploy(work, key, number, message=body["message"], role_bindings=bindings)
        address = f"/api/v1/processes/{key}/deployments/{made.number}"
        return done(show.deployment(made), status=201, location=address)

    return ask.perform(act)


@noun.operation(
    "GET",
    "/processes/<key>/deployments/<number:number>",
    allow=SignedIn(),
    answer=DeploymentShown,
    etag=True,
)
def get_deployment(ask: Ask, key: str, number: int) -> Response:
    """One deployment."""
    return shown(show.deployment(ask.look(lambda work: queries.read_deployment(work, key, number))))


@noun.operation(
    "POST",
    "/processes/<key>/deployments/<number:number>/retire",
    allow=_ADMIN,
    answer=DeploymentShown,
)
def retire_deployment(ask: Ask, key: str, number: int) -> Answer:
    """Stop new tickets of a deployment; running ones are not touched."""
    return ask.perform(lambda work: done(show.deployment(deployments.retire(work, key, number))))
