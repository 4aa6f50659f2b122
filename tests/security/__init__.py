"""Tests of the security bar, each named for its line."""
