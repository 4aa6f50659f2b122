"""Names in the text: variables, paths, parameters and keys; a name may hold spaces (DMN 1.4 rules 27 to 30)."""

from bpmn.expressions import ast
from bpmn.expressions.cursor import RESERVED, Cursor
from bpmn.expressions.errors import ExpressionRefused
from bpmn.expressions.functions import BUILTINS
from bpmn.expressions.lexer import Kind

_SPACED: dict[str, list[list[str]]] = {}
for _words in sorted((name.split() for name in BUILTINS if " " in name), key=len, reverse=True):
    _SPACED.setdefault(_words[0], []).append(_words)
_KEY_SIGNS = frozenset(".-+*/")
PARTIAL = "partial"


def name_node(cursor: Cursor) -> ast.Node:
    """The variable or function whose name starts here: a known name first, then a built-in, then the words."""
    position = cursor.token.start
    name = cursor.known_here() or _builtin_here(cursor) or cursor.words()
    return ast.Name(name=name, position=position)


def _builtin_here(cursor: Cursor) -> str | None:
    for words in _SPACED.get(cursor.token.value, ()):
        tokens = cursor.tokens[cursor.index : cursor.index + len(words)]
        if [token.value for token in tokens] != words or any(token.kind is not Kind.NAME for token in tokens):
            continue
        after = cursor.tokens[cursor.index + len(words)]
        # "date and time" may also be two variables with an "and" between; only a call is the function's name.
        if after.value == "(" or (not RESERVED.intersection(words) and after.kind is not Kind.NAME):
            cursor.index += len(words)
            return " ".join(words)
    return None


def path_name(cursor: Cursor) -> str:
    """The name after a dot."""
    if cursor.token.kind is not Kind.NAME:
        raise cursor.refused(f"expected a name after the dot, found {cursor.found()}")
    return cursor.known_here() or cursor.words()


def bound_name(cursor: Cursor, closing: tuple[str, ...]) -> str:
    """A name that a construct introduces, up to the word or sign that must follow it (not consumed)."""
    start = cursor.token
    if start.kind is not Kind.NAME:
        raise cursor.refused(f"expected a name, found {cursor.found()}")
    words = [cursor.advance().value]
    while cursor.token.kind is Kind.NAME and not cursor.at(*closing):
        words.append(cursor.advance().value)
    return " ".join(words)


def key(cursor: Cursor) -> str:
    """The key of a context entry: a string, or words and signs as written, up to the colon."""
    if cursor.token.kind is Kind.STRING:
        return cursor.advance().value
    start = cursor.token
    if start.kind is not Kind.NAME:
        raise cursor.refused(f"expected a key, found {cursor.found()}")
    while cursor.token.kind in (Kind.NAME, Kind.NUMBER) or cursor.token.value in _KEY_SIGNS:
        cursor.advance()
    end = cursor.tokens[cursor.index - 1].end
    return " ".join(cursor.text[start.start : end].split())


def arguments(cursor: Cursor) -> tuple[tuple[ast.Node, ...], tuple[str, ...] | None]:
    """The arguments after an opening bracket, and their names if they are named."""
    args: list[ast.Node] = []
    names: list[str] = []
    if cursor.accept(")"):
        return (), None
    named = _argument_name_ahead(cursor)
    while True:
        if named:
            names.append(bound_name(cursor, (":",)))
            cursor.expect(":")
        args.append(cursor.expression())
        if cursor.expect(",", ")").value == ")":
            break
    if len(set(names)) != len(names):
        raise cursor.refused("argument named twice")
    return tuple(args), tuple(names) if named else None


def _argument_name_ahead(cursor: Cursor) -> bool:
    index = cursor.index
    while cursor.tokens[index].kind is Kind.NAME:
        index += 1
    return index > cursor.index and cursor.tokens[index].value == ":"


def check_callee(cursor: Cursor, function: ast.Node) -> None:
    """Refuse calls that could only be meant for another language.

    Raises:
        ExpressionRefused: for an unknown function name, or a call on a value (``x.delete()``) unless the
            value is a context the expression makes or was told of.
    """
    if isinstance(function, ast.Name):
        if function.name not in BUILTINS and not cursor.knows(function.name):
            raise ExpressionRefused(f"unknown function {function.name}"[:80], function.position)
    elif isinstance(function, ast.Path):
        root: ast.Node = function
        while isinstance(root, ast.Path | ast.Filter | ast.Call):
            root = root.function if isinstance(root, ast.Call) else root.base
        if not isinstance(root, ast.ContextLiteral) and not (isinstance(root, ast.Name) and cursor.knows(root.name)):
            raise ExpressionRefused(f"method call .{function.name}()"[:80], function.position)
    elif isinstance(function, ast.Literal | ast.Arithmetic | ast.Compare | ast.ListLiteral | ast.RangeLiteral):
        raise cursor.refused("call of a value that is not a function")
