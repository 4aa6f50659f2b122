"""The system's Chromium over the demo's pages. A page fails its test when anything on it goes wrong unseen."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request
from werkzeug.serving import BaseWSGIServer, make_server

from app.demo import catalogue, people, tickets
from app.demo.stage import Stage
from app.factory import create_app
from app.settings import Settings
from app.worker.duties import duties
from app.worker.runner import Runner
from storage import tables
from storage.blobs import BlobDirectory
from storage.credentials import hash_of, new_secret
from storage.database import Database
from tests.support.clock import Clock
from tests.support.people import insert

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "demo-for-tests-only"
BEGUN = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
Opened = Callable[..., "Watched"]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the browser: the system's, without anything that calls out."""
    if not Path(CHROMIUM).exists():
        reason = "there is no Chromium on this machine"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"{reason}, and CI=true forbids leaving its tests out", pytrace=False)
        pytest.skip(reason)
    # The browser's own words on a page (file choosers, dates) follow the language of its process.
    return {"executable_path": CHROMIUM, "args": ARGUMENTS, "env": {**os.environ, "LANGUAGE": "zh_CN"}}


@dataclass
class Stand:
    """The demo, served."""

    app: Flask
    database: Database
    settings: Settings
    clock: Clock

    @property
    def url(self) -> str:
        """Where it is served."""
        return self.settings.base_url

    def session_of(self, name: str) -> str:
        """The cookie of a new session of this person."""
        with self.database.engine.connect() as connection:
            found = connection.execute(tables.user.select().where(tables.user.c.name == name)).one()
        secret, now = new_secret(), self.clock()
        row = {"created_at": now, "seen_at": now, "expires_at": now + timedelta(hours=12)}
        insert(self.database, tables.session, hash=hash_of(secret), user_id=found.id, **row)
        return secret

    def work(self) -> None:
        """Let the worker do what is due."""
        blobs = BlobDirectory(self.settings.data_dir / "attachments")
        Runner(self.database, duties(self.database, blobs, self.settings), now=self.clock).drain()


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """A database with the demo's people, catalogue and tickets, and the moment at which they are done."""
    path = tmp_path_factory.mktemp("demo") / "faultdesk.db"
    database = Database(f"sqlite:///{path}")
    tables.metadata.create_all(database.engine)
    stage = Stage(database=database, at=BEGUN)
    people.enter(stage, PASSWORD)
    catalogue.stock(stage)
    tickets.play(stage)
    with database.engine.begin() as connection:
        connection.execute(tables.user.update().values(time_zone="Asia/Shanghai"))
    database.dispose()
    return path, stage.at


@pytest.fixture
def stand(played: tuple[Path, datetime], tmp_path: Path) -> Iterator[Stand]:
    """The demo, served on a free port of this machine."""
    shutil.copy(played[0], tmp_path / "faultdesk.db")
    database, clock = Database(f"sqlite:///{tmp_path / 'faultdesk.db'}"), Clock()
    clock.at = played[1] + timedelta(minutes=5)
    server: BaseWSGIServer = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    settings = Settings(
        database_url=str(database.engine.url),
        data_dir=tmp_path,
        base_url=f"http://127.0.0.1:{server.port}",
        secret_key=b"0123456789abcdef0123456789abcdef",
        clock=clock,
        demo=True,
    )
    app = create_app(settings, database=database)
    server.app = app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made = Stand(app=app, database=database, settings=settings, clock=clock)
    made.work()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
    database.dispose()


@dataclass
class Watched:
    """A page, and what went wrong on it."""

    page: Page
    url: str
    wrong: list[str] = field(default_factory=list)
    asked: int = 0
    """How often the browser asked before unsent answers were left."""
    expected: set[int] = field(default_factory=set)
    """Statuses that this test brings about; the browser's console speaks of every one over 399."""

    def open(self, address: str) -> Page:
        """Go there."""
        self.page.goto(self.url + address)
        return self.page

    def watch(self) -> None:
        """Note every error of console and page, every violation of the policy, every foreign request."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("dialog", self._answer)

    def _answer(self, dialog: Dialog) -> None:
        """Whatever asks is wrong, but for the browser's own question before unsent answers are left: stay."""
        if dialog.type == "beforeunload":
            self.asked += 1
        else:
            self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if any(f"status of {status} " in message.text for status in self.expected):
            return
        self.wrong.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "about:")):
            self.wrong.append(f"foreign request: {request.url}")


@pytest.fixture
def opened(browser: Browser, stand: Stand) -> Iterator[Opened]:
    """Opens pages, each in a browser of its own: `opened("kefu", width=360, dark=True)`."""
    watched: list[Watched] = []
    contexts: list[BrowserContext] = []

    def make(name: str | None = None, *, width: int = 1440, dark: bool = False, language: str = "zh-CN") -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=language,
            timezone_id="Asia/Shanghai",
        )
        if name is not None:
            context.add_cookies([{"name": "faultdesk", "value": stand.session_of(name), "url": stand.url}])
        contexts.append(context)
        context.set_default_timeout(10_000)
        made = Watched(page=context.new_page(), url=stand.url)
        made.watch()
        watched.append(made)
        return made

    yield make
    for context in contexts:
        context.close()
    assert [each for made in watched for each in made.wrong] == []
