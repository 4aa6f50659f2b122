"""Every code that a command can refuse with has a sentence in both languages, filled from its parameters."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

from bpmn import messages as texts
from engine import messages

ROOT = Path(__file__).parents[2]
AREAS = ("people", "links", "tokens", "roles", "businesses", "processes", "versions", "drafts", "deployments")
MODULES = (
    *(ROOT / "engine" / "commands" / f"{area}.py" for area in (*AREAS, "services", "categories", "sign_in")),
    *(ROOT / "engine" / f"{name}.py" for name in ("passwords", "checking", "permitting", "inspecting")),
    *(ROOT / "engine" / "queries" / f"{name}.py" for name in ("people", "processes", "catalogue")),
    *(ROOT / "storage" / f"{name}.py" for name in ("gate", "units", "retrying", "idempotency")),
)
RAISERS = {"Conflict", "Forbidden", "Gone", "Invalid", "TooMany", "Busy", "Unauthenticated", "refuse"}
RAISERS |= {"PreconditionFailed", "PreconditionRequired", "FieldProblem"}


def codes() -> set[str]:
    """Every code that stands as a text in a call that refuses."""
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in RAISERS:
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                texts = [each.value for each in given if isinstance(each, ast.Constant)]
                found |= {each for each in texts if isinstance(each, str) and re.fullmatch(r"[A-Z][A-Z_]+", each)}
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_refusal_has_a_sentence() -> None:
    assert len(codes()) > 40
    assert sorted(code for code in codes() if messages.template(code, {}, "en") is None) == []


@pytest.mark.parametrize("code", sorted(messages.MESSAGES))
def test_both_languages_say_it_with_the_same_parameters_or_fewer(code: str) -> None:
    zh, en = messages.MESSAGES[code]
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert not re.search(r"[\u4e00-\u9fff]", en)
    named = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (zh, en)]
    assert named[0] == named[1]


def test_no_code_has_two_meanings() -> None:
    assert set(messages.MESSAGES) & set(texts.MESSAGES) == set()


def test_parameters_are_shown_as_people_read_them(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"process": "fault", "version": 1, "deployments": [1, 2]}
    assert messages.render("VERSION_IN_USE", facts, "en") == "Version 1 of fault is in use; deployments of it: 1, 2."
    from engine import zone

    monkeypatch.setenv("FAULTDESK_TZ", "Asia/Shanghai")
    zone.installation_zone.cache_clear()
    at = {"at": datetime(2026, 11, 23, 2, tzinfo=UTC)}
    assert messages.render("LINK_EXPIRED", at, "zh-CN") == "链接已于 2026-11-23 10:00 过期"
    zone.installation_zone.cache_clear()


def test_nothing_inside_a_parameter_can_be_reached() -> None:
    rendered = messages.render("NAME_TAKEN", {"name": "{name.__class__}"}, "en")
    assert rendered == "The user name {name.__class__} is taken."


def test_a_finding_and_an_unknown_code_are_answered_too() -> None:
    assert "Task_1" in messages.render("DEAD_NODE", {"element": "Task_1", "nodes": "", "path": ()}, "en")
    assert messages.render("NO_SUCH_CODE", {}, "en") == "NO_SUCH_CODE"
