"""What the runner refuses."""

from bpmn.errors import FaultdeskError
from engine.errors import Conflict


class NotRunnable(FaultdeskError):
    """The definition holds something that this release does not run, or is not a process at all.

    Params name `element_id` (a node or a flow) and, where it helps, `kind`.
    """


class TokenNotOpen(Conflict):
    """No live task has this number now: it was completed, or the process moved on without it."""

    def __init__(self, token: int) -> None:
        super().__init__("TOKEN_NOT_OPEN", {"token": token})


class StateCorrupt(FaultdeskError):
    """A stored state that the runner did not write, or not for this definition; params say what is wrong."""

    def __init__(self, problem: str, **facts: object) -> None:
        super().__init__("STATE_CORRUPT", {"problem": problem, **facts})
