"""Previews hold the picture and nothing else; a bomb is refused by its header (F-01, F-04)."""

import io
import resource
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import Invalid, NotFound
from storage.blobs import BlobDirectory
from storage.previews import PreviewSize, check_pixels, preview, reencode


def picture(kind: str, size: tuple[int, int] = (2000, 1000), mode: str = "RGB", **options: object) -> io.BytesIO:
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, kind, **options)
    out.seek(0)
    return out


def png_header(width: int, height: int) -> io.BytesIO:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("size", list(PreviewSize))
def test_a_preview_is_a_picture_of_bounded_size(kind: str, size: PreviewSize) -> None:
    with Image.open(io.BytesIO(reencode(picture(kind), size))) as made:
        assert (made.format, made.size) == ("WEBP", (size.value, size.value // 2))
        assert made.convert("RGB").getpixel((5, 5))[0] > 240


def test_a_small_picture_is_not_enlarged() -> None:
    with Image.open(io.BytesIO(reencode(picture("PNG", (30, 20)), PreviewSize.LARGE))) as made:
        assert made.size == (30, 20)


def test_f_01_nothing_of_the_metadata_remains_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "SECRET-PLACE"
    exif.get_ifd(0x8825)[1] = "N"
    original = picture("JPEG", (400, 200), exif=exif, comment=b"SECRET-COMMENT")
    assert b"SECRET" in original.getvalue()
    made = reencode(original, PreviewSize.LARGE)
    assert b"SECRET" not in made
    with Image.open(io.BytesIO(made)) as image:
        assert image.size == (200, 400)
        assert not image.getexif()
        assert "icc_profile" not in image.info


def test_what_is_see_through_stays_so() -> None:
    original = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(original, "PNG")
    with Image.open(io.BytesIO(reencode(original, PreviewSize.LARGE))) as made:
        assert made.getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("size", [(50_000, 50_000), (8_001, 8_000), (2_000_000_000, 1), (65_000, 1_000)])
def test_f_04_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(Invalid) as refused:
        check_pixels(png_header(*size))
    assert refused.value.code == "IMAGE_TOO_LARGE"
    with pytest.raises(Invalid):
        reencode(png_header(*size), PreviewSize.THUMBNAIL)
    assert time.process_time() - began < 0.2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_a_picture_within_the_limit_passes() -> None:
    check_pixels(png_header(8_000, 8_000))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%!PS-Adobe", b"<svg/>"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        check_pixels(io.BytesIO(content))
    assert refused.value.code == "IMAGE_BROKEN"


def test_a_picture_that_breaks_off_has_no_preview() -> None:
    whole = picture("PNG").getvalue()
    with pytest.raises(Invalid) as refused:
        reencode(io.BytesIO(whole[: len(whole) // 2]), PreviewSize.LARGE)
    assert refused.value.code == "IMAGE_BROKEN"


def test_a_preview_is_kept_beside_its_original(tmp_path: Path) -> None:
    blobs = BlobDirectory(tmp_path)
    blob, _ = blobs.put([picture("PNG").getvalue()], limit=10**6, inspect=check_pixels)
    first = preview(blobs, blob.sha256, PreviewSize.THUMBNAIL)
    assert blobs.preview(blob.sha256, "320.webp").read_bytes() == first
    assert preview(blobs, blob.sha256, PreviewSize.THUMBNAIL) == first
    with pytest.raises(NotFound):
        preview(blobs, "a" * 64, PreviewSize.THUMBNAIL)
