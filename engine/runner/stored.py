"""The stored position: its format, its reader and its writer.

A position is what the future needs and nothing else: the tokens at rest, each with its number, the sub-process
it is inside of and its node, and the number that the next token gets. It is JSON whose first entry is the number of
the format. What comes back is checked in full, since a restored backup or a hand-edited row must end in a
refusal and never in a wrong move.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import cast

import orjson

from engine.runner.errors import StateCorrupt
from engine.runner.values import LiveTask, Stuck, StuckCode

FORMAT = 1

Document = dict[str, object]

MIGRATIONS: Mapping[int, Callable[[Document], Document]] = MappingProxyType({})
"""Format number -> what turns a document of that format into one of the next; entries are never taken out."""


class Place(StrEnum):
    """What a token at rest is doing; the letter stands in the stored state."""

    OPEN = "o"
    """At a task that a person has to complete."""
    WAITING = "w"
    """On the incoming flow `flow` of a join."""
    INSIDE = "i"
    """At a sub-process that is running."""
    STUCK = "s"
    """At a node that is done or needs no work, and cannot be left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredToken:
    """A token at rest. `owner` is the number of the token whose sub-process it is in, 0 for the process itself."""

    number: int
    owner: int
    element_id: str
    place: Place
    flow: str | None = None
    """The incoming flow on which a waiting token stands."""
    stuck: Stuck | None = None
    task: str | None = None
    """For a stuck token: the task it came from, whose outcome it goes by."""
    outcome: str | None = None
    """For a stuck token: the outcome named when that task was completed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """All tokens at rest by number, the next token's number, and the last end event entered that has a status."""

    tokens: tuple[StoredToken, ...]
    next_number: int
    last_end: str | None = None


def write(position: Position) -> bytes:
    """The bytes to be stored; the same position always gives the same bytes."""
    document: Document = {"format": FORMAT, "next": position.next_number}
    if position.last_end is not None:
        document["end"] = position.last_end
    document["tokens"] = [_row(token) for token in position.tokens]
    return orjson.dumps(document)


def _row(token: StoredToken) -> list[object]:
    row: list[object] = [token.number, token.owner, token.element_id, token.place.value]
    if token.place is Place.WAITING:
        row.append(token.flow)
    elif token.stuck is not None:
        row += [token.task, token.outcome, token.stuck.code.value, token.stuck.params]
    return row


def read(state: bytes, *, migrations: Mapping[int, Callable[[Document], Document]] = MIGRATIONS) -> Position:
    """The position that these bytes hold, whichever release wrote them.

    Raises: StateCorrupt when they are no position.
    """
    document = _document(state, migrations)
    number, end, rows = document.get("next"), document.get("end"), document.get("tokens")
    if type(number) is not int or not (end is None or isinstance(end, str)) or not isinstance(rows, list):
        raise StateCorrupt("fields")
    tokens = tuple(_token(row) for row in rows)
    _check_numbers(tokens, number)
    return Position(tokens=tokens, next_number=number, last_end=end)


def _document(state: bytes, migrations: Mapping[int, Callable[[Document], Document]]) -> Document:
    try:
        document: object = orjson.loads(state)
    except (orjson.JSONDecodeError, TypeError) as error:
        raise StateCorrupt("not JSON") from error
    if not isinstance(document, dict) or type(document.get("format")) is not int:
        raise StateCorrupt("no format")
    while (number := cast("int", document["format"])) != FORMAT:
        if number not in migrations:
            raise StateCorrupt("unknown format", format=number)
        document = migrations[number](document)
    return document


def _token(row: object) -> StoredToken:
    match row:
        case [int() as number, int() as owner, str(element), ("o" | "i") as place]:
            return StoredToken(number=number, owner=owner, element_id=element, place=Place(place))
        case [int() as number, int() as owner, str(element), "w", str(flow)]:
            return StoredToken(number=number, owner=owner, element_id=element, place=Place.WAITING, flow=flow)
        case [
            int() as number,
            int() as owner,
            str(element),
            "s",
            (str() | None) as task,
            (str() | None) as outcome,
            str(code),
            dict(params),
        ]:
            return StoredToken(
                number=number,
                owner=owner,
                element_id=element,
                place=Place.STUCK,
                task=task,
                outcome=outcome,
                stuck=_stuck(code, element, params),
            )
    raise StateCorrupt("token")


def _stuck(code: str, element_id: str, params: dict[str, object]) -> Stuck:
    if code not in frozenset(StuckCode) or not all(isinstance(value, str | int) for value in params.values()):
        raise StateCorrupt("stuck token")
    return Stuck(code=StuckCode(code), element_id=element_id, params=cast("dict[str, str | int]", params))


def _check_numbers(tokens: tuple[StoredToken, ...], next_number: int) -> None:
    inside = {token.number for token in tokens if token.place is Place.INSIDE}
    last = 0
    for token in tokens:
        # JSON's true and false are whole numbers to Python.
        if isinstance(token.number, bool) or isinstance(token.owner, bool):
            raise StateCorrupt("numbers")
        in_order = last < token.number < next_number
        if not in_order or (token.owner != 0 and (token.owner not in inside or token.owner >= token.number)):
            raise StateCorrupt("numbers")
        last = token.number


def open_tokens(state: bytes) -> tuple[LiveTask, ...]:
    """The live tasks of a stored position in order of entry; the definition is not needed.

    Raises: StateCorrupt when the bytes are no position.
    """
    return tuple(
        LiveTask(token=token.number, element_id=token.element_id)
        for token in read(state).tokens
        if token.place is Place.OPEN
    )
