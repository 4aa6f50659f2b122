"""Bad input: every operation with everything that can be wrong with what it takes. Never a 500, nothing changed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.bodies import JSON_BYTES
from tests.app.api.client import REPORT, Api, address
from tests.security.test_authorisation_matrix import NOBODYS
from tests.support.acting import contents


def document_of(api: Api) -> dict[str, Any]:
    """The OpenAPI document."""
    if api.document is None:
        api.get("/health/live")
    assert api.document is not None
    return api.document.document


def operations(api: Api) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of the document, its path filled with ids that nothing has."""
    document = document_of(api)
    for template, methods in document["paths"].items():
        path = template
        for name in [part.partition("}")[0] for part in template.split("{")[1:]]:
            path = path.replace("{" + name + "}", "1" if name == "number" else NOBODYS)
        for method, operation in methods.items():
            if isinstance(operation, dict):
                yield method.upper(), path, operation


def schema_of(api: Api, operation: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON schema of an operation's body."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    name = content["schema"]["$ref"].rpartition("/")[2]
    found: dict[str, Any] = document_of(api)["components"]["schemas"][name]
    return found


def wrong_values(field: dict[str, Any]) -> Iterator[object]:
    """Values that the field's schema does not allow."""
    kinds = field.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    for kind, value in (
        ("string", "text"),
        ("integer", 1),
        ("boolean", True),
        ("array", []),
        ("object", {"k": 1}),
        ("null", None),
    ):
        if kind not in kinds and not (kind == "integer" and "number" in kinds) and "anyOf" not in field:
            yield value
    if "maxLength" in field:
        yield "x" * (field["maxLength"] + 1)
    if "maximum" in field:
        yield field["maximum"] + 1
    if "enum" in field:
        yield "none-of-these"
    yield "nul\0"
    yield "\ud800"


def refuse(api: Api, method: str, path: str, content: bytes, **headers: str) -> dict[str, Any]:
    """The problem with which the request is refused; sent raw, since not everything wrong is JSON."""
    sent = {"Authorization": f"Bearer {api.token_of('both')}", "Content-Type": "application/json", **headers}
    answer = api.client().open(address(path), method=method, data=content, headers=sent)
    assert 400 <= answer.status_code < 500, (method, path, content[:200], answer.status_code)
    assert answer.mimetype == "application/problem+json"
    api.judge(method, path, answer)
    problem: dict[str, Any] = answer.get_json()
    return problem


@pytest.fixture
def both(lite: Api) -> Api:
    """A desk with somebody who may do everything, so that nothing is refused for want of a permission."""
    from tests.support.people import add_user

    grants = [("customer_service", ""), ("ops", "web"), ("qc", "")]
    add_user(lite.database, "both", permissions="admin auditor designer", grants=grants)
    lite.token_of("both")
    return lite


def test_d_08_every_field_of_every_body_is_checked(both: Api) -> None:
    before, checked = contents(both.database), 0
    for method, path, operation in operations(both):
        schema = schema_of(both, operation)
        if schema is None:
            continue
        for name, field in schema["properties"].items():
            for value in wrong_values(field):
                content = json.dumps({name: value}).encode("utf-8", "surrogatepass")
                problem = refuse(both, method, path, content, **{"If-Match": '"v1"'})
                if problem["code"] == "RATE_LIMITED":
                    both.clock.forward(timedelta(minutes=2))
                    problem = refuse(both, method, path, content, **{"If-Match": '"v1"'})
                named = [each["path"].partition(".")[0] for each in problem.get("errors", [])]
                assert name in named, (method, path, name, value, problem)
                checked += 1
    assert checked > 200
    assert contents(both.database) == before


def test_unknown_and_missing_fields_are_named(both: Api) -> None:
    before = contents(both.database)
    for method, path, operation in operations(both):
        schema = schema_of(both, operation)
        if schema is None:
            continue
        unknown = refuse(both, method, path, b'{"surprise": 1}', **{"If-Match": '"v1"'})
        assert "surprise" in [each["path"] for each in unknown["errors"]], (method, path)
        missing = {each["path"] for each in unknown["errors"] if each["code"] == "FIELD_REQUIRED"}
        assert missing == set(schema.get("required", [])), (method, path)
    assert contents(both.database) == before


BODIES = (
    (b"{", 400),
    (b"[]", 422),
    (b'"text"', 422),
    (b"null", 422),
    (b"1", 422),
    (b'{"a": "\xff"}', 400),
    (b"\x00", 400),
    (b'{"surprise": "' + b"x" * JSON_BYTES + b'"}', 413),
)


def test_a_body_that_is_none(both: Api) -> None:
    for method, path, operation in operations(both):
        if schema_of(both, operation) is not None:
            statuses = [refuse(both, method, path, content)["status"] for content, _ in BODIES]
            assert statuses == [status for _, status in BODIES], (method, path)


def test_operations_without_a_body_take_none(both: Api) -> None:
    for method, path, operation in operations(both):
        if method != "GET" and "requestBody" not in operation:
            problem = refuse(both, method, path, b'{"surprise": 1}', **{"If-Match": '"v1"'})
            assert [each["path"] for each in problem["errors"]] == ["surprise"]


def test_d_06_unknown_repeated_and_wrong_parameters(both: Api) -> None:
    for method, path, operation in operations(both):
        if method != "GET" or not operation.get("security"):
            continue
        problem = refuse(both, method, f"{path}?sort=title;drop%20table", b"")
        assert [each["path"] for each in problem["errors"]] == ["sort"], path
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "query":
                continue
            name = parameter["name"]
            repeated = refuse(both, method, f"{path}?{name}=1&{name}=2", b"")
            assert repeated["code"] == "PARAMETER_REPEATED", (path, name)
            for value in ("%00", "%ff", "%ed%a0%80"):
                assert refuse(both, method, f"{path}?{name}={value}", b"")["code"] == "ENCODING"


def test_paths_that_name_nothing(both: Api) -> None:
    for path in ("/tickets/%ff", "/tickets/%00", "/services/%c3%28", f"/roles/{'x' * 5_000}"):
        assert refuse(both, "GET", path, b"")["status"] in (400, 404)
    assert refuse(both, "POST", "/tasks/%00/claim", b"")["status"] == 400


def test_d_05_page_sizes(both: Api) -> None:
    for path in ("/tickets", "/tasks", "/users", "/processes", "/audit"):
        for limit in ["0", "101", "10000", "-1", "1.5", "x", ""]:
            problem = refuse(both, "GET", f"{path}?limit={limit}", b"")
            assert (problem["status"], problem["errors"][0]["path"]) == (422, "limit")


def test_every_refusal_speaks_both_languages(both: Api) -> None:
    for language, word in (("zh-CN", "内容有误"), ("en", "mistakes")):
        problem = refuse(both, "POST", "/tickets", b'{"surprise": 1}', **{"Accept-Language": language})
        assert word in problem["detail"]
        assert all(each["detail"] != each["code"] for each in problem["errors"])


def test_a_stale_or_missing_if_match_on_configuration(both: Api) -> None:
    body = {"names": {"zh": "新"}}
    for path in ("/roles/ops", "/businesses/web", "/services/fault", "/processes/fault-handling"):
        missing = refuse(both, "PATCH", path, json.dumps(body).encode())
        assert (missing["status"], missing["code"]) == (428, "IF_MATCH_REQUIRED")
        stale = refuse(both, "PATCH", path, json.dumps(body).encode(), **{"If-Match": '"v999"'})
        assert (stale["status"], stale["code"]) == (412, "VERSION_CHANGED")


def test_an_idempotency_key_that_is_none(both: Api) -> None:
    body = json.dumps({"service": "fault", "answers": REPORT}).encode()
    for key in ["", " ", "x" * 129, "a b", "schlüssel"]:
        problem = refuse(both, "POST", "/tickets", body, **{"Idempotency-Key": key})
        assert (problem["status"], problem["code"]) == (400, "IDEMPOTENCY_KEY_MALFORMED")
