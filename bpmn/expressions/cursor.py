"""The parser's place in the tokens, the names in scope and how deep it is."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Protocol

from bpmn import limits
from bpmn.expressions import ast
from bpmn.expressions.errors import ExpressionRefused
from bpmn.expressions.lexer import Kind, Token, tokenize

RESERVED = frozenset(
    {"and", "or", "in", "between", "instance", "of", "then", "else", "return", "satisfies", "if", "for"}
    | {"some", "every", "function", "external", "true", "false", "null"}
)
# Words of other languages that nobody means as the second word of a field's name.
_FOREIGN = frozenset(["not", "is", "lambda", "import", "eq", "ne", "lt", "le", "gt", "ge", "div", "mod"])


class Grammar(Protocol):
    """The two rules that every construct needs for its parts."""

    def expression(self, cursor: "Cursor", binding: int = 0) -> ast.Node: ...

    def continued(self, cursor: "Cursor", left: ast.Node, binding: int = 0) -> ast.Node: ...


class Cursor:
    """Reads tokens one after the other; ``declared`` are the names with spaces or signs that exist outside."""

    def __init__(self, text: str, declared: Collection[str], grammar: Grammar) -> None:
        self.text = text
        self.grammar = grammar
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0
        self.declared = frozenset(declared)
        self.scopes: list[set[str]] = []

    def expression(self, binding: int = 0) -> ast.Node:
        """The longest expression from here whose operators all bind stronger than ``binding``."""
        return self.grammar.expression(self, binding)

    def continued(self, left: ast.Node, binding: int = 0) -> ast.Node:
        """As ``expression``, when its first value has been read already."""
        return self.grammar.continued(self, left, binding)

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.index + 1, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.token
        if token.kind is not Kind.END:
            self.index += 1
        return token

    def at(self, *values: str) -> bool:
        """Whether the token is one of these operators or keywords (never the content of a string)."""
        return self.token.value in values and self.token.kind in (Kind.OP, Kind.NAME)

    def accept(self, value: str) -> bool:
        if self.at(value):
            self.index += 1
            return True
        return False

    def expect(self, *values: str) -> Token:
        if not self.at(*values):
            raise self.refused(f"expected {' or '.join(values)}, found {self.found()}")
        return self.advance()

    def found(self) -> str:
        return self.token.value[:40] if self.token.kind is not Kind.STRING else "a string"

    def refused(self, reason: str, token: Token | None = None, code: str = "EXPRESSION_REFUSED") -> ExpressionRefused:
        return ExpressionRefused(reason, (token or self.token).start, code)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One bracket or construct deeper.

        Raises:
            ExpressionRefused: TOO_DEEP.
        """
        self.depth += 1
        if self.depth > limits.EXPRESSION_NESTING:
            raise ExpressionRefused("too deep", self.token.start, "TOO_DEEP", {"limit": limits.EXPRESSION_NESTING})
        yield
        self.depth -= 1

    @contextmanager
    def scope(self, names: set[str]) -> Iterator[None]:
        """These names are known while the block is read."""
        self.scopes.append(names)
        yield
        self.scopes.pop()

    def knows(self, name: str) -> bool:
        return name in self.declared or any(name in scope for scope in self.scopes)

    def known_here(self, extra: Collection[str] = ()) -> str | None:
        """The longest known name with spaces or signs that the text continues with, consumed; or None."""
        candidates = {name for names in (self.declared, *self.scopes, extra) for name in names}
        for name in sorted((name for name in candidates if not name.isidentifier()), key=len, reverse=True):
            end = self._match(name)
            if end is not None:
                self._skip_to(end)
                return name
        return None

    def _match(self, name: str) -> int | None:
        pattern = r"\s+".join(re.escape(word) for word in name.split())
        match = re.compile(pattern).match(self.text, self.token.start)
        if match is None or (re.match(r"\w", name[-1]) and re.match(r"\w", self.text[match.end() :][:1])):
            return None
        ends = any(token.start >= match.end() for token in self.tokens[self.index :])
        inside = any(token.start < match.end() < token.end for token in self.tokens[self.index :])
        return match.end() if ends and not inside else None

    def _skip_to(self, end: int) -> None:
        while self.token.start < end and self.token.kind is not Kind.END:
            self.index += 1

    def words(self) -> str:
        """A name nobody declared: words that stand side by side are one name, up to a reserved word."""
        words = [self.advance().value]
        while self.token.kind is Kind.NAME and self.token.value not in RESERVED:
            if self.token.value in _FOREIGN:
                raise self.refused(f"operator {self.token.value}")
            words.append(self.advance().value)
        return " ".join(words)
