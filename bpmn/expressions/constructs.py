"""What an expression can begin with: literals, brackets, names, and the constructs with keywords."""

from collections.abc import Callable

from bpmn.expressions import ast, numbers
from bpmn.expressions.cursor import Cursor
from bpmn.expressions.foreign import bad_character
from bpmn.expressions.iso import parse_at
from bpmn.expressions.lexer import Kind, Token
from bpmn.expressions.names import PARTIAL, bound_name, key, name_node
from bpmn.expressions.types import type_ref
from bpmn.expressions.unary import OPERATORS


def prefix(cursor: Cursor) -> ast.Node:
    """The value or construct that starts here.

    Raises:
        ExpressionRefused: when nothing of FEEL starts here.
    """
    token = cursor.token
    if token.kind in (Kind.NUMBER, Kind.STRING, Kind.AT):
        return _literal(cursor.advance())
    construct = _CONSTRUCTS.get(token.value) if token.kind in (Kind.NAME, Kind.OP) else None
    if construct is not None:
        with cursor.nested():
            return construct(cursor)
    if token.kind is Kind.NAME and token.value in _CONSTANTS:
        return ast.Literal(value=_CONSTANTS[cursor.advance().value], position=token.start)
    if token.kind is not Kind.NAME:
        raise cursor.refused(bad_character(cursor.text, token))
    if token.value == "not" and cursor.following.value != "(":
        raise cursor.refused("operator not without brackets")
    return name_node(cursor)


_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}


def _literal(token: Token) -> ast.Node:
    value: object = token.value
    if token.kind is Kind.NUMBER:
        value = numbers.from_text(token.value)
    elif token.kind is Kind.AT:
        value = parse_at(token.value)
    return ast.Literal(value=value, position=token.start)


def _negate(cursor: Cursor) -> ast.Node:
    position = cursor.advance().start
    return ast.Negate(node=cursor.expression(70), position=position)


def _round(cursor: Cursor) -> ast.Node:
    position = cursor.advance().start
    if cursor.at(*OPERATORS):
        return _half_range(cursor, position)
    first = cursor.expression()
    if cursor.at(".."):
        return range_from(cursor, first, False, position)
    cursor.expect(")")
    return first


def _half_range(cursor: Cursor, position: int) -> ast.Node:
    op, side = cursor.advance().value, cursor.expression(30)
    cursor.expect(")")
    if op == "!=":
        raise cursor.refused("a range cannot be !=")
    included = op in ("=", "<=", ">=")
    start, end = side if op in ("=", ">", ">=") else None, side if op in ("=", "<", "<=") else None
    return ast.RangeLiteral(
        start=start,
        end=end,
        start_included=included and start is not None,
        end_included=included and end is not None,
        position=position,
    )


def range_from(cursor: Cursor, start: ast.Node, included: bool, position: int) -> ast.Node:
    """The rest of a range whose start has been read."""
    cursor.expect("..")
    end = cursor.expression(30)
    closing = cursor.expect("]", ")", "[").value
    return ast.RangeLiteral(
        start=start, end=end, start_included=included, end_included=closing == "]", position=position
    )


def _square(cursor: Cursor) -> ast.Node:
    position = cursor.advance().start
    if cursor.accept("]"):
        return ast.ListLiteral(items=(), position=position)
    items = [cursor.expression()]
    if cursor.at(".."):
        return range_from(cursor, items[0], True, position)
    while cursor.expect(",", "]").value == ",":
        items.append(cursor.expression())
    return ast.ListLiteral(items=tuple(items), position=position)


def _open_range(cursor: Cursor) -> ast.Node:
    position = cursor.advance().start
    return range_from(cursor, cursor.expression(30), False, position)


def _context(cursor: Cursor) -> ast.Node:
    position = cursor.advance().start
    entries: dict[str, ast.Entry] = {}
    with cursor.scope(set()):
        while not cursor.accept("}"):
            start = cursor.token
            name = key(cursor)
            if name in entries:
                raise cursor.refused(f"key {name} twice"[:80], start)
            cursor.expect(":")
            # A function may call itself, so its own name is known in its body.
            cursor.bind(name)
            entries[name] = ast.Entry(key=name, value=cursor.expression(), position=start.start)
            if not cursor.accept(","):
                cursor.expect("}")
                break
    return ast.ContextLiteral(entries=tuple(entries.values()), position=position)


def _if(cursor: Cursor) -> ast.Node:
    position = cursor.token.start
    branches: list[ast.Branch] = []
    while cursor.at("if"):
        start = cursor.advance().start
        condition = cursor.expression()
        cursor.expect("then")
        branches.append(ast.Branch(condition=condition, then=cursor.expression(), position=start))
        cursor.expect("else")
    return ast.If(branches=tuple(branches), otherwise=cursor.expression(), position=position)


def _iterators(cursor: Cursor) -> tuple[ast.Iterator, ...]:
    found: list[ast.Iterator] = []
    while True:
        position = cursor.token.start
        name = bound_name(cursor, ("in",))
        cursor.expect("in")
        source = cursor.expression()
        end = cursor.expression() if cursor.accept("..") else None
        found.append(ast.Iterator(name=name, source=source, end=end, position=position))
        cursor.bind(name)
        if not cursor.accept(","):
            return tuple(found)


def _for(cursor: Cursor) -> ast.Node:
    position = cursor.advance().start
    with cursor.scope(set()):
        iterators = _iterators(cursor)
        cursor.bind(PARTIAL)
        cursor.expect("return")
        return ast.For(iterators=iterators, result=cursor.expression(), position=position)


def _quantified(cursor: Cursor) -> ast.Node:
    word = cursor.advance()
    with cursor.scope(set()):
        iterators = _iterators(cursor)
        cursor.expect("satisfies")
        condition = cursor.expression()
    return ast.Quantified(every=word.value == "every", iterators=iterators, condition=condition, position=word.start)


def _function(cursor: Cursor) -> ast.Node:
    position = cursor.advance().start
    cursor.expect("(")
    params: list[str] = []
    types: list[ast.TypeRef | None] = []
    while not cursor.accept(")"):
        params.append(bound_name(cursor, (":", ",", ")")))
        types.append(type_ref(cursor) if cursor.accept(":") else None)
        if not cursor.at(")"):
            cursor.expect(",")
    if cursor.at("external"):
        raise cursor.refused("external function", code="EXTERNAL_FUNCTION")
    if len(set(params)) != len(params):
        raise cursor.refused("parameter named twice")
    with cursor.scope(set(params)):
        body = cursor.expression()
    return ast.FunctionLiteral(params=tuple(params), types=tuple(types), body=body, position=position)


_CONSTRUCTS: dict[str, Callable[[Cursor], ast.Node]] = {
    "-": _negate,
    "(": _round,
    "[": _square,
    "]": _open_range,
    "{": _context,
    "if": _if,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
    "function": _function,
}
