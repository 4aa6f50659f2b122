"""What a search finds."""

import unicodedata

import pytest

from engine.queries import tickets as queries
from engine.values.views import TicketFilter
from tests.support.desk import Desk


@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_title_is_found_however_its_accents_are_typed(desk: Desk, typed: str) -> None:
    """security-bar D-08."""
    desk.open(title="Café 网站无法访问")
    desk.open(title=unicodedata.normalize("NFD", "Café 无法登录"))
    wanted = TicketFilter(text=unicodedata.normalize(typed, "Café"))  # type: ignore[arg-type]
    assert len(desk.see("admin", lambda work: queries.tickets(work, wanted)).items) == 2
