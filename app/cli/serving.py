"""`faultdesk serve` and `worker`: the service, and more hands for its jobs."""

import gc
import importlib
import os
import signal
import socket
from pathlib import Path
from types import FrameType

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from app.cli.local import opened
from app.cli.setting_up import first_setup_link
from app.desk import Desk
from app.logs import configure_logs
from app.metrics import Metrics
from app.settings import is_loopback, settings_from
from app.worker.duties import duties
from app.worker.runner import Runner
from storage import migrations
from storage.blobs import BlobDirectory
from storage.database import Database

SLOWEST_HEADER_MS = 10_000
STOP_S = 45
"""How long the server's processes may take to end: a body may come in for 30 s, and jobs have 10 s to end."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--workers", default=None, type=click.IntRange(1, 64), help="Processes; 1 on SQLite, else one per core.")
@click.option("--allow-http", is_flag=True, help="Serve another than a loopback address without TLS in front.")
def serve(host: str, port: int, workers: int | None, allow_http: bool) -> None:
    """Serve the pages and the API, with the worker inside."""
    require_free(host, port)
    if allow_http:
        os.environ["FAULTDESK_ALLOW_HTTP"] = "1"
    os.environ.setdefault("FAULTDESK_BASE_URL", f"http://{_in_url(host)}:{port}")
    with opened() as (settings, database):
        if not is_loopback(host) and not settings.is_https and not settings.allow_http:
            raise click.ClickException(
                f"{host} is reached by others: set FAULTDESK_BASE_URL to the https address, or give --allow-http."
            )
        migrations.upgrade(database)
        sqlite = not database.is_postgresql
        link = first_setup_link(settings, database)
    if link is not None:
        click.echo(f"No account exists yet. Open {link} within one hour to make the first administrator.")
    click.echo(f"Faultdesk serves {settings.base_url} (API: {settings.base_url}/api/docs)")
    run_server(host, port, workers=workers or (1 if sqlite else os.cpu_count() or 1))


@click.command()
def worker() -> None:
    """Drain jobs in a process of its own, beside `faultdesk serve`."""
    configure_logs()
    settings = settings_from()
    database = Database(settings.database_url)
    desk = Desk(
        settings=settings,
        database=database,
        blobs=BlobDirectory(settings.data_dir / "attachments"),
        metrics=Metrics(),
    )
    runner = Runner(database, duties(database, desk.blobs, settings), now=settings.clock)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # Not an exit: that could fall between claiming a job and running it, and the job would wait out its lease.
        runner.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    runner.run()
    database.dispose()


def require_free(host: str, port: int) -> None:
    """Return when nothing listens there. The server would share the port, and each request would go to either.

    Raises: ClickException when something does, or the address is not one of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        advice = "Give another port with --port, or end what serves there."
        raise click.ClickException(f"Cannot serve at {host}, port {port}: {error.strerror}. {advice}") from None


def run_server(host: str, port: int, *, workers: int) -> None:
    """Serve until the process is told to stop. A request whose header takes longer than 10 s is cut off."""
    _load()
    Granian(
        "app.rsgi:make",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        websockets=False,
        # HTTP/2 comes by the proxy in front, if at all: here it would have no time limits.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=SLOWEST_HEADER_MS),
        log_access=False,
        working_dir=Path.cwd(),
        respawn_failed_workers=True,
        # One that does not end would keep all of them from it, and its port from the next.
        workers_kill_timeout=STOP_S,
    ).serve()


def _load() -> None:
    """Load the application here, before the server forks its processes: it is then loaded once, and what does not
    change lies in memory once. `app.rsgi` makes no connection and no thread before it is called."""
    importlib.import_module("app.rsgi")
    gc.collect()
    gc.freeze()
    os.register_at_fork(after_in_child=_be_mortal)


def _be_mortal() -> None:
    """Die of a signal until the server's own handlers stand: a process just forked has those of its parent, which would
    swallow the order to end, and the parent would wait for it."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
