"""`faultdesk user`, `role`, `token`: accounts and what people may do, from the host's own command line."""

from datetime import timedelta

import click

from app.cli.local import act_as, as_option, opened
from engine.commands import people, roles, tokens
from engine.commands.people import Profile
from engine.errors import NotFound
from engine.values.actors import Permission, Scope
from engine.values.people import User
from engine.values.processes import Names
from storage.background import in_background
from storage.store import Store

_PERMISSIONS = [each.value for each in Permission]


@click.group()
def user() -> None:
    """Accounts."""


@user.command(name="add")
@click.argument("name")
@click.option("--display-name", default=None)
@click.option("--email", default=None)
@click.option("--admin", is_flag=True, help="Short for --permission admin.")
@click.option("--permission", "permissions", multiple=True, type=click.Choice(_PERMISSIONS))
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when not given.")
def add_user(
    name: str, display_name: str | None, email: str | None, admin: bool, permissions: tuple[str, ...], password: str
) -> None:
    """Make an account. Whoever runs this on the host needs none of their own."""
    wanted = {Permission(each) for each in permissions} | ({Permission.ADMIN} if admin else set())
    profile = Profile(display_name=display_name, email=email)
    with opened() as (settings, database):
        made = in_background(
            database,
            lambda work: people.add(work, name=name, profile=profile, permissions=wanted, password=password),
            now=settings.clock(),
        )
    click.echo(f"{made.name} added ({', '.join(sorted(made.permissions)) or 'no permissions'})")


@user.command(name="deactivate")
@click.argument("who")
@as_option
def deactivate_user(who: str, name: str) -> None:
    """Take an account out of use; its sessions and tokens end at once."""
    with opened() as (settings, database):

        def command(work: Store) -> User:
            found = work.people.by_name(who)
            if found is None:
                raise NotFound("user")
            return people.deactivate(work, str(found.id), revision=found.revision)

        act_as(settings, database, name, command)
    click.echo(f"{who} deactivated")


@click.group()
def role() -> None:
    """Roles and who holds them."""


@role.command(name="add")
@click.argument("key")
@click.argument("name_zh")
@click.option("--en", "name_en", default="", help="Its English name.")
@click.option("--per-business", is_flag=True, help="Held for one business at a time.")
@as_option
def add_role(key: str, name_zh: str, name_en: str, per_business: bool, name: str) -> None:
    """Make a role."""
    with opened() as (settings, database):
        names = Names(zh=name_zh, en=name_en)
        made = act_as(
            settings, database, name, lambda work: roles.create(work, key=key, names=names, per_business=per_business)
        )
    click.echo(f"role {made.key} added")


@role.command(name="grant")
@click.argument("key")
@click.argument("names", nargs=-1, required=True)
@click.option("--business", default=None, help="For a business role: which one.")
@as_option
def grant_role(key: str, names: tuple[str, ...], business: str | None, name: str) -> None:
    """Let people hold a role."""
    with opened() as (settings, database):
        act_as(settings, database, name, lambda work: roles.add_members(work, key, names, business=business))
    click.echo(f"{key}: {', '.join(names)}")


@role.command(name="revoke")
@click.argument("key")
@click.argument("who")
@click.option("--business", default=None)
@as_option
def revoke_role(key: str, who: str, business: str | None, name: str) -> None:
    """Take a role from somebody, from their next request on."""
    with opened() as (settings, database):
        act_as(settings, database, name, lambda work: roles.remove_member(work, key, who, business=business))
    click.echo(f"{key}: {who} no longer")


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command(name="create")
@click.argument("label")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([each.value for each in Scope]), default=["read"])
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 365))
@as_option
def create_token(label: str, scopes: tuple[str, ...], days: int, name: str) -> None:
    """Make a token of one's own; its secret is printed once."""
    wanted = [Scope(each) for each in scopes]
    with opened() as (settings, database):
        expires = settings.clock() + timedelta(days=days)
        _, secret = act_as(
            settings, database, name, lambda work: tokens.create(work, name=label, scopes=wanted, expires_at=expires)
        )
    click.echo(secret)


@token.command(name="revoke")
@click.argument("token_id")
@as_option
def revoke_token(token_id: str, name: str) -> None:
    """End a token at once."""
    with opened() as (settings, database):
        ended = act_as(settings, database, name, lambda work: tokens.revoke(work, token_id))
    click.echo(f"{ended.name} revoked")
