"""`python -m app.cli`: the same as `faultdesk`."""

from app.cli.main import main

main()
