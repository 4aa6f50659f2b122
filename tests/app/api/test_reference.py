"""docs/reference/api.md and errors.md say what the code says."""

from app.api.reference import errors_page, operations_page, with_made_part
from tests.app.api.client import Api
from tests.architecture.repository import ROOT

REFERENCE = ROOT / "docs" / "reference"


def test_the_reference_of_operations_is_current(bare: Api) -> None:
    page = (REFERENCE / "api.md").read_text("utf-8")
    assert page == with_made_part(page, operations_page(bare.app))


def test_the_reference_of_codes_is_current() -> None:
    page = (REFERENCE / "errors.md").read_text("utf-8")
    assert page == with_made_part(page, errors_page())
