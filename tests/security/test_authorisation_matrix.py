"""A-01: every route for every kind of person against the committed matrix; an undeclared view stops the start."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.allowing import Public, UndeclaredError, allow_of, check_declared
from engine.values.actors import Scope
from tests.app.api.client import Api

MATRIX = Path(__file__).with_name("authorisation.toml")
PEOPLE = ("eve", "alice", "bob", "carol", "dave", "audrey", "root")
NOBODYS = "0192f0a0-0000-7000-8000-000000000000"
PAGES = ("/api/", "/health/", "/metrics")
"""What the matrix speaks of; the pages have their own."""


def routes(app: Flask) -> Iterator[tuple[str, str, object]]:
    """(method, rule, view) of every route."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PAGES):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, app.view_functions[rule.endpoint]


def path_of(rule: str) -> str:
    """The rule with parameters that name nothing."""
    return re.sub(r"<number:[^>]*>", "1", re.sub(r"<(?!number:)[^>]+>", NOBODYS, rule))


def test_a_01_every_route_is_open_to_whom_the_matrix_says(lite: Api) -> None:
    found: dict[str, object] = {}
    for method, rule, view in routes(lite.app):
        answers = {by: lite.call(method, path_of(rule), by=by) for by in PEOPLE}
        anonymous = lite.call(method, path_of(rule))
        refused = {
            by: answer
            for by, answer in answers.items()
            if answer.status_code == 403 and answer.get_json()["code"] == "PERMISSION_REQUIRED"
        }
        allowed = [by for by in PEOPLE if by not in refused]
        if anonymous.status_code != 401:
            assert isinstance(allow_of(view), Public), (method, rule, anonymous.status_code)
            assert allowed == list(PEOPLE)
            found[f"{method} {rule}"] = "everybody"
        else:
            found[f"{method} {rule}"] = "signed in" if allowed == list(PEOPLE) else allowed
    assert found == tomllib.loads(MATRIX.read_text("utf-8"))["routes"]


def test_a_01_a_token_without_the_scope_may_not(lite: Api) -> None:
    reading = lite.issue("root", "read")
    working = lite.issue("root", "read write")
    for method, rule, view in routes(lite.app):
        declared = allow_of(view)
        if isinstance(declared, Public):
            continue
        for token, scopes in ((reading, {Scope.READ}), (working, {Scope.READ, Scope.WRITE})):
            answer = lite.call(method, path_of(rule), headers={"Authorization": f"Bearer {token}"})
            from app.allowing import scope_of

            lacking = scope_of(declared, method) not in scopes
            assert (answer.status_code == 403 and answer.get_json()["code"] == "SCOPE_REQUIRED") == lacking, (
                method,
                rule,
                scopes,
                answer.status_code,
            )


def test_a_01_no_get_needs_more_than_the_read_scope(lite: Api) -> None:
    from app.allowing import scope_of

    reads = [(rule, allow_of(view)) for method, rule, view in routes(lite.app) if method == "GET"]
    assert reads
    assert [rule for rule, allow in reads if allow is None or scope_of(allow, "GET") is not Scope.READ] == []


def test_a_01_a_view_without_a_declaration_stops_the_start(lite: Api) -> None:
    lite.app.view_functions["forgotten"] = lambda: "open to everybody"
    with pytest.raises(UndeclaredError, match="forgotten"):
        check_declared(lite.app)
