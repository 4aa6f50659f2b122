"""Everything that is evaluated must be an expression of our language (FEEL), and is named when it is not."""

from collections.abc import Iterator
from typing import NamedTuple

from bpmn.directory import Directory
from bpmn.expressions import ExpressionRefused, Program, compile_expression
from bpmn.findings import Finding, Severity
from bpmn.limits import EXPRESSIONS_SOURCE
from bpmn.lint.finding import error, of_process
from bpmn.model import Event, Expression, Flow, Node, ProcessDefinition

CODES = ("EXPRESSION_REFUSED", "TOO_LONG", "TOO_DEEP", "EXTERNAL_FUNCTION", "EXPRESSIONS_TOO_LONG")

TRANSLATED = ("feel", "juel", "python")
"""Languages whose text is given to the compiler, which says what it cannot take; any other is refused by
its name.
"""


class Placed(NamedTuple):
    """An expression, the node or flow it belongs to, and what it is there."""

    about: Node | Flow
    place: str
    expression: Expression


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """`EXPRESSION_REFUSED`, `TOO_LONG`, `TOO_DEEP` or `EXTERNAL_FUNCTION` with text, position and reason.

    `EXPRESSIONS_TOO_LONG` where all of them together are over the limit; those after it are not looked at.
    """
    total = 0
    for placed in _all(definition):
        total += len(placed.expression.text)
        if total > EXPRESSIONS_SOURCE:
            yield of_process("EXPRESSIONS_TOO_LONG", Severity.ERROR, definition, limit=EXPRESSIONS_SOURCE)
            return
        refused = refusal(placed)
        if refused is not None:
            yield refused


def expressions_of(definition: ProcessDefinition) -> Iterator[Placed]:
    """Every expression of the definition but timers (which may be plain ISO 8601) and the forms' own, up to the
    limit.
    """
    total = 0
    for placed in _all(definition):
        total += len(placed.expression.text)
        if total > EXPRESSIONS_SOURCE:
            return
        yield placed


def _all(definition: ProcessDefinition) -> Iterator[Placed]:
    for flow in definition.flows:
        if flow.condition is not None and flow.condition.text:
            yield Placed(flow, "condition", flow.condition)
    for node in definition.nodes:
        yield from _of_node(node)


def _of_node(node: Node) -> Iterator[Placed]:
    for event in events_of(node):
        if event.timer_kind is None and event.expression is not None:
            yield Placed(node, "event", event.expression)
    if node.script is not None and node.script.language in TRANSLATED and node.script.text:
        yield Placed(node, "script", node.script)
    loop = node.loop
    for each in () if loop is None else (loop.cardinality, loop.condition):
        if each is not None and each.text:
            yield Placed(node, "loop", each)


def events_of(node: Node) -> tuple[Event, ...]:
    """The event definitions of a node, those of a multiple event one by one."""
    if node.event is None:
        return ()
    return node.event.parts or (node.event,)


def refusal(placed: Placed) -> Finding | None:
    """The finding about an expression that does not compile; None for one that does."""
    expression = placed.expression
    if expression.language not in TRANSLATED:
        return _refused(placed, "EXPRESSION_REFUSED", 0, f"language {expression.language}")
    try:
        compile_expression(expression.text)
    except ExpressionRefused as refused:
        return _refused(placed, refused.code, refused.position, refused.reason)
    return None


def _refused(placed: Placed, code: str, position: int, reason: str) -> Finding:
    text, language = placed.expression.text[:200], placed.expression.language
    return error(
        code,
        placed.about,
        place=placed.place,
        text=text,
        language=language,
        position=position,
        reason=reason,
    )


def compiled(expression: Expression) -> Program | None:
    """The program of an expression, or None where it is refused."""
    if expression.language not in TRANSLATED:
        return None
    try:
        return compile_expression(expression.text)
    except ExpressionRefused:
        return None
