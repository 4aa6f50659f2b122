"""Every lint rule has a valid diagram on which it is silent and invalid ones that show each of its codes."""

from pathlib import Path

import pytest

from bpmn.directory import Directory, RoleEntry
from bpmn.findings import Finding
from bpmn.inspection import inspect
from bpmn.lint import MODULES

DIAGRAMS = Path(__file__).parents[2] / "diagrams" / "lint"

RULES: dict[str, tuple[str, ...]] = {
    **{module.__name__.rpartition(".")[2]: module.CODES for module in MODULES},
    # These two are found while reading, before there is a definition that a rule could look at.
    "not_bpmn": ("NOT_BPMN",),
    "form_component": ("FORM_COMPONENT_UNSUPPORTED",),
}

INSTALLATION = Directory(
    roles={
        "ops": RoleEntry(key="ops", members={"": 2}),
        "empty": RoleEntry(key="empty"),
        "product": RoleEntry(key="product", per_business=True, members={"website": 1}),
    },
    businesses=("website",),
)

ASKS_INSTALLATION = {"roles_known", "bindings"}


def findings(rule: str, file: Path) -> tuple[Finding, ...]:
    directory = INSTALLATION if rule in ASKS_INSTALLATION else None
    return inspect(file.read_bytes(), file.name, directory).findings


def codes(rule: str, file: Path) -> set[str]:
    return {finding.code for finding in findings(rule, file)}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_is_silent_on_its_valid_diagram(rule: str) -> None:
    assert codes(rule, DIAGRAMS / rule / "valid.bpmn").isdisjoint(RULES[rule])


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_invalid_diagrams_of_a_rule_show_each_of_its_codes(rule: str) -> None:
    invalid = sorted((DIAGRAMS / rule).glob("invalid*.bpmn"))
    shown = [codes(rule, file) & set(RULES[rule]) for file in invalid]
    assert invalid
    assert all(shown)
    assert set().union(*shown) == set(RULES[rule])


@pytest.mark.parametrize(
    "file", sorted(DIAGRAMS.glob("*/invalid*.bpmn")), ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_what_a_rule_finds_has_a_line_of_the_file_and_an_element_on_it(file: Path) -> None:
    rule = file.parent.name
    lines = file.read_text().splitlines()
    for finding in findings(rule, file):
        if finding.code not in RULES.get(rule, ()):
            continue
        assert 1 <= finding.line <= len(lines)
        if finding.element_id is not None and finding.code not in ("FLOW_WITHOUT_ID", "FORM_COMPONENT_UNSUPPORTED"):
            assert finding.element_id in lines[finding.line - 1]


def test_no_directory_of_diagrams_is_without_a_rule() -> None:
    soundness = {"soundness"}
    assert {path.name for path in DIAGRAMS.iterdir()} - soundness == set(RULES)
