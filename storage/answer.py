"""Answer: what a command says, in the shape in which it can be kept and given again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP status with a JSON body.

    `ticket_id` names the ticket whose number stands at the body's top as `"number": null` until it is known: the number
    is given out by the last statement before COMMIT, so neither this value nor the stored copy can hold it earlier.
    """

    status: int
    body: Mapping[str, object] | Sequence[object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ticket_id: UUID | None = None
    secret: bool = False
    """The body holds a secret that is shown once: it is never kept, and the same key makes a new one."""
    replayed: bool = False
    """Whether this answer was given before, to the same request with the same Idempotency-Key."""

    def numbered(self, number: str | None) -> "Answer":
        """The answer with the ticket's number filled in where it was left open."""
        if number is None or not isinstance(self.body, Mapping) or self.body.get("number", "") is not None:
            return self
        return replace(self, body={**self.body, "number": number})


class Replayed(Exception):
    """This very request was answered before: `answer` is what was said."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer
