"""Text of other languages, refused with the name of what cannot be meant in FEEL."""

import re

from bpmn.expressions.errors import ExpressionRefused
from bpmn.expressions.lexer import Kind, Token

_METHOD = re.compile(r"\.\s*([^\W\d]\w*)\s*\(")
_FUNCTION = re.compile(r"(?<![.\w])([^\W\d]\w*)\s*\(")
_OPERATORS = ("==", "&&", "||", "<<", ">>", "//", "%", "!", "~", "^", "&", "|", ";", "'", "`", "$", "#", "\\")


def check_dialect(text: str) -> None:
    """Refuse JUEL and other ``${..}`` text, naming the call in it if there is one.

    Raises:
        ExpressionRefused: EXPRESSION_REFUSED.
    """
    body = text.lstrip(" \t\r\n=")
    if not body.startswith(("${", "#{")):
        return
    for pattern, reason in ((_METHOD, "method call .{}()"), (_FUNCTION, "function call {}")):
        match = pattern.search(text)
        if match:
            raise ExpressionRefused(reason.format(match[1])[:80], match.start())
    raise ExpressionRefused("JUEL expression", len(text) - len(body))


def bad_character(text: str, token: Token) -> str:
    """What stands where an expression should: an operator of another language, or the text found."""
    if token.kind is Kind.END:
        return "unexpected end of text"
    start = token.start - 1 if token.value == "=" and text[token.start - 1 : token.start] == "=" else token.start
    for operator in _OPERATORS:
        if text.startswith(operator, start):
            return f"operator {operator}"
    if token.kind is Kind.BAD:
        return f"character {token.value}"
    return f"unexpected {token.value[:40]}"
