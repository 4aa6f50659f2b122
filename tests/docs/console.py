"""README's story as a machine reads it: blocks of commands with what they print, run in one shell and compared.

`python -m tests.docs.console` runs the story and writes what was printed into README.md.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"

STORY = "\n## The story"
PLACE, PORT = "var/story", "8081"
"""Where the README's reader works; a test works elsewhere, so that it disturbs nobody."""

_PAIR = re.compile(r"```sh\n(?P<commands>.*?)```\n(?:```text\n(?P<output>.*?)```\n)?", re.DOTALL)
_CHANGING = (
    (re.compile(r"\b[0-9a-f]{6}-[0-9a-f]{6}-[0-9a-f]{6}\b"), "PASSWORD"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "TIME"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"), "MINUTE"),
    (re.compile(r"\b(INC|REQ|CHG|PRB)\d{8}(\d{6})\b"), r"\1DATE\2"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
)
"""What differs from run to run: passwords, moments, the day in a ticket's number, ids."""
_DONE = "-- the block is done --"
_SLOWEST_S = 180


@dataclass(frozen=True, kw_only=True)
class Block:
    """Commands as README shows them, and what it says they print."""

    line: int
    commands: str
    output: str


def blocks(text: str) -> list[Block]:
    """The story's blocks, in order."""
    begin = text.index(STORY)
    return [
        Block(line=text.count("\n", 0, found.start()) + 1, commands=found["commands"], output=found["output"] or "")
        for found in _PAIR.finditer(text, begin)
    ]


def settled(output: str) -> str:
    """The output with every changing part replaced by its name."""
    for pattern, name in _CHANGING:
        output = pattern.sub(name, output)
    return output


class Shell:
    """One bash at the repository's root, so that a block sees what the blocks before it have set."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.port = directory, _free_port()
        # The environment of README's reader: none of our settings, and the `faultdesk` of this Python.
        ours = {key: value for key, value in os.environ.items() if not key.startswith("FAULTDESK_")}
        path = f"{Path(sys.executable).parent}:{ours['PATH']}"
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=ROOT,
            env={**ours, "PATH": path, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def run(self, commands: str) -> str:
        """What the commands print, in README's terms."""
        assert self._bash.stdin is not None
        here = commands.replace(PLACE, str(self.directory)).replace(PORT, str(self.port))
        self._bash.stdin.write(f"{here}\necho '{_DONE}'\n")
        self._bash.stdin.flush()
        printed = "".join(self._until_done())
        return printed.replace(str(self.directory), PLACE).replace(str(self.port), PORT)

    def _until_done(self) -> Iterator[str]:
        assert self._bash.stdout is not None
        for line in self._bash.stdout:
            if line.rstrip("\n") == _DONE:
                return
            yield line
        raise AssertionError("the shell ended within the block")

    def close(self) -> None:
        """End the shell and what it still runs."""
        assert self._bash.stdin is not None
        self._bash.stdin.write("kill $(jobs -p) 2>/dev/null\n")
        self._bash.stdin.close()
        self._bash.wait(_SLOWEST_S)


@contextmanager
def shell(directory: Path) -> Iterator[Shell]:
    """A shell that works in this directory, ended at the end."""
    opened = Shell(directory)
    try:
        yield opened
    finally:
        opened.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def rewritten(text: str, opened: Shell) -> str:
    """The text with what its story prints now; where nothing but changing parts differ, what it said stays."""
    begin = text.index(STORY)

    def pair(found: re.Match[str]) -> str:
        printed = opened.run(found["commands"])
        said = found["output"] or ""
        output = said if settled(said) == settled(printed) else printed
        return f"```sh\n{found['commands']}```\n" + (f"```text\n{output}```\n" if output else "")

    return text[:begin] + _PAIR.sub(pair, text[begin:])


def main() -> None:
    """Run the story and write down what it prints."""
    with tempfile.TemporaryDirectory() as directory, shell(Path(directory)) as opened:
        README.write_text(rewritten(README.read_text("utf-8"), opened), "utf-8")


if __name__ == "__main__":
    main()
