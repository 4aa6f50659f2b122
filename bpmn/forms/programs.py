"""The FEEL texts of a form and their programs."""

from collections.abc import Iterable, Iterator

from bpmn.expressions import ExpressionRefused, Program, compile_expression
from bpmn.forms.model import Field
from bpmn.forms.template import parts_of


def program_of(text: str) -> Program:
    """The compiled program of a FEEL text (a leading `=` is taken off when the form is read).

    Raises: ExpressionRefused when the text is not an expression of the language.
    """
    return compile_expression(text)


def expressions_of(field: Field) -> Iterator[tuple[str, str]]:
    """Each FEEL text of the component with the place where it stands, children left out."""
    places = {
        "hide": field.hidden_when,
        "readonly": field.readonly_when,
        "required": field.required_when,
        "expression": field.expression,
        "values": field.options_expression,
    }
    yield from ((place, text) for place, text in places.items() if text)
    for each in (field.text.default, *(text for _, text in field.text.translations)):
        yield from (("text", part) for literal, part in parts_of(each) if not literal)


def texts_of(fields: Iterable[Field]) -> frozenset[str]:
    """The different FEEL texts of these components and those inside them."""
    return frozenset(text for field in _walked(fields) for _, text in expressions_of(field))


def _walked(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _walked(field.fields)


def programs_of(fields: Iterable[Field]) -> dict[str, Program]:
    """The programs of those texts, by text; refused ones left out."""
    found: dict[str, Program] = {}
    for text in texts_of(fields):
        try:
            found[text] = program_of(text)
        except ExpressionRefused:
            continue
    return found
