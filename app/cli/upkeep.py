"""`faultdesk init`, `check`, `backup`, `restore`: what keeps an installation sound."""

import sys
from pathlib import Path

import click

from app.cli.local import opened, terminal_language
from app.cli.setting_up import first_setup_link
from app.messages import render
from app.settings import Settings
from storage import backup as backups
from storage import migrations
from storage.background import in_background
from storage.blobs import BlobDirectory
from storage.checks import Violation, check_all
from storage.database import Database


@click.command()
def init() -> None:
    """Create or upgrade the database; on an empty one print the link that makes the first administrator."""
    with opened() as (settings, database):
        migrations.upgrade(database)
        link = first_setup_link(settings, database)
    click.echo(f"The database is at the schema {migrations.revisions()[0]}.")
    if link is not None:
        click.echo(f"Open {link} within one hour to make the first administrator.")


@click.command()
def check() -> None:
    """Check the invariants of every ticket, number, event and file. Exit status 1 when one does not hold."""
    with opened() as (settings, database):
        violations = _violations(settings, database)
    for each in violations:
        click.echo(
            f"{each.subject}: {render(each.code, each.params, terminal_language())} [{each.code}] {_facts(each)}"
        )
    click.echo("Nothing is wrong." if not violations else f"{len(violations)} violations")
    sys.exit(1 if violations else 0)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Write the database and the attachments to one file, while the service works on."""
    with opened() as (settings, database):
        backups.backup(database, settings.data_dir / "attachments", target)
    click.echo(f"{target} written ({target.stat().st_size} bytes)")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Overwrite what the database and the directory hold.")
def restore(source: Path, replace: bool) -> None:
    """Bring back what a backup holds, into an empty installation."""
    with opened() as (settings, database):
        backups.restore(source, database, settings.data_dir / "attachments", replace=replace)
    click.echo(f"{source} restored")


def _violations(settings: Settings, database: Database) -> list[Violation]:
    blobs = BlobDirectory(settings.data_dir / "attachments")
    return in_background(database, lambda work: list(check_all(work, blobs)), now=settings.clock(), writing=False)


def _facts(violation: Violation) -> str:
    return ", ".join(f"{key}={value}" for key, value in violation.params.items())
