"""The product under measurement: `faultdesk serve` as anybody starts it, the bundled incident process in service."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.load import Plan
from tests.scenario.people import Person
from tests.scenario.serving import Service, served
from tests.scenario.test_fault_story import (
    ASSESSMENT,
    HANDLING,
    REVIEW,
    TITLE,
    Story,
    enter_people,
    point_1_a_designer_imports_the_process,
    point_2_an_admin_puts_it_into_service,
)

REPORT: dict[str, Any] = {
    "title": TITLE,
    "business": "website",
    "description": "华东、华南多地用户反馈首页打不开。",
    "discovered_at": "2026-11-23T09:40:00+08:00",
    "source": "monitor",
    "category": "network",
    "sub_category": "cdn",
    "regions": ["east", "south"],
    "affected_users": 20_000,
    "impact": "high",
    "urgency": "high",
    "handling_team": "network",
}


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A running desk: its port, its process, and the bearer tokens of its people."""

    port: int
    pid: int
    service: Service
    tokens: dict[str, str] = field(repr=False)
    openers: list[str] = field(repr=False)
    """Tokens of customer service: one may open only so many tickets in a minute."""

    def plan(self, *, clients: int, tickets: int, keyed: bool = False) -> Plan:
        """Tickets of four tasks: handled in vain, handled, reviewed, assessed."""
        steps = [
            ("wei", {"answers": {**HANDLING, "service_restored": "no"}}),
            ("li", {"answers": HANDLING}),
            ("wei", {"answers": REVIEW}),
            ("chen", {"answers": ASSESSMENT, "outcome": "pass"}),
        ]
        return Plan(
            port=self.port,
            clients=clients,
            tickets=tickets,
            openers=self.openers,
            opening=json.dumps({"service": "fault", "answers": REPORT}),
            steps=[[self.tokens[who], json.dumps(body)] for who, body in steps],
            keyed=keyed,
        )


_OPENERS = 40


@contextmanager
def desk(database_url: str, directory: Path, *, code: Path | None = None) -> Iterator[Bench]:
    """A desk over an empty database, ready for the bench's tickets. `code` names another checkout to run."""
    with served(database_url, directory, code=code) as service:
        story = Story(service)
        enter_people(story)
        point_1_a_designer_imports_the_process(story)
        point_2_an_admin_puts_it_into_service(story)
        tokens = {name: person.token for name, person in story.people.items()}
        openers = [_another_token(story.kefu) for _ in range(_OPENERS)]
        for person in story.people.values():
            person.close()
        port = urlsplit(service.url).port
        assert port is not None
        yield Bench(port=port, pid=service.pid, service=service, tokens=tokens, openers=openers)


def _another_token(person: Person) -> str:
    expires = datetime.now(UTC) + timedelta(days=1)
    made = person.makes("tokens", {"name": "bench", "scopes": ["read", "write"], "expires_at": expires.isoformat()})
    return str(made["secret"])
