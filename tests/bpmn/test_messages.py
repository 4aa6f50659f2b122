"""Every code that reading or linting can give has a sentence in both languages with only parameters it has."""

import re
from pathlib import Path
from string import Formatter

import pytest

from bpmn.inspection import inspect
from bpmn.lint import MODULES, soundness
from bpmn.messages import MESSAGES, messages_of, render
from bpmn.messages.words import word
from tests.bpmn.corpus import files

PACKAGE = Path(__file__).parents[2] / "bpmn"
DIAGRAMS = Path(__file__).parents[1] / "diagrams" / "lint"
RAISED = re.compile(
    r'(?:code=|Refusal\(\s*|report\(\s*|error\(\s*|warning\(\s*|of_process\(\s*|remarks\.add\(\s*)"([A-Z][A-Z_]+)"'
)


def raised() -> set[str]:
    """Codes that stand in the source where a finding or refusal is made."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        found.update(RAISED.findall(path.read_text(encoding="utf-8")))
    return found


def has_message(code: str) -> bool:
    return any(known == code or known.startswith(f"{code}.") for known in MESSAGES)


def test_every_code_in_the_source_has_a_message() -> None:
    codes = raised() | {code for module in MODULES for code in module.CODES} | set(soundness.CODES)
    assert len(codes) > 80
    assert {code for code in codes if not has_message(code)} == set()


def names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_speak_of_the_same_facts(code: str) -> None:
    chinese, english = MESSAGES[code]
    assert chinese != english
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)
    assert names(chinese) >= names(english) - {"name"}
    assert names(english) >= names(chinese) - {"name"}
    assert all(name.isidentifier() for name in names(chinese) | names(english))


@pytest.mark.parametrize("file", [*sorted(DIAGRAMS.glob("*/*.bpmn")), *files()], ids=lambda file: file.name)
def test_what_a_finding_says_uses_only_parameters_it_has(file: Path) -> None:
    for finding in inspect(file.read_bytes(), file.name).findings:
        wanted = MESSAGES.get(f"{finding.code}.{finding.params.get('what')}") or MESSAGES[finding.code]
        assert names(wanted[0]) | names(wanted[1]) <= set(finding.params), finding.code
        assert set(messages_of(finding)) == {"zh-CN", "en"}


def test_a_parameter_with_braces_is_text_and_reaches_nothing() -> None:
    said = render("NO_START", {"scope": "{scope.__class__}{0}"}, "en")
    assert said.startswith("{scope.__class__}{0} has no plain start event")


def test_an_unknown_code_gives_itself_and_a_missing_parameter_nothing() -> None:
    assert render("NEVER_HEARD_OF", {}, "en") == "NEVER_HEARD_OF"
    assert "None" not in render("NO_START", {}, "zh-CN")


def test_words_of_ours_are_translated_and_paths_are_drawn() -> None:
    assert word("place", "condition", "zh-CN") == "条件"
    assert word("path", ("S", "T"), "en") == "S → T"
    assert "bytes do not fit" in render("ENCODING", {"declared": "x", "reason": "bytes_do_not_fit"}, "en")
