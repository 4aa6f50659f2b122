"""The command line `faultdesk`: serve, demo and init; lint for designers' CI; everything an admin does on the host."""

from app.cli.main import main

__all__ = ["main"]
