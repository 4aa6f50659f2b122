"""HEAD and OPTIONS behave, and a method that an address does not take is refused with those it does."""

from tests.app.api.client import Api


def test_head_is_get_without_its_body(lite: Api) -> None:
    headers = {"Authorization": f"Bearer {lite.token_of('alice')}"}
    read = lite.client().get("/api/v1/tickets", headers=headers)
    head = lite.client().head("/api/v1/tickets", headers=headers)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == read.headers["ETag"]
    assert lite.client().head("/api/v1/tickets").status_code == 401


def test_options_tells_the_methods_to_anybody(lite: Api) -> None:
    answer = lite.client().options("/api/v1/tickets")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert lite.client().options("/api/v1/nothing").status_code == 404


def test_another_method_is_405_with_what_is_allowed(lite: Api) -> None:
    for method in ("DELETE", "TRACE", "PUT", "BREW"):
        answer = lite.client().open("/api/v1/tickets", method=method)
        assert (answer.status_code, answer.get_json()["code"]) == (405, "METHOD_NOT_ALLOWED")
        assert "GET" in answer.headers["Allow"]
