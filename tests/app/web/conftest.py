"""Pages over a desk: the bundled process, its people, and a browser without a script for each."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.factory import create_app
from app.settings import Settings
from app.worker.duties import duties
from app.worker.runner import Runner
from storage import tables
from storage.blobs import BlobDirectory
from storage.credentials import hash_of, new_secret
from storage.database import Database
from tests.app.web.visitor import BASE, Visitor
from tests.support.desk import Desk, furnish
from tests.support.people import insert


@dataclass
class Site:
    """The pages of one desk."""

    desk: Desk
    app: Flask
    settings: Settings

    def visit(self, name: str | None = None, *, language: str = "zh-CN") -> Visitor:
        """A browser, in which this person is signed in."""
        visitor = Visitor(self.app.test_client(), headers={"Accept-Language": language})
        if name is not None:
            visitor.client.set_cookie("faultdesk", self.session_of(name))
        return visitor

    def session_of(self, name: str) -> str:
        """The cookie of a new session of this person."""
        secret, now = new_secret(), self.desk.clock()
        row = {"created_at": now, "seen_at": now, "expires_at": now + timedelta(hours=12)}
        insert(self.desk.database, tables.session, hash=hash_of(secret), user_id=self.desk.people[name], **row)
        return secret

    def work(self) -> None:
        """Let the worker do what is due."""
        blobs = BlobDirectory(self.settings.data_dir / "attachments")
        Runner(self.desk.database, duties(self.desk.database, blobs, self.settings), now=self.desk.clock).drain()


def make_site(database: Database, root: Path, *, demo: bool = False) -> Site:
    """Pages over this database with the bundled process in service."""
    desk = furnish(Desk(database=database))
    with database.engine.begin() as connection:
        # The machine's own zone must not decide what a page says.
        connection.execute(tables.user.update().values(time_zone="Asia/Shanghai"))
    settings = Settings(
        database_url=str(database.engine.url),
        data_dir=root,
        base_url=BASE,
        secret_key=b"0123456789abcdef0123456789abcdef",
        clock=desk.clock,
        demo=demo,
    )
    return Site(desk=desk, app=create_app(settings, database=database), settings=settings)


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Site:
    """The pages: the test runs as [sqlite] and as [postgresql]."""
    return make_site(database, tmp_path)


@pytest.fixture
def lite(sqlite_database: Database, tmp_path: Path) -> Site:
    """The pages on SQLite alone, for what no database has a part in."""
    return make_site(sqlite_database, tmp_path)
