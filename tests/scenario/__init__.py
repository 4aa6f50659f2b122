"""Whole stories, told to a real service over HTTP."""
