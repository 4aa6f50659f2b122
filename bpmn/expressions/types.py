"""Types as written after ``instance of`` and parameters (DMN 1.4 rules 52 to 56)."""

from bpmn.expressions import ast
from bpmn.expressions.cursor import Cursor
from bpmn.expressions.lexer import Kind

SPACED = ("days and time duration", "years and months duration", "date and time", "day time duration")
PLAIN = frozenset(
    {"Any", "Null", "number", "string", "boolean", "date", "time", "list", "context", "range", "function"}
    | {"any", "null", "duration"}
)
_SAME = {"day time duration": "days and time duration", "any": "Any", "null": "Null"}


def type_ref(cursor: Cursor) -> ast.TypeRef:
    """The type that is written here.

    Raises:
        ExpressionRefused: for a name that is no type.
    """
    position = cursor.token.start
    with cursor.nested():
        name = _type_name(cursor)
        if not cursor.at("<"):
            return ast.TypeRef(name=_SAME.get(name, name), position=position)
        cursor.advance()
        if name == "context":
            keys, inner = _members(cursor)
            return ast.TypeRef(name=name, keys=keys, inner=inner, position=position)
        inner = _type_list(cursor)
        if name == "function":
            cursor.expect("->")
            inner = (*inner, type_ref(cursor))
        elif name not in ("list", "range") or len(inner) != 1:
            raise cursor.refused(f"type {name} takes no types")
        return ast.TypeRef(name=name, inner=inner, position=position)


def _type_name(cursor: Cursor) -> str:
    for name in SPACED:
        words = name.split()
        if [token.value for token in cursor.tokens[cursor.index : cursor.index + len(words)]] == words:
            cursor.index += len(words)
            return name
    if cursor.token.kind is Kind.NAME and (cursor.token.value in PLAIN or cursor.knows(cursor.token.value)):
        return cursor.advance().value
    raise cursor.refused(f"unknown type {cursor.found()}")


def _type_list(cursor: Cursor) -> tuple[ast.TypeRef, ...]:
    if cursor.accept(">"):
        return ()
    found = [type_ref(cursor)]
    while cursor.expect(",", ">").value == ",":
        found.append(type_ref(cursor))
    return tuple(found)


def _members(cursor: Cursor) -> tuple[tuple[str, ...], tuple[ast.TypeRef, ...]]:
    from bpmn.expressions.names import bound_name

    keys: list[str] = []
    found: list[ast.TypeRef] = []
    while True:
        keys.append(bound_name(cursor, (":",)))
        cursor.expect(":")
        found.append(type_ref(cursor))
        if cursor.expect(",", ">").value == ">":
            return tuple(keys), tuple(found)
