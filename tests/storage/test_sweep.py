"""What is kept for a while only goes when its time is over, and nothing else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import cookies
from engine.commands import sign_in
from engine.ids import new_id
from storage import case_saving, idempotency, uploads
from storage import tables as t
from storage.background import in_background
from storage.blobs import BlobDirectory
from storage.channel import Statement
from storage.database import Database
from storage.sweep import sweep_blobs, sweep_rows
from tests.support.people import add_user, insert

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def count(database: Database, table: sa.Table) -> int:
    with database.channel(writing=False) as channel:
        return len(channel.ask([Statement(sa.select(table))])[0])


def test_how_long_something_is_kept_is_said_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = add_user(database, "alice")
    answer = {"request_hash": b"", "status": 200, "body": "", "headers": "", "created_at": NOW - SECOND}
    insert(database, t.idempotency, actor_id=alice, key="k", **answer)
    insert(database, t.saved_answers, user_id=alice, key="k", answers="{}", updated_at=NOW - SECOND)
    monkeypatch.setattr(idempotency, "KEPT", timedelta(0))
    monkeypatch.setattr(case_saving, "SAVED_FOR", timedelta(0))
    in_background(database, sweep_rows, now=NOW)
    assert (count(database, t.idempotency), count(database, t.saved_answers)) == (0, 0)
    assert cookies.ABSOLUTE is sign_in.ABSOLUTE


def test_every_row_goes_just_after_its_time(database: Database) -> None:
    alice = add_user(database, "alice")

    def fill(age: timedelta) -> None:
        spent: dict[str, Any] = {"user_id": alice, "created_at": NOW - timedelta(days=40)}
        insert(database, t.session, hash=os.urandom(8), seen_at=NOW, expires_at=NOW - age, **spent)
        insert(
            database,
            t.one_time_link,
            hash=os.urandom(8),
            purpose="p",
            expires_at=NOW - timedelta(days=7) - age,
            **spent,
        )
        upload = {"sha256": "a" * 64, "name": "n", "media_type": "m", "size": 1}
        insert(database, t.upload, id=new_id(), user_id=alice, expires_at=NOW - uploads.GRACE - age, **upload)
        answer = {"request_hash": b"", "status": 200, "body": "", "headers": ""}
        created = NOW - timedelta(hours=24) - age
        insert(database, t.idempotency, actor_id=alice, key=str(new_id()), created_at=created, **answer)
        saved = {"answers": "{}", "updated_at": NOW - timedelta(days=30) - age}
        insert(database, t.saved_answers, user_id=alice, key=str(new_id()), **saved)
        begun = NOW - timedelta(days=1) - age
        insert(database, t.login_attempt, key=str(new_id()), failures=1, window_started_at=begun)

    kinds = (t.session, t.one_time_link, t.upload, t.idempotency, t.saved_answers, t.login_attempt)
    fill(SECOND)
    fill(-SECOND)
    blocked = {"window_started_at": NOW - timedelta(days=9), "blocked_until": NOW + SECOND}
    insert(database, t.login_attempt, key="blocked", failures=99, **blocked)
    in_background(database, sweep_rows, now=NOW)
    assert {each.name: count(database, each) for each in kinds} == {
        **dict.fromkeys((each.name for each in kinds), 1),
        "login_attempt": 2,
    }
    assert count(database, t.user) == 1


def test_bytes_go_after_a_day_without_a_row_and_never_while_one_speaks_of_them(
    database: Database, tmp_path: Path
) -> None:
    blobs, now = BlobDirectory(tmp_path), datetime.now(UTC)
    alice = add_user(database, "alice")
    used, orphan, fresh = (
        blobs.put([content], limit=9, inspect=lambda file: None)[0].sha256 for content in (b"used", b"orphan", b"fresh")
    )
    kept = {"name": "n", "media_type": "m", "size": 1, "expires_at": now + timedelta(days=1)}
    insert(database, t.upload, id=new_id(), user_id=alice, sha256=used, **kept)
    for each, hours in ((used, 25), (orphan, 25), (fresh, 23)):
        os.utime(blobs.path(each), times=(now.timestamp() - hours * 3600,) * 2)
    assert sweep_blobs(database, blobs, now=now) == 1
    assert [blobs.exists(each) for each in (used, orphan, fresh)] == [True, False, True]
    assert sweep_blobs(database, blobs, now=now) == 0
