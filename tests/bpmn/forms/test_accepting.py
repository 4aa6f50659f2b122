"""Which files a file field takes."""

import pytest

from bpmn.forms.accepting import accepts


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        (None, True),
        ("", True),
        (" , ", True),
        ("image/*", True),
        ("IMAGE/PNG", True),
        (".pdf, .png", True),
        ("*/*", True),
        ("image/jpeg", False),
        ("video/*,.pdf", False),
        ("imag", False),
    ],
)
def test_a_picture_is_taken_where_its_type_or_ending_is_asked_for(accept: str | None, taken: bool) -> None:
    assert accepts(accept, media_type="image/png", name="Screen.PNG") is taken


def test_the_type_is_that_of_the_bytes_whatever_the_name_says() -> None:
    assert not accepts("image/*", media_type="text/html", name="x.png")
