"""The catalogue as read: services with what they are bound to, and the tree of categories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from bpmn.model import ProcessDefinition
from engine.values.processes import Category, Kind, Names, Service


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What a service is bound to, and what is newer."""

    deployment_id: UUID
    deployment: int
    version: int
    process_id: UUID
    process_key: str
    process_names: Names
    kind: Kind
    enabled: bool
    retired: bool
    needs_business: bool
    role_bindings: Mapping[str, str]
    definition: ProcessDefinition
    newest_version: int
    newest_deployment: int
    """The newest that is not retired; the bound one's own number when there is none."""

    @property
    def newer_version(self) -> int | None:
        """The number of a version newer than the bound one."""
        return self.newest_version if self.newest_version > self.version else None

    @property
    def newer_deployment(self) -> int | None:
        """The number of a deployment newer than the bound one."""
        return self.newest_deployment if self.newest_deployment > self.deployment else None

    @property
    def opener_roles(self) -> frozenset[str]:
        """The roles whose holders may open a ticket; empty when everybody may."""
        start = self.definition.start_event()
        bound = self.role_bindings.get(start.id)
        return frozenset({bound} if bound else {role.key for role in start.roles})


@dataclass(frozen=True, kw_only=True)
class BoundService:
    """A service with its binding, None while it has none."""

    service: Service
    binding: Binding | None


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A category with its services and the categories inside it."""

    category: Category
    services: tuple[BoundService, ...] = ()
    shelves: tuple["Shelf", ...] = field(default=())
