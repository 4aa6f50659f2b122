"""Databases as fixtures: `database_url` runs a test on SQLite and again on PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Cluster, running_cluster
from tests.support.postgres_machine import PostgresAbsentError
from tests.support.roundtrips import RoundTripProxy


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The cluster of this test process, started when first asked for.

    Without PostgreSQL installed the test is skipped; with CI=true it fails, so that CI cannot pass by
    leaving half the tests out.
    """
    try:
        with running_cluster() as cluster:
            yield cluster
    except PostgresAbsentError as absent:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"{absent}, and CI=true forbids leaving its tests out", pytrace=False)
        pytest.skip(str(absent))


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh, empty PostgreSQL database, dropped after the test."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The SQLAlchemy URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'faultdesk.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The SQLAlchemy URL of a fresh, empty database: the test runs as [sqlite] and as [postgresql]."""
    # Asked for by name, so that the SQLite half neither needs nor starts PostgreSQL.
    chosen: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return chosen


@pytest.fixture(scope="session")
def round_trips(postgres: Cluster) -> Iterator[RoundTripProxy]:
    """A proxy in front of the cluster; connect through `round_trips.url(...)` to have trips counted."""
    with RoundTripProxy(host=postgres.host, port=postgres.port) as proxy:
        yield proxy
