"""Every bound of the product in one place: what a process text may cost must be known before it is read.

An installation may lower a bound by the setting FAULTDESK_LIMIT_<NAME>, read once when the process starts; none can be
raised. Lowering one does not touch what is stored already.
"""

import os
from typing import Final

_names: set[str] = set()


def _setting(name: str) -> str:
    return f"FAULTDESK_LIMIT_{name}"


def _limit(name: str, most: int) -> int:
    """The bound of this name: `most`, or what the installation set below it.

    Raises: ValueError for a setting that is no whole number above zero.
    """
    _names.add(name)
    text = os.environ.get(_setting(name))
    if text is None:
        return most
    if not (text.isascii() and text.isdigit() and int(text[:20]) > 0):
        raise ValueError(f"{_setting(name)}: {text[:40]!r} is not a whole number above zero")
    return min(most, int(text[:20]))


# Expressions (FEEL and what is translated to it).
EXPRESSION_SOURCE: Final = _limit("EXPRESSION_SOURCE", 8_192)
"""Characters of one expression."""

EXPRESSION_NESTING: Final = _limit("EXPRESSION_NESTING", 64)
"""Brackets, calls and constructs open at once in one expression."""

EXPRESSION_TREE_DEPTH: Final = _limit("EXPRESSION_TREE_DEPTH", 128)
"""Levels of the parsed tree: a bracket adds one, and so does each operator level between two brackets."""

CONDITION_STEPS: Final = _limit("CONDITION_STEPS", 20_000)
"""Steps of one condition: a step is about a microsecond of work, or 64 characters or 8 items made."""

SCRIPT_STEPS: Final = _limit("SCRIPT_STEPS", 200_000)
"""Steps of one script or decision."""

CALL_DEPTH: Final = _limit("CALL_DEPTH", 40)
"""Calls of user-defined functions open at once."""

EVALUATION_DEPTH: Final = _limit("EVALUATION_DEPTH", 400)
"""Tree levels being evaluated at once, summed over open calls; keeps Python's own stack far from its end."""

DATA_DEPTH: Final = _limit("DATA_DEPTH", 128)
"""Lists and contexts nested in one value."""

STRING_LENGTH: Final = _limit("STRING_LENGTH", 65_536)
"""Characters of one string value."""

LIST_LENGTH: Final = _limit("LIST_LENGTH", 65_536)
"""Items of one list value."""

JSON_NODES: Final = _limit("JSON_NODES", 65_536)
"""Values written out for one result: shared sub-values count each time they are written."""

REGEX_PATTERN: Final = _limit("REGEX_PATTERN", 1_000)
"""Characters of one regular expression."""

REGEX_MEMORY: Final = _limit("REGEX_MEMORY", 1 << 20)
"""Bytes that one compiled regular expression may take (re2's max_mem)."""

REGEX_CACHE: Final = _limit("REGEX_CACHE", 32)
"""Compiled regular expressions kept in one process."""

EVALUATION_WARNINGS: Final = _limit("EVALUATION_WARNINGS", 32)
"""Warnings kept of one evaluation; later ones are dropped."""

PROGRAM_CACHE: Final = _limit("PROGRAM_CACHE", 131_072)
"""Characters of all the expressions whose compiled form is kept in one process (up to 300 bytes for each)."""

# Forms and answers.
FORM_BYTES: Final = _limit("FORM_BYTES", 10 * 1024 * 1024)
"""UTF-8 bytes of one form-js text."""

FORM_COMPONENTS: Final = _limit("FORM_COMPONENTS", 20_000)
"""Components and options of one form."""

FORM_DEPTH: Final = _limit("FORM_DEPTH", 20)
"""Groups and repeating groups nested in one form."""

FORM_EXPRESSIONS: Final = _limit("FORM_EXPRESSIONS", 262_144)
"""Characters of all different FEEL texts of one form: parsing takes some microseconds for each."""

FIELD_KEY: Final = _limit("FIELD_KEY", 64)
"""Characters of a field's key."""

TEXT_FIELD: Final = _limit("TEXT_FIELD", 4_000)
"""Characters of a one-line answer whose field sets no maxLength."""

TEXT_AREA: Final = _limit("TEXT_AREA", 65_536)
"""Characters of any text answer, whatever its field sets."""

COMBINING_RUN: Final = _limit("COMBINING_RUN", 30)
"""Combining marks in a row in a text answer (Unicode's stream-safe text format, UAX #15 section 13): normalising
a longer run takes time that grows with its square."""

