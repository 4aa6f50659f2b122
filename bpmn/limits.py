"""Every bound of the product in one place; a deployment may lower them, never raise them.

The numbers are DESIGN.md's: what a process text may cost must be known before it is read.
"""

from typing import Final

# Expressions (FEEL and what is translated to it).
EXPRESSION_SOURCE: Final = 8_192
"""Characters of one expression."""

EXPRESSION_NESTING: Final = 64
"""Brackets, calls and constructs open at once in one expression."""

EXPRESSION_TREE_DEPTH: Final = 128
"""Levels of the parsed tree: a bracket adds one, and so does each operator level between two brackets."""

CONDITION_STEPS: Final = 20_000
"""Steps of one condition: a step is about a microsecond of work, or 64 characters or 8 items made."""

SCRIPT_STEPS: Final = 200_000
"""Steps of one script or decision."""

CALL_DEPTH: Final = 40
"""Calls of user-defined functions open at once."""

EVALUATION_DEPTH: Final = 400
"""Tree levels being evaluated at once, summed over open calls; keeps Python's own stack far from its end."""

DATA_DEPTH: Final = 128
"""Lists and contexts nested in one value."""

STRING_LENGTH: Final = 65_536
"""Characters of one string value."""

LIST_LENGTH: Final = 65_536
"""Items of one list value."""

JSON_NODES: Final = 65_536
"""Values written out for one result: shared sub-values count each time they are written."""

REGEX_PATTERN: Final = 1_000
"""Characters of one regular expression."""

REGEX_MEMORY: Final = 1 << 20
"""Bytes that one compiled regular expression may take (re2's max_mem)."""

REGEX_CACHE: Final = 32
"""Compiled regular expressions kept in one process."""

EVALUATION_WARNINGS: Final = 32
"""Warnings kept of one evaluation; later ones are dropped."""

PROGRAM_CACHE: Final = 131_072
"""Characters of all the expressions whose compiled form is kept in one process (up to 300 bytes for each)."""

# Forms and answers.
FORM_BYTES: Final = 10 * 1024 * 1024
"""UTF-8 bytes of one form-js text."""

FORM_COMPONENTS: Final = 20_000
"""Components and options of one form."""

FORM_DEPTH: Final = 20
"""Groups and repeating groups nested in one form."""

FORM_EXPRESSIONS: Final = 262_144
"""Characters of all different FEEL texts of one form: parsing takes some microseconds for each."""

FIELD_KEY: Final = 64
"""Characters of a field's key."""

TEXT_FIELD: Final = 4_000
"""Characters of a one-line answer whose field sets no maxLength."""

TEXT_AREA: Final = 65_536
"""Characters of any text answer, whatever its field sets."""

COMBINING_RUN: Final = 30
"""Combining marks in a row in a text answer (Unicode's stream-safe text format, UAX #15 section 13): normalising
a longer run takes time that grows with its square."""

ANSWER_ITEMS: Final = 500
"""Items of one list answer: choices, rows of a repeating group, files."""

ANSWER_ROWS: Final = 2_000
"""Rows of all repeating groups of one form together, nested ones too."""

FORM_STEPS: Final = 200_000
"""Steps of all conditions and computed fields of one form in one check."""

ANSWER_ERRORS: Final = 100
"""Refused fields that one answer spells out."""

# Files, as they are read.
FILE_BYTES: Final = 10 * 1024 * 1024
"""Bytes of one BPMN, DMN or form file."""

XML_ELEMENTS: Final = 20_000
"""Elements of one XML file."""

XML_ATTRIBUTES: Final = 200_000
"""Attributes of all elements of one XML file."""

XML_DEPTH: Final = 256
"""Elements open at once in one XML file."""

BUNDLE_BYTES: Final = 50 * 1024 * 1024
"""Bytes of all files of one .zip bundle, unpacked."""

BUNDLE_FILES: Final = 100
"""Entries of one .zip bundle."""

ID_LENGTH: Final = 255
"""Characters of one id."""

# Processes, as they are linted.
SUB_PROCESS_DEPTH: Final = 20
"""Sub-processes inside one another."""

PARALLEL_FAN_OUT: Final = 500
"""Flows that one node can take at once."""

MULTI_INSTANCE: Final = 1_000
"""Items of one multi-instance activity, or rounds of one standard loop."""

EXPRESSIONS_SOURCE: Final = 200_000
"""Characters of all expressions of one process, its forms' own left out."""

FINDINGS_PER_CODE: Final = 200
"""Findings of one code that one report spells out; further ones are counted."""

# The engine.
ENGINE_STEPS: Final = 10_000
"""Nodes that one command may enter before the ticket is stuck."""

LIVE_TOKENS: Final = 5_000
"""Tokens of one ticket at rest; more of them is a process that forks without end."""

# Tickets.
ATTACHMENTS_PER_TICKET: Final = 20
"""Files of one ticket, and of one comment."""

ATTACHMENT_BYTES: Final = 25 * 1024 * 1024
"""Bytes of one attachment."""

SAVED_UPLOADS: Final = 100
"""Files that one set of saved answers keeps from expiring; of further ones it holds the names alone."""

UPLOADS_BYTES: Final = 1024 * 1024 * 1024
"""Bytes of all uploads of one person that no ticket has taken yet."""

IMAGE_PIXELS: Final = 64_000_000
"""Pixels of one image: a phone's picture has 12 to 50 million, and decoded this many take 256 MB."""

FOLLOWERS_PER_TICKET: Final = 100
"""Followers of one ticket."""

COMMENT_LENGTH: Final = 20_000
"""Characters of one comment."""

REASON_LENGTH: Final = 1_000
"""Characters of the reason given for sending back, suspending, cancelling and the like."""
