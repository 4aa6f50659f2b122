"""The fixtures of the API's tests, for the lines of the security bar."""

from tests.app.api.conftest import api, bare, furnished, furnished_on_postgresql, lite  # noqa: F401
