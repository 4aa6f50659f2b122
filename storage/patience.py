"""A PostgreSQL connection that gives up on a server from which nothing comes.

Statements end by themselves after `statement_timeout`, but it is the server that counts. One that stands still, as with
its disk gone, or whose COMMIT waits for a standby that is gone, would keep a thread for ever, and soon all of them.
"""

from typing import Any

import psycopg
from psycopg import errors

PATIENCE_S = 15.0
"""For one answer: three times what the server allows a statement."""

_INTERVAL_S = 0.1


class PatientConnection(psycopg.Connection[Any]):
    """Waits as long as it takes, unless `patience` says how many seconds."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = _INTERVAL_S, timeout: float | None = None) -> Any:
        """See psycopg.

        Raises: psycopg.OperationalError when the patience ends. The connection is closed then, as what the server may
            still say would be taken for the answer to something else.
        """
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except errors._WaitTimeout:
            if timeout is not None:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {self.patience} seconds") from None
