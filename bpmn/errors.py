"""The root of the one error tree; engine and app extend it."""

from collections.abc import Mapping


class FaultdeskError(Exception):
    """Something was refused. `code` is stable; `params` hold the facts that its message needs, in any language.

    The sentence is made where it is shown, from the message catalogues, in the reader's language.
    """

    def __init__(self, code: str, params: Mapping[str, object] | None = None) -> None:
        self.code = code
        self.params: dict[str, object] = dict(params or {})
        super().__init__(code, self.params)

    def __str__(self) -> str:
        facts = ", ".join(f"{key}={value!r}" for key, value in self.params.items())
        return f"{self.code}({facts})" if facts else self.code
