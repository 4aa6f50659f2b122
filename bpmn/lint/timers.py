"""A timer is an ISO 8601 date, duration or repeating interval, or an expression that gives one (BPMN 2.0.2,
10.5.5).
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from bpmn.directory import Directory
from bpmn.expressions.iso import parse_date_time, parse_duration
from bpmn.findings import Finding
from bpmn.lint.expressions import Placed, events_of, refusal
from bpmn.lint.finding import error
from bpmn.model import Event, EventKind, Node, ProcessDefinition

CODES = ("TIMER_WITHOUT_VALUE", "TIMER_INVALID", "TIMER_TOO_SHORT")

_LOOKS_ISO = re.compile(r"[+-]?P[\dT]|R\d*/|\d{4}-\d\d")
_WEEKS = re.compile(r"P(\d{1,6})W", re.ASCII)
_REPEAT = re.compile(r"R(\d{0,9})/(.+)", re.ASCII)
SHORTEST = timedelta(seconds=1)


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """Timers without a value, with one that is neither ISO 8601 nor an expression, or that fire more than
    once a second.
    """
    for node in definition.nodes:
        for event in events_of(node):
            if event.kind is EventKind.TIMER:
                yield from _timer(node, event)


def _timer(node: Node, event: Event) -> Iterator[Finding]:
    expression = event.expression
    if expression is None or not expression.text:
        yield error("TIMER_WITHOUT_VALUE", node)
    elif _LOOKS_ISO.match(expression.text):
        yield from _iso(node, expression.text, str(event.timer_kind))
    else:
        refused = refusal(Placed(node, "timer", expression))
        if refused is not None:
            yield refused


def _iso(node: Node, text: str, kind: str) -> Iterator[Finding]:
    repeated = _REPEAT.fullmatch(text)
    durations = [text] if repeated is None else repeated.group(2).split("/")
    if kind != "timeCycle" and repeated is not None:
        durations = []
    spans = [_span(each) for each in durations]
    if not spans or len(spans) > 2 or None in spans:
        yield error("TIMER_INVALID", node, text=text[:200], kind=kind)
    elif any(span is not None and span is not _DATE and span < SHORTEST for span in spans):
        yield error("TIMER_TOO_SHORT", node, text=text[:200], limit=int(SHORTEST.total_seconds()))


_DATE = timedelta.max
"""Stands for a part that is a point in time and so has no length of its own."""


def _span(text: str) -> timedelta | None:
    """The length of a duration, `_DATE` for a date or date-time, None for neither."""
    weeks = _WEEKS.fullmatch(text)
    if weeks:
        return timedelta(weeks=int(weeks.group(1)))
    if parse_date_time(text) is not None:
        return _DATE
    duration = parse_duration(text)
    if duration is None or isinstance(duration, timedelta):
        return duration
    return timedelta(days=30) * min(duration.months, 1200)
