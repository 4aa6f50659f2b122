"""R-15: what every release wrote is restored, upgraded, read and worked to its recorded end by today's code."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from app.cli.main import main
from bpmn.support import RUNS
from storage import jobs
from storage import tables as t
from storage.database import Database
from tests.app.api.client import REPORT, Api, make_api
from tests.releases import finishing, positions
from tests.releases.installation import KEYED, PASSWORD, PNG, READER, WITH_FILE, drain
from tests.releases.kept import RELEASES, is_released, kept, migration_sums, version
from tests.support.clock import Clock
from tests.support.schema import differences, schema

RECORD = "Run `make record-release`, and see docs/how-to/add-a-migration.md."

JSON = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A release's installation, restored and upgraded, with the present moment that of its recording."""

    api: Api
    told: JSON
    secrets: JSON
    new: Database
    """A new installation's database of the same kind."""
    environment: dict[str, str]

    def number_of(self, what: str) -> str:
        """The number of the ticket that stands for this."""
        return next(str(number) for number, each in self.told["tickets"].items() if each["is"] == what)

    def host(self, *command: str) -> str:
        """What a command of today's release prints, which must succeed."""
        done = CliRunner(env=self.environment).invoke(main, command)
        assert done.exit_code == 0, done.output
        return done.output


@pytest.fixture(params=kept())
def release(request: pytest.FixtureRequest) -> Path:
    """The folder of a release."""
    return RELEASES / str(request.param)


@pytest.fixture
def told(release: Path) -> JSON:
    """What is known of the release's installation."""
    found: JSON = json.loads((release / "story.json").read_text("utf-8"))
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def restored(release: Path, told: JSON, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Restored]:
    """By `faultdesk restore`, as an operator does it; it upgrades on the way."""
    backend = str(request.param)
    new: Database = request.getfixturevalue({"sqlite": "sqlite_database", "postgresql": "postgres_database"}[backend])
    database_url = (
        f"sqlite:///{tmp_path / 'old.db'}" if backend == "sqlite" else request.getfixturevalue("postgres_url")
    )
    database, clock = Database(database_url), Clock()
    clock.at = datetime.fromisoformat(told["at"])
    api = make_api(database, tmp_path / "data", clock=clock)
    environment = {"FAULTDESK_DB": database_url, "FAULTDESK_DATA_DIR": str(tmp_path / "data"), "LC_ALL": "C.UTF-8"}
    made = Restored(api=api, told=told, secrets=told["secrets"][backend], new=new, environment=environment)
    api.tokens |= made.secrets["tokens"]
    made.host("restore", str(release / f"{backend}.tar.gz"))
    yield made
    database.dispose()


def test_r_15_every_ticket_of_a_release_is_worked_to_its_recorded_end(restored: Restored) -> None:
    """R-15. The schema is today's, `check` finds nothing, every page is read, every move has its recorded outcome."""
    api, tickets = restored.api, restored.told["tickets"]
    assert differences(api.database) == []
    assert schema(api.database) == schema(restored.new)
    assert restored.host("check") == "Nothing is wrong.\n"
    ids = finishing.numbers(api)
    assert sorted(ids) == sorted(tickets)
    assert {number: finishing.standing(api, each) for number, each in ids.items()} == {
        number: each["before"] for number, each in tickets.items()
    }
    read_pages(restored, ids)
    keep_promises(restored)
    moves = 0
    for number, each in tickets.items():
        for move in each["moves"]:
            assert finishing.make(api, ids[number], move) == move["outcome"], (number, each["is"], move)
            moves += 1
        assert finishing.story(api, ids[number]) == each["story"], (number, each["is"])
    assert {finishing.standing(api, each)["phase"] for each in ids.values()} == {"closed", "withdrawn", "cancelled"}
    assert run_every_job(api) > 0
    assert restored.host("check") == "Nothing is wrong.\n"
    print(f"{len(tickets)} tickets, {moves} moves")


def run_every_job(api: Api) -> int:
    """How many tries it took; the job that a worker of the release still held is taken from it, as it is gone."""
    api.clock.at += timedelta(minutes=10)
    with api.database.channel(writing=True) as channel:
        channel.commit([jobs.rescue(now=api.clock())])
    tries = drain(api)
    with api.database.engine.connect() as connection:
        states = Counter(connection.execute(sa.select(t.job.c.state)).scalars())
    assert (set(states), states["dead"]) == ({"done", "dead"}, 1)
    return tries


def read_pages(restored: Restored, ids: dict[str, str]) -> None:
    """Every ticket's page, in a session that the release began; its file, byte for byte."""
    browser = restored.api.client()
    browser.set_cookie("faultdesk", restored.secrets["session"])
    for number, ticket in ids.items():
        page = browser.get(f"/tickets/{ticket}")
        assert page.status_code == 200, number
        assert number in page.get_data(as_text=True)
    number = restored.number_of(WITH_FILE)
    [file] = restored.api.ok("GET", f"/tickets/{ids[number]}/attachments", by="root")["items"]
    assert restored.api.get(file["content"], by="root").data == PNG


def keep_promises(restored: Restored) -> None:
    """The first answer to a key, a password, saved answers: what people were told before the upgrade still holds."""
    api = restored.api
    number = restored.number_of(WITH_FILE)
    [task] = api.ok("GET", f"/tickets/{finishing.numbers(api)[number]}", by="root")["tasks"]
    assert api.ok("GET", f"/tasks/{task['id']}/saved-answers", by="bob")["answers"] == {"actions_taken": "半"}
    signed_in = api.client().post("/api/v1/session", json={"name": READER, "password": PASSWORD})
    assert signed_in.status_code == 201
    body, key = {"service": "fault", "answers": REPORT}, {"Idempotency-Key": KEYED}
    again = api.post("/tickets", body, by="alice", headers=key)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.get_json()["number"] == restored.number_of("open")


def test_r_15_every_position_of_a_release_goes_on_as_it_did(release: Path) -> None:
    """R-15, for the engine alone: every accepted element, joins that wait, sub-processes, stuck tokens."""
    found = positions.read(release)
    for each in found:
        assert positions.go_on(each) == each["outcomes"], each["state"]
    print(f"{len(found)} positions, {sum(len(each['moves']) for each in found)} moves")


def test_every_accepted_element_is_among_the_positions_of_this_release() -> None:
    found = positions.read(RELEASES / version())
    places = {row[3] for each in found for row in json.loads(each["state"])["tokens"]}
    assert RUNS - positions.features(found) == frozenset(), RECORD
    assert places == {"o", "w", "i", "s"}, RECORD


def test_this_version_has_a_record() -> None:
    assert version() in kept(), f"{version()} cannot be released without one. {RECORD}"


def test_what_a_release_wrote_and_how_it_migrated_is_never_edited(release: Path, told: JSON) -> None:
    """A migration that was released is history: databases out there have run it."""
    advice = "Put it back, and add a revision." if is_released(release.name) else RECORD
    assert {name: migration_sums().get(name) for name in told["migrations"]} == told["migrations"], advice
    found = {name: hashlib.sha256((release / name).read_bytes()).hexdigest() for name in told["archives"]}
    assert found == told["archives"], advice


def test_a_record_of_this_version_knows_every_migration() -> None:
    told = json.loads((RELEASES / version() / "story.json").read_text("utf-8"))
    assert told["migrations"] == migration_sums(), RECORD
