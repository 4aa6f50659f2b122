"""Which language an expression is written in: what the file declares, else what its shape and its tool
imply.
"""

import re

from lxml import etree

from bpmn.model import Expression
from bpmn.reader.names import SPIFF
from bpmn.reader.source import Source, text_of

_JUEL = re.compile(r"[$#]\{")

_DECLARED = (
    ("dmn/", "feel"),
    ("feel", "feel"),
    ("javascript", "javascript"),
    ("ecmascript", "javascript"),
    ("java", "java"),
    ("mvel", "mvel"),
    ("drools/rule", "rule"),
    ("xpath", "xpath"),
    ("groovy", "groovy"),
    ("python", "python"),
    ("juel", "juel"),
)
"""Parts of a declared language name or URI, most telling first, with the name we give that language."""


def expression_of(source: Source, element: etree._Element) -> Expression:
    """The text of an expression element with its language."""
    text = text_of(element)
    return Expression(text=text, language=language_of(source, text, element.get("language")))


def language_of(source: Source, text: str, declared: str | None) -> str:
    """The language of an expression: declared on it, else implied by `${..}`, a leading `=`, the tool, or
    FEEL.

    What `definitions` declares for the whole file counts after the text's own shape, because tools write
    XPath there as boilerplate (it is BPMN's default, 2.0.2 section 8.1) above expressions in another
    language.
    """
    own = known_language(declared)
    if own is not None:
        return own
    if text.startswith("="):
        return "feel"
    if _JUEL.search(text):
        return "juel"
    root = source.document.root
    overall = known_language(root.get("expressionLanguage"))
    if overall is not None and overall != "xpath":
        return overall
    return "python" if SPIFF in root.nsmap.values() else "feel"


def known_language(declared: str | None) -> str | None:
    """Our name of a declared language; an unknown one keeps its own; None where nothing is declared."""
    if declared is None or not declared.strip():
        return None
    lowered = declared.strip().lower()
    return next((name for part, name in _DECLARED if part in lowered), lowered[:60])
