"""The parser's place in the tokens, the names in scope and how deep it is."""

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
        self.scopes: list[set[str]] = []
        self._spelled: dict[tuple[str, ...], str] = {}
        self._lengths: dict[str, set[int]] = {}
        self.declared = frozenset(declared)
        for name in self.declared:
            self._register(name)

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
        """These names are known while the block is read; ``bind`` adds to them."""
        for name in names:
            self._register(name)
        self.scopes.append(names)
        yield
        self.scopes.pop()

    def bind(self, name: str) -> None:
        """The innermost scope knows one more name from here on."""
        self.scopes[-1].add(name)
        self._register(name)

    def _register(self, name: str) -> None:
        """Remember how a name of several tokens is written, so that it is found by its first one."""
        if name.isidentifier():
            return
        try:
            parts = tuple(token.value for token in tokenize(name)[:-1])
        except ExpressionRefused:
            return
        if parts:
            self._spelled[parts] = name
            self._lengths.setdefault(parts[0], set()).add(len(parts))

    def knows(self, name: str) -> bool:
        return name in self.declared or any(name in scope for scope in self.scopes)

    def known_here(self) -> str | None:
        """The longest known name with spaces or signs that the text continues with, consumed; or None."""
        for length in sorted(self._lengths.get(self.token.value, ()), reverse=True):
            run = self.tokens[self.index : self.index + length]
            name = self._spelled.get(tuple(token.value for token in run))
            if name is None or not self.knows(name):
                continue
            # Signs belong to a name only as it is written: a-b is not a - b.
            if " ".join(self.text[run[0].start : run[-1].end].split()) == " ".join(name.split()):
                self.index += length
                return name
        return None

    def words(self) -> str:
        """A name nobody declared: words that stand side by side are one name, up to a reserved word."""
        words = [self.advance().value]
        while self.token.kind is Kind.NAME and self.token.value not in RESERVED:
            if self.token.value in _FOREIGN:
                raise self.refused(f"operator {self.token.value}")
            words.append(self.advance().value)
        return " ".join(words)
