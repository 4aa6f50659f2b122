"""Running commands on the host: the operating system has said who sits here, `--as` says in whose name they act."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from app.messages import render
from app.settings import Settings, settings_from
from bpmn.errors import FaultdeskError
from bpmn.text import EN, ZH
from engine.errors import Invalid, Unauthenticated
from engine.values.actors import Scope
from storage.answer import Answer
from storage.credentials import LocalCredential
from storage.database import Database
from storage.store import Store
from storage.units import perform

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

as_option = click.option(
    "--as", "name", envvar="FAULTDESK_AS", required=True, help="In whose name (also FAULTDESK_AS)."
)


def terminal_language() -> str:
    """`zh-CN` or `en`, by the terminal's locale."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return ZH if locale.lower().startswith("zh") else EN


def told(error: FaultdeskError) -> click.ClickException:
    """The refusal as the terminal shows it: the sentence, its code, and each field that is wrong."""
    language = terminal_language()
    lines = [f"{render(error.code, error.params, language)} [{error.code}]"]
    lines += [
        f"  {problem.path}: {render(problem.code, problem.params, language)} [{problem.code}]"
        for problem in getattr(error, "problems", ())
    ]
    findings = error.params.get("findings")
    for each in findings if isinstance(findings, list | tuple) else ():
        if each.get("severity") == "error" or each.get("needs"):
            sentence = render(str(each["code"]), each.get("params", {}), language)
            lines.append(f"  {each.get('line', 0)}: {each.get('element_id') or ''} {sentence} [{each['code']}]")
    return click.ClickException("\n".join(lines))


@contextmanager
def opened() -> Iterator[tuple[Settings, Database]]:
    """The settings of the environment and their database, closed at the end; refusals become messages."""
    try:
        settings = settings_from()
        database = Database(settings.database_url)
        try:
            yield settings, database
        finally:
            database.dispose()
    except FaultdeskError as error:
        raise told(error) from None


@contextmanager
def _somebody(name: str) -> Iterator[None]:
    """On the host nobody signs in: an unknown name is said to be one."""
    try:
        yield
    except Unauthenticated:
        raise Invalid("USER_UNKNOWN", {"value": name}) from None


def act_as(settings: Settings, database: Database, name: str, command: Callable[[Store], T]) -> T:
    """What a command gives, committed in this person's name.

    Raises: what the command raises.
    """
    results: list[T] = []

    def act(work: Store) -> Answer:
        results.append(command(work))
        return Answer(status=200, body={})

    with _somebody(name):
        perform(database, act, credential=LocalCredential(name), scope=Scope.ADMIN, address="cli", now=settings.clock())
    return results[-1]
