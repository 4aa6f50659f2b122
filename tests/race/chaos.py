"""Statements that PostgreSQL itself lets fail: serialisation failures and deadlocks, each with its real SQLSTATE.

A row-level policy on every table asks a function that raises with a given probability, once for each statement and
transaction. The service connects as a role that policies hold for; the test's own superuser is exempt.
"""

import secrets
from contextlib import suppress

import sqlalchemy as sa

from storage import tables
from storage.database import Database

_COUNTERS = ("race_drawn", "race_raised")
_FUNCTION = """
CREATE OR REPLACE FUNCTION race_chaos() RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
DECLARE drawn double precision := random();
BEGIN
    -- Whatever only reads in one moment (`faultdesk check`) may not count either.
    IF current_setting('transaction_read_only') = 'on' THEN RETURN true; END IF;
    IF current_setting('race.statement', true) = md5(current_query()) THEN RETURN true; END IF;
    PERFORM set_config('race.statement', md5(current_query()), true), nextval('race_drawn');
    IF drawn < {chance} THEN
        PERFORM nextval('race_raised');
        IF drawn < {chance} / 2 THEN RAISE EXCEPTION 'for the test' USING ERRCODE = '40001'; END IF;
        RAISE EXCEPTION 'for the test' USING ERRCODE = '40P01';
    END IF;
    RETURN true;
END $$
"""


class Chaos:
    """The failing statements of one database. Enter it when the schema is there; calm at first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._role = f"race_{secrets.token_hex(4)}"
        self._password = secrets.token_hex(16)

    def install(self) -> str:
        """Make the role, the function and the policies; the URL at which the service connects."""
        self._do(*(f"CREATE SEQUENCE {name}" for name in _COUNTERS), f"CREATE ROLE {self._role} LOGIN")
        self._do(f"ALTER ROLE {self._role} PASSWORD '{self._password}'")
        for what in ("TABLES", "SEQUENCES"):
            self._do(f"GRANT ALL ON ALL {what} IN SCHEMA public TO {self._role}")
        self.set(0)
        for table in tables.metadata.sorted_tables:
            policy = (
                f'CREATE POLICY race ON "{table.name}" USING ((SELECT race_chaos())) WITH CHECK ((SELECT race_chaos()))'
            )
            self._do(f'ALTER TABLE "{table.name}" ENABLE ROW LEVEL SECURITY', policy)
        url = self._database.url.set(username=self._role, password=self._password)
        return url.render_as_string(hide_password=False)

    def set(self, chance: float) -> None:
        """From now on each statement fails with this probability."""
        self._do(_FUNCTION.format(chance=chance))

    def counts(self) -> tuple[int, int]:
        """How many statements were drawn for, and how many of them failed."""
        with self._database.engine.connect() as connection:
            drawn, raised = (connection.scalar(sa.text(f"SELECT last_value FROM {name}")) for name in _COUNTERS)
        return int(drawn or 0), int(raised or 0)

    def remove(self) -> None:
        """Take the role away; it belongs to the cluster, not to the database."""
        with suppress(sa.exc.SQLAlchemyError):
            self._do(f"DROP OWNED BY {self._role}", f"DROP ROLE {self._role}")

    def _do(self, *statements: str) -> None:
        with self._database.engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
