"""Unary tests: the right side of ``in`` and the cells of decision tables (DMN 1.4 rules 7 to 17)."""

from bpmn.expressions import ast
from bpmn.expressions.cursor import Cursor
from bpmn.expressions.lexer import Kind

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


def one_test(cursor: Cursor, binding: int = 0) -> ast.Test:
    """``< 5`` or an expression to compare with."""
    position = cursor.token.start
    op = cursor.advance().value if cursor.at(*OPERATORS) else ""
    return ast.Test(op=op, node=cursor.expression(30 if op else binding), position=position)


def in_tests(cursor: Cursor) -> tuple[ast.Test, ...]:
    """What follows ``in``: one test, or several in round brackets.

    A round bracket may also open a range or group an expression; which it is shows only after its first
    part, so that part is read once and then continued as what it turned out to be.
    """
    from bpmn.expressions.constructs import range_from

    if not cursor.at("("):
        return (one_test(cursor, 30),)
    opening = cursor.advance()
    with cursor.nested():
        first = one_test(cursor)
        if first.op:
            return _until_bracket(cursor, first)
        if cursor.at(","):
            return _until_bracket(cursor, first)
        if cursor.at(".."):
            node = range_from(cursor, first.node, False, opening.start)
        else:
            cursor.expect(")")
            node = first.node
    return (ast.Test(op="", node=cursor.continued(node, 30), position=opening.start),)


def _until_bracket(cursor: Cursor, first: ast.Test) -> tuple[ast.Test, ...]:
    tests = [first]
    while cursor.accept(","):
        tests.append(one_test(cursor))
    cursor.expect(")")
    return tuple(tests)


def unary_tests(cursor: Cursor) -> ast.UnaryTests:
    """A whole cell: ``-``, tests with commas, or ``not(..)`` around tests."""
    position = cursor.token.start
    if cursor.at("-") and cursor.following.kind is Kind.END:
        cursor.advance()
        return ast.UnaryTests(tests=(), position=position)
    if cursor.at("not") and cursor.following.value == "(":
        mark = cursor.index
        cursor.index += 2
        with cursor.nested():
            tests = _until_bracket(cursor, one_test(cursor))
        if cursor.token.kind is Kind.END:
            return ast.UnaryTests(tests=tests, negated=True, position=position)
        cursor.index = mark
    tests_here = [one_test(cursor)]
    while cursor.accept(","):
        tests_here.append(one_test(cursor))
    return ast.UnaryTests(tests=tuple(tests_here), position=position)
