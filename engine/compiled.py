"""Compiled processes, kept once per version: a version never changes and the compiled form is safe to share."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from engine.runner import CompiledProcess, compile_process
from engine.values.processes import RunningDeployment

KEPT = 256

_kept: OrderedDict[tuple[UUID, int], CompiledProcess] = OrderedDict()
_lock = Lock()


def compiled(deployment: RunningDeployment) -> CompiledProcess:
    """The runnable form of the deployment's definition.

    Raises: NotRunnable for a definition that no lint would have let through.
    """
    key = (deployment.process_id, deployment.version)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = compile_process(deployment.definition)
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made
