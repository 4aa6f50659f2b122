"""The processes that come with Faultdesk, as BPMN files: what a new installation starts with."""

from importlib.resources import files

KEYS = ("fault-handling", "service-request")
"""Process keys, which are also the names of the files without `.bpmn`."""


def bundled(key: str) -> bytes:
    """The bytes of the bundled process with this key, as a designer would upload them.

    Raises: KeyError when there is none.
    """
    if key not in KEYS:
        raise KeyError(key)
    return (files(__name__) / f"{key}.bpmn").read_bytes()
