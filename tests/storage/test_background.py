"""Units of work that nobody asked for."""

import sqlalchemy as sa

from storage import tables as t
from storage.background import in_background
from storage.channel import Statement
from storage.database import Database
from storage.store import Store
from tests.support.people import NOW, add_user


def test_what_only_reads_sees_one_moment(database: Database) -> None:
    """`faultdesk check` on a busy service would otherwise report every ticket that moves between two of its reads."""
    count = Statement(sa.select(sa.func.count().label("users")).select_from(t.user))

    def twice(work: Store) -> tuple[int, int]:
        [[before]] = work.read(count)
        add_user(database, "eve")
        [[after]] = work.read(count)
        return before.users, after.users

    assert in_background(database, twice, now=NOW, writing=False) == (0, 0)
    assert in_background(database, lambda work: work.read(count)[0][0].users, now=NOW, writing=False) == 1
