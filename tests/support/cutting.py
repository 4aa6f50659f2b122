"""A loopback proxy that cuts connections to PostgreSQL at random, before statements leave or before their answer comes.

After the second kind of cut the client cannot know whether its statement was carried out.
"""

import random
from collections import Counter

from tests.support.roundtrips import RoundTripProxy


class CuttingProxy(RoundTripProxy):
    """Cuts each piece with the probability `chance`, which may be set at any time; 0 lets everything pass."""

    def __init__(self, *, host: str, port: int, seed: int = 0) -> None:
        super().__init__(host=host, port=port)
        self.chance = 0.0
        self.cuts: Counter[str] = Counter()
        self._random = random.Random(seed)

    def _asked(self, number: int, sent: bytes) -> None:
        self._cut("before it was sent")
        super()._asked(number, sent)

    def _answered(self, number: int) -> None:
        super()._answered(number)
        self._cut("before the answer")

    def _cut(self, when: str) -> None:
        """Raises: ConnectionResetError, at which the proxy ends both sides."""
        with self._lock:
            if self._random.random() >= self.chance:
                return
            self.cuts[when] += 1
        raise ConnectionResetError(when)
