"""Refusal: why a file cannot be read safely; the reader makes a finding of it, so it never leaves `bpmn`."""

from bpmn.errors import FaultdeskError


class Refusal(FaultdeskError):
    """A file that is not read any further: `code` and `params` as in `bpmn.messages`, `line` 1-based or 0."""

    def __init__(self, code: str, *, line: int = 0, **params: object) -> None:
        super().__init__(code, params)
        self.line = line