ANSWER_ITEMS: Final = _limit("ANSWER_ITEMS", 500)
"""Items of one list answer: choices, rows of a repeating group, files."""

ANSWER_ROWS: Final = _limit("ANSWER_ROWS", 2_000)
"""Rows of all repeating groups of one form together, nested ones too."""

FORM_STEPS: Final = _limit("FORM_STEPS", 200_000)
"""Steps of all conditions and computed fields of one form in one check."""

ANSWER_ERRORS: Final = _limit("ANSWER_ERRORS", 100)
"""Refused fields that one answer spells out."""

# Files, as they are read.
FILE_BYTES: Final = _limit("FILE_BYTES", 10 * 1024 * 1024)
"""Bytes of one BPMN, DMN or form file."""

XML_ELEMENTS: Final = _limit("XML_ELEMENTS", 20_000)
"""Elements of one XML file."""

XML_ATTRIBUTES: Final = _limit("XML_ATTRIBUTES", 200_000)
"""Attributes of all elements of one XML file."""

XML_DEPTH: Final = _limit("XML_DEPTH", 256)
"""Elements open at once in one XML file."""

BUNDLE_BYTES: Final = _limit("BUNDLE_BYTES", 50 * 1024 * 1024)
"""Bytes of all files of one .zip bundle, unpacked."""

BUNDLE_FILES: Final = _limit("BUNDLE_FILES", 100)
"""Entries of one .zip bundle."""

ID_LENGTH: Final = _limit("ID_LENGTH", 255)
"""Characters of one id."""

NAME_LENGTH: Final = _limit("NAME_LENGTH", 1_000)
"""Characters of one name or label in a diagram."""

# Processes, as they are linted.
SUB_PROCESS_DEPTH: Final = _limit("SUB_PROCESS_DEPTH", 20)
"""Sub-processes inside one another."""

PARALLEL_FAN_OUT: Final = _limit("PARALLEL_FAN_OUT", 500)
"""Flows that one node can take at once."""

MULTI_INSTANCE: Final = _limit("MULTI_INSTANCE", 1_000)
"""Items of one multi-instance activity, or rounds of one standard loop."""

EXPRESSIONS_SOURCE: Final = _limit("EXPRESSIONS_SOURCE", 200_000)
"""Characters of all expressions of one process, its forms' own left out."""

FINDINGS_PER_CODE: Final = _limit("FINDINGS_PER_CODE", 200)
"""Findings of one code that one report spells out; further ones are counted."""

# The engine.
ENGINE_STEPS: Final = _limit("ENGINE_STEPS", 10_000)
"""Nodes that one command may enter before the ticket is stuck."""

LIVE_TOKENS: Final = _limit("LIVE_TOKENS", 5_000)
"""Tokens of one ticket at rest; more of them is a process that forks without end."""

# Tickets.
ATTACHMENTS_PER_TICKET: Final = _limit("ATTACHMENTS_PER_TICKET", 20)
"""Files of one ticket, and of one comment."""

ATTACHMENT_BYTES: Final = _limit("ATTACHMENT_BYTES", 25 * 1024 * 1024)
"""Bytes of one attachment."""

SAVED_UPLOADS: Final = _limit("SAVED_UPLOADS", 100)
"""Files that one set of saved answers keeps from expiring; of further ones it holds the names alone."""

UPLOADS_BYTES: Final = _limit("UPLOADS_BYTES", 1024 * 1024 * 1024)
"""Bytes of all uploads of one person that no ticket has taken yet."""

IMAGE_PIXELS: Final = _limit("IMAGE_PIXELS", 64_000_000)
"""Pixels of one image: a phone's picture has 12 to 50 million, and decoded this many take 256 MB."""

FOLLOWERS_PER_TICKET: Final = _limit("FOLLOWERS_PER_TICKET", 100)
"""Followers of one ticket."""

COMMENT_LENGTH: Final = _limit("COMMENT_LENGTH", 20_000)
"""Characters of one comment."""

REASON_LENGTH: Final = _limit("REASON_LENGTH", 1_000)
"""Characters of the reason given for sending back, suspending, cancelling and the like."""


def _refuse_unknown() -> None:
    """Raises: ValueError for a setting that names no bound, so that a slip of the pen lowers nothing unnoticed."""
    for name in sorted(os.environ):
        if name.startswith(_setting("")) and name.removeprefix(_setting("")) not in _names:
            raise ValueError(f"{name}: there is no such limit")


_refuse_unknown()
