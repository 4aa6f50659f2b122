"""The stored position: its format, its reader and its writer.

A position is what the future needs and nothing else: the tokens at rest, each with its number, the sub-process
it is inside of and its node, and the number that the next token gets. It is JSON whose first entry is the number of
the format. A state read from the database is checked in full, since a restored backup or a hand-edited row
must end in a refusal and never in a wrong move.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import orjson

from engine.runner.errors import StateCorrupt
from engine.runner.values import LiveTask, Stuck, StuckCode

FORMAT = 1
type_of_document = dict[str, object]
Document = dict[str, object]

MIGRATIONS: Mapping[int, Callable[[Document], Document]] = MappingProxyType({})
"""Format number -> what turns a document of that format into one of the next; never shortened."""
