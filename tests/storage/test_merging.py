"""Several statements as one on PostgreSQL: the same rows as one by one, in the same order, or nothing at all."""

import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa

from engine.commands import tasks
from engine.commands.comments import comment
from engine.errors import Busy, Conflict
from engine.ids import new_id
from engine.loading import load_task
from storage import tables as t
from storage.answer import Answer
from storage.channel import Statement, Together
from storage.database import Database
from storage.failures import ERRORS
from storage.merging import can_be_merged
from storage.store import Store
from storage.texts import _cache
from storage.units import perform
from tests.support.desk import Desk, furnish

NOW = datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=UTC)
TEXTS = ["plain", "", 'quo"te \\ back', "line\nbreak\ttab\x01", "故障受理 𠮷 👩‍🚒", "{}", "null", "a" * 5_000]


@pytest.fixture
def desk(postgres_database: Database) -> Desk:
    return furnish(Desk(database=postgres_database))


def add_audit(database: Database) -> list[UUID]:
    """Rows with every type that a column has, and with nulls."""
    ids = [new_id() for _ in TEXTS]
    rows = [
        {
            "id": each,
            "at": NOW + timedelta(microseconds=number),
            "type": "tried",
            "subject": text if number % 2 else None,
            "payload": text,
            "salt": bytes(range(number, number + 16)),
        }
        for number, (each, text) in enumerate(zip(ids, TEXTS, strict=True))
    ]
    with database.channel(writing=True) as channel:
        channel.commit([Statement(sa.insert(t.audit), rows)])
    return ids


def test_merged_reads_give_the_rows_that_each_gives_alone(postgres_database: Database) -> None:
    add_audit(postgres_database)
    everything = Statement(sa.select(t.audit).order_by(t.audit.c.payload.desc(), t.audit.c.id))
    few = Statement(sa.select(t.audit.c.id, t.audit.c.at).order_by(t.audit.c.at.desc()).limit(3))
    none = Statement(sa.select(t.audit).where(t.audit.c.type == "never"))
    numbers = Statement(
        sa.select(
            sa.literal(2**62, sa.BigInteger).label("large"),
            sa.literal(True).label("yes"),
            sa.literal(datetime(9999, 12, 31, 23, 59, 59, 999999, UTC), t.Moment).label("far"),
            sa.cast(sa.null(), sa.Text).label("nothing"),
        )
    )
    statements = [everything, few, none, numbers]
    assert all(can_be_merged(each.clause) for each in statements)
    with postgres_database.channel(writing=False) as channel:
        alone = [channel.ask([each])[0] for each in statements]
        merged = channel.ask(statements)
    assert [[tuple(row) for row in rows] for rows in merged] == [[tuple(row) for row in rows] for rows in alone]
    assert [row._fields for row in merged[0]] == [row._fields for row in alone[0]]
    assert [type(value) for value in merged[0][0]] == [type(value) for value in alone[0][0]]


def test_columns_that_may_hold_megabytes_are_never_turned_into_json() -> None:
    for large in (t.version.c.content, t.version.c.definition, t.draft.c.content):
        assert not can_be_merged(sa.select(large))
        assert not can_be_merged(sa.select(large.label("renamed")))
    assert not can_be_merged(sa.select(t.version))
    assert not can_be_merged(sa.select(sa.func.now())), "a moment that is no Moment"
    assert not can_be_merged(sa.select(sa.literal_column("1.5"))), "nobody said what it is"
    assert not can_be_merged(sa.select(t.ticket.c.id).with_for_update())
    assert not can_be_merged(sa.update(t.ticket).values(title="x").returning(t.ticket.c.id))


def test_what_is_written_together_is_there_or_none_of_it(database: Database) -> None:
    first, second = new_id(), new_id()
    row = {"at": NOW, "type": "tried", "payload": "{}", "salt": b"s"}
    add, seal = sa.insert(t.audit), sa.insert(t.audit_sealed)
    with database.channel(writing=True) as channel:
        channel.commit(
            [
                Together([Statement(add, [{"id": first, **row}, {"id": second, **row}])]),
                Together(
                    [Statement(seal, {"audit_id": first, "seal": 1}), Statement(seal, {"audit_id": second, "seal": 1})]
                ),
            ]
        )
    again = Together(
        [Statement(seal, {"audit_id": new_id(), "seal": 2}), Statement(seal, {"audit_id": first, "seal": 2})]
    )
    with pytest.raises(ERRORS), database.channel(writing=True) as channel:
        channel.commit([again])
    with database.channel(writing=False) as channel:
        [found] = channel.ask([Statement(sa.select(t.audit_sealed.c.seal))])
    assert [each.seal for each in found] == [1, 1]


