"""Candidate roles of a task or start event: `fd:role`, else BPMN's resource roles, else the lane as a
suggestion.
"""

import re
from collections.abc import Iterator

from lxml import etree

from bpmn.findings import Severity
from bpmn.model import CandidateRole
from bpmn.reader import fd
from bpmn.reader.source import Source, local_name, text_of

_RESOURCE_ROLES = ("potentialOwner", "humanPerformer", "performer", "resourceRole")
_TOKEN = re.compile(r"\s*(?:(user|group)\s*\(\s*([^()]*?)\s*\)|([^,()]+))")


def candidate_roles(source: Source, element: etree._Element, lane: str) -> tuple[CandidateRole, ...]:
    """The candidate roles, from the most explicit place that names any; `lane` is the innermost lane's name
    or ''.
    """
    own = tuple(CandidateRole(key=key) for key in fd.role_keys(source, element))
    owners = tuple(_resource_roles(source, element))
    if own or owners:
        return own or owners
    return (CandidateRole(key=lane, origin="lane"),) if lane else ()


def _resource_roles(source: Source, element: etree._Element) -> Iterator[CandidateRole]:
    """Roles named by potentialOwner and its kin (BPMN 2.0.2, 10.3.1): `group(x)`, a plain name, or a
    resource's name.
    """
    seen: set[str] = set()
    for owner in source.children(element, *_RESOURCE_ROLES):
        for text in _texts(source, owner):
            for key in _keys(source, owner, text):
                if key not in seen:
                    seen.add(key)
                    yield CandidateRole(key=key, origin=local_name(owner))


def _texts(source: Source, owner: etree._Element) -> Iterator[str]:
    for holder in source.children(owner, "resourceAssignmentExpression"):
        source.understood.update(holder)
        yield text_of(holder)
    for reference in source.children(owner, "resourceRef"):
        text = text_of(reference)
        resource = source.roots.get(text.rpartition(":")[2])
        yield text if resource is None else resource.get("name") or text


def _keys(source: Source, owner: etree._Element, text: str) -> Iterator[str]:
    if "${" in text or "#{" in text:
        source.report("ASSIGNMENT_IGNORED", Severity.INFO, owner, name=local_name(owner), value=text[:200])
        return
    for word, inner, plain in _TOKEN.findall(text):
        key = (inner or plain).strip()
        if word == "user":
            source.report("ASSIGNMENT_IGNORED", Severity.INFO, owner, name=local_name(owner), value=key[:200])
        elif key:
            yield key
