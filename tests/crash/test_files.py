"""F-07: the server killed between writing a file and committing its row."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from app.worker.runner import utc_now
from storage import tables as t
from storage.blobs import BlobDirectory
from storage.sweep import BLOBS_KEPT, sweep_blobs
from tests.crash.aftermath import check
from tests.crash.orders import COMMIT, DONE, ORDER, Order
from tests.crash.points import REQUEST
from tests.crash.server import running
from tests.crash.walk import Walk, await_
from tests.crash.wire import Wire, upload_of

MINUTE = timedelta(minutes=1)
PLACES = {"0": False, COMMIT: False, DONE: True}
"""Where the server dies, and whether the row is there afterwards."""


def test_a_file_without_its_row_is_swept_after_a_day_and_no_row_is_without_its_file(
    database_url: str, tmp_path: Path
) -> None:
    """F-07. The file lies there whole at each kill; the sweep takes what no row speaks of, once it is a day old."""
    walk = Walk.over(database_url, tmp_path)
    with running(walk.server):
        requests = {place: upload_of(f"key-{place}", "log.txt", place.encode() * 1000) for place in PLACES}
        blobs = BlobDirectory(walk.server.attachments)
        wire = Wire(port=walk.server.port, token=walk.client.cast.ops.token)
        hashes: dict[str, str] = {}
        for place, has_row in PLACES.items():
            known = stored(blobs)
            order = Path(walk.server.environment[ORDER])
            Order(who=REQUEST, commit=1, place=place).put(order)
            while order.exists():
                made = wire.send(requests[place])
                assert made is None or made.reply is None, made
            await_(lambda known=known: stored(blobs) > known, "the file")  # type: ignore[misc]
            [hashes[place]] = stored(blobs) - known
            assert (hashes[place] in uploads(walk)) == has_row, place
            assert uploads(walk) <= stored(blobs)
            walk.server.await_ready()

        assert sweep_blobs(walk.database, blobs, now=utc_now() + BLOBS_KEPT - MINUTE) == 0
        assert sweep_blobs(walk.database, blobs, now=utc_now() + BLOBS_KEPT + MINUTE) == 2
        assert stored(blobs) == {hashes[DONE]}
        for place, request in requests.items():
            again = None
            while again is None or again.reply is None:
                again = wire.send(request)
            assert (again.reply.status, again.reply.replayed) == (201, PLACES[place])
        assert uploads(walk) == stored(blobs) == set(hashes.values())
    wire.close()
    check(walk.server)
    walk.database.dispose()


def stored(blobs: BlobDirectory) -> set[str]:
    """The hashes of the files that are there."""
    return {path.name for path in blobs.root.glob("??/??/*")}


def uploads(walk: Walk) -> set[str]:
    """The hashes of the files that rows speak of."""
    with walk.database.engine.connect() as connection:
        return set(connection.scalars(sa.select(t.upload.c.sha256)))
