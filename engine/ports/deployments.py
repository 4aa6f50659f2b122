"""Where deployments are kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from engine.values.processes import Deployment


class Deployments(Protocol):
    """Versions that an admin has put into service; nothing about one changes but that it is retired."""

    def get(self, process_id: UUID, number: int) -> Deployment | None:
        """The deployment of a process with this number."""

    def of_version(self, process_id: UUID, version: int) -> tuple[int, ...]:
        """The numbers of the deployments of a version, retired ones too."""

    def page(self, process_id: UUID, *, before: int | None, limit: int) -> tuple[Deployment, ...]:
        """The newest deployments first, from before this number on."""

    def newest(self, process_id: UUID) -> int:
        """The highest number given so far, 0 before the first."""

    def add(self, deployment: Deployment, *, roles: Mapping[str, bool]) -> None:
        """Queue a new deployment with every role its nodes name, and whether holders of it may claim a task."""

    def retire(self, deployment_id: UUID, *, at: datetime) -> None:
        """Queue that it takes no new tickets."""
