"""Findings as they are sent: code and parameters as stored, with the sentence in both languages."""

from collections.abc import Mapping

from app.messages import render
from bpmn.text import EN, ZH


def messages(code: str, params: Mapping[str, object]) -> dict[str, object]:
    """The sentence of a code in both languages, by language tag."""
    return {language: render(code, params, language) for language in (ZH, EN)}


def finding(facts: Mapping[str, object]) -> dict[str, object]:
    """A finding as stored, with its sentence."""
    params = facts.get("params")
    known = params if isinstance(params, Mapping) else {}
    return {**facts, "message": messages(str(facts["code"]), known)}
