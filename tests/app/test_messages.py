"""Every code that the four packages can answer has a sentence in both languages."""

import ast
from collections.abc import Iterator

from app.messages import HTTP, known, render
from tests.architecture.repository import ROOT, modules

RAISED = frozenset(
    {
        "Busy", "Conflict", "FieldProblem", "Forbidden", "Gone", "Invalid", "Malformed", "PreconditionFailed",
        "PreconditionRequired", "Problem", "SettingsError", "TooLarge", "TooMany", "Unauthenticated", "Unreadable",
        "Unsupported", "_no", "_yes", "refuse", "refusal",
    }
)  # fmt: skip


def codes() -> Iterator[tuple[str, str]]:
    """(code, module) of every code that stands in a call which refuses or rules."""
    for path in modules():
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in RAISED:
                for argument in (*node.args[:2], *(each.value for each in node.keywords if each.arg == "code")):
                    if isinstance(argument, ast.Constant) and _is_code(argument.value):
                        yield str(argument.value), path.as_posix()


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_code(value: object) -> bool:
    return isinstance(value, str) and len(value) > 3 and value == value.upper() and value.replace("_", "").isalpha()


def test_every_code_has_a_sentence() -> None:
    found = set(codes())
    assert len({code for code, _ in found}) > 100
    assert sorted((code, path) for code, path in found if not known(code)) == []


def test_sentences_are_filled_in() -> None:
    assert render("RATE_LIMITED", {"retry_after": 7}, "en") == "Too often; try again in 7 seconds."
    assert "7 秒" in render("RATE_LIMITED", {"retry_after": 7}, "zh-CN")
    assert render("NO_SUCH_CODE", {}, "en") == "NO_SUCH_CODE"
    assert "{retry_after.__class__}" not in HTTP["RATE_LIMITED"][1]
