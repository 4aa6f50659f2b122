"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Call it for the present moment."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment it stands at."""
        return self.at

    def forward(self, by: timedelta) -> None:
        """Move it."""
        self.at += by
