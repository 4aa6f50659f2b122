"""`faultdesk worker` with a lease of two seconds instead of a minute: `python -m tests.crash.hasty`."""

from datetime import timedelta
from functools import partial

from app.cli import serving
from app.worker.runner import Pace, Runner

PACE = Pace(lease=timedelta(seconds=2), heartbeat=timedelta(seconds=0.5), poll=0.05)
"""The product's lease is a minute, which no test wants to wait for."""

if __name__ == "__main__":
    vars(serving).update(Runner=partial(Runner, pace=PACE))
    serving.worker.main(args=[])