def test_more_writes_than_fit_into_one_statement_are_written_all_the_same(database: Database) -> None:
    rows = [{"audit_id": new_id(), "seal": 1} for _ in range(120)]
    with database.channel(writing=True) as channel:
        channel.commit([Together([Statement(sa.insert(t.audit_sealed), rows)])])
    with database.channel(writing=False) as channel:
        [[counted]] = channel.ask([Statement(sa.select(sa.func.count().label("some")).select_from(t.audit_sealed))])
    assert counted.some == 120


def test_a_refused_command_leaves_prepared_statements_and_no_transaction(desk: Desk) -> None:
    opened = desk.open()
    [task] = opened.tasks
    desk.claim("yunwei1", task.public_id)

    def refused() -> None:
        with pytest.raises(Conflict):
            desk.claim("yunwei2", task.public_id)

    refused()
    refused()
    before = _prepared(desk.database)
    refused()
    assert _prepared(desk.database) >= before > 0


def _prepared(database: Database) -> int:
    """How many statements the pool's one connection has prepared; it must be idle."""
    with database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        [count] = driver.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()
    return int(count)


def test_who_loses_a_race_comes_again_behind_the_lock_and_sees_what_the_other_did(desk: Desk) -> None:
    [task] = desk.open().tasks
    locked: list[bool] = []

    def overtaken(work: Store) -> tasks.Done:
        locked.append(work.lock_cases)
        done = tasks.claim(work, task.public_id)
        if len(locked) == 1:
            desk.claim("yunwei1", task.public_id)
        return done

    with pytest.raises(Conflict) as refused:
        desk.do("yunwei2", overtaken)
    assert (refused.value.code, refused.value.params["by_name"]) == ("ALREADY_CLAIMED", "yunwei1")
    assert locked == [False, True]


def test_many_at_once_on_one_ticket_never_wait_in_a_circle(desk: Desk) -> None:
    """Each merged write touches the ticket's row first, so that whoever waits for it holds nothing yet."""
    ticket = desk.open().case.ticket
    credential, now = desk.tokens["kefu"], desk.clock()

    def say(number: int) -> None:
        def act(work: Store) -> Answer:
            comment(work, str(ticket.id), text=f"comment {number}", internal=False)
            return Answer(status=200)

        with suppress(Busy):
            perform(desk.database, act, credential=credential, now=now)

    with ThreadPoolExecutor(6) as people:
        list(people.map(say, range(150)))
    with desk.database.engine.connect() as connection:
        sa_text = sa.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert connection.execute(sa_text).scalar() == 0


def test_a_statement_that_was_made_for_one_request_is_forgotten_with_it(database: Database) -> None:
    """Nothing that is kept about a statement keeps the statement itself."""

    def ask(number: int) -> None:
        made = sa.select(t.setting.c.value).where(t.setting.c.key == f"key {number}")
        other = sa.select(t.setting.c.key).where(t.setting.c.key.in_([f"key {number}", "another"]))
        with database.channel(writing=False) as channel:
            channel.ask([Statement(made), Statement(other)])

    for number in range(3):
        ask(number)
    gc.collect()
    before = len(_cache)
    for number in range(40):
        ask(number)
    gc.collect()
    assert len(_cache) <= before


def test_a_list_of_names_makes_no_new_statement_for_each_of_its_lengths(desk: Desk) -> None:
    """What is asked once for each name is sent as often, and prepared once."""

    def ask(length: int) -> None:
        names = [f"nobody{number}" for number in range(length)]

        def look_up(work: Store) -> None:
            work.cases.facts(users=names, uploader=work.actor.id)

        desk.see("kefu", look_up)

    for length in (3, 3, 4, 4):
        ask(length)
    before = _prepared(desk.database)
    for length in range(5, 60):
        ask(length)
        ask(length)
    assert _prepared(desk.database) <= before + 1, "one is the question how many there are"


def test_a_column_that_changed_its_type_under_a_running_service_is_met_with_a_new_connection(desk: Desk) -> None:
    [task] = desk.open().tasks
    for _ in range(3):
        desk.see("yunwei1", lambda work: load_task(work, task.public_id, lock=False))
    with desk.database.engine.connect() as connection:
        connection.execute(sa.text("ALTER TABLE ticket ALTER COLUMN title TYPE varchar(500)"))
    for _ in range(3):
        desk.see("yunwei1", lambda work: load_task(work, task.public_id, lock=False))
