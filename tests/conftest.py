"""Fixtures every test may ask for."""

import os

# Tests hash hundreds of passwords; `engine.passwords` says what the setting does.
os.environ["FAULTDESK_PASSWORD_COST"] = "low"

pytest_plugins = ["tests.support.fixtures", "tests.support.store", "tests.support.desk", "tests.support.log_scan"]
