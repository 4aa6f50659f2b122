"""Deployments in their tables. The only thing that changes about one is that it is retired, once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from engine.values.processes import Deployment
from storage import tables as t
from storage.channel import Statement
from storage.json import dumps, loads
from storage.rows import person_columns, person_of
from storage.types import Moment
from storage.work import Work

_LAST = (1 << 31) - 1
_COLUMNS = (
    *(column for column in t.deployment.c if column.name != "deployed_by"),
    t.process.c.key.label("process_key"),
    *person_columns(t.user, "deployer"),
)
_JOINED = t.deployment.join(t.process, t.process.c.id == t.deployment.c.process_id).join(
    t.user, t.user.c.id == t.deployment.c.deployed_by
)
_DEPLOYMENTS = sa.select(*_COLUMNS).select_from(_JOINED)
_OF_PROCESS = t.deployment.c.process_id == bindparam("process_id", type_=sa.Uuid)

_GET = _DEPLOYMENTS.where(_OF_PROCESS, t.deployment.c.number == bindparam("number", type_=sa.Integer))
_OF_VERSION = (
    sa.select(t.deployment.c.number)
    .where(_OF_PROCESS, t.deployment.c.version == bindparam("version", type_=sa.Integer))
    .order_by(t.deployment.c.number)
)
_PAGE = (
    _DEPLOYMENTS.where(_OF_PROCESS, t.deployment.c.number < bindparam("before", type_=sa.Integer))
    .order_by(t.deployment.c.number.desc())
    .limit(bindparam("limit", type_=sa.Integer))
)
_NEWEST = sa.select(t.process.c.latest_deployment).where(t.process.c.id == bindparam("process_id", type_=sa.Uuid))
_ADD = sa.insert(t.deployment)
_ADD_ROLES = sa.insert(t.deployment_role)
_REMEMBER = (
    sa.update(t.process)
    .where(t.process.c.id == bindparam("of_process", type_=sa.Uuid))
    .values(latest_deployment=bindparam("of_number", type_=sa.Integer))
)
_RETIRE = (
    sa.update(t.deployment)
    .where(t.deployment.c.id == bindparam("of_deployment", type_=sa.Uuid), t.deployment.c.retired_at.is_(None))
    .values(retired_at=bindparam("at", type_=Moment))
)


class DeploymentStore:
    """See engine.ports.deployments."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, process_id: UUID, number: int) -> Deployment | None:
        """See Deployments."""
        if not 0 < number < _LAST:
            return None
        return self._one(Statement(_GET, {"process_id": process_id, "number": number}))

    def of_version(self, process_id: UUID, version: int) -> tuple[int, ...]:
        """See Deployments."""
        [found] = self._work.read(Statement(_OF_VERSION, {"process_id": process_id, "version": version}))
        return tuple(row.number for row in found)

    def page(self, process_id: UUID, *, before: int | None, limit: int) -> tuple[Deployment, ...]:
        """See Deployments."""
        parameters = {"process_id": process_id, "before": _LAST if before is None else before, "limit": limit}
        [found] = self._work.read(Statement(_PAGE, parameters))
        return tuple(_deployment(row) for row in found)

    def newest(self, process_id: UUID) -> int:
        """See Deployments."""
        [found] = self._work.read(Statement(_NEWEST, {"process_id": process_id}))
        return int(found[0].latest_deployment) if found else 0

    def add(self, deployment: Deployment, *, roles: Mapping[str, bool]) -> None:
        """See Deployments."""
        row = {
            "id": deployment.id,
            "process_id": deployment.process_id,
            "number": deployment.number,
            "version": deployment.version,
            "role_bindings": dumps(dict(deployment.role_bindings)),
            "message": deployment.message,
            "deployed_by": deployment.deployed_by.id,
            "deployed_at": deployment.deployed_at,
        }
        self._work.write(_ADD, row)
        role_rows = [{"deployment_id": deployment.id, "role": role, "claims": claims} for role, claims in roles.items()]
        if role_rows:
            self._work.write(_ADD_ROLES, role_rows)
        self._work.write(_REMEMBER, {"of_process": deployment.process_id, "of_number": deployment.number})

    def retire(self, deployment_id: UUID, *, at: datetime) -> None:
        """See Deployments."""
        self._work.write(_RETIRE, {"of_deployment": deployment_id, "at": at})

    def _one(self, statement: Statement) -> Deployment | None:
        [found] = self._work.read(statement)
        return _deployment(found[0]) if found else None


def _deployment(row: Any) -> Deployment:
    deployer = person_of(row, "deployer")
    assert deployer is not None
    return Deployment(
        id=row.id,
        process_id=row.process_id,
        process_key=row.process_key,
        number=row.number,
        version=row.version,
        role_bindings=loads(row.role_bindings),
        deployed_by=deployer,
        deployed_at=row.deployed_at,
        message=row.message,
        retired_at=row.retired_at,
    )
