"""FEEL text to tokens (DMN 1.4 section 10.3.1.2, rules 27 to 35 and 62 to 70)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bpmn import limits
from bpmn.expressions.errors import ExpressionRefused


class Kind(StrEnum):
    NUMBER = "number"
    STRING = "string"
    AT = "at"
    NAME = "name"
    OP = "op"
    BAD = "bad"
    END = "end"


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """``value`` is the text of the token, for strings the unescaped content; ``end`` is exclusive."""

    kind: Kind
    value: str
    start: int
    end: int


# CJK and full-width punctuation lies in the ranges FEEL allows in names, but a reader takes it for the
# operator it looks like: it is left out, so that it is refused with its own name instead.
_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3005-\u3007\u3021-\ud7ff\uf900-\ufdcf\ufdf0-\ufeff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    "\uff66-\uffef\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

_TOKEN = re.compile(
    rf"""
    (?P<space>[\s\u0085\u180e\u200b\ufeff]+|//[^\n\r]*|/\*.*?\*/)
  | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|(?<!\.)\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<at>@\s*"(?:[^"\\]|\\.)*")
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<name>[{_START}][{_PART}]*)
  | (?P<op>\.\.|\*\*|<=|>=|!=|->|[()\[\]{{}},:.+\-*/<>=])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "'": "'"}


def tokenize(text: str) -> list[Token]:
    """The tokens of the text, ending with one END token.

    Raises:
        ExpressionRefused: TOO_LONG for the text or a string in it that holds a character no value may hold.
    """
    if len(text) > limits.EXPRESSION_SOURCE:
        raise ExpressionRefused("too long", 0, "TOO_LONG", {"limit": limits.EXPRESSION_SOURCE})
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            tokens.append(Token(kind=Kind.BAD, value=text[position], start=position, end=position + 1))
            position += 1
            continue
        position = match.end()
        if match.lastgroup != "space":
            tokens.append(_token(match))
    tokens.append(Token(kind=Kind.END, value="end of text", start=len(text), end=len(text)))
    return tokens


def _token(match: re.Match[str]) -> Token:
    kind, value = Kind(match.lastgroup or "bad"), match.group()
    if kind in (Kind.STRING, Kind.AT):
        value = unescape(value[value.index('"') + 1 : -1], match.start())
    return Token(kind=kind, value=value, start=match.start(), end=match.end())


def unescape(body: str, position: int) -> str:
    r"""The content of a string literal: ``\n \r \t \" \' \\``, ``\uXXXX`` and ``\UXXXXXX``; others stay as written.

    Raises:
        ExpressionRefused: for NUL, a lone surrogate or a code point beyond U+10FFFF, which cannot be stored.
    """
    if "\\" in body:
        try:
            body = _ESCAPE.sub(_unescaped, body)
        except ValueError:
            raise ExpressionRefused("character beyond U+10FFFF", position) from None
        # Two \u escapes may spell one character as a pair of surrogates.
        body = body.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if "\x00" in body:
        raise ExpressionRefused("NUL character", position)
    if any("\ud800" <= char <= "\udfff" for char in body):
        raise ExpressionRefused("lone surrogate", position)
    return body


def _unescaped(match: re.Match[str]) -> str:
    short, long, simple = match.groups()
    if simple is not None:
        return _SIMPLE.get(simple, "\\" + simple)
    return chr(int(short or long, 16))
