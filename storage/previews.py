"""Previews of images: re-encoded, so that nothing of the original's metadata or cleverness remains.

An image is measured by its header before anything of it is decoded, and only by the four decoders named here.
"""

import io
import threading
from enum import IntEnum
from typing import BinaryIO, Final

from PIL import Image, ImageOps

from bpmn.limits import IMAGE_PIXELS
from engine.errors import Invalid
from storage.blobs import BlobDirectory

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")
_BROKEN = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
# One at a time: the memory of one decoded picture is known, that of twenty is not.
_decoding = threading.Lock()


class PreviewSize(IntEnum):
    """The longer side of a preview, in pixels at most."""

    LARGE = 1280
    THUMBNAIL = 320


def check_pixels(file: BinaryIO) -> None:
    """Read an image's size from its header.

    Raises: Invalid `IMAGE_BROKEN` when there is no such header, `IMAGE_TOO_LARGE` over 64 million pixels.
    """
    file.seek(0)
    try:
        with Image.open(file, formats=_FORMATS) as image:
            width, height = image.size
    except Image.DecompressionBombError:
        raise Invalid("IMAGE_TOO_LARGE", {"limit": IMAGE_PIXELS}) from None
    except _BROKEN:
        raise Invalid("IMAGE_BROKEN") from None
    if width * height > IMAGE_PIXELS:
        raise Invalid("IMAGE_TOO_LARGE", {"width": width, "height": height, "limit": IMAGE_PIXELS})


def preview(blobs: BlobDirectory, sha256: str, size: PreviewSize) -> bytes:
    """A WebP picture of the image, upright and no larger than its original; made once and kept.

    Raises: NotFound, Invalid (see `check_pixels`, or an image that breaks off).
    """
    return blobs.derived(sha256, f"{size.value}.webp", lambda original: reencode(original, size))


def reencode(original: BinaryIO, size: PreviewSize) -> bytes:
    """The picture (of an animation, its first) as WebP within a square of that size, without metadata."""
    check_pixels(original)
    original.seek(0)
    with _decoding:
        try:
            with Image.open(original, formats=_FORMATS) as image:
                # A JPEG is decoded at a fraction of its size where that is enough.
                image.draft("RGB", (size.value, size.value))
                picture = ImageOps.exif_transpose(image).convert("RGBA" if _is_transparent(image) else "RGB")
        except _BROKEN:
            raise Invalid("IMAGE_BROKEN") from None
    picture.thumbnail((size.value, size.value))
    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    out = io.BytesIO()
    fresh.save(out, "WEBP", quality=82)
    return out.getvalue()


def _is_transparent(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info
