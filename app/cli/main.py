"""The group of all commands; each is imported when it is asked for, so that `lint` starts without the web stack."""

from importlib import import_module

import click

COMMANDS = {
    "serve": "serving:serve",
    "worker": "serving:worker",
    "demo": "demo:demo",
    "init": "upkeep:init",
    "lint": "lint:lint",
    "import": "processes:import_",
    "enable": "processes:enable",
    "deploy": "processes:deploy",
    "bind": "processes:bind",
    "user": "people:user",
    "role": "people:role",
    "token": "people:token",
    "backup": "upkeep:backup",
    "restore": "upkeep:restore",
    "check": "upkeep:check",
}


class _Lazy(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        place = COMMANDS.get(name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(import_module(f"app.cli.{module}"), attribute)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="faultdesk")
def main() -> None:
    """Faultdesk: draw the fault process, deploy it, work its tickets."""
