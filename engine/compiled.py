"""Compiled processes, kept once per version: a version never changes and the compiled form is safe to share."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from engine.runner import CompiledProcess, compile_process
from engine.values.processes import RunningDeployment

KEPT = 256


class _Once:
    """What one version compiles to: of several threads that ask at once one compiles, and the others wait for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: CompiledProcess | None = None

    def get(self, deployment: RunningDeployment) -> CompiledProcess:
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = compile_process(deployment.definition)
        return self._made


_kept: OrderedDict[tuple[UUID, int], _Once] = OrderedDict()
_lock = Lock()


def compiled(deployment: RunningDeployment) -> CompiledProcess:
    """The runnable form of the deployment's definition.

    Raises: NotRunnable for a definition that no lint would have let through.
    """
    key = (deployment.process_id, deployment.version)
    with _lock:
        once = _kept.get(key)
        if once is None:
            once = _kept[key] = _Once()
            if len(_kept) > KEPT:
                _kept.popitem(last=False)
        else:
            _kept.move_to_end(key)
    return once.get(deployment)
