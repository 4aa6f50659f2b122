"""Our own extension elements and attributes: labels, roles, forms, status, outcomes, SLA
(docs/reference/fd-extension.md).
"""

from collections.abc import Iterable

from lxml import etree

from bpmn.findings import Severity
from bpmn.model import Outcome, OutcomeKind, SlaSettings, TargetSetting
from bpmn.reader.names import LANG, fd
from bpmn.reader.source import Source, text_of
from bpmn.text import Text


def text_with_labels(source: Source, element: etree._Element) -> Text:
    """BPMN's `name` with the `fd:label` elements beside it as translations."""
    return Text(
        default=element.get("name") or "",
        translations=_labels(source, source.extensions(element, fd("label"))),
    )


def _labels(source: Source, labels: Iterable[etree._Element]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for label in labels:
        language = label.get(LANG)
        if not language:
            source.report("FD_VALUE_INVALID", Severity.WARNING, label, name="fd:label xml:lang", value="")
            continue
        found[language] = text_of(label)
    return tuple(sorted(found.items()))


def role_keys(source: Source, element: etree._Element) -> tuple[str, ...]:
    """The keys of `fd:role` elements and of the `fd:role` attribute, each once, in order."""
    keys = (element.get(fd("role")) or "").split()
    keys += [(role.get("key") or "").strip() for role in source.extensions(element, fd("role"))]
    return tuple(dict.fromkeys(key for key in keys if key))


def status_key(source: Source, element: etree._Element) -> str | None:
    """The key of `fd:status`, as attribute or element."""
    found = [element.get(fd("status"))]
    found += [each.get("key") for each in source.extensions(element, fd("status"))]
    return next((key.strip() for key in found if key and key.strip()), None)


def not_by(element: etree._Element) -> tuple[str, ...]:
    """The ids in `fd:notBy`."""
    return tuple((element.get(fd("notBy")) or "").split())


def outcome(source: Source, element: etree._Element) -> Outcome | None:
    """The `fd:outcome` of a sequence flow; further ones are reported and left out."""
    found = list(source.extensions(element, fd("outcome")))
    for extra in found[1:]:
        source.report("FD_REPEATED", Severity.ERROR, extra, name="fd:outcome")
    return None if not found else _outcome(source, found[0], Text(default=element.get("name") or ""))


def _outcome(source: Source, element: etree._Element, name: Text) -> Outcome:
    labels = [child for child in element if child.tag == fd("label")]
    source.understood.update(labels)
    kind = _choice(source, element, "kind", ("forward", "back"))
    reason = _choice(source, element, "reason", ("optional", "required", "none"))
    # A way back always asks for a reason; only a text that says otherwise is kept as it is, for lint to
    # refuse.
    required = reason == "required" or (kind == "back" and element.get("reason") is None)
    return Outcome(
        key=(element.get("key") or "").strip(),
        label=Text(default=name.default, translations=_labels(source, labels)),
        reason_required=required,
        kind=OutcomeKind(kind),
    )


def _choice(source: Source, element: etree._Element, attribute: str, allowed: tuple[str, ...]) -> str:
    """The attribute's value if allowed, else the first allowed one, with a finding when another stands
    there.
    """
    value = element.get(attribute)
    if value is None or value in allowed:
        return value or allowed[0]
    source.report("FD_VALUE_INVALID", Severity.ERROR, element, name=attribute, value=value[:100])
    return allowed[0]


def sla(source: Source, process: etree._Element) -> SlaSettings | None:
    """The `fd:sla` of a process; None without one."""
    found = list(source.extensions(process, fd("sla")))
    for extra in found[1:]:
        source.report("FD_REPEATED", Severity.ERROR, extra, name="fd:sla")
    if not found:
        return None
    targets = [child for child in found[0] if child.tag == fd("target")]
    source.understood.update(targets)
    return SlaSettings(
        targets=tuple(_target(each) for each in targets),
        pause_on=tuple((found[0].get("pauseOn") or "").split()),
    )


def _target(element: etree._Element) -> TargetSetting:
    return TargetSetting(
        name=element.get("name") or "",
        duration=element.get("duration") or "",
        priority=element.get("priority"),
        start=element.get("start"),
        end=element.get("end"),
    )


def kind(source: Source, process: etree._Element) -> str:
    """`fd:kind` of a process, incident where absent or unknown."""
    value = process.get(fd("kind")) or "incident"
    if value in ("incident", "request", "change", "problem"):
        return value
    source.report("FD_VALUE_INVALID", Severity.ERROR, process, name="fd:kind", value=value[:100])
    return "incident"
