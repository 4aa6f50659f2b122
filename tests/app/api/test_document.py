"""The OpenAPI document is complete, and what it promises withstands a fuzzer."""

from datetime import timedelta
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.generation import GenerationMode

from tests.app.api.client import Api

EXAMPLES = 4
"""Requests per operation and mode, so that all of it takes seconds."""


def operations(api: Api) -> list[tuple[str, str, dict[str, Any]]]:
    document = api.client().get("/api/openapi.json").get_json()
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict)
    ]


def test_every_operation_says_what_it_takes_gives_and_refuses(lite: Api) -> None:
    found = operations(lite)
    assert len(found) > 90
    assert len({operation["operationId"] for _, _, operation in found}) == len(found)
    for method, path, operation in found:
        assert operation["summary"], path
        assert "security" in operation
        statuses = set(operation["responses"])
        assert statuses & {"200", "201", "204"}
        assert {"400", "401", "403", "404", "422", "503"} <= statuses
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        if method == "get" and operation["security"]:
            assert "Idempotency-Key" not in names
        for status, response in operation["responses"].items():
            if status.startswith("2") and status != "204":
                assert response["content"], (method, path, status)


def test_every_schema_is_a_schema(lite: Api) -> None:
    document = lite.client().get("/api/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert "Error" not in document["components"]["schemas"]


def test_the_readable_pages_show_everything_and_load_nothing(lite: Api) -> None:
    page = lite.client().get("/api/docs").get_data(as_text=True)
    for method, path, operation in operations(lite):
        assert f'id="{operation["operationId"]}"' in page
        assert f"<code>{method.upper()} {path}</code>" in page
    errors = lite.client().get("/api/docs/errors").get_data(as_text=True)
    problem = lite.client().get("/nothing").get_json()
    assert problem["type"] == "/api/docs/errors#NO_SUCH_ADDRESS"
    assert 'id="NO_SUCH_ADDRESS"' in errors
    assert 'id="ALREADY_CLAIMED"' in errors
    for text in (page, errors):
        assert [word for word in ("<script", "<style", "style=", "http://", "https://", " src=") if word in text] == []


def test_whoever_has_this_document_already_gets_304(lite: Api) -> None:
    first = lite.client().get("/api/openapi.json")
    again = lite.client().get("/api/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_r_19_schemathesis_finds_no_failure(lite: Api) -> None:
    from tests.support.people import add_user

    grants = [("customer_service", ""), ("ops", "web"), ("qc", "")]
    add_user(lite.database, "fuzz", permissions="admin auditor designer", grants=grants)
    token = lite.token_of("fuzz")
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", lite.app)
    called = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        # Signing out and taking accounts out of use would leave nothing to fuzz with.
        if operation.path.endswith(("/session", "/me/password", "/deactivate", "/permissions")):
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            called += _fuzz(lite, operation, mode, token)
    assert called > 300


def _fuzz(api: Api, operation: Any, mode: GenerationMode, token: str) -> int:
    called = 0

    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def once(data: st.DataObject) -> None:
        nonlocal called
        case = data.draw(operation.as_strategy(generation_mode=mode))
        api.clock.forward(timedelta(seconds=3))
        response = case.call(headers={"Authorization": f"Bearer {token}"})
        called += 1
        assert response.status_code < 500, (operation.label, response.status_code)
        case.validate_response(
            response,
            checks=[
                schemathesis.checks.not_a_server_error,
                schemathesis.checks.response_schema_conformance,
                schemathesis.checks.status_code_conformance,
                schemathesis.checks.content_type_conformance,
            ],
        )

    once()
    return called
