"""What only HTTP can refuse."""

from bpmn.errors import FaultdeskError
from engine.errors import Invalid


class Malformed(FaultdeskError):
    """A request that cannot be read at all (400)."""


class Unreadable(Invalid):
    """A body or query that is not what the route takes; told only to those whom the route is open to."""


class Unsupported(FaultdeskError):
    """A body in a media type that the route does not take (415)."""
