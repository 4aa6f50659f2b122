"""FEEL by operator precedence (DMN 1.4 section 10.3.1.2): what follows a value, weakest binding first.

or < and < comparison < + - < * / < ** < sign < instance of < path, filter, call. All bind to the left.
"""

from collections.abc import Callable, Collection
from typing import TypeVar

from bpmn import limits
from bpmn.expressions import ast
from bpmn.expressions.ast import measure
from bpmn.expressions.constructs import prefix
from bpmn.expressions.cursor import Cursor
from bpmn.expressions.errors import ExpressionRefused
from bpmn.expressions.foreign import bad_character, check_dialect
from bpmn.expressions.lexer import Kind
from bpmn.expressions.names import arguments, check_callee, path_name
from bpmn.expressions.types import type_ref
from bpmn.expressions.unary import in_tests, unary_tests

_N = TypeVar("_N", bound=ast.Node)

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_BINDING = {
    "or": 10,
    "and": 20,
    **dict.fromkeys((*COMPARISONS, "in", "between"), 30),
    "+": 40,
    "-": 40,
    "*": 50,
    "/": 50,
    "**": 60,
    "instance": 80,
    ".": 90,
    "[": 90,
    "(": 90,
}


class _Feel:
    """FEEL's rules for a whole expression."""

    def expression(self, cursor: Cursor, binding: int = 0) -> ast.Node:
        return self.continued(cursor, prefix(cursor), binding)

    def continued(self, cursor: Cursor, left: ast.Node, binding: int = 0) -> ast.Node:
        for _ in range(limits.EXPRESSION_TREE_DEPTH + 1):
            power = _binding_here(cursor)
            if power <= binding:
                return left
            left = _infix(cursor, left, power)
        # Each round put the tree one level deeper, so reading the rest of a long chain would only take time.
        raise _too_deep()


def parse(text: str, names: Collection[str] = ()) -> ast.Node:
    """The tree of a FEEL expression; a leading ``=``, as Camunda 8 writes it, is dropped.

    Words side by side are one name. ``names`` are further names the text may use: those that hold reserved
    words or signs (``a-b``), and those of functions that the variables bring.

    Raises:
        ExpressionRefused: TOO_LONG, EXTERNAL_FUNCTION, TOO_DEEP or EXPRESSION_REFUSED, at the first place
            where the text is not FEEL.
    """
    return _whole(text, names, lambda cursor: cursor.expression())


def parse_unary_tests(text: str, names: Collection[str] = ()) -> ast.UnaryTests:
    """The tree of a decision table cell (``-``, ``< 5, > 10``, ``not("a")``, ``? > 3``).

    Raises:
        ExpressionRefused: as ``parse``.
    """
    return _whole(text, {*names, "?"}, unary_tests)


def _whole(text: str, names: Collection[str], rule: Callable[[Cursor], _N]) -> _N:
    check_dialect(text)
    cursor = Cursor(_without_equals(text), names, _Feel())
    node = rule(cursor)
    if cursor.token.kind is not Kind.END:
        raise cursor.refused(bad_character(cursor.text, cursor.token))
    if measure(node)[1] > limits.EXPRESSION_TREE_DEPTH:
        raise _too_deep()
    return node


def _too_deep() -> ExpressionRefused:
    return ExpressionRefused("too deep", 0, "TOO_DEEP", {"limit": limits.EXPRESSION_TREE_DEPTH})


def _without_equals(text: str) -> str:
    """The text with a leading ``=`` blanked, so that positions stay those of the original."""
    body = text.lstrip()
    return " " * (len(text) - len(body) + 1) + body[1:] if body.startswith("=") else text


def _binding_here(cursor: Cursor) -> int:
    token = cursor.token
    if token.kind not in (Kind.OP, Kind.NAME):
        return -1
    # After the end of an open range, as in x in ]1..5[, a bracket that cannot begin a filter closes the range.
    if token.value == "[" and not _begins_expression(cursor):
        return -1
    return _BINDING.get(token.value, -1)


def _begins_expression(cursor: Cursor) -> bool:
    token = cursor.following
    if token.kind is Kind.OP:
        return token.value in "([{-"
    if token.kind is Kind.NAME:
        return token.value not in ("and", "or", "then", "else", "return", "satisfies", "in", "instance", "between")
    return token.kind in (Kind.NUMBER, Kind.STRING, Kind.AT)


def _infix(cursor: Cursor, left: ast.Node, power: int) -> ast.Node:
    token = cursor.token
    if power in (40, 50, 60):
        return _arithmetic(cursor, left, power)
    if power in (10, 20):
        nodes = _chain(cursor, left, token.value, power)
        return (ast.Or if power == 10 else ast.And)(nodes=nodes, position=token.start)
    cursor.advance()
    rule = _RULES.get(token.value)
    if rule is not None:
        return rule(cursor, left, token.start)
    return ast.Compare(op=token.value, left=left, right=cursor.expression(30), position=token.start)


def _chain(cursor: Cursor, left: ast.Node, word: str, power: int) -> tuple[ast.Node, ...]:
    nodes = [left]
    while cursor.accept(word):
        nodes.append(cursor.expression(power))
    return tuple(nodes)


def _arithmetic(cursor: Cursor, left: ast.Node, power: int) -> ast.Node:
    position = cursor.token.start
    rest: list[ast.Operand] = []
    while cursor.token.kind is Kind.OP and _BINDING.get(cursor.token.value) == power:
        op = cursor.advance()
        rest.append(ast.Operand(op=op.value, node=cursor.expression(power), position=op.start))
    return ast.Arithmetic(first=left, rest=tuple(rest), position=position)


def _filter(cursor: Cursor, base: ast.Node, position: int) -> ast.Node:
    with cursor.nested():
        predicate = cursor.expression()
        cursor.expect("]")
    return ast.Filter(base=base, predicate=predicate, position=position)


def _call(cursor: Cursor, function: ast.Node, position: int) -> ast.Node:
    check_callee(cursor, function)
    with cursor.nested():
        args, names = arguments(cursor)
    return ast.Call(function=function, args=args, names=names, position=position)


def _path(cursor: Cursor, base: ast.Node, position: int) -> ast.Node:
    return ast.Path(base=base, name=path_name(cursor), position=position)


def _instance(cursor: Cursor, value: ast.Node, position: int) -> ast.Node:
    cursor.expect("of")
    return ast.InstanceOf(node=value, type=type_ref(cursor), position=position)


def _between(cursor: Cursor, value: ast.Node, position: int) -> ast.Node:
    low = cursor.expression(30)
    cursor.expect("and")
    return ast.Between(value=value, low=low, high=cursor.expression(30), position=position)


def _in(cursor: Cursor, value: ast.Node, position: int) -> ast.Node:
    return ast.In(value=value, tests=in_tests(cursor), position=position)


_RULES: dict[str, Callable[[Cursor, ast.Node, int], ast.Node]] = {
    ".": _path,
    "[": _filter,
    "(": _call,
    "instance": _instance,
    "between": _between,
    "in": _in,
}
