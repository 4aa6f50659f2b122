"""The attachment store on a file system: `ab/cd/abcd...` by SHA-256, with previews beside it under `previews/`.

Put and remove take turns by a lock on one file, across processes: a sweep must not delete what an upload is just
relying on. Putting the same bytes again renews their date, so that what is put is safe for as long as the sweep waits.
"""

import errno
import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

from engine.errors import Busy, NotFound, TooLarge
from engine.ports.blobs import Blob

T = TypeVar("T")

_SHA256 = re.compile(r"[0-9a-f]{64}")
_INCOMING = "incoming"
_PREVIEWS = "previews"
_UNWRITABLE = {
    errno.ENOSPC: "STORAGE_FULL",
    errno.EDQUOT: "STORAGE_FULL",
    errno.EROFS: "STORAGE_NOT_WRITABLE",
    errno.EACCES: "STORAGE_NOT_WRITABLE",
}
_MENDING = 60
"""Seconds after which trying again may be of use: until then somebody has to make room."""


class BlobDirectory:
    """See `engine.ports.blobs.Blobs`. Several processes may share the directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for part in (root, root / _INCOMING, root / _PREVIEWS):
            part.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, chunks: Iterable[bytes], *, limit: int, inspect: Callable[[BinaryIO], T]) -> tuple[Blob, T]:
        """See Blobs."""
        with _writable(), self._incoming() as file:
            blob = _write(chunks, file, limit=limit)
            said = inspect(file)
            os.fsync(file.fileno())
            self._adopt(Path(file.name), blob)
            return blob, said

    @contextmanager
    def _incoming(self) -> Iterator[BinaryIO]:
        """A new temporary file of this store, removed on leaving unless it was moved away."""
        file = tempfile.NamedTemporaryFile(dir=self.root / _INCOMING, delete=False)  # noqa: SIM115
        try:
            with file:
                yield file  # type: ignore[misc]
        finally:
            with suppress(FileNotFoundError):
                os.unlink(file.name)

    def _adopt(self, written: Path, blob: Blob) -> None:
        target = self.path(blob.sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._turn():
            written.replace(target)
        for directory in (target.parent, target.parent.parent, self.root):
            _sync(directory)

    def open(self, sha256: str) -> BinaryIO:
        """See Blobs."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound("file") from None

    def exists(self, sha256: str) -> bool:
        """See Blobs."""
        return self.path(sha256).is_file()

    def old(self, *, before: datetime) -> Iterator[str]:
        """See Blobs; also removes temporary files that old, which a crash left behind."""
        for left in (self.root / _INCOMING).iterdir():
            if _is_older(left, before):
                left.unlink(missing_ok=True)
        for path in self.root.glob("??/??/*"):
            if _SHA256.fullmatch(path.name) and _is_older(path, before):
                yield path.name

    def remove(self, sha256: str, *, before: datetime) -> bool:
        """See Blobs."""
        path = self.path(sha256)
        with self._turn():
            if not _is_older(path, before):
                return False
            path.unlink()
        for preview in self.preview(sha256, "x").parent.glob(f"{sha256}.*"):
            preview.unlink(missing_ok=True)
        return True

    def derived(self, sha256: str, form: str, make: Callable[[BinaryIO], bytes]) -> bytes:
        """What `make` gives for the blob, made once and kept beside it under the name of the form.

        Raises: NotFound when there is no such blob; what `make` raises.
        """
        kept = self.preview(sha256, form)
        with suppress(FileNotFoundError):
            return kept.read_bytes()
        with self.open(sha256) as original:
            content = make(original)
        # What cannot be kept is made again the next time.
        with suppress(Busy), _writable():
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._incoming() as file:
                file.write(content)
                file.flush()
                Path(file.name).replace(kept)
        return content

    def path(self, sha256: str) -> Path:
        """Where the blob lies. Only 64 hexadecimal digits make a path, so none leads elsewhere.

        Raises: NotFound for any other text.
        """
        return self._under(self.root, sha256)

    def preview(self, sha256: str, form: str) -> Path:
        """Where a derived form of the blob lies, if it was made."""
        return self._under(self.root / _PREVIEWS, sha256).with_name(f"{sha256}.{form}")

    @staticmethod
    def _under(root: Path, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise NotFound("file")
        return root / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def _writable() -> Iterator[None]:
    """Raises: Busy `STORAGE_FULL` or `STORAGE_NOT_WRITABLE` instead of the system's error."""
    try:
        yield
    except OSError as error:
        code = _UNWRITABLE.get(error.errno or 0)
        if code is None:
            raise
        raise Busy(code, {"retry_after": _MENDING}) from error


def _is_older(path: Path, moment: datetime) -> bool:
    """Whether the file is there and was last written before the moment; others may remove it at any time."""
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def _write(chunks: Iterable[bytes], file: BinaryIO, *, limit: int) -> Blob:
    """Write the chunks to the file, hashing them on the way.

    Raises: TooLarge `FILE_TOO_LARGE` as soon as more than `limit` bytes have come.
    """
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge("FILE_TOO_LARGE", {"limit": limit})
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    return Blob(sha256=digest.hexdigest(), size=size)


def _sync(directory: Path) -> None:
    """A rename is durable once its directory is."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
