"""A small desk: the bundled fault process in service, its people, and the commands as they run for each of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest

from bpmn.canonical import to_json, version_hash
from bpmn.inspection import inspect
from bpmn.model import HUMAN_TASKS, ProcessDefinition
from engine.commands import tasks, tickets
from engine.ids import new_id
from engine.values.events import Upload
from engine.values.processes import Policy
from storage import tables
from storage.answer import Answer
from storage.credentials import TokenCredential
from storage.database import Database
from storage.rows import policy_text
from storage.store import Store
from storage.units import look, perform
from tests.support.clock import Clock
from tests.support.people import add_business, add_role, add_user, insert, issue_token

T = TypeVar("T")

_SECOND = timedelta(seconds=1)
BUNDLED = Path(__file__).parents[2] / "app" / "bundled"

REPORT: dict[str, object] = {
    "title": "部分地区用户集中无法访问网站",
    "business": "website",
    "description": "华东多地用户反馈打不开首页",
    "discovered_at": "2026-11-23T09:40:00+08:00",
    "source": "monitor",
    "category": "network",
    "impact": "high",
    "urgency": "high",
    "sub_category": "link",
    "handling_team": "network",
}
HANDLING: dict[str, object] = {
    "actions_taken": "切换至备用线路",
    "recovered_at": "2026-11-23T10:20:00+08:00",
    "service_restored": "yes",
}
REVIEW: dict[str, object] = {
    "root_cause_known": "yes",
    "root_cause": "主线路光缆中断",
    "timeline": "09:40 发现，10:20 恢复",
    "impact_summary": "约 2 万用户",
    "need_problem": False,
}
ASSESSMENT: dict[str, object] = {"severity_final": "major", "response_rating": 4, "handling_rating": 5}


@dataclass
class Desk:
    """Run commands and queries as anyone of its people; the clock moves one second with each."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    people: dict[str, UUID] = field(default_factory=dict)
    tokens: dict[str, TokenCredential] = field(default_factory=dict)

    def do(self, name: str, command: Callable[[Store], T]) -> T:
        """What the command returned, once it is committed."""
        results: list[T] = []

        def act(work: Store) -> Answer:
            results.append(command(work))
            return Answer(status=200, body={})

        self.clock.at += _SECOND
        perform(self.database, act, credential=self.tokens[name], now=self.clock())
        return results[-1]

    def see(self, name: str, query: Callable[[Store], T]) -> T:
        """What the query gives this person."""
        return look(self.database, query, credential=self.tokens[name], now=self.clock())

    def open(self, name: str = "kefu", service: str = "fault", **answers: object) -> tickets.Opened:
        """Open a ticket with the report above, changed by these answers."""
        return self.do(name, lambda work: tickets.open_ticket(work, service, answers={**REPORT, **answers}))

    def claim(self, name: str, task_id: str) -> tasks.Done:
        """Claim a task."""
        return self.do(name, lambda work: tasks.claim(work, task_id))

    def complete(self, name: str, task_id: str, answers: dict[str, object], **more: Any) -> tasks.Done:
        """Complete a task."""
        return self.do(name, lambda work: tasks.complete(work, task_id, answers=answers, **more))

    def work_on(self, name: str, task_id: str, answers: dict[str, object], **more: Any) -> tasks.Done:
        """Claim and complete a task."""
        self.claim(name, task_id)
        return self.complete(name, task_id, answers, **more)

    def add_person(self, name: str, *, permissions: str = "", grants: tuple[tuple[str, str], ...] = ()) -> None:
        """Someone more, with a token."""
        self.people[name] = add_user(self.database, name, permissions=permissions, grants=grants)
        self.tokens[name] = issue_token(self.database, self.people[name])

    def add_upload(self, name: str, file_name: str = "screen.png", media_type: str = "image/png") -> Upload:
        """A file in this person's own space."""
        upload = Upload(
            id=new_id(),
            user_id=self.people[name],
            sha256="0" * 64,
            name=file_name,
            media_type=media_type,
            size=12,
            expires_at=self.clock().replace(year=2027),
        )
        insert(
            self.database,
            tables.upload,
            **{column.name: getattr(upload, column.name) for column in tables.upload.c if hasattr(upload, column.name)},
        )
        return upload

    def put_in_service(
        self,
        key: str = "fault",
        *,
        content: bytes | None = None,
        definition: ProcessDefinition | None = None,
        policy: Policy | None = None,
        needs_business: bool = True,
    ) -> dict[str, UUID]:
        """A process read from this text (default: the bundled one), deployed and bound to a service of this key.

        A `definition` is taken as it is, without lint, beside the text of another.
        """
        content = content or (BUNDLED / "fault-handling.bpmn").read_bytes()
        definition = definition or inspect(content).definition
        assert definition is not None
        made = {name: new_id() for name in ("process", "deployment", "category", "service")}
        author = self.people["admin"]
        names = {"name_zh": definition.name.default, "name_en": definition.name.in_language("en")}
        insert(
            self.database,
            tables.process,
            id=made["process"],
            key=key,
            kind=definition.kind,
            needs_business=needs_business,
            enabled=True,
            policy=policy_text(policy or Policy()),
            latest_version=1,
            latest_deployment=1,
            created_at=self.clock(),
            **names,
        )
        insert(
            self.database,
            tables.version,
            process_id=made["process"],
            number=1,
            hash=version_hash(definition),
            file_name="x.bpmn",
            content=content,
            definition=to_json(definition),
            verdict="ready",
            findings="[]",
            imported_by=author,
            imported_at=self.clock(),
        )
        insert(
            self.database,
            tables.deployment,
            id=made["deployment"],
            process_id=made["process"],
            number=1,
            version=1,
            role_bindings="{}",
            deployed_by=author,
            deployed_at=self.clock(),
        )
        claiming = {role.key for node in definition.nodes if node.kind in HUMAN_TASKS for role in node.roles}
        for role in {role.key for node in definition.nodes for role in node.roles}:
            row = {"deployment_id": made["deployment"], "role": role, "claims": role in claiming}
            insert(self.database, tables.deployment_role, **row)
        insert(self.database, tables.category, id=made["category"], name_zh="目录")
        insert(
            self.database,
            tables.service,
            id=made["service"],
            key=key,
            category_id=made["category"],
            deployment_id=made["deployment"],
            **names,
        )
        return made


@pytest.fixture
def desk(database: Database) -> Desk:
    """The bundled fault process in service for two businesses, with the people of the demo."""
    return furnish(Desk(database=database))


def furnish(made: Desk) -> Desk:
    """The desk with its roles, businesses and people, and the fault service open."""
    for role in ("customer_service", "qc"):
        add_role(made.database, role)
    for role in ("ops", "product", "ops_lead"):
        add_role(made.database, role, per_business=True)
    for business in ("website", "shop"):
        add_business(made.database, business)
    made.add_person("admin", permissions="admin")
    made.add_person("auditor", permissions="auditor")
    made.add_person("designer", permissions="designer")
    made.add_person("kefu", grants=(("customer_service", ""),))
    made.add_person("yunwei1", grants=(("ops", "website"),))
    made.add_person("yunwei2", grants=(("ops", "website"),))
    made.add_person("shop_ops", grants=(("ops", "shop"),))
    made.add_person("qc", grants=(("qc", ""),))
    made.add_person("eve")
    made.put_in_service()
    return made
