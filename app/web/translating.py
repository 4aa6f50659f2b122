"""The pages' texts in the reader's language: English in the code, Chinese in the catalogue (`make messages`)."""

from typing import Any

import flask_babel  # type: ignore[import-untyped]


def gettext(message: str, **values: object) -> str:
    """The message in the reader's language, its `%(name)s` filled in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, number: int) -> str:
    """The same for a number of things, which stands in it as `%(num)s`."""
    return str(flask_babel.ngettext(one, many, number))


def lazy_gettext(message: str) -> Any:
    """The message in the language of whoever will read it."""
    return flask_babel.lazy_gettext(message)


def forget() -> None:
    """Look up the language anew: the reader has become known."""
    flask_babel.refresh()
