"""A server that kills itself where it is told: `python -m tests.crash.failing --port 8080`.

It is the product's own, but for channels that follow orders, a short lease, and workers that are replaced at once.
"""

import argparse
from functools import partial
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from app import rsgi, wsgi
from app.front import Front
from app.worker.runner import Runner
from tests.crash.hasty import PACE
from tests.crash.orders import obey


def make() -> Front:
    """What each of the server's processes runs."""
    obey()
    vars(wsgi).update(Runner=partial(Runner, pace=PACE))
    return rsgi.make()


class _Forgetful(dict[int, float]):
    """When each worker was last replaced. Granian gives up when one dies twice in six seconds; here it has to."""

    def __setitem__(self, _worker: int, _moment: float) -> None:
        pass


def main() -> None:
    """Serve with one worker, and replace it at once when it dies."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    server = Granian(
        "tests.crash.failing:make",
        factory=True,
        port=options.parse_args().port,
        interface=Interfaces.RSGI,
        websockets=False,
        http=HTTPModes.http1,
        working_dir=Path.cwd(),
        respawn_failed_workers=True,
        respawn_interval=0.02,
    )
    server.respawned_wrks = _Forgetful()
    server.serve()


if __name__ == "__main__":
    main()
