"""What a file is, by its bytes (F-01, F-03)."""

import io
import time
import zipfile

import pytest
from PIL import Image

from engine.errors import Invalid
from engine.media import media_type, sniff

HTML = b"<html><script>alert(1)</script></html>"
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
ELF = b"\x7fELF\x02\x01\x01" + bytes(60)
PHP = b"<?php system($_GET['c']); ?>"
SVG = b'<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, kind)
    return out.getvalue()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.png", picture("PNG"), "image/png"),
        ("a.jpg", picture("JPEG"), "image/jpeg"),
        ("a.gif", picture("GIF"), "image/gif"),
        ("a.webp", picture("WEBP"), "image/webp"),
        ("微信图片.png", picture("JPEG"), "image/jpeg"),
        ("no-extension", picture("PNG"), "image/png"),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        ("a.docx", zipped("[Content_Types].xml", "word/document.xml"), WORD),
        ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), EXCEL),
        ("secret.docx", OLE, "application/x-ole-storage"),
        ("a.zip", zipped("a.txt"), "application/zip"),
        ("a.zip", zipped("word/document.xml"), WORD),
        ("broken.zip2", b"PK\x03\x04broken", "application/octet-stream"),
        ("a.mp4", b"\x00\x00\x00\x20ftypisom" + bytes(20), "video/mp4"),
        ("a.mov", b"\x00\x00\x00\x14ftypqt  " + bytes(20), "video/quicktime"),
        ("IMG.heic", b"\x00\x00\x00\x20ftypheic" + bytes(20), "image/heic"),
        ("a.txt", "故障受理 Ärger\r\n".encode(), "text/plain"),
        ("a.log", "故障受理".encode("gbk"), "text/plain"),
        ("a.log", b"\x1b[31mred\x1b[0m\n", "text/plain"),
        ("a.txt", "故障".encode("utf-16"), "text/plain"),
        ("a.csv", b"a,b\n1,2\n", "text/csv"),
        ("a.csv", "编号,名称\n".encode("gb18030"), "text/csv"),
        ("a.json", b'{"a": 1}', "application/json"),
        ("a.eml", b"Received: from x\r\nSubject: y\r\n\r\nhi", "message/rfc822"),
        ("a.xml", b"<?xml version='1.0'?><config/>", "application/xml"),
        ("bmw.txt", b"BMW is a word, MZ too", "text/plain"),
        ("a.html", HTML, "text/html"),
        ("a.xhtml", b"<?xml version='1.0'?>\n<!DOCTYPE html>\n<html xmlns='x'/>", "text/html"),
        ("a.svg", SVG, "image/svg+xml"),
        ("setup.exe", EXE, "application/x-executable"),
        ("tool", ELF, "application/x-executable"),
        ("run.sh", b"#!/bin/sh\nrm -rf /\n", "text/x-script"),
        ("a.bin", bytes(range(256)), "application/octet-stream"),
        ("empty.txt", b"", "text/plain"),
    ],
)
def test_the_type_is_told_from_the_bytes(name: str, content: bytes, expected: str) -> None:
    assert media_type(io.BytesIO(content), name) == expected


@pytest.mark.parametrize("name", ["a.png", "a.JPG", "a.gif", "a.webp", "a.pdf", "a.docx", "a.xlsx", "a.zip", "a.mp4"])
@pytest.mark.parametrize("content", [HTML, EXE, ELF, PHP, SVG, b"", b"plain words"])
def test_f_03_a_name_that_lies_about_its_bytes_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        media_type(io.BytesIO(content), name)
    assert refused.value.code == "TYPE_MISMATCH"
    assert refused.value.params["name"] == name


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.log", "a.svg", "a.json"])
def test_a_program_is_not_sent_as_text(name: str) -> None:
    with pytest.raises(Invalid):
        media_type(io.BytesIO(EXE), name)


def test_text_whose_last_character_is_cut_where_reading_ends_is_text() -> None:
    for shift in range(4):
        for encoding in ("utf-8", "gb18030"):
            content = b"x" * shift + ("故障😀" * 20_000).encode(encoding)
            assert sniff(io.BytesIO(content)) == "text/plain"


def test_f_01_a_picture_that_is_also_a_script_is_a_picture() -> None:
    assert sniff(io.BytesIO(b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//")) == "image/gif"


@pytest.mark.parametrize(
    "content",
    [
        b"<!---->" * 9_000,
        b"<!--" * 16_000,
        b"<!----> --> " * 5_000 + b"x",
        b"<?" * 30_000,
        b"<!doctype" * 7_000,
        b" " * 64_000,
    ],
)
def test_no_text_takes_long_to_tell(content: bytes) -> None:
    began = time.process_time()
    sniff(io.BytesIO(content))
    assert time.process_time() - began < 0.5
