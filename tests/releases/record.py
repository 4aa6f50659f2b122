"""`make record-release`: keep what this release writes, for every later one to go on with.

It is to be run anew whenever the schema or a stored format changes, until the version is released; from then on its
folder stays as it is.
"""

import hashlib
import json
import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import migrations
from storage import tables as t
from storage.backup import backup
from storage.database import Database
from tests.app.api.client import make_api
from tests.releases import finishing, positions
from tests.releases.installation import PASSWORD, READER, build
from tests.releases.kept import RELEASES, ROOT, is_released, migration_sums, version
from tests.support.postgres import running_cluster

NEVER_WRITTEN = frozenset({"setting"})
"""Tables that this release writes nothing into."""
LARGEST = 1_000_000

JSON = dict[str, Any]


def main() -> None:
    """Record the release that pyproject.toml names."""
    if is_released(version()):
        sys.exit(f"{version()} is released: what it wrote is kept as it is. Give pyproject.toml the next version.")
    with tempfile.TemporaryDirectory() as scratch, running_cluster() as cluster:
        made = Path(scratch) / version()
        made.mkdir()
        told = {
            "sqlite": _record(f"sqlite:///{scratch}/desk.db", Path(scratch), made / "sqlite.tar.gz"),
            "postgresql": _record(cluster.create_database(), Path(scratch), made / "postgresql.tar.gz"),
        }
        _write_story(made, told)
        positions.write(made, positions.record())
        size = sum(path.stat().st_size for path in made.iterdir())
        assert size < LARGEST, size
        shutil.rmtree(RELEASES / version(), ignore_errors=True)
        shutil.copytree(made, RELEASES / version())
    print(f"{(RELEASES / version()).relative_to(ROOT)}: {size} bytes")


def _record(url: str, scratch: Path, archive: Path) -> JSON:
    """Build, keep, and only then bring every ticket to its end; what a reader of the archive has to know."""
    with closing(_Disposed(url)) as opened:
        database = opened.database
        migrations.upgrade(database)
        api = make_api(database, scratch / archive.name.partition(".")[0])
        town = build(api)
        session = _signed_in(api)
        tokens = {name: api.token_of(name) for name in ("root", "alice", "bob", "bob2", "carol", "dave", "audrey")}
        assert _empty(database) <= NEVER_WRITTEN, _empty(database)
        backup(database, scratch / archive.name.partition(".")[0] / "attachments", archive)
        ids = finishing.numbers(api)
        at = api.clock().isoformat()
        before = {number: finishing.standing(api, ticket) for number, ticket in ids.items()}
        moves = {number: finishing.plan_and_finish(api, ticket) for number, ticket in ids.items()}
        stories = {number: finishing.story(api, ticket) for number, ticket in ids.items()}
    states = {number: what for what, number in town.tickets.items()}
    tickets = {
        number: {"is": states[number], "before": before[number], "moves": moves[number], "story": stories[number]}
        for number in ids
    }
    return {"secrets": {"session": session, "tokens": tokens}, "at": at, "tickets": tickets}


class _Disposed:
    """A database that is closed at the end."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)

    def close(self) -> None:
        """Close its connections."""
        self.database.dispose()


def _signed_in(api: Any) -> str:
    """The cookie of a session that a password began."""
    answer = api.client().post("/api/v1/session", json={"name": READER, "password": PASSWORD})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0])


def _empty(database: Database) -> set[str]:
    """The tables without a row."""
    with database.engine.connect() as connection:
        return {
            table.name
            for table in t.metadata.sorted_tables
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is None
        }


def _write_story(made: Path, told: dict[str, JSON]) -> None:
    """One story for both databases, but for the secrets, which are random."""
    secrets = {backend: each.pop("secrets") for backend, each in told.items()}
    assert told["sqlite"] == told["postgresql"]
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(made.iterdir())}
    whole = {**told["sqlite"], "secrets": secrets, "archives": sums, "migrations": migration_sums()}
    (made / "story.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
