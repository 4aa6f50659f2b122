"""Who may open tickets of a service: one rule for the catalogue, the start form, its saved answers and opening."""

from collections.abc import Set

from engine.errors import NotFound
from engine.permitting import READERS
from engine.ports.cases import Opening, Work
from engine.rulings import grants_of
from engine.values.actors import Actor, Grant
from engine.values.processes import RunningDeployment


def opens(actor: Actor, roles: Set[str]) -> bool:
    """Whether the actor holds one of the start event's roles, for some business at least; everybody may without any."""
    return not roles or any(grant.role in roles for grant in actor.grants)


def opener_grants(deployment: RunningDeployment, *, business: str | None) -> tuple[Grant, ...]:
    """The roles of the start event: what the file names, or what the deployment bound."""
    return grants_of(deployment.definition.start_event(), deployment=deployment, business=business)


def find_service(work: Work, service: str, *, readers: bool = False) -> Opening:
    """A service that the actor may open, or (`readers`) whose configuration the actor reads anyway.

    Raises: NotFound when there is no such service, or it is none of the actor's.
    """
    opening = work.cases.opening(service)
    actor = work.actor
    if opening is None:
        raise NotFound("service")
    if opening.deployment is None or (readers and actor.permissions & READERS):
        return opening
    if not opens(actor, {grant.role for grant in opener_grants(opening.deployment, business=None)}):
        raise NotFound("service")
    return opening
