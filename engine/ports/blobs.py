"""The port of the attachment store: bytes under their SHA-256, written before any row speaks of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Blob:
    """Stored bytes. `sha256` is 64 hexadecimal digits, `size` is in bytes."""

    sha256: str
    size: int


class Blobs(Protocol):
    """Where the bytes of attachments lie."""

    def put(self, chunks: Iterable[bytes], *, limit: int, inspect: Callable[[BinaryIO], T]) -> tuple[Blob, T]:
        """Store what the chunks hold, durable when this returns, and what `inspect` says of it.

        The same bytes twice are stored once. Nothing is kept when `inspect`, which gets all of it, raises.

        Raises: TooLarge `FILE_TOO_LARGE` as soon as more than `limit` bytes have come; what `inspect` raises;
            Busy `STORAGE_FULL` or `STORAGE_NOT_WRITABLE`.
        """

    def open(self, sha256: str) -> BinaryIO:
        """The bytes, seekable; the caller closes it.

        Raises: NotFound when there is no such blob.
        """

    def exists(self, sha256: str) -> bool:
        """Whether the blob is stored."""

    def old(self, *, before: datetime) -> Iterable[str]:
        """The blobs that were last put before that moment."""

    def remove(self, sha256: str, *, before: datetime) -> bool:
        """Remove the blob and what was derived from it, unless it was put again since; whether it was."""
