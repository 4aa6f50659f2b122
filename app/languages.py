"""The language of an answer: what the reader's client asks for, else the installation's."""

from flask import Request

from bpmn.text import EN, ZH


def negotiated(request: Request, default: str) -> str:
    """`zh-CN` or `en` by Accept-Language (RFC 9110, 12.5.4): any tag of one of the two languages will do."""
    if "HTTP_ACCEPT_LANGUAGE" not in request.environ:
        return default
    best, chosen = 0.0, default
    for tag, quality in request.accept_languages:
        language = {"zh": ZH, "en": EN}.get(tag.lower().partition("-")[0])
        if language is not None and quality > best:
            best, chosen = quality, language
    return chosen
