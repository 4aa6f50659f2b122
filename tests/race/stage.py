"""A served process over a database with the people of the races, everything else put in by HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from engine.ids import new_id
from storage import migrations, tables
from storage.checks import check_ticket
from storage.credentials import hash_of, new_secret
from storage.database import Database
from storage.store import Store
from storage.units import look
from tests.race.calling import Caller, Reply
from tests.scenario.serving import Service, served
from tests.support.people import add_business, add_role, add_user

T = TypeVar("T")

OPS = 32
TOKENS = 16
"""Tokens of each person: the limit of tickets a minute is one token's."""
BUSINESS = "website"

_PEOPLE: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "admin": ("admin", ()),
    "auditor": ("auditor", ()),
    "designer": ("designer", ()),
    "kefu": ("", (("customer_service", ""),)),
    "qc": ("", (("qc", ""),)),
    "eve": ("", ()),
    **{f"ops{number}": ("", (("ops", BUSINESS),)) for number in range(1, OPS + 1)},
}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The service, its people by name, and its database beside it."""

    service: Service
    database: Database
    people: dict[str, Caller]

    def __getitem__(self, name: str) -> Caller:
        return self.people[name]

    def moved(self, service: Service) -> "Stage":
        """The same people at another service over the same database."""
        people = {name: person.at(service.url) for name, person in self.people.items()}
        return Stage(service=service, database=self.database, people=people)

    def open(self, service: str, title: str = "t", **more: str) -> Reply:
        """Customer service opens a ticket."""
        answers = {"title": title, "business": BUSINESS}
        return self["kefu"].send("POST", "tickets", {"service": service, "answers": answers}, **more)

    def opened(self, service: str) -> Any:
        """A new ticket, as the opener sees it."""
        reply = self.open(service)
        assert reply.status == 201, (reply.status, reply.body)
        return reply.body

    def task(self, ticket: str, element: str) -> Any:
        """The live task of this element."""
        [found] = [each for each in self["auditor"].gets(f"tickets/{ticket}")["tasks"] if each["element"] == element]
        return found

    def timeline(self, ticket: str) -> list[Any]:
        """Every event of a ticket, in order."""
        return list(self.all_of(f"tickets/{ticket}/timeline"))

    def all_of(self, path: str) -> Iterator[Any]:
        """Every item of a list, page after page, as the auditor sees it."""
        mark = "&" if "?" in path else "?"
        cursor: str | None = ""
        while cursor is not None:
            page = self["auditor"].gets(f"{path}{mark}limit=100{cursor}")
            yield from page["items"]
            cursor = f"&cursor={page['next']}" if page["next"] else None

    def sound(self, *tickets: str) -> None:
        """Assert that the invariants hold: of these tickets, else of the whole installation by `faultdesk check`."""
        if not tickets:
            said = self.service.host("check")
            assert (said.returncode, said.stdout) == (0, "Nothing is wrong.\n"), said.stdout + said.stderr
        found = self.reads(lambda work: [each for one in tickets for each in check_ticket(work, UUID(one))])
        assert found == []

    def reads(self, query: Callable[[Store], T]) -> T:
        """What the database itself says."""
        return look(self.database, query, now=datetime.now(UTC))

    def asks(self, text: str, **values: object) -> Any:
        """The rows of a statement."""
        with self.database.engine.connect() as connection:
            return connection.execute(sa.text(text), values).fetchall()


@contextmanager
def staged(database_url: str, directory: Path, *, reach: Callable[[Database], str] | None = None) -> Iterator[Stage]:
    """The stage over an empty database; `reach` gives the address at which the service finds it."""
    database = Database(database_url)
    migrations.upgrade(database)
    secrets = furnish(database)
    with served((reach or _address)(database), directory) as service:
        people = {name: Caller(service.url, name, held) for name, held in secrets.items()}
        yield Stage(service=service, database=database, people=people)
    database.dispose()


def _address(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def furnish(database: Database) -> dict[str, list[str]]:
    """The people of the races with their tokens' secrets, by name; one transaction each would take seconds."""
    add_business(database, BUSINESS)
    for role in ("customer_service", "qc"):
        add_role(database, role)
    add_role(database, "ops", per_business=True)
    secrets: dict[str, list[str]] = {}
    rows = []
    for name, (permissions, grants) in _PEOPLE.items():
        user = add_user(database, name, permissions=permissions, grants=grants)
        secrets[name] = [new_secret() for _ in range(TOKENS)]
        rows += [_token(user, secret) for secret in secrets[name]]
    with database.engine.begin() as connection:
        connection.execute(sa.insert(tables.token), rows)
    return secrets


def _token(user: UUID, secret: str) -> dict[str, object]:
    now = datetime.now(UTC)
    return {
        "id": new_id(),
        "hash": hash_of(secret),
        "user_id": user,
        "name": "race",
        "scopes": "read write admin",
        "created_at": now,
        "expires_at": now + timedelta(days=1),
    }


def put_in_service(stage: Stage, process: str, service: str, content: bytes) -> None:
    """Import, enable, deploy and bind a process, so that tickets of this service can be opened."""
    designer, admin = stage["designer"], stage["admin"]
    designer.posts("versions", content)
    designer.changes(f"processes/{process}", {"needs_business": True}, method="PATCH")
    admin.changes(f"processes/{process}", {}, by="/enable")
    admin.posts(f"processes/{process}/deployments", {"version": 1})
    category = admin.posts("categories", {"names": {"zh": service, "en": service}})
    admin.posts("services", {"key": service, "names": {"zh": service}, "category_id": category["id"]})
    bind(stage, service, process, 1)


def bind(stage: Stage, service: str, process: str, deployment: int) -> None:
    """Let new tickets of the service run through this deployment."""
    stage["admin"].changes(f"services/{service}", {"process": process, "deployment": deployment}, by="/bind")
