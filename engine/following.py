"""How many may follow one ticket."""

from bpmn.limits import FOLLOWERS_PER_TICKET
from engine.errors import FieldProblem, Invalid


def require_room(followers: int, *, path: str) -> None:
    """Hold a ticket to so many followers: all of them are loaded with every command on it.

    Raises: Invalid TOO_MANY_FOLLOWERS.
    """
    if followers > FOLLOWERS_PER_TICKET:
        limit = {"limit": FOLLOWERS_PER_TICKET}
        problem = FieldProblem(path=path, code="TOO_MANY_FOLLOWERS", params=limit)
        raise Invalid("TOO_MANY_FOLLOWERS", limit, problems=[problem])
