"""`python -m tests.bench`: the incident over HTTP beside its floor, and the library by itself.

See docs/performance.md.
"""

import argparse

from tests.bench.incident import measure
from tests.bench.inside import itemised
from tests.bench.library import library_costs
from tests.bench.servers import heading
from tests.bench.sizes import bytes_per_ticket


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m tests.bench", description="What an incident of four tasks costs.")
    options.add_argument("--tickets", type=int, default=300, help="tickets in each measurement")
    options.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16])
    options.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    given = options.parse_args()
    print(heading(), flush=True)
    print(library_costs(given.tickets), flush=True)
    for kind in given.databases:
        print(itemised(kind, given.tickets), flush=True)
        print(bytes_per_ticket(kind, 2 * given.tickets), flush=True)
    measure(
        kinds=given.databases, clients=given.clients, tickets=given.tickets, say=lambda line: print(line, flush=True)
    )


if __name__ == "__main__":
    main()
