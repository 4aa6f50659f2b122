"""One request, one command, one transaction; safe to send again with a key, safe to run again after a lost race."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa

from bpmn.errors import FaultdeskError
from engine.errors import Busy, Conflict, Forbidden, Invalid, TooMany
from engine.values.actors import Permission
from storage import tables
from storage.answer import Answer
from storage.channel import Statement
from storage.credentials import SessionCredential
from storage.database import Database
from storage.failures import ERRORS
from storage.idempotency import IdempotencyKey
from storage.store import Store
from storage.units import Act, look, perform
from tests.support.people import NOW, add_user, open_session
from tests.support.roundtrips import RoundTripProxy

_SETTING = sa.insert(tables.setting)


@pytest.fixture
def session(database: Database) -> SessionCredential:
    return open_session(database, add_user(database, "alice"))


def refusal(error: FaultdeskError) -> Answer:
    return Answer(status=409, body={"code": error.code})


def key(name: str = "k", body: bytes = b"body") -> IdempotencyKey:
    return IdempotencyKey(key=name, request_hash=body)


def writing(value: str = "v", *, name: str = "s") -> Act:
    def act(work: Store) -> Answer:
        work.admit()
        work.write(_SETTING, {"key": name, "value": value})
        return Answer(status=201, body={"value": value}, headers={"Location": "/" + value})

    return act


def settings(database: Database) -> dict[str, str]:
    with database.engine.connect() as connection:
        return {row.key: row.value for row in connection.execute(sa.select(tables.setting))}


def keyed_rows(database: Database) -> int:
    with database.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(tables.idempotency)) or 0


def test_an_answer_means_that_everything_was_committed(database: Database, session: SessionCredential) -> None:
    answer = perform(database, writing(), credential=session, now=NOW)
    assert (answer.status, answer.replayed, settings(database)) == (201, False, {"s": "v"})


def test_a_raised_refusal_undoes_everything(database: Database, session: SessionCredential) -> None:
    def act(work: Store) -> Answer:
        writing()(work)
        raise Conflict("NO")

    with pytest.raises(Conflict):
        perform(database, act, credential=session, now=NOW)
    assert settings(database) == {}


def test_a_returned_refusal_is_committed_and_then_raised(database: Database) -> None:
    def act(work: Store) -> FaultdeskError:
        writing()(work)
        return TooMany("SLOWER", {"retry_after": 3})

    with pytest.raises(TooMany):
        perform(database, act, now=NOW)
    assert settings(database) == {"s": "v"}


def test_the_same_key_gives_the_first_answer_again(database: Database, session: SessionCredential) -> None:
    first = perform(database, writing(), credential=session, idempotency=key(), now=NOW)
    again = perform(database, writing("other"), credential=session, idempotency=key(), now=NOW)
    assert (again.status, again.body, again.headers) == (first.status, first.body, first.headers)
    assert (first.replayed, again.replayed) == (False, True)
    assert settings(database) == {"s": "v"}


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    database: Database, session: SessionCredential
) -> None:
    perform(database, writing(), credential=session, idempotency=key(), now=NOW)
    with pytest.raises(Invalid) as refused:
        perform(
            database,
            writing(name="t"),
            credential=session,
            idempotency=key(body=b"another"),
            now=NOW,
            on_refusal=refusal,
        )
    assert refused.value.code == "KEY_REUSED"
    assert (settings(database), keyed_rows(database)) == ({"s": "v"}, 1)


def test_a_key_belongs_to_its_actor(database: Database, session: SessionCredential) -> None:
    perform(database, writing(), credential=session, idempotency=key(), now=NOW)
    other = open_session(database, add_user(database, "bob"))
    assert not perform(database, writing(name="t"), credential=other, idempotency=key(), now=NOW).replayed


def test_a_key_is_free_again_after_a_day(database: Database) -> None:
    user_id = add_user(database, "alice")
    perform(database, writing(), credential=open_session(database, user_id), idempotency=key(), now=NOW)
    for later, replayed in ((timedelta(hours=23, minutes=59), True), (timedelta(hours=24), False)):
        session = open_session(database, user_id, at=NOW + later)
        act = writing(name="t")
        answer = perform(database, act, credential=session, idempotency=key(), now=NOW + later)
        assert answer.replayed is replayed
    assert (set(settings(database)), keyed_rows(database)) == ({"s", "t"}, 1)


def test_a_refusal_by_the_domain_is_kept_and_answered_again(database: Database, session: SessionCredential) -> None:
    def refusing(work: Store) -> Answer:
        work.admit()
        writing()(work)
        raise Conflict("ALREADY_CLAIMED")

    for act, replayed in ((refusing, False), (writing(), True)):
        answer = perform(database, act, credential=session, idempotency=key(), now=NOW, on_refusal=refusal)
        assert (answer.status, answer.body, answer.replayed) == (409, {"code": "ALREADY_CLAIMED"}, replayed)
    assert settings(database) == {}


def test_a_refusal_at_the_gate_is_not_kept(database: Database, session: SessionCredential) -> None:
    with pytest.raises(Forbidden):
        perform(
            database,
            writing(),
            credential=session,
            require=frozenset({Permission.ADMIN}),
            idempotency=key(),
            now=NOW,
            on_refusal=refusal,
        )
    assert keyed_rows(database) == 0
    assert perform(database, writing(), credential=session, idempotency=key(), now=NOW).status == 201


def test_a_key_from_somebody_anonymous_means_nothing(database: Database) -> None:
    for name in ("a", "b"):
        assert not perform(database, writing(name=name), idempotency=key(), now=NOW).replayed
    assert (set(settings(database)), keyed_rows(database)) == ({"a", "b"}, 0)


def test_too_many_is_not_kept(database: Database, session: SessionCredential) -> None:
    def act(work: Store) -> FaultdeskError:
        work.admit()
        return TooMany("SLOWER", {"retry_after": 3})

    with pytest.raises(TooMany):
        perform(database, act, credential=session, idempotency=key(), now=NOW, on_refusal=refusal)
    assert keyed_rows(database) == 0


def test_of_ten_equal_requests_at_once_one_acts_and_all_get_its_answer(
    database: Database, session: SessionCredential
) -> None:
    answers: list[Answer] = []
    ready = threading.Barrier(10)

    def send(number: int) -> None:
        ready.wait()
        act = writing(str(number), name=f"s{number}")
        answers.append(perform(database, act, credential=session, idempotency=key(), now=NOW))

    _in_parallel(10, send)
    assert len(answers) == 10
    assert {str(answer.body) for answer in answers} == {str({"value": next(iter(settings(database).values()))})}
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 9
    assert len(settings(database)) == 1


def test_the_number_given_out_last_stands_in_the_answer_and_in_its_repetition(
    database: Database, session: SessionCredential
) -> None:
    ticket_id = _a_numbered_ticket(database, "INC20261123000042")
    counting = (
        sa.update(tables.ticket)
        .where(tables.ticket.c.id == sa.bindparam("of"))
        .values(title="t")
        .returning(tables.ticket.c.number)
    )

    def act(work: Store) -> Answer:
        work.admit()
        work.write_last(counting, {"of": ticket_id})
        return Answer(status=201, body={"id": "x", "number": None}, ticket_id=ticket_id)

    for replayed in (False, True):
        answer = perform(database, act, credential=session, idempotency=key(), now=NOW)
        assert (answer.body, answer.replayed) == ({"id": "x", "number": "INC20261123000042"}, replayed)


def test_a_command_that_lost_a_race_runs_again_from_the_start(database: Database, session: SessionCredential) -> None:
    runs: list[int] = []

    def act(work: Store) -> Answer:
        work.admit()
        runs.append(1)
        if len(runs) == 1:
            writing("lost")(work)
            work.write(_SETTING, {"key": "s", "value": "twice the same key"})
        else:
            writing("won")(work)
        return Answer(status=200)

    perform(database, act, credential=session, now=NOW)
    assert (len(runs), settings(database)) == (2, {"s": "won"})


def test_after_three_lost_races_the_answer_is_busy(database: Database) -> None:
    perform(database, writing(), now=NOW)
    with pytest.raises(Busy) as refused:
        perform(database, writing(), now=NOW)
    assert refused.value.code == "BUSY"
    assert isinstance(refused.value.params["retry_after"], int)


def test_a_mistake_in_a_statement_is_not_tried_again(database: Database) -> None:
    runs: list[int] = []

    def act(work: Store) -> Answer:
        runs.append(1)
        work.write(sa.text("UPDATE no_such_table SET x = 1"))
        return Answer(status=200)

    with pytest.raises(ERRORS):
        perform(database, act, now=NOW)
    assert len(runs) == 1


def test_connections_lost_before_the_commit_cost_the_caller_nothing(postgres_url: str) -> None:
    database = Database(postgres_url)
    tables.metadata.create_all(database.engine)
    session = open_session(database, add_user(database, "alice"))
    _in_parallel(5, lambda number: perform(database, writing(name=f"s{number}"), credential=session, now=NOW))
    _cut_connections(postgres_url)
    answer = perform(database, writing(name="after"), credential=session, now=NOW)
    assert answer.status == 201
    assert len(settings(database)) == 6
    database.dispose()


@pytest.mark.parametrize("keyed", [True, False])
def test_a_connection_lost_while_committing_is_tried_again_only_with_a_key(postgres_url: str, keyed: bool) -> None:
    database = Database(postgres_url)
    tables.metadata.create_all(database.engine)
    session = open_session(database, add_user(database, "alice"))
    runs: list[int] = []
    die = sa.text("SELECT pg_terminate_backend(pg_backend_pid())")

    def act(work: Store) -> Answer:
        work.admit()
        runs.append(1)
        if len(runs) == 1:
            work.write(die)
        return writing()(work)

    def ask() -> Answer:
        return perform(database, act, credential=session, idempotency=key() if keyed else None, now=NOW)

    if keyed:
        assert (ask().status, len(runs)) == (201, 2)
    else:
        with pytest.raises(Busy) as refused:
            ask()
        assert (refused.value.code, len(runs)) == ("COMMIT_UNKNOWN", 1)
    database.dispose()


def test_a_commit_that_no_later_try_could_look_for_stays_unknown(postgres_url: str) -> None:
    database = Database(postgres_url)
    tables.metadata.create_all(database.engine)
    session = open_session(database, add_user(database, "alice"))
    runs: list[int] = []
    die = sa.text("SELECT pg_terminate_backend(pg_backend_pid())")

    def act(work: Store) -> Answer:
        work.admit()
        runs.append(1)
        if len(runs) > 1:
            work.read(Statement(die))
        work.write(die)
        return writing()(work)

    with pytest.raises(Busy) as refused:
        perform(database, act, credential=session, idempotency=key(), now=NOW)
    assert (refused.value.code, len(runs)) == ("COMMIT_UNKNOWN", 3)
    database.dispose()


def test_r_12_a_server_that_takes_no_writes_is_left_for_another(postgres_url: str) -> None:
    """R-12. A standby refuses with 25006; nothing was committed, so it is tried again without a key too."""
    database = Database(postgres_url)
    tables.metadata.create_all(database.engine)
    session = open_session(database, add_user(database, "alice"))
    servers: list[int] = []

    def act(work: Store) -> Answer:
        work.admit()
        [[here]] = work.read(Statement(sa.text("SELECT pg_backend_pid() AS pid")))
        servers.append(here.pid)
        if len(servers) == 1:
            work.write(sa.text("SET TRANSACTION READ ONLY"))
        return writing()(work)

    assert perform(database, act, credential=session, now=NOW).status == 201
    assert len(set(servers)) == 2
    database.dispose()


def test_r_12_the_first_lost_connection_lets_the_others_go(postgres_url: str) -> None:
    """R-12. The worker too meets a failover once, not once for each connection that lay idle."""
    database = Database(postgres_url)
    _hold(database, 5)
    _cut_connections(postgres_url)
    outcomes = [_asks(database) for _ in range(5)]
    assert outcomes == [False, True, True, True, True]
    database.dispose()


def test_a_keyed_command_that_reads_first_waits_twice(round_trips: RoundTripProxy, postgres_url: str) -> None:
    database = Database(round_trips.url(postgres_url))
    tables.metadata.create_all(database.engine)
    session = open_session(database, add_user(database, "alice"))
    perform(database, writing(name="warm"), credential=session, now=NOW)
    with round_trips.counting() as count:
        perform(database, writing(), credential=session, idempotency=key(), now=NOW + timedelta(minutes=2))
    database.dispose()
    assert count.total == 2, count


def test_a_query_waits_once(round_trips: RoundTripProxy, postgres_url: str) -> None:
    database = Database(round_trips.url(postgres_url))
    tables.metadata.create_all(database.engine)
    session = open_session(database, add_user(database, "alice"))
    one = Statement(sa.select(tables.setting))

    def query(work: Store) -> str:
        work.read(one)
        return work.actor.name

    # A statement is prepared when it is run for the second time, which takes a wait of its own.
    for _ in range(2):
        look(database, query, credential=session, now=NOW)
    with round_trips.counting() as count:
        assert look(database, query, credential=session, now=NOW + timedelta(seconds=30)) == "alice"
    database.dispose()
    assert count.total == 1, count


def _hold(database: Database, count: int) -> None:
    """Leave so many connections idle in the pool."""
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(database.channel(writing=False)).ask([Statement(sa.text("SELECT 1"))])


def _asks(database: Database) -> bool:
    """Whether one channel gets an answer."""
    try:
        with database.channel(writing=False) as channel:
            channel.ask([Statement(sa.text("SELECT 1"))])
    except psycopg.OperationalError:
        return False
    return True


def _in_parallel(threads: int, act: Callable[[int], object]) -> None:
    running = [threading.Thread(target=act, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def _cut_connections(url: str) -> None:
    other = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(sa.text(cut + " AND pid <> pg_backend_pid()"))
    other.dispose()


def _a_numbered_ticket(database: Database, number: str) -> UUID:
    from tests.support.processes import add_bound_service, add_ticket

    return add_ticket(database, add_bound_service(database), number=number)


def test_r13_a_full_disk_refuses_a_command_and_harms_nothing(sqlite_database: Database) -> None:
    add_user(sqlite_database, "alice")

    @sa.event.listens_for(sqlite_database.engine, "checkout")
    def bound(driver: sqlite3.Connection, *_: object) -> None:
        driver.execute(f"PRAGMA max_page_count = {pages['most']}")

    pages = {"most": 1}
    with pytest.raises(Busy) as refused:
        perform(sqlite_database, growing, now=NOW)
    assert refused.value.code == "BUSY"
    pages["most"] = 1_000_000
    assert perform(sqlite_database, growing, now=NOW).status == 201
    with sqlite_database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def growing(work: Store) -> Answer:
    work.write(_SETTING, {"key": "large", "value": "x" * 1_000_000})
    return Answer(status=201, body={})
