"""What is removed while somebody else builds on it: the later one is told so."""

import threading

import pytest

from engine.commands import categories, services
from engine.errors import Invalid
from engine.values.processes import Category, Names, Service
from storage.database import Database
from storage.store import Store
from tests.support.acting import do, staff

NAMES = Names(zh="网络")
ANSWER_SECONDS = 10


@pytest.fixture
def category(postgres_database: Database) -> Category:
    """An empty category. SQLite has one writer at a time, so the race is PostgreSQL's alone."""
    staff(postgres_database)
    return do(postgres_database, "root", lambda work: categories.create(work, names=NAMES))


def test_a_service_put_into_a_category_that_goes_meanwhile_is_refused(
    postgres_database: Database, category: Category
) -> None:
    decided, gone = threading.Event(), threading.Event()
    refused: list[str] = []

    def create(work: Store) -> Service:
        made = services.create(work, key="vpn", names=NAMES, category_id=str(category.id))
        decided.set()
        assert gone.wait(ANSWER_SECONDS)
        return made

    def run() -> None:
        with pytest.raises(Invalid) as refusal:
            do(postgres_database, "root", create)
        refused.extend(problem.code for problem in refusal.value.problems)

    thread = threading.Thread(target=run)
    thread.start()
    assert decided.wait(ANSWER_SECONDS)
    do(postgres_database, "root", lambda work: categories.delete(work, str(category.id), revision=1))
    gone.set()
    thread.join(ANSWER_SECONDS)
    assert refused == ["CATEGORY_UNKNOWN"]
