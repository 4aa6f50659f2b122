"""How long a failed job waits for its next try."""

import random
from datetime import timedelta

FIRST = timedelta(seconds=10)
GROWTH = 3
LONGEST = timedelta(hours=1)


def pause_after(attempts: int) -> timedelta:
    """10 s after the first try, three times as long after each, at most an hour; a quarter more or less.

    Eight tries span about two hours, so that a mail server may be away that long and nothing is lost; the spread keeps
    jobs that failed together from coming back together.
    """
    # The cap on the exponent keeps a number that grows without bound out of the multiplication.
    wait = min(FIRST * int(GROWTH ** min(attempts - 1, 20)), LONGEST)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - a spread, not a secret
