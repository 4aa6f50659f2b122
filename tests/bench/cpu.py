"""CPU time of a process and all that it started, from the kernel's own accounts."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, kw_only=True)
class Process:
    """One row of /proc: its parent, the CPU time it used in seconds (ended threads and children included)."""

    pid: int
    parent: int
    seconds: float
    resident: int
    """Bytes in memory."""


def tree(root: int) -> list[Process]:
    """The process and its descendants, as they are now."""
    children: dict[int, list[Process]] = {}
    found: dict[int, Process] = {}
    for process in _all():
        found[process.pid] = process
        children.setdefault(process.parent, []).append(process)
    wanted, result = [found[root]] if root in found else [], []
    while wanted:
        process = wanted.pop()
        result.append(process)
        wanted += children.get(process.pid, [])
    return result


def seconds(root: int) -> float:
    """CPU time of the process and its descendants. Waited-for children are in their parent's account."""
    return sum(process.seconds for process in tree(root))


def _all() -> Iterator[Process]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text("utf-8", "replace")
            except OSError:
                continue  # It ended between the listing and the look.
            # The second field is the command in brackets, which may hold blanks and brackets itself.
            fields = text[text.rindex(")") + 2 :].split()
            own, waited = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
            yield Process(
                pid=int(entry.name),
                parent=int(fields[1]),
                seconds=(own + waited) / _TICKS,
                resident=int(fields[21]) * _PAGE,
            )
