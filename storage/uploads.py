"""Files in their uploader's own space: for 24 hours, or until a command moves them to a ticket.

The bytes are received and judged before any transaction, the row is written by one: a crash in between leaves bytes
that nothing refers to, which the sweep collects, and never a row without its bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import bindparam

from bpmn.limits import ATTACHMENT_BYTES, UPLOADS_BYTES
from engine.errors import Invalid, NotFound
from engine.filenames import clean
from engine.ids import new_id
from engine.media import IMAGES, media_type
from engine.ports.blobs import Blob, Blobs
from engine.values.events import Upload
from storage.channel import Statement
from storage.previews import check_pixels
from storage.rows import upload_of
from storage.tables import attachment, upload, user
from storage.types import Moment
from storage.work import Work

KEPT = timedelta(hours=24)
GRACE = timedelta(hours=1)
"""How long a row outlives its time: a command that found it in time may be moving its file to a ticket just then."""

# The lock makes one person's uploads queue up, so that ten at once cannot all find the same room.
_LOCK = sa.select(user.c.id).where(user.c.id == bindparam("p_user")).with_for_update(key_share=True)
_USED = sa.select(sa.func.coalesce(sa.func.sum(upload.c.size), 0).label("bytes")).where(
    upload.c.user_id == bindparam("p_user"), upload.c.expires_at > bindparam("p_now", type_=Moment)
)
_OWN = sa.select(upload).where(
    upload.c.id == bindparam("p_id"),
    upload.c.user_id == bindparam("p_user"),
    upload.c.expires_at > bindparam("p_now", type_=Moment),
)
_INSERT = sa.insert(upload)
_DELETE = sa.delete(upload).where(upload.c.id == bindparam("p_id"))
_EXPIRE = sa.delete(upload).where(upload.c.expires_at <= bindparam("p_now", type_=Moment))


@dataclass(frozen=True, kw_only=True)
class Received:
    """Bytes that are stored and judged, with a clean name; not yet anyone's upload."""

    blob: Blob
    name: str
    media_type: str


def receive(blobs: Blobs, chunks: Iterable[bytes], *, name: str) -> Received:
    """Store the bytes and find out what they are.

    Nothing is kept of what is refused.

    Raises: TooLarge `FILE_TOO_LARGE`; Invalid `TYPE_MISMATCH`, `IMAGE_BROKEN` or `IMAGE_TOO_LARGE`.
    """
    kept = clean(name)
    blob, kind = blobs.put(chunks, limit=ATTACHMENT_BYTES, inspect=lambda file: _judged(file, kept))
    return Received(blob=blob, name=kept, media_type=kind)


def _judged(file: BinaryIO, name: str) -> str:
    kind = media_type(file, name)
    if kind in IMAGES:
        check_pixels(file)
    return kind


def check_room(work: Work, size: int = 1) -> None:
    """Whether the actor's space holds `size` more bytes; asked before receiving, and again by `add`.

    Raises: Unauthenticated; Invalid `UPLOADS_FULL`.
    """
    who = {"p_user": work.actor.id}
    _, [used] = work.read(Statement(_LOCK, who), Statement(_USED, {**who, "p_now": work.now}))
    if used.bytes + size > UPLOADS_BYTES:
        raise Invalid("UPLOADS_FULL", {"limit": UPLOADS_BYTES, "used": int(used.bytes), "size": size})


def add(work: Work, received: Received) -> Upload:
    """Put received bytes into the actor's own space.

    Raises: Unauthenticated; Invalid `UPLOADS_FULL`.
    """
    check_room(work, received.blob.size)
    made = Upload(
        id=new_id(),
        user_id=work.actor.id,
        sha256=received.blob.sha256,
        name=received.name,
        media_type=received.media_type,
        size=received.blob.size,
        expires_at=work.now + KEPT,
    )
    work.write(_INSERT, {name: getattr(made, name) for name in upload.c.keys()})  # noqa: SIM118 - columns, not a dict
    return made


def find(work: Work, upload_id: UUID) -> Upload:
    """One of the actor's own uploads.

    Raises: Unauthenticated; NotFound, also for someone else's or an expired one.
    """
    [rows] = work.read(Statement(_OWN, {"p_id": upload_id, "p_user": work.actor.id, "p_now": work.now}))
    if not rows:
        raise NotFound("file")
    return upload_of(rows[0])


def remove(work: Work, upload_id: UUID) -> None:
    """Take one of the actor's own uploads away; its bytes go with the next sweep.

    Raises: as `find`.
    """
    work.write(_DELETE, {"p_id": find(work, upload_id).id})


def expire(work: Work) -> None:
    """Remove every upload whose time has long been over."""
    work.write(_EXPIRE, {"p_now": work.now - GRACE})


def referred_to(work: Work, hashes: Sequence[str]) -> set[str]:
    """Those of the hashes that an upload or an attachment refers to."""
    clauses = (sa.select(each.c.sha256).where(each.c.sha256.in_(hashes)) for each in (upload, attachment))
    return {row.sha256 for rows in work.read(*(Statement(clause) for clause in clauses)) for row in rows}
