"""Fixtures every test may ask for."""

pytest_plugins = ["tests.support.fixtures", "tests.support.store", "tests.support.desk"]
