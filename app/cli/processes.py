"""`faultdesk import`, `deploy`, `bind`: from a file to a service that takes tickets."""

from pathlib import Path

import click

from app.cli.local import act_as, as_option, opened, terminal_language
from app.messages import render
from bpmn.findings import Severity
from engine.commands import deployments, processes, services, versions


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--message", default="", help="What is new in it.")
@as_option
def import_(file: Path, message: str, name: str) -> None:
    """Store a .bpmn file or .zip bundle as the next version of its process."""
    with opened() as (settings, database):
        content = file.read_bytes()
        imported = act_as(
            settings,
            database,
            name,
            lambda work: versions.import_version(work, content=content, file_name=file.name, message=message),
        )
    version = imported.version
    if version is not None:
        same = " (same as before, nothing stored)" if imported.same else ""
        click.echo(f"{version.process_key} version {version.number} {version.verdict}{same}")
        _print_findings(version.findings)


@click.command()
@click.argument("process")
@click.option("--revision", type=int, default=None, help="Only if the process still has this revision.")
@as_option
def enable(process: str, revision: int | None, name: str) -> None:
    """Enable a process with the policy it has, so that its versions can be deployed."""
    with opened() as (settings, database):
        done = act_as(
            settings,
            database,
            name,
            lambda work: processes.enable(
                work, process, policy=None, revision=revision or need_revision(work.processes.get(process))
            ),
        )
    click.echo(f"{done.key} enabled, withdrawal {done.policy.withdrawal.value}")


@click.command()
@click.argument("process")
@click.argument("version", type=int)
@click.option("--message", default="", help="Why it is put into service.")
@click.option("--role", "roles", multiple=True, help="ELEMENT=ROLE for a task whose role the file left open.")
@as_option
def deploy(process: str, version: int, message: str, roles: tuple[str, ...], name: str) -> None:
    """Put a version of an enabled process into service."""
    bindings = dict(_pair(each) for each in roles)
    with opened() as (settings, database):
        done = act_as(
            settings,
            database,
            name,
            lambda work: deployments.deploy(work, process, version, message=message, role_bindings=bindings),
        )
    click.echo(f"{done.process_key} deployment {done.number} runs version {done.version}")


@click.command()
@click.argument("service")
@click.argument("process")
@click.argument("deployment", type=int)
@as_option
def bind(service: str, process: str, deployment: int, name: str) -> None:
    """Bind a service of the catalogue to a deployment."""
    with opened() as (settings, database):
        done = act_as(
            settings,
            database,
            name,
            lambda work: services.bind(
                work,
                service,
                process=process,
                deployment=deployment,
                revision=need_revision(work.services.get(service)),
            ),
        )
    click.echo(f"{done.key} is bound to {process} deployment {deployment}")


def need_revision(found: object) -> int | None:
    """The present revision of what was found: on the host nobody else's change is overlooked between two commands."""
    return getattr(found, "revision", None)


def _pair(text: str) -> tuple[str, str]:
    element, separator, role = text.partition("=")
    if not separator or not element or not role:
        raise click.UsageError(f"--role {text}: write ELEMENT=ROLE.")
    return element, role


def _print_findings(findings: object) -> None:
    language = terminal_language()
    for each in findings if isinstance(findings, tuple | list) else ():
        if each["severity"] != Severity.INFO:
            sentence = render(each["code"], each.get("params", {}), language)
            click.echo(f"  line {each['line']}: {each['severity']} {each['element_id'] or ''} {sentence}")
