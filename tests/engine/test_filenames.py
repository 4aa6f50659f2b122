"""File names are for people: nothing in them leads anywhere (F-02)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.filenames import clean


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x", "x"),
        ("C:\\temp\\故障截图.png", "故障截图.png"),
        ("a\0.png", "a.png"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("console.txt", "console.txt"),
        ("COM¹.log", "_COM¹.log"),
        ("\u202egpj.exe", "gpj.exe"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("=cmd.csv", "_=cmd.csv"),
        ("@x.csv", "_@x.csv"),
        (".htaccess", "_.htaccess"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie_ x=1.png"),
        ('a"b<c>.png', "a_b_c_.png"),
        ("name. . ", "name"),
        ("..", "file"),
        ("", "file"),
        ("a/", "file"),
        ("\ud800x.png", "x.png"),
        ("e\u0301.txt", "é.txt"),
        ("👩‍💻.png", "👩‍💻.png"),
    ],
)
def test_f_02_a_name_keeps_what_people_read_and_nothing_else(given_name: str, kept: str) -> None:
    assert clean(given_name) == kept


def test_a_long_name_is_cut_before_its_extension() -> None:
    assert clean("x" * 300 + ".png") == "x" * 196 + ".png"
    kept = clean("故" * 300 + ".png")
    assert len(kept.encode()) <= 255
    assert kept.endswith("故.png")
    assert clean("a." + "b" * 300) == "a." + "b" * 198


@given(st.text(max_size=400))
def test_every_name_becomes_one_that_is_safe_and_stays_as_it_is(name: str) -> None:
    kept = clean(name)
    assert kept
    assert len(kept) <= 201
    assert len(kept.encode()) <= 256
    assert not set(kept) & set('/\\\0\r\n"<>:|?*')
    assert not kept.startswith(("=", "+", "-", "@", "."))
    assert clean(kept) == kept
