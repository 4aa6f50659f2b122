"""``range("[1..5]")``: a range from its text (DMN 1.5 table 74)."""

from decimal import Decimal

from bpmn.expressions import ast
from bpmn.expressions.comparison import order
from bpmn.expressions.errors import ExpressionRefused, Null
from bpmn.expressions.registry import BUILTINS, feel
from bpmn.expressions.runtime import Runtime
from bpmn.expressions.values import Range

_MAKERS = ("date", "time", "date and time", "duration")


@feel("range", "from:s")
def range_from_text(rt: Runtime, text: str) -> object:
    """The range that the text writes with literal ends, which must be of one type and in order."""
    from bpmn.expressions.parser import parse  # The parser must know the functions first.

    try:
        node = parse(text)
    except ExpressionRefused:
        node = ast.Literal(value=None)
    if not isinstance(node, ast.RangeLiteral) or node.start is None or node.end is None:
        raise Null("NOT_PARSED", wanted="range", text=text[:80])
    start, end = _end(rt, node.start), _end(rt, node.end)
    sign = order(start, end) if start is not None and end is not None else -1
    if sign is None or sign > 0 or (start is None and end is None):
        raise Null("NOT_A_RANGE", text=text[:80])
    return Range(
        start,
        end,
        node.start_included and start is not None,
        node.end_included and end is not None,
        half=start is None or end is None,
    )


def _end(rt: Runtime, node: ast.Node) -> object:
    if isinstance(node, ast.Literal):
        return node.value
    if isinstance(node, ast.Negate) and isinstance(node.node, ast.Literal):
        return _negative(node.node.value)
    called = node.function if isinstance(node, ast.Call) else None
    if isinstance(node, ast.Call) and isinstance(called, ast.Name) and called.name in _MAKERS:
        args = [arg.value for arg in node.args if isinstance(arg, ast.Literal)]
        if len(args) == len(node.args):
            return BUILTINS[called.name].call(rt, args, node.names)
    raise Null("NOT_A_RANGE")


def _negative(value: object) -> object:
    if isinstance(value, Decimal):
        return value.copy_negate()
    raise Null("NOT_A_RANGE")
