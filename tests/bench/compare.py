"""`python -m tests.bench.compare BASE`: two commits in turn, the same requests, and the ratios of what they cost.

The present checkout's clients drive both; each runs its own code, with the libraries that are installed here.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from tests.bench.desk import desk
from tests.bench.incident import Row, run, take
from tests.bench.servers import ROOT, database, heading


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m tests.bench.compare", description=__doc__)
    options.add_argument("base", help="the commit to compare with")
    options.add_argument("--tickets", type=int, default=200)
    options.add_argument("--clients", type=int, default=4)
    options.add_argument("--pairs", type=int, default=5)
    options.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    given = options.parse_args()
    print(f"{heading()} against {given.base}")
    with checkout(given.base) as base:
        for kind in given.databases:
            for line in _compared(kind, base, given):
                print(line, flush=True)


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """The files of a commit, in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "base"
        subprocess.run(["git", "worktree", "add", "--detach", place, commit], cwd=ROOT, check=True, capture_output=True)
        try:
            yield place
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", place], cwd=ROOT, check=True)


def _compared(kind: str, base: Path, given: argparse.Namespace) -> Iterator[str]:
    with ExitStack() as stack:
        desks = {}
        for name, code in (("base", base), ("head", ROOT)):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            place = stack.enter_context(database(kind, folder))
            desks[name] = stack.enter_context(desk(place.url, folder, code=code)), place
        for bench, _ in desks.values():
            run(bench.plan(clients=2, tickets=40))
        pairs: list[tuple[Row, Row]] = []
        for _ in range(given.pairs):
            rows = []
            for name in ("base", "head"):
                bench, place = desks[name]
                row = take(name, bench.plan(clients=given.clients, tickets=given.tickets), bench.pid, place)
                yield str(row)
                rows.append(row)
            pairs.append((rows[0], rows[1]))
        yield _ratios(kind, pairs)


def _ratios(kind: str, pairs: list[tuple[Row, Row]]) -> str:
    def ratio(name: str) -> float:
        return float(median(getattr(head, name) / max(getattr(base, name), 0.001) for base, head in pairs))

    def waiting(verb: str) -> float:
        found = (median(getattr(head.result, verb)) / median(getattr(base.result, verb)) for base, head in pairs)
        return float(median(found))

    times = ", ".join(f"{verb} {waiting(verb):.2f}" for verb in ("open", "claim", "complete"))
    costs = f"CPU {ratio('cpu'):.2f}, server {ratio('server'):.2f}"
    return f"{kind}: head to base, medians of {len(pairs)} pairs: {costs}, median times {times}"


if __name__ == "__main__":
    main()
