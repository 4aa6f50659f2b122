"""Tests of FEEL expressions."""
