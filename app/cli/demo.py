"""`faultdesk demo`: the service with people, a catalogue and tickets to try it with."""

import os
from datetime import timedelta

import click
from rich.console import Console
from rich.table import Table

from app.cli.local import opened
from app.cli.serving import require_free, run_server
from app.demo import catalogue, people, tickets
from app.demo.stage import Stage
from app.settings import Settings, is_loopback
from storage import migrations
from storage.background import in_background
from storage.database import Database

_PAST = timedelta(hours=9)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65_535))
@click.option(
    "--demo-public", is_flag=True, help="Let others than this machine reach it. Its password is on the screen!"
)
@click.option("--empty", is_flag=True, help="Only the people and their roles: no processes, no tickets.")
@click.option("--prepare-only", is_flag=True, help="Make the data, print the password, and serve nothing.")
def demo(host: str, port: int, demo_public: bool, empty: bool, prepare_only: bool) -> None:
    """Serve Faultdesk with demo data, made on the first start, and one new password for the demo users."""
    if not is_loopback(host) and not demo_public:
        raise click.ClickException(f"Demo mode serves this machine only; to open {host} to others give --demo-public.")
    if not prepare_only:
        require_free(host, port)
    os.environ["FAULTDESK_DEMO"] = "1"
    if demo_public:
        os.environ["FAULTDESK_ALLOW_HTTP"] = "1"
    os.environ.setdefault("FAULTDESK_BASE_URL", f"http://{host}:{port}")
    with opened() as (settings, database):
        migrations.upgrade(database)
        password = prepare(settings, database, empty=empty)
        base_url = settings.base_url
    _print(base_url, password)
    if not prepare_only:
        run_server(host, port, workers=1)


def prepare(settings: Settings, database: Database, *, empty: bool = False) -> str:
    """Make what is missing of the demo's data; the password that the cast has from now on."""
    password = people.new_password()
    now = settings.clock()
    cast_is_there = in_background(
        database, lambda work: work.people.by_name("kefu") is not None, now=now, writing=False
    )
    if cast_is_there:
        people.change_passwords(Stage(database=database, at=now), password)
        return password
    stage = Stage(database=database, at=now - _PAST)
    people.enter(stage, password)
    if not empty:
        catalogue.stock(stage)
        tickets.play(stage)
    return password


def _print(base_url: str, password: str) -> None:
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("user", "who", ""):
        table.add_column(column)
    for extra in people.CAST:
        table.add_row(extra.name, extra.display_name, f"{extra.does.zh} · {extra.does.en}")
    console.print(f"\nFaultdesk demo   {base_url}\nAPI              {base_url}/api/docs\n")
    console.print(table)
    console.print(f"\npassword for all of them: [bold]{password}[/bold]   (new at every start)\n", soft_wrap=True)
