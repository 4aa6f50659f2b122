"""Commands that the documentation shows exist, with the options it gives them."""

import re
import shlex

import click
import pytest

from app.cli.main import main
from tests.architecture.repository import text_files

_FENCED = re.compile(r"^```(?:sh|console|ini)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shown() -> list[tuple[str, str]]:
    """(page, command) of every `faultdesk ...` in an example or in the running text, without repetitions."""
    found = []
    for path, text in text_files():
        if path.suffix == ".md":
            lines = [line for block in _FENCED.findall(text) for line in block.replace("\\\n", " ").splitlines()]
            lines += re.findall(r"`(faultdesk [^`]+)`", _FENCED.sub("", text).replace("\n", " "))
            found += [(path.as_posix(), command) for line in lines for command in commands_in(line)]
    return sorted(set(found))


def commands_in(line: str) -> list[str]:
    """The `faultdesk` commands of one line of shell, each up to where another begins."""
    return [found.strip() for found in re.findall(r"(?:^|[\s/])(faultdesk [a-z][^|;#>&]*)", line.strip())]


@pytest.mark.parametrize(("page", "command"), shown())
def test_a_command_is_one_that_exists(page: str, command: str) -> None:
    words = shlex.split(command)[1:]
    group: click.Command = main
    while words and isinstance(group, click.Group):
        name, words = words[0], words[1:]
        found = group.get_command(click.Context(group), name)
        assert found is not None, f"{page}: there is no `faultdesk {name}`"
        group = found
    options = {name for each in group.params for name in each.opts}
    assert {word for word in words if word.startswith("--")} <= options, page


def test_commands_are_found() -> None:
    assert commands_in("FAULTDESK_TOKEN=... faultdesk lint --server x a.bpmn") == ["faultdesk lint --server x a.bpmn"]
    assert commands_in("ExecStart=/opt/faultdesk/.venv/bin/faultdesk serve") == ["faultdesk serve"]
    assert len(shown()) > 20
